"""The names of families, asked from accounts for the page that shows them and joined only here."""

from collections.abc import Iterable

from chassis.ui import french
from contracts.accounts import (
    DESCRIBE_HOUSEHOLDS,
    Adult,
    Beneficiary,
    DescribeHouseholds,
    HouseholdSheet,
)
from contracts.values import BeneficiaryId, HouseholdId
from services.subscriptions.console.visit import Visit

ASKED_AT_ONCE = 500
NO_NAME = "Nom indisponible"


class Families:
    """The files of households, by id; without accounts, nobody has a name."""

    def __init__(self, sheets: Iterable[HouseholdSheet], *, known: bool = True):
        self.known = known
        """Whether accounts answered."""
        self._sheets = {sheet.household.household: sheet for sheet in sheets}

    def sheet(self, household: HouseholdId) -> HouseholdSheet | None:
        """A household's file."""
        return self._sheets.get(household)

    def adults(self, household: HouseholdId) -> str:
        """« Claire Dupont et Paul Martin »."""
        sheet = self.sheet(household)
        return _listed(adults_of(sheet)) if sheet else NO_NAME

    def eater(self, household: HouseholdId, beneficiary: BeneficiaryId) -> str:
        """First and last name of one who eats, or left the list."""
        one = self.beneficiary(household, beneficiary)
        return f"{one.first_name} {one.last_name}" if one else NO_NAME

    def beneficiary(self, household: HouseholdId, beneficiary: BeneficiaryId) -> Beneficiary | None:
        """One who eats, or left the list."""
        sheet = self.sheet(household)
        everyone = (*sheet.household.beneficiaries, *sheet.household.former) if sheet else ()
        return next((one for one in everyone if one.beneficiary == beneficiary), None)


def adults_of(sheet: HouseholdSheet) -> tuple[Adult, ...]:
    """The household's adults, those whose address is proved first."""
    return (*sheet.household.adults, *sheet.unproved)


def _listed(adults: Iterable[Adult]) -> str:
    return french.listing(f"{a.first_name} {a.last_name}" for a in adults) or NO_NAME


async def families_of(visit: Visit, households: Iterable[HouseholdId]) -> Families:
    """The files of a page's households; the page can do without."""
    wanted = tuple(dict.fromkeys(households))[:ASKED_AT_ONCE]
    if not wanted:
        return Families(())
    answer = await visit.ask_if_there(DESCRIBE_HOUSEHOLDS, DescribeHouseholds(households=wanted))
    return Families(answer.sheets) if answer else Families((), known=False)
