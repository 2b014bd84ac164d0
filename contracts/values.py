"""Small values that mean the same thing in every service."""

from datetime import date
from typing import Annotated, Literal, NewType
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

AuthorityId = NewType("AuthorityId", UUID)
RegieId = NewType("RegieId", UUID)
ServiceId = NewType("ServiceId", UUID)
PersonId = NewType("PersonId", UUID)
AgentId = NewType("AgentId", UUID)
HouseholdId = NewType("HouseholdId", UUID)
BeneficiaryId = NewType("BeneficiaryId", UUID)
EntitlementId = NewType("EntitlementId", UUID)
RequestId = NewType("RequestId", UUID)
CheckoutId = NewType("CheckoutId", UUID)
OrderId = NewType("OrderId", UUID)

StaffRole = Literal["administrator", "clerk", "regisseur", "kitchen", "attendance", "reader"]
"""What an agent of a town hall may do in an authority."""

AGGLOMERATION = AuthorityId(UUID("00000000-0000-5000-8000-00000000a661"))
"""The agglomeration itself, as the authority of its own agents: it organises no service, looks
after accounts that asked nobody anything, and lets administrators in everywhere."""

CENTS_MAX = 100_000_000
Cents = Annotated[int, Field(ge=0, le=CENTS_MAX)]
"""An amount of euros in cents, never negative, at most a million euros."""

PositiveCents = Annotated[int, Field(gt=0, le=CENTS_MAX)]
"""An amount that moves: a movement of nothing is not a movement."""

Label = Annotated[str, Field(min_length=1, max_length=120)]
"""A public name: a commune, a canteen, a category. Never a person's."""

Version = Annotated[int, Field(ge=1, le=2_147_483_647)]
"""How often an aggregate has changed; a reader keeps the highest it has seen."""

Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2199, 12, 31))]
"""A day that somebody may ask for: a month can be counted on from it."""

Session = Annotated[str, Field(pattern=r"^[a-z][a-z_]{0,19}$")]
"""The part of a day that is booked: `midi` for a meal, `matin` or `soir` for the garderie."""

Means = Literal["credits", "credits_then_card", "card"]
"""How the household wants to pay an order."""


class Value(BaseModel):
    """A frozen value that refuses what it does not know: nothing is assigned by accident."""

    model_config = ConfigDict(frozen=True, extra="forbid")
