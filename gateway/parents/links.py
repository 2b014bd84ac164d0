"""The page behind a link of a letter: looking never uses it, only its button does.

A mail program or a virus scanner may open every link it sees, so nothing happens by GET.
"""

from dataclasses import dataclass, replace
from uuid import UUID, uuid4

from aiohttp import web
from pydantic import ValidationError

from chassis.ui.cookies import hash_of
from chassis.ui.forms import Form
from chassis.ui.typed import cannot_be_known, password_fault, weakness
from contracts.accounts import (
    ACCEPT_INVITATION,
    GET_LINK,
    PROVE_ADDRESS,
    SET_PASSWORD,
    TERMS_VERSION,
    AcceptInvitation,
    AddressTaken,
    BySecret,
    CredentialsRefused,
    LinkOver,
    LinkView,
    PasswordTooWeak,
    ProveAddress,
    SetPassword,
    TooManyTries,
)
from contracts.refusal import Malformed, NotFound, Refusal, Unavailable
from contracts.values import PersonId
from gateway.parents.personal import Personal
from gateway.parents.registration import asked_again, faults, in_order
from gateway.parents.sign_in import wait_told
from gateway.visit import FOLLOW_UP, Visit

PATH = "/lien/{secret:[A-Za-z0-9_-]{20,100}}"
PROVED = f"{FOLLOW_UP}?fait=adresse"
REFERRER = "strict-origin"
"""No page or server learns the secret from a link that is followed here. Under `no-referrer`
browsers would send our own forms with `Origin: null`, as a foreign page's."""
WRONG_PASSWORD = "Ce mot de passe n’est pas celui du compte de cette adresse."  # noqa: S105
OVER = {
    "used": "Ce lien a déjà servi",
    "expired": "Ce lien n’est plus valable",
    "cancelled": "Ce lien a été remplacé ou annulé",
}
UNKNOWN = "Ce lien n’est pas reconnu"


@dataclass(frozen=True)
class Link:
    """What the page behind a link shows."""

    view: LinkView
    typed: Personal
    new: UUID
    terms: bool = False
    errors: dict[str, str] | None = None
    refusal: Refusal | None = None

    def with_fault(self, **errors: str) -> "Link":
        """The same page with a sentence beside a field."""
        return replace(self, errors=errors)


def _secret_hash(visit: Visit) -> str:
    return hash_of(visit.request.match_info["secret"])


async def show(visit: Visit) -> web.Response:
    """What the link will do, and the button that does it."""
    try:
        view = await _look(visit)
    except (LinkOver, NotFound) as refusal:
        return over(visit, refusal)
    return _page(visit, Link(view, Personal(), uuid4()))


async def _look(visit: Visit) -> LinkView:
    return await visit.ask_as_visitor(GET_LINK, BySecret(secret_hash=_secret_hash(visit)))


async def use(visit: Visit) -> web.Response:
    """Do what the link is for."""
    form = await visit.form()
    link = Link(
        _believed(form), Personal.typed(form), form.id("new"), terms=form.text("terms") == "oui"
    )
    try:
        link = replace(link, view=await _look(visit))
        act = {"password": _set_password, "invitation": _accept}.get(link.view.purpose, _prove)
        return await act(visit, link)
    except (LinkOver, NotFound, AddressTaken) as refusal:
        return over(visit, refusal)
    except (TooManyTries, Unavailable) as refusal:
        return wait_told(_page(visit, replace(link, refusal=refusal)), refusal)


def _believed(form: Form) -> LinkView:
    """What the page said of the link, to draw it again while accounts is away."""
    fields = {name: form.text(name) for name in ("purpose", "email", "inviter")}
    try:
        return LinkView.model_validate({**fields, "first_name": form.text("greeted")})
    except ValidationError as error:
        raise Malformed() from error


async def _set_password(visit: Visit, link: Link) -> web.Response:
    password = (await visit.form()).text("password")
    if fault := password_fault(password):
        return _page(visit, link.with_fault(password=fault))
    opened = visit.site.sessions.draw(device=visit.device)
    asked = SetPassword(secret_hash=_secret_hash(visit), password=password, open=opened.asked)
    try:
        session = await visit.ask_as_visitor(SET_PASSWORD, asked)
    except PasswordTooWeak as refusal:
        return _page(visit, link.with_fault(password=weakness(refusal)))
    visit.site.sessions.remember(opened, session)
    return await visit.enter(opened, "/")


async def _accept(visit: Visit, link: Link) -> web.Response:
    form = await visit.form()
    password = form.text("password")
    errors = faults(visit, link.typed, password, form)
    if errors:
        return _page(visit, link.with_fault(**asked_again(errors)))
    opened = visit.site.sessions.draw(device=visit.device)
    asked = AcceptInvitation(
        secret_hash=_secret_hash(visit), person=PersonId(link.new), password=password,
        profile=link.typed.profile(partners_named=bool(visit.site.settings.partners)),
        terms_version=TERMS_VERSION, open=opened.asked,
    )  # fmt: skip
    try:
        session = await visit.ask_as_visitor(ACCEPT_INVITATION, asked)
    except PasswordTooWeak as refusal:
        return _page(visit, link.with_fault(password=weakness(refusal)))
    visit.site.names.drop(session.household)
    visit.site.sessions.remember(opened, session)
    return await visit.enter(opened, "/")


async def _prove(visit: Visit, link: Link) -> web.Response:
    """Prove an address: as the person who is signed in, or with the account's password."""
    secret_hash = _secret_hash(visit)
    if _is_own(visit, link.view):
        await visit.ask(PROVE_ADDRESS, ProveAddress(secret_hash=secret_hash, origin=visit.origin))
        visit.site.names.drop(visit.signed_in.household)
        return visit.go(PROVED)
    password = (await visit.form()).text("password")
    if cannot_be_known(password):
        return _page(visit, link.with_fault(password="Indiquez votre mot de passe."))  # noqa: S106
    asked = ProveAddress(secret_hash=secret_hash, password=password, origin=visit.origin)
    try:
        await visit.ask_as_visitor(PROVE_ADDRESS, asked)
        opened = await visit.site.sessions.open(
            link.view.email, password, visit.origin, keep=False, device=visit.device
        )
    except CredentialsRefused:
        return _page(visit, link.with_fault(password=WRONG_PASSWORD))
    return await visit.enter(opened, PROVED)


def _is_own(visit: Visit, view: LinkView) -> bool:
    return visit.session is not None and visit.session.person == view.person


def _page(visit: Visit, link: Link) -> web.Response:
    status = 422 if link.errors else link.refusal.status if link.refusal else 200
    return _private(visit.page(
        "link.html", status=status, link=link, view=link.view, errors=in_order(link.errors or {}),
        own=_is_own(visit, link.view), partners=visit.site.settings.partners,
    ))  # fmt: skip


def over(visit: Visit, refusal: Refusal) -> web.Response:
    """Why the link does nothing any more, and how to get another."""
    title = UNKNOWN if isinstance(refusal, NotFound) else ""
    if isinstance(refusal.details, LinkOver.Details):
        title = OVER[refusal.details.why]
    return _private(
        visit.page("link_over.html", status=refusal.status, refusal=refusal, heading=title)
    )


def _private(response: web.Response) -> web.Response:
    response.headers["Referrer-Policy"] = REFERRER
    return response
