"""What subscriptions can be asked to do. Each command: load, decide, save, tell."""

from collections.abc import Iterable, Sequence

from chassis import acts, outbox
from chassis.acts import NOTHING, Facts, NewAct
from chassis.auth import Caller, let_in
from chassis.database import Transaction
from contracts.booking import BeneficiaryRetired, EntitlementOpened
from contracts.event import Event
from contracts.refusal import FieldError, Malformed, NotFound
from contracts.regulation import Regulation
from contracts.subscriptions import (
    ACCESS_REASONS,
    DESCRIBE_REGIE,
    GRANT_ENTITLEMENT,
    JUDGE_REQUESTS,
    PUBLISH_REGULATION,
    SET_ROLES,
    AccessAsked,
    AgentRoles,
    AskAccess,
    DescribeAuthority,
    DescribeRegie,
    GrantEntitlement,
    Judged,
    JudgeRequests,
    SetRoles,
    UnknownRegie,
)
from contracts.values import HouseholdId, PersonId, RequestId
from services.subscriptions import store
from services.subscriptions.domain.access import (
    Entitlement,
    Judgement,
    ask,
    judge,
    make_room,
    must_be_new,
)
from services.subscriptions.domain.publication import Regie, published
from services.subscriptions.domain.roles import HeldRoles, must_keep_an_administrator


async def describe_authority(tx: Transaction, request: DescribeAuthority) -> None:
    """Create an authority or rename it."""
    await store.save_authority(tx, request.authority, request.label)


async def describe_regie(tx: Transaction, request: DescribeRegie, caller: Caller) -> None:
    """Create a régie or rename it. Raises NotFound: no such authority, or it is another's."""
    let_in(caller, DESCRIBE_REGIE, request.authority)
    if not await store.has_authority(tx, request.authority):
        raise NotFound()
    new = Regie(request.regie, request.authority, request.label, version=1)
    if await store.add_regie(tx, new):
        await _tell_regie(tx, new, caller)
        return
    known = await store.lock_regie(tx, request.regie)
    if known.authority != request.authority:
        raise NotFound()
    renamed = known.renamed(request.label)
    if renamed != known:
        await store.save_regie(tx, renamed)
        await _tell_regie(tx, renamed, caller, {"label": known.label})


async def _tell_regie(
    tx: Transaction, regie: Regie, caller: Caller, before: Facts = NOTHING
) -> None:
    await outbox.append(tx, [regie.changed()])
    await acts.record(
        tx, caller, regie.authority, DESCRIBE_REGIE, regie.id, before=before,
        after={"label": regie.label},
    )  # fmt: skip


async def publish_regulation(tx: Transaction, regulation: Regulation, caller: Caller) -> None:
    """Publish a version of a service's règlement; the first one makes the service.

    Raises NotFound, UnknownRegie, RegulationImmutable.
    """
    let_in(caller, PUBLISH_REGULATION, regulation.authority)
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
        await acts.record(
            tx, caller, regulation.authority, PUBLISH_REGULATION, regulation.service,
            before={"version": service.latest} if service.latest else NOTHING,
            after={"version": regulation.version, "label": regulation.service_name},
        )  # fmt: skip


async def grant_entitlement(tx: Transaction, request: GrantEntitlement, caller: Caller) -> None:
    """Give, change or end an entitlement; granting the same again tells nothing.

    Who left the household's list holds nothing more. Raises NotFound, or Malformed for a category
    that no règlement of the service has a price for.
    """
    authority = await store.find_authority_of_service(tx, request.service)
    if authority is None:
        raise NotFound()
    let_in(caller, GRANT_ENTITLEMENT, authority)
    granted = Entitlement.granted(request, authority)
    if not await store.has_category(tx, request.service, request.category):
        raise Malformed(errors=[FieldError(field="category", kind="unknown")])
    left = await store.lock_beneficiaries(tx, {(granted.household, granted.beneficiary)})
    if left and granted.state == "active":
        raise NotFound()
    if await store.add_entitlement(tx, granted):
        await _tell_right(tx, granted, caller)
        return
    known = await store.lock_entitlement(tx, request.entitlement)
    changed = known.becoming(granted)
    if changed != known:
        await store.save_entitlement(tx, changed)
        await _tell_right(tx, changed, caller, known.facts())


async def _tell_right(
    tx: Transaction, right: Entitlement, caller: Caller, before: Facts = NOTHING
) -> None:
    await outbox.append(tx, [right.changed()])
    await acts.record(
        tx, caller, right.authority, GRANT_ENTITLEMENT, right.id, before=before,
        after=right.facts(),
    )  # fmt: skip


# -- roles --------------------------------------------------------------------------------------


