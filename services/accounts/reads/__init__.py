"""What the doors ask: rows straight to the answer."""

from services.accounts.reads import agents, families, households, letters, sessions

__all__ = ["agents", "families", "households", "letters", "sessions"]
