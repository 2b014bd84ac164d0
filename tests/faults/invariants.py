"""What must be true when everything is quiet again: SQL over five databases, and the mailbox."""

import asyncio
import json
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from email.parser import BytesHeaderParser
from email.policy import default
from typing import Any
from uuid import uuid5

import aiohttp
import asyncpg
import psutil

from deploy import SERVICES
from deploy.local.stack import Stack
from tests.faults.load import Promises

QUIET_SECONDS = 60.0
ABOUT_ORDERS = ("Commande confirmée", "Commande non confirmée")
"""How the subjects of e-mails about orders begin."""
SENT_AGAIN_AFTER = ("notifications", "postgresql")
"""After a blow to one of these, one e-mail may come again: handed over, and not noted any more."""
OPEN = {
    "booking": "select count(*) from meal_order where state = 'held'",
    "payments": "select count(*) from payment_order where state = 'payable'",
    "notifications": "select count(*) from email where state = 'queued'",
}
NONE_OF = {  # what must not exist, by database
    "booking": {
        "I2 taken = live bookings": """
            select d.service, d.day from serving_day d
             where d.taken <> (select count(*) from booking b where b.service = d.service
               and b.day = d.day and b.session = d.session and b.state = 'live')""",
        "I3 taken within capacity": """
            select day from serving_day where taken > capacity or taken < 0""",
        "live bookings belong to live orders": """
            select b.order_id from booking b join meal_order o on o.id = b.order_id
             where b.state = 'live' and o.state not in ('held', 'confirmed')""",
        "one live booking for a child, day and session": """
            select beneficiary from booking where state = 'live'
             group by beneficiary, service, day, session having count(*) > 1""",
        "an order costs what its lines cost": """
            select o.id from meal_order o join booking b on b.order_id = o.id
             group by o.id, o.cents having sum(b.cents) <> o.cents""",
    },
    "payments": {
        "I4 every régie sums to zero": """
            select regie from posting group by regie having sum(cents) <> 0""",
        "I5 every entry balances": """
            select e.id from entry e left join posting p on p.entry = e.id
             group by e.id having count(p.*) < 2 or sum(p.cents) <> 0""",
        "I6 no wallet is overdrawn": """
            select account from wallet where balance - reserved < 0 or reserved < 0""",
        "I7 balance = sum of postings": """
            select w.account from wallet w left join posting p on p.account = w.account
             group by w.account, w.balance having coalesce(sum(p.cents), 0) <> w.balance""",
        "I8 postings stay in their régie": """
            select p.entry from posting p join entry e on e.id = p.entry
             join account a on a.id = p.account
             where p.regie <> e.regie or p.regie <> a.regie""",
        "paid orders were charged exactly once": """
            select o.id from payment_order o left join entry e
                on e.order_id = o.id and e.kind = 'order_paid'
             where o.state = 'paid' and o.cents > 0
             group by o.id having count(e.*) <> 1""",
        "nothing is reserved for orders that wait no more": """
            select household from wallet where reserved <> 0""",
        "receipt numbers have no gap": """
            select regie from receipt group by regie, kind
            having max(number) <> count(*) or min(number) <> 1""",
    },
}  # fmt: skip


