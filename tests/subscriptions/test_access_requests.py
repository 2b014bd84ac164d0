"""What a family asks for, follows and takes back, all or none, once."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4, uuid5

import asyncpg
import pytest

from chassis.auth import Caller
from contracts.booking import BeneficiaryRetired
from contracts.refusal import Malformed, NotAllowed, NotFound, SameIdOtherContent
from contracts.subscriptions import (
    ASK_ACCESS,
    PUBLISH_REGULATION,
    WITHDRAW_REQUEST,
    AlreadyAsked,
    AskAccess,
    RequestChanged,
    RequestsJudged,
    WithdrawRequest,
)
from contracts.values import RequestId
from tests.accounts.at_work import OPERATOR, AtWork
from tests.subscriptions.conftest import Town, publishing
from tests.subscriptions.desk import (
    ENTRIES,
    MONDAY,
    TODAY,
    Family,
    access,
    asks,
    clock_shows,
    holds,
    judges,
    opens_its_doors,
    requests_told,
    rights_told,
    states,
    wish,
)


@pytest.fixture
async def aiguilhe(subscriptions: AtWork, aiguilhe: Town) -> Town:
    """A town whose canteen may be asked for."""
    await opens_its_doors(subscriptions, aiguilhe)
    return aiguilhe


@pytest.fixture
def family() -> Family:
    """A family that no other test knows."""
    return Family()


async def withdraws(subscriptions: AtWork, family: Family, request: RequestId) -> None:
    """The family takes a request back."""
    await subscriptions.call(WITHDRAW_REQUEST, WithdrawRequest(request=request), family.caller)


# -- asking -------------------------------------------------------------------------------------


async def test_every_wish_becomes_a_request_that_is_told_whole(
    subscriptions: AtWork, aiguilhe: Town, family: Family
) -> None:
    wishes = wish(aiguilhe, family.louane), wish(aiguilhe, family.theo, "hors_commune")
    asked = await asks(subscriptions, family, *wishes)
    assert asked.requests == tuple(
        uuid5(asked.batch, f"{w.beneficiary}{w.service}{w.category}") for w in wishes
    )
    assert await requests_told(subscriptions) == [
        RequestChanged(
            version=1, request=request, household=family.household, beneficiary=w.beneficiary,
            authority=aiguilhe.authority, service=w.service, category=w.category,
            authority_label="Aiguilhe", service_label="Cantine d’Aiguilhe", category_label=label,
            state="pending",
        )
        for request, w, label in zip(
            asked.requests, wishes, ("Résidents", "Hors commune"), strict=True
        )
    ]  # fmt: skip


async def test_a_row_says_what_was_asked_when_and_by_whom(
    subscriptions: AtWork, aiguilhe: Town, family: Family
) -> None:
    asked = await asks(subscriptions, family, wish(aiguilhe, family.louane))
    (row,) = await access(subscriptions, family)
    assert (row.request, row.state, row.asked_by) == (asked.requests[0], "pending", family.parent)
    assert (row.authority_label, row.service_label, row.category_label) == (
        "Aiguilhe", "Cantine d’Aiguilhe", "Résidents",
    )  # fmt: skip
    assert (row.valid_from, row.valid_until, row.reason) == (None, None, None)
    assert row.asked is not None
    assert row.asked.utcoffset() == timedelta(hours=1)
    assert abs(row.asked - MONDAY) < timedelta(minutes=1)


async def test_a_batch_sent_again_is_answered_the_same_and_told_once(
    subscriptions: AtWork, aiguilhe: Town, family: Family
) -> None:
    batch = uuid4()
    twins = (
        asks(subscriptions, family, wish(aiguilhe, family.louane), batch=batch) for _ in range(4)
    )
    assert len(set(await asyncio.gather(*twins))) == 1
    assert len(await requests_told(subscriptions)) == 1
    with pytest.raises(SameIdOtherContent):
        await asks(subscriptions, family, wish(aiguilhe, family.theo), batch=batch)


async def test_a_service_that_offers_nothing_is_not_found_and_nothing_is_asked(
    subscriptions: AtWork, aiguilhe: Town, family: Family
) -> None:
    known = wish(aiguilhe, family.louane)
    unknown = known.model_copy(update={"service": uuid4()})
    with pytest.raises(NotFound):
        await asks(subscriptions, family, known, unknown)
    await clock_shows(subscriptions, MONDAY + timedelta(days=300))
    with pytest.raises(NotFound):
        await asks(subscriptions, family, known)
    assert await access(subscriptions, family) == []


async def test_a_category_that_the_newest_regulation_does_not_have_is_malformed(
    subscriptions: AtWork, aiguilhe: Town, family: Family
) -> None:
    newer = aiguilhe.regulation(version=2, prices=ENTRIES[:2])
    await subscriptions.call(PUBLISH_REGULATION, publishing(newer), OPERATOR)
    with pytest.raises(Malformed) as refused:
        await asks(
            subscriptions, family, wish(aiguilhe, family.louane),
            wish(aiguilhe, family.theo, "adultes"), wish(aiguilhe, family.theo, "autre"),
        )  # fmt: skip
    assert [(e.field, e.kind) for e in refused.value.details.errors] == [
        ("wishes.1.category", "unknown"), ("wishes.2.category", "unknown"),
    ]  # fmt: skip
    assert await access(subscriptions, family) == []


async def test_the_same_wish_twice_in_a_batch_is_malformed(
    subscriptions: AtWork, aiguilhe: Town, family: Family
) -> None:
    louane, theo = wish(aiguilhe, family.louane), wish(aiguilhe, family.theo)
    with pytest.raises(Malformed) as refused:
        await asks(subscriptions, family, louane, theo, louane)
    assert [(e.field, e.kind) for e in refused.value.details.errors] == [("wishes.2", "twice")]
    assert await access(subscriptions, family) == []


async def test_what_waits_already_is_not_asked_for_again_and_the_rest_is_not_either(
    subscriptions: AtWork, aiguilhe: Town, family: Family
) -> None:
    await asks(subscriptions, family, wish(aiguilhe, family.louane))
    with pytest.raises(AlreadyAsked) as refused:
        await asks(
            subscriptions, family, wish(aiguilhe, family.theo), wish(aiguilhe, family.louane)
        )
    assert refused.value.details.beneficiary == family.louane
    assert refused.value.details.service == aiguilhe.canteen
    assert len(await access(subscriptions, family)) == 1
    assert len(await requests_told(subscriptions)) == 1


@pytest.mark.parametrize("valid_from", [TODAY, date(2027, 1, 4)])
async def test_what_is_held_now_or_later_is_not_asked_for_again(
    subscriptions: AtWork, aiguilhe: Town, family: Family, valid_from: date
) -> None:
    await holds(subscriptions, aiguilhe, family, family.louane, valid_from=valid_from)
    with pytest.raises(AlreadyAsked):
        await asks(subscriptions, family, wish(aiguilhe, family.louane))
    await asks(subscriptions, family, wish(aiguilhe, family.louane, "hors_commune"))


async def test_what_is_over_may_be_asked_for_again(
    subscriptions: AtWork, aiguilhe: Town, family: Family
) -> None:
    await holds(subscriptions, aiguilhe, family, family.louane, valid_until=date(2026, 12, 1))
    await clock_shows(subscriptions, MONDAY + timedelta(days=16))
    assert await states(subscriptions, family) == ["ended"]
    await asks(subscriptions, family, wish(aiguilhe, family.louane))
    assert await states(subscriptions, family) == ["pending"]


async def test_what_was_refused_may_be_asked_for_again_and_the_new_request_is_shown(
    subscriptions: AtWork, aiguilhe: Town, family: Family
) -> None:
    first = await asks(subscriptions, family, wish(aiguilhe, family.louane))
    await judges(
        subscriptions, aiguilhe.staff(), first.requests, verdict="refused", reason="proof_missing"
    )
    assert await states(subscriptions, family) == ["refused"]
    await asks(subscriptions, family, wish(aiguilhe, family.louane))
    assert await states(subscriptions, family) == ["pending"]


async def test_a_child_of_two_households_is_asked_for_by_each(
    subscriptions: AtWork, aiguilhe: Town, family: Family
) -> None:
    other = replace(Family(), louane=family.louane)
    for household in (family, other):
        await asks(subscriptions, household, wish(aiguilhe, family.louane))
        assert await states(subscriptions, household) == ["pending"]


async def test_two_parents_who_ask_for_the_same_at_once_ask_once(
    subscriptions: AtWork, aiguilhe: Town, family: Family
) -> None:
    both = wish(aiguilhe, family.louane), wish(aiguilhe, family.theo)
    done = await asyncio.gather(
        asks(subscriptions, family, *both),
        asks(subscriptions, replace(family, parent=uuid4()), *reversed(both)),
        return_exceptions=True,
    )
    assert sorted(type(one).__name__ for one in done) == ["AccessAsked", "AlreadyAsked"]
    assert len(await requests_told(subscriptions)) == 2


async def test_whoever_left_the_list_is_no_longer_asked_for(
    subscriptions: AtWork, aiguilhe: Town, family: Family
) -> None:
    gone = BeneficiaryRetired(household=family.household, beneficiary=family.louane)
    await subscriptions.hear(gone)
    with pytest.raises(NotFound):
        await asks(
            subscriptions, family, wish(aiguilhe, family.theo), wish(aiguilhe, family.louane)
        )
    assert await access(subscriptions, family) == []
    await asks(subscriptions, family, wish(aiguilhe, family.theo))
    other = replace(Family(), louane=family.louane)
    await asks(subscriptions, other, wish(aiguilhe, family.louane))


async def test_nobody_but_a_household_asks(subscriptions: AtWork, aiguilhe: Town) -> None:
    asked = AskAccess(batch=uuid4(), wishes=(wish(aiguilhe, uuid4()),))
    for caller in (aiguilhe.staff(), OPERATOR, Caller("visitor", uuid4())):
        with pytest.raises(NotAllowed):
            await subscriptions.call(ASK_ACCESS, asked, caller)


# -- following ----------------------------------------------------------------------------------


async def test_a_household_sees_its_own_rows_newest_first(
    subscriptions: AtWork, aiguilhe: Town, family: Family
) -> None:
    await asks(subscriptions, family, wish(aiguilhe, family.louane))
    await asks(subscriptions, Family(), wish(aiguilhe, family.louane))
    await asks(subscriptions, family, wish(aiguilhe, family.theo))
    rows = await access(subscriptions, family)
    assert [row.beneficiary for row in rows] == [family.theo, family.louane]


async def test_an_entry_that_the_regulation_dropped_keeps_its_name_in_the_list(
    subscriptions: AtWork, aiguilhe: Town, family: Family
) -> None:
    await asks(subscriptions, family, wish(aiguilhe, family.louane, "adultes"))
    newer = aiguilhe.regulation(version=2, prices=ENTRIES[:1])
    await subscriptions.call(PUBLISH_REGULATION, publishing(newer), OPERATOR)
    assert [row.category_label for row in await access(subscriptions, family)] == ["Adultes"]


# -- taking back --------------------------------------------------------------------------------


async def test_a_request_is_taken_back_once_and_leaves_the_list(
    subscriptions: AtWork, aiguilhe: Town, family: Family
) -> None:
    asked = await asks(subscriptions, family, wish(aiguilhe, family.louane))
    twins = (withdraws(subscriptions, family, asked.requests[0]) for _ in range(3))
    await asyncio.gather(*twins)
    told = await requests_told(subscriptions)
    assert [(event.version, event.state) for event in told] == [(1, "pending"), (2, "withdrawn")]
    assert await access(subscriptions, family) == []
    await asks(subscriptions, family, wish(aiguilhe, family.louane))
    assert await states(subscriptions, family) == ["pending"]


async def test_another_household_finds_no_request_to_take_back(
    subscriptions: AtWork, aiguilhe: Town, family: Family
) -> None:
    asked = await asks(subscriptions, family, wish(aiguilhe, family.louane))
    stranger = replace(Family(), louane=family.louane, parent=family.parent)
    for request in (asked.requests[0], RequestId(uuid4())):
        with pytest.raises(NotFound):
            await withdraws(subscriptions, stranger, request)
    assert await states(subscriptions, family) == ["pending"]
    assert len(await requests_told(subscriptions)) == 1


@pytest.mark.parametrize("verdict", ["approved", "refused"])
async def test_what_was_judged_is_not_taken_back(
    subscriptions: AtWork, aiguilhe: Town, family: Family, verdict: str
) -> None:
    asked = await asks(subscriptions, family, wish(aiguilhe, family.louane))
    await judges(
        subscriptions, aiguilhe.staff(), asked.requests, verdict=verdict, reason="duplicate"
    )
    with pytest.raises(RequestsJudged) as refused:
        await withdraws(subscriptions, family, asked.requests[0])
    assert refused.value.details.requests == asked.requests
    assert [event.state for event in await requests_told(subscriptions)] == ["pending", verdict]


async def test_a_clerk_and_a_family_at_once_leave_one_answer(
    subscriptions: AtWork, aiguilhe: Town
) -> None:
    for _ in range(8):
        family = Family()
        asked = await asks(subscriptions, family, wish(aiguilhe, family.louane))
        answers = await asyncio.gather(
            judges(subscriptions, aiguilhe.staff(), asked.requests),
            withdraws(subscriptions, family, asked.requests[0]),
            return_exceptions=True,
        )
        assert [type(one) for one in answers].count(RequestsJudged) == 1
        told = [e for e in await requests_told(subscriptions) if e.request in asked.requests]
        given = [r for r in await rights_told(subscriptions) if r.household == family.household]
        last = "withdrawn" if isinstance(answers[0], RequestsJudged) else "approved"
        assert [event.state for event in told] == ["pending", last]
        assert len(given) == (last == "approved")


# -- what the table itself refuses --------------------------------------------------------------

JUDGED = "judged = app_now(), judged_by = id"


@pytest.mark.parametrize(
    ("change", "constraint"),
    [(f"state = 'refused', {JUDGED}", "refused_for_a_reason"),
     ("reason = 'full'", "refused_for_a_reason"),
     (f"state = 'refused', reason = 'no_work', {JUDGED}", "request_reason_known"),
     ("state = 'approved'", "judged_by_somebody"), ("state = 'lost'", "request_state_known")],
)  # fmt: skip
async def test_the_table_knows_which_states_make_sense(
    subscriptions: AtWork, aiguilhe: Town, family: Family, change: str, constraint: str
) -> None:
    await asks(subscriptions, family, wish(aiguilhe, family.louane))
    with pytest.raises(asyncpg.CheckViolationError) as refused:
        await subscriptions.running.pool.execute(
            f"update access_request set {change} where household = $1", family.household
        )
    assert refused.value.constraint_name == constraint


async def test_even_the_owner_of_the_database_cannot_make_an_entry_wait_twice(
    subscriptions: AtWork, aiguilhe: Town, family: Family
) -> None:
    asked = await asks(subscriptions, family, wish(aiguilhe, family.louane))
    with pytest.raises(asyncpg.UniqueViolationError) as refused:
        await subscriptions.owner.execute(
            "insert into access_request (id, household, beneficiary, authority, service, category,"
            " asked_by) select gen_random_uuid(), household, beneficiary, authority, service,"
            " category, asked_by from access_request where id = $1",
            asked.requests[0],
        )
    assert refused.value.constraint_name == "one_pending_request_per_entry"


async def test_the_application_never_deletes_a_request(
    subscriptions: AtWork, aiguilhe: Town, family: Family
) -> None:
    asked = await asks(subscriptions, family, wish(aiguilhe, family.louane))
    for statement in (
        "delete from access_request where id = $1",
        "update access_request set beneficiary = gen_random_uuid() where id = $1",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await subscriptions.running.pool.execute(statement, asked.requests[0])
