"""A canteen and a garderie at Aiguilhe, a canteen at Coubon: one calendar, one cart, two régies."""

from dataclasses import replace
from uuid import uuid4

import pytest
from playwright.async_api import Locator, Page

from contracts.subscriptions import Wish
from deploy.local.communes import Commune, Entry, Service
from deploy.local.demo.communes import CANTINE_AIGUILHE, CANTINE_COUBON, GARDERIE_AIGUILHE
from deploy.local.families import Family
from tests.journeys.conftest import OpenPage
from tests.journeys.portal import PASSWORD, Portal, confirm_button, sign_in, text_of

pytestmark = pytest.mark.browser
WITH_AND_WITHOUT = pytest.mark.parametrize(
    "javascript", [True, False], ids=["with scripts", "without scripts"]
)


class TwoCommunes:
    """Communes of their own, in which the Petits have every service."""

    def __init__(self, portal: Portal) -> None:
        mark = uuid4().hex[:4]
        aiguilhe = Commune(f"Aiguilhe {mark}", f"Aiguilhe {mark}")
        coubon = Commune(f"Coubon {mark}", f"Mairie Coubon {mark}")
        self.portal = portal
        self.canteen = replace(CANTINE_AIGUILHE, town=aiguilhe)
        self.garderie = replace(GARDERIE_AIGUILHE, town=aiguilhe)
        self.coubon = replace(CANTINE_COUBON, town=coubon)
        self.family = Family(f"petit.{mark}@famille.example", PASSWORD, "Léa", "Petit",
                             (("Jade", None),))  # fmt: skip

    async def open(self) -> None:
        """Everything is published, asked for, approved; 50 € at each desk."""
        town_hall, family = self.portal.town_hall, self.family
        held: list[tuple[Service, Entry]] = [
            (self.canteen, self.canteen.entries[0]), (self.garderie, self.garderie.entries[0]),
            (self.coubon, self.coubon.entry("Enfant hors commune")),
        ]  # fmt: skip
        for service, _ in held:
            await town_hall.open_commune(service.town)
            await town_hall.publish(service)
        await town_hall.take_over(family)
        await town_hall.ask_access(family, [
            Wish(beneficiary=family.child("Jade"), service=service.service,
                 category=entry.category)
            for service, entry in held
        ])  # fmt: skip
        await self.portal.approve_requests(family.household)
        for desk in (self.canteen, self.coubon):
            await town_hall.take_cash(family, desk, 5000)


def month_of(page: Page, service: Service) -> Locator:
    """The calendar of one service."""
    return page.get_by_role("region", name=service.label)


async def to_cart(page: Page, service: Service) -> None:
    """Add what is ticked in one service's calendar."""
    await month_of(page, service).get_by_role("button", name="Ajouter au panier").click()
    await page.wait_for_url("**/panier")


@WITH_AND_WITHOUT
async def test_a_cart_over_two_communes_is_paid_regie_by_regie_on_one_page(
    portal: Portal, window: OpenPage, javascript: bool
):
    towns = TwoCommunes(portal)
    await towns.open()
    page = await window(javascript=javascript)
    await sign_in(page, towns.family)
    for service, boxes in (
        (towns.canteen, ("jeudi 3 décembre",)),
        (towns.garderie, ("jeudi 3 décembre, matin", "jeudi 3 décembre, soir")),
        (towns.coubon, ("vendredi 4 décembre",)),
    ):
        await page.goto("/calendrier?mois=2026-12")
        for name in boxes:
            await month_of(page, service).get_by_role("checkbox", name=f"Jade, {name}").check()
        await to_cart(page, service)
    said = await text_of(page)
    for shown in (f"{towns.garderie.label}, matin", f"{towns.garderie.label}, soir",
                  f"TTC, {towns.canteen.town.label} 7,40 €",
                  f"TTC, {towns.coubon.town.label} 4,50 €", "TOTAL 11,90 €",
                  "(4 produits)", "il restera 42,60 €", "il restera 45,50 €"):  # fmt: skip
        assert shown in said, said
    await confirm_button(page).click()
    await page.wait_for_url("**/commandes?*")
    for heading in (towns.canteen.town.label, towns.coubon.town.label):
        part = page.get_by_role("region", name=heading)
        await part.get_by_text("Confirmée").first.wait_for()
    said = await text_of(page)
    for shown in ("42,60 €", "45,50 €", "matin", "soir"):
        assert shown in said, said
    assert len(await portal.letters_to(towns.family, 2, "Commande confirmée")) == 2


@WITH_AND_WITHOUT
async def test_a_week_and_a_month_are_ticked_in_one_click(
    portal: Portal, window: OpenPage, javascript: bool
):
    towns = TwoCommunes(portal)
    await towns.open()
    page = await window(javascript=javascript)
    await sign_in(page, towns.family)
    await page.goto("/calendrier?mois=2026-12")
    evening = "Tous les jours de la semaine du 7 décembre, Jade, soir"
    await month_of(page, towns.garderie).get_by_role("button", name=evening).click()
    ticked = month_of(page, towns.garderie).get_by_role("checkbox", checked=True)
    assert await ticked.count() == 4
    await to_cart(page, towns.garderie)
    assert "lundi 7, mardi 8, jeudi 10 et vendredi 11 décembre 2026" in await text_of(page)
    await page.goto("/calendrier?mois=2026-12")
    await month_of(page, towns.coubon).get_by_role("button", name="Tout le mois").click()
    ticked = month_of(page, towns.coubon).get_by_role("checkbox", checked=True)
    assert await ticked.count() == 11
    await to_cart(page, towns.coubon)
    assert "(15 produits)" in await text_of(page)
