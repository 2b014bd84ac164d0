"""What agents ask of booking: how many plates, for whom, and what colleagues did.

An agent who acts for a household calls the family's own operations with a token that names the
household; only services of the agent's authorities exist then.
"""

from datetime import date, datetime

from contracts.act import Acts, ShowActs
from contracts.operation import CallerKind, Operation
from contracts.refusal import NotFound
from contracts.regulation import Category
from contracts.values import (
    AuthorityId,
    BeneficiaryId,
    Day,
    HouseholdId,
    Label,
    ServiceId,
    Session,
    StaffRole,
    Value,
)

STAFF: frozenset[CallerKind] = frozenset({"staff"})
KITCHEN: frozenset[StaffRole] = frozenset(
    {"administrator", "clerk", "kitchen", "attendance", "reader"}
)


class CountMeals(Value):
    """Asks how many meals an authority serves on a day; without one, today."""

    authority: AuthorityId
    day: Day | None = None


class CategoryCount(Value):
    """How many of an entry."""

    category: Category
    label: Label
    confirmed: int
    held: int


class SessionCount(Value):
    """How many plates of one service in one session. Held ones wait for their money; they eat."""

    service: ServiceId
    service_name: Label
    session: Session
    capacity: int
    confirmed: int
    held: int
    closed: str = ""
    """Why it does not serve that day."""
    categories: tuple[CategoryCount, ...] = ()


class MealCount(Value):
    """The count of a day, at the instant it was true."""

    authority: AuthorityId
    day: date
    at: datetime
    sessions: tuple[SessionCount, ...]


class ListEaters(Value):
    """Asks who eats in a service on a day."""

    service: ServiceId
    day: Day
    session: Session


class Eater(Value):
    """One plate: for whom, whose household, paid or held."""

    beneficiary: BeneficiaryId
    household: HouseholdId
    held: bool
    category: Category


class EaterList(Value):
    """The named list of a service, a day and a session, without names: accounts knows them."""

    service: ServiceId
    service_name: Label
    authority: AuthorityId
    day: date
    session: Session
    at: datetime
    eaters: tuple[Eater, ...]


COUNT_MEALS = Operation(
    name="booking.count_meals", method="GET", path="/authorities/{authority}/meals",
    request=CountMeals, response=MealCount, callers=STAFF, roles=KITCHEN,
    summary="How many plates a day, by service and session, held ones apart.",
    refusals=(NotFound,),
)  # fmt: skip
LIST_EATERS = Operation(
    name="booking.list_eaters", method="GET", path="/services/{service}/eaters",
    request=ListEaters, response=EaterList, callers=STAFF, roles=KITCHEN,
    summary="Who eats in a service on a day and session.", refusals=(NotFound,),
)  # fmt: skip
LIST_ACTS = Operation(
    name="booking.list_acts", method="GET", path="/authorities/{authority}/acts",
    request=ShowActs, response=Acts, callers=STAFF, roles=frozenset({"administrator"}),
    summary="What agents of one's authority did here, newest first.", refusals=(NotFound,),
)  # fmt: skip
