"""Opening an account: what is refused, what can be left and taken up again, what waits."""

import re
from uuid import UUID

import pytest
from playwright.async_api import Page, expect

from tests.journeys.conftest import OpenPage
from tests.journeys.newcomers import (
    LOUANE,
    NEXT_STEP,
    PASSWORD,
    SIRET,
    a_newcomer,
    add,
    ask_for,
    box,
    fill_in,
    knock,
    prove_address,
    register,
    sign_in_as,
)
from tests.journeys.portal import Portal, text_of

pytestmark = pytest.mark.browser
WITH_AND_WITHOUT = pytest.mark.parametrize(
    "javascript", [True, False], ids=["with scripts", "without scripts"]
)
SUIVI = "**/mon-compte/suivi*"


async def fill_with_mistakes(page: Page) -> None:
    """A form in which nothing is right but the ticks."""
    await page.get_by_label("M.", exact=True).check()
    await box(page, "Adresse e-mail").fill("camille.famille.example")
    await box(page, "Jour").fill("31")
    await page.get_by_label("Mois").select_option(label="février")
    await box(page, "Année").fill("1987")
    await page.get_by_label("S’inscrire à la newsletter").check()
    await page.get_by_label("Je suis une société").check()
    await box(page, "Numéro SIRET").fill("732 829 320 00075")
    await page.get_by_role("button", name=NEXT_STEP).click()


async def correct(page: Page, email: str) -> None:
    """Everything but the password."""
    await box(page, "Prénom").fill("Camille")
    await box(page, "Nom").fill("Dupont")
    await box(page, "Adresse e-mail").fill(email)
    await box(page, "Jour").fill("28")
    await box(page, "Raison sociale").fill("Dupont et filles")
    await box(page, "Numéro SIRET").fill(SIRET)
    await page.get_by_label("J’accepte les conditions générales").check()


async def says_beside(page: Page, sentences: dict[str, str]) -> None:
    """Each field points at its sentence, and the summary before the form leads to each."""
    for name, sentence in sentences.items():
        field = page.get_by_role("group", name=name).or_(page.get_by_label(name))
        if name in ("Prénom", "Nom", "Adresse e-mail", "Raison sociale", "Numéro SIRET"):
            field = box(page, name)
        await expect(field.first).to_have_accessible_description(re.compile(sentence))
        await expect(page.get_by_role("alert").get_by_role("link", name=sentence)).to_be_visible()


@WITH_AND_WITHOUT
async def test_every_refusal_of_the_form_stands_beside_its_field_and_keeps_what_was_typed(
    portal: Portal, window: OpenPage, javascript: bool
):
    camille = a_newcomer()
    page = await window(javascript=javascript)
    await knock(page, camille)
    await fill_with_mistakes(page)
    await says_beside(page, {
        "Prénom": "Indiquez votre prénom",
        "Nom": "Indiquez votre nom",
        "Adresse e-mail": "Indiquez une adresse e-mail",
        "Mot de passe": "Choisissez un mot de passe",
        "Date de naissance": "Cette date n’existe pas",
        "Raison sociale": "Indiquez la raison sociale",
        "Numéro SIRET": "n’est pas un SIRET",
        "J’accepte les conditions générales": "Acceptez les conditions",
    })  # fmt: skip
    await expect(page).to_have_title(re.compile("^Erreur"))
    assert await page.get_by_label("M.", exact=True).is_checked()
    assert await box(page, "Adresse e-mail").input_value() == "camille.famille.example"
    assert await box(page, "Numéro SIRET").input_value() == "732 829 320 00075"
    assert await page.get_by_label("Je suis une société").is_checked()
    await correct(page, camille.email)
    for weak, sentence in (("Aa1!", "trop court"), ("dupontcamille", "trop facile à deviner")):
        await page.get_by_label("Mot de passe").fill(weak)
        await page.get_by_role("button", name=NEXT_STEP).click()
        await says_beside(page, {"Mot de passe": sentence})
        assert weak not in await page.content()
        assert await page.get_by_label("Mot de passe").input_value() == ""
        assert await box(page, "Prénom").input_value() == "Camille"
        assert await box(page, "Jour").input_value() == "28"
        assert await page.get_by_label("Mois").input_value() == "2"
        assert await page.get_by_label("S’inscrire à la newsletter").is_checked()
        assert await page.get_by_label("J’accepte les conditions générales").is_checked()
    await page.get_by_label("Mot de passe").fill(PASSWORD)
    await page.get_by_role("button", name=NEXT_STEP).click()
    await page.get_by_text("Étape 2 sur 3").wait_for()


async def test_a_registration_left_after_its_first_step_is_taken_up_by_signing_in(
    portal: Portal, window: OpenPage
):
    canteen = await portal.a_canteen()
    camille = a_newcomer()
    page = await window(javascript=False)
    await register(page, camille)
    await page.context.close()
    page = await window(javascript=False)
    await sign_in_as(page, camille.email, camille.password)
    await page.wait_for_url(SUIVI)
    assert "Pas encore de filiation" in await text_of(page)
    await page.get_by_role("link", name="Ajoutez les personnes qui mangent").click()
    await add(page, LOUANE)
    await page.goto("/")
    await page.wait_for_url(SUIVI)
    await page.get_by_role("link", name="Demander un service").click()
    await ask_for(page, canteen.commune, "Résidents", "Louane Dupont")
    await page.goto("/")
    said = await text_of(page)
    assert f"À {canteen.commune} : valider votre demande" in said, said