class Checker:
    """Reads the five databases as their owners and says what is not true."""

    def __init__(self, stack: Stack, promises: Promises, struck: Sequence[str]):
        self._stack = stack
        self._promises = promises
        self._struck = struck
        self._wrong: list[str] = []

    async def check(self) -> list[str]:
        """Wait until all is quiet, then look at everything; the sentences that are false."""
        databases = {
            name: await asyncpg.connect(self._stack.databases[name].owner) for name in SERVICES
        }
        try:
            await self._until_quiet(databases)
            for name, rules in NONE_OF.items():
                for rule, query in rules.items():
                    self._none(rule, await databases[name].fetch(query))
            await self._across(databases)
            await self._promised(databases)
            await self._mailed(databases["notifications"], databases["accounts"])
            await self._bounded(databases["booking"])
        finally:
            await asyncio.gather(*(connection.close() for connection in databases.values()))
        return self._wrong

    def _none(self, rule: str, found: Any) -> None:
        if found:
            self._wrong.append(f"{rule}: {len(found)} false, first {tuple(next(iter(found)))}")

    def _equal(self, rule: str, left: dict[Any, Any], right: dict[Any, Any]) -> None:
        differing = {key for key in left.keys() | right.keys() if left.get(key) != right.get(key)}
        if differing:
            key = next(iter(differing))
            self._wrong.append(
                f"{rule}: {len(differing)} differ, first {key}: {left.get(key)} / {right.get(key)}"
            )

    async def _until_quiet(self, databases: dict[str, "asyncpg.Connection[Any]"]) -> None:
        started = time.monotonic()
        while True:
            left = {
                f"outbox of {name}": await c.fetchval(
                    "select count(*) from outbox where sent is null"
                )
                for name, c in databases.items()
            }
            left |= {f"open in {n}": await databases[n].fetchval(q) for n, q in OPEN.items()}
            left |= await self._queues()
            waiting = {what: count for what, count in left.items() if count}
            if not waiting:
                break
            if time.monotonic() - started > QUIET_SECONDS:
                self._wrong.append(f"I1/I13 not quiet after {QUIET_SECONDS:.0f} s: {waiting}")
                break
            await asyncio.sleep(0.5)
        self.quiet_after = time.monotonic() - started
        for name, connection in databases.items():
            dead = await connection.fetch("select name, error from dead_letter")
            self._none(f"I13 no dead letter in {name}", dead)

    async def _queues(self) -> dict[str, int]:
        address = f"{self._stack.servers.management_url}/api/queues/{self._stack.vhost}"
        try:
            async with aiohttp.ClientSession() as session, session.get(address) as answer:
                queues = json.loads(await answer.text())
            # messages_ready lags some seconds behind in the management plugin's statistics
            return {f"queue {q['name']}": q.get("messages", 1) for q in queues}
        except (aiohttp.ClientError, ValueError, TypeError):
            return {"the broker's management": 1}

    async def _across(self, databases: dict[str, "asyncpg.Connection[Any]"]) -> None:
        confirmed = await databases["booking"].fetch(
            "select id, cents from meal_order where state = 'confirmed' and cents > 0"
        )
        charged = await databases["payments"].fetch("""
            select order_id as id, sum(-p.cents)::bigint as cents
              from entry e join posting p on p.entry = e.id join account a on a.id = p.account
             where e.kind in ('order_paid', 'order_reversed') and a.kind = 'wallet'
             group by order_id having sum(p.cents) <> 0""")
        self._equal(
            "I9 confirmed = paid, to the cent", *({r["id"]: r["cents"] for r in rows}
            for rows in (confirmed, charged)),
        )  # fmt: skip
        taken_out = await databases["booking"].fetch("""
            select b.cancellation as id, sum(b.credit_cents)::bigint as cents
              from booking b join meal_order o on o.id = b.order_id
             where b.cancellation is not null and o.state = 'confirmed' group by 1""")
        given_back = await databases["payments"].fetch("""
            select substr(e.key, 14)::uuid as id, sum(p.cents)::bigint as cents
              from entry e join posting p on p.entry = e.id join account a on a.id = p.account
             where e.kind = 'bookings_cancelled' and a.kind = 'wallet' group by 1""")
        self._equal(
            "cancelled meals = credits given back", *({r["id"]: r["cents"] for r in rows}
            for rows in (taken_out, given_back)),
        )  # fmt: skip

    async def _promised(self, databases: dict[str, "asyncpg.Connection[Any]"]) -> None:
        orders = await databases["booking"].fetch("select id, household, cents from meal_order")
        kept = {row["id"]: (row["household"], row["cents"]) for row in orders}
        broken = [o for o, promise in self._promises.orders.items() if kept.get(o) != promise]
        self._none("I12 every promised order exists as promised", [(o,) for o in broken])
        receipts = await databases["payments"].fetch(
            "select top_up, household, cents, number from receipt"
        )
        self._equal(
            "I12 every receipt given exists, and no other",
            {r["top_up"]: (r["household"], r["cents"], r["number"]) for r in receipts},
            dict(self._promises.receipts),
        )
        cancelled = await databases["booking"].fetch(
            "select distinct cancellation, order_id from booking where cancellation is not null"
        )
        self._equal(
            "I12 every cancellation promised happened, and no other",
            {r["cancellation"]: r["order_id"] for r in cancelled},
            {c: order for c, (order, _) in self._promises.cancellations.items()},
        )

    async def _mailed(
        self, notifications: "asyncpg.Connection[Any]", accounts: "asyncpg.Connection[Any]"
    ) -> None:
        final = await asyncpg.connect(self._stack.databases["booking"].owner)
        try:
            told = await final.fetch("""
                select distinct (body::jsonb ->> 'order')::uuid as id, name from outbox
                 where name in ('booking.order_confirmed.v1', 'booking.order_released.v1')""")
        finally:
            await final.close()
        rows = await notifications.fetch("""
            select id, household, subject, template, state from email
             where template in ('order_confirmed', 'order_released')""")
        mails = Counter((r["subject"], f"booking.{r['template']}.v1") for r in rows)
        self._equal(
            "I10 one e-mail for each final change", dict(mails),
            dict(Counter((row["id"], row["name"]) for row in told)),
        )  # fmt: skip
        failed = [(r["subject"],) for r in rows if r["state"] == "failed"]
        self._none("no e-mail failed", failed)
        adults = defaultdict[Any, list[Any]](list)
        for member in await accounts.fetch("select household, person from household_member"):
            adults[member["household"]].append(member["person"])
        known = {
            str(uuid5(row["id"], str(person))): row["state"]
            for row in rows
            for person in adults[row["household"]]
        }
        got = self._messages_about_orders()
        lost = [(m,) for m, state in known.items() if state == "sent" and m not in got]
        self._none("I10 every e-mail that was sent arrived", lost)
        self._none("I10 no other e-mail arrived", [(m,) for m in got.keys() - known.keys()])
        again = got.total() - len(got)
        explained = sum(any(word in blow for word in SENT_AGAIN_AFTER) for blow in self._struck)
        if again > explained:
            self._wrong.append(f"I10 {again} e-mails came again, blows explain {explained}")

    def _messages_about_orders(self) -> Counter[str]:
        """How often each Message-ID arrived, without its domain."""
        found = Counter[str]()
        for file in (self._stack.folder / "mailbox").glob("*.eml"):
            headers = BytesHeaderParser(policy=default).parsebytes(file.read_bytes())
            if str(headers["Subject"]).startswith(ABOUT_ORDERS):
                found[str(headers["Message-ID"]).strip("<>").partition("@")[0]] += 1
        return found

    async def _bounded(self, connection: "asyncpg.Connection[Any]") -> None:
        rows = await connection.fetch("""
            select r.rolname, count(*) as held, r.rolconnlimit as allowed
              from pg_stat_activity a join pg_roles r on r.oid = a.usesysid
             where r.rolconnlimit >= 0 group by 1, 3 having count(*) > r.rolconnlimit""")
        self._none("I16 connections within the role's limit", rows)
        for name in (*SERVICES, "gateway"):
            pid = self._stack.pid(name)
            megabytes = psutil.Process(pid).memory_info().rss / 1e6 if pid else 0
            if megabytes > 300:
                self._wrong.append(f"I16 {name} holds {megabytes:.0f} MB")
