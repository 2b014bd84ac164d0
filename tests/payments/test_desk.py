"""The desk of a régie: cash and cheques, receipts and takings, for agents of its town alone."""

import json
from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from chassis.auth import Caller
from contracts import payments as contract
from contracts.act import ShowActs
from contracts.payments import (
    Receipt,
    ShowMovements,
    ShowReceipt,
    ShowTakings,
    ShowWallets,
    TakeCash,
    Takings,
)
from contracts.refusal import NotAllowed, NotFound, SameIdOtherContent
from contracts.subscriptions import RegieChanged
from services.payments.app import SERVICE
from services.payments.reads import SQL
from tests.accounts.at_work import AtWork, at_work
from tests.databases import Templates
from tests.town import AUTHORITY, MONDAY, REGIE, REGISSEUR, Family
from tests.town_halls import (
    OPEN_WITHOUT_POLICY,
    OTHER_AUTHORITY,
    OTHER_REGIE,
    acting_for,
    an_agent,
    clock_shows,
    everywhere,
    rows_seen,
)

ELSEWHERE = an_agent("regisseur", OTHER_AUTHORITY)


@pytest.fixture
async def payments(templates: Templates) -> AsyncIterator[AtWork]:
    """Payments at work, with the régies of two towns."""
    async with at_work(templates, SERVICE) as service:
        await clock_shows(service, MONDAY)
        await service.hear(
            RegieChanged(regie=REGIE, authority=AUTHORITY, label="Régie d’Aiguilhe", version=1),
            RegieChanged(
                regie=OTHER_REGIE, authority=OTHER_AUTHORITY, label="Régie de Coubon", version=1
            ),
        )
        yield service


async def takes(
    payments: AtWork, family: Family, cents: int = 2000, caller: Caller = REGISSEUR, **more: Any
) -> Receipt:
    """Money at the desk."""
    asked = {"top_up": uuid4(), "household": family.household, "regie": REGIE, "cents": cents}
    return await payments.call(contract.TAKE_CASH, TakeCash(**(asked | more)), caller)


async def takes_cheque(payments: AtWork, family: Family, **more: Any) -> Receipt:
    return await takes(payments, family, **({"means": "cheque", "reference": "0042137"} | more))


async def digest(payments: AtWork) -> list[Any]:
    """All that a top-up changes."""
    return [
        await payments.owner.fetchval(
            f"select coalesce(string_agg(t::text, '|' order by t::text), '') from {table} t"
        )
        for table in ("entry", "posting", "wallet", "receipt", "numbering", "act", "outbox")
    ]


# -- cheques ------------------------------------------------------------------------------------


async def test_a_cheque_becomes_credits_through_the_regies_account_of_cheques(payments: AtWork):
    dupont = Family()
    receipt = await takes_cheque(payments, dupont)
    postings = await payments.owner.fetch(
        "select a.kind, p.cents from posting p join account a on a.id = p.account order by cents"
    )
    assert [tuple(row) for row in postings] == [("cheques", -2000), ("wallet", 2000)]
    (name, told) = (await payments.told())[-1]
    assert name == "payments.credits_loaded.v1"
    assert (told["means"], told["cents"], told["number"]) == ("cheque", 2000, receipt.number)
    asked = ShowMovements(regie=REGIE)
    (movement,) = (await payments.call(contract.LIST_MOVEMENTS, asked, dupont.caller)).movements
    assert (movement.kind, movement.receipt) == ("cheque_top_up", receipt.number)


async def test_cash_and_cheques_have_a_series_of_numbers_each_without_gaps(payments: AtWork):
    dupont, numbers = Family(), {"cash": [], "cheque": []}
    for means in ("cash", "cheque", "cheque", "cash", "cheque"):
        receipt = await takes(payments, dupont, means=means)
        assert receipt.means == means
        numbers[means].append(receipt.number)
    assert numbers == {"cash": [1, 2], "cheque": [1, 2, 3]}


async def test_a_top_up_sent_again_as_another_cheque_or_as_cash_is_refused(payments: AtWork):
    dupont, top_up = Family(), uuid4()
    first = await takes_cheque(payments, dupont, top_up=top_up)
    colleague = Caller("staff", uuid4(), None, REGISSEUR.roles)
    again = await takes_cheque(payments, dupont, top_up=top_up, caller=colleague)
    assert again == first
    before = await digest(payments)
    for other in ({"reference": "0042138"}, {"means": "cash", "reference": ""}):
        for caller in (REGISSEUR, colleague):
            with pytest.raises(SameIdOtherContent):
                await takes_cheque(payments, dupont, top_up=top_up, caller=caller, **other)
    assert await digest(payments) == before


