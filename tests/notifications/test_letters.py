"""What families read."""

from datetime import UTC, date, datetime
from email.message import EmailMessage
from html.parser import HTMLParser
from uuid import uuid4

import pytest

from contracts.accounts import HouseholdView
from contracts.booking import OrderedMeal
from services.notifications.clients.letters import Letters, UnusableAddress, day_in_french, euros
from services.notifications.clients.recipients import adults_of
from services.notifications.domain import occasions
from services.notifications.domain.contents import shares
from tests.accounts.at_work import AtWork
from tests.notifications.conftest import PORTAL, Family, Mailbox, send


def texts(message: EmailMessage) -> tuple[str, str]:
    plain, page = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert page is not None
    text, html = (part.get_content().replace("\r\n", "\n") for part in (plain, page))
    return text, html


class Page(HTMLParser):
    """Tags, attributes and visible words of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += f" {data.strip()}"

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


async def test_a_confirmed_order_is_told_child_by_child_in_plain_french(
    notifications: AtWork, mailbox: Mailbox, dupont: Family
) -> None:
    event = dupont.confirmed()
    await notifications.hear(event)
    await send(notifications)
    (message,) = mailbox.of(dupont.adults[0].email)
    plain, page = texts(message)
    assert message["Subject"] == "Commande confirmée : 4\u00a0repas"
    assert plain.startswith("Bonjour Camille,\n\nBonne nouvelle")
    for sentence in (
        "Théo\n  - mardi 1er\u00a0décembre 2026, Cantine d’Aiguilhe : 3,80\u00a0€\n"
        "  - jeudi 3\u00a0décembre 2026, Cantine d’Aiguilhe : 3,80\u00a0€\n",
        "Total : 15,20\u00a0€",
        f"{PORTAL}/commandes/{event.order}",
        "Et maintenant ?\nVous n’avez rien d’autre à faire.",
    ):
        assert sentence in plain
    assert plain.index("Théo") < plain.index("Louane <3"), "the eldest first"
    words = Page(page).words
    for word in ("Théo", "Louane <3", "jeudi 3\u00a0décembre 2026", "3,80\u00a0€", "15,20\u00a0€"):
        assert word in words


async def test_a_released_order_says_why_and_what_to_do(
    notifications: AtWork, mailbox: Mailbox, dupont: Family
) -> None:
    for reason, why in (
        ("credits_short", "votre crédit ne suffisait pas"),
        ("no_card", "le paiement par carte n’a pas abouti à temps"),
        ("something_new", "elle n’a pas pu être payée à temps"),
    ):
        await notifications.hear(dupont.released(reason=reason))
        await send(notifications)
        message = mailbox.taken[-1][1]
        assert message["Subject"] == "Commande non confirmée : 4\u00a0repas"
        for text in texts(message):
            assert why in text
            assert "Les places ont été rendues" in text
            assert ("Si votre banque" in text) == (reason == "no_card")


async def test_the_page_is_accessible_and_fetches_nothing(
    notifications: AtWork, mailbox: Mailbox, dupont: Family
) -> None:
    event = dupont.confirmed()
    await notifications.hear(event)
    await send(notifications)
    _, html = texts(mailbox.taken[0][1])
    page = Page(html)
    assert page.named("html")[0]["lang"] == "fr"
    assert len(page.named("table")) == len(page.named("caption")) == 2
    assert [th["scope"] for th in page.named("th")].count("col") == 4
    assert [th["scope"] for th in page.named("th")].count("row") == 4
    assert [a["href"] for a in page.named("a")] == [f"{PORTAL}/commandes/{event.order}"]
    assert not page.named("img") + page.named("script") + page.named("link")
    assert "max-width: 600px" in str(page.named("main")[0]["style"])
    assert "http" not in html.replace(f"{PORTAL}/commandes/{event.order}", "")


async def test_the_message_says_that_a_machine_wrote_it_and_keeps_names_out_of_its_head(
    notifications: AtWork, mailbox: Mailbox, dupont: Family
) -> None:
    await notifications.hear(dupont.confirmed())
    await send(notifications)
    message = mailbox.taken[0][1]
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["From"] == "Cantine Facile <ne-pas-repondre@cantines.exemple.fr>"
    assert message["To"] == dupont.adults[0].email
    assert message["Message-ID"].endswith("@cantines.exemple.fr>")
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    head = "\n".join(f"{name}: {value}" for name, value in message.items())
    for name in ("Théo", "Louane", "Camille", "Dupont"):
        assert name not in head


def a_meal(session: str = "midi") -> OrderedMeal:
    return OrderedMeal(
        line=1, beneficiary=uuid4(), service=uuid4(), day=date(2027, 1, 8), session=session,
        cents=123_456, service_name="Garderie <b>du soir</b>",
    )  # fmt: skip


async def test_a_garderie_is_no_meal_and_a_forgotten_child_has_no_name(
    notifications: AtWork, mailbox: Mailbox, dupont: Family
) -> None:
    await notifications.hear(dupont.confirmed(meals=(a_meal("soir"),), cents=123_456))
    await send(notifications)
    message = mailbox.taken[0][1]
    plain, page = texts(message)
    assert message["Subject"] == "Commande confirmée : 1\u00a0réservation"
    assert "Bénéficiaire\n  - vendredi 8\u00a0janvier 2027, Garderie <b>du soir</b> (soir)" in plain
    assert "1\u202f234,56\u00a0€" in plain
    assert "Garderie <b>du soir</b> (soir)" in Page(page).words


def test_days_and_amounts_are_written_as_the_french_write_them() -> None:
    assert day_in_french(date(2026, 12, 3)) == "jeudi 3\u00a0décembre 2026"
    assert day_in_french(date(2027, 1, 1)) == "vendredi 1er\u00a0janvier 2027"
    assert day_in_french(date(2027, 1, 11)) == "lundi 11\u00a0janvier 2027"
    assert [euros(cents) for cents in (0, 5, 380, 100_000)] == [
        "0,00\u00a0€", "0,05\u00a0€", "3,80\u00a0€", "1\u202f000,00\u00a0€",
    ]  # fmt: skip


def test_shares_follow_the_households_order_and_the_calendar(dupont: Family) -> None:
    email = occasions.order_confirmed(dupont.confirmed(), datetime.now(UTC))
    eaters = (dupont.louane, dupont.theo)
    names = {str(child.beneficiary): child.first_name for child in eaters}
    told = shares(email.data["meals"], names)
    assert [share.first_name for share in told] == ["Louane <3", "Théo"]
    assert [meal.day.day for meal in told[0].meals] == [1, 3]


@pytest.mark.parametrize("address", ["a,b@exemple.fr", "<a@exemple.fr", "a@exemple.fr>"])
async def test_an_address_that_is_none_gets_no_letter(
    notifications: AtWork, dupont: Family, address: str
) -> None:
    letters: Letters = notifications.running.resources.letters
    email = occasions.order_confirmed(dupont.confirmed(), datetime.now(UTC))
    adult = dupont.adults[0].model_copy(update={"email": address})
    household = HouseholdView(household=dupont.household, adults=(adult,), beneficiaries=())
    (recipient,) = adults_of(household, email)
    with pytest.raises(UnusableAddress):
        letters.write(email, recipient)
