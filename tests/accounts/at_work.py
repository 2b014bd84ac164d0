"""A service on a database of its own, called as its callers do.

For the tests of accounts, subscriptions and notifications.
"""

import json
import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, TypeVar
from uuid import uuid4

from aiohttp.test_utils import TestServer
from joserfc.jwk import OKPKey
from pydantic import BaseModel

from chassis.auth import Caller, Signer
from chassis.client import Clients
from chassis.config import ServiceSettings
from chassis.database import Pool, open_pool
from chassis.inbox import Message
from chassis.service import Context, Running, Service, running
from contracts.event import Event
from contracts.operation import MAY_SIGN, CallerKind, Operation
from tests.databases import Templates

Res = TypeVar("Res", bound=BaseModel)

KEYS = {kid: OKPKey.generate_key("Ed25519", {"kid": kid}) for kid in MAY_SIGN}
PUBLIC_KEYS = json.dumps({"keys": [key.as_dict(private=False) for key in KEYS.values()]})
PRIVATE_KEYS = {kid: json.dumps(key.as_dict(private=True)) for kid, key in KEYS.items()}
SIGNS: dict[CallerKind, str] = {
    "family": "gateway", "applicant": "gateway", "visitor": "gateway", "staff": "console",
    "service": "notifications", "operator": "operator",
}  # fmt: skip
FRONT = {
    "token_signing_key": PRIVATE_KEYS["console"],
    "public_base_url": "http://127.0.0.1",
    **{f"{name}_url": "http://127.0.0.1:9" for name in ("accounts", "booking", "payments")},
}
"""What a service that shows pages wants to know; nobody is asked there."""

DATA_KEY = secrets.token_urlsafe(32)

NOBODY = Caller("visitor", uuid4())
OPERATOR = Caller("operator", uuid4())


@dataclass(frozen=True)
class AtWork:
    """A running service with its HTTP address; `owner` may do anything to its database."""

    running: Running
    url: str
    owner: Pool
    clients: dict[str, Clients]
    settings: ServiceSettings
    since: int = 0
    """What was told before belongs to another test."""

    async def call(
        self, operation: Operation[Any, Res], request: BaseModel, caller: Caller = NOBODY
    ) -> Res:
        """Ask over HTTP as this caller; refusals are raised."""
        return await self.clients[SIGNS[caller.kind]].call(operation, request, caller)

    async def hear(self, *events: Event) -> None:
        """Events of one type arrive together."""
        bodies = [event.body() for event in events]
        await self.running.reader.receive(
            [
                Message(event.id_of(body), event.name, body.encode(), "")
                for event, body in zip(events, bodies, strict=True)
            ]
        )

    async def told(self) -> list[tuple[str, dict[str, Any]]]:
        """Names and bodies of what this test made the service tell, oldest first."""
        query = "select name, body from outbox where seq > $1 order by seq"
        rows = await self.owner.fetch(query, self.since)
        return [(row["name"], json.loads(row["body"])) for row in rows]

    async def anew(self) -> "AtWork":
        """For the next test: the clock set right, nothing told."""
        await self.owner.execute("update clock set shift = '0'")
        last = await self.owner.fetchval("select coalesce(max(seq), 0) from outbox")
        return replace(self, since=last)

    async def shift_clock(self, by: timedelta) -> None:
        """Let the database's clock stand that much later than the real one."""
        await self.owner.execute("select set_clock_offset($1)", by)

    @property
    def context(self) -> Context:
        """What a timer works with."""
        return Context(self.running.pool, self.settings, self.running.resources, lambda: None)


@asynccontextmanager
async def at_work(
    templates: Templates, service: Service, **environment: str
) -> AsyncIterator[AtWork]:
    """A fresh database, the service, its HTTP port; everything is gone afterwards."""
    async with AsyncExitStack() as stack:
        urls = await stack.enter_async_context(templates.clone(service.name))
        given = {
            "environment": "development", "database_url": urls.app,
            "database_console_url": urls.console, "amqp_url": "amqp://127.0.0.1:9/",
            "data_key": DATA_KEY,
            "token_public_keys": PUBLIC_KEYS, **FRONT, **environment,
        }  # fmt: skip
        settings = service.settings(**given)
        owner = await open_pool(urls.owner, 2, name="test-owner")
        stack.callback(owner.terminate)
        at = await stack.enter_async_context(running(service, settings))
        server = await stack.enter_async_context(TestServer(at.app))
        url = str(server.make_url("")).rstrip("/")
        clients = {kid: Clients({service.name: url}, Signer(PRIVATE_KEYS[kid])) for kid in KEYS}
        for client in clients.values():
            stack.push_async_callback(client.close)
        yield AtWork(at, url, owner, clients, settings)
