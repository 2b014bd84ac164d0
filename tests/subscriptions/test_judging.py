"""How a town hall answers requests: all or none, once, and one entry of a service on a day."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid4, uuid5

import pytest

from chassis.auth import Caller
from chassis.database import transaction
from contracts.refusal import Malformed, NotAllowed, NotFound
from contracts.subscriptions import (
    JUDGE_REQUESTS,
    PUBLISH_REGULATION,
    EntitlementChanged,
    Judged,
    JudgeRequests,
    RequestsJudged,
)
from contracts.values import RequestId
from services.subscriptions import commands
from tests.accounts.at_work import OPERATOR, AtWork
from tests.subscriptions.conftest import Town, a_town, publishing
from tests.subscriptions.desk import (
    LAST_DAY,
    TODAY,
    YESTERDAY,
    Family,
    access,
    asks,
    holds,
    judges,
    opens_its_doors,
    requests_told,
    rights_told,
    states,
    wish,
)

MANY, STATEMENTS_MAX = 200, 14


@pytest.fixture
async def aiguilhe(subscriptions: AtWork, aiguilhe: Town) -> Town:
    """A town whose canteen may be asked for."""
    await opens_its_doors(subscriptions, aiguilhe)
    return aiguilhe


@pytest.fixture
def family() -> Family:
    """A family that no other test knows."""
    return Family()


# -- approving ----------------------------------------------------------------------------------


async def test_an_approval_is_told_with_the_right_that_it_gives(
    subscriptions: AtWork, aiguilhe: Town, family: Family
) -> None:
    asked = await asks(subscriptions, family, wish(aiguilhe, family.louane))
    judged = await judges(subscriptions, aiguilhe.staff("clerk"), asked.requests)
    assert judged.count == 1
    told = await requests_told(subscriptions)
    assert [(event.version, event.state, event.reason) for event in told] == [
        (1, "pending", None), (2, "approved", None),
    ]  # fmt: skip
    assert await rights_told(subscriptions) == [
        EntitlementChanged(
            version=1, entitlement=uuid5(asked.requests[0], "entitlement"),
            household=family.household, beneficiary=family.louane, authority=aiguilhe.authority,
            service=aiguilhe.canteen, category="residents", valid_from=TODAY,
            valid_until=LAST_DAY, state="active",
        )
    ]  # fmt: skip
    (row,) = await access(subscriptions, family)
    assert (row.state, row.valid_from, row.valid_until) == ("opening", TODAY, LAST_DAY)


async def test_who_judged_is_kept(subscriptions: AtWork, aiguilhe: Town, family: Family) -> None:
    asked = await asks(subscriptions, family, wish(aiguilhe, family.louane))
    clerk = aiguilhe.staff("clerk")
    await judges(subscriptions, clerk, asked.requests)
    by = "select judged_by from access_request where id = $1 and judged is not null"
    assert await subscriptions.owner.fetchval(by, asked.requests[0]) == clerk.actor


async def test_the_town_hall_may_choose_the_days(
    subscriptions: AtWork, aiguilhe: Town, family: Family
) -> None:
    days = {"valid_from": date(2027, 1, 4), "valid_until": date(2027, 2, 5)}
    await holds(subscriptions, aiguilhe, family, family.louane, **days)
    (row,) = await access(subscriptions, family)
    assert {"valid_from": row.valid_from, "valid_until": row.valid_until} == days


async def test_without_a_last_day_the_newest_regulation_says_it(
    subscriptions: AtWork, aiguilhe: Town, family: Family
) -> None:
    longer = aiguilhe.regulation(version=2, valid_until=date(2028, 7, 4))
    await subscriptions.call(PUBLISH_REGULATION, publishing(longer), OPERATOR)
    await holds(subscriptions, aiguilhe, family, family.louane)
    assert (await rights_told(subscriptions))[0].valid_until == date(2028, 7, 4)


@pytest.mark.parametrize(
    "days",
    [{"valid_from": TODAY, "valid_until": YESTERDAY}, {"valid_until": YESTERDAY},
     {"valid_from": LAST_DAY + timedelta(days=1)}],
)  # fmt: skip
async def test_a_right_that_would_never_hold_is_malformed_and_changes_nothing(
    subscriptions: AtWork, aiguilhe: Town, family: Family, days: dict[str, date]
) -> None:
    asked = await asks(subscriptions, family, wish(aiguilhe, family.louane))
    with pytest.raises(Malformed) as refused:
        await judges(subscriptions, aiguilhe.staff(), asked.requests, **days)
    assert [error.field for error in refused.value.details.errors] == ["valid_until"]
    assert await states(subscriptions, family) == ["pending"]
    assert await rights_told(subscriptions) == []


# -- refusing -----------------------------------------------------------------------------------


async def test_a_refusal_shows_its_reason_and_tells_the_reason_alone(
    subscriptions: AtWork, aiguilhe: Town, family: Family
) -> None:
    asked = await asks(subscriptions, family, wish(aiguilhe, family.louane))
    await judges(
        subscriptions, aiguilhe.staff("clerk"), asked.requests, verdict="refused",
        reason="proof_missing", explanation="Il manque le justificatif de domicile.",
    )  # fmt: skip
    (row,) = await access(subscriptions, family)
    assert (row.state, row.reason) == ("refused", "proof_missing")
    assert row.explanation == "Il manque le justificatif de domicile."
    event = (await requests_told(subscriptions))[-1]
    assert (event.version, event.state, event.reason) == (2, "refused", "proof_missing")
    assert "domicile" not in event.body()
    assert await rights_told(subscriptions) == []


async def test_a_refusal_without_a_reason_is_malformed(
    subscriptions: AtWork, aiguilhe: Town, family: Family
) -> None:
    asked = await asks(subscriptions, family, wish(aiguilhe, family.louane))
    with pytest.raises(Malformed) as refused:
        await judges(subscriptions, aiguilhe.staff(), asked.requests, verdict="refused")
    assert [(e.field, e.kind) for e in refused.value.details.errors] == [("reason", "missing")]
    assert await states(subscriptions, family) == ["pending"]


async def test_a_reason_left_in_the_form_is_not_kept_with_an_approval(
    subscriptions: AtWork, aiguilhe: Town, family: Family
) -> None:
    asked = await asks(subscriptions, family, wish(aiguilhe, family.louane))
    await judges(subscriptions, OPERATOR, asked.requests, reason="full", explanation="Complet.")
    (row,) = await access(subscriptions, family)
    assert (row.state, row.reason, row.explanation) == ("opening", None, "")


# -- who may ------------------------------------------------------------------------------------


async def test_who_does_not_judge_for_every_authority_finds_nothing_and_changes_nothing(
    subscriptions: AtWork, aiguilhe: Town, family: Family
) -> None:
    other = await a_town(subscriptions)
    await opens_its_doors(subscriptions, other)
    here = await asks(subscriptions, family, wish(aiguilhe, family.louane))
    there = await asks(subscriptions, family, wish(other, family.louane))
    both = (*here.requests, *there.requests)
    cases = [
        (other.staff("clerk"), here.requests), (other.staff(), both), (aiguilhe.staff(), both),
        (aiguilhe.staff("kitchen"), here.requests), (aiguilhe.staff("regisseur"), here.requests),
        (Caller("staff", uuid4()), here.requests),
        (aiguilhe.staff(), (*here.requests, RequestId(uuid4()))),
    ]  # fmt: skip
    for caller, requests in cases:
        with pytest.raises(NotFound):
            await judges(subscriptions, caller, requests)
    assert await states(subscriptions, family) == ["pending", "pending"]
    assert len(await requests_told(subscriptions)) == 2
    roles = aiguilhe.staff("clerk").roles | other.staff().roles
    await judges(subscriptions, Caller("staff", uuid4(), roles=roles), both)
    assert await states(subscriptions, family) == ["opening", "opening"]


async def test_a_family_does_not_judge_itself(
    subscriptions: AtWork, aiguilhe: Town, family: Family
) -> None:
    asked = await asks(subscriptions, family, wish(aiguilhe, family.louane))
    for caller in (family.caller, replace(family.caller, kind="family")):
        with pytest.raises(NotAllowed):
            await judges(subscriptions, caller, asked.requests)


# -- once ---------------------------------------------------------------------------------------


async def test_what_was_judged_or_taken_back_is_named_and_the_others_stay(
    subscriptions: AtWork, aiguilhe: Town, family: Family
) -> None:
    first = await asks(subscriptions, family, wish(aiguilhe, family.louane))
    second = await asks(subscriptions, family, wish(aiguilhe, family.theo))
    await judges(subscriptions, aiguilhe.staff(), first.requests)
    before = await subscriptions.told()
    for verdict in ("approved", "refused"):
        with pytest.raises(RequestsJudged) as refused:
            await judges(
                subscriptions, aiguilhe.staff(), (*second.requests, *first.requests),
                verdict=verdict, reason="full",
            )  # fmt: skip
        assert refused.value.details.requests == first.requests
    assert await states(subscriptions, family) == ["pending", "opening"]
    assert await subscriptions.told() == before


async def test_a_judgement_sent_again_is_answered_the_same(
    subscriptions: AtWork, aiguilhe: Town, family: Family
) -> None:
    asked = await asks(subscriptions, family, wish(aiguilhe, family.louane))
    clerk, judgement = aiguilhe.staff("clerk"), uuid4()
    twins = (
        judges(subscriptions, clerk, asked.requests * 2, judgement=judgement) for _ in range(3)
    )
    assert await asyncio.gather(*twins) == [Judged(judgement=judgement, count=1)] * 3
    assert len(await rights_told(subscriptions)) == 1


async def test_of_two_clerks_at_once_one_wins(subscriptions: AtWork, aiguilhe: Town) -> None:
    for _ in range(8):
        family = Family()
        asked = await asks(
            subscriptions, family, wish(aiguilhe, family.louane), wish(aiguilhe, family.theo)
        )
        answers = await asyncio.gather(
            judges(subscriptions, aiguilhe.staff("clerk"), asked.requests),
            judges(
                subscriptions, aiguilhe.staff("clerk"), asked.requests[::-1], verdict="refused",
                reason="full",
            ),
            return_exceptions=True,
        )  # fmt: skip
        assert sorted(type(one).__name__ for one in answers) == ["Judged", "RequestsJudged"]
        shown = set(await states(subscriptions, family))
        assert shown == ({"opening"} if isinstance(answers[0], Judged) else {"refused"})


# -- one entry of a service on a day (domain.md S3) ---------------------------------------------


async def rights_of(subscriptions: AtWork, family: Family) -> dict[UUID, EntitlementChanged]:
    """The last that was told of each right of the family."""
    told = await rights_told(subscriptions)
    return {right.entitlement: right for right in told if right.household == family.household}


async def test_another_entry_ends_the_one_before_the_day_before(
    subscriptions: AtWork, aiguilhe: Town, family: Family
) -> None:
    old = await holds(subscriptions, aiguilhe, family, family.louane)
    brother = await holds(subscriptions, aiguilhe, family, family.theo)
    moves = date(2027, 1, 4)
    new = await holds(
        subscriptions, aiguilhe, family, family.louane, "hors_commune", valid_from=moves
    )
    rights = await rights_of(subscriptions, family)
    assert (rights[old].state, rights[old].version) == ("active", 2)
    assert rights[old].valid_until == date(2027, 1, 3)
    assert (rights[new].valid_from, rights[new].version) == (moves, 1)
    assert rights[brother].version == 1


async def test_an_entry_that_begins_that_day_or_later_ends_at_once(
    subscriptions: AtWork, aiguilhe: Town, family: Family
) -> None:
    today = await holds(subscriptions, aiguilhe, family, family.louane)
    later = await holds(
        subscriptions, aiguilhe, family, family.louane, "adultes", valid_from=date(2027, 3, 1)
    )
    await holds(subscriptions, aiguilhe, family, family.louane, "hors_commune")
    rights = await rights_of(subscriptions, family)
    assert [rights[right].state for right in (today, later)] == ["ended", "ended"]
    assert sorted(await states(subscriptions, family)) == ["ended", "ended", "opening"]


async def test_another_service_and_another_household_keep_their_entry(
    subscriptions: AtWork, aiguilhe: Town, family: Family
) -> None:
    garderie = Town(aiguilhe.authority, aiguilhe.regie, uuid4())
    await opens_its_doors(subscriptions, garderie)
    other = replace(Family(), louane=family.louane)
    for town, household in ((garderie, family), (aiguilhe, other)):
        await holds(subscriptions, town, household, family.louane)
    await holds(subscriptions, aiguilhe, family, family.louane, "hors_commune")
    assert [right.version for right in await rights_told(subscriptions)] == [1, 1, 1]


async def test_two_entries_of_a_service_for_one_child_are_not_approved_together(
    subscriptions: AtWork, aiguilhe: Town, family: Family
) -> None:
    asked = await asks(
        subscriptions, family, wish(aiguilhe, family.louane), wish(aiguilhe, family.theo),
        wish(aiguilhe, family.louane, "hors_commune"),
    )  # fmt: skip
    with pytest.raises(Malformed) as refused:
        await judges(subscriptions, aiguilhe.staff(), asked.requests)
    errors = refused.value.details.errors
    assert {(error.field, error.kind) for error in errors} <= {
        ("requests.0", "same_service"), ("requests.2", "same_service"),
    }  # fmt: skip
    assert len(errors) == 1
    assert await states(subscriptions, family) == ["pending"] * 3
    await judges(subscriptions, aiguilhe.staff(), asked.requests, verdict="refused", reason="full")
    assert await states(subscriptions, family) == ["refused"] * 3


async def test_two_clerks_who_approve_two_entries_at_once_leave_one(
    subscriptions: AtWork, aiguilhe: Town
) -> None:
    for _ in range(8):
        family = Family()
        requests = [
            (await asks(subscriptions, family, wish(aiguilhe, family.louane, category))).requests
            for category in ("residents", "hors_commune")
        ]
        await asyncio.gather(
            *(judges(subscriptions, aiguilhe.staff("clerk"), one) for one in requests)
        )
        rights = await rights_of(subscriptions, family)
        assert sorted(right.state for right in rights.values()) == ["active", "ended"]


# -- many at once -------------------------------------------------------------------------------


async def many_requests(subscriptions: AtWork, town: Town) -> list[RequestId]:
    """Two requests of each of a hundred families."""
    requests: list[RequestId] = []
    for family in (Family() for _ in range(MANY // 2)):
        wishes = wish(town, family.louane), wish(town, family.theo)
        requests += (await asks(subscriptions, family, *wishes)).requests
    return requests


@pytest.mark.parametrize("verdict", ["approved", "refused"])
async def test_two_hundred_requests_are_judged_in_a_few_statements(
    subscriptions: AtWork, aiguilhe: Town, verdict: str
) -> None:
    asked = JudgeRequests.model_validate(
        {"judgement": uuid4(), "requests": await many_requests(subscriptions, aiguilhe),
         "verdict": verdict, "reason": "full"}
    )  # fmt: skip
    statements: list[str] = []
    async with transaction(subscriptions.running.pool) as tx:
        with tx.query_logger(lambda record: statements.append(record.query)):
            judged = await commands.judge_requests(tx, asked, aiguilhe.staff("clerk"))
    assert judged.count == MANY
    assert 0 < len(statements) <= STATEMENTS_MAX, statements
    told = await requests_told(subscriptions)
    assert [event.state for event in told].count(verdict) == MANY
    assert len(await rights_told(subscriptions)) == (MANY if verdict == "approved" else 0)


async def test_more_than_two_hundred_requests_are_malformed(
    subscriptions: AtWork, aiguilhe: Town
) -> None:
    asked = JudgeRequests.model_construct(
        judgement=uuid4(), requests=tuple(uuid4() for _ in range(MANY + 1)), verdict="approved"
    )
    with pytest.raises(Malformed):
        await subscriptions.call(JUDGE_REQUESTS, asked, aiguilhe.staff())
