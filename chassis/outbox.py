"""Events leave a service through its outbox, in the transaction that made them true."""

from collections.abc import Sequence

import structlog

from chassis.database import Transaction
from contracts.event import Event

APPEND = """
insert into outbox (id, name, body, trace)
select id, name, body, $4 from unnest($1::uuid[], $2::text[], $3::text[]) as told (id, name, body)
on conflict (id) do nothing
"""


async def append(tx: Transaction, events: Sequence[Event]) -> None:
    """Record events to be told, in this order. Nothing is sent before the transaction commits.

    An event that was already told, body for body, is told once.
    """
    if not events:
        return
    bodies = [event.body() for event in events]
    ids = [event.id_of(body) for event, body in zip(events, bodies, strict=True)]
    trace = structlog.contextvars.get_contextvars().get("trace", "")
    await tx.execute(APPEND, ids, [event.name for event in events], bodies, trace)
