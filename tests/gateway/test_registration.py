"""Opening an account: what was typed stays, what is wrong is said beside its field."""

from datetime import timedelta

import pytest

from chassis.queries import named_queries
from contracts.accounts import Company, CredentialsRefused, TooManyTries, household_of
from contracts.refusal import Unavailable
from services.accounts.domain.sessions import KEPT, NOT_KEPT
from tests.gateway.neighbours import Script, a_script, gateway_with
from tests.gateway.reading import Browser, Page

FORM = "/creer-un-compte"
GOOD = {
    "first_name": "Claire", "last_name": "Dupont", "email": "claire@example.fr",
    "password": "quatre mots sans lien", "terms": "oui",
}  # fmt: skip
HOSTILE = '"><script>alert(1)</script> {{7*7}} O’Neill & <b>'


async def register(browser: Browser, **changed: str) -> Page:
    """Send the first step, right but for what is changed."""
    return await browser.send(await browser.get(FORM), FORM, **(GOOD | changed))


async def test_the_first_page_passes_the_address_on_without_writing_it_in_a_url(
    browser: Browser,
) -> None:
    page = await browser.get("/")
    page = await browser.send(page, FORM, email="claire@example.fr")
    assert page.status == 200
    assert page.faults == []
    assert page.field(FORM, "email") == "claire@example.fr"
    assert "Étape 1 sur 3" in page.plain


async def test_registering_signs_in_and_goes_on_to_those_who_eat(
    browser: Browser, script: Script
) -> None:
    page = await register(browser)
    assert page.status == 303
    assert page.location == "/creer-un-compte/filiations"
    asked = script.of("accounts.register")[0]
    assert asked.profile.first_name == "Claire"
    assert (asked.profile.civility, asked.profile.birth_date) == (None, None)
    assert not asked.profile.newsletter
    assert not asked.profile.partners
    assert asked.origin is not None
    page = await browser.get(page.location)
    assert page.status == 200
    assert "Étape 2 sur 3" in page.plain
    assert script.asked[-1][2].kind == "applicant"
    assert script.asked[-1][2].household == household_of(asked.registration)


async def test_everything_that_may_be_said_is_sent(browser: Browser, script: Script) -> None:
    await register(
        browser, civility="madame", birth_day="03", birth_month="8", birth_year="1985",
        newsletter="oui", company="oui", company_name="Le Fournil", siret="732 829 320 00074",
    )  # fmt: skip
    profile = script.of("accounts.register")[0].profile
    assert profile.civility == "madame"
    assert profile.birth_date.isoformat() == "1985-08-03"
    assert profile.newsletter
    assert profile.company == Company(name="Le Fournil", siret="73282932000074")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"first_name": "  "}, "Indiquez votre prénom."),
        ({"last_name": ""}, "Indiquez votre nom."),
        ({"last_name": "x" * 101}, "Écrivez ce nom avec des lettres"),
        ({"first_name": "a\0b"}, "Écrivez ce nom avec des lettres"),
        ({"email": "claire"}, "Indiquez une adresse e-mail"),
        ({"email": "a b@example.fr"}, "Indiquez une adresse e-mail"),
        ({"password": ""}, "Choisissez un mot de passe."),
        ({"password": "x" * 1025}, "Ce mot de passe est trop long."),
        ({"password": "court"}, "Ce mot de passe est trop court"),
        ({"birth_day": "31", "birth_month": "2", "birth_year": "1985"}, "Cette date n’existe pas"),
        ({"birth_day": "1"}, "Indiquez le jour, le mois et l’année"),
        ({"birth_day": "1", "birth_month": "1", "birth_year": "2050"}, "dans l’avenir"),
        ({"birth_day": "1", "birth_month": "1", "birth_year": "85"}, "en 4 chiffres"),
        ({"birth_day": "²", "birth_month": "2", "birth_year": "٢٠٠٠"}, "Cette date n’existe pas"),
        ({"company": "oui"}, "Indiquez la raison sociale."),
        ({"company": "oui", "company_name": "A", "siret": "12"}, "n’est pas un SIRET"),
        ({"company": "oui", "company_name": "A", "siret": "73282932000075"}, "n’est pas un SIRET"),
        ({"terms": ""}, "Acceptez les conditions"),
    ],
)
async def test_what_is_wrong_is_said_beside_its_field_and_the_rest_is_kept(
    browser: Browser, script: Script, changed: dict[str, str], said: str
) -> None:
    before = {"civility": "madame", "newsletter": "oui"}
    page = await register(browser, **(before | changed))
    assert page.status == 422
    assert page.faults == []
    assert page.plain.count(said) == 2
    assert 'role="alert"' in page.text
    assert 'aria-invalid="true"' in page.text
    assert GOOD["password"] not in page.text
    assert page.field(FORM, "newsletter") == "oui"
    assert page.field(FORM, "civility") == "madame"
    kept = {k: v for k, v in (GOOD | changed).items() if k not in ("password", "terms") and v}
    assert {k: page.field(FORM, k) for k in kept} == {k: v.strip() for k, v in kept.items()}


