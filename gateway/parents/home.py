"""The first page: how it works for a visitor; what to do next for a family."""

import asyncio

from aiohttp import web

from contracts.booking import GET_CART, ShowCart
from contracts.payments import GET_WALLETS, ShowWallets
from gateway.visit import Visit

STEPS = [
    ("Créez votre compte", "Une adresse e-mail suffit pour commencer."),
    ("La mairie le valide", "Vous recevez un e-mail dès que c’est fait."),
    ("Rechargez vos crédits", "Si vous le souhaitez, en avance."),
    ("Choisissez les dates", "Un jour, une semaine ou tout le mois, pour tous vos enfants."),
    ("Votre enfant mange", "La cuisine sait qui vient : rien à signaler le matin."),
]
"""The path of a family, as the guide draws it."""


async def show(visit: Visit) -> web.Response:
    """The page of whoever comes."""
    if visit.session is None:
        return visit.page("welcome.html", steps=STEPS)
    cart, wallets = await asyncio.gather(
        visit.ask_if_there(GET_CART, ShowCart()), visit.ask_if_there(GET_WALLETS, ShowWallets())
    )
    count = sum(len(part.meals) for part in cart.regies) if cart else 0
    return visit.page("home.html", cart=cart, cart_count=count, wallets=wallets)
