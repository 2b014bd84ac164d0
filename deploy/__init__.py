"""Tools that provision, start and measure the portal; nothing here runs inside a service."""

import os
from pathlib import Path
from typing import Final

SERVICES: Final = ("accounts", "subscriptions", "booking", "payments", "notifications")


class MissingSetting(Exception):
    """One French sentence that names the environment variable to give."""


def setting(name: str, default: str | None = None) -> str:
    """Read NAME from the environment, or the file that NAME_FILE points to."""
    if file := os.environ.get(f"{name}_FILE"):
        return Path(file).read_text().strip()
    value = os.environ.get(name, default)
    if value is None:
        raise MissingSetting(f"Donnez la variable d'environnement {name} (ou {name}_FILE).")
    return value
