"""From an event to a mailbox: once, in order, whatever fails on the way."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from chassis.client import Clients
from chassis.config import load
from contracts.refusal import Unavailable
from services.notifications.clients import Outside
from services.notifications.clients.letters import Letters
from services.notifications.clients.smtp import Mailer, MailServerGone
from services.notifications.config import NotificationsSettings
from services.notifications.domain import occasions
from services.notifications.domain.emails import DELAY_MAX, OUTAGE, OUTAGE_DELAY_MAX, Email
from services.notifications.timers import BATCH
from tests.accounts.at_work import PUBLIC_KEYS, AtWork
from tests.notifications.conftest import Family, Mailbox, a_family, send, states
from tests.notifications.neighbour import ScriptedAccounts


async def test_an_event_that_comes_again_is_mailed_once(
    notifications: AtWork, mailbox: Mailbox, dupont: Family
) -> None:
    event = dupont.confirmed()
    await notifications.hear(event, event)
    await send(notifications)
    await notifications.hear(event)
    await notifications.owner.execute("delete from inbox")
    await notifications.hear(event)
    await send(notifications)
    assert len(mailbox.taken) == 1
    assert await states(notifications) == [("sent", "")]


async def test_every_adult_gets_their_own_letter_with_its_own_message_id(
    notifications: AtWork, accounts: ScriptedAccounts, mailbox: Mailbox
) -> None:
    family = a_family(accounts, "Camille", "Dominique")
    await notifications.hear(family.confirmed())
    await send(notifications)
    letters = [mailbox.of(adult.email) for adult in family.adults]
    assert [len(received) for received in letters] == [1, 1]
    assert "Bonjour Dominique" in letters[1][0].as_string()
    assert "Camille" not in letters[1][0].as_string()
    assert len({message["Message-ID"] for _, message in mailbox.taken}) == 2


async def test_nothing_older_than_what_was_mailed_is_mailed(
    notifications: AtWork, mailbox: Mailbox, dupont: Family
) -> None:
    order = uuid4()
    await notifications.hear(dupont.confirmed(order=order, version=3))
    await send(notifications)
    await notifications.hear(dupont.released(order=order, version=2))
    await send(notifications)
    assert len(mailbox.taken) == 1
    assert sorted(await states(notifications)) == [("sent", ""), ("superseded", "")]


async def test_of_two_that_wait_only_the_newer_is_mailed(
    notifications: AtWork, mailbox: Mailbox, dupont: Family
) -> None:
    order = uuid4()
    await notifications.hear(dupont.released(order=order, version=2))
    await notifications.hear(dupont.confirmed(order=order, version=3), dupont.confirmed())
    await send(notifications)
    subjects = [message["Subject"].split(" :")[0] for _, message in mailbox.taken]
    assert subjects == ["Commande confirmée"] * 2


async def test_a_later_confirmation_is_mailed_after_a_release(
    notifications: AtWork, mailbox: Mailbox, dupont: Family
) -> None:
    order = uuid4()
    await notifications.hear(dupont.released(order=order, version=2))
    await send(notifications)
    await notifications.hear(dupont.confirmed(order=order, version=3))
    await send(notifications)
    assert len(mailbox.taken) == 2


async def test_a_refused_address_fails_and_the_others_are_served(
    notifications: AtWork, accounts: ScriptedAccounts, mailbox: Mailbox
) -> None:
    family = a_family(accounts, "Camille", "Dominique")
    mailbox.answers[family.adults[0].email] = "550 no such user"
    lonely = a_family(accounts, "Sacha")
    mailbox.answers[lonely.adults[0].email] = "550 no such user"
    await notifications.hear(family.confirmed(), lonely.confirmed())
    await send(notifications)
    assert [to for to, _ in mailbox.taken] == [family.adults[1].email]
    assert sorted(await states(notifications)) == [("failed", "refused"), ("sent", "refused")]


async def test_an_address_that_cannot_be_taken_now_is_tried_again_and_the_others_are_not(
    notifications: AtWork, accounts: ScriptedAccounts, mailbox: Mailbox
) -> None:
    family = a_family(accounts, "Camille", "Dominique")
    mailbox.answers[family.adults[0].email] = "451 come back later"
    await notifications.hear(family.confirmed())
    await send(notifications)
    await send(notifications)
    assert await states(notifications) == [("queued", "later")]
    assert len(mailbox.taken) == 1
    mailbox.answers.clear()
    await notifications.shift_clock(timedelta(minutes=1))
    await send(notifications)
    assert await states(notifications) == [("sent", "")]
    assert [len(mailbox.of(adult.email)) for adult in family.adults] == [1, 1]


async def test_it_is_given_up_after_three_days(
    notifications: AtWork, mailbox: Mailbox, dupont: Family
) -> None:
    mailbox.answers[dupont.adults[0].email] = "451 come back later"
    await notifications.hear(dupont.confirmed())
    await notifications.shift_clock(timedelta(days=3, minutes=1))
    await send(notifications)
    assert await states(notifications) == [("failed", "later")]


async def test_a_household_that_accounts_does_not_know_fails_alone(
    notifications: AtWork, mailbox: Mailbox, dupont: Family
) -> None:
    await notifications.hear(dupont.confirmed(household=uuid4()), dupont.confirmed())
    await send(notifications)
    assert len(mailbox.taken) == 1
    assert sorted(await states(notifications)) == [("queued", "no_recipient"), ("sent", "")]


async def test_a_backlog_leaves_in_batches_with_one_question_each(
    notifications: AtWork, accounts: ScriptedAccounts, mailbox: Mailbox
) -> None:
    families = [a_family(accounts, "Camille") for _ in range(3)]
    events = [families[number % 3].confirmed() for number in range(BATCH + 5)]
    await notifications.hear(*events)
    for _ in range(2):  # the clock rings twice
        await send(notifications)
    assert len(mailbox.taken) == BATCH + 5
    assert [name for name, _ in accounts.asked] == ["find_recipients"] * 2


async def test_while_accounts_is_away_letters_wait_and_none_fails(
    notifications: AtWork, mailbox: Mailbox, dupont: Family, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object, **__: object) -> None:
        raise Unavailable()

    await notifications.hear(dupont.confirmed(), dupont.confirmed())
    with monkeypatch.context() as patch:
        patch.setattr(Clients, "call", away)
        with pytest.raises(Unavailable):
            await send(notifications)
    assert await states(notifications) == [("queued", OUTAGE)] * 2
    await notifications.shift_clock(timedelta(minutes=1))
    await send(notifications)
    assert len(mailbox.taken) == 2


async def test_while_the_mail_server_is_away_letters_wait_and_none_fails(
    notifications: AtWork, mailbox: Mailbox, dupont: Family, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside: Outside = notifications.running.resources
    await notifications.hear(dupont.confirmed(), dupont.confirmed())
    with monkeypatch.context() as patch:
        patch.setattr(outside.mailer, "_url", Mailer("smtp://127.0.0.1:9")._url)
        with pytest.raises(MailServerGone):
            await send(notifications)
    assert await states(notifications) == [("queued", OUTAGE)] * 2
    await notifications.shift_clock(timedelta(minutes=1))
    await send(notifications)
    assert len(mailbox.taken) == 2


async def test_a_server_that_hangs_up_loses_and_repeats_nothing(
    notifications: AtWork, accounts: ScriptedAccounts, mailbox: Mailbox
) -> None:
    families = [a_family(accounts, "Camille") for _ in range(3)]
    mailbox.answers[families[1].adults[0].email] = "421 closing"
    await notifications.hear(*(family.confirmed() for family in families))
    with pytest.raises(MailServerGone):
        await send(notifications)
    mailbox.answers.clear()
    await notifications.shift_clock(timedelta(minutes=1))
    await send(notifications)
    assert [len(mailbox.of(family.adults[0].email)) for family in families] == [1, 1, 1]
    assert await states(notifications) == [("sent", "")] * 3


async def test_a_crash_after_the_server_took_it_sends_it_again_under_the_same_id(
    notifications: AtWork, accounts: ScriptedAccounts, mailbox: Mailbox
) -> None:
    families = [a_family(accounts, "Camille") for _ in range(2)]
    await notifications.hear(*(family.confirmed() for family in families))
    sending = asyncio.create_task(send(notifications))
    mailbox.after = sending.cancel
    with pytest.raises(asyncio.CancelledError):
        await sending
    mailbox.after = None
    await send(notifications)
    assert len(mailbox.taken) == 1, "what was taken is nobody else's for forty seconds"
    await notifications.shift_clock(timedelta(minutes=3))
    await send(notifications)
    assert len(mailbox.taken) == 3
    assert len({message["Message-ID"] for _, message in mailbox.taken}) == 2
    assert await states(notifications) == [("sent", "")] * 2


async def test_a_letter_that_cannot_be_written_waits_alone(
    notifications: AtWork, mailbox: Mailbox, dupont: Family, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, fine = dupont.released(), dupont.confirmed()
    write = Letters.write

    def stumble(self, email, *rest):  # type: ignore[no-untyped-def]
        if email.subject == broken.order:
            raise KeyError("a mistake in a template")
        return write(self, email, *rest)

    monkeypatch.setattr(Letters, "write", stumble)
    await notifications.hear(broken)
    await notifications.hear(fine)
    await send(notifications)
    assert sorted(await states(notifications)) == [("queued", "later"), ("sent", "")]


async def test_logs_and_tables_carry_no_personal_data(
    notifications: AtWork, mailbox: Mailbox, dupont: Family, capsys: pytest.CaptureFixture[str]
) -> None:
    mailbox.answers[dupont.adults[0].email] = f"550 <{dupont.adults[0].email}> unknown"
    await notifications.hear(dupont.confirmed())
    await send(notifications)
    said = "".join(capsys.readouterr())
    kept = str(await notifications.owner.fetch("select * from email"))
    assert '"batch"' in said or "batch" in said
    for personal in ("Camille", "Dupont", "Théo", "Louane", dupont.adults[0].email):
        assert personal not in said
        assert personal not in kept


def test_delays_grow_with_each_attempt_and_stay_bounded() -> None:
    now = datetime.now(UTC)
    email = Email(
        id=uuid4(), template="order_confirmed", household=uuid4(), subject=uuid4(),
        version=2, data={}, queued=now, taken=now,
    )  # fmt: skip
    delays = [
        replace(email, attempts=attempts).postponed("later", 0.5).next_attempt - now
        for attempts in range(1, 40)
    ]
    assert delays == sorted(delays)
    assert delays[0] == timedelta(seconds=5)
    assert delays[-1] == DELAY_MAX
    patient = replace(email, attempts=30)
    assert patient.postponed(OUTAGE, 0.99).next_attempt - now <= 1.5 * OUTAGE_DELAY_MAX


@pytest.mark.parametrize(
    ("name", "value"),
    [("smtp_url", "http://mail"), ("mail_from", "personne"), ("public_base_url", "cantines.fr")],
)
def test_a_setting_that_cannot_work_stops_the_start(name: str, value: str) -> None:
    given = {
        "database_url": "postgresql://", "amqp_url": "amqp://", "token_public_keys": PUBLIC_KEYS,
        "token_signing_key": "{}", "accounts_url": "http://accounts", "mail_from": "a@exemple.fr",
        "smtp_url": "smtp://mail:25", "public_base_url": "https://cantines.exemple.fr",
    }  # fmt: skip
    assert load(NotificationsSettings, **given)
    with pytest.raises(SystemExit, match=name.upper()):
        load(NotificationsSettings, **{**given, name: value})


async def test_the_message_id_is_made_from_event_and_person(dupont: Family) -> None:
    event = dupont.confirmed(order=UUID(int=5))
    twice = [occasions.order_confirmed(event, datetime.now(UTC)) for _ in range(2)]
    ids = {email.message_id(UUID(int=1), "exemple.fr") for email in twice}
    assert len(ids) == 1
    assert twice[0].message_id(UUID(int=2), "exemple.fr") not in ids
