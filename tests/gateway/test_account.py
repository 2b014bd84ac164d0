"""The hub behind one's own name, and one's own details."""

from datetime import date, datetime

import pytest

from contracts import accounts, subscriptions
from contracts.refusal import Unavailable
from contracts.values import AuthorityId, BeneficiaryId, ServiceId
from tests.gateway.booked import a_booking, many_orders, own_file
from tests.gateway.neighbours import LOUANE, PARIS, THEO, Script, an_id
from tests.gateway.reading import Browser

HUB = "/mon-compte"
OWN = "/mon-compte/informations"
PAGES = ["reservations", "commandes", "credits", "informations", "filiations", "services",
         "appareils"]  # fmt: skip


def an_access(who: BeneficiaryId, state: subscriptions.AccessState) -> subscriptions.Access:
    """A row of « Mes services »."""
    return subscriptions.Access(
        beneficiary=who, authority=AuthorityId(an_id("a")), service=ServiceId(an_id("s")),
        category="enfant", authority_label="Mairie Coubon", service_label="Cantine",
        category_label="Enfant commune", state=state,
    )  # fmt: skip


async def test_the_hub_shows_the_essential_figure_of_each_page(
    claire: Browser, script: Script
) -> None:
    script.bookings = [a_booking(THEO, date(2026, 12, 3), 1), a_booking(LOUANE, date(2026, 12, 3))]
    script.history = many_orders(3)
    script.access = (an_access(LOUANE, "open"), an_access(THEO, "open"), an_access(THEO, "pending"))
    at = datetime(2026, 11, 20, tzinfo=PARIS)
    script.devices = (
        accounts.Device(session=an_id("one"), label="Firefox", opened=at, seen=at, keep=True),
    )
    page = await claire.get(HUB)
    assert page.status == 200
    assert page.faults == []
    for name in PAGES:
        assert f'href="/mon-compte/{name}"' in page.text
    for text in ("Jeudi 3 décembre", "Louane, Restaurant scolaire de Coubon",
                 "vendredi 20 novembre", "Coubon : confirmée", "Coubon : 20,00 €", "Claire Dupont",
                 "Louane et Théo", "2 accès validés", "1 en attente",
                 "1 appareil connecté"):  # fmt: skip
        assert text in page.plain, text


async def test_an_empty_account_says_so_everywhere(claire: Browser, script: Script) -> None:
    script.wallets = ()
    script.household = script.household.model_copy(update={"beneficiaries": ()})
    page = await claire.get(HUB)
    assert page.faults == []
    for text in ("Aucun repas réservé.", "Aucune commande.", "Aucun crédit.",
                 "Personne n’est encore inscrit.", "0 accès validé"):  # fmt: skip
        assert text in page.plain, text


async def test_the_hub_does_without_every_service(claire: Browser, script: Script) -> None:
    for name in ("booking.list_bookings", "booking.list_orders", "payments.get_wallets",
                 "accounts.get_household", "accounts.list_devices",
                 "subscriptions.list_access"):  # fmt: skip
        script.raises[name] = Unavailable()
    page = await claire.get(HUB)
    assert page.status == 200
    assert page.faults == []
    assert page.plain.count("Non affiché pour le moment.") == 6


@pytest.mark.parametrize("path", [f"/mon-compte/{name}" for name in PAGES[:4]])
async def test_every_page_of_the_account_says_which_one_it_is(
    claire: Browser, script: Script, path: str
) -> None:
    script.own = own_file(script)
    page = await claire.get(path)
    assert page.faults == []
    assert f'<a href="{path}" aria-current="page">' in page.text
    assert page.text.count('class="account-nav') == 1


async def test_own_details_are_shown_and_saved(claire: Browser, script: Script) -> None:
    script.own = own_file(script)
    page = await claire.get(OWN)
    assert page.faults == []
    assert page.field(OWN, "first_name") == "Claire"
    assert page.field(OWN, "birth_year") == "1985"
    assert page.field(OWN, "civility") == "madame"
    assert "claire@example.fr" in page.plain
    sent = await claire.send(page, OWN, first_name="Clara", birth_month="9")
    assert sent.status == 303
    asked = script.of("accounts.change_profile")[0]
    assert asked.person == an_id("claire")
    assert asked.profile == script.own.profile.model_copy(
        update={"first_name": "Clara", "birth_date": date(1985, 9, 1)}
    )
    before = len(script.of("accounts.get_session"))
    page = await claire.get(sent.location)
    assert page.faults == []
    assert "Vos informations sont enregistrées." in page.plain
    assert len(script.of("accounts.get_session")) > before  # the new name is asked for at once


