"""Letters of which accounts knows to whom, what about, and with which secret."""

import asyncio
from datetime import timedelta
from typing import Any, get_args
from uuid import UUID, uuid4

import pytest

from contracts.accounts import Kind, LetterWanted
from services.notifications.clients.smtp import Mailer, MailServerGone
from services.notifications.timers import BATCH
from tests.accounts.at_work import AtWork
from tests.notifications.conftest import Mailbox, a_family, send, states
from tests.notifications.neighbour import ScriptedAccounts
from tests.notifications.specimens import LINKS, PORTAL, texts, written

SUBJECTS: dict[Kind, str] = {
    "proof": "Confirmez votre adresse e-mail",
    "account_exists": "Vous avez déjà un compte",
    "password": "Choisissez votre mot de passe",
    "new_address": "Confirmez votre nouvelle adresse e-mail",
    "invitation": "Invitation à rejoindre un compte famille",
    "invitation_useless": "Invitation reçue : vous avez déjà un compte",
    "address_changed": "Votre adresse e-mail a changé",
    "new_device": "Nouvelle connexion à votre compte",
    "password_changed": "Votre mot de passe a changé",
    "agent_invitation": "Votre accès à l’espace des mairies",
    "agent_password": "Nouvel accès à l’espace des mairies",
}


def a_letter(accounts: ScriptedAccounts, kind: Kind, **changed: Any) -> UUID:
    """A letter that accounts will say this of."""
    letter = written(kind, **changed)
    accounts.letters[letter.letter] = [letter]
    return letter.letter


@pytest.mark.parametrize("kind", get_args(Kind))
async def test_a_letter_is_what_accounts_says_once(
    notifications: AtWork, accounts: ScriptedAccounts, mailbox: Mailbox, kind: Kind
) -> None:
    event = LetterWanted(letter=a_letter(accounts, kind))
    await notifications.hear(event, event)
    await send(notifications)
    await notifications.owner.execute("delete from inbox")
    await notifications.hear(event)
    await send(notifications)
    ((to, message),) = mailbox.taken
    plain, page = texts(message)
    assert (to, message["Subject"]) == (f"{kind}@exemple.fr", SUBJECTS[kind])
    assert plain.startswith("Bonjour,\n" if kind == "invitation" else "Bonjour Camille,\n")
    assert "Et maintenant ?\n" in plain
    if kind in LINKS:
        (secret,) = accounts.secrets
        assert f"\n{PORTAL}{LINKS[kind]}{secret}\n" in plain
        assert f'href="{PORTAL}{LINKS[kind]}{secret}"' in page
        assert "Ce lien marche une seule fois" in plain
    assert accounts.asked == [("write_letters", 1)]
    assert await states(notifications) == [("sent", "")]


async def test_links_say_how_long_they_live(
    notifications: AtWork, accounts: ScriptedAccounts, mailbox: Mailbox
) -> None:
    for minutes, lasting in (
        (30, "30\u00a0minutes"), (1, "1\u00a0minute"), (4319, "3\u00a0jours"),
        (4320, "3\u00a0jours"), (10_080, "7\u00a0jours"), (90, "1\u00a0heure"),
    ):  # fmt: skip
        letter = a_letter(accounts, "password", minutes=minutes)
        await notifications.hear(LetterWanted(letter=letter))
        await send(notifications)
        assert f"pendant {lasting}." in texts(mailbox.taken[-1][1])[0]


async def test_notices_say_what_happened_when_and_what_to_do(
    notifications: AtWork, accounts: ScriptedAccounts, mailbox: Mailbox
) -> None:
    for kind in ("new_device", "password_changed"):
        await notifications.hear(LetterWanted(letter=a_letter(accounts, kind)))
        await send(notifications)
        plain, _ = texts(mailbox.taken[-1][1])
        assert "jeudi 26\u00a0novembre à 10\u00a0h\u00a000" in plain
        assert "C’était vous ? Vous n’avez rien à faire." in plain
        assert "Ce n’était pas vous ?\n" in plain
        assert ("Firefox sur Android" in plain) == (kind == "new_device")


async def test_a_changed_address_is_told_to_the_old_one_and_to_the_new(
    notifications: AtWork, accounts: ScriptedAccounts, mailbox: Mailbox
) -> None:
    letter = uuid4()
    accounts.letters[letter] = [
        written("address_changed", letter, email="avant@exemple.fr", next_email="ap…@ex…"),
        written("address_changed", letter, email="apres@exemple.fr"),
    ]
    mailbox.answers["apres@exemple.fr"] = "451 come back later"
    await notifications.hear(LetterWanted(letter=letter))
    await send(notifications)
    assert [to for to, _ in mailbox.taken] == ["avant@exemple.fr"]
    mailbox.answers.clear()
    await notifications.shift_clock(timedelta(minutes=1))
    await send(notifications)
    assert [to for to, _ in mailbox.taken] == ["avant@exemple.fr", "apres@exemple.fr"]
    (old, page), (new, _) = (texts(message) for _, message in mailbox.taken)
    assert "Nouvelle adresse : ap…@ex…" in old
    assert "Prévenez tout de suite votre\nmairie" in old
    assert "<a " not in page
    assert "utilise maintenant cette adresse" in new
    assert len({message["Message-ID"] for _, message in mailbox.taken}) == 2
    assert await states(notifications) == [("sent", "")]


