"""« Mon compte »: where the agent is signed in, their roles, new recovery codes."""

from uuid import UUID, uuid4

from aiohttp import web

from chassis.clock import local
from contracts.accounts import (
    CLOSE_AGENT_DEVICE,
    LIST_AGENT_DEVICES,
    RENEW_RECOVERY_CODES,
    CloseAgentDevice,
    CredentialsRefused,
    RenewRecoveryCodes,
    ShowAgentDevices,
    TooManyTries,
)
from contracts.refusal import Refusal, Unavailable
from contracts.values import StaffRole
from services.subscriptions.console.sign_in import sign_out
from services.subscriptions.console.town import Place
from services.subscriptions.console.visit import Visit
from services.subscriptions.console.words import NO_ROLE, roles_in_words

ACCOUNT = "/console/compte"
WRONG = "Ce n’est pas votre mot de passe."
DONE = {"appareil": "Cet appareil est déconnecté. Cela prend effet en moins d’une minute."}


async def show(visit: Visit) -> web.Response:
    """Roles, devices, codes."""
    return await _page(visit)


async def _page(
    visit: Visit, *, renewal: UUID | None = None, errors: dict[str, str] | None = None,
    refusal: Refusal | None = None,
) -> web.Response:  # fmt: skip
    answer = await visit.ask_if_there(LIST_AGENT_DEVICES, ShowAgentDevices())
    own = visit.signed_in.session
    # this device first, the others as accounts lists them: last used first
    devices = sorted(answer.devices, key=lambda d: d.session != own) if answer else None
    places = [(place.label, roles_in_words(_given(visit, place))) for place in visit.town.places]
    return visit.page(
        "own_account.html", refusal=refusal, errors=errors or {}, devices=devices, own=own,
        places=[one for one in places if one[1] != NO_ROLE], local=local,
        renewal=renewal or uuid4(),
        done=DONE.get(visit.request.query.get("fait", ""), ""),
    )  # fmt: skip


def _given(visit: Visit, place: Place) -> frozenset[StaffRole]:
    """The roles that were given there, without those that come from the agglomeration."""
    roles = visit.signed_in.roles
    return frozenset(held.role for held in roles if held.authority == place.authority)


async def close_device(visit: Visit) -> web.Response:
    """Sign out on one device; on this one, that is signing out."""
    session = (await visit.form()).id("session")
    await visit.ask(CLOSE_AGENT_DEVICE, CloseAgentDevice(session=session))
    if session == visit.signed_in.session:
        return await sign_out(visit)
    return visit.go(visit.url(ACCOUNT, fait="appareil"))


async def renew_codes(visit: Visit) -> web.Response:
    """Draw new recovery codes against the password, and show them once."""
    form = await visit.form()
    renewal, password = form.id("renewal"), form.text("password")
    if not password or len(password) > 1_024:
        return await _page(visit, renewal=renewal, errors={"password": WRONG})
    asked = RenewRecoveryCodes(renewal=renewal, password=password)
    try:
        codes = await visit.ask(RENEW_RECOVERY_CODES, asked)
    except CredentialsRefused:
        return await _page(visit, renewal=renewal, errors={"password": WRONG})
    except (TooManyTries, Unavailable) as refusal:
        return await _page(visit, renewal=renewal, refusal=refusal)
    return visit.page("codes.html", codes=codes.recovery_codes, first_time=False)
