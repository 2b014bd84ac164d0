"""Accounts that wait at the agglomeration: they asked no authority anything."""

from typing import Literal, get_args
from uuid import UUID

from aiohttp import web

from chassis.clock import local
from contracts.accounts import (
    DESCRIBE_HOUSEHOLDS,
    FILIATIONS,
    HOUSEHOLD_REASONS,
    JUDGE_HOUSEHOLD,
    LIST_WAITING,
    AlreadyJudged,
    DescribeHouseholds,
    HouseholdReason,
    HouseholdSheet,
    JudgeHousehold,
    ListWaiting,
)
from contracts.refusal import NotFound, Refusal, Unavailable
from contracts.values import HouseholdId
from services.subscriptions.console.families import adults_of
from services.subscriptions.console.visit import HOME, Visit
from services.subscriptions.console.words import HOUSEHOLDS

LIST = "/console/comptes"
SEEN_AT_ONCE = 200
NO_REASON = "Choisissez le motif qui sera dit à la famille."


async def show(visit: Visit) -> web.Response:
    """One account with all that helps to know the family."""
    return await _page(visit)


async def _page(
    visit: Visit, *, reason: str = "", errors: dict[str, str] | None = None,
    refusal: Refusal | None = None,
) -> web.Response:  # fmt: skip
    sheet = await _sheet(visit, _household(visit))
    return visit.page(
        "account_waiting.html", refusal=refusal, errors=errors or {}, reason=reason, sheet=sheet,
        adults=adults_of(sheet), households=HOUSEHOLDS, household_reasons=HOUSEHOLD_REASONS,
        filiations=FILIATIONS, local=local, path_of=f"{LIST}/{sheet.household.household}",
    )  # fmt: skip


def _household(visit: Visit) -> HouseholdId:
    try:
        return HouseholdId(UUID(visit.request.match_info["household"]))
    except ValueError as error:
        raise NotFound() from error


async def _sheet(visit: Visit, household: HouseholdId) -> HouseholdSheet:
    """The account among those that wait, or as it stands since. Raises NotFound."""
    waiting = (await visit.ask(LIST_WAITING, ListWaiting(limit=SEEN_AT_ONCE))).sheets
    known = [sheet for sheet in waiting if sheet.household.household == household]
    if not known:
        asked = DescribeHouseholds(households=(household,))
        known = list((await visit.ask(DESCRIBE_HOUSEHOLDS, asked)).sheets)
    if not known:
        raise NotFound()
    return known[0]


async def validate(visit: Visit) -> web.Response:
    """Let the family in."""
    return await _judge(visit, "validated", None)


async def refuse(visit: Visit) -> web.Response:
    """Refuse the account, with a reason of the closed list."""
    text = (await visit.form()).text("reason")
    reason = next((one for one in get_args(HouseholdReason) if one == text), None)
    if reason is None:
        return await _page(visit, errors={"reason": NO_REASON})
    return await _judge(visit, "refused", reason)


async def _judge(
    visit: Visit, verdict: Literal["validated", "refused"], reason: HouseholdReason | None
) -> web.Response:
    asked = JudgeHousehold(household=_household(visit), verdict=verdict, reason=reason)
    try:
        await visit.ask(JUDGE_HOUSEHOLD, asked)
    except (AlreadyJudged, Unavailable) as refusal:
        return await _page(visit, reason=reason or "", refusal=refusal)
    return visit.go(visit.url(HOME, fait="valide" if verdict == "validated" else "compte-refuse"))