async def test_a_company_that_is_not_ticked_is_not_asked_about(
    browser: Browser, script: Script
) -> None:
    page = await register(browser, company_name="reste", siret="faux")
    assert page.status == 303
    assert script.of("accounts.register")[0].profile.company is None


async def test_a_registration_that_meets_an_outage_is_sent_again_under_its_id(
    browser: Browser, script: Script
) -> None:
    script.raises["accounts.register"] = Unavailable()
    page = await register(browser)
    assert page.status == 503
    assert "Vos informations sont gardées" in page.plain
    assert page.field(FORM, "last_name") == "Dupont"
    assert page.field(FORM, "terms") == "oui"
    script.raises.clear()
    await browser.send(page, FORM, password=GOOD["password"])
    one, other = script.of("accounts.register")
    assert one.registration == other.registration


async def test_too_many_tries_say_in_words_how_long_to_wait(
    browser: Browser, script: Script
) -> None:
    script.raises["accounts.register"] = TooManyTries(retry_seconds=130)
    page = await register(browser)
    assert page.status == 429
    assert page.headers["Retry-After"] == "130"
    assert "Vous pourrez réessayer dans 3 minutes." in page.plain
    assert page.field(FORM, "email") == "claire@example.fr"


async def test_a_first_sending_with_another_password_begins_anew(
    browser: Browser, script: Script
) -> None:
    script.raises["accounts.register"] = CredentialsRefused()
    page = await register(browser)
    assert "Un premier envoi est déjà arrivé" in page.plain
    assert page.field(FORM, "new") != str(script.of("accounts.register")[0].registration)


async def test_hostile_names_are_shown_as_they_were_typed(browser: Browser) -> None:
    page = await register(browser, first_name=HOSTILE, terms="")
    assert page.faults == []
    assert page.field(FORM, "first_name") == HOSTILE
    assert "<script>alert" not in page.text


async def test_offers_of_partners_are_asked_about_only_where_partners_are_named(
    browser: Browser, script: Script
) -> None:
    assert "partenaires" not in (await browser.get(FORM)).text
    await register(browser, partners="oui")
    assert not script.of("accounts.register")[0].profile.partners
    async with gateway_with(a_script(), partners="la ludothèque") as server:
        other = Browser(server, browser._session)
        page = await other.get(FORM)
        assert "Nos partenaires : la ludothèque." in page.plain
        assert page.faults == []


async def test_who_is_signed_in_has_done_the_first_step(claire: Browser) -> None:
    assert (await claire.get(FORM)).location == "/creer-un-compte/filiations"


@pytest.mark.parametrize("path", ["/conditions", "/confidentialite"])
async def test_what_is_accepted_can_be_read(browser: Browser, path: str) -> None:
    page = await browser.get(path)
    assert page.status == 200
    assert page.faults == []
    assert "Version 2026-11" in page.plain


async def test_what_is_said_of_keeping_is_what_accounts_does(browser: Browser) -> None:
    said = (await browser.get("/confidentialite")).plain
    hours = NOT_KEPT // timedelta(hours=1)
    assert f"{hours} heures, ou {KEPT.days} jours après la dernière visite" in said
    timers = named_queries("services.accounts")
    assert "interval '30 days'" in timers.forget_old_letters
    assert "l’adresse qui les a reçus : 30 jours" in said
    assert "interval '1 year'" in timers.forget_old_devices
    assert "un an après la dernière connexion" in said
