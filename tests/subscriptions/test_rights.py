"""Whatever is approved in whichever order, a day has one entry of a service (domain.md S3)."""

from datetime import date, timedelta
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from contracts.values import AuthorityId, BeneficiaryId, EntitlementId, HouseholdId, ServiceId
from services.subscriptions.domain.access import Entitlement, make_room

HOUSEHOLD, AUTHORITY = HouseholdId(UUID(int=1)), AuthorityId(UUID(int=2))
FIRST = date(2026, 9, 1)
DAYS = 30
SPANS = st.tuples(st.integers(0, DAYS), st.integers(0, DAYS)).map(sorted)
APPROVALS = st.lists(st.tuples(st.integers(1, 2), st.integers(1, 2), SPANS), max_size=12)
"""A beneficiary of two, a service of two, from a day to a day."""


def a_right(beneficiary: int, service: int, first: int, last: int) -> Entitlement:
    """A right that an approval gives."""
    return Entitlement(
        EntitlementId(uuid4()), HOUSEHOLD, BeneficiaryId(UUID(int=beneficiary)), AUTHORITY,
        ServiceId(UUID(int=service)), "residents", FIRST + timedelta(first),
        FIRST + timedelta(last), "active", 1,
    )  # fmt: skip


def approve(held: list[Entitlement], new: Entitlement) -> list[Entitlement]:
    """What is held once a right is given."""
    changed = {right.id: right for right in make_room([new], held)}
    return [changed.get(right.id, right) for right in held] + [new]


def holding(rights: list[Entitlement], day: date) -> list[object]:
    """Where something may be booked on a day, once for each right that lets it."""
    return [
        right.place
        for right in rights
        if right.state == "active" and right.valid_from <= day <= right.valid_until
    ]


@given(APPROVALS)
def test_no_order_of_approvals_leaves_two_entries_of_a_service_on_a_day(approvals):
    held: list[Entitlement] = []
    for beneficiary, service, (first, last) in approvals:
        held = approve(held, a_right(beneficiary, service, first, last))
    for day in (FIRST + timedelta(n) for n in range(DAYS + 1)):
        places = holding(held, day)
        assert len(places) == len(set(places))


@given(APPROVALS)
def test_the_newest_approval_holds_on_all_of_its_days_and_nothing_before_them_is_lost(approvals):
    held: list[Entitlement] = []
    for beneficiary, service, (first, last) in approvals:
        new = a_right(beneficiary, service, first, last)
        before, held = held, approve(held, new)
        assert held[-1] == new
        for day in (FIRST + timedelta(n) for n in range(first)):
            assert sorted(map(str, holding(held, day))) == sorted(map(str, holding(before, day)))


@given(APPROVALS)
def test_what_changes_is_told_once_with_the_next_version(approvals):
    held: list[Entitlement] = []
    for beneficiary, service, (first, last) in approvals:
        new = a_right(beneficiary, service, first, last)
        versions = {right.id: right.version for right in held}
        for right in make_room([new], held):
            assert right.version == versions[right.id] + 1
            assert right.place == new.place
            assert right.valid_from <= right.valid_until
        held = approve(held, new)
        assert make_room([new], held[:-1]) == []
