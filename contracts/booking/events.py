"""What booking tells: how an order goes, what was cancelled, who may book, who left."""

from datetime import date
from uuid import UUID

from contracts.booking.meals import OrderedMeal
from contracts.event import ProcessEvent
from contracts.values import (
    AuthorityId,
    BeneficiaryId,
    Cents,
    EntitlementId,
    HouseholdId,
    Label,
    Means,
    OrderId,
    RegieId,
    ServiceId,
    Session,
    Value,
    Version,
)


class OrderHeld(ProcessEvent, name="booking.order_held.v1"):
    """Seats are taken for an order; its money is awaited."""

    order: OrderId
    version: Version
    household: HouseholdId
    authority: AuthorityId
    regie: RegieId
    means: Means
    cents: Cents


class OrderConfirmed(ProcessEvent, name="booking.order_confirmed.v1"):
    """An order is paid: the kitchen counts its meals."""

    order: OrderId
    version: Version
    household: HouseholdId
    authority: AuthorityId
    regie: RegieId
    cents: Cents
    meals: tuple[OrderedMeal, ...]


class OrderReleased(ProcessEvent, name="booking.order_released.v1"):
    """The money of an order did not come: its seats were given back."""

    order: OrderId
    version: Version
    household: HouseholdId
    authority: AuthorityId
    regie: RegieId
    cents: Cents
    reason: str
    meals: tuple[OrderedMeal, ...]


class OrderCancelled(ProcessEvent, name="booking.order_cancelled.v1"):
    """An order that was not confirmed is given up for good: it must never be charged."""

    order: OrderId
    version: Version
    household: HouseholdId
    authority: AuthorityId
    regie: RegieId
    cents: Cents


class CancelledMeal(Value):
    """A line taken out of an order and what is given back for it."""

    line: int
    credit_cents: Cents
    beneficiary: BeneficiaryId | None = None
    service_name: Label | None = None
    day: date | None = None
    session: Session | None = None


class BookingsCancelled(ProcessEvent, name="booking.bookings_cancelled.v1"):
    """Meals of a paid order were cancelled; the cents of each line go back to the household."""

    order: OrderId
    version: Version
    household: HouseholdId
    authority: AuthorityId
    regie: RegieId
    cancellation: UUID
    meals: tuple[CancelledMeal, ...]


class EntitlementOpened(ProcessEvent, name="booking.entitlement_opened.v1"):
    """A household may book a service for a beneficiary from now on: its calendar is open."""

    entitlement: EntitlementId
    household: HouseholdId
    beneficiary: BeneficiaryId
    authority: AuthorityId
    service: ServiceId
    authority_name: Label
    service_name: Label


class BeneficiaryRetired(ProcessEvent, name="booking.beneficiary_retired.v1"):
    """A beneficiary left a household's list: it has no booking ahead and cannot book again."""

    household: HouseholdId
    beneficiary: BeneficiaryId
