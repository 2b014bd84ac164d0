"""The demonstration holds together: the guide's communes, households in every state, once."""

import asyncio
import os
import secrets
from collections import Counter
from collections.abc import AsyncIterator
from datetime import date

import pytest

from contracts.accounts import GET_OWN_FILE, ShowOwnFile
from contracts.booking import (
    GET_CALENDAR,
    GET_CART,
    LIST_ORDERS,
    ShowCalendar,
    ShowCart,
    ShowOrders,
)
from contracts.payments import GET_WALLETS, ShowWallets
from deploy.local import demo
from deploy.local.demo.communes import COMMUNES, GARDERIE_AIGUILHE, SERVICES
from deploy.local.demo.established import BENALI, DUPONT, ELAMRANI, FAURE, MARTIN, MOREAU, PETIT
from deploy.local.demo.loading import Loading
from deploy.local.demo.newcomers import LEROY, MERCIER, NEWCOMERS
from deploy.local.letters import all_letters
from deploy.local.places import LOCAL
from deploy.local.servers import Servers
from deploy.local.stack import Stack
from deploy.local.town_hall import TownHall
from services.booking.domain.rules import deadline_of, serving_days

GUIDE = {
    "Aiguilhe": {"Réservation tardive garderie", "Résidents"},
    "Blavozy": {
        "Commune 3 enfants", "Hors commune 3 enfants", "Résidents commune",
        "Résidents hors commune",
    },
    "Mairie Saint-Étienne-Lardeyrol": {"Adultes"},
    "Mairie Brives-Charensac": {
        "1 parent travaillant à Brives", "Hors commune", "Résidant commune", "Tarif réduit",
    },
    "Mairie Coubon": {"Adulte", "Enfant commune", "Enfant hors commune"},
    "Mairie de Craponne-sur-Arzon": {"Adultes", "Enfants"},
    "Mairie de Polignac": {"Adultes", "Enfants"},
    "Mairie de Rosières": {"Enfants", "Adultes"},
}  # fmt: skip
ASKS = [ask for household in demo.HOUSEHOLDS for ask in household.asks]


def test_the_eight_communes_have_at_least_the_entries_of_the_guide():
    offered = {
        commune.label: {e.label for s in SERVICES if s.town == commune for e in s.entries}
        for commune in COMMUNES
    }
    assert offered.keys() == GUIDE.keys()
    for label, entries in GUIDE.items():
        assert entries <= offered[label], label


def test_the_canteen_of_aiguilhe_costs_what_the_guide_says():
    (cantine,) = [s for s in SERVICES if s.label == "Cantine d’Aiguilhe"]
    assert cantine.entry("Résidents").cents == 380


def test_each_commune_has_a_regie_of_its_own_and_no_two_things_share_an_id():
    ids = [i for commune in COMMUNES for i in (commune.authority, commune.regie)]
    ids += [service.service for service in SERVICES]
    ids += [i for h in demo.HOUSEHOLDS for i in (h.person, h.household)]
    assert len(set(ids)) == len(ids)
    eaters = Counter(b.beneficiary for h in demo.HOUSEHOLDS for b in h.beneficiaries)
    assert [eater for eater, count in eaters.items() if count > 1] == [MOREAU.child("Lina")]
    assert BENALI.child("Lina") == MOREAU.child("Lina")


def test_every_reglement_serves_on_days_of_this_school_year_and_deadlines_differ():
    for service in SERVICES:
        assert len(serving_days(service.regulation())) > 100, service.label
        assert len({entry.category for entry in service.entries}) == len(service.entries)
    assert len({service.book for service in SERVICES}) >= 3


def test_every_state_of_a_household_and_of_a_request_is_shown():
    assert len(demo.HOUSEHOLDS) >= 21
    assert {ask.verdict for ask in ASKS} == {"approved", "refused", "withdrawn", None}
    assert {h.by for h in demo.HOUSEHOLDS} == {"taken over", "registering"}
    waiting = [h for h in NEWCOMERS if h.proved and not h.judged]
    assert any(not h.asks for h in waiting)
    assert any(ask.verdict is None for h in waiting for ask in h.asks)
    assert any(h.judged for h in NEWCOMERS)
    assert any(not h.proved for h in demo.HOUSEHOLDS)
    assert any(not h.password for h in demo.HOUSEHOLDS)
    assert any(h.company for h in demo.HOUSEHOLDS)
    assert any(len(h.eaters) >= 5 for h in demo.HOUSEHOLDS)
    assert any(h.other for h in demo.HOUSEHOLDS)
    assert any(order.cancelled for h in demo.HOUSEHOLDS for order in h.orders)
    filiations = {eater.filiation for h in demo.HOUSEHOLDS for eater in h.eaters}
    assert filiations == {
        "pere", "mere", "tuteur", "grand_parent", "assistant_familial", "moi_meme", "autre",
    }  # fmt: skip


