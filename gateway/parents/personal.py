"""What people say of themselves: the fields of a registration, an invitation and their own page."""

from dataclasses import dataclass, field
from datetime import date

from stdnum.exceptions import ValidationError
from stdnum.fr import siret

from chassis.ui.forms import Form
from chassis.ui.typed import TypedDay, company_fault, name_fault, only_faults
from contracts.accounts import Civility, Company, Profile

CIVILITIES: list[tuple[Civility, str]] = [("madame", "Madame"), ("monsieur", "Monsieur")]
SIRET_FAULT = "Ce numéro n’est pas un SIRET : il a 14 chiffres, comme sur vos factures."


@dataclass(frozen=True)
class Personal:
    """The fields as they were typed."""

    civility: str = ""
    first_name: str = ""
    last_name: str = ""
    birth: TypedDay = field(default_factory=TypedDay)
    newsletter: bool = False
    partners: bool = False
    company: bool = False
    company_name: str = ""
    siret: str = ""

    @classmethod
    def typed(cls, form: Form) -> "Personal":
        """The fields of a form."""
        return cls(
            civility=form.text("civility"),
            first_name=form.text("first_name").strip(),
            last_name=form.text("last_name").strip(),
            birth=TypedDay.of(form, "birth"),
            newsletter=form.text("newsletter") == "oui",
            partners=form.text("partners") == "oui",
            company=form.text("company") == "oui",
            company_name=form.text("company_name").strip(),
            siret=form.text("siret").strip(),
        )

    @classmethod
    def known(cls, profile: Profile) -> "Personal":
        """What accounts knows, ready to be corrected."""
        company = profile.company
        return cls(
            civility=profile.civility or "",
            first_name=profile.first_name,
            last_name=profile.last_name,
            birth=TypedDay.on(profile.birth_date),
            newsletter=profile.newsletter,
            partners=profile.partners,
            company=company is not None,
            company_name=company.name if company else "",
            siret=company.siret if company else "",
        )

    def faults(self, today: date) -> dict[str, str]:
        """What is wrong, by the field's id."""
        return only_faults({
            "first_name": name_fault(self.first_name, "Indiquez votre prénom."),
            "last_name": name_fault(self.last_name, "Indiquez votre nom."),
            "birth": self.birth.fault(today),
            "company_name": company_fault(self.company_name) if self.company else "",
            "siret": self._siret_fault() if self.company else "",
        })  # fmt: skip

    def _siret_fault(self) -> str:
        if not self.siret:
            return "Indiquez le numéro SIRET."
        try:
            siret.validate(self.siret)
        except ValidationError:
            return SIRET_FAULT
        return ""

    def profile(self, *, partners_named: bool) -> Profile:
        """The profile of fields without a fault. Nobody consents to what was not shown."""
        civility = next((value for value, _ in CIVILITIES if value == self.civility), None)
        company = None
        if self.company:
            company = Company(name=self.company_name, siret=siret.compact(self.siret))
        return Profile(
            first_name=self.first_name, last_name=self.last_name, civility=civility,
            birth_date=self.birth.value, company=company, newsletter=self.newsletter,
            partners=self.partners and partners_named,
        )  # fmt: skip
