"""Acts: what agents of town halls did, written by the transaction in which they did it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any
from uuid import UUID

from chassis.auth import Caller
from chassis.database import Transaction
from contracts.act import Act, Acts, ShowActs
from contracts.operation import Operation

Facts = Mapping[str, Any]
NOTHING: Facts = MappingProxyType({})

# The acts get their numbers in the order in which they are given.
WRITE = """
with given as (
    select n, fact ->> 'authority' as authority, fact ->> 'subject' as subject,
           fact -> 'before' as before, fact -> 'after' as after, fact ->> 'why' as why,
           fact -> 'personal' as personal
      from jsonb_array_elements($3::jsonb) with ordinality as listed (fact, n)
), written as (
    insert into act (agent, what, authority, subject, before, after, why)
    select $1, $2, authority::uuid, subject::uuid, before, after, why from given order by n
    returning id
)
insert into act_personal (act, facts)
select numbered.id, given.personal
  from (select id, row_number() over (order by id) as n from written) as numbered
  join given using (n)
 where given.personal <> '{}'
"""
LIST = """
select act.id as act, act.at, act.agent, act.what, act.subject, act.before, act.after, act.why,
       coalesce(personal.facts, '{}') as personal
  from act left join act_personal as personal on personal.act = act.id
 where act.authority = $1 and ($2::bigint is null or act.id < $2)
 order by act.id desc
 limit $3
"""


@dataclass(frozen=True, slots=True)
class NewAct:
    """One thing that an agent did: on what, before and after, why; `personal` can be erased."""

    authority: UUID
    subject: UUID
    before: Facts = field(default_factory=dict)
    after: Facts = field(default_factory=dict)
    why: str = ""
    personal: Facts = field(default_factory=dict)


async def record(
    tx: Transaction, caller: Caller, authority: UUID, what: Operation[Any, Any], subject: UUID, *,
    before: Facts = NOTHING, after: Facts = NOTHING, why: str = "", personal: Facts = NOTHING,
) -> None:  # fmt: skip
    """Write down what an agent did; what nobody of a town hall did is no act."""
    await record_all(tx, caller, what, [NewAct(authority, subject, before, after, why, personal)])


async def record_all(
    tx: Transaction, caller: Caller, what: Operation[Any, Any], acts: Iterable[NewAct]
) -> None:
    """Write down many acts of one kind at once, in this order."""
    given = [_as_json(act) for act in acts]
    if caller.kind == "staff" and given:
        await tx.execute(WRITE, caller.actor, what.name, given)


def _as_json(act: NewAct) -> dict[str, Any]:
    return {
        "authority": str(act.authority), "subject": str(act.subject), "before": _plain(act.before),
        "after": _plain(act.after), "why": act.why, "personal": _plain(act.personal),
    }  # fmt: skip


def _plain(facts: Facts) -> dict[str, Any]:
    return {name: _value(value) for name, value in facts.items()}


def _value(value: Any) -> Any:
    """Numbers and words as they are, several things as a list, ids and days as text."""
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, list | tuple):
        return [str(one) for one in value]
    if isinstance(value, set | frozenset):
        return sorted(str(one) for one in value)
    return str(value)


async def list_acts(tx: Transaction, asked: ShowActs) -> Acts:
    """A page of what the agents of an authority did, newest first.

    Who may ask is looked at before (`let_in`); the console's role finds only its authorities'.
    """
    rows = await tx.fetch(LIST, asked.authority, asked.before, asked.limit + 1)
    shown = tuple(Act(**row) for row in rows[: asked.limit])
    return Acts(acts=shown, more=len(rows) > asked.limit)
