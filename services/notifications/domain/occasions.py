"""Occasions to write: what each event makes of e-mails.

An e-mail's id is made from the event's name, what it is about, and the version: the same event,
told again a year later, is the same e-mail.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid5

from contracts.accounts import HouseholdChanged, LetterWanted
from contracts.booking import (
    BookingsCancelled,
    CancelledMeal,
    EntitlementOpened,
    OrderConfirmed,
    OrderedMeal,
    OrderReleased,
)
from contracts.event import NAMESPACE, Event
from contracts.payments import CreditsLoaded
from contracts.subscriptions import RequestChanged
from services.notifications.domain.emails import Email, Template

REQUEST_STATES: Final[dict[str, Template]] = {
    "pending": "request_received",
    "refused": "request_refused",
}
"""An approved request is told by booking, once its calendar is open; a withdrawn one by nobody."""

HOUSEHOLD_STATES: Final[dict[str, Template]] = {
    "waiting": "account_waiting",
    "validated": "account_validated",
    "refused": "account_refused",
}


def order_confirmed(event: OrderConfirmed, now: datetime) -> Email:
    """« Votre commande est confirmée »."""
    return _of_order(event, "order_confirmed", "", now)


def order_released(event: OrderReleased, now: datetime) -> Email:
    """« Votre commande n’a pas pu être confirmée »."""
    return _of_order(event, "order_released", event.reason, now)


def _of_order(
    event: OrderConfirmed | OrderReleased, template: Template, reason: str, now: datetime
) -> Email:
    meals = [_meal(meal, meal.cents) for meal in event.meals]
    data = {"cents": event.cents, "reason": reason, "meals": meals}
    return _about(event, template, event.household, event.order, now, data, event.version)


def bookings_cancelled(event: BookingsCancelled, now: datetime) -> Email:
    """« Votre annulation est faite »: which meals, if the event says it of all, and what for."""
    data = {
        "cents": sum(meal.credit_cents for meal in event.meals),
        "order": str(event.order),
        "meals": _told(event.meals),
    }
    return _about(event, "booking_cancelled", event.household, event.cancellation, now, data)


def entitlement_opened(event: EntitlementOpened, now: datetime) -> Email:
    """« Vous pouvez réserver »."""
    item = {
        "beneficiary": str(event.beneficiary),
        "authority_name": event.authority_name,
        "service_name": event.service_name,
    }
    return _about(
        event, "access_open", event.household, event.entitlement, now, {"items": [item]}
    )  # fmt: skip


def request_changed(event: RequestChanged, now: datetime) -> Email | None:
    """« Votre demande est transmise », or refused, and why; nothing in other states."""
    template = REQUEST_STATES.get(event.state)
    if template is None:
        return None
    item = {
        "beneficiary": str(event.beneficiary),
        "authority_name": event.authority_label,
        "service_name": event.service_label,
        "entry": event.category_label,
        "reason": event.reason,
    }
    return _about(
        event, template, event.household, event.request, now, {"items": [item]}, event.version
    )


def credits_loaded(event: CreditsLoaded, now: datetime) -> Email:
    """« Votre crédit est rechargé »."""
    data = {
        "cents": event.cents, "regie_name": event.label, "number": event.number,
        "means": event.means,
    }  # fmt: skip
    return _about(event, "credits_loaded", event.household, event.top_up, now, data)


def household_changed(event: HouseholdChanged, now: datetime) -> Email:
    """« Votre compte est en attente », validated, or refused, and why."""
    template = HOUSEHOLD_STATES[event.state]
    data = {"reason": event.reason}
    return _about(event, template, event.household, event.household, now, data, event.version)


def letter_wanted(event: LetterWanted, now: datetime) -> Email:
    """What accounts will say when it is written."""
    return Email(
        id=_id_of(event, event.letter, 1), template="letter", subject=event.letter, version=1,
        data={}, queued=now, taken=now, letter=event.letter,
    )  # fmt: skip


def _about(
    event: Event, template: Template, household: UUID, subject: UUID, now: datetime,
    data: dict[str, Any], version: int = 1,
) -> Email:  # fmt: skip
    return Email(
        id=_id_of(event, subject, version), template=template, subject=subject, version=version,
        data=data, queued=now, taken=now, household=household,
    )  # fmt: skip


def _id_of(event: Event, subject: UUID, version: int) -> UUID:
    return uuid5(NAMESPACE, f"{event.name}\n{subject}\n{version}")


def _told(meals: Sequence[CancelledMeal]) -> list[dict[str, Any]]:
    if not all(m.beneficiary and m.service_name and m.day and m.session for m in meals):
        return []  # as bodies of the first days have it: then the total alone is said
    return [_meal(meal, meal.credit_cents) for meal in meals]


def _meal(meal: OrderedMeal | CancelledMeal, cents: int) -> dict[str, Any]:
    return {
        "beneficiary": str(meal.beneficiary),
        "service_name": meal.service_name,
        "day": str(meal.day),
        "session": meal.session,
        "cents": cents,
    }
