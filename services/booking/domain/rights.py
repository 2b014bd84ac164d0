"""Who leaves a household's list: only without bookings ahead."""

from collections.abc import Sequence

from contracts.booking import BeneficiaryRetired, BookingsAhead, MealKey
from contracts.values import BeneficiaryId, HouseholdId

TOLD_MAX = 10
"""How many of the bookings ahead are told: enough to recognise them, the calendar has them all."""


def retire(
    household: HouseholdId, beneficiary: BeneficiaryId, ahead: Sequence[MealKey]
) -> BeneficiaryRetired:
    """A beneficiary leaves the list, whose bookings ahead are these. Raises BookingsAhead."""
    if ahead:
        raise BookingsAhead(meals=tuple(ahead[:TOLD_MAX]))
    return BeneficiaryRetired(household=household, beneficiary=beneficiary)
