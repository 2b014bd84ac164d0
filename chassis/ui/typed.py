"""What people type, as it was typed: kept for the page that asks again, read when it is right."""

import re
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
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
REACHABLE = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+[A-Za-z][A-Za-z0-9-]*[A-Za-z0-9]")
"""An address that any mail server can be handed. An accent is a slip, or somebody who wants to be
taken for the owner of the address without it."""
UNREADABLE = frozenset(
    "\N{REPLACEMENT CHARACTER}\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
"""What stands for bytes that were no text, and what turns around the text beside it."""
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
    return UNREADABLE.isdisjoint(text) and not any(
        unicodedata.category(sign) in ("Cc", "Cs", "Cn", "Co") for sign in text
    )


def _fault(kind: TypeAdapter[str], text: str, missing: str, wrong: str) -> str:
    if not text:
        return missing
    try:
        kind.validate_python(text)
    except ValidationError:
        return wrong
    return "" if written(text) else wrong


def name_fault(text: str, missing: str) -> str:
    """What is wrong with a first or last name: nobody is called « - » or « 123 »."""
    wrong = "Écrivez ce nom avec des lettres, 100 signes au plus."
    fault = _fault(NAME, text, missing, wrong)
    return fault or ("" if any(sign.isalpha() for sign in text) else wrong)


def company_fault(text: str) -> str:
    """What is wrong with a company's name."""
    wrong = "Écrivez cette raison sociale avec des lettres ou des chiffres, 120 signes au plus."
    fault = _fault(COMPANY, text, "Indiquez la raison sociale.", wrong)
    return fault or ("" if any(sign.isalnum() for sign in text) else wrong)


def email_fault(text: str) -> str:
    """What is wrong with an address."""
    how = "" if text.isascii() and " " not in text else " sans accent ni espace"
    asked = f"Indiquez une adresse e-mail{how}, comme prenom.nom@exemple.fr."
    fault = _fault(EMAIL, text, asked, asked)
    return fault or ("" if REACHABLE.fullmatch(text) else asked)


def password_fault(text: str) -> str:
    """What is wrong with a new password before accounts judges it."""
    if not text:
        return "Choisissez un mot de passe."
    if not written(text):
        return "Ce mot de passe contient un signe qui ne s’écrit pas. Tapez-le de nouveau."
    return WEAK["long"] if len(text) > PASSWORD_MAX else ""


def cannot_be_known(password: str) -> bool:
    """Whether nobody can have this password: accounts never took it."""
    return not password or len(password) > PASSWORD_MAX or "\0" in password


def weakness(refusal: PasswordTooWeak) -> str:
    """Why accounts did not take a password."""
    details = refusal.details
    return WEAK[details.why] if isinstance(details, PasswordTooWeak.Details) else refusal.sentence


def only_faults(faults: Mapping[str, str]) -> dict[str, str]:
    """The fields that have one, in the order of the page."""
    return {name: text for name, text in faults.items() if text}
