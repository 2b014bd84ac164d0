"""Families' requests, answered one by one or several after a preview."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, get_args
from uuid import UUID, uuid4

from aiohttp import web

from chassis.ui.forms import Form
from contracts.accounts import HouseholdSheet
from contracts.refusal import Malformed, NotFound, Refusal, SameIdOtherContent, Unavailable
from contracts.subscriptions import (
    ACCESS_REASONS,
    GET_HOUSEHOLD_ACCESS,
    JUDGE_REQUESTS,
    LIST_PENDING,
    Access,
    AccessReason,
    JudgeRequests,
    PendingRequest,
    RequestsJudged,
    ShowHouseholdAccess,
    ShowPending,
)
from contracts.values import BeneficiaryId, Cents, HouseholdId, RequestId
from services.subscriptions.console.families import Families, families_of
from services.subscriptions.console.visit import HOME, Visit
from services.subscriptions.console.words import ACCESS, HOUSEHOLDS

LIST = "/console/demandes"
SEEN_AT_ONCE = 200
PAGES_MAX = 20
EXPLANATION_MAX = 500
HOLDS = frozenset({"open", "opening"})
NO_REASON = "Choisissez le motif qui sera dit à la famille."
TOO_LONG = "Ce texte est trop long : 500 signes au plus."
NOBODY = "Cochez au moins une demande, puis examinez la sélection."
MIXED = "Ces demandes vont à plusieurs collectivités : traitez-les une collectivité à la fois."
USED = "Cette page a déjà servi. Vérifiez la liste, puis recommencez si besoin."
Verdict = Literal["approved", "refused"]


@dataclass(frozen=True)
class Typed:
    """What stands in the form of a judgement."""

    judgement: UUID = field(default_factory=uuid4)
    reason: str = ""
    explanation: str = ""
    errors: dict[str, str] = field(default_factory=dict)
    refusal: Refusal | None = None
    about: str = ""
    """What is said above the page."""
    handled: tuple[tuple[HouseholdId, BeneficiaryId], ...] = ()
    """For whom somebody else answered meanwhile."""


# -- one request --------------------------------------------------------------------------------


async def show(visit: Visit) -> web.Response:
    """One request with all that helps to answer it."""
    return await _page_of_one(visit, _request(visit), _household(visit), Typed())


def _request(visit: Visit) -> RequestId:
    try:
        return RequestId(UUID(visit.request.match_info["request"]))
    except ValueError as error:
        raise NotFound() from error


def _household(visit: Visit) -> HouseholdId:
    try:
        return HouseholdId(UUID(visit.request.query.get("foyer", "")))
    except ValueError as error:
        raise NotFound() from error


async def _page_of_one(
    visit: Visit, request: RequestId, household: HouseholdId, typed: Typed
) -> web.Response:
    access, families = await asyncio.gather(
        visit.ask(GET_HOUSEHOLD_ACCESS, ShowHouseholdAccess(household=household)),
        families_of(visit, [household]),
    )
    one = next((row for row in access.access if row.request == request), None)
    if one is None:
        raise NotFound()
    others = [row for row in access.access if row is not one and row.state != "withdrawn"]
    return visit.page(
        "request.html", refusal=typed.refusal, typed=typed, errors=typed.errors, one=one,
        household=household, sheet=families.sheet(household), families=families, others=others,
        ends=_ended_by(one, others), cents=visit.town.price(one.service, one.category),
        until=_last_day(visit, one), reasons=ACCESS_REASONS.items(), access=ACCESS,
        reasons_by_code=ACCESS_REASONS, households=HOUSEHOLDS,
    )  # fmt: skip


def _ended_by(one: Access, others: Iterable[Access]) -> list[Access]:
    """What approving a request ends: the beneficiary's other entries in the service."""
    return [
        row
        for row in others
        if (row.beneficiary, row.service) == (one.beneficiary, one.service) and row.state in HOLDS
    ]


def _last_day(visit: Visit, one: Access) -> object:
    regulation = visit.town.regulation(one.service)
    return regulation.valid_until if regulation else None


# -- several ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """A request of the preview, in words."""

    asked: PendingRequest
    eater: str
    family: str
    sheet: HouseholdSheet | None
    cents: Cents | None


async def preview(visit: Visit) -> web.Response:
    """The requests that were ticked, before anything is answered."""
    return await _page_of_several(
        visit, _ticked(visit.request.query.getall("demande", [])), Typed()
    )


def _ticked(ids: Sequence[str]) -> list[RequestId]:
    try:
        return [RequestId(UUID(text)) for text in dict.fromkeys(ids)][:SEEN_AT_ONCE]
    except ValueError as error:
        raise Malformed() from error


