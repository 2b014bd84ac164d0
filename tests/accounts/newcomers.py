"""People who register, and the letters that reach them."""

import hashlib
from typing import Any
from uuid import UUID, uuid4

from chassis.auth import Caller
from contracts.accounts import (
    ASK_PASSWORD_LINK,
    PROVE_ADDRESS,
    REGISTER,
    TERMS_VERSION,
    WRITE_LETTERS,
    AskPasswordLink,
    Letter,
    LetterWanted,
    NewSession,
    OpenSession,
    Profile,
    ProveAddress,
    Register,
    SessionView,
    WriteLetters,
    household_of,
)
from tests.accounts.at_work import AtWork

NOTIFIER = Caller("service", uuid4())
PASSWORD = "sept rivières calmes"


def an_address() -> str:
    """An address that no other test knows."""
    return f"{uuid4().hex}@exemple.fr"


def an_origin() -> str:
    """A network from which nobody came yet."""
    return uuid4().hex * 2


def a_session(**changes: object) -> NewSession:
    """A session that nobody has opened yet."""
    return NewSession(**{"session": uuid4(), "token_hash": uuid4().hex * 2, **changes})


def a_registration(**changes: object) -> Register:
    """What the gateway sends when somebody opens an account."""
    given: dict[str, Any] = {
        "registration": uuid4(), "open": a_session(), "email": an_address(),
        "profile": Profile(first_name="Camille", last_name="Dupont"), "password": PASSWORD,
        "terms_version": TERMS_VERSION,
    }  # fmt: skip
    return Register(**{**given, **changes})


def signed_in(registration: Register) -> Caller:
    """Who registered, while the account waits."""
    person = registration.registration
    return Caller("applicant", person, household_of(person))


def sign_in_of(registration: Register, **changes: object) -> OpenSession:
    """Who registered comes back."""
    given: dict[str, Any] = {
        **dict(a_session()), "email": registration.email, "password": registration.password,
    }  # fmt: skip
    return OpenSession(**{**given, **changes})


async def registered(accounts: AtWork, **changes: object) -> tuple[Register, SessionView]:
    """Somebody who has just registered."""
    registration = a_registration(**changes)
    return registration, await accounts.call(REGISTER, registration)


async def wanted(accounts: AtWork) -> list[UUID]:
    """The letters that this test made accounts want, oldest first."""
    told = await accounts.told()
    return [UUID(body["letter"]) for name, body in told if name == LetterWanted.name]


async def written(accounts: AtWork, *letters: UUID) -> list[Letter]:
    """What is written in these letters, or in the newest one."""
    asked = letters or ((await wanted(accounts))[-1],)
    answer = await accounts.call(WRITE_LETTERS, WriteLetters(letters=asked), NOTIFIER)
    return list(answer.letters)


def opens(letter: Letter) -> str:
    """What the gateway makes of the link's secret."""
    assert letter.secret is not None
    return hashlib.sha256(letter.secret.encode()).hexdigest()


async def proved(accounts: AtWork, **changes: object) -> Register:
    """Somebody who registered and proved their address, signed in."""
    registration, _ = await registered(accounts, **changes)
    (letter,) = await written(accounts)
    request = ProveAddress(secret_hash=opens(letter))
    await accounts.call(PROVE_ADDRESS, request, signed_in(registration))
    return registration


async def password_letter(accounts: AtWork, email: str) -> list[Letter]:
    """What comes when somebody forgot the password of this address."""
    await accounts.call(ASK_PASSWORD_LINK, AskPasswordLink(letter=uuid4(), email=email))
    return await written(accounts)
