"""What letters tell: meals by those who eat, rights by those who have them, names as names."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

INVISIBLE = frozenset("\u200b\u200e\u200f\u2028\u2029\ufeff")


@dataclass(frozen=True, slots=True)
class Meal:
    """A meal as a letter tells it."""

    day: date
    service_name: str
    session: str
    cents: int


@dataclass(frozen=True, slots=True)
class Share:
    """What one of those who eat gets of an order."""

    first_name: str
    meals: tuple[Meal, ...]


def shares(meals: Sequence[Mapping[str, Any]], names: Mapping[str, str]) -> tuple[Share, ...]:
    """The meals of an order, eater by eater in the order of `names`, by day.

    Those whom the household does not know any more come last, without a name.
    """
    found: dict[str, list[Meal]] = {beneficiary: [] for beneficiary in names}
    for meal in meals:
        told = Meal(
            day=date.fromisoformat(meal["day"]),
            service_name=meal["service_name"],
            session=meal["session"],
            cents=meal["cents"],
        )
        found.setdefault(meal["beneficiary"], []).append(told)
    return tuple(
        Share(names.get(beneficiary, ""), tuple(sorted(meals, key=_by_day)))
        for beneficiary, meals in found.items()
        if meals
    )


def _by_day(meal: Meal) -> tuple[date, str, str]:
    return meal.day, meal.service_name, meal.session


def rights(
    items: Sequence[Mapping[str, Any]], names: Mapping[str, str]
) -> tuple[dict[str, Any], ...]:
    """Rights and requests with the first name of who has them, in the order of `names`."""
    places = {beneficiary: place for place, beneficiary in enumerate(names)}

    def place(item: Mapping[str, Any]) -> tuple[int, str, str]:
        known = places.get(item["beneficiary"], len(places))
        return known, item["authority_name"], item["service_name"]

    return tuple(
        {"entry": "", "reason": None, **item, "first_name": names.get(item["beneficiary"], "")}
        for item in sorted(items, key=place)
    )


def plain(name: str) -> str:
    """A name as a name: on one line, in the reader's direction, nothing in it a link.

    Whoever registers or invites with somebody else's address chooses a name that stands in a
    letter of the town: no mail program may make a link of it.
    """
    seen = "".join(" " if _is_hidden(sign) else sign for sign in name)
    apart = re.sub(r"([:@])(?=\S)|(\.)(?=\w)", r"\1\2 ", seen)
    return " ".join(apart.split())


def _is_hidden(sign: str) -> bool:
    return sign in INVISIBLE or unicodedata.category(sign) == "Cc" or _turns(sign)


def _turns(sign: str) -> bool:
    return "\u202a" <= sign <= "\u202e" or "\u2066" <= sign <= "\u2069"
