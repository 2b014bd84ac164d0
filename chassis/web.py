"""HTTP doors: an operation becomes a route; refusals become problem+json; one line a request."""

import re
import time
import uuid
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import asyncpg
import structlog
from aiohttp import web
from pydantic import BaseModel, ValidationError
from pydantic_core import from_json, to_json

from chassis import console
from chassis.answers import StoredAnswer, claim, keep
from chassis.auth import Caller, Verifier, admit
from chassis.database import Pool, Transaction, is_outage, reading, transaction
from chassis.metrics import REQUESTS
from contracts.operation import Operation
from contracts.refusal import (
    FieldError,
    Malformed,
    NotFound,
    Refusal,
    TooLarge,
    Unavailable,
)

log = structlog.get_logger()

Req = TypeVar("Req", bound=BaseModel)
Res = TypeVar("Res", bound=BaseModel)
BODY_BYTES_MAX = 1_048_576
NUL_ESCAPED = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
"""A NUL in a JSON text; after an escaped backslash, « u0000 » is only what somebody typed."""
UNWRITABLE = (asyncpg.CharacterNotInRepertoireError, asyncpg.UntranslatableCharacterError)
"""What PostgreSQL says to a NUL inside a text: the caller's mistake, not ours."""


@dataclass(frozen=True)
class Door:
    """What stands behind a request: who calls, the pools, and the waking of the relay."""

    caller: Caller
    pool: Pool
    wake_relay: Callable[[], None]
    resources: Any
    """Whatever the service opened at start (`Service.open`), typed by the service itself."""
    console_pool: Pool | None = None
    """The connections of the console's role, if this installation has any."""

    def looking(self, operation: Operation[Any, Any]) -> AbstractAsyncContextManager[Transaction]:
        """Where this caller's reads happen: an agent's, where only its authorities' rows exist.

        Raises Unavailable for an agent where the console has no role of its own.
        """
        if self.caller.kind == "staff":
            return console.looking(self.console_pool, self.caller, operation)
        return reading(self.pool)


@dataclass(frozen=True)
class Binding(Generic[Req, Res]):
    """An operation and the coroutine that answers it."""

    operation: Operation[Req, Res]
    answer: Callable[[Door, Req], Awaitable[web.Response]]


Write = Callable[[Transaction, Req, Caller], Awaitable[Res]]
Read = Callable[[Transaction, Req, Caller], Awaitable[Res]]


def write(operation: Operation[Req, Res], handler: Write[Req, Res]) -> Binding[Req, Res]:
    """Bind a write: one transaction, opened here; with an idempotency key, one stored answer."""

    async def answer(door: Door, request: Req) -> web.Response:
        async with transaction(door.pool) as tx:
            stored = await answer_once(tx, operation, handler, request, door.caller)
        door.wake_relay()
        return _json(stored.body, stored.status)

    return Binding(operation, answer)


async def answer_once(
    tx: Transaction,
    operation: Operation[Req, Res],
    handler: Write[Req, Res],
    request: Req,
    caller: Caller,
) -> StoredAnswer:
    """Do a write in this transaction, or give the answer that its twin got."""
    if operation.idempotency_key is None:
        result = await handler(tx, request, caller)
        return StoredAnswer(operation.status, result.model_dump_json().encode())
    principal = _principal(caller)
    key: uuid.UUID = getattr(request, operation.idempotency_key)
    stored = await claim(tx, principal, operation.name, key, request)
    if stored is None:
        result = await handler(tx, request, caller)
        stored = StoredAnswer(operation.status, result.model_dump_json().encode())
        await keep(tx, principal, operation.name, key, stored)
    return stored


def _principal(caller: Caller) -> uuid.UUID:
    """Whose answers these are: the household's; an agent's, for each household that it acts for.

    The household's own answers are not an agent's: no role would be looked at.
    """
    if caller.kind == "staff" and caller.household is not None:
        return uuid.uuid5(caller.actor, str(caller.household))
    return caller.household or caller.actor


def read(operation: Operation[Req, Res], handler: Read[Req, Res]) -> Binding[Req, Res]:
    """Bind a read: a connection for as long as the answer takes to find (`Door.looking`)."""

    async def answer(door: Door, request: Req) -> web.Response:
        async with door.looking(operation) as connection:
            result = await handler(connection, request, door.caller)
        return _json(result.model_dump_json().encode(), operation.status)

    return Binding(operation, answer)


def behind_door(
    operation: Operation[Req, Res], handler: Callable[[Door, Req], Awaitable[Res]]
) -> Binding[Req, Res]:
    """Bind a handler that opens its own transactions: it waits, or calls somebody before."""

    async def answer(door: Door, request: Req) -> web.Response:
        result = await handler(door, request)
        door.wake_relay()
        return _json(result.model_dump_json().encode(), operation.status)

    return Binding(operation, answer)


