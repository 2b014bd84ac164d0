"""Start processes that never outlive us, and end processes by their pid."""

import contextlib
import ctypes
import os
import pwd
import random
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import psutil

from deploy.local.failure import Failure

# Every process of ours carries its folder here, so that what a killed run left can be found.
FOLDER_MARK = "CANTINE_FACILE_FOLDER"
_SET_PARENT_DEATH_SIGNAL = 1
_libc = ctypes.CDLL(None, use_errno=True)


class Terminated(KeyboardInterrupt):
    """Somebody sent SIGTERM: we leave as at Ctrl-C."""


def spawn(
    command: Sequence[str | Path],
    *,
    folder: Path,
    environment: Mapping[str, str],
    log: Path,
    cwd: Path | None = None,
    user: pwd.struct_passwd | None = None,
    death_signal: int = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start a process in a session of its own that dies when we die.

    The kernel sends the signal when the *thread* that forked ends: call this from a thread that
    lives as long as the child should.
    """
    with log.open("ab") as output:
        return subprocess.Popen(
            [str(part) for part in command],
            env={**environment, FOLDER_MARK: str(folder)},
            cwd=cwd or folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C reaches us alone; we stop the others in order
            preexec_fn=die_with_parent(death_signal),
            user=user and user.pw_uid,
            group=user and user.pw_gid,
            extra_groups=[] if user else None,
        )


def die_with_parent(death_signal: int = signal.SIGTERM) -> Callable[[], None]:
    """What a child runs before its program, so that the kernel signals it when we die."""
    parent = os.getpid()

    def in_child() -> None:
        _libc.prctl(_SET_PARENT_DEATH_SIGNAL, death_signal)
        if os.getppid() != parent:  # the parent died before the line above
            os._exit(1)

    return in_child


def family(pid: int) -> list[psutil.Process]:
    """The process and all its descendants, parents first; empty when it is gone."""
    try:
        parent = psutil.Process(pid)
        return [parent, *parent.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def send(processes: Iterable[psutil.Process], number: int) -> None:
    """Send a signal to each process that still exists."""
    for process in processes:
        # psutil compares start times first, so that a recycled pid is never hit
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(number)


def wait_gone(processes: Sequence[psutil.Process], patience: float) -> list[psutil.Process]:
    """Wait for processes to end; answer those that still live."""
    deadline = time.monotonic() + patience
    alive = [process for process in processes if is_alive(process)]
    while alive and time.monotonic() < deadline:
        time.sleep(0.02)
        alive = [process for process in alive if is_alive(process)]
    return alive


def is_alive(process: psutil.Process) -> bool:
    """Whether the process runs; a zombie does not."""
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def end(processes: Sequence[psutil.Process], number: int, patience: float) -> None:
    """Ask processes to end, wait, then kill those that did not."""
    send(processes, number)
    send(processes, signal.SIGCONT)  # a paused process hears nothing else
    stubborn = wait_gone(processes, patience)
    send(stubborn, signal.SIGKILL)
    wait_gone(stubborn, 5)


def leftovers(folder: Path) -> list[psutil.Process]:
    """Processes that an earlier, killed run started for this folder."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.environ().get(FOLDER_MARK) == str(folder) and is_alive(process):
                found.append(process)
    return found


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on now.

    Below the range that the kernel gives to outgoing connections: a server that is killed finds
    its port again.
    """
    while True:
        port = random.randrange(20_000, 32_000)  # noqa: S311 - no secret
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def require_free(port: int, variable: str) -> None:
    """Refuse a taken port in a sentence that names the variable which changes it."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise Failure(
                f"Le port {port} est déjà pris sur cette machine : arrêtez le programme qui "
                f"l'occupe, ou choisissez-en un autre avec « {variable}={port + 1000} make up »."
            ) from error


def last_lines(log: Path, count: int = 5) -> str:
    """The end of a log, to go with a failure."""
    if not log.exists():
        return ""
    return "\n".join(log.read_text(errors="replace").splitlines()[-count:])
