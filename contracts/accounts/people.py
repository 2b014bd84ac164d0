"""A person and those who eat, as accounts describes them."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from contracts.operation import CallerKind
from contracts.values import BeneficiaryId, PersonId, Value

HOUSEHOLD: frozenset[CallerKind] = frozenset({"family", "applicant"})

TokenHash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256 of a secret: a session's token, a link's. The secret itself never leaves the browser,
the letter and the gateway."""

Origin = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
"""Where a visitor comes from, as a keyed hash of the network address: counted, never read."""

Name = Annotated[str, Field(min_length=1, max_length=100, pattern=r"\S")]
EmailAddress = Annotated[str, Field(min_length=3, max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")]
Password = Annotated[str, Field(max_length=1_024)]
DeviceLabel = Annotated[str, Field(max_length=60)]
"""« Firefox sur Android »: enough to recognise one's own device, no more."""

Civility = Literal["madame", "monsieur"]
Filiation = Literal[
    "pere", "mere", "tuteur", "grand_parent", "assistant_familial", "moi_meme", "autre"
]
FILIATIONS: dict[Filiation, str] = {
    "pere": "Père", "mere": "Mère", "tuteur": "Tuteur ou tutrice", "grand_parent": "Grand-parent",
    "assistant_familial": "Assistant familial", "moi_meme": "Moi-même", "autre": "Autre",
}  # fmt: skip
"""What the adult is to the beneficiary, in French."""

Standing = Literal["address_unproved", "waiting", "refused", "validated"]
"""Where an account stands. Derived, never stored: the person's address is proved or not, the
household waits, was refused or is validated."""

TERMS_VERSION = "2026-11"
"""The version of the general conditions and privacy policy that is accepted today."""

BENEFICIARIES_MAX = 30


class Company(Value):
    """The company for which somebody registers."""

    name: Annotated[str, Field(min_length=1, max_length=120, pattern=r"\S")]
    siret: Annotated[str, Field(pattern=r"^[0-9]{14}$")]


class Profile(Value):
    """What a person says of themselves; only the names are required."""

    first_name: Name
    last_name: Name
    civility: Civility | None = None
    birth_date: date | None = None
    company: Company | None = None
    newsletter: bool = False
    """Consents to the town's own news."""
    partners: bool = False
    """Consents to offers of the partners that the agglomeration names."""


class Adult(Value):
    """A member of the household who signs in."""

    person: PersonId
    first_name: Name
    last_name: Name
    email: EmailAddress


class Beneficiary(Value):
    """Who eats: a child, most often."""

    beneficiary: BeneficiaryId
    first_name: Name
    last_name: Name
    birth_date: date | None = None
    filiation: Filiation = "autre"
