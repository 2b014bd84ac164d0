"""The gateway's table of contents: its screens, and what stands before them."""

from collections.abc import AsyncIterator
from pathlib import Path

from aiohttp import web

from chassis.auth import Signer
from chassis.client import Clients
from chassis.ui import Kit
from gateway.config import GatewaySettings
from gateway.errors import one_line
from gateway.parents import calendar, cart, checkout, home, orders, sign_in
from gateway.parents.words import ORDERS
from gateway.protection import BODY_BYTES_MAX, protect, send_headers
from gateway.sessions import Cookies, Memory, Sessions
from gateway.visit import SITE, Site, for_all, for_family

SCREENS = [
    web.get("/", for_all(home.show)),
    web.get("/connexion", for_all(sign_in.show)),
    web.post("/connexion", for_all(sign_in.sign_in)),
    web.post("/deconnexion", for_all(sign_in.sign_out)),
    web.get("/calendrier", for_family(calendar.show)),
    web.get("/panier", for_family(cart.show)),
    web.post("/panier/retirer", for_family(cart.take_out)),
    web.post("/panier/confirmer", for_family(checkout.confirm)),
    web.post("/panier/{service}", for_family(calendar.add_to_cart)),
    web.get("/commandes", for_family(orders.show_several)),
    web.get("/commandes/{order}", for_family(orders.show)),
]


def make_kit() -> Kit:
    """The kit with the parents' templates, stylesheet and mark."""
    return Kit(
        Path(__file__).parent,
        site="Cantine Facile",
        site_line="Cantine Facile, le portail des repas scolaires de votre commune.",
        mark="mark.svg",
        stylesheets=["parents.css"],
        order_words=ORDERS,
    )


def create_app(settings: GatewaySettings) -> web.Application:
    """The web application. Its clients close with it."""
    clients = Clients(settings.neighbours, Signer(settings.token_signing_key))
    cookies = Cookies(secure=settings.secure)
    kit = make_kit()
    app = web.Application(
        middlewares=[one_line, protect(cookies, settings.public_base_url)],
        client_max_size=BODY_BYTES_MAX,
    )
    app[SITE] = Site(settings, kit, clients, Sessions(clients), cookies, Memory())
    app.on_response_prepare.append(send_headers(secure=settings.secure))
    app.add_routes([*SCREENS, kit.assets.route()])

    async def close_clients(_app: web.Application) -> AsyncIterator[None]:
        yield
        await clients.close()

    app.cleanup_ctx.append(close_clients)
    return app
