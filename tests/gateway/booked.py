"""Bookings, orders and movements for the tests of a family's own pages."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from contracts import accounts, booking, payments
from contracts.values import BeneficiaryId, OrderId, PersonId
from tests.gateway.neighbours import (
    AUTHORITY,
    CANTEEN,
    COUBON,
    EVENING,
    LOUANE,
    PARIS,
    THEO,
    Script,
    an_id,
    an_order,
    deadline,
)

ORDER = OrderId(an_id("order"))
THURSDAY = date(2026, 12, 3)
CAMILLE = accounts.Adult(
    person=PersonId(an_id("camille")), first_name="Camille", last_name="Martin",
    email="camille@example.fr",
)  # fmt: skip


def a_booking(who: BeneficiaryId, day: date, line: int = 1, **changed: Any) -> booking.BookedMeal:
    """A paid meal at Coubon that can be cancelled until the Thursday before."""
    given: dict[str, Any] = {
        "beneficiary": who, "service": CANTEEN, "day": day, "session": "midi", "cents": 380,
        "line": line, "service_name": "Restaurant scolaire de Coubon", "order": ORDER,
        "state": "confirmed", "regie": COUBON, "authority_name": "Coubon",
        "cancel_until": deadline(day), "credit_cents": 380,
    } | changed  # fmt: skip
    return booking.BookedMeal(**given)


def at_the_garderie(who: BeneficiaryId, day: date, session: str, line: int) -> booking.BookedMeal:
    """A morning or an evening."""
    return a_booking(
        who, day, line, service=EVENING, session=session, service_name="Garderie", cents=150,
        credit_cents=150,
    )  # fmt: skip


def an_order_of(script: Script, state: booking.OrderState = "confirmed") -> OrderId:
    """The order of the script's bookings, with every line as it is booked."""
    view = an_order(ORDER, state)
    meals = tuple(
        booking.OrderMealView(
            **b.model_dump(include=set(booking.OrderedMeal.model_fields)),
            live=True, cancel_until=b.cancel_until,
        )
        for b in script.bookings
    )  # fmt: skip
    cents = sum(meal.cents for meal in meals)
    script.orders[ORDER] = view.model_copy(update={"meals": meals, "cents": cents})
    return ORDER


def booked(script: Script, *, state: booking.OrderState = "confirmed") -> OrderId:
    """Louane and Théo on a Thursday at Coubon."""
    script.bookings = [
        a_booking(LOUANE, THURSDAY, 1, state=state),
        a_booking(THEO, THURSDAY, 2, state=state),
    ]
    return an_order_of(script, state)


def many_orders(count: int) -> list[booking.OrderView]:
    """Orders of the past, newest first, the newest by Camille."""
    return [
        an_order(OrderId(an_id(f"order {n}")), "confirmed").model_copy(
            update={
                "placed": datetime(2026, 11, 20 - n % 20, 9, 30, tzinfo=PARIS),
                "placed_by": CAMILLE.person if n == 0 else PersonId(an_id("claire")),
            }
        )
        for n in range(count)
    ]


def a_statement(*kinds: tuple[Any, int], more: UUID | None = None) -> payments.Movements:
    """Movements of one régie by (kind, cents), the newest first; balances add up."""
    balance, movements = 0, []
    for number, (kind, cents) in enumerate(reversed(kinds), 1):
        balance += cents
        movements.append(
            payments.Movement(
                movement=number, made=datetime(2026, 11, 1 + number % 28, 9, tzinfo=PARIS),
                kind=kind, cents=cents, balance_cents=balance,
                order=ORDER if kind in ("order_paid", "order_reversed") else None,
                cancellation=more if kind == "bookings_cancelled" else None,
                receipt=12 if kind.endswith("_top_up") else None,
            )
        )  # fmt: skip
    return payments.Movements(
        regie=COUBON, label="Coubon", balance_cents=balance,
        movements=tuple(reversed(movements)), more=False,
    )  # fmt: skip


def own_file(script: Script, **changed: Any) -> accounts.OwnFile:
    """What Claire said of herself."""
    profile = accounts.Profile(
        first_name="Claire", last_name="Dupont", civility="madame",
        birth_date=date(1985, 8, 1), newsletter=True,
    )  # fmt: skip
    given: dict[str, Any] = {
        "person": PersonId(an_id("claire")), "email": "claire@example.fr", "has_password": True,
        "profile": profile, "standing": "validated", "household": script.household,
    } | changed  # fmt: skip
    return accounts.OwnFile(**given)


def a_garderie(*closed: tuple[date, str]) -> booking.ServiceMonth:
    """Mornings and evenings of Louane and Théo in two weeks of December."""
    days = [date(2026, 12, day) for day in (3, 4, 7, 8, 10, 11)]

    def cell(day: date, session: str) -> booking.Cell:
        if (day, session) in closed:
            return booking.Cell(day=day, session=session, state="closed", reason="sortie scolaire")
        return booking.Cell(
            day=day, session=session, state="bookable", cents=150, deadline=deadline(day)
        )

    cells = tuple(cell(day, session) for day in days for session in ("matin", "soir"))
    return booking.ServiceMonth(
        service=EVENING, authority=AUTHORITY, regie=COUBON, service_name="Garderie",
        authority_name="Coubon",
        beneficiaries=tuple(
            booking.BeneficiaryMonth(beneficiary=who, cells=cells) for who in (LOUANE, THEO)
        ),
    )  # fmt: skip
