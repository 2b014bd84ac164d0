"""Until an account is validated: what is done, what is waited for, and for whose act."""

import asyncio
from dataclasses import dataclass
from uuid import uuid4

from aiohttp import web

from contracts.accounts import (
    GET_OWN_FILE,
    HOUSEHOLD_REASONS,
    PROVE_AGAIN,
    HouseholdReason,
    OwnFile,
    ProveAgain,
    ShowOwnFile,
    TooManyTries,
)
from contracts.refusal import Refusal, Unavailable
from contracts.subscriptions import LIST_ACCESS, AccessList, ShowAccess
from gateway.parents.services import Row, groups, to_authority
from gateway.parents.sign_in import wait_told
from gateway.visit import Visit

VALIDATED, PROVED = "/mon-compte", "/mon-compte/adresse-e-mail?fait=confirmee"
DONE = {
    "adresse": "Votre adresse e-mail est confirmée.",
    "lettre": "Un nouvel e-mail vient de partir. Son lien remplace le précédent.",
}
ADVICE: dict[HouseholdReason, str] = {
    "unknown_family": "Vérifiez vos informations et vos filiations, puis demandez un service : "
    "la mairie de votre commune regardera de nouveau.",
    "duplicate": "Connectez-vous avec l’autre compte de votre famille, ou demandez à l’adulte qui "
    "l’a ouvert de vous inviter depuis « Mes filiations ».",
    "incomplete": "Complétez vos informations et vos filiations, puis demandez un service.",
    "outside": "Si votre situation a changé, demandez un service à la commune concernée.",
}
"""What to do after a refusal."""
WITHOUT_SERVICE = "valider votre compte, si vous n’avez besoin d’aucun service pour le moment"


@dataclass(frozen=True)
class Waited:
    """What is waited for, and whose act it is."""

    whose: str
    what: str
    part: str = ""
    """Which buttons stand below: the page knows them by this word."""


async def show(visit: Visit) -> web.Response:
    """Where the account stands; a validated one has its pages instead."""
    if visit.signed_in.standing == "validated":
        proved = visit.request.query.get("fait") == "adresse"
        return visit.go(PROVED if proved else VALIDATED)
    return await draw(visit)


async def draw(visit: Visit, *, refusal: Refusal | None = None) -> web.Response:
    """The page; a refusal says why no letter left."""
    file, access = await asyncio.gather(
        visit.ask(GET_OWN_FILE, ShowOwnFile()), visit.ask_if_there(LIST_ACCESS, ShowAccess())
    )
    rows = groups(file, access or AccessList(access=()))
    return visit.page(
        "follow_up.html", status=refusal.status if refusal else 200, file=file, refusal=refusal,
        waited=waited_for(file, rows) if access else [], rows=rows, letter=uuid4(),
        told=access is not None,
        why=HOUSEHOLD_REASONS.get(file.reason, "") if file.reason else "",
        advice=ADVICE.get(file.reason, "") if file.reason else "",
        done=DONE.get(visit.request.query.get("fait", ""), ""),
    )  # fmt: skip


def waited_for(file: OwnFile, rows: list[tuple[str, list[Row]]]) -> list[Waited]:
    """Each act that is waited for; one's own first."""
    waited = []
    states = {row.access.state for _, those in rows for row in those}
    if file.standing == "address_unproved":
        waited.append(Waited("À vous", "confirmez votre adresse e-mail", "address"))
    if not states & {"pending", "opening", "open"}:
        asked = "demandez un autre service" if rows else "demandez un service"
        waited.append(Waited("À vous", asked, "services"))
        if file.standing != "refused":
            waited.append(Waited("À l’agglomération", WITHOUT_SERVICE))
    waited += [
        Waited(
            to_authority(row.access.authority_label),
            f"valider votre demande {row.access.service_label} / {row.access.category_label} "
            f"pour {name}",
        )
        for name, those in rows
        for row in those
        if row.access.state == "pending"
    ]
    return waited


async def prove_again(visit: Visit) -> web.Response:
    """Send the link that proves the address once more."""
    letter = (await visit.form()).id("letter")
    try:
        await visit.ask(PROVE_AGAIN, ProveAgain(letter=letter))
    except (TooManyTries, Unavailable) as refusal:
        return wait_told(await draw(visit, refusal=refusal), refusal)
    return visit.go("/mon-compte/suivi?fait=lettre")
