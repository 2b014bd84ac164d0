"""What accounts can be asked to do. Each command: load, decide, save, tell."""

from services.accounts.commands import (
    adults,
    agent_sessions,
    agents,
    households,
    letters,
    links,
    sessions,
    throttle,
)

__all__ = [
    "adults", "agent_sessions", "agents", "households", "letters", "links", "sessions", "throttle",
]  # fmt: skip
