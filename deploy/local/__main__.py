"""`python -m deploy.local up | test | servers | clean`."""

import signal
import sys
from collections.abc import Callable, Sequence
from types import FrameType
from typing import NoReturn

from deploy.local.failure import Failure
from deploy.local.places import LOCAL, exclusive, remove_shelter
from deploy.local.processes import Terminated
from deploy.local.servers import Servers
from deploy.local.tested import test
from deploy.local.up import up


def _stop(number: int, frame: FrameType | None) -> NoReturn:
    raise Terminated


def servers() -> int:
    """Start PostgreSQL and RabbitMQ, print how to reach them, and wait."""
    folder = LOCAL / "servers"
    with exclusive(folder, "Des serveurs de développement tournent déjà : utilisez ceux-là."):
        running = Servers.start(folder)
        try:
            for name, value in running.exports().items():
                print(f"export {name}='{value}'", flush=True)
            while True:
                signal.pause()
        finally:
            running.stop()


def clean() -> int:
    """Delete what lies outside the repository, unless something still runs on it."""
    for folder in LOCAL.glob("*/lock"):
        with exclusive(folder.parent, "Le portail ou des tests tournent : arrêtez-les d'abord."):
            pass
    remove_shelter()
    return 0


COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {
    "up": lambda _: up(),
    "test": test,
    "servers": lambda _: servers(),
    "clean": lambda _: clean(),
}


def main() -> int:
    """Run one command; say a failure in one sentence rather than in a traceback."""
    signal.signal(signal.SIGTERM, _stop)
    command = COMMANDS.get(sys.argv[1] if len(sys.argv) > 1 else "")
    if command is None:
        print(f"Usage : python -m deploy.local {' | '.join(COMMANDS)}", file=sys.stderr)
        return 2
    try:
        return command(sys.argv[2:])
    except Failure as failure:
        print(f"\n{failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
