"""How addresses and names compare, and what people may say of themselves."""

import unicodedata
from datetime import date

from contracts.accounts import Profile
from contracts.refusal import FieldError, Malformed

BORN_FROM = date(1900, 1, 1)
"""Nobody who eats or signs in was born before."""

LA_POSTE = "356000000"
"""The one company whose establishments are numbered by another rule than Luhn's."""

LIGATURES = {ord("œ"): "oe", ord("æ"): "ae"}
"""Letters that are two on most keyboards, and that Unicode does not take apart."""


def email_key(address: str) -> str:
    """What two spellings of one address have in common: neither case nor spaces around count."""
    return unicodedata.normalize("NFKC", address).strip().casefold()


def bare(text: str) -> str:
    """Words without accents and case, and one space between them."""
    plain = unicodedata.normalize("NFKD", text).casefold().translate(LIGATURES)
    return " ".join("".join(sign for sign in plain if not unicodedata.combining(sign)).split())


def name_key(last_name: str, first_name: str) -> str:
    """A name to sort and search by: no accents, no case, one space between words."""
    return bare(f"{last_name} {first_name}")


def check_profile(profile: Profile, today: date) -> None:
    """What a person says of themselves can be true. Raises Malformed."""
    wrong = []
    if not is_birth_date(profile.birth_date, today):
        wrong.append(FieldError(field="profile.birth_date", kind="out_of_range"))
    if profile.company is not None and not is_siret(profile.company.siret):
        wrong.append(FieldError(field="profile.company.siret", kind="check_digit"))
    if wrong:
        raise Malformed(errors=wrong)


def is_birth_date(day: date | None, today: date) -> bool:
    """Whether somebody can have been born that day; not to say when is possible too."""
    return day is None or BORN_FROM <= day <= today


def is_siret(digits: str) -> bool:
    """Whether the last digit checks the thirteen before it (Luhn; La Poste sums to fives)."""
    if digits.startswith(LA_POSTE) and sum(map(int, digits)) % 5 == 0:
        return True
    doubled = (int(d) * (2 if n % 2 else 1) for n, d in enumerate(reversed(digits)))
    return sum(n - 9 if n > 9 else n for n in doubled) % 10 == 0
