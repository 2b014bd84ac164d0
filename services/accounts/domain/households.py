"""Where a household's account stands, and what keeps its lists in order."""

from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from contracts.accounts import (
    BENEFICIARIES_MAX,
    AlreadyJudged,
    Beneficiary,
    HouseholdChanged,
    HouseholdFull,
    HouseholdReason,
    HouseholdState,
    Profile,
)
from contracts.refusal import FieldError, Malformed
from contracts.values import BeneficiaryId, HouseholdId
from services.accounts.domain.people import is_birth_date

ADULTS_MAX = 10
"""Adults of a household, those who are invited included."""


@dataclass(frozen=True, slots=True)
class Household:
    """Where a household's account stands; `version` counts how often that was told."""

    id: HouseholdId
    state: HouseholdState
    reason: HouseholdReason | None
    version: int

    def validated(self) -> "Household":
        """The household that may book: nothing turns it back."""
        return replace(self, state="validated", reason=None)

    def judged(
        self, verdict: Literal["validated", "refused"], reason: HouseholdReason | None
    ) -> "Household":
        """The household after a town hall's verdict; the same verdict again changes nothing.

        Raises Malformed for a refusal without a reason, AlreadyJudged for one that comes too late.
        """
        if verdict == "validated":
            return self.validated()
        if reason is None:
            raise Malformed(errors=[FieldError(field="reason", kind="missing")])
        if self.state == "validated":
            raise AlreadyJudged()
        return replace(self, state="refused", reason=reason)

    def changed(self) -> HouseholdChanged:
        """What is told of it."""
        return HouseholdChanged(
            household=self.id, state=self.state, reason=self.reason, version=self.version
        )


@dataclass(frozen=True, slots=True)
class Invited:
    """What a letter is, and whom it calls where: the address as it compares."""

    kind: str
    household: HouseholdId | None
    email_key: str


def refuse_one_too_many(eaters: Collection[BeneficiaryId]) -> None:
    """One more may eat in this household. Raises HouseholdFull."""
    if len(eaters) >= BENEFICIARIES_MAX:
        raise HouseholdFull()


def refuse_invitation(address: str, adults: Set[str], invited: Set[str]) -> None:
    """An address may be invited, for the first time or again; all are given as they compare.

    Raises Malformed when it is one of the household's own adults, HouseholdFull.
    """
    if address in adults:
        raise Malformed(errors=[FieldError(field="email", kind="already_here")])
    if len(adults) + len(invited - {address}) >= ADULTS_MAX:
        raise HouseholdFull()


def changed_consents(before: Mapping[str, bool], profile: Profile) -> dict[str, bool]:
    """Which consents a profile gives or takes back, by kind."""
    said = {"newsletter": profile.newsletter, "partners": profile.partners}
    return {kind: given for kind, given in said.items() if given != before[kind]}


def refuse_twins(beneficiaries: Sequence[Beneficiary]) -> None:
    """Nobody stands twice in a household. Raises Malformed."""
    if len({b.beneficiary for b in beneficiaries}) != len(beneficiaries):
        raise Malformed(errors=[FieldError(field="beneficiaries", kind="twice")])


def check_birth(birth_date: date | None, today: date) -> None:
    """Who eats was born, and not before everybody else. Raises Malformed."""
    if not is_birth_date(birth_date, today):
        raise Malformed(errors=[FieldError(field="birth_date", kind="out_of_range")])
