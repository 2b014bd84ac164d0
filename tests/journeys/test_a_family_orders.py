"""The guide's example, from the door to the e-mail."""

import asyncio
from html import unescape

import pytest

from tests.journeys.conftest import OpenPage
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


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
async def test_louane_and_theo_eat_on_two_dates_for_15_20_from_credits_loaded_at_the_desk(
    portal: Portal, window: OpenPage, javascript: bool
):
    canteen = await portal.a_canteen()
    dupont = await portal.a_family(canteen, cents=4000)
    page = await window(javascript=javascript)
    await sign_in(page, dupont)
    await fill_cart(page, dupont, THURSDAY, FRIDAY)
    cart = await text_of(page)
    for shown in ("Bénéficiaire : Louane Dupont", "Bénéficiaire : Théo Dupont", "3,80 €",
                  "TOTAL 15,20 €", "(4 produits)", "40,00 € disponibles", "il restera 24,80 €",
                  "jeudi 3 et vendredi 4 décembre 2026"):  # fmt: skip
        assert shown in cart, cart
    await confirm_button(page).click()
    await page.wait_for_url("**/commandes/*")
    await page.get_by_text("Confirmée").first.wait_for()
    order = await text_of(page)
    assert "15,20 €" in order
    assert "24,80 €" in order
    assert await portal.balance(dupont) == 4000 - 1520
    (letter,) = await portal.letters_to(dupont, about="Commande")
    for part in ("text", "html"):
        said = " ".join(unescape(letter[part]).split())
        for shown in ("Louane", "Théo", "jeudi 3 décembre 2026", "vendredi 4 décembre 2026",
                      "15,20 €", page.url):  # fmt: skip
            assert shown in said, said
    assert "Louane" not in letter["subject"]


async def test_a_waiting_order_says_so_and_becomes_confirmed_without_a_click(
    portal: Portal, window: OpenPage
):
    canteen = await portal.a_canteen()
    dupont = await portal.a_family(canteen, cents=4000)
    page = await window()
    await sign_in(page, dupont)
    await fill_cart(page, dupont, THURSDAY)
    portal.stack.pause("payments")
    try:
        await confirm_button(page).click()
        await page.wait_for_url("**/commandes/*")
        await page.get_by_text("En cours de confirmation").first.wait_for()
    finally:
        portal.stack.resume("payments")
    await page.get_by_text("Confirmée").first.wait_for()
    assert await portal.balance(dupont) == 4000 - 760


async def test_a_double_click_makes_one_order(portal: Portal, window: OpenPage):
    canteen = await portal.a_canteen()
    dupont = await portal.a_family(canteen, cents=4000)
    page = await window(javascript=False)  # no script holds the second click back
    await sign_in(page, dupont)
    await fill_cart(page, dupont, THURSDAY)
    await confirm_button(page).dblclick(no_wait_after=True)
    await page.wait_for_url("**/commandes/*")
    await page.reload()
    await page.get_by_text("Confirmée").first.wait_for()
    await asyncio.sleep(1)
    assert await portal.balance(dupont) == 4000 - 760
    assert len(await portal.letters_to(dupont, about="Commande")) == 1


async def test_going_back_and_confirming_again_leads_to_the_same_order(
    portal: Portal, window: OpenPage
):
    canteen = await portal.a_canteen()
    dupont = await portal.a_family(canteen, cents=4000)
    page = await window(javascript=False)
    await sign_in(page, dupont)
    await fill_cart(page, dupont, THURSDAY)
    fields = {
        name: await page.locator(f"form.pay input[name={name}]").first.input_value()
        for name in ("csrf", "checkout", "part")
    }
    await confirm_button(page).click()
    await page.wait_for_url("**/commandes/*")
    first = page.url
    again = await page.request.post(
        "/panier/confirmer", form=fields | {"moyen": "credits"}, max_redirects=0,
        headers={"Origin": portal.address},
    )  # fmt: skip
    assert again.status == 303
    assert first.endswith(again.headers["location"])
    await page.go_back()
    assert "Votre panier est vide" in await text_of(page)
    assert await portal.balance(dupont) == 4000 - 760
