"""Orders, reservations, wallets and letters against a plain model, in any order of events."""

import asyncio
import logging
import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from math import ceil

import asyncpg
import pytest
import structlog
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from chassis.database import Pool
from services.booking import store as booking_store
from services.payments import store as payments_store
from tests.databases import Templates, admin_url
from tests.promises.machine import OrderMachine
from tests.town import Town

STEPS = int(os.environ.get("MODEL_STEPS", "2000"))
"""Without MODEL_STEPS the same story is told each time; with it, new ones are looked for."""
A_LIFE, RED_WITHIN = 50, 200
MUST_HAPPEN = {
    "an order is placed", "a held order is confirmed", "an order is released", "time ran out",
    "a payment is reversed", "cents are given back", "credits are reserved",
    "an order is heard of too late or again", "a meal is taken out of a confirmed order",
    "a meal left while it was held", "booking.meals_refused",
    "booking.credit_changed", "booking.too_late_to_cancel", "booking.price_changed",
}  # fmt: skip
"""A story in which nothing happens would prove nothing."""


def lives(count: int, **changes: object) -> settings:
    """Settings for so many lives of a town. Many end early: Hypothesis tries short ones too."""
    plain: dict[str, object] = {
        "max_examples": count, "stateful_step_count": A_LIFE, "deadline": None,
        "database": None, "derandomize": "MODEL_STEPS" not in os.environ, "print_blob": True,
        "report_multiple_bugs": False, "suppress_health_check": list(HealthCheck),
    }  # fmt: skip
    return settings(**(plain | changes))  # type: ignore[arg-type]


async def no_waiting_for_the_disk(pool: Pool) -> None:
    """Nobody pulls the plug here: thousands of commits need not reach the disk one by one."""
    administrator = await asyncpg.connect(admin_url())
    try:
        name = await pool.fetchval("select current_database()")
        await administrator.execute(f'alter database "{name}" set synchronous_commit to off')
    finally:
        await administrator.close()
    await pool.expire_connections()


@pytest.fixture
def machine(templates: Templates) -> Iterator[type[OrderMachine]]:
    """The machine, with a pair of databases and an event loop for all its lives."""
    loop, logs = asyncio.new_event_loop(), structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    pairs = [templates.pools(name) for name in ("booking", "payments")]
    try:
        (booking, booking_owner), (payments, payments_owner) = (
            loop.run_until_complete(pair.__aenter__()) for pair in pairs
        )
        for pool in (booking, payments):
            loop.run_until_complete(no_waiting_for_the_disk(pool))
        town = Town(booking, payments, booking_owner, payments_owner)
        own = {"town": town, "loop": loop, "used": Counter(), "reached": Counter()}
        yield type("Machine", (OrderMachine,), own)
    finally:
        for pair in pairs:
            loop.run_until_complete(pair.__aexit__(None, None, None))
        loop.close()
        structlog.configure(**logs)


@pytest.mark.timeout(0 if "MODEL_STEPS" in os.environ else 600)
def test_whatever_happens_the_model_and_both_databases_agree(machine: type[OrderMachine]):
    run_state_machine_as_test(machine, settings=lives(ceil(3 * STEPS / A_LIFE)))
    print(f"{machine.steps} steps: {dict(machine.used.most_common())}")
    print(f"reached: {dict(machine.reached.most_common())}")
    assert machine.steps >= STEPS
    assert machine.used.keys() == {action.name for action in machine.actions}
    assert MUST_HAPPEN - machine.reached.keys() == set()


# -- negative controls: the machine sees what it should see -------------------------------------


async def _let_an_order_be_paid_twice(
    machine: type[OrderMachine], patch: pytest.MonkeyPatch
) -> None:
    """Neither the inbox, nor the order's own id, nor the entry's key protects any more."""
    machine.actions = [
        replace(action, weight=25) if "forgot" in action.name else action
        for action in machine.actions
    ]
    await machine.town.payments_owner.execute(
        "alter table entry drop constraint each_reason_moves_money_once"
    )
    remember = payments_store.add_orders

    async def as_if_new(tx, held, now):
        new = await remember(tx, held, now)
        known = await payments_store.lock_orders(tx, [order.order for order in held])
        return new | {order.id for order in known.values() if order.state == "paid"}

    patch.setattr(payments_store, "add_orders", as_if_new)


async def _find_a_cent_in_large_amounts(
    machine: type[OrderMachine], patch: pytest.MonkeyPatch
) -> None:
    for table in ("entry", "posting"):
        await machine.town.payments_owner.execute(f"drop trigger entries_sum_to_zero on {table}")
    whole = "p.account, p.cents\n"
    assert whole in payments_store.SQL.post
    short = payments_store.SQL.post.replace(whole, "p.account, p.cents + (p.cents > 1000)::int\n")
    patch.setattr(payments_store.SQL, "post", short)


async def _never_give_a_seat_back(_machine: type[OrderMachine], patch: pytest.MonkeyPatch) -> None:
    async def keep(_tx, _seats):
        return None

    patch.setattr(booking_store, "give_back_seats", keep)


@pytest.mark.parametrize(
    ("sabotage", "words"),
    [
        (_let_an_order_be_paid_twice, "paid by one entry"),
        (_find_a_cent_in_large_amounts, "sums to zero"),
        (_never_give_a_seat_back, "seats taken are the live bookings"),
    ],
)
def test_the_machine_goes_red_soon_without_its_protections(
    machine: type[OrderMachine],
    monkeypatch: pytest.MonkeyPatch,
    sabotage: Callable,
    words: str,
):
    machine.loop.run_until_complete(sabotage(machine, monkeypatch))
    only_search = lives(ceil(RED_WITHIN / A_LIFE), phases=[Phase.generate])
    with pytest.raises(AssertionError, match=words):
        run_state_machine_as_test(machine, settings=only_search)
    print(f"red after {machine.red_after} steps")
    assert 0 < machine.red_after <= RED_WITHIN
