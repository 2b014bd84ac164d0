"""Another adult of the household, invited by e-mail to a sign-in of their own."""

from aiohttp import web

from chassis.ui.typed import email_fault
from contracts.accounts import (
    CANCEL_INVITATION,
    INVITE_ADULT,
    ByInvitation,
    HouseholdFull,
    InviteAdult,
    TooManyTries,
)
from contracts.refusal import Malformed, Refusal, Unavailable
from gateway.parents import filiations
from gateway.parents.resend import resend
from gateway.parents.sign_in import wait_told
from gateway.visit import Visit

HERE = "Cette adresse est déjà celle d’un adulte du compte."


async def invite(visit: Visit) -> web.Response:
    """Send an invitation."""
    form = await visit.form()
    email, invitation = form.text("email").strip(), form.id("invitation")
    fault = email_fault(email)
    if fault:
        return await filiations.draw(
            visit, status=422, email=email, invitation=invitation, errors={"email": fault}
        )
    asked = InviteAdult(invitation=invitation, email=email)
    try:
        await visit.ask(INVITE_ADULT, asked)
    except Malformed as refusal:
        if not _is_here(refusal):
            raise
        return await filiations.draw(
            visit, status=422, email=email, invitation=invitation, errors={"email": HERE}
        )
    except (HouseholdFull, TooManyTries) as refusal:
        page = await filiations.draw(
            visit, status=refusal.status, email=email, invitation=invitation, refusal=refusal
        )
        return wait_told(page, refusal)
    except Unavailable as refusal:
        return await resend(visit, refusal, "Envoyer l’invitation", "/mon-compte/filiations")
    return filiations.back_to_list(visit, "invitation")


def _is_here(refusal: Refusal) -> bool:
    """Whether the invited person is an adult of the household already."""
    details = refusal.details
    return isinstance(details, Malformed.Details) and any(
        error.kind == "already_here" for error in details.errors
    )


async def take_back(visit: Visit) -> web.Response:
    """Cancel an invitation that nobody has accepted yet."""
    form = await visit.form()
    await visit.ask(CANCEL_INVITATION, ByInvitation(invitation=form.id("invitation")))
    return filiations.back_to_list(visit, "annulation")
