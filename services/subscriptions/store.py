"""Authorities, régies, règlements and entitlements in and out. The SQL is in queries.sql."""

from dataclasses import astuple

from chassis.database import Transaction
from chassis.queries import named_queries
from contracts.regulation import Regulation
from contracts.values import AuthorityId, EntitlementId, RegieId, ServiceId
from services.subscriptions.domain import Entitlement, Regie, Service

SQL = named_queries(__package__)


async def save_authority(tx: Transaction, authority: AuthorityId, label: str) -> None:
    """An authority under this name."""
    await tx.execute(SQL.save_authority, authority, label)


async def has_authority(tx: Transaction, authority: AuthorityId) -> bool:
    """Whether this authority exists."""
    return bool(await tx.fetchval(SQL.has_authority, authority))


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
