"""Who may say what to whom at the broker, applied over RabbitMQ's management HTTP interface."""

import base64
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote, unquote, urlsplit, urlunsplit

import aiohttp
from yarl import URL

EXCHANGE: Final = "events"
_DELIVERY_LIMIT: Final = 100  # a fuse against crashing readers, not a retry policy


class TopologyRefused(Exception):
    """The broker refused a change; the message says which."""


async def apply(
    management_url: str,
    vhost: str,
    readers: Mapping[str, Sequence[str]],
    passwords: Mapping[str, str],
    *,
    prefix: str = "",
) -> None:
    """Make the vhost, users, exchange, queues, bindings and permissions; safe to repeat.

    `readers` maps each service to the names of the events it reads; every service has its entry.
    """
    async with _Management(management_url) as broker:
        await broker.put("vhosts", vhost)
        # whoever applies also manages: the administrator is not a member of a new vhost
        await broker.permit(vhost, broker.user, configure=".*", write=".*", read=".*")
        await broker.put("exchanges", vhost, EXCHANGE, body={"type": "topic", "durable": True})
        arguments = {"x-queue-type": "quorum", "x-delivery-limit": _DELIVERY_LIMIT}
        for service, events in readers.items():
            await _ensure_user(broker, vhost, service, f"{prefix}{service}", passwords[service])
            await broker.put(
                "queues", vhost, service, body={"durable": True, "arguments": arguments}
            )
            await _bind(broker, vhost, service, {*events, f"{service}.canary.v1"})


async def remove(
    management_url: str, vhost: str, services: Sequence[str], *, prefix: str = ""
) -> None:
    """Delete the vhost with all its messages, and the services' users."""
    async with _Management(management_url) as broker:
        await broker.delete("vhosts", vhost)
        for service in services:
            await broker.delete("users", f"{prefix}{service}")


async def _ensure_user(
    broker: "_Management", vhost: str, service: str, user: str, password: str
) -> None:
    await broker.put("users", user, body={"password": password, "tags": ""})
    await broker.permit(vhost, user, configure="^$", write=f"^{EXCHANGE}$", read=f"^{service}$")
    rights = {"exchange": EXCHANGE, "write": rf"^{service}\.", "read": ".*"}
    await broker.put("topic-permissions", vhost, user, body=rights)


async def _bind(broker: "_Management", vhost: str, queue: str, wanted: set[str]) -> None:
    path = ("bindings", vhost, "e", EXCHANGE, "q", queue)
    present = {
        binding["routing_key"]: binding["properties_key"] for binding in await broker.get(*path)
    }
    # new bindings first: at no moment does a reader miss what it has always read
    for event in sorted(wanted - present.keys()):
        await broker.post(*path, body={"routing_key": event, "arguments": {}})
    for event in sorted(present.keys() - wanted):
        await broker.delete(*path, present[event])


class _Management:
    """The few calls of the management interface that a topology needs."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
        self.user = unquote(parts.username or "")
        self._root = urlunsplit((parts.scheme, host, parts.path.rstrip("/") + "/api", "", ""))
        words = f"{self.user}:{unquote(parts.password or '')}"
        credentials = base64.b64encode(words.encode()).decode()
        self._session = aiohttp.ClientSession(
            headers={"Authorization": f"Basic {credentials}"},
            timeout=aiohttp.ClientTimeout(total=30),
        )

    async def __aenter__(self) -> "_Management":
        return self

    async def __aexit__(self, *reason: object) -> None:
        await self._session.close()

    async def get(self, *path: str) -> Any:
        """Read one resource."""
        return await self._call("GET", path)

    async def put(self, *path: str, body: Mapping[str, object] | None = None) -> None:
        """Make one resource, or leave it as it is."""
        await self._call("PUT", path, body or {})

    async def post(self, *path: str, body: Mapping[str, object]) -> None:
        """Add to a collection."""
        await self._call("POST", path, body)

    async def delete(self, *path: str) -> None:
        """Delete one resource; absent is as good as deleted."""
        await self._call("DELETE", path, absent_is_fine=True)

    async def permit(self, vhost: str, user: str, **rights: str) -> None:
        """Set what a user may configure, write and read in a vhost."""
        await self.put("permissions", vhost, user, body=rights)

    async def _call(
        self,
        method: str,
        path: Sequence[str],
        body: Mapping[str, object] | None = None,
        *,
        absent_is_fine: bool = False,
    ) -> Any:
        address = "/".join([self._root, *(quote(part, safe="") for part in path)])
        # the vhost "/" travels as %2F: the address must not be decoded on its way
        url = URL(address, encoded=True)
        async with self._session.request(method, url, json=body) as answer:
            if answer.status == 404 and absent_is_fine:
                return None
            if answer.status >= 400:
                reason = await answer.text()
                raise TopologyRefused(f"{method} {'/'.join(path)}: {answer.status} {reason}")
            return await answer.json() if method == "GET" else None
