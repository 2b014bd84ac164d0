"""« Mes informations »: what one said of oneself, shown and corrected."""

from collections.abc import Mapping

from aiohttp import web

from contracts.accounts import CHANGE_PROFILE, GET_OWN_FILE, ChangeProfile, OwnFile, ShowOwnFile
from contracts.refusal import Unavailable
from gateway.parents.personal import Personal
from gateway.parents.resend import resend
from gateway.visit import Visit

NO_ERRORS: Mapping[str, str] = {}
HERE = "/mon-compte/informations"


async def show(visit: Visit) -> web.Response:
    """What accounts knows."""
    own = await visit.ask(GET_OWN_FILE, ShowOwnFile())
    return _draw(visit, own, Personal.known(own.profile), saved="garde" in visit.request.query)


async def change(visit: Visit) -> web.Response:
    """Save the corrections; what is wrong is said beside its field, what was typed is kept."""
    typed = Personal.typed(await visit.form())
    errors = typed.faults(visit.site.clock.today())
    if errors:
        own = await visit.ask_if_there(GET_OWN_FILE, ShowOwnFile())
        return _draw(visit, own, typed, errors=errors)
    profile = typed.profile(partners_named=bool(visit.site.settings.partners))
    try:
        await visit.ask(
            CHANGE_PROFILE, ChangeProfile(person=visit.signed_in.person, profile=profile)
        )
    except Unavailable as refusal:
        return await resend(visit, refusal, "Enregistrer", HERE)
    # the next page shows the new name, in its text and in the menu
    visit.site.names.drop(visit.signed_in.household)
    visit.site.sessions.forget(visit.token)
    return visit.go(f"{HERE}?garde=oui")


def _draw(
    visit: Visit,
    own: OwnFile | None,
    typed: Personal,
    *,
    errors: Mapping[str, str] = NO_ERRORS,
    saved: bool = False,
) -> web.Response:
    return visit.page(
        "profile.html",
        status=422 if errors else 200,
        own=own,
        typed=typed,
        errors=errors,
        saved=saved,
        partners=visit.site.settings.partners,
    )
