"""What the two databases say, each in one question, and what they may never say."""

import json
from dataclasses import dataclass
from typing import Any

from chassis.database import Pool

NEVER_IN_BOOKING = {
    "seats taken are the live bookings": """
        select 1 from serving_day d left join (
            select service, day, session, count(*) as live from booking
             where state = 'live' group by service, day, session) b using (service, day, session)
         where d.taken <> coalesce(b.live, 0)""",
    "a live booking has its day": """
        select 1 from booking b where b.state = 'live' and not exists (
            select from serving_day d
             where (d.service, d.day, d.session) = (b.service, b.day, b.session))""",
    "capacity is never exceeded": "select 1 from serving_day where taken > capacity",
    "a child eats a meal once": """
        select 1 from booking where state = 'live'
         group by beneficiary, service, day, session having count(*) > 1""",
    "only held and confirmed orders hold seats": """
        select 1 from booking b join meal_order o on o.id = b.order_id
         where b.state = 'live' and o.state not in ('held', 'confirmed')""",
    "an order costs what its lines cost": """
        select 1 from meal_order o where o.cents <> (
            select coalesce(sum(cents), 0) from booking where order_id = o.id)""",
}
NEVER_IN_PAYMENTS = {
    "the ledger sums to zero": "select 1 from posting having sum(cents) <> 0",
    "each entry sums to zero, in two postings at least": """
        select 1 from entry e left join posting p on p.entry = e.id
         group by e.id having count(p.*) < 2 or sum(p.cents) <> 0""",
    "each régie sums to zero": "select 1 from posting group by regie having sum(cents) <> 0",
    "no money crosses régies": """
        select 1 from posting p join account a on a.id = p.account join entry e on e.id = p.entry
         where p.regie <> a.regie or p.regie <> e.regie""",
    "a balance is the sum of its postings": """
        select 1 from wallet w where w.balance <> (
            select coalesce(sum(cents), 0) from posting where account = w.account)""",
    "a wallet is never overdrawn": "select 1 from wallet where balance - reserved < 0",
    "what is reserved waits for payable orders": """
        select 1 from wallet w where w.reserved <> (
            select coalesce(sum(o.reserved), 0) from payment_order o
             where (o.household, o.regie) = (w.household, w.regie))""",
    "an order is paid by one entry of its price, reversed only when it is closed": """
        select 1 from payment_order o left join (
            select order_id, count(*) filter (where kind = 'order_paid') as paid,
                   count(*) filter (where kind = 'order_reversed') as reversed
              from entry group by order_id) e on e.order_id = o.id
         where case when o.state = 'paid' and o.cents > 0 then e.paid <> 1 or e.reversed <> 0
                    when o.state = 'closed' then e.paid > 1 or e.paid <> e.reversed
                    else e.paid > 0 end
            or (o.state = 'paid' and o.cents > 0 and e.paid is null)""",
    "what was given back of an order is in the ledger": """
        select 1 from payment_order o where o.credited <> (
            select coalesce(sum(p.cents), 0) from entry e
              join posting p on p.entry = e.id join wallet w on w.account = p.account
             where e.order_id = o.id and e.kind = 'bookings_cancelled')""",
    "receipts have no gap": """
        select 1 from receipt group by regie, kind having max(number) <> count(*)""",
}
"""A sentence that must be true, and a question that finds what makes it false."""

_BOOKING = """
select json_build_object(
 'never', (select coalesce(json_agg(broken), '[]') from ({never}) n (broken)),
 'orders', (select coalesce(json_object_agg(id, state), '{{}}') from meal_order),
 'lines', (select coalesce(json_agg(json_build_array(order_id, line, beneficiary, day, cents,
                  state, cancellation)), '[]') from booking),
 'days', (select coalesce(json_object_agg(day, json_build_array(taken, capacity)), '{{}}')
            from serving_day),
 'chosen', (select coalesce(json_agg(json_build_array(household, beneficiary, day)), '[]')
              from cart_line),
 'versions', (select coalesce(json_object_agg(household, version), '{{}}') from cart),
 'told', (select coalesce(json_agg(json_build_array(name, coalesce(body::json ->> 'cancellation',
                 body::json ->> 'order'))), '[]') from outbox),
 'inbox', (select count(*) from inbox), 'dead', (select count(*) from dead_letter))
"""
_PAYMENTS = """
select json_build_object(
 'never', (select coalesce(json_agg(broken), '[]') from ({never}) n (broken)),
 'orders', (select coalesce(json_object_agg(id, json_build_array(state, reserved, credited)),
                            '{{}}') from payment_order),
 'wallets', (select coalesce(json_object_agg(household, json_build_array(balance, reserved)),
                             '{{}}') from wallet),
 'entries', (select coalesce(json_object_agg(kind, n), '{{}}')
               from (select kind, count(*) as n from entry group by kind) k),
 'told', (select coalesce(json_agg(json_build_array(name, body::json ->> 'order')), '[]')
            from outbox),
 'inbox', (select count(*) from inbox), 'dead', (select count(*) from dead_letter))
"""
_RESETS = {
    "booking": """
        delete from booking; delete from meal_order; delete from cart_line; delete from cart;
        delete from serving_day; delete from deadline; delete from entitlement; delete from retired;
        delete from service; delete from regulation;
        delete from inbox; delete from outbox; delete from answer; delete from dead_letter""",
    "payments": """
        alter table posting disable trigger ledger_is_append_only;
        alter table entry disable trigger ledger_is_append_only;
        alter table receipt disable trigger ledger_is_append_only;
        delete from posting; delete from entry; delete from receipt; delete from numbering;
        delete from wallet; delete from account; delete from payment_order; delete from regie;
        delete from inbox; delete from outbox; delete from answer; delete from dead_letter;
        alter table posting enable trigger ledger_is_append_only;
        alter table entry enable trigger ledger_is_append_only;
        alter table receipt enable trigger ledger_is_append_only""",
}


@dataclass(frozen=True)
class Truth:
    """Both databases at one quiet moment."""

    booking: dict[str, Any]
    payments: dict[str, Any]

    @property
    def broken(self) -> list[str]:
        """The sentences that should be true and are not, those across both services included."""
        return self.booking["never"] + self.payments["never"] + self._across()

    def _across(self) -> list[str]:
        money = self.payments["orders"]
        return [
            f"order {order} is confirmed without its money ({money.get(order)})"
            for order, state in self.booking["orders"].items()
            if state == "confirmed" and money.get(order, ("unknown",))[0] != "paid"
        ]


async def read_truth(booking: Pool, payments: Pool) -> Truth:
    """Ask both databases."""
    return Truth(
        json.loads(await booking.fetchval(_with(_BOOKING, NEVER_IN_BOOKING))),
        json.loads(await payments.fetchval(_with(_PAYMENTS, NEVER_IN_PAYMENTS))),
    )


async def reset(booking_owner: Pool, payments_owner: Pool) -> None:
    """Empty both databases, as their owner alone can."""
    async with booking_owner.acquire() as connection, connection.transaction():
        await connection.execute(_RESETS["booking"])
    async with payments_owner.acquire() as connection, connection.transaction():
        await connection.execute(_RESETS["payments"])


def _with(question: str, never: dict[str, str]) -> str:
    asked = [f"select '{sentence}' where exists ({found})" for sentence, found in never.items()]
    return question.format(never=" union all ".join(asked))
