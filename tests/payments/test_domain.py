"""How an order is settled: worked cases, and what holds for every amount."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.booking import OrderHeld
from contracts.payments import OrderUnpaid
from services.payments.domain import (
    BANK_MINIMUM_CENTS,
    AccountKey,
    Entry,
    Wallet,
    not_paid,
    order_paid,
    settle,
    settle_all,
    wallet_of,
)

REGIE, OTHER_REGIE, HOUSEHOLD = UUID(int=1), UUID(int=2), UUID(int=3)
CENTS = st.integers(0, 100_000)
MEANS = st.sampled_from(("credits", "credits_then_card", "card"))


def held(
    cents: int, means: str = "credits", *, regie: UUID = REGIE, household: UUID = HOUSEHOLD
) -> OrderHeld:
    return OrderHeld(
        order=uuid4(), version=1, household=household, authority=UUID(int=4), regie=regie,
        means=means, cents=cents,
    )  # fmt: skip


# -- worked cases (domain.md §4.10) -------------------------------------------------------------


def test_case_10_leaves_the_bank_its_minimum_and_the_wallet_the_difference():
    wallet, price = 1460, 1520
    settlement = settle(held(price, "credits_then_card"), wallet)
    assert settlement.state == "payable"
    assert settlement.reserve == 1420
    assert price - settlement.reserve == 100
    assert wallet - settlement.reserve == 40


def test_case_11_credits_of_one_regie_do_not_help_in_another():
    aiguilhe = held(2 * 380, "credits_then_card")
    coubon = held(3 * 410, "credits_then_card", regie=OTHER_REGIE)
    wallets = {
        (HOUSEHOLD, REGIE): Wallet(1, 1000, 0),
        (HOUSEHOLD, OTHER_REGIE): Wallet(2, 500, 0),
    }
    first, second = settle_all([aiguilhe, coubon], wallets)
    assert (first.state, first.reserve) == ("paid", 0)
    assert (second.state, second.reserve, 1230 - second.reserve) == ("payable", 500, 730)


@pytest.mark.parametrize(
    ("cents", "means", "available", "state", "reserve"),
    [
        (1520, "credits", 1520, "paid", 0),
        (1520, "credits", 1519, "unpaid", 0),
        (1520, "credits_then_card", 1520, "paid", 0),
        (1520, "credits_then_card", 1519, "payable", 1420),
        (1520, "credits_then_card", 0, "payable", 0),
        (99, "credits_then_card", 98, "payable", 0),
        (1520, "card", 9999, "payable", 0),
        (0, "card", 0, "paid", 0),
        (0, "credits", 0, "paid", 0),
    ],
)
def test_an_order_is_settled_by_its_means(cents, means, available, state, reserve):
    settlement = settle(held(cents, means), available)
    assert (settlement.state, settlement.reserve) == (state, reserve)


def test_an_order_is_settled_with_what_is_not_reserved():
    wallets = {(HOUSEHOLD, REGIE): Wallet(1, 1000, 300)}
    assert [s.state for s in settle_all([held(701)], wallets)] == ["unpaid"]
    assert [s.state for s in settle_all([held(700)], wallets)] == ["paid"]


def test_a_household_without_a_wallet_has_nothing_to_spend():
    assert [s.state for s in settle_all([held(1), held(0)], {})] == ["unpaid", "paid"]


def test_the_second_order_has_what_the_first_left():
    wallets = {(HOUSEHOLD, REGIE): Wallet(1, 1000, 0)}
    states = [s.state for s in settle_all([held(600), held(600), held(400)], wallets)]
    assert states == ["paid", "unpaid", "paid"]


# -- for every amount ---------------------------------------------------------------------------


@given(CENTS, MEANS, CENTS)
def test_no_more_is_reserved_than_is_available_nor_than_the_price(cents, means, available):
    settlement = settle(held(cents, means), available)
    assert 0 <= settlement.reserve <= min(available, cents)
    assert settlement.reserve == 0 or settlement.state == "payable"


@given(CENTS, MEANS, CENTS)
def test_an_order_is_paid_only_with_the_means_that_was_chosen(cents, means, available):
    settlement = settle(held(cents, means), available)
    covered = cents == 0 or (means != "card" and available >= cents)
    assert (settlement.state == "paid") == covered
    assert (settlement.state == "unpaid") == (not covered and means == "credits")


@given(CENTS, CENTS)
def test_the_rest_for_the_card_is_never_below_the_banks_minimum(cents, available):
    settlement = settle(held(cents, "credits_then_card"), available)
    rest = cents - settlement.reserve
    if settlement.state == "payable" and rest < BANK_MINIMUM_CENTS:
        assert settlement.reserve == 0, "the whole order is below the minimum"
    if settlement.state == "payable" and settlement.reserve < available:
        assert rest <= BANK_MINIMUM_CENTS, "no more is left in the wallet than is needed"


@given(CENTS, CENTS, st.integers(0, 1000))
def test_more_credits_never_make_the_card_pay_more(cents, available, more):
    poor = settle(held(cents, "credits_then_card"), available)
    rich = settle(held(cents, "credits_then_card"), available + more)
    order = {"payable": 0, "paid": 1}
    assert order[rich.state] >= order[poor.state]
    assert rich.state == "paid" or rich.reserve >= poor.reserve


ORDERS = st.lists(
    st.tuples(st.integers(0, 3000), MEANS, st.integers(0, 1), st.integers(0, 1)), max_size=12
)
WALLETS = st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 5000)), min_size=4, max_size=4)


@given(ORDERS, WALLETS)
def test_however_many_orders_come_no_wallet_is_overdrawn(orders, wallets):
    keys = [(UUID(int=h), UUID(int=10 + r)) for h in (0, 1) for r in (0, 1)]
    opened = {
        key: Wallet(number, balance, min(balance, reserved))
        for number, (key, (balance, reserved)) in enumerate(zip(keys, wallets, strict=True))
    }
    asked = [
        held(cents, means, household=keys[2 * h + r][0], regie=keys[2 * h + r][1])
        for cents, means, h, r in orders
    ]
    settlements = settle_all(asked, opened)
    assert [s.order for s in settlements] == asked
    for key, wallet in opened.items():
        own = [s for s in settlements if (s.order.household, s.order.regie) == key]
        spent = sum(s.order.cents for s in own if s.state == "paid" and s.order.cents)
        assert spent + sum(s.reserve for s in own) <= wallet.available
    assert all(w.available == w.balance - w.reserved for w in opened.values())


# -- entries ------------------------------------------------------------------------------------


@given(st.integers(1, 100_000))
def test_the_price_of_an_order_goes_from_the_wallet_to_the_revenue(cents):
    order = held(cents)
    entry = order_paid(order)
    assert entry.postings == {
        wallet_of(HOUSEHOLD, REGIE): -cents,
        AccountKey(REGIE, "revenue"): cents,
    }
    assert entry.key == f"order:{order.order}:paid"


@pytest.mark.parametrize(
    "postings",
    [
        {},
        {AccountKey(REGIE, "cash"): 0},
        {AccountKey(REGIE, "cash"): -5, AccountKey(REGIE, "revenue"): 4},
        {AccountKey(REGIE, "cash"): -5, AccountKey(OTHER_REGIE, "revenue"): 5},
    ],
)
def test_an_entry_that_does_not_balance_in_one_regie_cannot_be_made(postings):
    with pytest.raises(AssertionError):
        Entry(key="k", kind="cash_top_up", regie=REGIE, postings=postings)


def test_an_order_that_credits_do_not_cover_is_told_with_its_reason():
    order = held(1)
    assert not_paid(order) == OrderUnpaid(
        order=order.order, household=HOUSEHOLD, regie=REGIE, reason="credits_short"
    )
