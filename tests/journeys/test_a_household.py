"""Two adults of one household; a child who leaves its list."""

from uuid import uuid4

import pytest

from tests.journeys.conftest import OpenPage
from tests.journeys.newcomers import PASSWORD, a_newcomer, box, register
from tests.journeys.portal import (
    FRIDAY,
    THURSDAY,
    Portal,
    confirm_button,
    fill_cart,
    sign_in,
    text_of,
)

pytestmark = pytest.mark.browser


async def test_a_second_adult_joins_by_e_mail_orders_and_the_history_says_who(
    portal: Portal, window: OpenPage
):
    dupont = await portal.a_family(await portal.a_canteen(), cents=4000)
    alex = f"alex.{uuid4().hex[:8]}@famille.example"
    camille_s, alex_s = await window(), await window()
    await sign_in(camille_s, dupont)
    await camille_s.goto("/mon-compte/filiations")
    await box(camille_s, "Son adresse e-mail").fill(alex)
    await camille_s.get_by_role("button", name="Envoyer l’invitation").click()
    await camille_s.get_by_text("L’invitation part par e-mail").wait_for()
    assert f"{alex} Invitation envoyée" in await text_of(camille_s)
    await camille_s.goto("/")

    await alex_s.goto(await portal.link_at(alex))
    await alex_s.get_by_role("heading", name="Camille Dupont vous invite").wait_for()
    await box(alex_s, "Prénom").fill("Alex")
    await box(alex_s, "Nom").fill("Martin")
    await alex_s.get_by_label("Mot de passe").fill(PASSWORD)
    await alex_s.get_by_label("J’accepte les conditions générales").check()
    await alex_s.get_by_role("button", name="Rejoindre ce compte").click()
    await alex_s.get_by_role("heading", name="Bonjour Alex").wait_for()
    await fill_cart(alex_s, dupont, THURSDAY)
    await confirm_button(alex_s).click()
    await alex_s.wait_for_url("**/commandes/*")
    await alex_s.get_by_text("Confirmée").first.wait_for()
    assert "par Alex" in await text_of(alex_s)

    await camille_s.goto("/mon-compte/commandes")
    said = await text_of(camille_s)
    assert "par Alex" in said, said
    await camille_s.goto("/mon-compte/filiations")
    assert f"Alex Martin {alex}" in await text_of(camille_s)
    for address in (dupont.email, alex):
        await portal.one_letter(address, "Commande confirmée")


async def test_an_invitation_leaves_once_whoever_invites_has_proved_an_address(
    portal: Portal, window: OpenPage
):
    camille, alex = a_newcomer(), a_newcomer()
    page = await window(javascript=False)
    await register(page, camille)
    await page.goto("/mon-compte/filiations")
    await box(page, "Son adresse e-mail").fill(alex.email)
    await page.get_by_role("button", name="Envoyer l’invitation").click()
    await page.get_by_text("L’invitation part").wait_for()
    link = await portal.link_at(camille.email, "Confirmez votre adresse")
    assert await portal.letters_now(alex.email) == []
    await page.goto(link)
    await page.get_by_role("button", name="Confirmer mon adresse").click()
    await page.goto(await portal.link_at(alex.email, "invit"))
    await page.get_by_text("vous quitterez ce compte").wait_for()


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
async def test_a_child_with_meals_ahead_stays_on_the_list_until_they_are_cancelled(
    portal: Portal, window: OpenPage, javascript: bool
):
    canteen = await portal.a_canteen()
    dupont = await portal.a_family(canteen, cents=4000)
    await portal.books_elsewhere(dupont, canteen, THURSDAY, FRIDAY)
    page = await window(javascript=javascript)
    await sign_in(page, dupont)
    await page.goto("/mon-compte/filiations")
    await page.get_by_role("link", name="Supprimer Louane Dupont").click()
    await page.get_by_role("button", name="Supprimer de ma liste").click()
    await page.get_by_role("alert").wait_for()
    said = await text_of(page)
    assert "Louane mange encore : jeudi 3 et vendredi 4 décembre" in said, said
    await page.get_by_role("link", name="Voir et annuler ses réservations").click()
    for day in ("jeudi 3 décembre", "vendredi 4 décembre"):
        await page.goto("/mon-compte/reservations?mois=2026-12")
        links = page.get_by_role("link", name="Annuler : Louane")
        await links.filter(has_text=day).click()
        await page.get_by_role("button", name="Annuler ce repas").click()
        await page.get_by_text("+3,80 €").first.wait_for()
    await page.goto("/mon-compte/filiations")
    await page.get_by_role("link", name="Supprimer Louane Dupont").click()
    await page.get_by_role("button", name="Supprimer de ma liste").click()
    await page.get_by_text("n’est plus dans votre liste").wait_for()
    assert await page.get_by_role("link", name="Modifier Louane Dupont").count() == 0
    assert await page.get_by_role("link", name="Modifier Théo Dupont").count() == 1
    await page.goto("/mon-compte/reservations?mois=2026-12")
    said = await text_of(page)
    assert "Théo" in said, said
    assert "Louane" not in said, said
