"""Who may book what: requests that families make, rights that town halls give and end."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal
from uuid import UUID, uuid5

from contracts.refusal import FieldError, Malformed, NotFound
from contracts.subscriptions import (
    AccessReason,
    AlreadyAsked,
    AskAccess,
    EntitlementChanged,
    GrantEntitlement,
    JudgeRequests,
    RequestChanged,
    RequestsJudged,
    Wish,
)
from contracts.values import (
    AuthorityId,
    BeneficiaryId,
    EntitlementId,
    HouseholdId,
    RequestId,
    ServiceId,
)

RequestState = Literal["pending", "approved", "refused", "withdrawn"]
Pair = tuple[HouseholdId, BeneficiaryId]
"""A household and one for whom it asks. The same child of another household is another pair."""

Entry = tuple[ServiceId, str]
"""A service and a category of it."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose a request is, and which authority answers it; that never changes."""

    household: HouseholdId
    beneficiary: BeneficiaryId
    authority: AuthorityId

    @property
    def pair(self) -> Pair:
        """For whom it was asked."""
        return self.household, self.beneficiary


@dataclass(frozen=True, slots=True)
class Offer:
    """An entry that can be asked for, with its public names."""

    authority: AuthorityId
    authority_label: str
    service_label: str
    category_label: str


@dataclass(frozen=True, slots=True)
class Entitlement:
    """A household's right to book a service for a beneficiary, at a category, between two days."""

    id: EntitlementId
    household: HouseholdId
    beneficiary: BeneficiaryId
    authority: AuthorityId
    service: ServiceId
    category: str
    valid_from: date
    valid_until: date
    state: Literal["active", "ended"]
    version: int

    @classmethod
    def granted(cls, request: GrantEntitlement, authority: AuthorityId) -> "Entitlement":
        """A new entitlement. Raises Malformed when it would end before it begins."""
        _must_hold(request.valid_from, request.valid_until)
        given = request.model_dump(exclude={"entitlement"})
        return cls(id=request.entitlement, authority=authority, version=1, **given)

    @classmethod
    def answering(
        cls, request: "AccessRequest", valid_from: date, valid_until: date
    ) -> "Entitlement":
        """The right that an approved request gives. Raises Malformed when it would never hold."""
        _must_hold(valid_from, valid_until)
        return cls(
            id=request.right, household=request.household,
            beneficiary=request.beneficiary, authority=request.authority, service=request.service,
            category=request.category, valid_from=valid_from, valid_until=valid_until,
            state="active", version=1,
        )  # fmt: skip

    def becoming(self, granted: "Entitlement") -> "Entitlement":
        """What a newer grant makes of it; itself when nothing differs.

        Whose it is, and for what, never changes: that would be another entitlement. Raises
        NotFound then, as for anything that belongs to somebody else.
        """
        if self._subject() != granted._subject():
            raise NotFound()
        same = replace(granted, version=self.version)
        return self if same == self else replace(granted, version=self.version + 1)

    def changed(self) -> EntitlementChanged:
        """Its whole state, to be told."""
        return EntitlementChanged(
            version=self.version,
            entitlement=self.id,
            household=self.household,
            beneficiary=self.beneficiary,
            authority=self.authority,
            service=self.service,
            category=self.category,
            valid_from=self.valid_from,
            valid_until=self.valid_until,
            state=self.state,
        )

    def facts(self) -> dict[str, object]:
        """What an act keeps of it: ids, days and words of the règlement."""
        return {
            "household": self.household, "beneficiary": self.beneficiary, "service": self.service,
            "category": self.category, "valid_from": self.valid_from,
            "valid_until": self.valid_until, "state": self.state,
        }  # fmt: skip

    def ended(self) -> "Entitlement":
        """The right, over for good."""
        return replace(self, state="ended", version=self.version + 1)

    def giving_way(self, day: date) -> "Entitlement":
        """What is left of it once another category holds from this day on (domain.md S3)."""
        if self.state == "ended" or self.valid_until < day:
            return self
        if self.valid_from >= day:
            return self.ended()
        return replace(self, valid_until=day - timedelta(days=1), version=self.version + 1)

    @property
    def place(self) -> tuple[Pair, ServiceId]:
        """Where only one category holds on a day."""
        return (self.household, self.beneficiary), self.service

    def _subject(self) -> tuple[object, ...]:
        return self.household, self.beneficiary, self.authority, self.service


def _must_hold(valid_from: date, valid_until: date) -> None:
    if valid_until < valid_from:
        raise Malformed(errors=[FieldError(field="valid_until", kind="before_valid_from")])


def make_room(given: Iterable[Entitlement], held: Iterable[Entitlement]) -> list[Entitlement]:
    """The held rights that new ones change: they end the day before, or at once when later.

    On every day from then on, a beneficiary holds one category of a service, never two.
    """
    begins = {right.place: right.valid_from for right in given}
    left = (
        (right, right.giving_way(begins[right.place])) for right in held if right.place in begins
    )
    return [now for before, now in left if now != before]


