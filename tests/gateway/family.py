"""What the scripted neighbours know of a validated family: bookings, orders, credits, its file."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from contracts import accounts, booking, payments, subscriptions
from contracts.operation import Done, Operation
from contracts.refusal import NotFound
from contracts.values import RegieId

Handlers = list[tuple[Operation[Any, Any], Callable[[Any], Any]]]
NOW = datetime(2026, 11, 23, 10, tzinfo=ZoneInfo("Europe/Paris"))


@dataclass
class Family:
    """The part of a script that is a family's own."""

    standing: accounts.Standing = "validated"
    slow: dict[str, float] = field(default_factory=dict)
    """Seconds that an operation takes."""
    clock: booking.Clock = field(default_factory=lambda: booking.Clock(now=NOW, shifted=False))
    more_services: tuple[booking.ServiceMonth, ...] = ()
    bookings: list[booking.BookedMeal] = field(default_factory=list)
    history: list[booking.OrderView] = field(default_factory=list)
    """Newest first."""
    cancellations: dict[UUID, booking.CancellationView] = field(default_factory=dict)
    movements: dict[RegieId, payments.Movements] = field(default_factory=dict)
    own: accounts.OwnFile | None = None
    access: tuple[subscriptions.Access, ...] = ()
    devices: tuple[accounts.Device, ...] = ()


def answers(family: Family) -> Handlers:
    """The operations that only a signed-in family's pages ask."""
    return [
        (booking.GET_CLOCK, lambda _: family.clock),
        (booking.LIST_BOOKINGS, lambda asked: _bookings(family, asked)),
        (booking.LIST_ORDERS, lambda asked: _orders(family, asked)),
        (booking.CANCEL_BOOKINGS, lambda asked: _cancel(family, asked)),
        (booking.GET_CANCELLATION, lambda asked: _of(family.cancellations, asked.cancellation)),
        (payments.LIST_MOVEMENTS, lambda asked: _movements(family, asked)),
        (accounts.GET_OWN_FILE, lambda _: family.own),
        (accounts.CHANGE_PROFILE, lambda _: Done()),
        (accounts.LIST_DEVICES, lambda _: accounts.Devices(devices=family.devices)),
        (subscriptions.LIST_ACCESS, lambda _: subscriptions.AccessList(access=family.access)),
    ]


def _of(known: dict[Any, Any], key: Any) -> Any:
    if key not in known:
        raise NotFound()
    return known[key]


def _bookings(family: Family, asked: booking.ShowBookings) -> booking.Bookings:
    found = (meal for meal in family.bookings if asked.first <= meal.day <= asked.last)
    today: date = family.clock.now.date()
    return booking.Bookings(today=today, bookings=tuple(found)[: asked.limit])


def _orders(family: Family, asked: booking.ShowOrders) -> booking.Orders:
    ids = [order.order for order in family.history]
    if asked.before and asked.before not in ids:
        raise NotFound()
    start = ids.index(asked.before) + 1 if asked.before else 0
    page = family.history[start : start + asked.limit]
    return booking.Orders(orders=tuple(page), more=len(ids) > start + len(page))


def _cancel(family: Family, asked: booking.CancelBookings) -> booking.BookingsCancellation:
    gone = [b for b in family.bookings if b.order == asked.order and b.line in asked.lines]
    if not gone:
        raise NotFound()
    family.bookings = [b for b in family.bookings if b not in gone]
    one = gone[0]
    family.cancellations[asked.cancellation] = booking.CancellationView(
        cancellation=asked.cancellation, order=asked.order, order_state=one.state,
        regie=one.regie, authority_name=one.authority_name,
        credit_cents=sum(b.credit_cents for b in gone),
        meals=tuple(
            booking.OrderedMeal.model_validate(
                b.model_dump(include=set(booking.OrderedMeal.model_fields))
            )
            for b in gone
        ),
    )  # fmt: skip
    return booking.BookingsCancellation(
        cancellation=asked.cancellation, credit_cents=asked.expected_credit_cents
    )


def _movements(family: Family, asked: payments.ShowMovements) -> payments.Movements:
    known: payments.Movements = _of(family.movements, asked.regie)
    those = [
        m
        for m in known.movements
        if (asked.before is None or m.movement < asked.before)
        and asked.cancellation in (None, m.cancellation)
    ]
    page = tuple(those[: asked.limit])
    return known.model_copy(update={"movements": page, "more": len(those) > len(page)})