def test_every_order_of_the_past_could_be_placed_on_its_monday():
    for household in demo.HOUSEHOLDS:
        rights = {
            (ask.eater, ask.service.service) for ask in household.asks if ask.verdict == "approved"
        }
        chosen = [(o.on, o.meals) for o in household.orders]
        chosen += [(demo.MONDAY, meals) for meals in household.cart]
        for moment, meals in chosen:
            regulation = meals.service.regulation()
            assert set(meals.days) <= set(serving_days(regulation)), (household.email, meals)
            assert set(meals.sessions) <= set(meals.service.sessions)
            assert {(eater, meals.service.service) for eater in meals.eaters} <= rights
            late = [day for day in meals.days if moment >= deadline_of(regulation, "book", day)]
            assert not late, (household.email, late)


@pytest.fixture(scope="module")
async def loaded() -> AsyncIterator[tuple[Stack, TownHall]]:
    """The whole portal with its demonstration, on databases and a vhost of its own."""
    servers = Servers(
        os.environ["POSTGRES_URL"], os.environ["AMQP_URL"], os.environ["RABBITMQ_MANAGEMENT_URL"]
    )
    prefix = f"d{secrets.token_hex(3)}_"
    stack = Stack(servers, LOCAL / f"demo-{prefix.strip('_')}", prefix)
    await stack.start()
    try:
        await demo.load(stack)
        async with TownHall(stack) as town_hall:
            yield stack, town_hall
    finally:
        await stack.remove()


@pytest.mark.slow
async def test_every_standing_and_every_state_of_a_request_is_there(
    loaded: tuple[Stack, TownHall],
):
    _, town_hall = loaded
    files = {
        h.email: await town_hall.clients.call(GET_OWN_FILE, ShowOwnFile(), h.applicant)
        for h in demo.HOUSEHOLDS
    }
    assert {file.standing for file in files.values()} == {
        "address_unproved", "waiting", "refused", "validated",
    }  # fmt: skip
    assert files[MERCIER.email].standing == "waiting"
    assert files[LEROY.email].standing == "refused"
    assert not files[FAURE.email].has_password
    assert len(files[DUPONT.email].household.adults) == 2
    states = {
        access.state
        for household in demo.HOUSEHOLDS
        for access in await town_hall.access_of(household.applicant)
    }
    assert states == {"pending", "open", "refused", "ended"}


@pytest.mark.slow
async def test_orders_credits_carts_and_a_full_evening_are_there(loaded: tuple[Stack, TownHall]):
    call = loaded[1].clients.call
    wallets = (await call(GET_WALLETS, ShowWallets(), DUPONT.caller)).wallets
    assert {w.label: w.balance_cents for w in wallets} == {
        "Régie d’Aiguilhe": 4000, "Régie de Coubon": 650,
    }  # fmt: skip
    orders = (await call(LIST_ORDERS, ShowOrders(), MARTIN.caller)).orders
    assert [order.state for order in orders] == ["released", "confirmed", "confirmed"]
    assert len((await call(GET_CART, ShowCart(), ELAMRANI.caller)).regies) == 3
    assert (await call(GET_CART, ShowCart(), PETIT.caller)).cents > 10_000
    assert (await call(GET_CART, ShowCart(), DUPONT.caller)).regies == ()
    november = await call(GET_CALENDAR, ShowCalendar(day=date(2026, 11, 1)), DUPONT.caller)
    assert november.today == date(2026, 11, 16)
    evenings = [
        cell.state
        for month in november.services
        if month.service == GARDERIE_AIGUILHE.service
        for cell in month.beneficiaries[0].cells
        if (cell.day, cell.session) == (date(2026, 11, 26), "soir")
    ]
    assert evenings == ["full"]


@pytest.mark.slow
async def test_loading_again_and_going_on_after_an_interruption_change_nothing(
    loaded: tuple[Stack, TownHall],
):
    stack, town_hall = loaded
    before = await _seen(stack, town_hall)
    lines = await demo.load(stack)
    assert any(demo.PASSWORD in line for line in lines)
    assert await _seen(stack, town_hall) == before
    await Loading(stack, town_hall).run()  # as if the end had not been reached
    assert await _seen(stack, town_hall) == before


async def _seen(stack: Stack, town_hall: TownHall) -> dict[str, list[object]]:
    """What every household sees of itself, and how many e-mails arrived once no more do."""
    seen: dict[str, list[object]] = {}
    call = town_hall.clients.call
    for family in demo.HOUSEHOLDS:
        seen[family.email] = [
            await call(GET_OWN_FILE, ShowOwnFile(), family.applicant),
            await town_hall.access_of(family.applicant),
            await call(LIST_ORDERS, ShowOrders(), family.caller),
            await call(GET_CART, ShowCart(), family.caller),
            await call(GET_WALLETS, ShowWallets(), family.caller),
        ]
    counted = [-1]
    while len(counted) < 3 or len(set(counted[-3:])) > 1:
        await asyncio.sleep(1)  # the timer that sends looks more often than that
        counted.append(len(await all_letters(stack.url("mailbox"))))
    return seen | {"letters": counted[-1:]}