async def test_a_letter_to_nobody_ends_quietly(
    notifications: AtWork, accounts: ScriptedAccounts, mailbox: Mailbox,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    await notifications.hear(
        LetterWanted(letter=uuid4()), LetterWanted(letter=a_letter(accounts, "proof"))
    )
    await send(notifications)
    assert len(mailbox.taken) == 1
    assert sorted(await states(notifications)) == [("failed", "no_recipient"), ("sent", "")]
    assert "[error" not in capsys.readouterr().out
    await notifications.shift_clock(timedelta(days=1))
    await send(notifications)
    assert accounts.asked == [("write_letters", 2)], "nobody is not asked for again"


async def test_a_letter_that_is_written_twice_asks_twice_and_both_are_one_message(
    notifications: AtWork, accounts: ScriptedAccounts, mailbox: Mailbox
) -> None:
    await notifications.hear(LetterWanted(letter=a_letter(accounts, "password")))
    sending = asyncio.create_task(send(notifications))
    mailbox.after = sending.cancel  # killed between the server's 250 and the commit
    with pytest.raises(asyncio.CancelledError):
        await sending
    mailbox.after = None
    await notifications.shift_clock(timedelta(minutes=1))
    await send(notifications)
    assert len({message["Message-ID"] for _, message in mailbox.taken}) == 1
    assert accounts.asked == [("write_letters", 1)] * 2
    links = [texts(message)[0].split("/lien/")[1].split("\n")[0] for _, message in mailbox.taken]
    assert links == accounts.secrets
    assert len(set(links)) == 2
    assert await states(notifications) == [("sent", "")]


async def test_no_secret_is_drawn_while_the_mail_server_is_away(
    notifications: AtWork, accounts: ScriptedAccounts, mailbox: Mailbox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    await notifications.hear(LetterWanted(letter=a_letter(accounts, "password")))
    outside = notifications.running.resources
    with monkeypatch.context() as patch:
        patch.setattr(outside.mailer, "_url", Mailer("smtp://127.0.0.1:9")._url)
        with pytest.raises(MailServerGone):
            await send(notifications)
    assert accounts.asked == []
    await notifications.shift_clock(timedelta(minutes=1))
    await send(notifications)
    assert len(mailbox.taken) == 1


async def test_a_batch_asks_once_for_households_and_once_for_letters(
    notifications: AtWork, accounts: ScriptedAccounts, mailbox: Mailbox
) -> None:
    families = [a_family(accounts, "Camille") for _ in range(3)]
    letters = [a_letter(accounts, "proof") for _ in range(100)]
    await notifications.hear(*(LetterWanted(letter=letter) for letter in letters[:10]))
    await notifications.hear(*(family.confirmed() for family in families))
    await send(notifications)
    assert sorted(accounts.asked) == [("find_recipients", 3), ("write_letters", 10)]
    accounts.forget()
    await notifications.hear(*(LetterWanted(letter=letter) for letter in letters[10:]))
    for _ in range(3):
        await send(notifications)
    assert [count for _, count in accounts.asked] == [BATCH, BATCH, 90 - 2 * BATCH]
    assert len(mailbox.taken) == 103
    assert len(set(accounts.secrets)) == 90


async def test_secrets_and_addresses_are_neither_logged_nor_stored(
    notifications: AtWork, accounts: ScriptedAccounts, mailbox: Mailbox,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    refused = written("password", email="inconnu@exemple.fr")
    accounts.letters[refused.letter] = [refused]
    mailbox.answers["inconnu@exemple.fr"] = "550 <inconnu@exemple.fr> unknown"
    await notifications.hear(LetterWanted(letter=refused.letter))
    for kind in get_args(Kind):
        await notifications.hear(LetterWanted(letter=a_letter(accounts, kind)))
    await send(notifications)
    said = "".join(capsys.readouterr())
    kept = str([dict(row) for row in await notifications.owner.fetch("select * from email")])
    assert "batch" in said
    assert len(mailbox.taken) == len(get_args(Kind))
    for personal in ("Camille", "Dominique", "exemple.fr", "Firefox", *accounts.secrets):
        assert personal not in said.replace("cantines.exemple.fr", "")
        assert personal not in kept
