"""The names of those who eat, asked from accounts and joined only here, on the page."""

from collections.abc import Iterable

from contracts.accounts import GET_HOUSEHOLD, ByHousehold, HouseholdView
from contracts.values import BeneficiaryId, HouseholdId
from gateway.visit import Visit


class Names:
    """First and full names; without accounts, « Enfant 1 » in the order of the page."""

    def __init__(self, household: HouseholdView | None):
        self.known = household is not None
        eaters = household.beneficiaries if household else ()
        self._full = {b.beneficiary: f"{b.first_name} {b.last_name}" for b in eaters}
        firsts = [b.first_name for b in eaters]
        self._first = {
            b.beneficiary: b.first_name if firsts.count(b.first_name) == 1 else self._full[
                b.beneficiary
            ]
            for b in eaters
        }  # fmt: skip
        self._order = {b.beneficiary: place for place, b in enumerate(eaters)}

    def number(self, beneficiaries: Iterable[BeneficiaryId]) -> None:
        """Give those who have no name here a number, so that a page can still tell them apart."""
        for beneficiary in beneficiaries:
            if beneficiary not in self._full:
                place = sum(1 for name in self._full.values() if name.startswith("Enfant ")) + 1
                self._full[beneficiary] = self._first[beneficiary] = f"Enfant {place}"
                self._order[beneficiary] = 1_000 + place

    def first(self, beneficiary: BeneficiaryId) -> str:
        """The first name, or the full one where two share it."""
        return self._first.get(beneficiary, "Enfant")

    def full(self, beneficiary: BeneficiaryId) -> str:
        """First and last name."""
        return self._full.get(beneficiary, "Enfant")

    def order(self, beneficiary: BeneficiaryId) -> int:
        """Eldest first, as accounts lists them."""
        return self._order.get(beneficiary, 9_999)


async def names_of(visit: Visit) -> Names:
    """The names of the visitor's household, remembered for half a minute."""
    household = HouseholdId(visit.caller.own_household)
    known: HouseholdView | None = visit.site.names.get(household)
    if known is None:
        known = await visit.ask_if_there(GET_HOUSEHOLD, ByHousehold(household=household))
        if known is not None:
            visit.site.names.keep(household, known)
    return Names(known)
