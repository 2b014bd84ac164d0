"""The console's table of contents: its screens, and what stands before them."""

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
from chassis.ui.protection import protect, send_headers
from services.subscriptions.config import SubscriptionsSettings
from services.subscriptions.console import (
    account,
    accounts,
    acts,
    enrolment,
    forgotten,
    home,
    kitchen,
    requests,
    services,
    sign_in,
    team,
)
from services.subscriptions.console.desk import (
    calendar,
    cart,
    file,
    orders,
    search,
    till,
)
from services.subscriptions.console.desk.acting import FAMILY, for_family, for_file, for_till
from services.subscriptions.console.errors import answer_always
from services.subscriptions.console.opening import screens as opening
from services.subscriptions.console.sessions import Sessions
from services.subscriptions.console.town import MENU
from services.subscriptions.console.visit import (
    HOME,
    SITE,
    Site,
    for_agent,
    for_all,
    for_signed_in,
)

PATH = "/console"
GATEWAY_ALONE = 1
"""Of X-Forwarded-For, what the gateway wrote is believed: one address, the browser's."""


async def _go_home(_request: web.Request) -> web.Response:
    return web.Response(status=303, headers={"Location": HOME})


ENTRANCE = [
    web.get("", _go_home),
    web.get("/connexion", for_all(sign_in.show)),
    web.post("/connexion", for_all(sign_in.sign_in)),
    web.post("/deconnexion", for_all(sign_in.sign_out)),
    web.get(forgotten.PATH, for_all(forgotten.show)),
    web.post(forgotten.PATH, for_all(forgotten.ask)),
    web.get(f"{forgotten.PATH}/envoye", for_all(forgotten.show_sent)),
    web.get(enrolment.PATH, for_all(enrolment.show)),
    web.get(f"{enrolment.PATH}/qr.svg", for_all(enrolment.show_code)),
    web.post(enrolment.PATH, for_all(enrolment.finish)),
]
"""Before one is signed in."""

OWN = [
    web.get("/compte", for_signed_in(account.show)),
    web.post("/compte/appareils/fermer", for_signed_in(account.close_device)),
    web.post("/compte/codes", for_signed_in(account.renew_codes)),
]
"""The agent's own, whatever their roles."""

SCREENS = [
    web.get("/", for_agent(home.show, anew=True)),
    web.get("/demandes", for_agent(requests.preview)),
    web.post("/demandes/accepter", for_agent(requests.accept)),
    web.post("/demandes/refuser", for_agent(requests.refuse)),
    web.get("/demandes/{request}", for_agent(requests.show)),
    web.get("/comptes/{household}", for_agent(accounts.show)),
    web.post("/comptes/{household}/valider", for_agent(accounts.validate)),
    web.post("/comptes/{household}/refuser", for_agent(accounts.refuse)),
    web.get("/equipe", for_agent(team.show)),
    web.get("/equipe/inviter", for_agent(team.show_invitation)),
    web.post("/equipe/inviter", for_agent(team.invite)),
    web.get("/equipe/{agent}", for_agent(team.show_one)),
    web.post("/equipe/{agent}", for_agent(team.change)),
    web.post("/equipe/{agent}/renvoyer", for_agent(team.invite_again)),
    web.get("/actes", for_agent(acts.show)),
]
"""What agents work with. Further screens are listed here, and in the menu of `town.py`."""

DESK = [
    web.get("/familles", for_agent(search.show)),
    web.post("/familles", for_agent(search.look)),
    web.get(FAMILY, for_agent(for_file(file.show))),
    web.get(f"{FAMILY}/reserver", for_agent(for_family(calendar.show))),
    web.post(f"{FAMILY}/reserver", for_agent(for_family(calendar.choose))),
    web.get(f"{FAMILY}/panier", for_agent(for_family(cart.show))),
    web.post(f"{FAMILY}/confirmer", for_agent(for_family(cart.confirm))),
    web.get(f"{FAMILY}/commandes/{{order}}", for_agent(for_family(orders.show))),
    web.get(f"{FAMILY}/annuler/{{order}}", for_agent(for_family(orders.ask))),
    web.post(f"{FAMILY}/annuler/{{order}}", for_agent(for_family(orders.cancel))),
    web.get(
        f"{FAMILY}/annulations/{{cancellation}}", for_agent(for_family(orders.show_cancellation))
    ),
    web.get(f"{FAMILY}/encaisser", for_agent(for_till(till.show))),
    web.post(f"{FAMILY}/encaisser", for_agent(for_till(till.check))),
    web.post(f"{FAMILY}/encaisser/confirmer", for_agent(for_till(till.take))),
    web.get("/regie", for_agent(till.choose)),
    web.get("/regie/recus/{top_up}", for_agent(till.show_receipt)),
    web.get("/regie/{regie}", for_agent(till.show_takings)),
]
"""Families, what is done for them, and their money."""

TOWN = [
    web.get("/services", for_agent(services.show)),
    web.get("/services/ouvrir", for_agent(opening.show)),
    web.post("/services/ouvrir", for_agent(opening.publish)),
    web.get("/services/{service}/modifier", for_agent(opening.show)),
    web.post("/services/{service}/modifier", for_agent(opening.publish)),
    web.get("/cuisine", for_agent(kitchen.show)),
    web.get("/cuisine/{service}/{session}", for_agent(kitchen.show_list)),
]
"""What an authority offers, and how many eat."""


def make_kit() -> Kit:
    """The kit with the console's templates and stylesheet."""
    return Kit(
        Path(__file__).parent,
        prefix=f"{PATH}/static",
        site="Cantine Facile",
        site_line="Cantine Facile, l’espace des mairies.",
        home=HOME,
        mark="mark.svg",
        stylesheets=["console.css", "desk.css"],
        menu=MENU,
    )


def create_app(settings: SubscriptionsSettings) -> web.Application:
    """The pages under /console. Their clients close with them."""
    clients = Clients(settings.neighbours, Signer(settings.token_signing_key))
    cookies = Cookies(
        secure=settings.secure, session="agent", visitor="agent-visitor", same_site="Strict"
    )
    clock = TownClock(clients)
    origins = Origins(settings.token_signing_key, GATEWAY_ALONE)
    kit = make_kit()
    app = web.Application(middlewares=[answer_always, protect(cookies, settings.public_base_url)])
    app[SITE] = Site(settings, kit, clients, Sessions(clients), cookies, Memory(), clock, origins)
    app.on_response_prepare.append(send_headers(secure=settings.secure))
    app[search.SEARCHES] = Memory(search.KEPT_SECONDS, search.KEPT)
    app.add_routes(
        [*ENTRANCE, *OWN, *SCREENS, *DESK, *TOWN, web.get("/static/{name}", kit.assets.serve)]
    )

    async def close_clients(_app: web.Application) -> AsyncIterator[None]:
        yield
        await clock.stop()
        await clients.close()

    app.cleanup_ctx.append(close_clients)
    return app
