"""`make up`: the whole portal with its demonstration, until Ctrl-C."""

import asyncio
import contextlib
import os
import signal
import traceback
from collections.abc import Coroutine
from importlib import import_module
from importlib.util import find_spec

from deploy.local.failure import Failure
from deploy.local.places import LOCAL, exclusive
from deploy.local.processes import require_free
from deploy.local.servers import Servers
from deploy.local.stack import Stack

_PREFIX = "cantine_"
# what a person opens, hence fixed: process, variable that changes it, default
_DOORS = (("gateway", "PORT", 8080), ("mailbox", "MAILBOX_PORT", 8025))


def up() -> int:
    """Start everything, print where it is, wait for Ctrl-C, stop everything."""
    folder = LOCAL / "up"
    refusal = "Le portail tourne déjà : arrêtez l'autre « make up » (Ctrl-C) avant celui-ci."
    with exclusive(folder, refusal):
        ports = _free_doors()
        print("Démarrage du portail (une minute la première fois, quelques secondes ensuite)…")
        servers = Servers.start(folder)
        try:
            asyncio.run(_until_stopped(Stack(servers, folder, _PREFIX, ports=ports)))
        finally:
            servers.stop()
    print("Tout est arrêté ; les données restent pour la prochaine fois.")
    return 0


def _free_doors() -> dict[str, int]:
    ports = {}
    for name, variable, usual in _DOORS:
        given = os.environ.get(variable, str(usual))
        if not given.isdigit() or not 0 < int(given) < 65536:
            raise Failure(f"{variable} doit être un numéro de port, entre 1 et 65535.")
        ports[name] = int(given)
        require_free(ports[name], variable)
    return ports


async def _until_stopped(stack: Stack) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    try:
        await _unless(stopping, _open(stack))
        await stopping.wait()
        print("\nArrêt en cours…", flush=True)
    finally:
        await stack.stop()


async def _unless(stopping: asyncio.Event, work: Coroutine[None, None, None]) -> None:
    """Do the work to its end, or give it up when asked to stop."""
    working, waiting = asyncio.create_task(work), asyncio.create_task(stopping.wait())
    await asyncio.wait({working, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if not working.done():
        working.cancel()
        with contextlib.suppress(asyncio.CancelledError, Failure):
            await working
    else:
        working.result()


async def _open(stack: Stack) -> None:
    await stack.start()
    lines = [
        f"Portail des familles : {stack.url('gateway')}/",
        f"Courriels reçus      : {stack.url('mailbox')}/",
    ]
    if stack.servers.rabbit:
        lines.append(f"RabbitMQ             : {_management_door(stack.servers)}")
    lines += ["", *await _demonstration(stack)]
    print("\n".join(["", *lines, "", "Ctrl-C arrête tout."]), flush=True)


async def _demonstration(stack: Stack) -> list[str]:
    if find_spec("deploy.local.demo") is None:
        return []
    try:
        lines: list[str] = await import_module("deploy.local.demo").load(stack)
    except Exception:  # the portal is worth having without its demonstration
        log = stack.folder / "demo.log"
        log.write_text(traceback.format_exc())
        return [f"La démonstration n'a pas pu être chargée : lisez {log}, le reste fonctionne."]
    return lines


def _management_door(servers: Servers) -> str:
    credentials, _, host = servers.management_url.removeprefix("http://").rpartition("@")
    user, _, password = credentials.partition(":")
    return f"http://{host}/ (compte {user}, mot de passe {password})"
