"""Links of letters and forgotten passwords: looking uses nothing, only the button does."""

import hashlib
from collections.abc import Callable

import pytest

from contracts.accounts import AddressTaken, CredentialsRefused, LinkOver, LinkView, TooManyTries
from contracts.refusal import Refusal, Unavailable
from contracts.values import PersonId
from tests.gateway.entrance import SECRET
from tests.gateway.neighbours import PASSWORD, Script, an_id
from tests.gateway.reading import Browser, Page

PATH = f"/lien/{SECRET}"
HASH = hashlib.sha256(SECRET.encode()).hexdigest()
ASK = "/mot-de-passe-oublie"
NEW = "quatre mots sans lien"
ADULT = {"first_name": "Paul", "last_name": "Martin", "password": NEW, "terms": "oui"}


@pytest.fixture
def link(script: Script) -> Callable[..., None]:
    """Let the letter's link do something."""

    def put(purpose: str, **more: object) -> None:
        given = {"purpose": purpose, "email": "claire@example.fr", "first_name": "Claire"}
        if purpose != "invitation":
            given["person"] = str(an_id("claire"))
        script.links[HASH] = LinkView.model_validate(given | more)

    return put


async def test_a_forgotten_password_gets_one_answer_for_every_address(
    browser: Browser, script: Script
) -> None:
    page = await browser.send(await browser.get(ASK), ASK, email="nobody@example.fr")
    assert page.status == 303
    page = await browser.get(page.location)
    assert "Si un compte existe avec cette adresse, un e-mail vient de partir." in page.plain
    assert page.faults == []
    asked = script.of("accounts.ask_password_link")[0]
    assert asked.email == "nobody@example.fr"
    assert asked.origin is not None


@pytest.mark.parametrize(
    ("refusal", "status", "said"),
    [
        (TooManyTries(retry_seconds=45), 429, "Vous pourrez réessayer dans 45 secondes."),
        (Unavailable(), 503, "Rien n’a été perdu"),
    ],
)
async def test_a_link_that_cannot_be_asked_for_now_keeps_the_address(
    browser: Browser, script: Script, refusal: Refusal, status: int, said: str
) -> None:
    script.raises["accounts.ask_password_link"] = refusal
    page = await browser.send(await browser.get(ASK), ASK, email="claire@example.fr")
    assert page.status == status
    assert said in page.plain
    assert page.faults == []
    assert page.field(ASK, "email") == "claire@example.fr"


async def test_an_address_that_is_none_is_said_beside_its_field(browser: Browser) -> None:
    page = await browser.send(await browser.get(ASK), ASK, email="claire")
    assert page.status == 422
    assert page.plain.count("Indiquez une adresse e-mail") == 2


@pytest.mark.parametrize("purpose", ["password", "proof", "new_address", "invitation"])
async def test_looking_at_a_link_uses_nothing_and_tells_nobody(
    browser: Browser, script: Script, link: Callable[..., None], purpose: str
) -> None:
    link(purpose, inviter="Camille Dupont" if purpose == "invitation" else "")
    for _ in range(2):
        page = await browser.get(PATH)
        assert page.status == 200
        assert page.faults == []
    assert {name for name, _, _ in script.asked} <= {"accounts.get_link", "booking.get_clock"}
    assert page.headers["Referrer-Policy"] == "strict-origin"
    assert page.headers["Cache-Control"] == "no-store"
    assert HASH not in page.text


@pytest.mark.parametrize("path", ["/lien/court", "/lien/" + "x" * 101, "/lien/é" + "x" * 30])
async def test_what_cannot_be_a_secret_is_not_looked_up(
    browser: Browser, script: Script, path: str
) -> None:
    page = await browser.get(path)
    assert page.status == 404
    assert script.of("accounts.get_link") == []


async def test_a_password_link_sets_it_and_signs_in(
    browser: Browser, script: Script, link: Callable[..., None]
) -> None:
    link("password")
    page = await browser.send(await browser.get(PATH), PATH, password=NEW)
    assert page.status == 303
    assert page.location == "/"
    asked = script.of("accounts.set_password")[0]
    assert (asked.secret_hash, asked.password) == (HASH, NEW)
    assert "Claire" in (await browser.get("/panier")).text


async def test_a_weak_password_is_said_beside_its_field_and_not_shown(
    browser: Browser, link: Callable[..., None]
) -> None:
    link("password")
    page = await browser.send(await browser.get(PATH), PATH, password="motcourt")
    assert page.status == 422
    assert page.plain.count("Ce mot de passe est trop court") == 2
    assert "motcourt" not in page.text
    assert page.faults == []


async def test_who_is_signed_in_proves_an_address_with_one_button(
    browser: Browser, script: Script, link: Callable[..., None]
) -> None:
    script.wait("address_unproved")
    await browser.sign_in()
    link("proof")
    page = await browser.get(PATH)
    assert 'type="password"' not in page.text
    page = await browser.send(page, PATH)
    assert page.location == "/mon-compte/suivi?fait=adresse"
    asked = script.of("accounts.prove_address")[0]
    assert asked.password is None
    assert [c.kind for n, _, c in script.asked if n == "accounts.prove_address"] == ["applicant"]
    page = await browser.get(page.location)
    assert "Votre adresse e-mail est confirmée." in page.plain


