"""Signing in and out."""

from collections.abc import Mapping

from aiohttp import web

from chassis.ui.protection import local_path
from chassis.ui.typed import cannot_be_known, email_fault
from contracts.accounts import CredentialsRefused, TooManyTries
from contracts.refusal import Refusal, Unavailable
from gateway.visit import Visit

NO_ERRORS: Mapping[str, str] = {}


async def show(visit: Visit) -> web.Response:
    """The form; who is signed in already goes on."""
    onward = local_path(visit.request.query.get("next", ""))
    if visit.session is not None:
        return visit.go(onward)
    return visit.page("sign_in.html", email="", onward=onward, keep=False, errors={}, refusal=None)


async def sign_in(visit: Visit) -> web.Response:
    """Open a session under a new token."""
    form = await visit.form()
    email, password = form.text("email").strip(), form.text("password")
    onward, keep = local_path(form.text("next")), form.text("keep") == "oui"

    def again(
        status: int, *, refusal: Refusal | None = None, errors: Mapping[str, str] = NO_ERRORS
    ) -> web.Response:
        return visit.page(
            "sign_in.html", status=status, email=email, onward=onward, keep=keep,
            errors=errors, refusal=refusal,
        )  # fmt: skip

    errors = _faults(email, password)
    if errors:
        return again(422, errors=errors)
    try:
        opened = await visit.site.sessions.open(
            email, password, visit.origin, keep=keep, device=visit.device
        )
    except (CredentialsRefused, TooManyTries, Unavailable) as refusal:
        return wait_told(again(refusal.status, refusal=refusal), refusal)
    return await visit.enter(opened, onward)


def wait_told(response: web.Response, refusal: Refusal) -> web.Response:
    """The same answer, which also tells programs how long to wait."""
    if isinstance(refusal.details, TooManyTries.Details):
        response.headers["Retry-After"] = str(refusal.details.retry_seconds)
    return response


def _faults(email: str, password: str) -> dict[str, str]:
    errors = {}
    if fault := email_fault(email):
        errors["email"] = fault
    if not password:
        errors["password"] = "Indiquez votre mot de passe."  # noqa: S105
    elif cannot_be_known(password):
        errors["password"] = "Ce n’est pas un mot de passe possible. Tapez-le de nouveau."  # noqa: S105
    return errors


async def sign_out(visit: Visit) -> web.Response:
    """Close the session; the cookie leaves even if accounts cannot hear it now."""
    response = visit.go("/")
    await visit.leave()
    visit.site.cookies.clear(response, visit.site.cookies.session)
    return response
