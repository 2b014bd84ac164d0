"""Opening an account, first step: who one is. Two more steps add those who eat and services."""

from uuid import UUID, uuid4

from aiohttp import web

from chassis.ui.forms import Form
from chassis.ui.typed import email_fault, only_faults, password_fault, weakness
from contracts.accounts import (
    REGISTER,
    TERMS_VERSION,
    CredentialsRefused,
    NewSession,
    PasswordTooWeak,
    Register,
    TooManyTries,
)
from contracts.refusal import Refusal, Unavailable
from contracts.values import PersonId
from gateway.parents.personal import Personal
from gateway.parents.sign_in import wait_told
from gateway.visit import Visit

STEPS = ["Infos personnelles", "Mes filiations", "Mes services"]
NEXT_STEP = "/creer-un-compte/filiations"
SENT_BEFORE = (
    "Un premier envoi est déjà arrivé avec un autre mot de passe. Connectez-vous avec celui-là, "
    "ou choisissez-en un ici pour recommencer."
)
TERMS_FAULT = "Acceptez les conditions pour continuer."
TYPE_AGAIN = "Tapez de nouveau le mot de passe : cette page ne le garde pas."


async def show(visit: Visit) -> web.Response:
    """The empty form; who is signed in has done this step."""
    if visit.session is not None:
        return visit.go(NEXT_STEP)
    return _page(visit, Personal(), "")


async def register(visit: Visit) -> web.Response:
    """Open the account and sign in. From the first page, only the address comes along."""
    form = await visit.form()
    email = form.text("email").strip()
    if form.text("start"):
        return _page(visit, Personal(), email)
    typed, password, registration = Personal.typed(form), form.text("password"), form.id("new")
    terms = form.text("terms") == "oui"
    errors = faults(visit, typed, password, form) | only_faults({"email": email_fault(email)})

    def again(status: int, errors: dict[str, str], refusal: Refusal | None) -> web.Response:
        return _page(
            visit, typed, email, new=registration, terms=terms, errors=errors, refusal=refusal,
            status=status,
        )  # fmt: skip

    if errors:
        return again(422, asked_again(errors), None)
    opened = visit.site.sessions.draw(device=visit.device)
    asked = _asked(visit, PersonId(registration), opened.asked, typed, email, password)
    try:
        session = await visit.ask_as_visitor(REGISTER, asked)
    except PasswordTooWeak as refusal:
        return again(refusal.status, {"password": weakness(refusal)}, None)
    except CredentialsRefused:
        registration = uuid4()
        return again(409, {"password": SENT_BEFORE}, None)
    except (TooManyTries, Unavailable) as refusal:
        return wait_told(again(refusal.status, {}, refusal), refusal)
    visit.site.sessions.remember(opened, session)
    return await visit.enter(opened, NEXT_STEP)


def faults(visit: Visit, typed: Personal, password: str, form: Form) -> dict[str, str]:
    """What is wrong in a form that opens an account."""
    return typed.faults(visit.site.clock.today()) | only_faults({
        "password": password_fault(password),
        "terms": "" if form.text("terms") == "oui" else TERMS_FAULT,
    })  # fmt: skip


def asked_again(errors: dict[str, str]) -> dict[str, str]:
    """The errors of a page that comes back without the password: that field says so too."""
    return {"password": TYPE_AGAIN} | errors


def _asked(
    visit: Visit, registration: PersonId, session: NewSession, typed: Personal, email: str,
    password: str,
) -> Register:  # fmt: skip
    return Register(
        registration=registration, open=session, email=email, password=password,
        profile=typed.profile(partners_named=bool(visit.site.settings.partners)),
        terms_version=TERMS_VERSION, origin=visit.origin,
    )  # fmt: skip


def _page(
    visit: Visit,
    typed: Personal,
    email: str,
    *,
    new: UUID | None = None,
    terms: bool = False,
    errors: dict[str, str] | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
) -> web.Response:
    return visit.page(
        "registration.html", status=status, typed=typed, email=email, new=new or uuid4(),
        terms=terms, errors=in_order(errors or {}), refusal=refusal, steps=STEPS,
        partners=visit.site.settings.partners,
    )  # fmt: skip


FIELDS = ("first_name", "last_name", "email", "password", "birth", "company_name", "siret", "terms")


def in_order(errors: dict[str, str]) -> dict[str, str]:
    """Errors in the order of the fields on the page, as the summary lists them."""
    return {name: errors[name] for name in FIELDS if name in errors}
