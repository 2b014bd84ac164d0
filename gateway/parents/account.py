"""The hub behind one's own name: every page of the account, with its essential figure."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

from aiohttp import web

from chassis.ui import french
from contracts.accounts import LIST_DEVICES, Devices, ShowDevices
from contracts.booking import (
    LIST_BOOKINGS,
    LIST_ORDERS,
    Bookings,
    Orders,
    ShowBookings,
    ShowOrders,
)
from contracts.payments import GET_WALLETS, ShowWallets, Wallets
from contracts.subscriptions import LIST_ACCESS, AccessList, ShowAccess
from gateway.parents.names import Names, names_of
from gateway.parents.words import ORDERS, product
from gateway.visit import Visit

AHEAD = timedelta(days=60)
"""How far the next meal is looked for."""
AWAY = "Non affiché pour le moment."


@dataclass(frozen=True)
class Tile:
    """One page of the account, and what it says today."""

    href: str
    title: str
    figure: str
    more: list[str] = field(default_factory=list)


async def show(visit: Visit) -> web.Response:
    """Everything at a glance; what a service does not tell now is said so."""
    today = visit.site.clock.today()
    ahead = ShowBookings(first=today, last=today + AHEAD, limit=50)
    names, bookings, orders, wallets, access, devices = await asyncio.gather(
        names_of(visit),
        visit.ask_if_there(LIST_BOOKINGS, ahead),
        visit.ask_if_there(LIST_ORDERS, ShowOrders(limit=1)),
        visit.ask_if_there(GET_WALLETS, ShowWallets()),
        visit.ask_if_there(LIST_ACCESS, ShowAccess()),
        visit.ask_if_there(LIST_DEVICES, ShowDevices()),
    )
    tiles = [
        _bookings(bookings, names),
        _orders(orders),
        _credits(wallets),
        Tile("/mon-compte/informations", "Mes informations", _own_name(visit)),
        _eaters(names),
        _services(access),
        _devices(devices),
    ]
    return visit.page("account.html", tiles=tiles)


def _own_name(visit: Visit) -> str:
    session = visit.session
    return f"{session.first_name} {session.last_name}" if session else ""


def _bookings(bookings: Bookings | None, names: Names) -> Tile:
    title, href = "Mes réservations", "/mon-compte/reservations"
    if bookings is None:
        return Tile(href, title, AWAY)
    ahead = [meal for meal in bookings.bookings if meal.day >= bookings.today]
    if not ahead:
        return Tile(href, title, "Aucun repas réservé.")
    day = ahead[0].day
    names.number(meal.beneficiary for meal in ahead)
    of_day = sorted((m for m in ahead if m.day == day), key=lambda m: names.order(m.beneficiary))
    told = dict.fromkeys(
        f"{names.first(m.beneficiary)}, {product(m.service_name, m.session)}" for m in of_day
    )
    return Tile(href, title, french.day_of_year(day).capitalize(), list(told)[:3])


def _orders(orders: Orders | None) -> Tile:
    title, href = "Mes commandes", "/mon-compte/commandes"
    if orders is None:
        return Tile(href, title, AWAY)
    if not orders.orders:
        return Tile(href, title, "Aucune commande.")
    last = orders.orders[0]
    state = f"{last.authority_name}{french.NBSP}: {ORDERS[last.state].lower()}"
    return Tile(href, title, f"La dernière, {french.day_of_year(last.placed.date())}", [state])


def _credits(wallets: Wallets | None) -> Tile:
    title, href = "Mes crédits", "/mon-compte/credits"
    if wallets is None:
        return Tile(href, title, AWAY)
    if not wallets.wallets:
        return Tile(href, title, "Aucun crédit.")
    lines = [
        f"{w.label}{french.NBSP}: {french.money(w.available_cents)}" for w in wallets.wallets
    ]  # fmt: skip
    return Tile(href, title, lines[0], lines[1:4])


def _eaters(names: Names) -> Tile:
    title, href = "Mes filiations", "/mon-compte/filiations"
    if not names.known:
        return Tile(href, title, AWAY)
    firsts = [names.first(b.beneficiary) for b in names.eaters]
    return Tile(href, title, french.listing(firsts) or "Personne n’est encore inscrit.")


def _services(access: AccessList | None) -> Tile:
    title, href = "Mes services", "/mon-compte/services"
    if access is None:
        return Tile(href, title, AWAY)
    states = [row.state for row in access.access]
    waiting = sum(state in ("pending", "opening") for state in states)
    figure = french.count(states.count("open"), "accès validé", "accès validés")
    return Tile(href, title, figure, [f"{waiting} en attente"] if waiting else [])


def _devices(devices: Devices | None) -> Tile:
    title, href = "Mes appareils", "/mon-compte/appareils"
    if devices is None:
        return Tile(href, title, AWAY)
    count = len(devices.devices)
    return Tile(href, title, french.count(count, "appareil connecté", "appareils connectés"))
