"""Devices, the password and the address of who is signed in."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from chassis.ui.devices import label_of
from contracts.accounts import CredentialsRefused, Device, PasswordTooWeak, TooManyTries
from contracts.refusal import Refusal, Unavailable
from tests.gateway.neighbours import PASSWORD, Script, an_id
from tests.gateway.reading import Browser

DEVICES, KEY, MAIL = (
    "/mon-compte/appareils", "/mon-compte/mot-de-passe", "/mon-compte/adresse-e-mail",
)  # fmt: skip
NEW = "quatre mots sans lien"


@pytest.mark.parametrize(
    ("says", "called"),
    [
        ("Mozilla/5.0 (Android 14; Mobile; rv:133.0) Gecko/133.0 Firefox/133.0",
         "Firefox sur Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 "
         "Version/17.5 Mobile/15E148 Safari/604.1", "Safari sur iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/131.0 "
         "Safari/537.36 Edg/131.0", "Edge sur Windows"),
        ("Mozilla/5.0 (Linux; Android 14; SM-A546B) AppleWebKit/537.36 SamsungBrowser/27.0 "
         "Chrome/125.0 Mobile Safari/537.36", "Samsung Internet sur Android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17 "
         "Safari/605.1.15", "Safari sur Mac"),
        ("curl/8.0 <script>", "Appareil inconnu"),
        ("", "Appareil inconnu"),
    ],
)  # fmt: skip
def test_a_device_is_called_by_browser_and_system(says: str, called: str) -> None:
    assert label_of(says) == called


def test_what_a_browser_writes_is_never_passed_on() -> None:
    assert label_of("Firefox" * 1_000 + "<b>Windows") == "Firefox sur Windows"


def a_device(session: UUID, label: str) -> Device:
    """A device that was used this morning."""
    seen = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)
    return Device(session=session, label=label, opened=seen, seen=seen, keep=True)


@pytest.fixture
def devices(script: Script) -> list[Device]:
    """A tablet, and the browser at hand."""
    own = next(iter(script.sessions.values())).session if script.sessions else an_id("own")
    script.devices = (a_device(an_id("tablet"), "Safari sur iPad"), a_device(own, "Firefox"))
    return list(script.devices)


async def test_one_s_devices_are_listed_and_this_one_is_marked(
    claire: Browser, devices: list[Device]
) -> None:
    page = await claire.get(DEVICES)
    assert page.faults == []
    assert page.text.count("Cet appareil") == 1
    assert page.text.index("Cet appareil") < page.text.index("iPad")
    assert "lundi 23 novembre à 8 h 30" in page.plain


async def test_another_device_is_signed_out(
    claire: Browser, script: Script, devices: list[Device]
) -> None:
    page = await claire.send(await claire.get(DEVICES), f"{DEVICES}/fermer")
    assert page.location == f"{DEVICES}?fait=appareil"
    assert script.of("accounts.close_device")[0].session == devices[0].session
    assert "Cet appareil est déconnecté." in (await claire.get(page.location)).plain


async def test_all_other_devices_are_signed_out_at_once(
    claire: Browser, script: Script, devices: list[Device]
) -> None:
    page = await claire.send(await claire.get(DEVICES), f"{DEVICES}/fermer-les-autres")
    assert page.location == f"{DEVICES}?fait=autres"
    assert script.of("accounts.close_other_devices")[0].current == devices[1].session


async def test_signing_out_this_device_is_signing_out(
    claire: Browser, script: Script, devices: list[Device]
) -> None:
    page = await claire.get(DEVICES)
    path, own = f"{DEVICES}/fermer", str(devices[1].session)
    page = await claire.send(page, path, session=own)
    assert page.location == "/"
    assert "__Host-session" not in claire.cookies


async def test_the_password_is_changed_against_the_current_one(
    claire: Browser, script: Script
) -> None:
    page = await claire.get(KEY)
    assert page.faults == []
    page = await claire.send(page, KEY, current=PASSWORD, password=NEW)
    assert page.location == f"{KEY}?fait=mot-de-passe"
    asked = script.of("accounts.change_password")[0]
    assert (asked.current, asked.password) == (PASSWORD, NEW)
    assert "Vos autres appareils sont déconnectés." in (await claire.get(page.location)).plain


@pytest.mark.parametrize(
    ("refusal", "status", "said"),
    [
        (CredentialsRefused(), 422, "Ce n’est pas votre mot de passe actuel."),
        (PasswordTooWeak(why="guessable"), 422, "trop facile à deviner"),
        (TooManyTries(retry_seconds=120), 429, "2 minutes"),
        (Unavailable(), 503, "Rien n’a été perdu"),
    ],
)
async def test_a_password_that_is_not_changed_says_why(
    claire: Browser, script: Script, refusal: Refusal, status: int, said: str
) -> None:
    script.raises["accounts.change_password"] = refusal
    page = await claire.send(await claire.get(KEY), KEY, current=PASSWORD, password=NEW)
    assert page.status == status
    assert said in page.plain
    assert page.faults == []
    assert NEW not in page.text


async def test_a_missing_password_is_said_beside_its_field(claire: Browser) -> None:
    page = await claire.send(await claire.get(KEY), KEY)
    assert page.status == 422
    assert "Indiquez votre mot de passe actuel." in page.plain
    assert "Choisissez un mot de passe." in page.plain
    assert page.faults == []


async def test_another_address_is_asked_for_against_the_password(
    claire: Browser, script: Script
) -> None:
    page = await claire.get(MAIL)
    assert page.faults == []
    letter = page.field(MAIL, "letter")
    page = await claire.send(page, MAIL, email="autre@example.fr", password=PASSWORD)
    assert page.location == f"{MAIL}?fait=adresse"
    assert str(script.of("accounts.change_email")[0].letter) == letter
    script.own = script.file.model_copy(update={"next_email": "autre@example.fr"})
    page = await claire.get(page.location)
    assert "Un lien vient de partir à la nouvelle adresse." in page.plain
    assert "autre@example.fr" in page.plain


@pytest.mark.parametrize(
    ("refusal", "status", "said"),
    [
        (CredentialsRefused(), 422, "Ce n’est pas votre mot de passe actuel."),
        (TooManyTries(retry_seconds=1), 429, "1 seconde"),
        (Unavailable(), 503, "L’adresse est gardée"),
    ],
)
async def test_an_address_that_is_not_changed_is_kept_on_the_page(
    claire: Browser, script: Script, refusal: Refusal, status: int, said: str
) -> None:
    script.raises["accounts.change_email"] = refusal
    page = await claire.send(
        await claire.get(MAIL), MAIL, email="autre@example.fr", password=PASSWORD
    )
    assert page.status == status
    assert said in page.plain
    assert page.faults == []
    assert page.field(MAIL, "email") == "autre@example.fr"
    assert PASSWORD not in page.text


async def test_password_managers_find_the_page(browser: Browser) -> None:
    assert (await browser.get("/.well-known/change-password")).location == KEY
