"""Families of demonstrations and tests: who they are, and in whose name they call."""

from dataclasses import dataclass
from datetime import date
from uuid import uuid5

from chassis.auth import Caller
from contracts.accounts import Beneficiary, Profile, household_of
from contracts.values import BeneficiaryId, HouseholdId, PersonId
from deploy.local.communes import NAMESPACE


@dataclass(frozen=True)
class Family:
    """A household of a demonstration or a test; ids follow from the e-mail address."""

    email: str
    password: str
    first_name: str
    last_name: str
    children: tuple[tuple[str, date | None], ...]

    @property
    def person(self) -> PersonId:
        """The adult who signs in."""
        return PersonId(uuid5(NAMESPACE, f"person {self.email}"))

    @property
    def household(self) -> HouseholdId:
        """The household: the one that this adult's registration makes."""
        return household_of(self.person)

    def child(self, first_name: str) -> BeneficiaryId:
        """One of the children."""
        return BeneficiaryId(uuid5(self.household, first_name))

    @property
    def beneficiaries(self) -> tuple[Beneficiary, ...]:
        """Those who eat."""
        return tuple(
            Beneficiary(
                beneficiary=self.child(name), first_name=name, last_name=self.last_name,
                birth_date=born, filiation="pere",
            )
            for name, born in self.children
        )  # fmt: skip

    @property
    def profile(self) -> Profile:
        """What the adult says of themselves."""
        return Profile(first_name=self.first_name, last_name=self.last_name)

    @property
    def caller(self) -> Caller:
        """The family, signed in and validated."""
        return Caller("family", self.person, self.household)

    @property
    def applicant(self) -> Caller:
        """The family, signed in, not validated yet."""
        return Caller("applicant", self.person, self.household)