async def _page_of_several(visit: Visit, wanted: Sequence[RequestId], typed: Typed) -> web.Response:
    found = await _find(visit, set(wanted))
    households = [*(one.household for one in found), *(who for who, _ in typed.handled)]
    families = await families_of(visit, households)
    authorities = {one.authority for one in found}
    stop = NOBODY if not wanted else MIXED if len(authorities) > 1 else ""
    return visit.page(
        "requests.html", refusal=typed.refusal, status=422 if stop else 0, typed=typed,
        errors=typed.errors, lines=[_line(visit, one, families) for one in found], stop=stop,
        families=families, gone=len(wanted) - len(found),
        handled=[families.eater(*whom) for whom in typed.handled],
        reasons=ACCESS_REASONS.items(),
    )  # fmt: skip


async def _find(visit: Visit, wanted: set[RequestId]) -> list[PendingRequest]:
    """Those of the wanted requests that still wait, oldest first."""
    found: list[PendingRequest] = []
    chosen, after = visit.town.chosen, None
    for _ in range(PAGES_MAX if wanted else 0):
        asked = ShowPending(
            authority=chosen.authority if chosen else None, after=after, limit=SEEN_AT_ONCE
        )
        page = (await visit.ask(LIST_PENDING, asked)).requests
        found += [one for one in page if one.request in wanted]
        if len(found) == len(wanted) or len(page) < SEEN_AT_ONCE:
            break
        after = page[-1].request
    return found


def _line(visit: Visit, one: PendingRequest, families: Families) -> Line:
    return Line(
        one, families.eater(one.household, one.beneficiary), families.adults(one.household),
        families.sheet(one.household), visit.town.price(one.service, one.category),
    )  # fmt: skip


# -- the answer ---------------------------------------------------------------------------------


async def accept(visit: Visit) -> web.Response:
    """Approve the requests of the form."""
    return await _judge(visit, await visit.form(), "approved", Typed())


async def refuse(visit: Visit) -> web.Response:
    """Refuse them, with a reason of the closed list."""
    form = await visit.form()
    typed = Typed(reason=form.text("reason"), explanation=form.text("explanation").strip())
    return await _judge(visit, form, "refused", typed)


async def _judge(visit: Visit, form: Form, verdict: Verdict, typed: Typed) -> web.Response:
    wanted = _ticked(form.all("demande"))
    if not wanted:
        raise Malformed()
    typed = replace(typed, judgement=form.id("judgement"))
    if verdict == "refused" and (errors := _faults(typed)):
        return await _again(visit, form, wanted, replace(typed, errors=errors))
    asked = JudgeRequests(
        judgement=typed.judgement, requests=tuple(wanted), verdict=verdict,
        reason=_reason(typed.reason), explanation=typed.explanation,
    )  # fmt: skip
    try:
        judged = await visit.ask(JUDGE_REQUESTS, asked)
    except RequestsJudged as refusal:
        return await _told_who_was_first(visit, form, wanted, typed, refusal)
    except SameIdOtherContent:
        again = replace(typed, judgement=uuid4(), about=USED)
        return await _again(visit, form, wanted, again)
    except Unavailable as refusal:
        return await _again(visit, form, wanted, replace(typed, refusal=refusal))
    done = "accepte" if verdict == "approved" else "refuse"
    return visit.go(visit.url(HOME, fait=done, n=judged.count))


def _reason(text: str) -> AccessReason | None:
    return next((reason for reason in get_args(AccessReason) if reason == text), None)


def _faults(typed: Typed) -> dict[str, str]:
    errors = {}
    if _reason(typed.reason) is None:
        errors["reason"] = NO_REASON
    if len(typed.explanation) > EXPLANATION_MAX:
        errors["explanation"] = TOO_LONG
    return errors


async def _told_who_was_first(
    visit: Visit, form: Form, wanted: Sequence[RequestId], typed: Typed, refusal: RequestsJudged
) -> web.Response:
    """Somebody else was faster: what is left, under a new id, and the typing kept."""
    gone = set(getattr(refusal.details, "requests", ()))
    left = [one for one in wanted if one not in gone]
    whose = _whose(form)
    handled = tuple(whose[one] for one in wanted if one in gone and one in whose)
    again = replace(typed, judgement=uuid4(), refusal=refusal, handled=handled)
    return await _again(visit, form, wanted if form.text("foyer") else left, again)


def _whose(form: Form) -> dict[RequestId, tuple[HouseholdId, BeneficiaryId]]:
    """Whose each request is, as the page said: only to name those that wait no more."""
    found = {}
    for text in form.all("de"):
        try:
            request, household, beneficiary = (UUID(part) for part in text.split("|"))
        except ValueError as error:
            raise Malformed() from error
        found[RequestId(request)] = (HouseholdId(household), BeneficiaryId(beneficiary))
    return found


async def _again(
    visit: Visit, form: Form, wanted: Sequence[RequestId], typed: Typed
) -> web.Response:
    if form.text("foyer"):
        return await _page_of_one(visit, wanted[0], HouseholdId(form.id("foyer")), typed)
    return await _page_of_several(visit, wanted, typed)
