"""The page behind an agent's link: a password, a second factor, and recovery codes shown once."""

import io

import segno
from aiohttp import web

from chassis.ui.cookies import hash_of
from chassis.ui.typed import only_faults, password_fault, weakness
from contracts.accounts import (
    BEGIN_ENROLMENT,
    FINISH_ENROLMENT,
    BeginEnrolment,
    CodeRefused,
    Enrolment,
    FinishEnrolment,
    LinkOver,
    PasswordTooWeak,
    TooManyTries,
)
from contracts.refusal import NotFound, Refusal, Unavailable
from services.subscriptions.console.sessions import draw
from services.subscriptions.console.sign_in import CODE_MAX
from services.subscriptions.console.visit import Visit

PATH = "/lien/{secret:[A-Za-z0-9_-]{20,100}}"
REFERRER = "strict-origin"
"""No page or server learns the secret from a link that is followed here."""
NO_CODE = "Indiquez le code à 6 chiffres que montre votre application."
OVER = {
    "used": "Ce lien a déjà servi",
    "expired": "Ce lien n’est plus valable",
    "cancelled": "Ce lien a été remplacé ou annulé",
}
UNKNOWN = "Ce lien n’est pas reconnu"


async def show(visit: Visit) -> web.Response:
    """The password to choose, and the secret for the authenticator."""
    try:
        return _page(visit, await _begin(visit))
    except (LinkOver, NotFound) as refusal:
        return _over(visit, refusal)


async def show_code(visit: Visit) -> web.Response:
    """The secret as a picture for the authenticator's camera; kept by nobody. Raises LinkOver."""
    enrolment = await _begin(visit)
    picture = io.BytesIO()
    segno.make(enrolment.totp_uri, micro=False).save(
        picture, kind="svg", scale=6, border=4, light="#fff", svgclass=None, lineclass=None,
        omitsize=False, xmldecl=False, nl=False,
    )  # fmt: skip
    return _private(web.Response(
        body=picture.getvalue(), headers={"Cache-Control": "no-store"},
        content_type="image/svg+xml",
    ))  # fmt: skip


async def finish(visit: Visit) -> web.Response:
    """Set both, sign in, and show the recovery codes."""
    try:
        enrolment = await _begin(visit)
        return await _finish(visit, enrolment)
    except (LinkOver, NotFound) as refusal:
        return _over(visit, refusal)


async def _finish(visit: Visit, enrolment: Enrolment) -> web.Response:
    form = await visit.form()
    password, code = form.text("password"), form.text("code").strip()
    errors = only_faults({
        "password": password_fault(password),
        "code": NO_CODE if not 0 < len(code) <= CODE_MAX else "",
    })  # fmt: skip
    if errors:
        return _page(visit, enrolment, errors=errors)
    opened = draw(visit.device)
    asked = FinishEnrolment(
        secret_hash=_secret_hash(visit), password=password, code=code, open=opened.asked
    )
    try:
        enrolled = await visit.ask_as_visitor(FINISH_ENROLMENT, asked)
    except PasswordTooWeak as refusal:
        return _page(visit, enrolment, errors={"password": weakness(refusal)})
    except CodeRefused as refusal:
        return _page(visit, enrolment, errors={"code": refusal.sentence})
    except (TooManyTries, Unavailable) as refusal:
        return _page(visit, enrolment, refusal=refusal)
    visit.site.sessions.remember(opened, enrolled.session)
    entered = await visit.become(opened, enrolled.session)
    page = entered.page("codes.html", codes=enrolled.recovery_codes, first_time=True)
    return _private(visit.give(page, opened))


async def _begin(visit: Visit) -> Enrolment:
    return await visit.ask_as_visitor(
        BEGIN_ENROLMENT, BeginEnrolment(secret_hash=_secret_hash(visit))
    )


def _secret_hash(visit: Visit) -> str:
    return hash_of(visit.request.match_info["secret"])


def _page(
    visit: Visit, enrolment: Enrolment, *, errors: dict[str, str] | None = None,
    refusal: Refusal | None = None,
) -> web.Response:  # fmt: skip
    secret = enrolment.totp_secret
    return _private(visit.page(
        "enrolment.html", refusal=refusal, errors=errors or {}, enrolment=enrolment,
        by_four=" ".join(secret[n : n + 4] for n in range(0, len(secret), 4)),
        picture=visit.request.path + "/qr.svg",
    ))  # fmt: skip


def _over(visit: Visit, refusal: Refusal) -> web.Response:
    title = UNKNOWN
    if isinstance(refusal.details, LinkOver.Details):
        title = OVER[refusal.details.why]
    return _private(visit.page("link_over.html", refusal=refusal, heading=title))


def _private(response: web.Response) -> web.Response:
    response.headers["Referrer-Policy"] = REFERRER
    return response
