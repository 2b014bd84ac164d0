"""Who calls: 60-second Ed25519 tokens, signed by those who face people, verified by everyone."""

import json
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey

from contracts.operation import MAY_SIGN, CallerKind, Operation
from contracts.refusal import NotAllowed, NotFound, Unsigned
from contracts.values import AGGLOMERATION

TOKEN_SECONDS = 60
ALGORITHMS = ["Ed25519"]
REMEMBERED = 20_000
"""Tokens and callers kept in memory at most; beyond, the memory starts anew."""


@dataclass(frozen=True)
class Caller:
    """In whose name a request comes, as its signed token says; never as its body says."""

    kind: CallerKind
    actor: UUID
    household: UUID | None = None
    roles: frozenset[tuple[str, UUID]] = field(default_factory=frozenset)
    """(role, authority) pairs of a member of staff."""

    def holds(self, roles: Collection[str], authority: UUID) -> bool:
        """Whether a member of staff holds one of these roles in this authority."""
        if self.kind == "operator" or self.is_everywhere(roles):
            return True
        return any((role, authority) in self.roles for role in roles)

    def is_everywhere(self, roles: Collection[str]) -> bool:
        """Whether an administrator of the agglomeration asks what an administrator may."""
        return "administrator" in roles and ("administrator", AGGLOMERATION) in self.roles

    @property
    def own_household(self) -> UUID:
        """The household of a signed-in family. Raises NotAllowed for anyone else."""
        if self.household is None:
            raise NotAllowed()
        return self.household


VISITOR = Caller(kind="visitor", actor=UUID(int=0))
"""Nobody yet: in whose name a front asks before anybody has signed in."""


class Signer:
    """Signs tokens in the name of this process, one per caller and half life."""

    def __init__(self, private_jwk: str):
        self._key = OKPKey.import_key(json.loads(private_jwk))
        self._kid = str(self._key.kid)
        self._signed: dict[Caller, tuple[float, str]] = {}

    def token(self, caller: Caller) -> str:
        """A token for this caller that lives at least half a minute."""
        now = time.time()
        known = self._signed.get(caller)
        if known and known[0] > now + TOKEN_SECONDS / 2:
            return known[1]
        claims: dict[str, object] = {
            "iss": self._kid, "exp": int(now) + TOKEN_SECONDS, "kind": caller.kind,
            "sub": str(caller.actor),
        }  # fmt: skip
        if caller.household:
            claims["household"] = str(caller.household)
        if caller.roles:
            claims["roles"] = sorted([role, str(authority)] for role, authority in caller.roles)
        token = jwt.encode({"alg": "Ed25519", "kid": self._kid}, claims, self._key, ALGORITHMS)
        if len(self._signed) > REMEMBERED:
            self._signed.clear()
        self._signed[caller] = (now + TOKEN_SECONDS, token)
        return token


class Verifier:
    """Reads tokens signed by the known keys; remembers those it has verified until they expire."""

    def __init__(self, public_keys: str):
        self._keys = KeySet.import_key_set(json.loads(public_keys))
        self._verified: dict[str, tuple[float, Caller]] = {}

    def caller(self, authorization: str | None) -> Caller:
        """The caller of an Authorization header. Raises Unsigned."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme != "Bearer" or not token:
            raise Unsigned()
        now = time.time()
        known = self._verified.get(token)
        if known is None:
            known = self._read(token)
            if len(self._verified) > REMEMBERED:
                self._verified.clear()
            self._verified[token] = known
        if known[0] <= now or known[0] > now + 2 * TOKEN_SECONDS:
            raise Unsigned()
        return known[1]

    def _read(self, token: str) -> tuple[float, Caller]:
        try:
            read = jwt.decode(token, self._keys, ALGORITHMS)
            claims, kid = read.claims, str(read.header["kid"])
            kind = claims["kind"]
            if claims["iss"] != kid or kind not in MAY_SIGN.get(kid, ()):
                raise Unsigned()
            household = claims.get("household")
            caller = Caller(
                kind=kind,
                actor=UUID(claims["sub"]),
                household=UUID(household) if household else None,
                roles=frozenset((str(r), UUID(a)) for r, a in claims.get("roles", [])),
            )
            return float(claims["exp"]), caller
        except (
            JoseError, KeyError, TypeError, ValueError, AttributeError, RecursionError,
        ) as error:  # fmt: skip
            raise Unsigned() from error


def admit(caller: Caller, operation: Operation[Any, Any]) -> None:
    """Let the caller in if the operation declares its kind. Raises NotAllowed.

    Roles are looked at where the authority of the object is known: in the command or the read.
    """
    if caller.kind not in operation.callers:
        raise NotAllowed()


def let_in(caller: Caller, operation: Operation[Any, Any], authority: UUID) -> None:
    """Let in those who may ask this in the authority. Raises NotFound.

    To everybody else it does not exist, nor does anything that it has.
    """
    if not caller.holds(operation.roles, authority):
        raise NotFound()
