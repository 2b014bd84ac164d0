"""« Mes services »: what was asked for and what came of it; asking for more, or for less."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID, uuid4, uuid5

from aiohttp import web
from pydantic import ValidationError

from contracts.accounts import (
    GET_OWN_FILE,
    SAVE_BENEFICIARY,
    Beneficiary,
    HouseholdFull,
    OwnFile,
    SaveBeneficiary,
    ShowOwnFile,
)
from contracts.refusal import Malformed, NotFound, Refusal, SameIdOtherContent, Unavailable
from contracts.subscriptions import (
    ACCESS_REASONS,
    ASK_ACCESS,
    LIST_ACCESS,
    LIST_OFFERS,
    WITHDRAW_REQUEST,
    Access,
    AccessList,
    AccessState,
    AlreadyAsked,
    AskAccess,
    OfferedEntry,
    OfferedService,
    OfferingAuthority,
    Offers,
    RequestsJudged,
    ShowAccess,
    ShowOffers,
    Wish,
    WithdrawRequest,
)
from contracts.values import BeneficiaryId, RequestId, ServiceId
from gateway.parents.filiations import base_of
from gateway.parents.registration import STEPS
from gateway.parents.resend import resend
from gateway.visit import Visit

STATES: dict[AccessState, str] = {
    "pending": "En attente",
    "opening": "Activation en cours",
    "open": "Validé",
    "refused": "Refusé",
    "withdrawn": "Retiré",
    "ended": "Terminé",
}
"""The guide's words for a row of « Mes services »."""
TONES: dict[AccessState, str] = {"open": "good", "refused": "stop", "ended": "", "withdrawn": ""}
TAKEN = frozenset({"pending", "opening", "open"})
"""An entry in one of these states is not offered again."""
MYSELF = "moi"
DONE = {
    "demande": "Votre demande est envoyée à la mairie. Vous recevrez sa réponse par e-mail.",
    "retrait": "La demande est retirée.",
}
NOTHING_TICKED = "Cochez au moins une personne devant une entrée."
WISHES_MAX = 50
TOO_MANY_TICKED = "Cochez 50 cases au plus à la fois."
SENT_BEFORE = "Une demande est déjà partie de cette page. Vérifiez la liste avant de recommencer."


@dataclass(frozen=True)
class Row:
    """One request or right, in words."""

    access: Access
    word: str
    tone: str
    why: str


@dataclass(frozen=True)
class Choice:
    """A person for whom an entry may be asked; nobody asks twice for the same."""

    who: str
    value: str
    taken: str
    """The word of the state in which this person has the entry already."""


@dataclass(frozen=True)
class Entry:
    """An entry that at least one person may ask for."""

    offered: OfferedEntry
    choices: list[Choice]


@dataclass(frozen=True)
class Offer:
    """A service of the commune that was chosen."""

    service: OfferedService
    entries: list[Entry]


@dataclass(frozen=True)
class Known:
    """What the neighbours said for one page."""

    file: OwnFile
    access: AccessList
    offers: Offers | None


async def show(visit: Visit) -> web.Response:
    """The rows, and the form of the commune that the address names."""
    return await draw(visit, visit.request.query.get("commune", ""))


async def draw(
    visit: Visit,
    commune: str,
    *,
    batch: UUID | None = None,
    ticked: frozenset[str] = frozenset(),
    status: int = 200,
    **said: object,
) -> web.Response:
    """The page; `said` is what a refusal adds to it."""
    file, access, offers = await asyncio.gather(
        visit.ask(GET_OWN_FILE, ShowOwnFile()),
        visit.ask(LIST_ACCESS, ShowAccess()),
        visit.ask_if_there(LIST_OFFERS, ShowOffers()),
    )
    chosen = _chosen(offers, commune)
    content: dict[str, object] = {"errors": {}, "refusal": None, "about": ""} | said
    return visit.page(
        "services.html", status=status, groups=groups(file, access), offers=offers, chosen=chosen,
        offered=_offered(chosen, Known(file, access, offers)) if chosen else [], ticked=ticked,
        batch=batch or uuid4(), base=base_of(visit), steps=STEPS,
        done=DONE.get(visit.request.query.get("fait", ""), ""), **content,
    )  # fmt: skip


