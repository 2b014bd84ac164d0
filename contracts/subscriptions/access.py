"""What families ask for, and how town halls answer."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from contracts.event import StateEvent
from contracts.operation import CallerKind, Done, Operation
from contracts.refusal import Details, NotFound, Refusal
from contracts.regulation import Category
from contracts.values import (
    AuthorityId,
    BeneficiaryId,
    Cents,
    Day,
    HouseholdId,
    Label,
    PersonId,
    RequestId,
    ServiceId,
    Value,
)

AccessReason = Literal[
    "full", "outside", "other_entry", "proof_missing", "unknown_beneficiary", "duplicate"
]
ACCESS_REASONS: dict[AccessReason, str] = {
    "full": "il n’y a plus de place dans ce service",
    "outside": "votre domicile ne correspond pas à cette entrée",
    "other_entry": "une autre entrée correspond mieux à votre situation",
    "proof_missing": "un justificatif manque",
    "unknown_beneficiary": "cette personne n’est pas inscrite dans une école de la commune",
    "duplicate": "cette demande a déjà été faite",
}
"""Why a request is refused: a closed list, as a part of a sentence. Work or family situation is
not in it (domain.md S4)."""

AccessState = Literal["pending", "opening", "open", "refused", "withdrawn", "ended"]
"""opening: approved, and booking has not opened its calendar yet."""

HOUSEHOLD: frozenset[CallerKind] = frozenset({"family", "applicant"})


class RequestChanged(StateEvent, name="subscriptions.request_changed.v1"):
    """A household asked for an entry of a service for a beneficiary; a town hall judged it."""

    request: RequestId
    household: HouseholdId
    beneficiary: BeneficiaryId
    authority: AuthorityId
    service: ServiceId
    category: Category
    authority_label: Label
    service_label: Label
    category_label: Label
    state: Literal["pending", "approved", "refused", "withdrawn"]
    reason: AccessReason | None = None


class AlreadyAsked(Refusal, code="subscriptions.already_asked", status=409):
    """An entry that is held or asked for already is not asked for again."""

    sentence = "Cette entrée est déjà demandée ou déjà ouverte. Rien n’a été envoyé."

    class Details(Details):
        beneficiary: BeneficiaryId | None = None
        service: ServiceId | None = None


class RequestsJudged(Refusal, code="subscriptions.requests_judged", status=409):
    """Somebody else judged or withdrew these requests first; nothing was changed."""

    sentence = "Une partie de ces demandes vient d’être traitée ou retirée. Rien n’a été modifié."

    class Details(Details):
        requests: tuple[RequestId, ...] = ()


class ShowOffers(Value):
    """Asks what can be asked for."""


class OfferedEntry(Value):
    """An entry of a service: a situation and its price."""

    category: Category
    label: Label
    cents: Cents


class OfferedService(Value):
    """A service and its entries, as its newest published règlement has them."""

    service: ServiceId
    label: Label
    entries: tuple[OfferedEntry, ...]


class OfferingAuthority(Value):
    """An authority and the services that families may ask for."""

    authority: AuthorityId
    label: Label
    services: tuple[OfferedService, ...]


class Offers(Value):
    """Everything that can be asked for, by the authority's name."""

    authorities: tuple[OfferingAuthority, ...]


class Wish(Value):
    """One entry wanted for one beneficiary."""

    beneficiary: BeneficiaryId
    service: ServiceId
    category: Category


class AskAccess(Value):
    """Asks for entries of services, for one or several beneficiaries at once."""

    batch: UUID
    wishes: Annotated[tuple[Wish, ...], Field(min_length=1, max_length=50)]


class AccessAsked(Value):
    """The requests exist; their state is asked by GET."""

    batch: UUID
    requests: tuple[RequestId, ...]


class ShowAccess(Value):
    """Asks for the household's requests and rights."""


class Access(Value):
    """One row of « Mes services »: a right or a request of the household."""

    request: RequestId | None = None
    """Absent for a right that was given without a request."""
    beneficiary: BeneficiaryId
    authority: AuthorityId
    service: ServiceId
    category: Category
    authority_label: Label
    service_label: Label
    category_label: Label
    state: AccessState
    reason: AccessReason | None = None
    explanation: str = ""
    """What the town hall added to its refusal."""
    asked: datetime | None = None
    asked_by: PersonId | None = None
    valid_from: date | None = None
    valid_until: date | None = None


class AccessList(Value):
    """The household's requests and rights, newest first."""

    access: tuple[Access, ...]


class WithdrawRequest(Value):
    """Takes back a request that was not judged yet."""

    request: RequestId


class JudgeRequests(Value):
    """Approves or refuses requests of one authority, all or none.

    Without dates an approval holds from today to the end of the règlement's period. Approving
    ends the beneficiary's other rights in the service the day before (domain.md S3).
    """

    judgement: UUID
    requests: Annotated[tuple[RequestId, ...], Field(min_length=1, max_length=200)]
    verdict: Literal["approved", "refused"]
    reason: AccessReason | None = None
    """Needed for a refusal."""
    explanation: Annotated[str, Field(max_length=500)] = ""
    valid_from: Day | None = None
    valid_until: Day | None = None


class Judged(Value):
    """How many requests were judged."""

    judgement: UUID
    count: int


LIST_OFFERS = Operation(
    name="subscriptions.list_offers", method="GET", path="/offers",
    request=ShowOffers, response=Offers, callers=HOUSEHOLD,
    summary="The services of all communes with their entries and prices.",
)  # fmt: skip
ASK_ACCESS = Operation(
    name="subscriptions.ask_access", method="PUT", path="/access-batches/{batch}",
    request=AskAccess, response=AccessAsked, callers=HOUSEHOLD, idempotency_key="batch",
    summary="Ask for entries of services, all or none.", refusals=(NotFound, AlreadyAsked),
)  # fmt: skip
LIST_ACCESS = Operation(
    name="subscriptions.list_access", method="GET", path="/access",
    request=ShowAccess, response=AccessList, callers=HOUSEHOLD,
    summary="The household's requests and rights, newest first.",
)  # fmt: skip
WITHDRAW_REQUEST = Operation(
    name="subscriptions.withdraw_request", method="PUT",
    path="/access-requests/{request}/withdrawal",
    request=WithdrawRequest, response=Done, callers=HOUSEHOLD,
    summary="Take back a request that was not judged. Idempotent by the request.",
    refusals=(NotFound, RequestsJudged),
)  # fmt: skip
JUDGE_REQUESTS = Operation(
    name="subscriptions.judge_requests", method="PUT", path="/judgements/{judgement}",
    request=JudgeRequests, response=Judged, callers=frozenset({"staff", "operator"}),
    roles=frozenset({"administrator", "clerk"}), idempotency_key="judgement",
    summary="Approve or refuse requests of one's authority, all or none.",
    refusals=(NotFound, RequestsJudged),
)  # fmt: skip
