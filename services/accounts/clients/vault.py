"""Secrets that must be read again: encrypted by a key that the database never sees."""

import secrets
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

FORMAT = b"\x01"
"""The first byte of what is sealed; another way to seal will begin with another."""

NONCE_BYTES = 12


class NotOurs(Exception):
    """What was sealed for somebody else, by another key, or changed since: nobody can open it."""


class Vault:
    """AES-256-GCM, bound to the id of whose secret it is: moved to another row, it stays shut."""

    def __init__(self, key: bytes):
        self._cipher = AESGCM(key)

    def seal(self, owner: UUID, secret: str) -> bytes:
        """The secret as it may be stored."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = self._cipher.encrypt(nonce, secret.encode(), FORMAT + owner.bytes)
        return FORMAT + nonce + sealed

    def open(self, owner: UUID, sealed: bytes) -> str:
        """The secret again. Raises NotOurs."""
        nonce, rest = sealed[1 : NONCE_BYTES + 1], sealed[NONCE_BYTES + 1 :]
        try:
            return self._cipher.decrypt(nonce, rest, FORMAT + owner.bytes).decode()
        except (InvalidTag, ValueError) as error:
            raise NotOurs from error
