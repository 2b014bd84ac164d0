"""Who is at the browser: an opaque token in a cookie; accounts knows only its hash."""

from dataclasses import dataclass
from uuid import uuid4

from chassis.auth import VISITOR
from chassis.client import Clients
from chassis.ui.cookies import hash_of, new_token
from chassis.ui.memory import Memory
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
