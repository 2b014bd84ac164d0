"""`make test`: pytest between two servers of its own, which leave nothing behind."""

import os
import secrets
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from deploy.local.browser import chromium
from deploy.local.failure import Failure
from deploy.local.places import LOCAL, exclusive
from deploy.local.postgres import Postgres
from deploy.local.processes import Terminated, die_with_parent, end, leftovers
from deploy.local.servers import Servers


def test(arguments: Sequence[str]) -> int:
    """Run pytest with PostgreSQL and RabbitMQ at hand; its closing line is the last one."""
    _sweep()
    browser = chromium()
    folder = LOCAL / f"test-{secrets.token_hex(4)}"
    with exclusive(folder, "Ce nom de passage est déjà pris : relancez la commande."):
        try:
            return _between_servers(folder, arguments, browser)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _between_servers(folder: Path, arguments: Sequence[str], browser: str | None) -> int:
    servers = Servers.start(folder, fsync=False)
    try:
        environment = {**os.environ, **servers.exports()}
        if browser:
            environment["CHROMIUM"] = browser
        left_out = [] if browser else ["-m", "not browser"]
        return _pytest([*left_out, *arguments], environment)
    finally:
        servers.remove()


def _pytest(arguments: Sequence[str], environment: dict[str, str]) -> int:
    process = subprocess.Popen(
        [sys.executable, "-m", "pytest", *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        preexec_fn=die_with_parent(),
    )
    try:
        return process.wait()
    except Terminated:
        process.send_signal(signal.SIGINT)  # pytest then closes what its tests opened
        return process.wait() or 143
    except KeyboardInterrupt:  # Ctrl-C reached pytest as well
        return process.wait() or 130


def _sweep() -> None:
    """Delete what killed test runs left."""
    for folder in LOCAL.glob("test-*"):
        try:
            with exclusive(folder, ""):
                for part in ("rabbitmq", "postgresql"):
                    end(leftovers(folder / part), signal.SIGKILL, 5)
                Postgres(folder / "postgresql").remove()
                shutil.rmtree(folder, ignore_errors=True)
        except Failure:
            continue  # another run is at work there
