"""How one signs in: the devices, the password, the address."""

from uuid import UUID, uuid4

from aiohttp import web

from chassis.clock import local
from chassis.ui.typed import (
    cannot_be_known,
    email_fault,
    only_faults,
    password_fault,
    weakness,
)
from contracts.accounts import (
    CHANGE_EMAIL,
    CHANGE_PASSWORD,
    CLOSE_DEVICE,
    CLOSE_OTHER_DEVICES,
    GET_OWN_FILE,
    LIST_DEVICES,
    ChangeEmail,
    ChangePassword,
    CloseDevice,
    CloseOtherDevices,
    CredentialsRefused,
    PasswordTooWeak,
    ShowDevices,
    ShowOwnFile,
    TooManyTries,
)
from contracts.refusal import Refusal, Unavailable
from gateway.parents.sign_in import wait_told
from gateway.visit import Visit

DEVICES, PASSWORD, EMAIL = (
    "/mon-compte/appareils", "/mon-compte/mot-de-passe", "/mon-compte/adresse-e-mail",
)  # fmt: skip
WRONG = "Ce n’est pas votre mot de passe actuel."
DONE = {
    "appareil": "Cet appareil est déconnecté. Cela prend effet en moins d’une minute.",
    "autres": "Tous les autres appareils sont déconnectés. Cela prend effet en moins d’une minute.",
    "mot-de-passe": "Votre mot de passe est changé. Vos autres appareils sont déconnectés.",
    "confirmee": "Votre adresse e-mail est confirmée.",
    "adresse": "Un lien vient de partir à la nouvelle adresse. Elle remplacera l’ancienne quand "
    "vous l’aurez suivi, dans les 30 minutes.",
}


def _done(visit: Visit) -> str:
    return DONE.get(visit.request.query.get("fait", ""), "")


async def show_devices(visit: Visit) -> web.Response:
    """Where one is signed in."""
    answer = await visit.ask(LIST_DEVICES, ShowDevices())
    own = visit.signed_in.session
    # this device first, the others as accounts lists them: last used first
    devices = sorted(answer.devices, key=lambda device: device.session != own)
    return visit.page("devices.html", devices=devices, own=own, local=local, done=_done(visit))


async def close_device(visit: Visit) -> web.Response:
    """Sign out on one device; on this one, that is signing out."""
    session = (await visit.form()).id("session")
    await visit.ask(CLOSE_DEVICE, CloseDevice(session=session))
    if session == visit.signed_in.session:
        await visit.leave()
        response = visit.go("/")
        visit.site.cookies.clear(response, visit.site.cookies.session)
        return response
    return visit.go(f"{DEVICES}?fait=appareil")


async def close_others(visit: Visit) -> web.Response:
    """Sign out everywhere but here."""
    await visit.ask(CLOSE_OTHER_DEVICES, CloseOtherDevices(current=visit.signed_in.session))
    return visit.go(f"{DEVICES}?fait=autres")


async def show_password(visit: Visit) -> web.Response:
    """The form for another password."""
    return _password_page(visit)


async def change_password(visit: Visit) -> web.Response:
    """Another password, against the current one."""
    form = await visit.form()
    current, password = form.text("current"), form.text("password")
    errors = only_faults({"current": _given(current), "password": password_fault(password)})
    if errors:
        return _password_page(visit, errors=errors)
    session = visit.signed_in
    asked = ChangePassword(
        person=session.person, session=session.session, current=current, password=password
    )
    try:
        await visit.ask(CHANGE_PASSWORD, asked)
    except CredentialsRefused:
        return _password_page(visit, errors={"current": WRONG})
    except PasswordTooWeak as refusal:
        return _password_page(visit, errors={"password": weakness(refusal)})
    except (TooManyTries, Unavailable) as refusal:
        return wait_told(_password_page(visit, refusal=refusal), refusal)
    return visit.go(f"{PASSWORD}?fait=mot-de-passe")


def _given(password: str) -> str:
    if not password:
        return "Indiquez votre mot de passe actuel."
    return WRONG if cannot_be_known(password) else ""


def _password_page(
    visit: Visit, *, errors: dict[str, str] | None = None, refusal: Refusal | None = None
) -> web.Response:
    status = 422 if errors else refusal.status if refusal else 200
    return visit.page(
        "password.html", status=status, errors=errors or {}, refusal=refusal, done=_done(visit)
    )


async def show_email(visit: Visit) -> web.Response:
    """The form for another address."""
    return await _email_page(visit)


async def change_email(visit: Visit) -> web.Response:
    """Have a link sent to another address, against the password."""
    form = await visit.form()
    email, password, letter = form.text("email").strip(), form.text("password"), form.id("letter")
    errors = only_faults({"email": email_fault(email), "password": _given(password)})
    if errors:
        return await _email_page(visit, email, letter, errors=errors)
    try:
        await visit.ask(CHANGE_EMAIL, ChangeEmail(letter=letter, email=email, password=password))
    except CredentialsRefused:
        return await _email_page(visit, email, letter, errors={"password": WRONG})
    except (TooManyTries, Unavailable) as refusal:
        return wait_told(await _email_page(visit, email, letter, refusal=refusal), refusal)
    return visit.go(f"{EMAIL}?fait=adresse")


async def _email_page(
    visit: Visit, email: str = "", letter: UUID | None = None, *,
    errors: dict[str, str] | None = None, refusal: Refusal | None = None,
) -> web.Response:  # fmt: skip
    file = await visit.ask_if_there(GET_OWN_FILE, ShowOwnFile())
    status = 422 if errors else refusal.status if refusal else 200
    return visit.page(
        "email.html", status=status, file=file, email=email, letter=letter or uuid4(),
        errors=errors or {}, refusal=refusal, done=_done(visit),
    )  # fmt: skip


async def show_password_anywhere(visit: Visit) -> web.Response:
    """`/.well-known/change-password`: where password managers send people."""
    return visit.go(PASSWORD)
