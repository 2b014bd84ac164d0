"""What subscriptions can be asked to do. Each command: load, decide, save, tell."""

from typing import Any

from chassis import outbox
from chassis.auth import Caller
from chassis.database import Transaction
from contracts.operation import Operation
from contracts.refusal import FieldError, Malformed, NotFound
from contracts.regulation import Regulation
from contracts.subscriptions import (
    GRANT_ENTITLEMENT,
    PUBLISH_REGULATION,
    DescribeAuthority,
    DescribeRegie,
    GrantEntitlement,
    UnknownRegie,
)
from contracts.values import AuthorityId
from services.subscriptions import store
from services.subscriptions.domain import Entitlement, Regie, published


async def describe_authority(tx: Transaction, request: DescribeAuthority) -> None:
    """Create an authority or rename it."""
    await store.save_authority(tx, request.authority, request.label)


async def describe_regie(tx: Transaction, request: DescribeRegie) -> None:
    """Create a régie or rename it. Raises NotFound: no such authority, or it is another's."""
    if not await store.has_authority(tx, request.authority):
        raise NotFound()
    new = Regie(request.regie, request.authority, request.label, version=1)
    if await store.add_regie(tx, new):
        await outbox.append(tx, [new.changed()])
        return
    known = await store.lock_regie(tx, request.regie)
    if known.authority != request.authority:
        raise NotFound()
    renamed = known.renamed(request.label)
    if renamed != known:
        await store.save_regie(tx, renamed)
        await outbox.append(tx, [renamed.changed()])


async def publish_regulation(tx: Transaction, regulation: Regulation, caller: Caller) -> None:
    """Publish a version of a service's règlement; the first one makes the service.

    Raises NotFound, UnknownRegie, RegulationImmutable.
    """
    _let_in(caller, PUBLISH_REGULATION, regulation.authority)
    if not await store.has_authority(tx, regulation.authority):
        raise NotFound()
    if not await store.has_regie(tx, regulation.authority, regulation.regie):
        raise UnknownRegie()
    await store.add_service(tx, regulation.service, regulation.authority)
    service = await store.lock_service(tx, regulation.service)
    known = await store.find_regulation(tx, regulation.service, regulation.version)
    if service.judge(regulation, known):
        await store.add_regulation(tx, regulation)
        await outbox.append(tx, [published(regulation)])


async def grant_entitlement(tx: Transaction, request: GrantEntitlement, caller: Caller) -> None:
    """Give, change or end an entitlement; granting the same again tells nothing.

    Raises NotFound, or Malformed for a category that no règlement of the service has a price for.
    """
    authority = await store.find_authority_of_service(tx, request.service)
    if authority is None:
        raise NotFound()
    _let_in(caller, GRANT_ENTITLEMENT, authority)
    granted = Entitlement.granted(request, authority)
    if not await store.has_category(tx, request.service, request.category):
        raise Malformed(errors=[FieldError(field="category", kind="unknown")])
    if await store.add_entitlement(tx, granted):
        await outbox.append(tx, [granted.changed()])
        return
    known = await store.lock_entitlement(tx, request.entitlement)
    changed = known.becoming(granted)
    if changed != known:
        await store.save_entitlement(tx, changed)
        await outbox.append(tx, [changed.changed()])


def _let_in(caller: Caller, operation: Operation[Any, Any], authority: AuthorityId) -> None:
    """To those who do not work for this authority, it and all it has do not exist."""
    if not caller.holds(operation.roles, authority):
        raise NotFound()