def _json(body: bytes, status: int) -> web.Response:
    return web.Response(body=body, status=status, content_type="application/json")


def problem(refusal: Refusal, status: int | None = None) -> web.Response:
    """The one place where a refusal becomes an RFC 9457 problem."""
    status = status or refusal.status
    members = {
        "type": f"/problems/{refusal.code}",
        "title": refusal.sentence,
        "status": status,
        "code": refusal.code,
        **refusal.details.model_dump(mode="json"),
    }
    seconds = getattr(refusal.details, "retry_seconds", 2 if status == 503 else None)
    headers = {"Retry-After": str(seconds)} if seconds is not None else {}
    return web.Response(
        body=to_json(members),
        status=status,
        content_type="application/problem+json",
        headers=headers,
    )


async def parse(request: web.Request, operation: Operation[Req, Res]) -> Req:
    """The operation's request model, from path and body or query. Raises Malformed, TooLarge."""
    given: dict[str, Any]
    if operation.has_body:
        try:
            raw = await request.read()
            content = from_json(raw) if raw else {}
            _must_be_storable(NUL_ESCAPED.search(raw))
        except ValueError as error:
            raise Malformed(errors=[FieldError(field="", kind="json_invalid")]) from error
        except web.HTTPRequestEntityTooLarge as error:
            raise TooLarge() from error
        if not isinstance(content, dict):
            raise Malformed(errors=[FieldError(field="", kind="dict_type")])
        given = content
    else:
        given = dict(request.query)
        _must_be_storable("\0" in "".join(given.values()))
    if given.keys() & operation.path_fields:
        raise Malformed(errors=[FieldError(field="", kind="path_field_in_body")])
    try:
        return operation.request.model_validate(given | dict(request.match_info))
    except ValidationError as error:
        raise Malformed(errors=field_errors(error)) from error


def _must_be_storable(nul: object) -> None:
    if nul:  # PostgreSQL keeps every character but this one
        raise Malformed(errors=[FieldError(field="", kind="string_nul")])


def field_errors(error: ValidationError) -> list[FieldError]:
    """Where and what kind, never the value: it may be personal."""
    return [
        FieldError(field=".".join(str(part) for part in e["loc"]), kind=e["type"])
        for e in error.errors(include_url=False, include_context=False, include_input=False)
    ]


def as_refusal(error: Exception) -> Refusal | None:
    """The refusal that an error means to the caller; None for a bug."""
    if isinstance(error, Refusal):
        return error
    if is_outage(error):
        return Unavailable()
    if isinstance(error, web.HTTPRequestEntityTooLarge):
        return TooLarge()
    if isinstance(error, UNWRITABLE):
        return Malformed(errors=[FieldError(field="", kind="unwritable_character")])
    return None


def route(
    binding: Binding[Any, Any],
    verifier: Verifier,
    door: Callable[[Caller], Door],
) -> web.RouteDef:
    """The route of a binding: caller, request, answer, one canonical line."""
    operation = binding.operation

    async def handle(request: web.Request) -> web.Response:
        started = time.perf_counter()
        trace = request.headers.get("X-Request-ID", "")[:64] or uuid.uuid4().hex
        with structlog.contextvars.bound_contextvars(trace=trace):
            outcome, bug = "", None
            try:
                caller = verifier.caller(request.headers.get("Authorization"))
                admit(caller, operation)
                response = await binding.answer(door(caller), await parse(request, operation))
            except Exception as error:
                refusal = as_refusal(error)
                if refusal is None or refusal.status == 503:
                    bug = error
                outcome = refusal.code if refusal else "bug"
                response = problem(refusal) if refusal else problem(Unavailable(), 500)
            response.headers["X-Request-ID"] = trace
            seconds = time.perf_counter() - started
            REQUESTS.labels(operation.name, str(response.status)).observe(seconds)
            write_line = log.error if outcome == "bug" else log.info
            write_line(
                "request", operation=operation.name, status=response.status, refusal=outcome,
                milliseconds=round(seconds * 1000, 1), **({"error": bug} if bug else {}),
            )  # fmt: skip
            return response

    return web.route(operation.method, operation.path, handle)


@web.middleware
async def speak_problem_json(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Answer unknown paths and methods in the one shape of errors."""
    try:
        return await handler(request)
    except web.HTTPNotFound:
        return problem(NotFound())
    except web.HTTPMethodNotAllowed as error:
        response = problem(NotFound(), 405)
        response.headers["Allow"] = ", ".join(sorted(error.allowed_methods))
        return response


def application(
    bindings: Sequence[Binding[Any, Any]], verifier: Verifier, door: Callable[[Caller], Door]
) -> web.Application:
    """A web application that answers these operations."""
    app = web.Application(middlewares=[speak_problem_json], client_max_size=BODY_BYTES_MAX)
    app.add_routes([route(binding, verifier, door) for binding in bindings])
    return app
