"""A whole registration without touching a mouse: Tab, Space, Enter and letters."""

import pytest
from playwright.async_api import Page

from tests.journeys.conftest import OpenPage
from tests.journeys.newcomers import PASSWORD, a_newcomer
from tests.journeys.portal import Portal, text_of

pytestmark = pytest.mark.browser
FOCUSED = """() => {
  const e = document.activeElement;
  const label = e.labels?.[0]?.innerText ?? e.innerText ?? "";
  return [label.replace(/\\s+/g, " ").trim(), e.matches(":focus-visible")];
}"""
FARTHEST = 80


class Keys:
    """Somebody who only has a keyboard."""

    def __init__(self, page: Page):
        self.page = page

    async def reach(self, name: str) -> None:
        """Tab on until what is focused is called so; one always sees where one is."""
        met = []
        for _ in range(FARTHEST):
            await self.page.keyboard.press("Tab")
            label, is_seen = await self.page.evaluate(FOCUSED)
            assert is_seen, label
            met.append(label)
            if label.startswith(name):
                return
        raise AssertionError(f"« {name} » is not among {met}")

    async def write(self, name: str, text: str) -> None:
        """Fill a field, or choose in a list by its first letters."""
        await self.reach(name)
        await self.page.keyboard.type(text)

    async def press(self, name: str, key: str = "Enter") -> None:
        """Press what is called so."""
        await self.reach(name)
        await self.page.keyboard.press(key)


async def test_an_account_is_opened_with_the_keyboard_alone(portal: Portal, window: OpenPage):
    canteen = await portal.a_canteen()
    camille = a_newcomer()
    page = await window()
    keys = Keys(page)
    await page.goto("/")
    await keys.write("Votre adresse e-mail", camille.email)
    await keys.press("Créer votre compte")
    await page.get_by_text("Étape 1 sur 3").wait_for()
    await keys.press("Mme", "Space")
    await keys.write("Prénom", "Camille")
    await keys.write("Nom", "Dupont")
    await keys.write("Mot de passe", PASSWORD)
    await keys.write("Jour", "3")
    await keys.write("Mois", "mars")
    await keys.write("Année", "1987")
    await keys.press("S’inscrire à la newsletter", "Space")
    await keys.press("J’accepte les conditions", "Space")
    await keys.press("Enregistrer et continuer")
    await page.get_by_text("Étape 2 sur 3").wait_for()
    await keys.write("Prénom", "Louane")
    await keys.write("Jour", "10")
    await keys.write("Mois", "mai")
    await keys.write("Année", "2018")
    await keys.write("Type de filiation", "mè")
    await keys.press("Ajouter cette personne")
    await page.get_by_text("est ajoutée à votre liste").wait_for()
    assert "10 mai 2018 Mère" in await text_of(page)
    await keys.press("Continuer")
    await page.get_by_text("Étape 3 sur 3").wait_for()
    await keys.press(canteen.commune)
    await page.wait_for_url("**/services?commune=*")
    await keys.press("Louane Dupont", "Space")
    await keys.press("Envoyer la demande")
    await page.get_by_text("est envoyée à la mairie").wait_for()
    await keys.press("Terminer")
    await page.wait_for_url("**/mon-compte/suivi")
    said = await text_of(page)
    assert f"À {canteen.commune} : valider votre demande" in said, said
