"""What the five services read, applied to the broker: `python -m deploy.topology apply|remove`."""

import asyncio
import sys
from collections.abc import Sequence
from importlib import import_module

import aiohttp

from chassis import topology
from deploy import SERVICES, MissingSetting, setting


def declared_readers() -> dict[str, list[str]]:
    """Each service with the names of the events that it says it reads."""
    readers = {}
    for name in SERVICES:
        service = import_module(f"services.{name}.app").SERVICE
        readers[service.name] = sorted(event.name for event in service.reads)
    return readers


async def apply() -> None:
    """Make the broker match what the services declare."""
    passwords = {name: setting(f"RABBITMQ_{name}_PASSWORD".upper()) for name in SERVICES}
    await topology.apply(*_where(), declared_readers(), passwords, prefix=_prefix())


async def remove() -> None:
    """Delete the vhost and the services' users."""
    await topology.remove(*_where(), SERVICES, prefix=_prefix())


def _where() -> tuple[str, str]:
    return setting("RABBITMQ_MANAGEMENT_URL"), setting("RABBITMQ_VHOST", "cantine")


def _prefix() -> str:
    return setting("RABBITMQ_PREFIX", "")


def main(arguments: Sequence[str]) -> int:
    """Run one of the two commands; say a failure in one sentence."""
    commands = {"apply": apply, "remove": remove}
    command = commands.get(arguments[0]) if len(arguments) == 1 else None
    if command is None:
        print("Usage : python -m deploy.topology apply | remove", file=sys.stderr)
        return 2
    try:
        asyncio.run(command())
    except MissingSetting as missing:
        print(missing, file=sys.stderr)
        return 1
    except (aiohttp.ClientError, topology.TopologyRefused, TimeoutError) as error:
        print(f"RabbitMQ refuse : {error}. Vérifiez RABBITMQ_MANAGEMENT_URL.", file=sys.stderr)
        return 1
    print("Messagerie prête." if command is apply else "Messagerie retirée.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
