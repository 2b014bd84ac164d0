"""The first page: how it works for a visitor; what comes next for a family."""

import asyncio
from datetime import timedelta

from aiohttp import web

from contracts.booking import GET_CART, LIST_BOOKINGS, ShowBookings, ShowCart
from contracts.payments import GET_WALLETS, ShowWallets
from gateway.parents.bookings import days_of
from gateway.parents.names import names_of
from gateway.visit import FOLLOW_UP, Visit

STEPS = [
    ("Créez votre compte", "Une adresse e-mail suffit pour commencer."),
    ("La mairie le valide", "Vous recevez un e-mail dès que c’est fait."),
    ("Rechargez vos crédits", "Si vous le souhaitez, en avance."),
    ("Choisissez les dates", "Un jour, une semaine ou tout le mois, pour tous vos enfants."),
    ("Votre enfant mange", "La cuisine sait qui vient : rien à signaler le matin."),
]
"""The path of a family, as the guide draws it."""
AHEAD = timedelta(days=13)
"""The first page shows today and the thirteen days after it."""
DAYS_AT_ONCE = 4
"""Days with meals that are shown without asking for more."""


async def show(visit: Visit) -> web.Response:
    """The page of whoever comes."""
    if visit.session is None:
        return visit.page("welcome.html", steps=STEPS)
    if visit.session.standing != "validated":
        return visit.go(FOLLOW_UP)
    return await _for_family(visit)


async def _for_family(visit: Visit) -> web.Response:
    today = visit.site.clock.today()
    bookings, cart, wallets, names = await asyncio.gather(
        visit.ask_if_there(LIST_BOOKINGS, ShowBookings(first=today, last=today + AHEAD)),
        visit.ask_if_there(GET_CART, ShowCart()),
        visit.ask_if_there(GET_WALLETS, ShowWallets()),
        names_of(visit),
    )
    days = days_of(bookings, names) if bookings else []
    days = [day for day in days if bookings and day.day >= bookings.today]
    return visit.page(
        "home.html",
        days=None if bookings is None else days[:DAYS_AT_ONCE],
        later=days[DAYS_AT_ONCE:],
        today=today,
        names=names,
        cart=cart,
        cart_count=sum(len(part.meals) for part in cart.regies) if cart else 0,
        wallets=wallets,
    )
