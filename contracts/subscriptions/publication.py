"""Authorities, their régies, the règlements they publish, the rights they give."""

from datetime import date
from typing import Literal

from contracts.event import StateEvent
from contracts.operation import Done, Operation
from contracts.refusal import NotFound, Refusal
from contracts.regulation import Category, Regulation
from contracts.values import (
    AuthorityId,
    BeneficiaryId,
    EntitlementId,
    HouseholdId,
    Label,
    RegieId,
    ServiceId,
    Value,
    Version,
)


class RegieChanged(StateEvent, name="subscriptions.regie_changed.v1"):
    """A public cash office exists or changed its name. Money never leaves a régie."""

    regie: RegieId
    authority: AuthorityId
    label: Label


class RegulationPublished(StateEvent, name="subscriptions.regulation_published.v1"):
    """A service's règlement was published, whole. Published versions never change."""

    service: ServiceId
    authority: AuthorityId
    regulation: Regulation


class EntitlementChanged(StateEvent, name="subscriptions.entitlement_changed.v1"):
    """A household may book a service for a beneficiary, at a category, some days; or no more."""

    entitlement: EntitlementId
    household: HouseholdId
    beneficiary: BeneficiaryId
    authority: AuthorityId
    service: ServiceId
    category: Category
    valid_from: date
    valid_until: date
    state: Literal["active", "ended"]


class RegulationImmutable(Refusal, code="subscriptions.regulation_immutable", status=409):
    """A published version of a règlement cannot be replaced; the next version can."""

    sentence = "Cette version du règlement est déjà publiée. Publiez une nouvelle version."


class UnknownRegie(Refusal, code="subscriptions.unknown_regie", status=422):
    """The régie does not exist in this authority."""

    sentence = "Cette régie n’existe pas dans cette collectivité."


class DescribeAuthority(Value):
    """An organising body: commune, syndicat, communauté."""

    authority: AuthorityId
    label: Label


class DescribeRegie(Value):
    """A public cash office of an authority."""

    regie: RegieId
    authority: AuthorityId
    label: Label


class PublishRegulation(Value):
    """Publishes a règlement: its service, authority and version are inside."""

    service: ServiceId
    version: Version
    regulation: Regulation


class GrantEntitlement(Value):
    """Gives or ends the right to book a service for a beneficiary."""

    entitlement: EntitlementId
    household: HouseholdId
    beneficiary: BeneficiaryId
    service: ServiceId
    category: Category
    valid_from: date
    valid_until: date
    state: Literal["active", "ended"] = "active"


DESCRIBE_AUTHORITY = Operation(
    name="subscriptions.describe_authority", method="PUT", path="/authorities/{authority}",
    request=DescribeAuthority, response=Done, callers=frozenset({"operator"}),
    summary="Create or rename an authority. Idempotent by its id.",
)  # fmt: skip
DESCRIBE_REGIE = Operation(
    name="subscriptions.describe_regie", method="PUT", path="/regies/{regie}",
    request=DescribeRegie, response=Done, callers=frozenset({"staff", "operator"}),
    roles=frozenset({"administrator"}),
    summary="Create or rename a régie of an authority. Idempotent by its id.",
    refusals=(NotFound,),
)  # fmt: skip
PUBLISH_REGULATION = Operation(
    name="subscriptions.publish_regulation", method="PUT",
    path="/services/{service}/regulations/{version}",
    request=PublishRegulation, response=Done, callers=frozenset({"staff", "operator"}),
    roles=frozenset({"administrator"}),
    summary="Publish a version of a règlement; it never changes. Idempotent by its version.",
    refusals=(NotFound, UnknownRegie, RegulationImmutable),
)  # fmt: skip
GRANT_ENTITLEMENT = Operation(
    name="subscriptions.grant_entitlement", method="PUT", path="/entitlements/{entitlement}",
    request=GrantEntitlement, response=Done, callers=frozenset({"staff", "operator"}),
    roles=frozenset({"administrator", "clerk"}),
    summary="Give or end a right to book a service for a beneficiary. Idempotent by its id.",
    refusals=(NotFound,),
)  # fmt: skip
