"""Families who come to the door: what they say of themselves, typed into the pages."""

from dataclasses import dataclass, replace
from uuid import uuid4

from playwright.async_api import Locator, Page

from tests.journeys.portal import Portal

PASSWORD = "girafe tambour violet 42"
SIRET = "732 829 320 00074"
NEXT_STEP = "Enregistrer et continuer"


@dataclass(frozen=True)
class Eater:
    """Somebody who eats, as a parent writes it."""

    first_name: str
    day: str
    month: str
    year: str
    filiation: str = "Mère"


LOUANE = Eater("Louane", "10", "mai", "2018")
THEO = Eater("Théo", "12", "juillet", "2013")


@dataclass(frozen=True)
class Newcomer:
    """An adult without an account yet."""

    email: str
    password: str = PASSWORD
    first_name: str = "Camille"
    last_name: str = "Dupont"

    def with_address(self, email: str) -> "Newcomer":
        """The same person with another address."""
        return replace(self, email=email)


def a_newcomer() -> Newcomer:
    """Camille Dupont, with an address that nobody has."""
    return Newcomer(f"camille.{uuid4().hex[:10]}@famille.example")


async def knock(page: Page, newcomer: Newcomer) -> None:
    """From the first page: one's address, then « Créer votre compte »."""
    await page.goto("/")
    await page.get_by_label("Votre adresse e-mail").fill(newcomer.email)
    await page.get_by_role("button", name="Créer votre compte").click()
    await page.get_by_text("Étape 1 sur 3").wait_for()


async def fill_in(page: Page, newcomer: Newcomer) -> None:
    """Only what is required."""
    await box(page, "Prénom").fill(newcomer.first_name)
    await box(page, "Nom").fill(newcomer.last_name)
    await page.get_by_label("Mot de passe").fill(newcomer.password)
    await page.get_by_label("J’accepte les conditions générales").check()


async def register(page: Page, newcomer: Newcomer) -> None:
    """The first of the three steps, from the first page."""
    await knock(page, newcomer)
    await fill_in(page, newcomer)
    await page.get_by_role("button", name=NEXT_STEP).click()
    await page.get_by_text("Étape 2 sur 3").wait_for()


async def add(page: Page, eater: Eater) -> None:
    """One more beneficiary; the family name stands there already."""
    await box(page, "Prénom").fill(eater.first_name)
    await box(page, "Jour").fill(eater.day)
    await page.get_by_label("Mois").select_option(label=eater.month)
    await box(page, "Année").fill(eater.year)
    await page.get_by_label("Type de filiation").select_option(label=eater.filiation)
    await page.get_by_role("button", name="Ajouter cette personne").click()
    await page.get_by_text("est ajoutée à votre liste").wait_for()


async def ask_for(page: Page, commune: str, entry: str, *names: str) -> None:
    """Ask for an entry of a commune, from « Mes services »."""
    await page.get_by_role("link", name=commune, exact=True).click()
    offered = page.get_by_role("group", name=entry)
    for name in names:
        await offered.get_by_label(name).check()
    await page.get_by_role("button", name="Envoyer la demande").click()
    await page.get_by_text("est envoyée à la mairie").wait_for()


async def sign_in_as(page: Page, email: str, password: str) -> None:
    """Through the button at the top right."""
    await page.goto("/")
    await page.get_by_role("banner").get_by_role("link", name="Connexion").click()
    await page.get_by_label("Adresse e-mail").fill(email)
    await page.get_by_label("Mot de passe").fill(password)
    await page.get_by_role("button", name="Se connecter").click()
    await page.wait_for_url(lambda url: "/connexion" not in url)


async def prove_address(portal: Portal, page: Page, email: str) -> None:
    """Follow the link of the letter, signed in as its person."""
    await page.goto(await portal.link_at(email, "Confirmez votre adresse"))
    await page.get_by_role("button", name="Confirmer mon adresse").click()
    await page.get_by_text("Votre adresse e-mail est confirmée").first.wait_for()


def box(page: Page, name: str) -> Locator:
    """A field of text, by the name that a screen reader says."""
    return page.get_by_role("textbox", name=name, exact=True)
