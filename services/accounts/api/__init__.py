"""HTTP doors: count tries, hash and compare outside, then one command or one read."""

from services.accounts.api import households, letters, passwords, sessions

__all__ = ["households", "letters", "passwords", "sessions"]
