"""What accounts needs from its environment."""

import base64
import binascii
from typing import Annotated

from pydantic import AfterValidator, Field

from chassis.config import ServiceSettings

KEY_BYTES = 32


def _key(text: str) -> bytes:
    standard = text.translate(str.maketrans("-_", "+/")).rstrip("=")
    return base64.b64decode(standard + "=" * (-len(standard) % 4), validate=True)


def _is_key(text: str) -> str:
    try:
        fits = len(_key(text)) == KEY_BYTES
    except binascii.Error:
        fits = False
    if not fits:
        raise ValueError(f"{KEY_BYTES} octets en base64 sont attendus")
    return text


class AccountsSettings(ServiceSettings):
    """As every service, with how many passwords are hashed at once, and the key of secrets."""

    password_threads: Annotated[int, Field(ge=1, le=32)] = 2
    """19 MiB and one core each."""
    data_key: Annotated[str, AfterValidator(_is_key)]
    """32 bytes as base64: what stands encrypted in the database is opened with it alone."""

    @property
    def key(self) -> bytes:
        """The key, read."""
        return _key(self.data_key)
