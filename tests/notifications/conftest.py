"""Notifications at work, beside accounts over HTTP and a mailbox that speaks SMTP."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from datetime import date
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any
from uuid import UUID, uuid4

import pytest
from aiosmtpd.controller import UnthreadedController
from aiosmtpd.smtp import SMTP, Envelope

from contracts.accounts import Adult, Beneficiary, HouseholdView
from contracts.booking import OrderConfirmed, OrderedMeal, OrderReleased
from contracts.values import HouseholdId
from services.notifications.app import SERVICE
from services.notifications.timers import send_due_emails
from tests.accounts.at_work import PRIVATE_KEYS, AtWork, at_work
from tests.databases import Templates
from tests.notifications.neighbour import ScriptedAccounts

PORTAL = "https://cantines.exemple.fr"


@dataclass
class Mailbox:
    """What the mail server took; `answers` says what it replies to an address before DATA."""

    taken: list[tuple[str, EmailMessage]] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    after: Callable[[], Any] | None = None
    port: int = 0

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Any, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Let an address in, or answer as told."""
        answer = self.answers.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, _server: SMTP, _session: Any, envelope: Envelope) -> str:  # noqa: N802
        """Take a message."""
        content = envelope.content
        assert isinstance(content, bytes)
        message = message_from_bytes(content, policy=default)
        assert isinstance(message, EmailMessage)
        for address in envelope.rcpt_tos:
            self.taken.append((address, message))
        if self.after:
            self.after()
        return "250 taken"

    def of(self, address: str) -> list[EmailMessage]:
        """The messages that this address got."""
        return [message for to, message in self.taken if to == address]


@pytest.fixture(scope="session")
async def _mail_server() -> AsyncIterator[Mailbox]:
    mailbox = Mailbox()
    controller = UnthreadedController(
        mailbox, hostname="127.0.0.1", port=0, loop=asyncio.get_running_loop()
    )
    server = await controller._create_server()
    mailbox.port = server.sockets[0].getsockname()[1]
    yield mailbox
    server.close()


@pytest.fixture(scope="session")
async def _neighbour() -> AsyncIterator[ScriptedAccounts]:
    async with ScriptedAccounts().answering() as accounts:
        yield accounts


@pytest.fixture
def accounts(_neighbour: ScriptedAccounts) -> ScriptedAccounts:
    """Accounts, which was asked nothing yet."""
    _neighbour.forget()
    return _neighbour


@pytest.fixture(scope="session")
async def _running(
    templates: Templates, _neighbour: ScriptedAccounts, _mail_server: Mailbox
) -> AsyncIterator[AtWork]:
    async with at_work(
        templates,
        replace(SERVICE, timers=()),
        token_signing_key=PRIVATE_KEYS["notifications"],
        accounts_url=_neighbour.url,
        smtp_url=f"smtp://127.0.0.1:{_mail_server.port}",
        mail_from="Cantine Facile <ne-pas-repondre@cantines.exemple.fr>",
        public_base_url=f"{PORTAL}/",
    ) as notifications:
        yield notifications


@pytest.fixture
async def notifications(_running: AtWork) -> AtWork:
    """The service, nothing queued, its clock moved by the test alone."""
    await _running.owner.execute("truncate email, inbox")
    return await _running.anew()


@pytest.fixture
async def mailbox(_mail_server: Mailbox) -> Mailbox:
    """The mail server, empty and kind."""
    _mail_server.taken.clear()
    _mail_server.answers.clear()
    _mail_server.after = None
    return _mail_server


@dataclass(frozen=True)
class Family:
    """A household with one or two adults and two children."""

    household: HouseholdId
    adults: tuple[Adult, ...]
    louane: Beneficiary
    theo: Beneficiary

    def meals(self, cents: int = 380) -> tuple[OrderedMeal, ...]:
        """Both children on two days."""
        return tuple(
            OrderedMeal(
                line=line, beneficiary=child.beneficiary, service=UUID(int=7), day=day,
                session="midi", cents=cents, service_name="Cantine d’Aiguilhe",
            )
            for line, (child, day) in enumerate(
                (
                    (child, day)
                    for day in (date(2026, 12, 3), date(2026, 12, 1))
                    for child in (self.louane, self.theo)
                ),
                start=1,
            )
        )  # fmt: skip

    def confirmed(self, **changes: Any) -> OrderConfirmed:
        """Their order is confirmed."""
        given: dict[str, Any] = {
            "order": uuid4(), "version": 2, "household": self.household, "authority": uuid4(),
            "regie": uuid4(), "cents": 1520, "meals": self.meals(),
        }  # fmt: skip
        return OrderConfirmed(**{**given, **changes})

    def released(self, **changes: Any) -> OrderReleased:
        """The seats of their order were given back."""
        confirmed = self.confirmed().model_dump()
        return OrderReleased(**{**confirmed, "reason": "no_card", **changes})


def a_family(accounts: ScriptedAccounts, *first_names: str) -> Family:
    """A household that accounts knows, with an adult of each first name."""
    household = HouseholdId(uuid4())
    adults = tuple(
        Adult(person=uuid4(), first_name=name, last_name=f"Dupont-{index}",
              email=f"{uuid4().hex}@exemple.fr")
        for index, name in enumerate(first_names)
    )  # fmt: skip
    theo, louane = (
        Beneficiary(beneficiary=uuid4(), first_name=name, last_name="Dupont", birth_date=born)
        for name, born in (("Théo", date(2013, 7, 12)), ("Louane <3", date(2018, 5, 10)))
    )
    accounts.households[household] = HouseholdView(
        household=household, adults=adults, beneficiaries=(theo, louane)
    )
    return Family(household, adults, louane, theo)


@pytest.fixture
def dupont(accounts: ScriptedAccounts) -> Family:
    """A family of one adult."""
    return a_family(accounts, "Camille")


async def send(notifications: AtWork) -> None:
    """The clock strikes, and what waited for its like has waited long enough."""
    await notifications.owner.execute("update email set next_attempt = queued where attempts = 0")
    await send_due_emails(notifications.context)


async def states(notifications: AtWork) -> list[tuple[str, str]]:
    """State and failure of every e-mail, oldest first."""
    rows = await notifications.owner.fetch(
        "select state, failure from email order by queued, version"
    )
    return [tuple(row) for row in rows]