async def test_anybody_else_proves_an_address_with_the_account_s_password(
    browser: Browser, script: Script, link: Callable[..., None]
) -> None:
    link("new_address")
    page = await browser.get(PATH)
    page = await browser.send(page, PATH, password="faux")
    assert page.status == 422
    assert "n’est pas celui du compte" in page.plain
    page = await browser.send(page, PATH, password=PASSWORD)
    assert page.location == "/mon-compte/suivi?fait=adresse"
    assert script.of("accounts.prove_address")[-1].password == PASSWORD
    assert "__Host-session" in browser.cookies


async def test_who_is_signed_in_as_another_is_told_and_asked_for_the_password(
    claire: Browser, link: Callable[..., None]
) -> None:
    link("proof", person=PersonId(an_id("somebody else")), first_name="Paul")
    page = await claire.get(PATH)
    assert "Vous êtes connecté au compte de Claire Dupont." in page.plain
    assert 'type="password"' in page.text


async def test_an_invited_adult_joins_and_is_signed_in(
    browser: Browser, script: Script, link: Callable[..., None]
) -> None:
    link("invitation", inviter="Camille Dupont")
    page = await browser.get(PATH)
    assert "Camille Dupont vous invite" in page.plain
    page = await browser.send(page, PATH, **ADULT)
    assert page.location == "/"
    asked = script.of("accounts.accept_invitation")[0]
    assert (asked.profile.first_name, asked.terms_version) == ("Paul", "2026-11")


async def test_an_invitation_keeps_what_was_typed(
    browser: Browser, link: Callable[..., None]
) -> None:
    link("invitation", inviter="Camille Dupont")
    page = await browser.send(await browser.get(PATH), PATH, **(ADULT | {"last_name": ""}))
    assert page.status == 422
    assert page.plain.count("Indiquez votre nom.") == 2
    assert page.field(PATH, "first_name") == "Paul"
    assert page.field(PATH, "terms") == "oui"
    assert NEW not in page.text
    assert page.faults == []


@pytest.mark.parametrize(
    ("refusal", "status", "said"),
    [
        (LinkOver(why="used"), 410, "Ce lien a déjà servi"),
        (LinkOver(why="expired"), 410, "Ce lien n’est plus valable"),
        (LinkOver(why="cancelled"), 410, "Ce lien a été remplacé ou annulé"),
    ],
)
async def test_a_link_that_is_over_says_so_and_offers_another(
    browser: Browser, script: Script, refusal: Refusal, status: int, said: str
) -> None:
    script.raises["accounts.get_link"] = refusal
    page = await browser.get(PATH)
    assert page.status == status
    assert said in page.plain
    assert 'href="/mot-de-passe-oublie"' in page.text
    assert page.faults == []
    assert page.headers["Referrer-Policy"] == "strict-origin"


async def test_a_link_that_nobody_wrote_looks_like_one_that_is_over(browser: Browser) -> None:
    page = await browser.get(PATH)
    assert page.status == 404
    assert "Ce lien n’est pas reconnu" in page.plain
    assert page.faults == []


@pytest.mark.parametrize("purpose", ["password", "proof", "invitation"])
async def test_an_address_that_somebody_proved_first_leads_to_signing_in(
    browser: Browser, script: Script, link: Callable[..., None], purpose: str
) -> None:
    link(purpose)
    page = await browser.get(PATH)
    for name in ("set_password", "prove_address", "accept_invitation"):
        script.raises[f"accounts.{name}"] = AddressTaken()
    page = await browser.send(page, PATH, **(ADULT | {"password": PASSWORD}))
    assert page.status == 409
    assert "Un compte existe déjà avec cette adresse." in page.plain
    assert page.faults == []


async def used(browser: Browser, script: Script, name: str, refusal: Refusal) -> Page:
    """Press the button while a service refuses."""
    page = await browser.get(PATH)
    script.raises[name] = refusal
    return await browser.send(page, PATH, **ADULT)


@pytest.mark.parametrize("name", ["accounts.get_link", "accounts.accept_invitation"])
async def test_an_outage_leaves_the_form_as_it_was_but_for_the_password(
    browser: Browser, script: Script, link: Callable[..., None], name: str
) -> None:
    link("invitation", inviter="Camille Dupont")
    page = await used(browser, script, name, Unavailable())
    assert page.status == 503
    assert page.faults == []
    assert "Camille Dupont vous invite" in page.plain
    assert page.field(PATH, "first_name") == "Paul"
    assert page.field(PATH, "email") == "claire@example.fr"
    assert NEW not in page.text


async def test_too_many_tries_of_a_proof_say_how_long_to_wait(
    browser: Browser, script: Script, link: Callable[..., None]
) -> None:
    link("proof")
    page = await used(browser, script, "accounts.prove_address", TooManyTries(retry_seconds=3700))
    assert page.status == 429
    assert "dans 2 heures" in page.plain


async def test_a_page_that_was_made_up_is_refused(
    browser: Browser, script: Script, link: Callable[..., None]
) -> None:
    link("proof")
    page = await browser.get(PATH)
    assert (await browser.send(page, PATH, purpose="root")).status == 422
    assert (await browser.send(page, PATH, new="x")).status == 422
    script.raises["accounts.prove_address"] = CredentialsRefused()
    assert (await browser.send(page, PATH, password=PASSWORD)).status == 422
