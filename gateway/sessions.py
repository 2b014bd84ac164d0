"""Who is at the browser: an opaque token in a cookie; accounts knows only its hash."""

import hashlib
import secrets
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID, uuid4

from aiohttp import web

from chassis.auth import Caller
from chassis.client import Clients
from contracts.accounts import (
    CLOSE_SESSION,
    GET_SESSION,
    OPEN_SESSION,
    ByToken,
    NewSession,
    OpenSession,
    SessionView,
)
from contracts.refusal import NotFound

CACHE_SECONDS = 30.0
"""A session that was closed elsewhere may live this much longer here."""
CACHED = 20_000
KEPT_SECONDS = 400 * 24 * 3600
"""Life of the cookie of « Rester connecté »; accounts decides how long the session lasts."""
VISITOR = Caller(kind="visitor", actor=UUID(int=0))
K = TypeVar("K")
V = TypeVar("V")


class Memory(Generic[K, V]):
    """The most recent values, for a short while, never more than `size`."""

    def __init__(self, seconds: float = CACHE_SECONDS, size: int = CACHED):
        self._seconds = seconds
        self._size = size
        self._kept: OrderedDict[K, tuple[float, V]] = OrderedDict()

    def get(self, key: K) -> V | None:
        """The value, if it is known and fresh."""
        found = self._kept.get(key)
        if found is None or found[0] < time.monotonic():
            return None
        return found[1]

    def keep(self, key: K, value: V) -> None:
        """Remember a value; the oldest one leaves when there are too many."""
        self._kept[key] = (time.monotonic() + self._seconds, value)
        self._kept.move_to_end(key)
        while len(self._kept) > self._size:
            self._kept.popitem(last=False)

    def drop(self, key: K) -> None:
        """Forget a value."""
        self._kept.pop(key, None)


def new_token() -> str:
    """A secret of 256 bits for a cookie."""
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> str:
    """What leaves the gateway instead of the token."""
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass(frozen=True)
class Opened:
    """A session's secret, and what accounts gets to know of it."""

    token: str
    asked: NewSession


class Sessions:
    """Opens, finds and closes sessions at accounts; remembers whom it found for 30 seconds."""

    def __init__(self, clients: Clients):
        self._clients = clients
        self._known: Memory[str, SessionView] = Memory()

    @staticmethod
    def draw(*, keep: bool = False, device: str = "") -> Opened:
        """A session to ask for, under a token that nobody has seen yet."""
        token = new_token()
        asked = NewSession(session=uuid4(), token_hash=hash_of(token), keep=keep, device=device)
        return Opened(token, asked)

    def remember(self, opened: Opened, session: SessionView) -> None:
        """Know whose session it is."""
        self._keep(opened.asked.token_hash, session)

    def _keep(self, token_hash: str, session: SessionView) -> None:
        # who waits is asked for each time, so that a validation is seen at once
        if session.standing == "validated":
            self._known.keep(token_hash, session)

    async def of(self, token: str) -> SessionView | None:
        """The session of this token; None if there is none. Raises Unavailable."""
        token_hash = hash_of(token)
        session = self._known.get(token_hash)
        if session is None:
            try:
                session = await self._clients.call(
                    GET_SESSION, ByToken(token_hash=token_hash), VISITOR
                )
            except NotFound:
                return None
            self._keep(token_hash, session)
        return session

    async def open(
        self, email: str, password: str, origin: str, *, keep: bool, device: str
    ) -> Opened:
        """Sign in. Raises CredentialsRefused, TooManyTries."""
        opened = self.draw(keep=keep, device=device)
        asked = OpenSession(
            **opened.asked.model_dump(), email=email, password=password, origin=origin
        )
        self.remember(opened, await self._clients.call(OPEN_SESSION, asked, VISITOR))
        return opened

    def forget(self, token: str) -> None:
        """Ask accounts again who holds a session: something of them changed."""
        self._known.drop(hash_of(token))

    async def close(self, token: str) -> None:
        """Sign out, here at once and everywhere as soon as accounts has heard."""
        token_hash = hash_of(token)
        self._known.drop(token_hash)
        await self._clients.call(CLOSE_SESSION, ByToken(token_hash=token_hash), VISITOR)


class Cookies:
    """The two cookies: `session` of who is signed in, `visitor` for the forms of who is not."""

    def __init__(self, *, secure: bool):
        self._secure = secure
        prefix = "__Host-" if secure else ""
        self.session = f"{prefix}session"
        self.visitor = f"{prefix}visitor"

    def set(self, response: web.Response, name: str, token: str, *, keep: bool = False) -> None:
        """Give a cookie: for this host alone, out of reach of scripts and of foreign forms."""
        response.set_cookie(
            name, token, path="/", secure=self._secure, httponly=True, samesite="Lax",
            max_age=KEPT_SECONDS if keep else None,
        )  # fmt: skip

    def clear(self, response: web.Response, name: str) -> None:
        """Take a cookie back."""
        response.del_cookie(name, path="/", secure=self._secure, httponly=True, samesite="Lax")
