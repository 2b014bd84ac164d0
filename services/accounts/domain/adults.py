"""Somebody who signs in, as commands load and make them."""

from dataclasses import dataclass
from datetime import datetime

from contracts.accounts import Profile
from contracts.values import HouseholdId, PersonId


@dataclass(frozen=True, slots=True)
class NewAdult:
    """Somebody who registers or joins."""

    person: PersonId
    household: HouseholdId
    profile: Profile
    email: str
    password_hash: str
    terms: str
    proved: bool


@dataclass(frozen=True, slots=True)
class KnownAdult:
    """A person, locked, and what decides about their address."""

    id: PersonId
    email: str
    email_key: str
    next_email: str | None
    proved: bool
    household: HouseholdId
    has_password: bool
    now: datetime
    alone: bool
    """Nobody in the household has proved an address: the next who does opens it."""


def own_words(profile: Profile, email: str) -> list[str]:
    """What a person says of themselves at first, of which their password is not made."""
    company = [profile.company.name] if profile.company else []
    return [profile.first_name, profile.last_name, email, *company]