@dataclass(frozen=True, slots=True)
class AccessRequest:
    """A household's wish for an entry, and what the town hall made of it."""

    id: RequestId
    household: HouseholdId
    beneficiary: BeneficiaryId
    authority: AuthorityId
    service: ServiceId
    category: str
    authority_label: str
    service_label: str
    category_label: str
    state: RequestState = "pending"
    reason: AccessReason | None = None
    version: int = 1

    @property
    def right(self) -> EntitlementId:
        """The right that an approval of it gives."""
        return EntitlementId(uuid5(self.id, "entitlement"))

    def facts(self) -> dict[str, object]:
        """What an act keeps of it: ids, public names and what became of it."""
        reason = {"reason": self.reason} if self.reason else {}
        return {
            "household": self.household, "beneficiary": self.beneficiary, "service": self.service,
            "category": self.category, "service_label": self.service_label,
            "category_label": self.category_label, "state": self.state, **reason,
        }  # fmt: skip

    def becoming(self, state: RequestState, reason: AccessReason | None = None) -> "AccessRequest":
        """The request in its last state."""
        return replace(self, state=state, reason=reason, version=self.version + 1)

    def withdrawn(self) -> "AccessRequest":
        """The request taken back; itself when it was. Raises RequestsJudged."""
        if self.state == "withdrawn":
            return self
        if self.state != "pending":
            raise RequestsJudged(requests=[self.id])
        return self.becoming("withdrawn")

    def changed(self) -> RequestChanged:
        """Its whole state, to be told."""
        return RequestChanged(
            version=self.version, request=self.id, household=self.household,
            beneficiary=self.beneficiary, authority=self.authority, service=self.service,
            category=self.category, authority_label=self.authority_label,
            service_label=self.service_label, category_label=self.category_label,
            state=self.state, reason=self.reason,
        )  # fmt: skip


def ask(
    asked: AskAccess, household: HouseholdId, offers: Mapping[Entry, Offer]
) -> list[AccessRequest]:
    """A request for each wish, in their order.

    Raises NotFound for a service that offers nothing; Malformed for a category that its newest
    règlement does not have and for two wishes that are one.
    """
    if not {wish.service for wish in asked.wishes} <= {service for service, _ in offers}:
        raise NotFound()
    errors = [
        FieldError(field=f"wishes.{n}.category", kind="unknown")
        for n, wish in enumerate(asked.wishes)
        if (wish.service, wish.category) not in offers
    ] + [
        FieldError(field=f"wishes.{n}", kind="twice")
        for n, wish in enumerate(asked.wishes)
        if wish in asked.wishes[:n]
    ]
    if errors:
        raise Malformed(errors=errors)
    return [
        _asked_for(wish, asked.batch, household, offers[wish.service, wish.category])
        for wish in asked.wishes
    ]


def _asked_for(wish: Wish, batch: UUID, household: HouseholdId, offer: Offer) -> AccessRequest:
    id_ = uuid5(batch, f"{wish.beneficiary}{wish.service}{wish.category}")
    return AccessRequest(
        RequestId(id_), household, wish.beneficiary, offer.authority, wish.service, wish.category,
        offer.authority_label, offer.service_label, offer.category_label,
    )  # fmt: skip


def must_be_new(requests: Sequence[AccessRequest], taken: Collection[RequestId]) -> None:
    """What is held or asked for already is not asked for. Raises AlreadyAsked with the first."""
    for request in requests:
        if request.id in taken:
            raise AlreadyAsked(beneficiary=request.beneficiary, service=request.service)


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict on requests that could be given: all were pending, the reason is there."""

    requests: tuple[AccessRequest, ...]
    given: tuple[Entitlement, ...]
    explanation: str


def judge(
    asked: JudgeRequests,
    pending: Sequence[AccessRequest],
    today: date,
    last_days: Mapping[ServiceId, date],
) -> Judgement:
    """Approve or refuse all of these. Raises RequestsJudged, Malformed.

    Without dates a right holds from today to its service's last day.
    """
    if asked.verdict == "refused" and asked.reason is None:
        raise Malformed(errors=[FieldError(field="reason", kind="missing")])
    judged = [request.id for request in pending if request.state != "pending"]
    if judged:
        raise RequestsJudged(requests=judged)
    if asked.verdict == "refused":
        refused = tuple(request.becoming("refused", asked.reason) for request in pending)
        return Judgement(refused, (), asked.explanation)
    approved = tuple(request.becoming("approved") for request in pending)
    given = tuple(
        Entitlement.answering(
            request, asked.valid_from or today, asked.valid_until or last_days[request.service]
        )
        for request in approved
    )
    _must_not_compete(asked, given)
    return Judgement(approved, given, explanation="")


def _must_not_compete(asked: JudgeRequests, given: Sequence[Entitlement]) -> None:
    """Of two entries of a service for one beneficiary the town hall chooses one, not the order."""
    first: dict[object, Entitlement] = {}
    rivals = {right.id for right in given if first.setdefault(right.place, right) is not right}
    errors = [
        FieldError(field=f"requests.{n}", kind="same_service")
        for n, request in enumerate(asked.requests)
        if uuid5(request, "entitlement") in rivals
    ]
    if errors:
        raise Malformed(errors=errors)
