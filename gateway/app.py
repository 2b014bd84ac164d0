"""The gateway's table of contents: its screens, and what stands before them."""

from collections.abc import AsyncIterator
from pathlib import Path

from aiohttp import web

from chassis.auth import Signer
from chassis.client import Clients
from chassis.clock import TownClock
from chassis.ui import Kit
from chassis.ui.cookies import Cookies
from chassis.ui.memory import Memory
from chassis.ui.origin import Origins
from chassis.ui.protection import BODY_BYTES_MAX, protect, send_headers
from gateway.config import GatewaySettings
from gateway.console import Passage
from gateway.errors import answer_always
from gateway.parents import (
    access,
    account,
    bookings,
    calendar,
    cancelling,
    cart,
    checkout,
    credits,
    filiations,
    follow_up,
    forgotten,
    history,
    home,
    invitations,
    links,
    orders,
    profile,
    registration,
    services,
    sign_in,
    terms,
)
from gateway.parents.words import ORDERS, of_authority, place_unsaid
from gateway.sessions import Sessions
from gateway.visit import FOLLOW_UP, SITE, Site, for_all, for_family, for_household

ENTRANCE = [
    web.get("/conditions", for_all(terms.show_conditions)),
    web.get("/confidentialite", for_all(terms.show_privacy)),
    web.get("/connexion", for_all(sign_in.show)),
    web.post("/connexion", for_all(sign_in.sign_in)),
    web.post("/deconnexion", for_all(sign_in.sign_out)),
    web.get("/mot-de-passe-oublie", for_all(forgotten.show)),
    web.post("/mot-de-passe-oublie", for_all(forgotten.ask)),
    web.get(forgotten.SENT, for_all(forgotten.show_sent)),
    web.get(links.PATH, for_all(links.show)),
    web.post(links.PATH, for_all(links.use)),
    web.get("/creer-un-compte", for_all(registration.show)),
    web.post("/creer-un-compte", for_all(registration.register)),
    web.get("/.well-known/change-password", for_all(access.show_password_anywhere)),
]
"""Before one is signed in."""

FILE = [
    *(
        route
        for base in (filiations.REGISTRATION, filiations.ACCOUNT)
        for route in (
            web.get(f"{base}/filiations", for_household(filiations.show)),
            web.post(f"{base}/filiations", for_household(filiations.add)),
            web.get(f"{base}/filiations/{{beneficiary}}", for_household(filiations.show_one)),
            web.post(f"{base}/filiations/{{beneficiary}}", for_household(filiations.correct)),
            web.get(
                f"{base}/filiations/{{beneficiary}}/retirer",
                for_household(filiations.ask_to_retire),
            ),
            web.post(
                f"{base}/filiations/{{beneficiary}}/retirer", for_household(filiations.retire)
            ),
            web.get(f"{base}/services", for_household(services.show)),
            web.post(f"{base}/services", for_household(services.ask)),
            web.post(f"{base}/services/retirer", for_household(services.withdraw)),
        )
    ),
    web.post("/mon-compte/invitations", for_household(invitations.invite)),
    web.post("/mon-compte/invitations/annuler", for_household(invitations.take_back)),
    web.get(FOLLOW_UP, for_household(follow_up.show)),
    web.post(f"{FOLLOW_UP}/renvoyer", for_household(follow_up.prove_again)),
    web.get(access.DEVICES, for_household(access.show_devices)),
    web.post(f"{access.DEVICES}/fermer", for_household(access.close_device)),
    web.post(f"{access.DEVICES}/fermer-les-autres", for_household(access.close_others)),
    web.get(access.PASSWORD, for_household(access.show_password)),
    web.post(access.PASSWORD, for_household(access.change_password)),
    web.get(access.EMAIL, for_household(access.show_email)),
    web.post(access.EMAIL, for_household(access.change_email)),
]
"""One's own file, open to who still waits too."""

SCREENS = [
    web.get("/", for_all(home.show)),
    web.get("/calendrier", for_family(calendar.show)),
    web.get("/panier", for_family(cart.show)),
    web.post("/panier/retirer", for_family(cart.take_out)),
    web.post("/panier/confirmer", for_family(checkout.confirm)),
    web.post("/panier/{service}", for_family(calendar.add_to_cart)),
    web.get("/commandes", for_family(orders.show_several)),
    web.get("/commandes/{order}", for_family(orders.show)),
    web.post("/calendrier/cocher", for_family(calendar.tick)),
    web.get("/annuler/{order}/{line}", for_family(cancelling.ask)),
    web.post("/annuler/{order}/{line}", for_family(cancelling.cancel)),
    web.get("/annulations/{cancellation}", for_family(cancelling.show)),
    web.get("/mon-compte", for_family(account.show)),
    web.get("/mon-compte/reservations", for_family(bookings.show)),
    web.get("/mon-compte/commandes", for_family(history.show)),
    web.get("/mon-compte/credits", for_family(credits.show)),
    web.get("/mon-compte/credits/{regie}", for_family(credits.show_movements)),
    web.get("/mon-compte/informations", for_household(profile.show)),
    web.post("/mon-compte/informations", for_household(profile.change)),
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
        of_authority=of_authority,
        place_unsaid=place_unsaid,
    )


def create_app(settings: GatewaySettings) -> web.Application:
    """The web application. Its clients close with it."""
    clients = Clients(settings.neighbours, Signer(settings.token_signing_key))
    cookies = Cookies(secure=settings.secure)
    clock = TownClock(clients)
    origins = Origins(settings.token_signing_key, settings.trusted_proxies)
    kit = make_kit()
    console = Passage(settings.subscriptions_url)
    checked = protect(cookies, settings.public_base_url, unless=[console.hand_through])
    app = web.Application(
        middlewares=[answer_always, checked],
        client_max_size=BODY_BYTES_MAX,
    )
    app[SITE] = Site(settings, kit, clients, Sessions(clients), cookies, Memory(), clock, origins)
    app.on_response_prepare.append(send_headers(secure=settings.secure))
    app.add_routes([*ENTRANCE, *FILE, *SCREENS, *console.routes(), kit.assets.route()])

    async def close_clients(_app: web.Application) -> AsyncIterator[None]:
        yield
        await clock.stop()
        await clients.close()

    app.cleanup_ctx.extend([close_clients, console.life])
    return app
