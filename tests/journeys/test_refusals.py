"""What is refused says why, charges nothing, and keeps what was chosen."""

import asyncio
import re

import pytest

from deploy.local.demo import MONDAY
from tests.journeys.conftest import OpenPage
from tests.journeys.portal import (
    FRIDAY,
    THURSDAY,
    Portal,
    confirm_button,
    fill_cart,
    sign_in,
    text_of,
    tick,
)

pytestmark = pytest.mark.browser


async def test_when_the_last_seat_is_gone_the_cart_says_which_child_and_day(
    portal: Portal, window: OpenPage
):
    canteen = await portal.a_canteen(capacity=2)
    dupont = await portal.a_family(canteen, cents=4000)
    martin = await portal.a_family(canteen, cents=4000, last_name="Martin", children=("Inès",))
    page = await window()
    await sign_in(page, dupont)
    await fill_cart(page, dupont, THURSDAY)
    await portal.books_elsewhere(martin, canteen, THURSDAY)
    await confirm_button(page).click()
    await page.get_by_role("alert").wait_for()
    said = await text_of(page)
    assert re.search(r"Théo, jeudi 3 décembre ?: .*(complet|place)", said, re.I), said
    assert await portal.balance(dupont) == 4000


async def test_a_deadline_that_passed_while_the_page_was_open_is_named(
    portal: Portal, window: OpenPage
):
    canteen = await portal.a_canteen()
    dupont = await portal.a_family(canteen, cents=4000)
    page = await window(javascript=False)
    await sign_in(page, dupont)
    await tick(page, dupont, THURSDAY, FRIDAY)
    await page.get_by_role("button", name="Ajouter au panier").click()
    await page.wait_for_url("**/panier")
    await portal.clock_shows(MONDAY.replace(day=26, hour=10))
    try:
        await confirm_button(page).click()
        await page.get_by_role("alert").wait_for()
        said = await text_of(page)
    finally:
        await portal.clock_shows(MONDAY)
    assert "jusqu’au jeudi 26 novembre" in said, said
    assert "10 h 00" in said, said
    assert await portal.balance(dupont) == 4000


async def test_a_price_that_changed_is_shown_and_confirmed_by_one_more_button(
    portal: Portal, window: OpenPage
):
    canteen = await portal.a_canteen()
    dupont = await portal.a_family(canteen, cents=4000)
    page = await window()
    await sign_in(page, dupont)
    await fill_cart(page, dupont, THURSDAY)
    dearer = type(canteen)(canteen.commune, cents=400, version=2)
    await portal.town_hall.publish(dearer)
    await asyncio.sleep(1.5)
    await confirm_button(page).click()
    await page.get_by_role("alert").wait_for()
    said = await text_of(page)
    assert "4,00 € au lieu de 3,80 €" in said, said
    assert "8,00 € au lieu de 7,60 €" in said, said
    assert await portal.balance(dupont) == 4000
    await page.get_by_role("button", name="Confirmer avec ces nouveaux montants").click()
    await page.wait_for_url("**/commandes/*")
    await page.get_by_text("Confirmée").first.wait_for()
    assert await portal.balance(dupont) == 4000 - 800


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
async def test_credits_too_short_give_the_seats_back_and_say_what_to_do(
    portal: Portal, window: OpenPage, javascript: bool
):
    canteen = await portal.a_canteen()
    dupont = await portal.a_family(canteen, cents=700)
    page = await window(javascript=javascript)
    await sign_in(page, dupont)
    await fill_cart(page, dupont, THURSDAY)
    assert "il manque 0,60 €" in await text_of(page)
    await confirm_button(page).click()
    await page.wait_for_url("**/commandes/*")
    await page.get_by_text("crédits insuffisants").first.wait_for()
    assert "Rien n’a été débité" in await text_of(page)
    assert await portal.balance(dupont) == 700
    (letter,) = await portal.letters_to(dupont, about="Commande")
    assert "Louane" in letter["text"]


async def test_a_cart_changed_in_another_tab_is_shown_before_anything_is_charged(
    portal: Portal, window: OpenPage
):
    canteen = await portal.a_canteen()
    dupont = await portal.a_family(canteen, cents=4000)
    page = await window()
    await sign_in(page, dupont)
    await fill_cart(page, dupont, THURSDAY)
    other = await page.context.new_page()
    await fill_cart(other, dupont, FRIDAY)
    await confirm_button(page).click()
    await page.get_by_role("alert").wait_for()
    said = await text_of(page)
    assert re.search(r"Louane, vendredi 4 décembre.*ajouté", said), said
    assert "15,20 € au lieu de 7,60 €" in said, said
    assert await portal.balance(dupont) == 4000


async def test_two_households_and_one_last_seat_make_one_booking(portal: Portal, window: OpenPage):
    canteen = await portal.a_canteen(capacity=1)
    families = [
        await portal.a_family(canteen, cents=4000, last_name=name, children=("Inès",))
        for name in ("Martin", "Petit")
    ]
    pages = [await window() for _ in families]
    for page, family in zip(pages, families, strict=True):
        await sign_in(page, family)
        await fill_cart(page, family, THURSDAY)
    await asyncio.gather(*(confirm_button(page).click() for page in pages))
    said = []
    for page in pages:
        await page.get_by_text(re.compile("Confirmée|complet", re.I)).first.wait_for()
        said.append(await text_of(page))
    assert sum("Confirmée" in text for text in said) == 1, said
    balances = sorted([await portal.balance(family) for family in families])
    assert balances == [4000 - 380, 4000]