async def test_money_taken_is_an_act_once_and_a_refused_top_up_is_none(payments: AtWork):
    dupont, top_up = Family(), uuid4()
    for _ in range(2):
        await takes_cheque(payments, dupont, top_up=top_up)
    with pytest.raises(NotFound):
        await takes(payments, dupont, caller=ELSEWHERE)
    (act,) = await payments.owner.fetch("select * from act")
    assert (act["what"], act["subject"]) == ("payments.take_cash", top_up)
    assert (act["agent"], act["authority"]) == (REGISSEUR.actor, AUTHORITY)
    after = json.loads(act["after"]) if isinstance(act["after"], str) else act["after"]
    assert after == {
        "household": str(dupont.household), "regie": str(REGIE), "cents": 2000,
        "means": "cheque", "number": 1,
    }  # fmt: skip


# -- who may take it ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "stranger",
    [ELSEWHERE, an_agent("administrator", OTHER_AUTHORITY), an_agent("clerk"),
     an_agent("reader"), Caller("staff", uuid4())],
    ids=["régisseur elsewhere", "administrator elsewhere", "clerk", "reader", "without a role"],
)  # fmt: skip
async def test_to_whoever_does_not_hold_the_regie_neither_it_nor_its_receipts_exist(
    payments: AtWork, stranger
):
    dupont = Family()
    receipt = await takes(payments, dupont)
    before = await digest(payments)
    with pytest.raises(NotFound):
        await takes(payments, dupont, caller=stranger)
    for operation, asked in (
        (contract.GET_RECEIPT, ShowReceipt(top_up=receipt.top_up)),
        (contract.LIST_TAKINGS, ShowTakings(regie=REGIE)),
    ):
        with pytest.raises(NotFound):
            await payments.call(operation, asked, stranger)
    assert await digest(payments) == before


async def test_who_acts_for_a_household_takes_no_money_for_another(payments: AtWork):
    dupont, martin = Family(), Family()
    at_the_desk = acting_for(REGISSEUR, dupont)
    assert (await takes(payments, dupont, caller=at_the_desk)).number == 1
    before = await digest(payments)
    with pytest.raises(NotFound):
        await takes(payments, martin, caller=at_the_desk)
    assert await digest(payments) == before


async def test_the_agglomerations_administrator_takes_money_everywhere(payments: AtWork):
    for regie in (REGIE, OTHER_REGIE):
        receipt = await takes(payments, Family(), caller=everywhere(), regie=regie)
        asked = ShowReceipt(top_up=receipt.top_up)
        assert (await payments.call(contract.GET_RECEIPT, asked, everywhere())).regie == regie


# -- receipts and takings -----------------------------------------------------------------------


async def test_a_receipt_is_shown_as_it_is_printed(payments: AtWork):
    dupont = Family()
    receipt = await takes_cheque(payments, dupont)
    asked = ShowReceipt(top_up=receipt.top_up)
    shown = await payments.call(contract.GET_RECEIPT, asked, REGISSEUR)
    assert (shown.number, shown.cents, shown.means) == (1, 2000, "cheque")
    assert (shown.label, shown.household) == ("Régie d’Aiguilhe", dupont.household)
    assert (shown.reference, shown.taken_by) == ("0042137", REGISSEUR.actor)
    assert shown.taken.isoformat().startswith("2026-11-16T08:00:0")
    assert shown.taken.utcoffset() == timedelta(hours=1)
    with pytest.raises(NotFound):
        await payments.call(contract.GET_RECEIPT, ShowReceipt(top_up=uuid4()), REGISSEUR)


async def takings(payments: AtWork, day: date | None = None, regie: UUID = REGIE) -> Takings:
    asked = ShowTakings(regie=regie, day=day)
    return await payments.call(contract.LIST_TAKINGS, asked, everywhere())


async def test_a_days_takings_begin_and_end_at_midnight_in_the_town(payments: AtWork):
    dupont = Family()
    for hours, cents in ((-8.5, 100), (-7.5, 200), (15.5, 300), (16.5, 400)):
        await clock_shows(payments, MONDAY + timedelta(hours=hours))  # Monday, 8:00 in Paris
        await takes(payments, dupont, cents)
    monday = MONDAY.date()
    for offset, expected in ((-1, [100]), (0, [200, 300]), (1, [400]), (2, [])):
        shown = await takings(payments, monday + timedelta(days=offset))
        assert [receipt.cents for receipt in shown.receipts] == expected
    assert (await takings(payments)).day == monday + timedelta(days=1), "today, by Paris"


async def test_takings_are_summed_by_means_and_listed_by_number(payments: AtWork):
    dupont = Family()
    for cents, means in ((1000, "cheque"), (500, "cash"), (700, "cheque"), (300, "cash")):
        await takes(payments, dupont, cents, means=means)
    await takes(payments, dupont, 9000, caller=ELSEWHERE, regie=OTHER_REGIE)
    shown = await takings(payments)
    assert [(r.means, r.number, r.cents) for r in shown.receipts] == [
        ("cash", 1, 500), ("cash", 2, 300), ("cheque", 1, 1000), ("cheque", 2, 700),
    ]  # fmt: skip
    assert [(t.means, t.count, t.cents) for t in shown.totals] == [
        ("cash", 2, 800), ("cheque", 2, 1700),
    ]  # fmt: skip
    assert {r.label for r in shown.receipts} == {shown.label} == {"Régie d’Aiguilhe"}


