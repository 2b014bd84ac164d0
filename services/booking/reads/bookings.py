"""What the household has booked, day by day, and what a cancellation took out of it."""

from datetime import datetime
from typing import Any

from chassis.database import Transaction
from contracts.booking import (
    BookedMeal,
    Bookings,
    CancellationView,
    OrderedMeal,
    ShowBookings,
    ShowCancellation,
)
from contracts.refusal import NotFound
from contracts.values import HouseholdId
from services.booking.domain.rules import ZONE, cancellable_until
from services.booking.reads.rows import SQL, fill_shelf_for, meal_of, regulation_of


async def bookings(tx: Transaction, asked: ShowBookings, household: HouseholdId) -> Bookings:
    """The household's live bookings of a range of days, first day first."""
    clock = await tx.fetchrow(SQL.local_today, ZONE)
    assert clock is not None, "the clock always answers"  # noqa: S101
    lines = await tx.fetch(SQL.bookings, household, asked.first, asked.last, asked.limit)
    await fill_shelf_for(tx, lines)
    return Bookings.model_construct(
        today=clock["today"], bookings=tuple(_booked(line, clock["now"]) for line in lines)
    )


def _booked(line: Any, now: datetime) -> BookedMeal:
    regulation = regulation_of(line)
    until = cancellable_until(line["cancel_until"], regulation.zone, now)
    return BookedMeal.model_construct(
        **meal_of(line), order=line["order_id"], state=line["state"], regie=line["regie"],
        authority_name=regulation.authority_name, cancel_until=until,
        credit_cents=line["cents"] if until else 0,
    )  # fmt: skip


async def cancellation(
    tx: Transaction, asked: ShowCancellation, household: HouseholdId
) -> CancellationView:
    """What a cancellation of the household took out, and what it gives back. Raises NotFound."""
    lines = await tx.fetch(SQL.cancellation, asked.cancellation, household)
    if not lines:
        raise NotFound()
    await fill_shelf_for(tx, lines)
    return CancellationView(
        cancellation=asked.cancellation, order=lines[0]["order_id"],
        order_state=lines[0]["state"], regie=lines[0]["regie"],
        authority_name=regulation_of(lines[0]).authority_name,
        credit_cents=sum(line["credit_cents"] for line in lines),
        cancelled_by=lines[0]["cancelled_by"], at_the_desk=lines[0]["cancelled_at_the_desk"],
        meals=tuple(OrderedMeal(**meal_of(line)) for line in lines),
    )  # fmt: skip
