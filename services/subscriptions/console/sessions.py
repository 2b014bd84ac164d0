"""Which agent is at the browser: an opaque token in a cookie; accounts knows only its hash."""

from dataclasses import dataclass
from uuid import uuid4

from chassis.auth import VISITOR
from chassis.client import Clients
from chassis.ui.cookies import hash_of, new_token
from chassis.ui.memory import Memory
from contracts.accounts import (
    CLOSE_AGENT_SESSION,
    GET_AGENT_SESSION,
    OPEN_AGENT_SESSION,
    AgentSession,
    ByAgentToken,
    NewSession,
    OpenAgentSession,
)
from contracts.refusal import NotFound


@dataclass(frozen=True)
class SignIn:
    """What an agent typed to come in."""

    email: str
    password: str
    code: str
    origin: str
    device: str


@dataclass(frozen=True)
class Opened:
    """A session's secret, and what accounts gets to know of it."""

    token: str
    asked: NewSession


def draw(device: str) -> Opened:
    """A session to ask for, under a token that nobody has seen yet; no browser keeps it."""
    token = new_token()
    return Opened(token, NewSession(session=uuid4(), token_hash=hash_of(token), device=device))


class Sessions:
    """Opens, finds and closes agents' sessions; remembers whom it found for 30 seconds."""

    def __init__(self, clients: Clients):
        self._clients = clients
        self._known: Memory[str, AgentSession] = Memory()

    def remember(self, opened: Opened, session: AgentSession) -> None:
        """Know whose session it is."""
        self._known.keep(opened.asked.token_hash, session)

    async def of(self, token: str) -> AgentSession | None:
        """The session of this token; None if there is none. Raises Unavailable."""
        asked = ByAgentToken(token_hash=hash_of(token))
        session = self._known.get(asked.token_hash)
        if session is None:
            try:
                session = await self._clients.call(GET_AGENT_SESSION, asked, VISITOR)
            except NotFound:
                return None
            self._known.keep(asked.token_hash, session)
        return session

    async def open(self, typed: SignIn) -> Opened:
        """Sign in. Raises CredentialsRefused, TooManyTries."""
        opened = draw(typed.device)
        asked = OpenAgentSession(
            **opened.asked.model_dump(), email=typed.email, password=typed.password,
            code=typed.code, origin=typed.origin,
        )  # fmt: skip
        self.remember(opened, await self._clients.call(OPEN_AGENT_SESSION, asked, VISITOR))
        return opened

    async def close(self, token: str) -> None:
        """Sign out, here at once and everywhere as soon as accounts has heard."""
        asked = ByAgentToken(token_hash=hash_of(token))
        self._known.drop(asked.token_hash)
        await self._clients.call(CLOSE_AGENT_SESSION, asked, VISITOR)
