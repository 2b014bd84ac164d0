"""Families that ask for access, and the desk of the town hall that answers them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from chassis.auth import Caller
from contracts.regulation import CategoryPrice
from contracts.subscriptions import (
    ASK_ACCESS,
    JUDGE_REQUESTS,
    LIST_ACCESS,
    PUBLISH_REGULATION,
    Access,
    AccessAsked,
    AskAccess,
    EntitlementChanged,
    Judged,
    JudgeRequests,
    RequestChanged,
    ShowAccess,
    Wish,
)
from contracts.values import RequestId
from tests.accounts.at_work import OPERATOR, AtWork
from tests.subscriptions.conftest import Town, publishing

MONDAY = datetime(2026, 11, 16, 7, 0, tzinfo=UTC)
"""A Monday in term, at eight on the town's own clocks."""
TODAY, YESTERDAY, LAST_DAY = date(2026, 11, 16), date(2026, 11, 15), date(2027, 7, 6)
ENTRIES = (
    CategoryPrice(category="residents", label="Résidents", cents=380),
    CategoryPrice(category="hors_commune", label="Hors commune", cents=520),
    CategoryPrice(category="adultes", label="Adultes", cents=650),
)


@dataclass(frozen=True)
class Family:
    """A household that waits for the town hall, with two children."""

    household: UUID = field(default_factory=uuid4)
    parent: UUID = field(default_factory=uuid4)
    louane: UUID = field(default_factory=uuid4)
    theo: UUID = field(default_factory=uuid4)

    @property
    def caller(self) -> Caller:
        """A parent, signed in and not yet validated."""
        return Caller("applicant", self.parent, self.household)


async def opens_its_doors(subscriptions: AtWork, town: Town, **changes: Any) -> None:
    """It is the Monday, and the canteen offers its entries."""
    await clock_shows(subscriptions, MONDAY)
    regulation = town.regulation(**{"prices": ENTRIES, **changes})
    await subscriptions.call(PUBLISH_REGULATION, publishing(regulation), OPERATOR)


async def clock_shows(subscriptions: AtWork, moment: datetime) -> None:
    """Set the clock that decides."""
    await subscriptions.shift_clock(moment - datetime.now(UTC))


def wish(town: Town, beneficiary: UUID, category: str = "residents") -> Wish:
    """An entry of the town's canteen for a child."""
    return Wish(beneficiary=beneficiary, service=town.canteen, category=category)


async def asks(
    subscriptions: AtWork, family: Family, *wishes: Wish, batch: UUID | None = None
) -> AccessAsked:
    """The family asks for entries at once."""
    asked = AskAccess(batch=batch or uuid4(), wishes=wishes)
    return await subscriptions.call(ASK_ACCESS, asked, family.caller)


async def judges(
    subscriptions: AtWork, caller: Caller, requests: Sequence[RequestId], **changes: Any
) -> Judged:
    """Somebody of the town hall approves these requests, unless said otherwise."""
    given = {"judgement": uuid4(), "requests": tuple(requests), "verdict": "approved", **changes}
    return await subscriptions.call(JUDGE_REQUESTS, JudgeRequests(**given), caller)


async def holds(
    subscriptions: AtWork, town: Town, family: Family, child: UUID, category: str = "residents",
    **dates: Any,
) -> UUID:  # fmt: skip
    """The family asked for an entry and the town hall approved; the right's id."""
    asked = await asks(subscriptions, family, wish(town, child, category))
    await judges(subscriptions, town.staff("clerk"), asked.requests, **dates)
    return (await rights_told(subscriptions))[-1].entitlement


async def access(subscriptions: AtWork, family: Family) -> list[Access]:
    """« Mes services » as the family sees it."""
    return list((await subscriptions.call(LIST_ACCESS, ShowAccess(), family.caller)).access)


async def states(subscriptions: AtWork, family: Family) -> list[str]:
    """The states of its rows, newest first."""
    return [str(row.state) for row in await access(subscriptions, family)]


async def requests_told(subscriptions: AtWork) -> list[RequestChanged]:
    """What was told of requests."""
    told = await subscriptions.told()
    return [RequestChanged(**body) for name, body in told if name == RequestChanged.name]


async def rights_told(subscriptions: AtWork) -> list[EntitlementChanged]:
    """What was told of rights."""
    told = await subscriptions.told()
    return [EntitlementChanged(**body) for name, body in told if name == EntitlementChanged.name]