async def set_roles(tx: Transaction, asked: SetRoles, caller: Caller) -> AgentRoles:
    """Give an agent exactly these roles. Raises NotFound, RolesMoved, LastAdministrator.

    An operator beside the database may leave an authority without an administrator.
    """
    let_in(caller, SET_ROLES, asked.authority)
    if not await store.lock_authority(tx, asked.authority):
        raise NotFound()
    everyone = await store.find_roles(tx, asked.authority)
    before = everyone.get(asked.agent) or HeldRoles(asked.agent, asked.authority)
    after = before.becoming(asked)
    if after == before:
        return after.shown()
    if caller.kind != "operator":
        must_keep_an_administrator(before, after, everyone.values())
    await store.save_roles(tx, after)
    await outbox.append(tx, [after.changed()])
    await acts.record(
        tx, caller, asked.authority, SET_ROLES, asked.agent, why=asked.why,
        before={"roles": before.in_order}, after={"roles": after.in_order},
    )  # fmt: skip
    return after.shown()


# -- access requests ----------------------------------------------------------------------------


async def ask_access(
    tx: Transaction, asked: AskAccess, household: HouseholdId, asked_by: PersonId
) -> AccessAsked:
    """Ask for entries, all or none. Raises NotFound, Malformed, AlreadyAsked.

    Whoever left the household's list is no longer there to be asked for.
    """
    offers = await store.find_offers(tx, {wish.service for wish in asked.wishes})
    requests = ask(asked, household, offers)
    if await store.lock_beneficiaries(tx, {(household, wish.beneficiary) for wish in asked.wishes}):
        raise NotFound()
    held = await store.find_held(tx, requests)
    new = await store.add_requests(tx, requests, asked_by)
    must_be_new(requests, held | {request.id for request in requests if request.id not in new})
    await outbox.append(tx, [request.changed() for request in requests])
    return AccessAsked(batch=asked.batch, requests=tuple(request.id for request in requests))


async def withdraw_request(tx: Transaction, request: RequestId, household: HouseholdId) -> None:
    """Take a request back; again changes nothing. Raises NotFound, RequestsJudged."""
    found = await store.lock_requests(tx, [request])
    if not found or found[0].household != household:
        raise NotFound()
    withdrawn = [found[0].withdrawn()]
    if withdrawn != found:
        await store.save_withdrawn(tx, withdrawn)
        await outbox.append(tx, [withdrawn[0].changed()])


async def judge_requests(tx: Transaction, asked: JudgeRequests, caller: Caller) -> Judged:
    """Approve or refuse requests, all or none. Raises NotFound, RequestsJudged, Malformed.

    An approved entry is the only one that its beneficiary holds in the service from its first day
    on. Beneficiaries are locked before requests, and requests before rights, by everybody.
    """
    owners = await store.find_owners(tx, asked.requests)
    if not owners.keys() >= set(asked.requests):
        raise NotFound()
    for authority in {owner.authority for owner in owners.values()}:
        let_in(caller, JUDGE_REQUESTS, authority)
    pairs = {owner.pair for owner in owners.values()}
    await store.lock_beneficiaries(tx, pairs)
    requests = await store.lock_requests(tx, owners)
    today, last_days = await store.find_last_days(tx, [request.service for request in requests])
    judgement = judge(asked, requests, today, last_days)
    held = await store.lock_rights(tx, pairs) if judgement.given else []
    shortened = make_room(judgement.given, held)
    await store.save_rights(tx, shortened)
    await store.save_judgement(tx, judgement, PersonId(caller.actor))
    told: list[Event] = [request.changed() for request in judgement.requests]
    await outbox.append(tx, told + [right.changed() for right in (*shortened, *judgement.given)])
    await acts.record_all(tx, caller, JUDGE_REQUESTS, _verdicts(judgement))
    return Judged(judgement=asked.judgement, count=len(requests))


def _verdicts(judgement: Judgement) -> Iterable[NewAct]:
    """An act for each request; what was written to the family can be erased."""
    given = {right.id: right for right in judgement.given}
    said = {"explanation": judgement.explanation} if judgement.explanation else NOTHING
    for request in judgement.requests:
        right = given.get(request.right)
        yield NewAct(
            request.authority, request.id, before={"state": "pending"},
            after=(right.facts() if right else {}) | request.facts(),
            why=ACCESS_REASONS[request.reason] if request.reason else "", personal=said,
        )  # fmt: skip


# -- what booking told --------------------------------------------------------------------------


async def mark_opened(tx: Transaction, opened: Sequence[EntitlementOpened]) -> None:
    """Remember which rights can be used; a right that is not ours changes nothing."""
    await store.mark_opened(tx, {event.entitlement for event in opened})


async def retire_beneficiaries(tx: Transaction, retired: Sequence[BeneficiaryRetired]) -> None:
    """Take back what is asked for those who left, end what they hold, ask nothing for them again.

    Another household of the same child keeps what it has.
    """
    pairs = {(event.household, event.beneficiary) for event in retired}
    await store.retire_beneficiaries(tx, pairs)
    requests = [q.withdrawn() for q in await store.lock_pending_requests(tx, pairs)]
    await store.save_withdrawn(tx, requests)
    rights = [right.ended() for right in await store.lock_rights(tx, pairs)]
    await store.save_rights(tx, rights)
    told: list[Event] = [request.changed() for request in requests]
    await outbox.append(tx, told + [right.changed() for right in rights])
