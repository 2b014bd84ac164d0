"""The names of a household, asked from accounts and joined only here, on the page."""

from collections.abc import Iterable
from typing import TypeVar
from uuid import UUID

from contracts.accounts import GET_HOUSEHOLD, Beneficiary, ByHousehold, HouseholdView
from contracts.values import BeneficiaryId, HouseholdId, PersonId
from gateway.visit import Visit

Id = TypeVar("Id", bound=UUID)


class Names:
    """First and full names; without accounts, « Enfant 1 » in the order of the page."""

    def __init__(self, household: HouseholdView | None):
        self.known = household is not None
        self.eaters: tuple[Beneficiary, ...] = household.beneficiaries if household else ()
        """Those who eat; the list of « Mes filiations »."""
        everyone = (*self.eaters, *(household.former if household else ()))
        self._full = {b.beneficiary: f"{b.first_name} {b.last_name}" for b in everyone}
        self._first = _told_apart({b.beneficiary: b.first_name for b in everyone}, self._full)
        self._order = {b.beneficiary: place for place, b in enumerate(everyone)}
        adults = household.adults if household else ()
        self._adults = _told_apart(
            {a.person: a.first_name for a in adults},
            {a.person: f"{a.first_name} {a.last_name}" for a in adults},
        )

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
        """Eldest first, as accounts lists them; then those who left the list."""
        return self._order.get(beneficiary, 9_999)

    def adult(self, person: PersonId | None, *, at_the_desk: bool = False) -> str:
        """Which adult acted, or an agent; empty where there is only one adult, or nobody knows."""
        if at_the_desk:
            return "votre mairie"
        return self._adults.get(person, "") if person and len(self._adults) > 1 else ""


def _told_apart(firsts: dict[Id, str], fulls: dict[Id, str]) -> dict[Id, str]:
    """First names, and full ones where two share the first."""
    shown = list(firsts.values())
    return {i: name if shown.count(name) == 1 else fulls[i] for i, name in firsts.items()}


async def names_of(visit: Visit) -> Names:
    """The names of the visitor's household, remembered for half a minute."""
    household = HouseholdId(visit.caller.own_household)
    known: HouseholdView | None = visit.site.names.get(household)
    if known is None:
        known = await visit.ask_if_there(GET_HOUSEHOLD, ByHousehold(household=household))
        if known is not None:
            visit.site.names.keep(household, known)
    return Names(known)