# -- what an agent sees of a household ----------------------------------------------------------


async def seen(payments: AtWork, caller: Caller) -> set[UUID]:
    """The régies of the wallets and movements that this caller sees."""
    wallets = await payments.call(contract.GET_WALLETS, ShowWallets(), caller)
    for wallet in wallets.wallets:
        asked = ShowMovements(regie=wallet.regie)
        moved = await payments.call(contract.LIST_MOVEMENTS, asked, caller)
        assert moved.balance_cents == wallet.balance_cents
        assert [(m.cents, m.receipt) for m in moved.movements] == [(wallet.balance_cents, 1)]
    return {wallet.regie for wallet in wallets.wallets}


async def a_shared_family(payments: AtWork) -> Family:
    """Credits in both towns."""
    family = Family()
    await takes(payments, family, 2000)
    await takes(payments, family, 3000, caller=ELSEWHERE, regie=OTHER_REGIE)
    return family


@pytest.mark.parametrize("role", ["administrator", "clerk", "regisseur"])
async def test_of_a_shared_family_an_agent_sees_the_credits_of_its_own_regies_alone(
    payments: AtWork, role
):
    family = await a_shared_family(payments)
    agent = an_agent(role, family=family)
    assert await seen(payments, agent) == {REGIE}
    with pytest.raises(NotFound):
        await payments.call(contract.LIST_MOVEMENTS, ShowMovements(regie=OTHER_REGIE), agent)
    assert await seen(payments, everywhere(family)) == {REGIE, OTHER_REGIE}
    assert await seen(payments, family.caller) == {REGIE, OTHER_REGIE}


async def test_whoever_has_no_business_with_families_sees_no_credits(payments: AtWork):
    family = await a_shared_family(payments)
    for role in ("kitchen", "attendance", "reader"):
        assert await seen(payments, an_agent(role, family=family)) == set()
        asked = ShowMovements(regie=REGIE)
        with pytest.raises(NotFound):
            await payments.call(contract.LIST_MOVEMENTS, asked, an_agent(role, family=family))
    with pytest.raises(NotAllowed):
        await payments.call(contract.GET_WALLETS, ShowWallets(), REGISSEUR)


async def test_acts_are_shown_to_administrators_of_their_authority_alone(payments: AtWork):
    await a_shared_family(payments)
    asked = ShowActs(authority=AUTHORITY)
    page = await payments.call(contract.LIST_ACTS, asked, an_agent("administrator"))
    assert [(act.what, act.after["cents"]) for act in page.acts] == [("payments.take_cash", 2000)]
    for caller in (REGISSEUR, an_agent("administrator", OTHER_AUTHORITY)):
        with pytest.raises(NotFound):
            await payments.call(contract.LIST_ACTS, asked, caller)


# -- row level security -------------------------------------------------------------------------


async def test_the_consoles_role_finds_its_authorities_rows_whatever_a_query_forgets(
    payments: AtWork,
):
    await a_shared_family(payments)
    await takes(payments, Family(), caller=ELSEWHERE, regie=OTHER_REGIE)
    none, whole = await rows_seen(payments, ""), await rows_seen(payments, "all")
    here = await rows_seen(payments, str(AUTHORITY))
    there = await rows_seen(payments, str(OTHER_AUTHORITY))
    assert await payments.owner.fetch(OPEN_WITHOUT_POLICY) == [("clock",)]
    assert set(none.values()) == {0}
    filled = {"account", "act", "entry", "posting", "receipt", "regie", "wallet"}
    assert {table for table in whole if whole[table]} == filled
    for table in filled:
        assert 0 < here[table] < whole[table], table
        assert here[table] + there[table] == whole[table], table


async def test_a_list_that_forgets_its_regie_still_shows_ones_own_alone(
    payments: AtWork, monkeypatch: pytest.MonkeyPatch
):
    """Queries without their condition; then, as a control, without the policies either."""
    family = await a_shared_family(payments)
    forgetful = SQL.takings.replace("regie = $1", "$1::uuid is not null")
    assert forgetful != SQL.takings
    monkeypatch.setattr(SQL, "takings", forgetful)
    asked = ShowTakings(regie=REGIE)
    shown = await payments.call(contract.LIST_TAKINGS, asked, REGISSEUR)
    assert {receipt.regie for receipt in shown.receipts} == {REGIE}
    for table in ("receipt", "wallet"):
        await payments.owner.execute(
            f"alter policy the_console_sees_its_authorities on {table} using (true)"
        )
    shown = await payments.call(contract.LIST_TAKINGS, asked, REGISSEUR)
    assert {receipt.regie for receipt in shown.receipts} == {REGIE, OTHER_REGIE}
    wallets = await payments.call(
        contract.GET_WALLETS, ShowWallets(), acting_for(REGISSEUR, family)
    )
    assert {wallet.regie for wallet in wallets.wallets} == {REGIE, OTHER_REGIE}
