"""Meals in front of agents: what their states are called, and who eats what when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any, Protocol

from chassis.ui import french
from contracts.booking import CartMeal, CellState, MealsRefused, OrderState, RefusedMeal
from contracts.refusal import Refusal
from contracts.values import BeneficiaryId, Session
from services.subscriptions.console.desk.acting import Acting
from services.subscriptions.console.plain import moment

CELLS: dict[CellState, str] = {
    "bookable": "À réserver",
    "in_cart": "Au panier",
    "held": "En attente de paiement",
    "booked": "Réservé",
    "full": "Complet",
    "late": "Trop tard",
    "closed": "Fermé",
    "not_entitled": "Pas d’accès",
}
"""A day of the calendar in one or two words."""
REASONS: dict[CellState, str] = {
    "bookable": "à nouveau disponible, réessayez",
    "in_cart": "déjà au panier",
    "held": "déjà réservé, en attente de paiement",
    "booked": "déjà réservé",
    "full": "complet",
    "late": "trop tard",
    "closed": "pas de service ce jour-là",
    "not_entitled": "pas d’accès à ce service ce jour-là",
}
"""Why a meal cannot be booked, within a sentence."""
ORDERS: dict[OrderState, str] = {
    "confirmed": "Payée",
    "held": "En attente de paiement",
    "released": "Places rendues",
    "cancelled": "Annulée",
}
BOOKINGS: dict[OrderState, str] = {"confirmed": "Réservé", "held": "En attente de paiement"}


class AnyMeal(Protocol):
    """A meal with its service's public name, wherever it stands."""

    @property
    def beneficiary(self) -> BeneficiaryId:
        """For whom."""

    @property
    def service_name(self) -> str:
        """Where."""

    @property
    def session(self) -> Session:
        """In which part of the day."""

    @property
    def day(self) -> date:
        """When."""

    @property
    def cents(self) -> int:
        """At what price."""


@dataclass(frozen=True)
class Line:
    """Meals of one child in one service."""

    who: str
    product: str
    days: list[str]
    cents: int
    note: str = ""


def product(service_name: str, session: Session) -> str:
    """« Garderie, le soir »; a meal at noon goes without saying."""
    return service_name if session == "midi" else f"{service_name}, {moment(session)}"


def on_day(day: date, session: Session) -> str:
    """« jeudi 3 décembre », « jeudi 3 décembre, le soir »."""
    text = french.day_of_year(day)
    return text if session == "midi" else f"{text}, {moment(session)}"


def lines_of(meals: Iterable[AnyMeal], acting: Acting) -> list[Line]:
    """Meals by service, then child, with their days in order."""

    def key(meal: AnyMeal) -> tuple[Any, ...]:
        note = _note(meal)
        return (
            meal.service_name, meal.session, acting.place(meal.beneficiary), meal.beneficiary, note
        )  # fmt: skip

    ordered = sorted(meals, key=lambda meal: (*key(meal)[:3], str(key(meal)[3]), meal.day))
    return [_line(list(same), acting) for _, same in groupby(ordered, key)]


def _line(meals: list[AnyMeal], acting: Acting) -> Line:
    one = meals[0]
    return Line(
        acting.first(one.beneficiary), product(one.service_name, one.session),
        [french.day_of_year(meal.day) for meal in meals], sum(meal.cents for meal in meals),
        _note(one),
    )  # fmt: skip


def _note(meal: AnyMeal) -> str:
    """Why a meal of a cart can no longer be had; nothing for one that can."""
    if not isinstance(meal, CartMeal) or meal.state in ("bookable", "in_cart"):
        return ""
    return CELLS[meal.state]


def refused_meals(refusal: Refusal | None, acting: Acting) -> list[str]:
    """« Louane, jeudi 3 décembre : complet. » for each meal that a refusal names."""
    if refusal is None or not isinstance(refusal.details, MealsRefused.Details):
        return []
    return [_refused(meal, acting) for meal in refusal.details.meals]


def _refused(meal: RefusedMeal, acting: Acting) -> str:
    why = REASONS[meal.state]
    if meal.state == "late" and meal.deadline:
        why += f", c’était jusqu’au {french.instant(meal.deadline)}"
    if meal.article:
        why += f" ({meal.article})"
    day = on_day(meal.day, meal.session)
    return f"{acting.first(meal.beneficiary)}, {day}{french.NBSP}: {why}."
