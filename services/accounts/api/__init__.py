"""HTTP doors: count tries, hash and compare outside, then one command or one read."""

from services.accounts.api import (
    agents,
    enrolment,
    families,
    households,
    letters,
    passwords,
    sessions,
)

__all__ = ["agents", "enrolment", "families", "households", "letters", "passwords", "sessions"]
