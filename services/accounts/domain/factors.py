"""The second factor: codes of an authenticator, each once, and recovery codes for a lost one."""

import hashlib
import hmac
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import pyotp

STEP_SECONDS = 30
STEPS_AROUND = (0, -1, 1)
"""Clocks differ, and people type slowly: the code before and the code after are good as well."""

DECOY = "A" * 32
"""What the code of nobody is compared with."""

ISSUER = "Cantine Facile"

RECOVERY_CODES = 10
RECOVERY_LENGTH = 10
RECOVERY_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""No sign that looks like another on paper: no 0 and O, no 1, I and L."""


def typed(code: str) -> str:
    """A code as it is compared: people leave spaces and hyphens, and type small letters."""
    return "".join(sign for sign in code.upper() if sign.isalnum())


def address_of(secret: str, email: str) -> str:
    """The `otpauth://` address that a QR code carries."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER)


def accepted_step(
    secret: str, code: str, clocks: Collection[datetime], last_step: int
) -> int | None:
    """The step of an authenticator whose code this is; None for a wrong one, or one used before.

    All steps around each clock are compared, so that the answer takes as long for any code.
    """
    totp, given = pyotp.TOTP(secret), typed(code)
    current = {int(clock.timestamp()) // STEP_SECONDS for clock in clocks}
    found = None
    for step in (step + around for step in sorted(current) for around in STEPS_AROUND):
        fits = hmac.compare_digest(totp.generate_otp(step).encode(), given.encode())
        if fits and step > last_step and found is None:
            found = step
    return found


def recovery_hash(agent: UUID, code: str) -> bytes:
    """How a recovery code stands in the table."""
    return hashlib.sha256(f"{agent}\n{typed(code)}".encode()).digest()
