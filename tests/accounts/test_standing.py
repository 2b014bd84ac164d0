"""Where an account stands: every verdict and every approval, early, late, twice."""

import asyncio
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.auth import Caller
from contracts.accounts import (
    GET_OWN_FILE,
    HOUSEHOLD_REASONS,
    JUDGE_HOUSEHOLD,
    PROVE_ADDRESS,
    AlreadyJudged,
    HouseholdChanged,
    JudgeHousehold,
    ProveAddress,
    RegisterHousehold,
    ShowOwnFile,
    household_of,
)
from contracts.refusal import Malformed, NotAllowed, NotFound
from contracts.subscriptions import RequestChanged
from services.accounts.domain.households import Household
from tests.accounts.at_work import OPERATOR, AtWork
from tests.accounts.families import one_that_waits, standing_of
from tests.accounts.newcomers import opens, registered, signed_in, written

REASON = "unknown_family"


def approved(household: UUID, **changes: Any) -> RequestChanged:
    """A town hall says yes to a request of this household."""
    plain: dict[str, Any] = {
        "request": uuid4(), "household": household, "beneficiary": uuid4(), "authority": uuid4(),
        "service": uuid4(), "category": "enfants", "authority_label": "Mairie de Polignac",
        "service_label": "Cantine", "category_label": "Enfants", "state": "approved", "version": 2,
    }  # fmt: skip
    return RequestChanged(**{**plain, **changes})


async def judge(
    accounts: AtWork, household: RegisterHousehold, verdict: str, reason: str | None = None
) -> None:
    asked = JudgeHousehold(household=household.household, verdict=verdict, reason=reason)
    await accounts.call(JUDGE_HOUSEHOLD, asked, OPERATOR)


async def told_of(
    accounts: AtWork, household: RegisterHousehold
) -> list[tuple[str, str | None, int]]:
    """State, reason and version of everything that was told of a household."""
    bodies = [body for name, body in await accounts.told() if name == HouseholdChanged.name]
    return [
        (body["state"], body.get("reason"), body["version"])
        for body in bodies
        if UUID(body["household"]) == household.household
    ]


# -- a town hall's verdict ------------------------------------------------------------------------


async def test_an_account_that_waits_is_validated_and_it_is_told(accounts: AtWork) -> None:
    household = await one_that_waits(accounts)
    await judge(accounts, household, "validated")
    assert await standing_of(accounts, household) == ("validated", None)
    assert await told_of(accounts, household) == [("validated", None, 1)]


@pytest.mark.parametrize("reason", HOUSEHOLD_REASONS)
async def test_an_account_that_waits_is_refused_for_a_reason_of_the_list(
    accounts: AtWork, reason: str
) -> None:
    household = await one_that_waits(accounts)
    await judge(accounts, household, "refused", reason)
    assert await standing_of(accounts, household) == ("refused", reason)
    assert await told_of(accounts, household) == [("refused", reason, 1)]


async def test_a_refused_account_is_refused_for_another_reason_and_validated_later(
    accounts: AtWork,
) -> None:
    household = await one_that_waits(accounts)
    await judge(accounts, household, "refused", "incomplete")
    await judge(accounts, household, "refused", "duplicate")
    await judge(accounts, household, "validated")
    assert await standing_of(accounts, household) == ("validated", None)
    assert await told_of(accounts, household) == [
        ("refused", "incomplete", 1), ("refused", "duplicate", 2), ("validated", None, 3)
    ]  # fmt: skip


@pytest.mark.parametrize(("verdict", "reason"), [("validated", None), ("refused", REASON)])
async def test_the_same_verdict_again_is_done_and_tells_nothing(
    accounts: AtWork, verdict: str, reason: str | None
) -> None:
    household = await one_that_waits(accounts)
    await judge(accounts, household, verdict, reason)
    await judge(accounts, household, verdict, reason)
    assert await told_of(accounts, household) == [(verdict, reason, 1)]


async def test_a_validated_account_cannot_be_refused_any_more(accounts: AtWork) -> None:
    household = await one_that_waits(accounts)
    await judge(accounts, household, "validated")
    with pytest.raises(AlreadyJudged):
        await judge(accounts, household, "refused", REASON)
    assert await standing_of(accounts, household) == ("validated", None)
    assert len(await told_of(accounts, household)) == 1


async def test_a_refusal_without_a_reason_is_malformed_and_changes_nothing(
    accounts: AtWork,
) -> None:
    household = await one_that_waits(accounts)
    with pytest.raises(Malformed) as refused:
        await judge(accounts, household, "refused")
    assert [(e.field, e.kind) for e in refused.value.details.errors] == [("reason", "missing")]
    assert await standing_of(accounts, household) == ("waiting", None)


async def test_a_household_that_does_not_exist_is_not_judged(accounts: AtWork) -> None:
    with pytest.raises(NotFound):
        await accounts.call(
            JUDGE_HOUSEHOLD, JudgeHousehold(household=uuid4(), verdict="validated"), OPERATOR
        )


@pytest.mark.parametrize("kind", ["visitor", "family", "applicant", "service"])
async def test_only_staff_and_operators_judge_accounts(accounts: AtWork, kind: Any) -> None:
    household = await one_that_waits(accounts)
    caller = Caller(kind, household.adult.person, household.household)
    asked = JudgeHousehold(household=household.household, verdict="validated")
    with pytest.raises(NotAllowed):
        await accounts.call(JUDGE_HOUSEHOLD, asked, caller)


