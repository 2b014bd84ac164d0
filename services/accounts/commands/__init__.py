"""What accounts can be asked to do. Each command: load, decide, save, tell."""

from services.accounts.commands import adults, households, letters, links, sessions, throttle

__all__ = ["adults", "households", "letters", "links", "sessions", "throttle"]
