"""Règlements, requests and rights in and out, many at a time. The SQL is in queries.sql."""

from collections.abc import Iterable, Sequence
from dataclasses import astuple
from datetime import date

from chassis.database import Transaction
from chassis.queries import named_queries
from contracts.regulation import Regulation
from contracts.values import (
    AgentId,
    AuthorityId,
    EntitlementId,
    PersonId,
    RegieId,
    RequestId,
    ServiceId,
)
from services.subscriptions.domain.access import (
    AccessRequest,
    Entitlement,
    Entry,
    Judgement,
    Offer,
    Owner,
    Pair,
)
from services.subscriptions.domain.publication import Regie, Service
from services.subscriptions.domain.roles import HeldRoles

SQL = named_queries(__package__)


# -- authorities, régies, règlements ------------------------------------------------------------


async def save_authority(tx: Transaction, authority: AuthorityId, label: str) -> None:
    """An authority under this name."""
    await tx.execute(SQL.save_authority, authority, label)


async def has_authority(tx: Transaction, authority: AuthorityId) -> bool:
    """Whether this authority exists."""
    return bool(await tx.fetchval(SQL.has_authority, authority))


async def lock_authority(tx: Transaction, authority: AuthorityId) -> bool:
    """Whether this authority exists; its roles change one after the other from here to commit."""
    return bool(await tx.fetchval(SQL.lock_authority, authority))


async def find_roles(tx: Transaction, authority: AuthorityId) -> dict[AgentId, HeldRoles]:
    """What everyone holds in an authority, once it is locked."""
    rows = await tx.fetch(SQL.find_roles, authority)
    return {row["agent"]: HeldRoles(**{**row, "roles": frozenset(row["roles"])}) for row in rows}


async def save_roles(tx: Transaction, held: HeldRoles) -> None:
    """What an agent holds in an authority."""
    await tx.execute(SQL.save_roles, held.agent, held.authority, held.in_order, held.version)


async def has_regie(tx: Transaction, authority: AuthorityId, regie: RegieId) -> bool:
    """Whether this régie exists in this authority."""
    return bool(await tx.fetchval(SQL.has_regie, authority, regie))


async def add_regie(tx: Transaction, regie: Regie) -> bool:
    """Whether the régie was new."""
    return bool(await tx.fetchval(SQL.add_regie, regie.id, regie.authority, regie.label))


async def lock_regie(tx: Transaction, regie: RegieId) -> Regie:
    """A régie that exists, locked."""
    row = await tx.fetchrow(SQL.lock_regie, regie)
    assert row is not None  # noqa: S101
    return Regie(**row)


async def save_regie(tx: Transaction, regie: Regie) -> None:
    """Its new name and version."""
    await tx.execute(SQL.save_regie, regie.id, regie.label, regie.version)


async def find_authority_of_service(tx: Transaction, service: ServiceId) -> AuthorityId | None:
    """Whose service this is."""
    authority: AuthorityId | None = await tx.fetchval(SQL.find_authority_of_service, service)
    return authority


async def add_service(tx: Transaction, service: ServiceId, authority: AuthorityId) -> None:
    """A service, if it is new."""
    await tx.execute(SQL.add_service, service, authority)


async def lock_service(tx: Transaction, service: ServiceId) -> Service:
    """A service that exists, locked so that its versions come one after the other."""
    row = await tx.fetchrow(SQL.lock_service, service)
    assert row is not None  # noqa: S101
    latest = await tx.fetchval(SQL.find_latest_version, service)
    return Service(**row, latest=latest)


async def find_regulation(tx: Transaction, service: ServiceId, version: int) -> Regulation | None:
    """A published version."""
    document = await tx.fetchval(SQL.find_regulation, service, version)
    return Regulation.model_validate(document) if document is not None else None


async def add_regulation(tx: Transaction, regulation: Regulation) -> None:
    """A version, for ever."""
    await tx.execute(
        SQL.add_regulation, regulation.service, regulation.version, regulation.authority,
        regulation.regie, regulation.model_dump(mode="json"),
    )  # fmt: skip


async def has_category(tx: Transaction, service: ServiceId, category: str) -> bool:
    """Whether a published règlement of the service has a price for this category."""
    wanted = {"prices": [{"category": category}]}
    return bool(await tx.fetchval(SQL.has_category, service, wanted))


# -- rights, one at a time ----------------------------------------------------------------------


async def add_entitlement(tx: Transaction, entitlement: Entitlement) -> bool:
    """Whether the entitlement was new."""
    return bool(await tx.fetchval(SQL.add_entitlement, *astuple(entitlement)))


async def lock_entitlement(tx: Transaction, entitlement: EntitlementId) -> Entitlement:
    """An entitlement that exists, locked."""
    row = await tx.fetchrow(SQL.lock_entitlement, entitlement)
    assert row is not None  # noqa: S101
    return Entitlement(**row)


async def save_entitlement(tx: Transaction, entitlement: Entitlement) -> None:
    """What may change of an entitlement."""
    await tx.execute(
        SQL.save_entitlement, entitlement.id, entitlement.category, entitlement.valid_from,
        entitlement.valid_until, entitlement.state, entitlement.version,
    )  # fmt: skip