async def test_a_company_and_no_partners_unless_there_are_some(
    claire: Browser, script: Script
) -> None:
    script.own = own_file(script)
    page = await claire.get(OWN)
    assert 'name="partners"' not in page.text
    changed = {"company": "oui", "company_name": "Crèche du Puy", "siret": "732 829 320 00074"}
    sent = await claire.send(page, OWN, partners="oui", **changed)
    assert sent.status == 303
    profile = script.of("accounts.change_profile")[0].profile
    assert profile.company == accounts.Company(name="Crèche du Puy", siret="73282932000074")
    assert not profile.partners


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"first_name": " "}, "Indiquez votre prénom."),
        ({"last_name": ""}, "Indiquez votre nom."),
        ({"birth_day": "31", "birth_month": "2"}, "Cette date n’existe pas."),
        ({"birth_year": "2099"}, "Cette date est dans l’avenir."),
        ({"company": "oui", "company_name": "x", "siret": "123"}, "Ce numéro n’est pas un SIRET"),
    ],
)
async def test_what_is_wrong_is_said_beside_its_field_and_the_rest_kept(
    claire: Browser, script: Script, changed: dict[str, str], said: str
) -> None:
    script.own = own_file(script)
    page = await claire.get(OWN)
    again = await claire.send(page, OWN, **changed, newsletter="oui")
    assert again.status == 422
    assert again.faults == []
    assert said in again.plain
    assert "data-focus" in again.text
    for name, value in changed.items():
        assert again.field(OWN, name) == value.strip()
    assert again.field(OWN, "newsletter") == "oui"
    assert script.of("accounts.change_profile") == []


async def test_when_accounts_is_away_the_same_details_can_be_sent_again(
    claire: Browser, script: Script
) -> None:
    script.own = own_file(script)
    page = await claire.get(OWN)
    script.raises["accounts.change_profile"] = Unavailable()
    again = await claire.send(page, OWN, first_name="Clara")
    assert again.status == 503
    assert again.faults == []
    script.raises.clear()
    assert (await claire.send(again, OWN)).status == 303
    assert script.of("accounts.change_profile")[-1].profile.first_name == "Clara"


async def test_an_address_that_waits_for_its_proof_is_told(claire: Browser, script: Script) -> None:
    script.own = own_file(script, next_email="clara@example.fr", has_password=False)
    page = await claire.get(OWN)
    assert page.faults == []
    assert "clara@example.fr attend d’être confirmée" in page.plain
    assert "Choisir un mot de passe" in page.plain


async def test_hostile_details_are_text_and_nothing_else(claire: Browser, script: Script) -> None:
    hostile = "<script>alert(1)</script>\" onload='x"
    profile = accounts.Profile(first_name=hostile, last_name="{{ 7*7 }}")
    script.own = own_file(script, profile=profile)
    page = await claire.get(OWN)
    assert page.faults == []
    assert "<script>alert" not in page.text
    assert page.field(OWN, "first_name") == hostile


async def test_who_waits_sees_its_details_and_nothing_of_a_family(
    browser: Browser, script: Script
) -> None:
    script.standing = "waiting"
    script.own = own_file(script, standing="waiting")
    await browser.sign_in()
    page = await browser.get(OWN)
    assert page.status == 200
    assert page.faults == []
    assert "/mon-compte/commandes" not in page.text
    assert 'href="/mon-compte/suivi"' in page.text
    for path in ("/", HUB, "/mon-compte/commandes", "/mon-compte/reservations",
                 "/mon-compte/credits", f"/annuler/{an_id('order')}/1"):  # fmt: skip
        assert (await browser.get(path)).location == "/mon-compte/suivi", path


async def test_who_is_not_signed_in_comes_back_to_the_page(browser: Browser) -> None:
    page = await browser.get("/mon-compte/commandes")
    assert page.location == "/connexion?next=/mon-compte/commandes"
