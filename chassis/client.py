"""The typed client: calls an operation of a neighbour by the same value that it serves."""

import asyncio
import random
from collections.abc import Mapping
from typing import Any, TypeVar

import aiohttp
import structlog
from pydantic import BaseModel
from pydantic_core import from_json
from yarl import URL

from chassis.auth import Caller, Signer
from contracts.operation import Operation
from contracts.refusal import REFUSALS, Refusal, Unavailable

Req = TypeVar("Req", bound=BaseModel)
Res = TypeVar("Res", bound=BaseModel)
TIMEOUT = aiohttp.ClientTimeout(total=8, connect=2)
TRIES = 2


class Clients:
    """One HTTP session to all neighbours. Refusals come back as the classes that were raised."""

    def __init__(self, addresses: Mapping[str, str], signer: Signer):
        self._addresses = {service: URL(url) for service, url in addresses.items()}
        self._signer = signer
        self._session: aiohttp.ClientSession | None = None

    async def call(
        self, operation: Operation[Req, Res], request: Req, caller: Caller, *, trace: str = ""
    ) -> Res:
        """Ask, and give the answer. Raises the operation's refusals, or Unavailable.

        Every operation may be asked twice (writes carry their id), so a lost connection is
        tried again once.
        """
        for attempt in range(1, TRIES + 1):
            try:
                return await self._once(operation, request, caller, trace)
            except (
                aiohttp.ClientConnectionError, aiohttp.ClientPayloadError, TimeoutError,
            ) as error:  # fmt: skip
                if attempt == TRIES or isinstance(error, TimeoutError):
                    raise Unavailable() from error
                await asyncio.sleep(0.05 + random.random() / 10)  # noqa: S311
        raise Unavailable()

    async def _once(
        self, operation: Operation[Req, Res], request: Req, caller: Caller, trace: str
    ) -> Res:
        path, query, body = _spread(operation, request)
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=200, keepalive_timeout=60)
            self._session = aiohttp.ClientSession(timeout=TIMEOUT, connector=connector)
        trace = trace or structlog.contextvars.get_contextvars().get("trace", "")
        async with self._session.request(
            operation.method,
            self._addresses[operation.service].with_path(path, encoded=True).with_query(query),
            data=body,
            headers={
                "Authorization": f"Bearer {self._signer.token(caller)}",
                "Content-Type": "application/json",
                "X-Request-ID": trace,
            },
        ) as answer:
            content = await answer.read()
            if answer.status < 300:
                # a neighbour of a later version may say more than we know
                return operation.response.model_validate_json(content, extra="ignore")
            raise refusal_of(content)

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()


def _spread(
    operation: Operation[Any, Any], request: BaseModel
) -> tuple[str, dict[str, str], bytes | None]:
    if operation.has_body:
        path = operation.path.format(
            **{name: str(getattr(request, name)) for name in operation.path_fields}
        )
        return path, {}, request.model_dump_json(exclude=set(operation.path_fields)).encode()
    given = request.model_dump(mode="json", exclude_none=True)
    path = operation.path.format(**{name: given.pop(name) for name in operation.path_fields})
    return path, {name: str(value) for name, value in given.items()}, None


def refusal_of(content: bytes) -> Refusal:
    """The refusal that a problem+json tells; Unavailable for anything unknown."""
    try:
        members = from_json(content)
        return REFUSALS[members["code"]](**members)
    except (ValueError, KeyError, TypeError):
        return Unavailable()
