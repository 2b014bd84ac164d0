"""An agent's « Mot de passe oublié ? »: the same answer for every address, known or not."""

from uuid import UUID, uuid4

from aiohttp import web

from chassis.ui.typed import email_fault
from contracts.accounts import ASK_AGENT_LINK, AskAgentLink, TooManyTries
from contracts.refusal import Refusal, Unavailable
from services.subscriptions.console.visit import Visit

PATH = "/mot-de-passe-oublie"
SENT = f"/console{PATH}/envoye"


async def show(visit: Visit) -> web.Response:
    """The form."""
    return _page(visit, visit.session.email if visit.session else "", uuid4())


async def ask(visit: Visit) -> web.Response:
    """Have a link sent, if the address is an agent's."""
    form = await visit.form()
    email, letter = form.text("email").strip(), form.id("letter")
    if fault := email_fault(email):
        return _page(visit, email, letter, errors={"email": fault})
    asked = AskAgentLink(letter=letter, email=email, origin=visit.origin)
    try:
        await visit.ask_as_visitor(ASK_AGENT_LINK, asked)
    except (TooManyTries, Unavailable) as refusal:
        return _page(visit, email, letter, refusal=refusal)
    return visit.go(SENT)


async def show_sent(visit: Visit) -> web.Response:
    """What comes next; it does not say whether there is an account."""
    return visit.page("link_sent.html")


def _page(
    visit: Visit, email: str, letter: UUID, *, errors: dict[str, str] | None = None,
    refusal: Refusal | None = None,
) -> web.Response:  # fmt: skip
    return visit.page(
        "forgotten.html", refusal=refusal, email=email, letter=letter, errors=errors or {}
    )
