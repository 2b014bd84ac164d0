"""A service: the doors it opens, the events it reads, its timers. Everything else is chassis."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from aiohttp import web

from chassis import dead_letters, log, migrate, openapi, process, timers
from chassis.auth import Caller, Verifier
from chassis.broker import Broker
from chassis.config import ServiceSettings, load
from chassis.console import console_pool
from chassis.database import Pool, open_pool, transaction
from chassis.inbox import Handler, Message, Reader
from chassis.relay import Relay, republish
from chassis.timers import Timer
from chassis.web import Binding, Door, application
from contracts.event import Event

logger = structlog.get_logger()

SHIFTED = "select shift <> '0' from clock"
SWEEP = (
    "delete from outbox where sent < clock_timestamp() - interval '30 days'",
    "delete from inbox where received < clock_timestamp() - interval '45 days'",
    "delete from answer where given < clock_timestamp() - interval '7 days'",
)


@dataclass(frozen=True)
class Context:
    """What a timer works with."""

    pool: Pool
    settings: Any
    resources: Any
    wake_relay: Callable[[], None]


@asynccontextmanager
async def _nothing(_settings: Any) -> AsyncIterator[None]:
    yield None


@dataclass(frozen=True)
class Front:
    """Pages that a service serves beside its operations, with middlewares of their own."""

    path: str
    """What their addresses begin with."""
    create: Callable[[Any], web.Application]
    """Makes them from the service's settings."""


@dataclass(frozen=True)
class Service:
    """What makes one service different from the others, on one screen."""

    name: str
    package: str
    settings: type[ServiceSettings]
    operations: Sequence[Binding[Any, Any]] = ()
    reads: Mapping[type[Event], Handler] = field(default_factory=dict)
    timers: Sequence[Timer] = ()
    connections: int = 2
    """Connections of the pool; all services of an installation together hold at most 16, and the
    console's reads two more each while agents work."""
    open: Callable[[Any], AbstractAsyncContextManager[Any]] = _nothing
    """Opens what the service keeps while it runs (clients, executors) from its settings."""
    front: Front | None = None


@dataclass(frozen=True)
class Running:
    """A service at work: its web application and what a test may want to touch."""

    app: web.Application
    pool: Pool
    console_pool: Pool | None
    relay: Relay
    reader: Reader
    broker: Broker
    resources: Any


@asynccontextmanager
async def running(service: Service, settings: ServiceSettings) -> AsyncIterator[Running]:
    """Everything but the HTTP port: pool, broker, relay, inbox, timers. Closed in that order."""
    async with AsyncExitStack() as stack:
        pool = await open_pool(settings.database_url, service.connections, name=service.name)
        stack.callback(pool.terminate)
        for_agents = await stack.enter_async_context(
            console_pool(settings.database_console_url, name=service.name)
        )
        if settings.environment == "production" and await pool.fetchval(SHIFTED):
            sys.exit("L’horloge de la base est décalée : la production ne démarre pas ainsi.")
        resources = await stack.enter_async_context(service.open(settings))
        broker = Broker(
            settings.amqp_url, service.name,
            lambda message: reader.deliver(message), lambda: reader.forget(), lambda: reader.busy,
        )  # fmt: skip
        relay = Relay(settings.direct_url, broker, name=service.name)
        reader = Reader(pool, service.reads, relay.wake)
        context = Context(pool, settings, resources, relay.wake)

        def door(caller: Caller) -> Door:
            return Door(caller, pool, relay.wake, resources, for_agents)

        app = _application(service, settings, door)
        reading = asyncio.create_task(process.supervised(reader.run, "inbox"))
        others = [
            asyncio.create_task(process.supervised(relay.run, "relay")),
            asyncio.create_task(process.supervised(broker.run, "broker")),
            asyncio.create_task(
                timers.run(
                    [*service.timers, Timer("sweep", 3600, sweep)], context, settings.direct_url
                )
            ),
        ]
        try:
            yield Running(app, pool, for_agents, relay, reader, broker, resources)
        finally:
            reader.stop()
            await asyncio.wait([reading], timeout=4)
            await process.cancel(reading, *others)


