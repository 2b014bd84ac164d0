"""« Mot de passe oublié ? »: the same answer for every address, known or not."""

from uuid import UUID, uuid4

from aiohttp import web

from chassis.ui.typed import email_fault
from contracts.accounts import ASK_PASSWORD_LINK, AskPasswordLink, TooManyTries
from contracts.refusal import Refusal, Unavailable
from gateway.parents.sign_in import wait_told
from gateway.visit import Visit

SENT = "/mot-de-passe-oublie/envoye"


async def show(visit: Visit) -> web.Response:
    """The form."""
    return _page(visit, "", uuid4())


async def ask(visit: Visit) -> web.Response:
    """Have a link sent, if the address has an account."""
    form = await visit.form()
    email, letter = form.text("email").strip(), form.id("letter")
    if fault := email_fault(email):
        return _page(visit, email, letter, errors={"email": fault})
    asked = AskPasswordLink(letter=letter, email=email, origin=visit.origin)
    try:
        await visit.ask_as_visitor(ASK_PASSWORD_LINK, asked)
    except (TooManyTries, Unavailable) as refusal:
        return wait_told(_page(visit, email, letter, refusal=refusal), refusal)
    return visit.go(SENT)


async def show_sent(visit: Visit) -> web.Response:
    """What comes next; it does not say whether there is an account."""
    return visit.page("forgotten_sent.html")


def _page(
    visit: Visit, email: str, letter: UUID, *, errors: dict[str, str] | None = None,
    refusal: Refusal | None = None,
) -> web.Response:  # fmt: skip
    status = 422 if errors else refusal.status if refusal else 200
    return visit.page(
        "forgotten.html", status=status, email=email, letter=letter, errors=errors or {},
        refusal=refusal,
    )  # fmt: skip