def groups(file: OwnFile, access: AccessList) -> list[tuple[str, list[Row]]]:
    """The rows of each person, eldest first; who has left the list comes last."""
    everyone = {b.beneficiary: b for b in (*file.household.beneficiaries, *file.household.former)}
    rows: dict[BeneficiaryId, list[Row]] = {who: [] for who in everyone}
    for one in access.access:
        if one.state != "withdrawn":
            rows.setdefault(one.beneficiary, []).append(row(one))
    names = {who: f"{b.first_name} {b.last_name}" for who, b in everyone.items()}
    return [(names.get(who, "Une autre personne"), those) for who, those in rows.items() if those]


def row(access: Access) -> Row:
    """A request or right in words."""
    why = f"Motif : {ACCESS_REASONS[access.reason]}." if access.reason else ""
    return Row(access, STATES[access.state], TONES.get(access.state, "wait"), why)


def to_authority(label: str) -> str:
    """« À la mairie de Polignac », « À Aiguilhe »: whose act it is, however it is called."""
    name = label.removeprefix("Mairie").removeprefix("MAIRIE")
    return f"À {label}" if name == label else f"À la mairie{name}"


def _chosen(offers: Offers | None, commune: str) -> OfferingAuthority | None:
    if offers is None:
        return None
    return next((a for a in offers.authorities if str(a.authority) == commune), None)


def _offered(authority: OfferingAuthority, known: Known) -> list[Offer]:
    """What may still be asked for: an entry that everybody has or asked for is left out."""
    taken = {
        (one.beneficiary, one.service, one.category): STATES[one.state]
        for one in known.access.access
        if one.state in TAKEN
    }
    offered = []
    for service in authority.services:
        # the cheapest first: children's meals cost less than their parents'
        cheapest = sorted(service.entries, key=lambda e: e.cents)
        entries = [Entry(e, _choices(service, e, known.file, taken)) for e in cheapest]
        entries = [e for e in entries if any(not choice.taken for choice in e.choices)]
        offered.append(Offer(service, entries))
    return offered


def _choices(
    service: OfferedService,
    entry: OfferedEntry,
    file: OwnFile,
    taken: Mapping[tuple[BeneficiaryId, ServiceId, str], str],
) -> list[Choice]:
    tail = f"{service.service}|{entry.category}"
    choices = [
        Choice(
            f"{b.first_name} {b.last_name}", f"{b.beneficiary}|{tail}",
            taken.get((b.beneficiary, service.service, entry.category), ""),
        )
        for b in file.household.beneficiaries
    ]  # fmt: skip
    if own_beneficiary(file) is None:
        name = f"{file.profile.first_name} {file.profile.last_name}"
        choices.append(Choice(f"Moi-même ({name})", f"{MYSELF}|{tail}", ""))
    return choices


def own_beneficiary(file: OwnFile) -> Beneficiary | None:
    """The signed-in adult as somebody who eats, if they are on the list."""
    return next((b for b in file.household.beneficiaries if b.filiation == "moi_meme"), None)