async def test_of_two_operators_at_once_one_changes_the_account_and_both_are_answered(
    accounts: AtWork,
) -> None:
    household = await one_that_waits(accounts)
    await asyncio.gather(*(judge(accounts, household, "validated") for _ in range(4)))
    assert await told_of(accounts, household) == [("validated", None, 1)]


# -- before the address is proved -----------------------------------------------------------------


async def test_nothing_is_told_of_an_account_whose_address_nobody_proved(
    accounts: AtWork,
) -> None:
    household = await one_that_waits(accounts, proved=False)
    await judge(accounts, household, "refused", REASON)
    assert await standing_of(accounts, household) == ("address_unproved", None)
    await accounts.hear(approved(household.household))
    assert await standing_of(accounts, household) == ("address_unproved", None)
    assert await told_of(accounts, household) == []
    state = "select state from household where id = $1"
    assert await accounts.owner.fetchval(state, household.household) == "validated", "it is kept"


@pytest.mark.parametrize("verdict", ["validated", None])
async def test_the_first_proof_tells_where_the_account_stands_by_then(
    accounts: AtWork, verdict: str | None
) -> None:
    registration, _ = await registered(accounts)
    (proof,) = await written(accounts)
    caller = signed_in(registration)
    household = household_of(registration.registration)
    if verdict:
        await accounts.call(
            JUDGE_HOUSEHOLD, JudgeHousehold(household=household, verdict=verdict), OPERATOR
        )
    for _ in range(2):
        await accounts.call(PROVE_ADDRESS, ProveAddress(secret_hash=opens(proof)), caller)
    told = [body for name, body in await accounts.told() if name == HouseholdChanged.name]
    assert told == [{"household": str(household), "state": verdict or "waiting", "version": 1}]
    file = await accounts.call(GET_OWN_FILE, ShowOwnFile(), caller)
    assert file.standing == (verdict or "waiting")


# -- a request that was approved ------------------------------------------------------------------


async def test_the_first_approved_request_validates_an_account_that_waits(
    accounts: AtWork,
) -> None:
    household = await one_that_waits(accounts)
    await accounts.hear(approved(household.household))
    assert await standing_of(accounts, household) == ("validated", None)
    assert await told_of(accounts, household) == [("validated", None, 1)]


async def test_an_approved_request_validates_an_account_that_was_refused(
    accounts: AtWork,
) -> None:
    household = await one_that_waits(accounts)
    await judge(accounts, household, "refused", REASON)
    await accounts.hear(approved(household.household))
    assert await standing_of(accounts, household) == ("validated", None)
    assert (await told_of(accounts, household))[1:] == [("validated", None, 2)]


async def test_approvals_that_come_twice_or_later_change_nothing(accounts: AtWork) -> None:
    household = await one_that_waits(accounts)
    first = approved(household.household)
    await accounts.hear(first, approved(household.household))
    await accounts.hear(first)
    await accounts.hear(approved(household.household))
    assert await told_of(accounts, household) == [("validated", None, 1)]


async def test_an_approval_after_the_operators_validation_changes_nothing(
    accounts: AtWork,
) -> None:
    household = await one_that_waits(accounts)
    await judge(accounts, household, "validated")
    await accounts.hear(approved(household.household))
    assert await told_of(accounts, household) == [("validated", None, 1)]


@pytest.mark.parametrize("state", ["pending", "refused", "withdrawn"])
async def test_a_request_that_is_not_approved_leaves_the_account_as_it_stands(
    accounts: AtWork, state: str
) -> None:
    household = await one_that_waits(accounts)
    await accounts.hear(approved(household.household, state=state))
    assert await standing_of(accounts, household) == ("waiting", None)
    assert await told_of(accounts, household) == []


async def test_a_request_of_an_unknown_household_holds_up_nobody(accounts: AtWork) -> None:
    household = await one_that_waits(accounts)
    await accounts.hear(approved(uuid4()), approved(household.household))
    assert await standing_of(accounts, household) == ("validated", None)


async def test_a_hundred_approvals_at_once_validate_and_tell_each_household_once(
    accounts: AtWork,
) -> None:
    waiting = [uuid4() for _ in range(100)]
    await accounts.owner.execute(
        """
        with household as (insert into household (id) select unnest($1::uuid[]) returning id),
        person as (
            insert into person (id, first_name, last_name, name_key, email, email_key,
                address_proved)
            select id, 'A', 'B', 'b a', id || '@exemple.fr', id || '@exemple.fr', app_now()
            from household
            returning id
        )
        insert into household_member (household, person) select id, id from person
        """,
        waiting,
    )
    await accounts.hear(*(approved(household) for household in waiting for _ in range(2)))
    told = [body for name, body in await accounts.told() if name == HouseholdChanged.name]
    assert sorted(UUID(body["household"]) for body in told) == sorted(waiting)
    assert {(body["state"], body["version"]) for body in told} == {("validated", 1)}


# -- the decision, pure ---------------------------------------------------------------------------

REASONS = st.sampled_from(list(HOUSEHOLD_REASONS))
VERDICTS = st.lists(st.one_of(st.none(), REASONS), max_size=8)
"""None is a yes."""


@given(VERDICTS)
def test_whatever_is_judged_a_validated_household_stays_and_a_refused_one_has_its_reason(
    verdicts: list[Any],
) -> None:
    household = start = Household(uuid4(), "waiting", None, 0)
    for number, reason in enumerate(verdicts):
        try:
            household = household.judged("refused" if reason else "validated", reason)
        except AlreadyJudged:
            assert reason is not None
            assert None in verdicts[:number]
    if None in verdicts:
        assert household == start.validated()
    elif verdicts:
        assert household == replace(start, state="refused", reason=verdicts[-1])
