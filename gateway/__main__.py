"""`python -m gateway`."""

from typing import Any

from chassis import log, process
from chassis.config import load
from gateway.app import create_app
from gateway.config import GatewaySettings


async def _ready() -> dict[str, Any]:
    """The gateway holds nothing: it is ready when it runs, and its pages say who is missing."""
    return {}


def main() -> None:
    """Serve until SIGTERM."""
    settings = load(GatewaySettings)
    log.configure(settings.log_level, settings.log_format, service="gateway")
    process.run(process.serve(create_app(settings), settings, process.Health(_ready)))


if __name__ == "__main__":
    main()
