"""Each event makes its letter, once, however it comes; what is told together is told once."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from contracts.event import Event
from services.notifications.domain import occasions
from services.notifications.domain.emails import gathered
from services.notifications.timers import send_due_emails
from tests.accounts.at_work import AtWork
from tests.notifications.conftest import Mailbox, send, states
from tests.notifications.neighbour import ScriptedAccounts
from tests.notifications.specimens import (
    CHILDREN,
    NOW,
    PORTAL,
    a_household,
    an_id,
    cancelled,
    confirmed,
    loaded,
    opened,
    released,
    requested,
    stands,
    texts,
)

TOLD: list[tuple[Event, str, str, str]] = [
    (confirmed(), "Commande confirmée : 4\u00a0réservations",
     "Théo\n  - mardi 1er\u00a0décembre 2026",
     f"/commandes/{an_id('order')}"),
    (released("credits_short"), "Commande non confirmée : 4\u00a0réservations",
     "votre crédit ne suffisait pas", f"/commandes/{an_id('order')}"),
    (cancelled(), "Annulation enregistrée : 2\u00a0repas", "Rendu en crédit : 7,60\u00a0€",
     f"/commandes/{an_id('order')}"),
    (opened(CHILDREN[0]), "Vous pouvez réserver",
     "- Théo : Restaurant scolaire d’Aiguilhe (Mairie d’Aiguilhe)", "/calendrier"),
    (requested("pending"), "Demande bien reçue",
     "- Théo : Restaurant scolaire de Coubon, Enfant commune (Mairie Coubon)",
     "/mon-compte/services"),
    (requested("refused"), "Demande non acceptée", "Motif : un justificatif manque.",
     "/mon-compte/services"),
    (loaded(), "Crédit rechargé : 40,00\u00a0€", "Reçu numéro 128", "/mon-compte/credits"),
    (loaded(means="cheque"), "Crédit rechargé : 40,00\u00a0€",
     "Votre paiement par chèque est enregistré.", "/mon-compte/credits"),
    (stands("waiting"), "Adresse confirmée : la mairie doit valider votre compte",
     "valider votre compte", "/mon-compte/suivi"),
    (stands("validated"), "Votre compte est validé", "la mairie a validé votre compte",
     "/mon-compte/services"),
    (stands("refused"), "Votre compte n’est pas validé", "des informations manquent.",
     "/mon-compte/suivi"),
]  # fmt: skip
IDS = [f"{event.name}: {subject}: {sentence}" for event, subject, sentence, _ in TOLD]


@pytest.fixture(autouse=True)
def _dupont(accounts: ScriptedAccounts) -> None:
    accounts.households[an_id("household")] = a_household()


@pytest.mark.parametrize(("event", "subject", "sentence", "path"), TOLD, ids=IDS)
async def test_an_event_makes_its_letter_once_twice_and_late(
    notifications: AtWork, mailbox: Mailbox, event: Event, subject: str, sentence: str, path: str
) -> None:
    await notifications.hear(event, event)
    await send(notifications)
    await notifications.shift_clock(timedelta(days=60))
    await notifications.owner.execute("delete from inbox")
    await notifications.hear(event)
    await send(notifications)
    ((to, message),) = mailbox.taken
    plain, page = texts(message)
    assert (to, message["Subject"]) == ("camille@exemple.fr", subject)
    assert sentence in plain
    assert f"\n{PORTAL}{path}\n" in plain
    assert f'href="{PORTAL}{path}"' in page
    assert "Et maintenant ?\n" in plain
    assert await states(notifications) == [("sent", "")]


@pytest.mark.parametrize(("event", "subject", "sentence", "path"), TOLD, ids=IDS)
async def test_a_letter_to_a_household_that_nobody_proved_is_quietly_not_written(
    notifications: AtWork, accounts: ScriptedAccounts, mailbox: Mailbox,
    event: Event, subject: str, sentence: str, path: str, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    unproved = a_household().model_copy(update={"adults": ()})
    accounts.households[an_id("household")] = unproved
    await notifications.hear(event)
    await send(notifications)
    assert await states(notifications) == [("queued", "no_recipient")]
    await notifications.shift_clock(timedelta(days=3, minutes=1))
    await send(notifications)
    assert await states(notifications) == [("failed", "no_recipient")]
    assert not mailbox.taken
    assert "[error" not in capsys.readouterr().out


async def test_a_request_made_before_the_first_proof_is_told_as_soon_as_the_address_is_proved(
    notifications: AtWork, accounts: ScriptedAccounts, mailbox: Mailbox
) -> None:
    accounts.households[an_id("household")] = a_household().model_copy(update={"adults": ()})
    await notifications.hear(requested("pending"), requested("pending", CHILDREN[1]))
    for _ in range(6):  # the wait has grown to minutes
        await send(notifications)
        await notifications.shift_clock(timedelta(minutes=10))
    assert not mailbox.taken
    await send(notifications)
    accounts.households[an_id("household")] = a_household()
    await notifications.hear(stands("waiting"))
    await send(notifications)
    assert {message["Subject"] for _, message in mailbox.taken} == {
        "Adresse confirmée : la mairie doit valider votre compte", "Demandes bien reçues",
    }  # fmt: skip
    assert set(await states(notifications)) == {("sent", "")}


async def test_events_of_one_act_that_come_in_one_by_one_are_told_in_one_letter(
    notifications: AtWork, mailbox: Mailbox
) -> None:
    for child in CHILDREN:
        await notifications.hear(requested("pending", child))
        await send_due_emails(notifications.context)
    assert not mailbox.taken
    await notifications.shift_clock(timedelta(seconds=3))
    await send_due_emails(notifications.context)
    assert [message["Subject"] for _, message in mailbox.taken] == ["Demandes bien reçues"]
    await notifications.hear(opened(CHILDREN[0]), requested("refused", CHILDREN[1], version=2))
    await notifications.shift_clock(timedelta(seconds=6))
    await send_due_emails(notifications.context)
    assert len(mailbox.taken) == 3


async def test_a_request_that_is_approved_or_withdrawn_is_told_by_nobody_here(
    notifications: AtWork, mailbox: Mailbox
) -> None:
    await notifications.hear(requested("approved"), requested("withdrawn", CHILDREN[1]))
    await send(notifications)
    assert await states(notifications) == []
    assert not mailbox.taken


async def test_a_body_of_the_first_days_tells_the_total_alone(
    notifications: AtWork, mailbox: Mailbox
) -> None:
    await notifications.hear(cancelled(full=False))
    await send(notifications)
    message = mailbox.taken[0][1]
    plain, page = texts(message)
    assert message["Subject"] == "Annulation enregistrée"
    assert "Rendu en crédit : 7,60\u00a0€" in plain
    assert "<table" not in page


async def test_a_child_who_left_the_list_is_named_in_what_is_past(
    notifications: AtWork, accounts: ScriptedAccounts, mailbox: Mailbox
) -> None:
    whole = a_household()
    accounts.households[an_id("household")] = whole.model_copy(
        update={"beneficiaries": whole.beneficiaries[1:], "former": whole.beneficiaries[:1]}
    )
    await notifications.hear(cancelled())
    await send(notifications)
    assert "Théo\n  - jeudi 3\u00a0décembre 2026" in texts(mailbox.taken[0][1])[0]


async def test_what_a_town_hall_opens_at_once_is_one_letter(
    notifications: AtWork, mailbox: Mailbox
) -> None:
    canteen, evening = "Restaurant scolaire d’Aiguilhe", "Garderie d’Aiguilhe"
    events = [opened(child, name) for child in CHILDREN for name in (canteen, evening)]
    await notifications.hear(*events)
    await send(notifications)
    ((_, message),) = mailbox.taken
    plain, _ = texts(message)
    assert [line for line in plain.splitlines() if line.startswith("- ")] == [
        f"- {name} : {service} (Mairie d’Aiguilhe)"
        for name in ("Théo", "Louane")
        for service in (evening, canteen)
    ]
    assert await states(notifications) == [("sent", "")] * 4


async def test_what_is_gathered_and_not_taken_comes_back_together_under_the_same_id(
    notifications: AtWork, mailbox: Mailbox
) -> None:
    mailbox.answers["camille@exemple.fr"] = "451 come back later"
    await notifications.hear(requested("pending"), requested("pending", CHILDREN[1]))
    now = datetime.now(UTC)
    emails = [occasions.request_changed(requested("pending", child), now) for child in CHILDREN]
    await send(notifications)
    assert await states(notifications) == [("queued", "later")] * 2
    mailbox.answers.clear()
    await notifications.shift_clock(timedelta(minutes=1))
    await send(notifications)
    ((_, message),) = mailbox.taken
    assert message["Subject"] == "Demandes bien reçues"
    (together,) = gathered([email for email in emails if email])
    assert message["Message-ID"] == together.message_id(an_id("adult"), "cantines.exemple.fr")


async def test_of_two_requests_in_one_letter_only_the_judged_one_is_left_out(
    notifications: AtWork, mailbox: Mailbox
) -> None:
    await notifications.hear(requested("pending"), requested("pending", CHILDREN[1]))
    await notifications.hear(requested("refused"))
    await send(notifications)
    told = {message["Subject"]: texts(message)[0] for _, message in mailbox.taken}
    assert set(told) == {"Demande bien reçue", "Demande non acceptée"}
    assert "Théo" not in told["Demande bien reçue"]
    assert sorted(await states(notifications)) == [("sent", "")] * 2 + [("superseded", "")]


async def test_a_hundred_of_each_event_make_a_hundred_letters(
    notifications: AtWork, accounts: ScriptedAccounts, mailbox: Mailbox
) -> None:
    households = [uuid4() for _ in range(100)]
    for household in households:
        accounts.households[household] = a_household().model_copy(update={"household": household})
    await notifications.hear(
        *(requested("pending", request=uuid4(), household=each) for each in households)
    )
    await notifications.hear(*(loaded(top_up=uuid4(), household=each) for each in households))
    await notifications.hear(*(stands("waiting", household=each) for each in households))
    while "queued" in {state for state, _ in await states(notifications)}:
        await send(notifications)
    assert len({message["Message-ID"] for _, message in mailbox.taken}) == 300
    assert len(mailbox.taken) == 300
    assert len(accounts.asked) == 8, "once for each batch of forty"


@pytest.mark.parametrize(
    ("newer", "older"),
    [
        (stands("validated", 2), stands("waiting", 1)),
        (stands("validated", 3), stands("refused", 2)),
        (requested("refused"), requested("pending")),
        (confirmed(version=3), released("no_card")),
    ],
    ids=["validated", "validated after all", "refused", "confirmed after all"],
)
async def test_what_is_older_is_not_mailed_after_what_is_newer(
    notifications: AtWork, mailbox: Mailbox, newer: Event, older: Event
) -> None:
    await notifications.hear(newer)
    await send(notifications)
    await notifications.hear(older)
    await send(notifications)
    assert len(mailbox.taken) == 1
    assert sorted(await states(notifications)) == [("sent", ""), ("superseded", "")]


async def test_letters_of_another_family_about_the_same_thing_do_not_supersede(
    notifications: AtWork, mailbox: Mailbox
) -> None:
    same = an_id("order")
    await notifications.hear(confirmed())
    await notifications.hear(requested("refused", request=same, version=9))
    await send(notifications)
    assert await states(notifications) == [("sent", "")] * 2
    assert len(mailbox.taken) == 2


async def test_the_cancellation_of_a_meal_leaves_the_confirmation_of_its_order(
    notifications: AtWork, mailbox: Mailbox
) -> None:
    await notifications.hear(confirmed())
    await notifications.hear(cancelled())
    await send(notifications)
    assert await states(notifications) == [("sent", "")] * 2


def test_the_ids_of_order_emails_are_what_they_were_before_there_were_others() -> None:
    event = confirmed(order=UUID(int=5), version=2)
    email = occasions.order_confirmed(event, NOW)
    assert email.id == UUID("12ef5bb6-518b-5a1f-b39c-4b27d331d00f")


async def test_the_table_holds_ids_days_cents_and_public_names_alone(
    notifications: AtWork,
) -> None:
    for event, *_ in TOLD:
        await notifications.hear(event)
    await send(notifications)
    rows = await notifications.owner.fetch("select data from email")
    keys = {key for row in rows for key in row["data"]}
    inner = {
        key
        for row in rows
        for item in (*row["data"].get("meals", ()), *row["data"].get("items", ()))
        for key in item
    }
    assert keys == {"cents", "reason", "meals", "order", "items", "regie_name", "number", "means"}
    assert inner == {
        "beneficiary", "service_name", "day", "session", "cents", "authority_name", "entry",
        "reason",
    }  # fmt: skip
    kept = str([dict(row) for row in await notifications.owner.fetch("select * from email")])
    for personal in ("Camille", "Dupont", "Théo", "Louane", "camille@exemple.fr"):
        assert personal not in kept
