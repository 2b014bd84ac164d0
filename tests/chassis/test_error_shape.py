"""Every way of failing has one shape: problem+json (RFC 9457).

`type` names the refusal, `title` is its French sentence, `status` repeats the answer's, `code` is
for machines; what else is known stands beside. Nothing that was typed is ever quoted.
"""

import json
from typing import Any
from uuid import uuid4

import aiohttp
import asyncpg
import pytest

from chassis.auth import Caller
from chassis.web import BODY_BYTES_MAX, NUL_ESCAPED, read, write
from contracts.booking import GET_CALENDAR, GET_ORDER, CreditChanged, OrderView, ShowOrder
from contracts.payments import GET_WALLETS, TAKE_CASH, Receipt, ShowWallets, TakeCash, Wallets
from contracts.refusal import REFUSALS
from tests.chassis.doors import AGENT, FAMILY, bearer, open_doors, some_cash

TYPED = "camille.dupont"


class NoPool:
    """A pool whose database is away."""

    def acquire(self) -> Any:
        """As asyncpg fails when nobody listens."""
        raise ConnectionRefusedError


def check(status: int, headers: Any, body: bytes, code: str) -> dict[str, Any]:
    """The one shape."""
    members = json.loads(body)
    assert headers["Content-Type"].startswith("application/problem+json")
    assert members["status"] == status
    assert members["code"] == code
    assert members["type"] == f"/problems/{code}"
    assert members["title"] == REFUSALS[code].sentence
    assert ("Retry-After" in headers) == (status == 503)
    assert TYPED not in body.decode()
    return dict(members)


async def _unused(*_: object) -> Any:
    raise AssertionError("the door let it in")


async def ask(method: str, path: str, **request: Any) -> tuple[int, Any, bytes]:
    """One request to a server that answers payments' and one of booking's operations."""

    async def refusing(_tx: object, _asked: ShowOrder, _caller: Caller) -> OrderView:
        raise CreditChanged(credit_cents=380, shown_cents=760)

    async def broken(_tx: object, _asked: ShowWallets, _caller: Caller) -> Wallets:
        raise KeyError(TYPED)

    bindings = (read(GET_ORDER, refusing), read(GET_WALLETS, broken), write(TAKE_CASH, _unused))
    pool: Any = request.pop("pool", OpenPool())
    if isinstance(request.get("headers"), tuple):
        request["headers"] = bearer(*request["headers"])
    async with (
        open_doors(pool, *bindings) as server,
        aiohttp.ClientSession() as session,
        session.request(method, server.make_url(path), **request) as answer,
    ):
        return answer.status, answer.headers, await answer.read()


class OpenPool:
    """A pool that lends a connection nobody uses."""

    def acquire(self) -> "OpenPool":
        """Lend it."""
        return self

    async def __aenter__(self) -> None:
        return None

    async def __aexit__(self, *_: object) -> None:
        return None


DESK, HOME = ("console", AGENT), ("gateway", FAMILY)  # signed when sent: a token lives a minute
CASH = f"/cash-top-ups/{uuid4()}"
GOOD = json.loads(some_cash().model_dump_json(exclude={"top_up"}))
FAILURES: dict[str, tuple[str, str, dict[str, Any], int, str]] = {
    "no token": ("GET", "/wallets", {}, 401, "request.unsigned"),
    "another kind of caller": ("PUT", CASH, {"headers": HOME}, 403, "request.not_allowed"),
    "unknown path": ("GET", "/camille.dupont", {}, 404, "request.not_found"),
    "unknown method": ("PATCH", "/wallets", {"headers": HOME}, 405, "request.not_found"),
    "no JSON": (
        "PUT", CASH, {"headers": DESK, "data": b"{camille.dupont"}, 422, "request.malformed",
    ),
    "no object": ("PUT", CASH, {"headers": DESK, "json": [TYPED]}, 422, "request.malformed"),
    "a wrong value": (
        "PUT", CASH, {"headers": DESK, "json": GOOD | {"cents": TYPED}}, 422, "request.malformed",
    ),
    "an unknown field": (
        "PUT", CASH, {"headers": DESK, "json": GOOD | {"email": TYPED}}, 422, "request.malformed",
    ),
    "a path's field in the body": (
        "PUT", CASH, {"headers": DESK, "json": GOOD | {"top_up": str(uuid4())}}, 422,
        "request.malformed",
    ),
    "deep nesting": (
        "PUT", CASH, {"headers": DESK, "data": b"[" * 100_000}, 422, "request.malformed",
    ),
    "a character that cannot be stored": (
        "PUT", CASH, {"headers": DESK, "json": GOOD | {"cents": "1\0"}}, 422, "request.malformed",
    ),
    "a wrong id": ("GET", "/orders/camille.dupont", {"headers": HOME}, 422, "request.malformed"),
    "a number that is none": (
        "GET", f"/orders/{uuid4()}?wait_seconds=nan", {"headers": HOME}, 422, "request.malformed",
    ),
    "too large": (
        "PUT", CASH, {"headers": DESK, "data": b" " * (BODY_BYTES_MAX + 1)}, 413,
        "request.too_large",
    ),
    "a refusal": ("GET", f"/orders/{uuid4()}", {"headers": HOME}, 409, "booking.credit_changed"),
    "an outage": (
        "GET", "/wallets", {"headers": HOME, "pool": NoPool()}, 503, "service.unavailable",
    ),
    "a bug": ("GET", "/wallets", {"headers": HOME}, 500, "service.unavailable"),
}  # fmt: skip


