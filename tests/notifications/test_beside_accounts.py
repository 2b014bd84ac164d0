"""Beside the real accounts: its households and its letters are understood."""

from collections.abc import AsyncIterator
from dataclasses import replace
from hashlib import sha256
from uuid import uuid4

import pytest

from contracts.accounts import (
    ASK_PASSWORD_LINK,
    GET_LINK,
    REGISTER_HOUSEHOLD,
    AskPasswordLink,
    BySecret,
    LetterWanted,
    RegisterHousehold,
)
from services.accounts.app import SERVICE as ACCOUNTS
from services.notifications.app import SERVICE
from tests.accounts.at_work import OPERATOR, PRIVATE_KEYS, AtWork, at_work
from tests.databases import Templates
from tests.notifications.conftest import Mailbox, send, states
from tests.notifications.specimens import PORTAL, a_household, loaded, texts


@pytest.fixture
async def both(templates: Templates, mailbox: Mailbox) -> AsyncIterator[tuple[AtWork, AtWork]]:
    """accounts and notifications, each on a database of its own."""
    async with (
        at_work(templates, ACCOUNTS) as accounts,
        at_work(
            templates,
            replace(SERVICE, timers=()),
            token_signing_key=PRIVATE_KEYS["notifications"],
            accounts_url=accounts.url,
            smtp_url=f"smtp://127.0.0.1:{mailbox.port}",
            mail_from="Cantine Facile <ne-pas-repondre@cantines.exemple.fr>",
            public_base_url=PORTAL,
        ) as notifications,
    ):
        yield accounts, notifications


async def test_the_link_of_a_letter_opens_what_accounts_promised(
    both: tuple[AtWork, AtWork], mailbox: Mailbox
) -> None:
    accounts, notifications = both
    family = a_household()
    await accounts.call(
        REGISTER_HOUSEHOLD,
        RegisterHousehold(household=family.household, adult=family.adults[0]),
        OPERATOR,
    )
    asked, unknown = uuid4(), uuid4()
    for letter, email in ((asked, "camille@exemple.fr"), (unknown, "personne@exemple.fr")):
        await accounts.call(ASK_PASSWORD_LINK, AskPasswordLink(letter=letter, email=email))
    told = [LetterWanted(**body) for name, body in await accounts.told() if "letter" in name]
    await notifications.hear(*told, loaded())
    await send(notifications)
    assert {event.letter for event in told} == {asked, unknown}
    assert sorted(await states(notifications)) == [
        ("failed", "no_recipient"), ("sent", ""), ("sent", ""),
    ]  # fmt: skip
    letters = {message["Subject"]: texts(message)[0] for _, message in mailbox.taken}
    assert set(letters) == {"Choisissez votre mot de passe", "Crédit rechargé : 40,00\u00a0€"}
    secret = letters["Choisissez votre mot de passe"].split("/lien/")[1].split("\n")[0]
    link = await accounts.call(GET_LINK, BySecret(secret_hash=sha256(secret.encode()).hexdigest()))
    assert (link.purpose, link.email) == ("password", "camille@exemple.fr")
