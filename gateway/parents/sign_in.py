"""Signing in and out."""

from collections.abc import Mapping
from contextlib import suppress

from aiohttp import web

from contracts.accounts import CredentialsRefused
from contracts.refusal import Refusal, Unavailable
from gateway.protection import local_path
from gateway.visit import Visit

EMAIL_MAX = 254
PASSWORD_MAX = 1_024
NO_ERRORS: Mapping[str, str] = {}


async def show(visit: Visit) -> web.Response:
    """The form; who is signed in already goes on."""
    onward = local_path(visit.request.query.get("next", ""))
    if visit.session is not None:
        return visit.go(onward)
    return visit.page("sign_in.html", email="", onward=onward, keep=False, errors={}, refusal=None)


async def sign_in(visit: Visit) -> web.Response:
    """Open a session under a new token. From the first page, only the address comes along."""
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

    if form.text("start"):
        return again(200)
    errors = _missing(email, password)
    if errors:
        return again(422, errors=errors)
    try:
        token = await visit.site.sessions.open(email, password, keep=keep)
    except (CredentialsRefused, Unavailable) as refusal:
        return again(refusal.status, refusal=refusal)
    response = visit.go(onward)
    await _leave(visit)
    visit.site.cookies.set(response, visit.site.cookies.session, token, keep=keep)
    visit.site.cookies.clear(response, visit.site.cookies.visitor)
    return response


def _missing(email: str, password: str) -> dict[str, str]:
    errors = {}
    if "@" not in email or len(email) > EMAIL_MAX:
        errors["email"] = "Indiquez une adresse e-mail, comme prenom.nom@exemple.fr."
    if not password:
        errors["password"] = "Indiquez votre mot de passe."  # noqa: S105
    elif len(password) > PASSWORD_MAX:
        errors["password"] = "Ce mot de passe est trop long."  # noqa: S105
    return errors


async def sign_out(visit: Visit) -> web.Response:
    """Close the session; the cookie leaves even if accounts cannot hear it now."""
    response = visit.go("/")
    await _leave(visit)
    visit.site.cookies.clear(response, visit.site.cookies.session)
    return response


async def _leave(visit: Visit) -> None:
    """Close the session that the browser came with, if any."""
    if visit.session is not None:
        visit.site.names.drop(visit.session.household)
        with suppress(Unavailable):
            await visit.site.sessions.close(visit.token)
