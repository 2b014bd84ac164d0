"""The guide's path, from an address nobody knows to meals that are booked, paid and changed."""

import re
from datetime import date

import pytest
from playwright.async_api import Page

from contracts.values import HouseholdId
from deploy.local.town_hall import Canteen
from tests.journeys.accessible import assert_accessible
from tests.journeys.conftest import OpenPage
from tests.journeys.newcomers import (
    LOUANE,
    NEXT_STEP,
    PASSWORD,
    SIRET,
    THEO,
    Newcomer,
    a_newcomer,
    add,
    ask_for,
    box,
    knock,
    sign_in_as,
)
from tests.journeys.portal import Portal, confirm_button, text_of

pytestmark = pytest.mark.browser
NEXT_WEEK = (date(2026, 11, 26), date(2026, 11, 27))
IN_WORDS = ("jeudi 26 novembre", "vendredi 27 novembre")


class Dupont:
    """Camille Dupont's way through the portal, step by step."""

    def __init__(self, portal: Portal, page: Page, canteen: Canteen, *, looking: bool):
        self.portal = portal
        self.page = page
        self.canteen = canteen
        self.camille: Newcomer = a_newcomer()
        self.looking = looking

    async def look(self, *shown: str) -> str:
        """Everything that is expected can be read on a page that nobody is kept out of."""
        if self.looking:
            await assert_accessible(self.page)
        said = await text_of(self.page)
        for text in shown:
            assert text in said, f"« {text} » in {said}"
        return said

    async def told(self, about: str, *shown: str) -> None:
        """One e-mail about this, which says that."""
        letter = await self.portal.one_letter(self.camille.email, about)
        said = " ".join(letter["text"].split())
        for text in shown:
            assert text in said, f"« {text} » in {said}"

    # -- the account -------------------------------------------------------------------------

    async def opens_an_account(self) -> None:
        """Three steps, with every field of the guide."""
        page = self.page
        await page.goto("/")
        await self.look("Comment ça marche")
        await knock(page, self.camille)
        await self.look("Infos personnelles", "Mes filiations", "Mes services")
        assert await box(page, "Adresse e-mail").input_value() == self.camille.email
        await page.get_by_label("Mme").check()
        await box(page, "Prénom").fill(self.camille.first_name)
        await box(page, "Nom").fill(self.camille.last_name)
        await page.get_by_label("Mot de passe").fill(self.camille.password)
        await box(page, "Jour").fill("3")
        await page.get_by_label("Mois").select_option(label="mars")
        await box(page, "Année").fill("1987")
        await page.get_by_label("S’inscrire à la newsletter").check()
        await page.get_by_label("Je suis une société").check()
        await box(page, "Raison sociale").fill("Dupont et filles")
        await box(page, "Numéro SIRET").fill(SIRET)
        await page.get_by_label("J’accepte les conditions générales").check()
        await page.get_by_role("button", name=NEXT_STEP).click()
        await page.get_by_text("Étape 2 sur 3").wait_for()

    async def names_the_children(self) -> None:
        """Louane and Théo, born on a day whose month has a name."""
        await add(self.page, LOUANE)
        await add(self.page, THEO)
        await self.look("Louane", "10 mai 2018", "Théo", "12 juillet 2013", "Mère")
        await self.page.get_by_role("link", name="Continuer").click()
        await self.page.get_by_text("Étape 3 sur 3").wait_for()

    async def asks_for_the_canteen(self) -> HouseholdId:
        """An entry for both, then the page that says what is waited for, and for whose act."""
        page, commune = self.page, self.canteen.commune
        await ask_for(page, commune, "Résidents", "Louane Dupont", "Théo Dupont")
        await self.look(f"{commune} / Résidents , En attente")
        await page.get_by_role("link", name=commune, exact=True).click()
        assert await page.get_by_label("Louane Dupont").count() == 0  # not offered again
        await page.get_by_role("link", name="Terminer").click()
        await page.wait_for_url("**/mon-compte/suivi")
        await self.look(
            "À vous : confirmez votre adresse",
            f"À {commune} : valider votre demande Cantine d’{commune} / Résidents pour Louane",
            f"À {commune} : valider votre demande Cantine d’{commune} / Résidents pour Théo",
        )
        return await self.portal.household_in(page)

    async def proves_the_address(self) -> None:
        """By the link of the e-mail: nothing is left to do but to wait for the town hall."""
        await self.page.goto(await self.portal.link_at(self.camille.email, "Confirmez votre"))
        await self.look(self.camille.email)
        await self.page.get_by_role("button", name="Confirmer mon adresse").click()
        await self.page.wait_for_url("**/mon-compte/suivi*")
        assert "À vous" not in await self.look("Votre adresse e-mail est confirmée")

    async def signs_in(self) -> None:
        """As on any other day."""
        await self.page.get_by_role("button", name="Déconnexion").click()
        await self.page.get_by_role("banner").get_by_role("link", name="Connexion").click()
        await self.look("Mot de passe oublié", "Rester connecté")
        await sign_in_as(self.page, self.camille.email, PASSWORD)
        await self.look("Bonjour Camille", "Aucun repas n’est réservé")

    # -- the meals ---------------------------------------------------------------------------

    async def books_two_dates_for_both(self) -> None:
        """Four meals for 15,20 €, from the calendar to the order."""
        page = self.page
        await page.get_by_role("link", name="Calendrier").click()
        for day in IN_WORDS:
            for name in ("Louane", "Théo"):
                await page.get_by_role("checkbox", name=f"{name}, {day}").check()
        said = await self.look("Cantine d’" + self.canteen.commune, "avant le jeudi 19 novembre")
        assert "Pas d’accès" not in said  # the weeks that are past take no room
        await page.get_by_role("button", name="Ajouter au panier").click()
        await page.wait_for_url("**/panier")
        await self.look(
            "Bénéficiaire : Louane Dupont", "Bénéficiaire : Théo Dupont", "3,80 €",
            "Total produits TTC 15,20 €", "(4 produits)", "il restera 24,80 €",
            "jeudi 26 et vendredi 27 novembre 2026",
        )  # fmt: skip
        await confirm_button(page).click()
        await page.wait_for_url("**/commandes/*")
        await page.get_by_text("Confirmée").first.wait_for()
        await self.look("15,20 €", "24,80 €", "Louane Dupont", "Théo Dupont")

    async def finds_it_in_the_account(self) -> None:
        """Behind one's own name: each page of « Mon compte » knows of it."""
        commune = self.canteen.commune
        pages = {
            "Mes réservations": ("Jeudi 26 novembre", "Vendredi 27 novembre", "Louane", "Théo"),
            "Mes commandes": (commune, "Confirmée", "4 produits", "15,20 €"),
            "Mes crédits": ("24,80 €",),
            "Mes informations": ("Changer d’adresse e-mail",),
            "Mes filiations": ("Louane", "10 mai 2018", "Théo", "12 juillet 2013"),
            "Mes services": (f"{commune} / Résidents , Validé",),
            "Mes appareils": ("Cet appareil",),
        }
        await self.page.goto("/mon-compte")
        await self.look(*pages)
        for title, shown in pages.items():
            await self.page.get_by_role("banner").get_by_role("link", name="Camille").click()
            await self.page.wait_for_url("**/mon-compte")
            await self.page.locator("main").get_by_role("heading", name=title).click()
            await self.page.wait_for_url("**/mon-compte/*")
            await self.look(*shown)
            if title == "Mes informations":
                assert await self.page.get_by_label("Mme").is_checked()
                assert await self.page.get_by_label("S’inscrire à la newsletter").is_checked()
                assert await box(self.page, "Raison sociale").input_value() == "Dupont et filles"

    async def cancels_a_meal_in_two_taps(self) -> None:
        """From the first page: what comes back is said before and after."""
        page = self.page
        await page.goto("/")
        await self.look("Jeudi 26 novembre", "Annulation possible jusqu’au jeudi 19 novembre")
        await page.get_by_role("link", name=re.compile(rf"Annuler.*Théo.*{IN_WORDS[1]}")).click()
        await self.look("+3,80 €", "Théo Dupont", "Vendredi 27 novembre")
        await page.get_by_role("button", name="Annuler ce repas").click()
        await page.wait_for_url("**/annulations/*")
        await self.look("+3,80 €", "Théo Dupont")
        await page.get_by_text("sur vos crédits d").first.wait_for()
        await page.get_by_role("link", name="Mes crédits").first.click()
        await page.wait_for_url("**/mon-compte/credits/*")
        await self.look("28,60 € disponibles", "+3,80 €", "+40,00 €")


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
async def test_the_duponts_go_from_registration_to_confirmation(
    portal: Portal, window: OpenPage, javascript: bool
):
    canteen = await portal.a_canteen()
    page = await window(javascript=javascript)
    dupont = Dupont(portal, page, canteen, looking=javascript)
    await dupont.opens_an_account()
    await dupont.names_the_children()
    household = await dupont.asks_for_the_canteen()
    await dupont.proves_the_address()
    await dupont.told("Adresse confirmée", "la mairie doit valider votre compte")
    await dupont.told("Demandes bien reçues", "Louane", "Théo", "Résidents", canteen.commune)

    await portal.approve_requests(household)
    await dupont.told("Votre compte est validé")
    await dupont.told("Vous pouvez réserver", "Louane", "Théo", f"Cantine d’{canteen.commune}")
    await dupont.signs_in()
    await portal.takes_cash(household, canteen, 4000)
    await dupont.told("Crédit rechargé", "40,00 €", f"Régie d’{canteen.commune}")

    await dupont.books_two_dates_for_both()
    await dupont.told("Commande confirmée", *IN_WORDS, "Louane", "Théo", "15,20 €")
    await dupont.finds_it_in_the_account()
    await dupont.cancels_a_meal_in_two_taps()
    await dupont.told("Annulation enregistrée", "Théo", IN_WORDS[1], "3,80 €")
