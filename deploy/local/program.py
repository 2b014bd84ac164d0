"""One process of the portal: started, watched, started again when it dies by itself."""

import asyncio
import contextlib
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import psutil

from deploy.local import processes
from deploy.local.failure import Failure
from deploy.local.places import REPOSITORY

_PATIENCE = 15.0  # seconds a process has to end in order
_LIVED_WELL = 30.0  # seconds after which a death is a new story, not the same one again


@dataclass
class Program:
    """A Python module (and its arguments) that runs as a process; /readyz says when it is ready."""

    name: str
    module: str
    port: int
    environment: Mapping[str, str]
    folder: Path
    restarts: int = 0
    _process: subprocess.Popen[bytes] | None = None
    _watcher: "asyncio.Task[None] | None" = None
    _born: float = field(default=0.0)

    @property
    def log(self) -> Path:
        """Where its output goes."""
        return self.folder / f"{self.name}.log"

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int | None:
        """Its pid; None while it does not run."""
        running = self._process is not None and self._process.poll() is None
        return self._process.pid if running and self._process else None

    async def start(self, patience: float = 60.0) -> None:
        """Start it, wait until it is ready, then watch over it."""
        await self._stop_watching()  # or it would start a second one meanwhile
        if self.pid is None:
            self._spawn()
        await self._wait_until_ready(patience)
        self._watcher = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        """End it in order within 15 seconds, else kill it."""
        await self._end(signal.SIGTERM, _PATIENCE)

    async def kill(self) -> None:
        """Kill it as a power cut would; it stays dead until `start`."""
        await self._end(signal.SIGKILL, 5)

    def pause(self) -> None:
        """Freeze it: it holds its connections and answers nothing."""
        processes.send(self._family(), signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        processes.send(self._family(), signal.SIGCONT)

    def _family(self) -> list[psutil.Process]:
        return [] if self._process is None else processes.family(self._process.pid)

    def _spawn(self) -> None:
        self._born = time.monotonic()
        self._process = processes.spawn(
            [sys.executable, "-m", *self.module.split()],
            folder=self.folder,
            environment=self.environment,
            log=self.log,
            cwd=REPOSITORY,
        )

    async def _stop_watching(self) -> None:
        if self._watcher is not None:
            self._watcher.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watcher
            self._watcher = None

    async def _end(self, number: int, patience: float) -> None:
        await self._stop_watching()
        if self._process is not None:
            await asyncio.to_thread(processes.end, self._family(), number, patience)
            self._process.wait()

    async def _wait_until_ready(self, patience: float) -> None:
        deadline = time.monotonic() + patience
        timeout = aiohttp.ClientTimeout(total=3)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            while time.monotonic() < deadline:
                if self.pid is None:
                    raise self._failure("s'est arrêté au démarrage")
                with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                    async with session.get(f"{self.url}/readyz") as answer:
                        if answer.status == 200:
                            return
                await asyncio.sleep(0.1)
        raise self._failure(f"n'est pas prêt après {patience:.0f} secondes")

    async def _watch(self) -> None:
        failures = 0
        while True:
            await asyncio.sleep(0.2)
            if self.pid is not None:
                continue
            lived_well = time.monotonic() - self._born > _LIVED_WELL
            failures = 0 if lived_well else failures + 1
            await asyncio.sleep(min(10.0, 0.25 * 2**failures))
            self.restarts += 1
            self._spawn()

    def _failure(self, what: str) -> Failure:
        return Failure(
            f"« {self.name} » {what} : lisez la fin de {self.log} ci-dessous.\n"
            + processes.last_lines(self.log)
        )


async def run_job(
    name: str, arguments: Sequence[str], environment: Mapping[str, str], folder: Path
) -> None:
    """Run a Python module to its end; a failure shows the end of its log."""
    log = folder / f"{name}.log"
    job = processes.spawn(
        [sys.executable, "-m", *arguments],
        folder=folder,
        environment=environment,
        log=log,
        cwd=REPOSITORY,
    )
    if await asyncio.to_thread(job.wait) != 0:
        raise Failure(
            f"« {name} » a échoué : lisez la fin de {log} ci-dessous.\n" + processes.last_lines(log)
        )
