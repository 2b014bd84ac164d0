"""An agent signs in with a password and a code, and out."""

from typing import Any

from aiohttp import web

from chassis.ui.protection import local_path
from chassis.ui.typed import PASSWORD_MAX, email_fault, only_faults
from contracts.accounts import CredentialsRefused, TooManyTries
from contracts.refusal import Unavailable
from services.subscriptions.console.sessions import SignIn
from services.subscriptions.console.visit import HOME, SIGN_IN, Visit

CODE_MAX = 20
NO_CODE = "Indiquez le code à 6 chiffres de votre application, ou un code de secours."
WRONG = (
    "L’adresse e-mail, le mot de passe ou le code ne correspond pas. Un code ne sert qu’une fois."
)


def _onward(text: str) -> str:
    path = local_path(text, HOME)
    return path if path.startswith(HOME) else HOME


async def show(visit: Visit) -> web.Response:
    """The form; who is signed in already goes on."""
    onward = _onward(visit.request.query.get("next", ""))
    if visit.session is not None:
        return visit.go(onward)
    return visit.page("sign_in.html", email="", onward=onward)


async def sign_in(visit: Visit) -> web.Response:
    """Open a session under a new token."""
    form = await visit.form()
    typed = SignIn(
        email=form.text("email").strip(), password=form.text("password"),
        code=form.text("code").strip(), origin=visit.origin, device=visit.device,
    )  # fmt: skip
    onward = _onward(form.text("next"))

    def again(status: int = 0, **said: Any) -> web.Response:
        return visit.page("sign_in.html", status=status, email=typed.email, onward=onward, **said)

    errors = only_faults({
        "email": email_fault(typed.email),
        "password": _password_fault(typed.password),
        "code": NO_CODE if not 0 < len(typed.code) <= CODE_MAX else "",
    })  # fmt: skip
    if errors:
        return again(errors=errors)
    try:
        opened = await visit.site.sessions.open(typed)
    except CredentialsRefused:
        return again(403, wrong=WRONG)
    except (TooManyTries, Unavailable) as refusal:
        return again(refusal=refusal)
    await visit.leave()
    return visit.give(visit.go(onward), opened)


def _password_fault(password: str) -> str:
    if not password:
        return "Indiquez votre mot de passe."
    return "Ce mot de passe est trop long." if len(password) > PASSWORD_MAX else ""


async def sign_out(visit: Visit) -> web.Response:
    """Close the session; the cookie leaves even if accounts cannot hear it now."""
    response = visit.go(SIGN_IN)
    await visit.leave()
    visit.site.cookies.clear(response, visit.site.cookies.session)
    return response