def _application(
    service: Service, settings: ServiceSettings, door: Callable[[Caller], Door]
) -> web.Application:
    app = application(service.operations, Verifier(settings.token_public_keys), door)
    app.add_routes([web.get("/openapi.json", _openapi(service))])
    if service.front is not None:
        app.add_subapp(service.front.path, service.front.create(settings))
    return app


async def sweep(context: Context) -> None:
    """Forget what no one can ask for any more: sent events, used ids, old answers."""
    for statement in SWEEP:
        async with transaction(context.pool) as tx:
            await tx.execute(statement)


def _document(service: Service) -> str:
    operations = [binding.operation for binding in service.operations]
    return json.dumps(openapi.document(service.name, operations), indent=1)


def _openapi(service: Service) -> Callable[[web.Request], Awaitable[web.Response]]:
    text = _document(service)

    async def answer(_request: web.Request) -> web.Response:
        return web.Response(text=text, content_type="application/json")

    return answer


async def _serve(service: Service, settings: ServiceSettings) -> None:
    async with running(service, settings) as at_work:

        async def ready() -> dict[str, Any]:
            await at_work.pool.fetchval("select 1 from clock")
            return {"broker": at_work.broker.is_up}

        await process.serve(at_work.app, settings, process.Health(ready))


def run(service: Service) -> None:
    """`python -m services.x [migrate | openapi | republish SINCE | dead VERB …]`."""
    command = sys.argv[1:] or ["serve"]
    match command:
        case ["serve"]:
            settings = load(service.settings)
            log.configure(settings.log_level, settings.log_format, service=service.name)
            process.run(_serve(service, settings))
        case ["migrate"]:
            migrate.migrate(service.package, load(migrate.OwnerSettings).database_owner_url)
        case ["openapi"]:
            operations = [b.operation for b in service.operations]
            sys.stdout.write(
                json.dumps(openapi.document(service.name, operations), indent=1) + "\n"
            )
        case ["republish", since]:
            process.run(_republish(service, load(service.settings), since))
        case ["dead", verb, *rest]:
            process.run(_dead(service, load(service.settings), verb, rest))
        case _:
            sys.exit(
                f"usage: python -m {service.package} [migrate | openapi | republish | dead VERB]"
            )


async def _republish(service: Service, settings: ServiceSettings, since: str) -> None:
    try:
        moment = datetime.fromisoformat(since).astimezone()
    except ValueError:
        sys.exit("usage: republish 2026-11-16T08:00:00+01:00")
    pool = await open_pool(settings.database_url, 1, name=f"{service.name}-republish")
    try:
        sys.stdout.write(f"{await republish(pool, moment)}\n")
    finally:
        pool.terminate()


async def _dead(service: Service, settings: ServiceSettings, verb: str, rest: list[str]) -> None:
    pool = await open_pool(settings.database_url, 1, name=f"{service.name}-dead")
    try:
        reader = Reader(pool, service.reads, lambda: None)
        by = rest[1] if len(rest) > 1 else "operator"
        match verb, rest:
            case "list", []:
                answer: Any = await dead_letters.waiting(pool)
            case "show", [letter]:
                answer = await dead_letters.show(pool, int(letter))
            case "discard", [letter, *_]:
                answer = await dead_letters.discard(pool, int(letter), by)
            case "replay", [letter, *_]:

                async def use(event: UUID, name: str, body: bytes, trace: str) -> None:
                    await reader.receive([Message(event, name, body, trace)])

                answer = await dead_letters.replay(pool, int(letter), by, use)
            case _:
                sys.exit("usage: dead list | show ID | replay ID [WHO] | discard ID [WHO]")
        sys.stdout.write(json.dumps(answer, default=str, indent=1) + "\n")
    finally:
        pool.terminate()
