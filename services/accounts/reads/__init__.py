"""What the doors ask: rows straight to the answer."""

from services.accounts.reads import households, letters, sessions

__all__ = ["households", "letters", "sessions"]