async def ask(visit: Visit) -> web.Response:
    """Send the requests; for oneself, one is first put on the list."""
    form = await visit.form()
    batch, commune, ticked = form.id("batch"), form.text("commune"), form.all("demande")

    async def again(status: int, *, fresh: bool = False, **said: object) -> web.Response:
        return await draw(
            visit, commune, batch=None if fresh else batch, ticked=frozenset(ticked),
            status=status, **said,
        )  # fmt: skip

    if not 0 < len(ticked) <= WISHES_MAX:
        fault = TOO_MANY_TICKED if ticked else NOTHING_TICKED
        return await again(422, errors={"entrees": fault})
    try:
        file = await visit.ask(GET_OWN_FILE, ShowOwnFile())
        there = own_beneficiary(file)
        mine = there.beneficiary if there else BeneficiaryId(uuid5(batch, MYSELF))
        wishes = _wishes(ticked, mine)
        _must_be_on_list(wishes, file, mine)
        if there is None and any(wish.beneficiary == mine for wish in wishes):
            await _must_be_offered(visit, wishes)
            await _put_on_list(visit, file, mine)
        await visit.ask(ASK_ACCESS, AskAccess(batch=batch, wishes=wishes))
    except (AlreadyAsked, NotFound, HouseholdFull) as refusal:
        about = await _about(visit, refusal)
        return await again(refusal.status, fresh=True, refusal=refusal, about=about)
    except SameIdOtherContent as refusal:
        return await again(refusal.status, fresh=True, refusal=refusal, about=SENT_BEFORE)
    except Unavailable as refusal:
        return await resend(visit, refusal, "Envoyer la demande", f"{base_of(visit)}/services")
    return visit.go(f"{base_of(visit)}/services?fait=demande")


async def _must_be_offered(visit: Visit, wishes: Iterable[Wish]) -> None:
    """Nobody is put on a list for what nobody offers. Raises NotFound."""
    offers = await visit.ask(LIST_OFFERS, ShowOffers())
    offered = {
        (service.service, entry.category)
        for authority in offers.authorities
        for service in authority.services
        for entry in service.entries
    }
    if any((wish.service, wish.category) not in offered for wish in wishes):
        raise NotFound()


async def _put_on_list(visit: Visit, file: OwnFile, mine: BeneficiaryId) -> None:
    """Put the signed-in adult on the list of those who eat."""
    asked = SaveBeneficiary(
        beneficiary=mine, first_name=file.profile.first_name, last_name=file.profile.last_name,
        birth_date=file.profile.birth_date, filiation="moi_meme",
    )  # fmt: skip
    await visit.ask(SAVE_BENEFICIARY, asked)
    visit.site.names.drop(visit.signed_in.household)


def _wishes(ticked: list[str], mine: BeneficiaryId) -> tuple[Wish, ...]:
    """What was ticked. Raises Malformed."""
    wishes = []
    for value in dict.fromkeys(ticked):
        try:
            who, service, category = value.split("|")
            given = {"beneficiary": mine if who == MYSELF else who, "service": service}
            wishes.append(Wish.model_validate(given | {"category": category}))
        except (ValueError, ValidationError) as error:
            raise Malformed() from error
    return tuple(wishes)


def _must_be_on_list(wishes: Iterable[Wish], file: OwnFile, mine: BeneficiaryId) -> None:
    """Subscriptions holds ids alone: whose child one is, it cannot know. Raises NotFound."""
    eaters = {eater.beneficiary for eater in file.household.beneficiaries} | {mine}
    if any(wish.beneficiary not in eaters for wish in wishes):
        raise NotFound()


async def _about(visit: Visit, refusal: Refusal) -> str:
    """Whom a refusal speaks of."""
    details = refusal.details
    if not isinstance(details, AlreadyAsked.Details) or details.beneficiary is None:
        return ""
    file = await visit.ask(GET_OWN_FILE, ShowOwnFile())
    for who in file.household.beneficiaries:
        if who.beneficiary == details.beneficiary:
            return f"Il s’agit de {who.first_name} {who.last_name}."
    return ""


async def withdraw(visit: Visit) -> web.Response:
    """Take back a request that was not judged yet."""
    request = RequestId((await visit.form()).id("request"))
    try:
        await visit.ask(WITHDRAW_REQUEST, WithdrawRequest(request=request))
    except RequestsJudged as refusal:
        return await draw(visit, "", status=refusal.status, refusal=refusal)
    except Unavailable as refusal:
        return await resend(visit, refusal, "Retirer la demande", f"{base_of(visit)}/services")
    return visit.go(f"{base_of(visit)}/services?fait=retrait")
