"""French as people write it: amounts, days, instants, counts, and the sentence of a refusal."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from babel.dates import format_date, format_datetime
from babel.numbers import format_currency

from contracts.refusal import Refusal

LOCALE = "fr_FR"
NBSP = "\N{NO-BREAK SPACE}"
KEPT = 8_192
"""Writings kept in memory: Babel takes its time, and a page shows the same days again and again."""


@lru_cache(KEPT)
def money(cents: int) -> str:
    """380 → « 3,80 € »."""
    return format_currency(Decimal(cents) / 100, "EUR", locale=LOCALE)


@lru_cache(KEPT)
def _day(day: date, form: str) -> str:
    # a number stays on the line of its month
    text = format_date(day, form.replace("d M", f"d{NBSP}M"), locale=LOCALE)
    return text.replace(f"1{NBSP}", f"1er{NBSP}") if day.day == 1 else text


def day(value: date) -> str:
    """« jeudi 3 décembre 2026 »."""
    return _day(value, "EEEE d MMMM y")


def day_of_year(value: date) -> str:
    """« jeudi 3 décembre »."""
    return _day(value, "EEEE d MMMM")


def day_of_month(value: date) -> str:
    """« jeudi 3 »."""
    return f"{weekday(value)}{NBSP}{'1er' if value.day == 1 else value.day}"


def day_and_month(value: date) -> str:
    """« 3 décembre »."""
    return _day(value, "d MMMM")


def day_in_full(value: date) -> str:
    """« 3 décembre 2026 »."""
    return _day(value, "d MMMM y")


def weekday(value: date) -> str:
    """« jeudi »."""
    return _day(value, "EEEE")


@lru_cache(KEPT)
def month(value: date) -> str:
    """« décembre 2026 »."""
    return format_date(value, "MMMM y", locale=LOCALE)


@lru_cache(KEPT)
def month_name(value: date) -> str:
    """« décembre »."""
    return format_date(value, "MMMM", locale=LOCALE)


MONTHS = tuple(month_name(date(2000, number, 1)) for number in range(1, 13))
"""« janvier » to « décembre »."""


def of_month(value: date) -> str:
    """« de décembre 2026 », « d’avril 2027 »."""
    text = month(value)
    return f"d’{text}" if text[0] in "ao" else f"de {text}"


def instant(value: datetime) -> str:
    """« jeudi 26 novembre à 10 h 00 », as the clocks of the instant's own offset say."""
    return _instant(value.replace(tzinfo=None))


@lru_cache(KEPT)
def _instant(local: datetime) -> str:
    # by local time: instants of two zones are equal, and written differently
    clock = format_datetime(local, f"H{NBSP}'h'{NBSP}mm", locale=LOCALE)
    return f"{day_of_year(local.date())} à {clock}"


def instant_in_brief(value: datetime) -> str:
    """« jeu. 26 nov., 10 h 00 », where room is short."""
    return _instant_in_brief(value.replace(tzinfo=None))


@lru_cache(KEPT)
def _instant_in_brief(local: datetime) -> str:
    text = format_datetime(local, f"EEE{NBSP}d{NBSP}MMM, H{NBSP}'h'{NBSP}mm", locale=LOCALE)
    return text.replace(f"{NBSP}1{NBSP}", f"{NBSP}1er{NBSP}", 1) if local.day == 1 else text


def span(first: date, last: date) -> str:
    """« du 21 au 25 décembre », « le 3 décembre »."""
    if first == last:
        return f"le {day_and_month(last)}"
    same = (first.year, first.month) == (last.year, last.month)
    begin = ("1er" if first.day == 1 else str(first.day)) if same else day_and_month(first)
    return f"du {begin} au {day_and_month(last)}"


def count(number: int, one: str, many: str = "") -> str:
    """« 1 mois », « 4 produits »: the plural begins at two, and may be given."""
    word = one if number < 2 else many or (one if one[-1] in "sx" else f"{one}s")
    return f"{number}{NBSP}{word}"


def duration(seconds: int) -> str:
    """« 1 seconde », « 2 minutes », « 1 heure »: in the largest unit, rounded up."""
    for size, word in ((3600, "heure"), (60, "minute")):
        if seconds >= size:
            return count(-(-seconds // size), word)
    return count(max(seconds, 1), "seconde")


def listing(parts: Iterable[str]) -> str:
    """« Louane, Théo et Zoé »."""
    texts = list(parts)
    if len(texts) < 2:
        return "".join(texts)
    return f"{', '.join(texts[:-1])} et {texts[-1]}"


def spell(value: Any, name: str = "") -> str:
    """A detail of a refusal in French: cents are amounts, dates are days."""
    if name.endswith("cents") and isinstance(value, int):
        return money(value)
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return day(value)
    return str(value)


def sentence(refusal: Refusal) -> str:
    """The sentence of a refusal, with the details that it quotes by name written in French."""
    details = {name: spell(value, name) for name, value in refusal.details}
    return spaced(refusal.sentence.format_map(details))


def spaced(text: str) -> str:
    """The same text with no-break spaces where French keeps a sign on its line."""
    for sign in ":;!?»€":
        text = text.replace(f" {sign}", f"{NBSP}{sign}")
    return text.replace("« ", f"«{NBSP}")


FILTERS: dict[str, Callable[..., str]] = {
    "money": money,
    "day": day,
    "day_of_year": day_of_year,
    "day_of_month": day_of_month,
    "day_and_month": day_and_month,
    "day_in_full": day_in_full,
    "weekday": weekday,
    "month": month,
    "month_name": month_name,
    "span": span,
    "of_month": of_month,
    "instant": instant,
    "counted": count,
    "duration": duration,
    "listing": listing,
    "sentence": sentence,
    "spaced": spaced,
}
"""What templates may call by name."""