async def test_a_registration_is_taken_up_on_another_device_by_the_link_and_the_password(
    portal: Portal, window: OpenPage
):
    camille = a_newcomer()
    await register(await window(), camille)
    phone = await window()
    await phone.goto(await portal.link_at(camille.email, "Confirmez votre adresse"))
    assert await box(phone, "Adresse e-mail").input_value() == camille.email
    await phone.get_by_label("Mot de passe").fill("un autre mot de passe")
    await phone.get_by_role("button", name="Confirmer mon adresse").click()
    await expect(phone.get_by_label("Mot de passe")).to_have_accessible_description(
        re.compile("n’est pas celui du compte")
    )
    await phone.get_by_label("Mot de passe").fill(camille.password)
    await phone.get_by_role("button", name="Confirmer mon adresse").click()
    await phone.wait_for_url(SUIVI)
    said = await text_of(phone)
    assert "Votre adresse e-mail est confirmée" in said, said
    assert "Bonjour Camille" in said, said


async def test_an_address_that_has_an_account_meets_the_same_pages_and_its_letter_says_so(
    portal: Portal, window: OpenPage
):
    dupont = await portal.a_family(await portal.a_canteen())
    pages = []
    for newcomer in (a_newcomer(), a_newcomer().with_address(dupont.email)):
        page = await window(javascript=False)
        await register(page, newcomer)
        second = await text_of(page)
        await page.goto("/")
        await page.wait_for_url(SUIVI)
        pages.append((second, (await text_of(page)).replace(newcomer.email, "…")))
    unknown, known = pages
    assert unknown == known
    letter = await portal.one_letter(dupont.email, "Vous avez déjà un compte")
    assert "inutile d’en créer un autre" in " ".join(letter["text"].split())
    assert not await portal.letters_now(dupont.email, "Confirmez votre adresse")


async def test_until_it_is_validated_every_other_page_of_an_account_leads_to_its_status(
    portal: Portal, window: OpenPage
):
    canteen = await portal.a_canteen()
    camille = a_newcomer()
    page = await window()
    await register(page, camille)
    await add(page, LOUANE)
    await page.goto("/mon-compte/services")
    await ask_for(page, canteen.commune, "Résidents", "Louane Dupont")
    nobody = UUID(int=0)
    for path in ("/", "/calendrier", "/panier", f"/commandes/{nobody}", f"/annuler/{nobody}/0",
                 f"/annulations/{nobody}", "/mon-compte", "/mon-compte/commandes",
                 "/mon-compte/reservations", "/mon-compte/credits"):  # fmt: skip
        await page.goto(path)
        await expect(page).to_have_url(re.compile("/mon-compte/suivi$"))
    assert await page.get_by_role("link", name="Calendrier").count() == 0
    await page.goto("/mon-compte/services")
    await page.get_by_role("button", name="Retirer la demande").click()
    await page.get_by_text("La demande est retirée").wait_for()
    await ask_for(page, canteen.commune, "Résidents", "Louane Dupont")


async def test_a_double_click_opens_one_account(portal: Portal, window: OpenPage):
    camille = a_newcomer()
    page = await window(javascript=False)  # no script holds the second click back
    await knock(page, camille)
    await fill_in(page, camille)
    await page.get_by_role("button", name=NEXT_STEP).dblclick(no_wait_after=True)
    await page.get_by_text("Étape 2 sur 3").wait_for()
    await prove_address(portal, page, camille.email)
    assert len(await portal.letters_now(camille.email, "Confirmez votre adresse")) == 1
    assert await portal.letters_now(camille.email, "Vous avez déjà un compte") == []


async def test_a_refused_account_says_why_and_what_can_be_done(portal: Portal, window: OpenPage):
    camille = a_newcomer()
    page = await window(javascript=False)
    await register(page, camille)
    await prove_address(portal, page, camille.email)
    await portal.refuse_account(await portal.household_in(page), "incomplete")
    letter = await portal.one_letter(camille.email, "Votre compte n’est pas validé")
    assert "des informations manquent" in " ".join(letter["text"].split())
    await page.goto("/")
    said = await text_of(page)
    assert "Votre compte n’a pas été validé" in said, said
    assert "Motif : des informations manquent" in said, said
    assert "Complétez vos informations et vos filiations" in said, said


async def test_a_refused_request_shows_its_reason_and_may_be_asked_again(
    portal: Portal, window: OpenPage
):
    canteen = await portal.a_canteen()
    camille = a_newcomer()
    page = await window(javascript=False)
    await register(page, camille)
    await add(page, LOUANE)
    await prove_address(portal, page, camille.email)
    await page.goto("/mon-compte/services")
    await ask_for(page, canteen.commune, "Résidents", "Louane Dupont")
    household = await portal.household_in(page)
    await portal.refuse_requests(household, "outside", "Vous habitez Coubon.")
    letter = await portal.one_letter(camille.email, "Demande non acceptée")
    assert "votre domicile ne correspond pas" in " ".join(letter["text"].split())
    for path in ("/", "/mon-compte/services"):
        await page.goto(path)
        said = await text_of(page)
        assert "Refusé" in said, said
        assert "Motif : votre domicile ne correspond pas à cette entrée" in said, said
        assert "Vous habitez Coubon." in said, said
    await ask_for(page, canteen.commune, "Résidents", "Louane Dupont")
    await portal.approve_requests(household)
    await page.goto("/")
    assert "Aucun repas n’est réservé" in await text_of(page)
