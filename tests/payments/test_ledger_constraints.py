"""The ledger protects itself: each constraint is attacked in SQL, around all of our code."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from uuid import UUID, uuid4

import asyncpg
import pytest

from chassis.database import transaction
from chassis.web import answer_once
from contracts.payments import TAKE_CASH, TakeCash
from contracts.subscriptions import RegieChanged
from services.payments import api
from tests.databases import Templates
from tests.town import AUTHORITY, PRICE, REGIE, REGISSEUR, Family, Town, next_week

OTHER_REGIE = uuid4()
AN_ENTRY = "insert into entry (regie, key, kind) values ($1, $2, 'cash_top_up') returning id"
A_POSTING = "insert into posting (entry, regie, account, cents) values ($1, $2, $3, $4)"


class Attacker:
    """Somebody with a role of the payments database, at work in one transaction."""

    def __init__(self, connection: asyncpg.Connection, family: Family, role: str):
        self.connection, self.household, self.role = connection, family.household, role

    async def does(self, *statements: tuple) -> None:
        """Run all statements and commit."""
        async with self.connection.transaction():
            for sql, *values in statements:
                await self.connection.execute(sql, *values)

    async def posts(self, *postings: tuple, entry: int | None = None) -> None:
        """Write an entry with these postings (account, cents, perhaps another régie); commit."""
        async with self.connection.transaction():
            entry = entry or await self.entry()
            for account, cents, *regie in postings:
                await self.connection.execute(
                    A_POSTING, entry, regie[0] if regie else REGIE, account, cents
                )

    async def entry(self, regie=REGIE, key: str = "") -> int:
        return await self.connection.fetchval(AN_ENTRY, regie, key or str(uuid4()))

    async def account(self, kind: str = "cash", regie=REGIE) -> int:
        return await self.connection.fetchval(
            "select id from account where kind = $1 and regie = $2"
            " and household is not distinct from $3",
            kind, regie, self.household if kind == "wallet" else None,
        )  # fmt: skip


@pytest.fixture(scope="module")
async def town(templates: Templates) -> AsyncIterator[Town]:
    """One town for all attacks: they fail, and what they leave behind is a family."""
    async with (
        templates.pools("booking") as (booking, booking_owner),
        templates.pools("payments", size=8) as (payments, payments_owner),
    ):
        town = Town(booking, payments, booking_owner, payments_owner)
        await town.opens()
        other = RegieChanged(regie=OTHER_REGIE, authority=AUTHORITY, label="Autre", version=1)
        await town.receives("payments", other)
        await payments.execute(
            "insert into account (regie, kind) select regie, kind"
            " from unnest($1::uuid[]) regie, unnest(array['cash', 'cheques', 'revenue']) kind",
            [REGIE, OTHER_REGIE],
        )
        yield town


@pytest.fixture
async def family(town: Town) -> Family:
    """A family of the town with 20 euros."""
    return await town.welcomes(credits=2000)


@pytest.fixture(params=["app", "owner"])
async def attacker(request, town: Town, family: Family) -> AsyncIterator[Attacker]:
    pool = town.payments if request.param == "app" else town.payments_owner
    async with pool.acquire() as connection:
        yield Attacker(connection, family, request.param)


async def ledger_of(town: Town) -> list[tuple]:
    rows = await town.payments.fetch("select * from posting order by entry, account")
    return [tuple(row) for row in rows]


# -- sums ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("amounts", [(), (100,), (-100, 99), (100, 100)])
async def test_an_entry_that_does_not_balance_cannot_be_committed(
    town: Town, attacker: Attacker, amounts
):
    before = await ledger_of(town)
    accounts = [await attacker.account("cheques"), await attacker.account("revenue")]
    with pytest.raises(asyncpg.CheckViolationError, match="does not sum to zero"):
        await attacker.posts(*zip(accounts, amounts, strict=False))
    assert await ledger_of(town) == before


@pytest.mark.parametrize("till", ["cash", "cheques"])
async def test_the_same_postings_that_balance_are_accepted(town: Town, attacker: Attacker, till):
    before = await ledger_of(town)
    cash, revenue = await attacker.account(till), await attacker.account("revenue")
    await attacker.posts((cash, -100), (revenue, 100))
    assert await ledger_of(town) != before


async def test_a_posting_added_later_to_an_old_entry_is_refused(town: Town, attacker: Attacker):
    before = await ledger_of(town)
    old = await town.payments.fetchval("select min(id) from entry where regie = $1", REGIE)
    with pytest.raises(asyncpg.CheckViolationError, match="does not sum to zero"):
        await attacker.posts((await attacker.account("revenue"), 1), entry=old)
    assert await ledger_of(town) == before


@pytest.mark.parametrize("claimed", [REGIE, OTHER_REGIE])
async def test_money_never_crosses_from_one_regie_to_another(attacker: Attacker, claimed):
    """The foreign account under the entry's régie, or the account's own régie: both are seen."""
    here = await attacker.account("cheques")
    there = await attacker.account("revenue", OTHER_REGIE)
    constraint = "accounts_regie" if claimed == REGIE else "entrys_regie"
    with pytest.raises(asyncpg.ForeignKeyViolationError, match=constraint):
        await attacker.posts((here, -100), (there, 100, claimed))


async def test_a_posting_of_nothing_is_refused(attacker: Attacker):
    cash, revenue = await attacker.account("cash"), await attacker.account("revenue")
    wallet = await attacker.account("wallet")
    with pytest.raises(asyncpg.CheckViolationError, match="a_posting_moves_something"):
        await attacker.posts((cash, -5), (revenue, 5), (wallet, 0))


# -- once ---------------------------------------------------------------------------------------


async def test_a_reason_moves_money_once(attacker: Attacker):
    known = await attacker.connection.fetchval("select key from entry limit 1")
    with pytest.raises(asyncpg.UniqueViolationError, match="each_reason_moves_money_once"):
        await attacker.entry(key=known)


async def test_an_entry_is_reversed_once_and_in_its_own_regie(town: Town, attacker: Attacker):
    reverse = "insert into entry (regie, key, kind, reverses) values ($1, $2, 'order_reversed', $3)"
    old = await town.payments.fetchval("select id from entry where regie = $1", REGIE)
    with pytest.raises(asyncpg.UniqueViolationError, match="reversed_once"):
        await attacker.does((reverse, REGIE, "one", old), (reverse, REGIE, "two", old))
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await attacker.does((reverse, OTHER_REGIE, "three", old))


async def test_a_receipt_number_and_a_top_up_are_used_once(attacker: Attacker):
    write = (
        "insert into receipt (regie, kind, number, top_up, household, cents, taken_by)"
        " values ($1, 'cash', $2, $3, $3, 100, $3)"
    )
    used = await attacker.connection.fetchrow("select * from receipt where regie = $1", REGIE)
    with pytest.raises(asyncpg.UniqueViolationError, match="receipt_pkey"):
        await attacker.does((write, REGIE, used["number"], uuid4()))
    with pytest.raises(asyncpg.UniqueViolationError, match="top_up"):
        await attacker.does((write, REGIE, used["number"] + 1_000_000, used["top_up"]))


async def test_a_household_has_one_wallet_and_a_regie_one_account_of_a_kind(attacker: Attacker):
    open_account = "insert into account (regie, kind, household) values ($1, $2, $3)"
    household = attacker.household
    for kind, whose in (("cash", None), ("cheques", None), ("wallet", household)):
        with pytest.raises(asyncpg.UniqueViolationError, match="one_account_of_a_kind"):
            await attacker.does((open_account, REGIE, kind, whose))
    for kind, whose in (("cash", household), ("cheques", household), ("wallet", None)):
        with pytest.raises(asyncpg.CheckViolationError, match="wallets_have_a_household"):
            await attacker.does((open_account, uuid4(), kind, whose))


async def test_money_comes_by_no_means_that_nobody_knows(attacker: Attacker):
    unknown = (
        ("insert into account (regie, kind) values ($1, 'vouchers')", "account_kind_check"),
        ("insert into entry (regie, key, kind) values ($1, 'v', 'voucher_top_up')",
         "entry_kind_check"),
        ("insert into receipt (regie, kind, number, top_up, household, cents, taken_by)"
         " values ($1, 'voucher', 1, $1, $1, 100, $1)", "receipt_kind_check"),
    )  # fmt: skip
    for statement, constraint in unknown:
        with pytest.raises(asyncpg.CheckViolationError, match=constraint):
            await attacker.does((statement, uuid4()))


async def test_each_means_has_its_own_series_and_a_top_up_one_receipt_in_all(attacker: Attacker):
    write = (
        "insert into receipt (regie, kind, number, top_up, household, cents, taken_by)"
        " values ($1, 'cheque', $2, $3, $3, 100, $3)"
    )
    used = await attacker.connection.fetchrow(
        "select * from receipt where regie = $1 and kind = 'cash' order by number", REGIE
    )
    with pytest.raises(asyncpg.UniqueViolationError, match="top_up"):
        await attacker.does((write, REGIE, used["number"], used["top_up"]))
    regie, top_up = uuid4(), uuid4()
    await attacker.does((write, regie, used["number"], top_up))
    with pytest.raises(asyncpg.UniqueViolationError, match="receipt_pkey"):
        await attacker.does((write, regie, used["number"], uuid4()))


# -- append only --------------------------------------------------------------------------------


@pytest.mark.parametrize("table", ["entry", "posting", "receipt"])
@pytest.mark.parametrize(
    "attack",
    ["update {} set regie = regie", "delete from {}", "delete from {} where false",
     "truncate {} cascade"],
)  # fmt: skip
async def test_the_ledger_is_append_only(town: Town, attacker: Attacker, table, attack):
    before = await ledger_of(town)
    rights, trigger = asyncpg.InsufficientPrivilegeError, asyncpg.RestrictViolationError
    refusal = rights if attacker.role == "app" else trigger
    with pytest.raises(refusal):
        await attacker.connection.execute(attack.format(table))
    assert await ledger_of(town) == before


# -- wallets and orders -------------------------------------------------------------------------


async def test_a_wallet_is_never_overdrawn(town: Town, attacker: Attacker, family: Family):
    wallet, revenue = await attacker.account("wallet"), await attacker.account("revenue")
    with pytest.raises(asyncpg.CheckViolationError, match="a_wallet_is_never_overdrawn"):
        await attacker.posts((wallet, -2001), (revenue, 2001))
    assert await town.balance(family) == 2000


@pytest.mark.parametrize(
    ("reserved", "constraint"),
    [(-1, "a_reservation_is_never_negative"), (2001, "a_wallet_is_never_overdrawn")],
)
async def test_a_reservation_stays_between_nothing_and_the_balance(
    attacker: Attacker, reserved, constraint
):
    reserve = "update wallet set reserved = $1 where household = $2"
    await attacker.does((reserve, 2000, attacker.household))
    with pytest.raises(asyncpg.CheckViolationError, match=constraint):
        await attacker.does((reserve, reserved, attacker.household))


async def test_what_is_reserved_cannot_be_spent_elsewhere(attacker: Attacker):
    reserve = "update wallet set reserved = 1500 where household = $1"
    await attacker.does((reserve, attacker.household))
    wallet, revenue = await attacker.account("wallet"), await attacker.account("revenue")
    with pytest.raises(asyncpg.CheckViolationError, match="a_wallet_is_never_overdrawn"):
        await attacker.posts((wallet, -501), (revenue, 501))
    await attacker.posts((wallet, -500), (revenue, 500))


async def test_the_application_cannot_write_a_balance(town: Town, family: Family):
    attacks = [
        "update wallet set balance = 1000000",
        "update wallet set household = regie",
        "delete from wallet",
        "insert into wallet (account, regie, household, balance)"
        " select id, regie, regie, 100 from account where kind = 'cash'",
        "update account set kind = 'cash'",
        "update payment_order set cents = 0",
        "alter table posting disable trigger all",
        "drop trigger entries_sum_to_zero on posting",
        "set session_replication_role = replica",
        "select set_clock_offset('1 day')",
    ]
    for attack in attacks:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await town.payments.execute(attack)
    assert await town.balance(family) == 2000


async def an_order(town: Town, family: Family, means: str) -> UUID:
    meal = (family.louane, next_week(3, weeks=2)[0])
    placed = await town.books(family, [meal], means=means)
    await town.carries(rounds=1)
    return placed.order


async def test_an_order_is_never_credited_above_what_was_paid(
    town: Town, attacker: Attacker, family: Family
):
    order = await an_order(town, family, "credits")
    credit = "update payment_order set credited = $1 where id = $2"
    await attacker.does((credit, PRICE, order))
    for cents in (PRICE + 1, -1):
        with pytest.raises(asyncpg.CheckViolationError, match="never_credited_more_than_paid"):
            await attacker.does((credit, cents, order))


async def test_only_a_payable_order_reserves(town: Town, attacker: Attacker, family: Family):
    order = await an_order(town, family, "card")
    reserve = "update payment_order set reserved = $1 where id = $2"
    await attacker.does((reserve, 100, order))
    become = "update payment_order set state = $1 where id = $2"
    for state in ("paid", "unpaid", "closed"):
        with pytest.raises(asyncpg.CheckViolationError, match="only_payable_reserves"):
            await attacker.does((become, state, order))
    with pytest.raises(asyncpg.CheckViolationError):
        await attacker.does((reserve, -1, order))


# -- numbers and sums, under concurrency --------------------------------------------------------


async def numbers_of(town: Town) -> list[int]:
    rows = await town.payments.fetch(
        "select number from receipt where regie = $1 order by number", REGIE
    )
    return [row["number"] for row in rows]


async def test_a_rollback_leaves_no_gap_in_the_receipts(town: Town, family: Family):
    before = await numbers_of(town)
    asked = TakeCash(top_up=uuid4(), household=family.household, regie=REGIE, cents=100)
    with suppress(ZeroDivisionError):
        async with transaction(town.payments) as tx:
            await answer_once(tx, TAKE_CASH, api.take_cash, asked, REGISSEUR)
            raise ZeroDivisionError
    assert await numbers_of(town) == before
    assert await town.takes_cash(family, 100) == len(before) + 1
    assert await numbers_of(town) == [*before, len(before) + 1]


async def test_twenty_top_ups_at_once_have_twenty_numbers_and_the_sum_of_their_cents(town: Town):
    before = len(await numbers_of(town))
    families = [Family() for _ in range(5)]
    top_ups = [(families[n % 5], 100 + n, uuid4()) for n in range(20)]
    twice = [*top_ups, *top_ups[:6]]
    numbers = await asyncio.gather(*(town.takes_cash(*top_up) for top_up in twice))
    assert sorted(numbers[:20]) == list(range(before + 1, before + 21))
    assert numbers[20:] == numbers[:6], "the same top-up has the same receipt"
    assert await numbers_of(town) == list(range(1, before + 21))
    for family in families:
        assert await town.balance(family) == sum(c for f, c, _ in top_ups if f is family)


async def test_after_all_attacks_each_balance_is_the_sum_of_its_postings(town: Town):
    wallets = await town.payments.fetch(
        "select w.balance, sum(p.cents) as posted"
        " from wallet w join posting p using (account) group by w.account"
    )
    assert len(wallets) > 5
    assert all(wallet["balance"] == wallet["posted"] for wallet in wallets)
    assert await town.payments.fetchval("select sum(cents) from posting") == 0
