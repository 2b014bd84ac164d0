"""What people type, as it was typed: kept for the page that asks again, read when it is right."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError

from chassis.ui.forms import Form
from contracts.accounts import EmailAddress, Name, PasswordTooWeak

PASSWORD_MAX = 1_024
FIRST_YEAR = 1900
NAME = TypeAdapter[str](Name)
EMAIL = TypeAdapter[str](EmailAddress)
COMPANY = TypeAdapter[str](Annotated[str, Field(min_length=1, max_length=120)])
WEAK = {
    "short": "Ce mot de passe est trop court : il en faut un d’au moins 12 caractères.",
    "guessable": "Ce mot de passe serait trop facile à deviner. Ajoutez un ou deux mots sans "
    "lien avec votre nom ni votre adresse.",
    "long": "Ce mot de passe est trop long.",
}
"""Why a password is not taken, and what to do."""


@dataclass(frozen=True)
class TypedDay:
    """A day in three fields; nothing at all is no day."""

    day: str = ""
    month: str = ""
    year: str = ""

    @classmethod
    def of(cls, form: Form, name: str) -> "TypedDay":
        """The three fields of a form."""
        day, month, year = (
            form.text(f"{name}_{part}").strip() for part in ("day", "month", "year")
        )
        return cls(day, month.removeprefix("0"), year)

    @classmethod
    def on(cls, day: date | None) -> "TypedDay":
        """A day that is known."""
        return cls(str(day.day), str(day.month), str(day.year)) if day else cls()

    @property
    def value(self) -> date | None:
        """The day, if it is one."""
        parts = (self.year, self.month, self.day)
        if not all(part.isascii() and part.isdigit() and len(part) <= 4 for part in parts):
            return None
        try:
            return date(*(int(part) for part in parts))
        except ValueError:
            return None

    def fault(self, today: date) -> str:
        """What is wrong with it as a day of birth; nothing when all three fields are empty."""
        if not (self.day or self.month or self.year):
            return ""
        if not (self.day and self.month and self.year):
            return "Indiquez le jour, le mois et l’année, ou laissez les trois vides."
        value = self.value
        if value is None:
            return "Cette date n’existe pas. Vérifiez le jour, le mois et l’année (4 chiffres)."
        if value > today:
            return "Cette date est dans l’avenir. Vérifiez l’année."
        if value.year < FIRST_YEAR:
            return "Vérifiez l’année, en 4 chiffres."
        return ""


def written(text: str) -> bool:
    """Whether a text has only signs that can be written: no control sign, no half of one."""
    return not any(unicodedata.category(sign) in ("Cc", "Cs", "Cn", "Co") for sign in text)


def _fault(kind: TypeAdapter[str], text: str, missing: str, wrong: str) -> str:
    if not text:
        return missing
    try:
        kind.validate_python(text)
    except ValidationError:
        return wrong
    return "" if written(text) else wrong


def name_fault(text: str, missing: str) -> str:
    """What is wrong with a first or last name."""
    return _fault(NAME, text, missing, "Ce nom ne peut pas être enregistré : 100 lettres au plus.")


def company_fault(text: str) -> str:
    """What is wrong with a company's name."""
    return _fault(
        COMPANY, text, "Indiquez la raison sociale.",
        "Cette raison sociale ne peut pas être enregistrée : 120 lettres au plus.",
    )  # fmt: skip


def email_fault(text: str) -> str:
    """What is wrong with an address."""
    asked = "Indiquez une adresse e-mail, comme prenom.nom@exemple.fr."
    return _fault(EMAIL, text, asked, asked)


def password_fault(text: str) -> str:
    """What is wrong with a new password before accounts judges it."""
    if not text:
        return "Choisissez un mot de passe."
    return WEAK["long"] if len(text) > PASSWORD_MAX else ""


def weakness(refusal: PasswordTooWeak) -> str:
    """Why accounts did not take a password."""
    details = refusal.details
    return WEAK[details.why] if isinstance(details, PasswordTooWeak.Details) else refusal.sentence


def only_faults(faults: Mapping[str, str]) -> dict[str, str]:
    """The fields that have one, in the order of the page."""
    return {name: text for name, text in faults.items() if text}