@pytest.mark.parametrize("failure", FAILURES)
async def test_every_failure_has_the_one_shape(failure: str):
    method, path, request, status, code = FAILURES[failure]
    answered, headers, body = await ask(method, path, **request)
    assert answered == status, body
    check(status, headers, body, code)


async def test_a_refusal_tells_its_details():
    method, path, request, _, code = FAILURES["a refusal"]
    members = check(*await ask(method, path, **request), code)
    assert (members["credit_cents"], members["shown_cents"]) == (380, 760)


async def test_a_malformed_request_is_told_where_and_of_which_kind():
    method, path, request, _, code = FAILURES["a wrong value"]
    members = check(*await ask(method, path, **request), code)
    assert members["errors"] == [{"field": "cents", "kind": "int_parsing"}]


async def test_a_character_that_cannot_be_stored_is_named():
    method, path, request, _, code = FAILURES["a character that cannot be stored"]
    members = check(*await ask(method, path, **request), code)
    assert members["errors"] == [{"field": "", "kind": "string_nul"}]


@pytest.mark.parametrize(("typed", "is_nul"), [
    ("\\u0000", False), ("\\\\u0000", False), ("\0", True), ("\\\0", True), ("u0000", False),
])  # fmt: skip
def test_who_types_the_code_of_that_character_does_not_type_it(typed: str, is_nul: bool):
    assert bool(NUL_ESCAPED.search(json.dumps({"name": typed}).encode())) is is_nul


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "2200-01-01"])
async def test_a_day_from_which_no_month_can_be_counted_is_malformed(day: str):
    async with (
        open_doors(OpenPool(), read(GET_CALENDAR, _unused)) as server,  # type: ignore[arg-type]
        aiohttp.ClientSession() as session,
        session.get(server.make_url(f"/calendar?day={day}"), headers=bearer(*HOME)) as answer,
    ):
        check(answer.status, answer.headers, await answer.read(), "request.malformed")


async def test_a_wrong_method_is_told_the_right_ones():
    _, headers, _ = await ask("PATCH", "/wallets", headers=bearer(*HOME))
    assert headers["Allow"] == "GET, HEAD"


async def test_a_database_that_leaves_in_the_middle_is_an_outage_and_a_constraint_is_a_bug(
    listener: Any,
):
    async def leaving(_tx: object, _asked: ShowWallets, _caller: Caller) -> Wallets:
        raise asyncpg.AdminShutdownError("terminating connection")

    async def wrong(_tx: object, _asked: ShowWallets, _caller: Caller) -> Wallets:
        raise asyncpg.CheckViolationError(f"{TYPED} violates a check")

    for handler, status in ((leaving, 503), (wrong, 500)):
        async with (
            open_doors(listener.pool, read(GET_WALLETS, handler)) as server,
            aiohttp.ClientSession() as session,
            session.get(server.make_url("/wallets"), headers=bearer(*HOME)) as answer,
        ):
            check(answer.status, answer.headers, await answer.read(), "service.unavailable")
            assert answer.status == status


async def test_an_answer_says_under_which_trace_it_was_given(listener: Any):
    async def answering(_tx: object, asked: TakeCash, _caller: Caller) -> Receipt:
        return Receipt(top_up=asked.top_up, regie=asked.regie, number=1, cents=asked.cents)

    async with (
        open_doors(listener.pool, write(TAKE_CASH, answering)) as server,
        aiohttp.ClientSession() as session,
        session.put(
            server.make_url(CASH), json=GOOD, headers={**bearer(*DESK), "X-Request-ID": "a" * 80}
        ) as answer,
    ):
        assert answer.status == 200
        assert answer.headers["X-Request-ID"] == "a" * 64