# -- access requests ----------------------------------------------------------------------------


async def find_offers(tx: Transaction, services: Iterable[ServiceId]) -> dict[Entry, Offer]:
    """What can be asked of these services, as their newest règlements have it."""
    rows = await tx.fetch(SQL.find_offers, list(set(services)))
    return {(service, category): Offer(*names) for service, category, *names in rows}


async def lock_beneficiaries(tx: Transaction, pairs: Iterable[Pair]) -> set[Pair]:
    """Let nobody else change what these beneficiaries have until commit; who left the list."""
    rows = await tx.fetch(SQL.lock_beneficiaries, *_columns(sorted(set(pairs))))
    return {(row["household"], row["beneficiary"]) for row in rows if row["retired"]}


async def retire_beneficiaries(tx: Transaction, pairs: Iterable[Pair]) -> None:
    """Remember for ever who left, and let nobody else change what they have until commit."""
    await tx.execute(SQL.retire_beneficiaries, *_columns(sorted(set(pairs))))


async def add_requests(
    tx: Transaction, requests: Sequence[AccessRequest], asked_by: PersonId
) -> set[RequestId]:
    """Requests, but for those whose entry waits for an answer already; which are new."""
    columns = _columns(
        (q.id, q.household, q.beneficiary, q.authority, q.service, q.category, q.state, q.version)
        for q in requests
    )
    rows = await tx.fetch(SQL.add_requests, *columns, asked_by)
    return {row["id"] for row in rows}


async def find_held(tx: Transaction, requests: Sequence[AccessRequest]) -> set[RequestId]:
    """Those of these requests whose entry is held already."""
    columns = _columns((q.id, q.household, q.beneficiary, q.service, q.category) for q in requests)
    return {row["id"] for row in await tx.fetch(SQL.find_held, *columns)}


async def find_owners(tx: Transaction, requests: Iterable[RequestId]) -> dict[RequestId, Owner]:
    """Whose these requests are, of those that exist."""
    rows = await tx.fetch(SQL.find_owners, list(requests))
    return {
        row["id"]: Owner(row["household"], row["beneficiary"], row["authority"]) for row in rows
    }


async def lock_requests(tx: Transaction, requests: Iterable[RequestId]) -> list[AccessRequest]:
    """Requests of those that exist, locked in one order until commit."""
    rows = await tx.fetch(SQL.lock_requests, list(requests))
    return [AccessRequest(**row) for row in rows]


async def lock_pending_requests(tx: Transaction, pairs: Iterable[Pair]) -> list[AccessRequest]:
    """What is still asked for these beneficiaries, locked in one order until commit."""
    rows = await tx.fetch(SQL.lock_pending_requests, *_columns(pairs))
    return await lock_requests(tx, [row["id"] for row in rows]) if rows else []


async def save_withdrawn(tx: Transaction, requests: Sequence[AccessRequest]) -> None:
    """Requests that were taken back."""
    if requests:
        await tx.execute(SQL.save_requests, *_last_states(requests), "", None)


async def save_judgement(tx: Transaction, judgement: Judgement, judged_by: PersonId) -> None:
    """What became of requests, and the rights that they were given."""
    await tx.execute(
        SQL.save_requests, *_last_states(judgement.requests), judgement.explanation, judged_by
    )
    if judgement.given:
        answered = [request.id for request in judgement.requests]
        await tx.execute(SQL.add_rights, answered, *_columns(map(astuple, judgement.given)))


def _last_states(requests: Sequence[AccessRequest]) -> list[list[object]]:
    return _columns((q.id, q.state, q.reason, q.version) for q in requests)


async def find_last_days(
    tx: Transaction, services: Iterable[ServiceId]
) -> tuple[date, dict[ServiceId, date]]:
    """Today, and until when the newest règlement of each service holds."""
    rows = await tx.fetch(SQL.find_last_days, list(set(services)))
    return rows[0]["today"], {row["service"]: row["valid_until"] for row in rows}


# -- rights, many at a time ---------------------------------------------------------------------


async def lock_rights(tx: Transaction, pairs: Iterable[Pair]) -> list[Entitlement]:
    """The active rights of these beneficiaries, locked in one order until commit."""
    rows = await tx.fetch(SQL.lock_rights, *_columns(pairs))
    return [Entitlement(**row) for row in rows]


async def save_rights(tx: Transaction, rights: Sequence[Entitlement]) -> None:
    """Rights that end, or end earlier."""
    if rights:
        columns = _columns((r.id, r.valid_until, r.state, r.version) for r in rights)
        await tx.execute(SQL.save_rights, *columns)


async def mark_opened(tx: Transaction, rights: Iterable[EntitlementId]) -> None:
    """Booking lets these rights be used."""
    await tx.execute(SQL.mark_opened, list(rights))


def _columns(rows: Iterable[Sequence[object]]) -> list[list[object]]:
    return [list(column) for column in zip(*rows, strict=True)]
