"""« Mes filiations »: who eats, added, corrected and taken off the list by an adult."""

from dataclasses import dataclass, field
from uuid import UUID, uuid4

from aiohttp import web

from chassis.clock import local
from chassis.ui import french
from chassis.ui.forms import Form
from chassis.ui.typed import TypedDay, name_fault, only_faults
from contracts.accounts import (
    FILIATIONS,
    GET_OWN_FILE,
    SAVE_BENEFICIARY,
    Beneficiary,
    Filiation,
    HouseholdFull,
    OwnFile,
    SaveBeneficiary,
    ShowOwnFile,
)
from contracts.booking import RETIRE_BENEFICIARY, BookingsAhead, RetireBeneficiary
from contracts.refusal import NotFound, Refusal, Unavailable
from contracts.values import BeneficiaryId
from gateway.parents.cart import days
from gateway.parents.registration import STEPS
from gateway.parents.resend import resend
from gateway.visit import Visit

ACCOUNT, REGISTRATION = "/mon-compte", "/creer-un-compte"
DONE = {
    "ajout": "La personne est ajoutée à votre liste.",
    "modification": "La modification est enregistrée.",
    "retrait": "La personne n’est plus dans votre liste.",
    "invitation": "L’invitation part par e-mail. Elle est valable sept jours.",
    "annulation": "L’invitation est annulée : son lien ne sert plus.",
}
"""What was just done, in a sentence: a page is told by a word in its address."""
DATES_SHOWN = 10


@dataclass(frozen=True)
class Person:
    """Somebody who eats, as typed."""

    first_name: str = ""
    last_name: str = ""
    birth: TypedDay = field(default_factory=TypedDay)
    filiation: str = ""

    @classmethod
    def typed(cls, form: Form) -> "Person":
        """The fields of a form."""
        return cls(
            form.text("first_name").strip(), form.text("last_name").strip(),
            TypedDay.of(form, "birth"), form.text("filiation"),
        )  # fmt: skip

    @classmethod
    def known(cls, who: Beneficiary) -> "Person":
        """Somebody of the list, ready to be corrected."""
        return cls(who.first_name, who.last_name, TypedDay.on(who.birth_date), who.filiation)

    def saved(self, visit: Visit, beneficiary: UUID) -> SaveBeneficiary | dict[str, str]:
        """What accounts is asked; or what is wrong, by the field's id."""
        filiation: Filiation | None = next((f for f in FILIATIONS if f == self.filiation), None)
        faults = only_faults({
            "last_name": name_fault(self.last_name, "Indiquez le nom."),
            "first_name": name_fault(self.first_name, "Indiquez le prénom."),
            "birth": self.birth.fault(visit.site.clock.today()),
            "filiation": "" if filiation else "Choisissez le type de filiation.",
        })  # fmt: skip
        if faults or filiation is None:
            return faults
        return SaveBeneficiary(
            beneficiary=BeneficiaryId(beneficiary), first_name=self.first_name,
            last_name=self.last_name, birth_date=self.birth.value, filiation=filiation,
        )  # fmt: skip


def base_of(visit: Visit) -> str:
    """Whether the list is shown while registering or as a page of the account."""
    return REGISTRATION if visit.request.path.startswith(REGISTRATION) else ACCOUNT


def back_to_list(visit: Visit, done: str, more: str = "") -> web.Response:
    """To the list, which says what was done."""
    visit.site.names.drop(visit.signed_in.household)
    return visit.go(f"{base_of(visit)}/filiations?fait={done}{more}")


async def show(visit: Visit) -> web.Response:
    """The list and the empty form."""
    return await draw(visit)


async def draw(
    visit: Visit, *, typed: Person | None = None, new: UUID | None = None, status: int = 200,
    **said: object,
) -> web.Response:  # fmt: skip
    """The page; `said` is what a refusal adds to it."""
    file = await visit.ask(GET_OWN_FILE, ShowOwnFile())
    gone = visit.request.query.getall("retire", [])
    eaters = [b for b in file.household.beneficiaries if str(b.beneficiary) not in gone]
    content: dict[str, object] = {"errors": {}, "refusal": None, "email": "", "invitation": uuid4()}
    return visit.page(
        "filiations.html", status=status, file=file, eaters=eaters, base=base_of(visit),
        filiations=FILIATIONS, local=local, typed=typed or _proposed(file), new=new or uuid4(),
        steps=STEPS, done=DONE.get(visit.request.query.get("fait", ""), ""),
        **(content | said),
    )  # fmt: skip


def _proposed(file: OwnFile) -> Person:
    """The form for the next one: the same family name, most often."""
    return Person(last_name=file.profile.last_name)


async def add(visit: Visit) -> web.Response:
    """Add somebody to the list."""
    form = await visit.form()
    typed, new = Person.typed(form), form.id("new")
    asked = typed.saved(visit, new)
    if isinstance(asked, dict):
        return await draw(visit, typed=typed, new=new, status=422, errors=asked)
    try:
        await visit.ask(SAVE_BENEFICIARY, asked)
    except HouseholdFull as refusal:
        return await draw(visit, typed=typed, new=new, status=refusal.status, refusal=refusal)
    except Unavailable as refusal:
        return await resend(
            visit, refusal, "Ajouter cette personne", f"{base_of(visit)}/filiations"
        )
    return back_to_list(visit, "ajout")


async def show_one(visit: Visit) -> web.Response:
    """The form that corrects somebody of the list."""
    who = await _of_path(visit)
    return _edit_page(visit, Person.known(who), who.beneficiary)


async def correct(visit: Visit) -> web.Response:
    """Correct somebody of the list."""
    who = await _of_path(visit)
    typed = Person.typed(await visit.form())
    asked = typed.saved(visit, who.beneficiary)
    if isinstance(asked, dict):
        return _edit_page(visit, typed, who.beneficiary, errors=asked)
    try:
        await visit.ask(SAVE_BENEFICIARY, asked)
    except Unavailable as refusal:
        return _edit_page(visit, typed, who.beneficiary, refusal=refusal)
    return back_to_list(visit, "modification")


def _edit_page(
    visit: Visit, typed: Person, beneficiary: UUID, *, errors: dict[str, str] | None = None,
    refusal: Refusal | None = None,
) -> web.Response:  # fmt: skip
    status = 422 if errors else refusal.status if refusal else 200
    return visit.page(
        "filiation.html", status=status, typed=typed, beneficiary=beneficiary,
        errors=errors or {}, refusal=refusal, base=base_of(visit), filiations=FILIATIONS,
    )  # fmt: skip


async def _of_path(visit: Visit) -> Beneficiary:
    """The beneficiary that the address names, of the own household. Raises NotFound."""
    file = await visit.ask(GET_OWN_FILE, ShowOwnFile())
    asked = visit.request.match_info["beneficiary"]
    for who in file.household.beneficiaries:
        if str(who.beneficiary) == asked:
            return who
    raise NotFound()


async def ask_to_retire(visit: Visit) -> web.Response:
    """Is this really meant?"""
    return _retire_page(visit, await _of_path(visit))


async def retire(visit: Visit) -> web.Response:
    """Take somebody off the list, unless meals are booked ahead. Who has left has left."""
    try:
        who = await _of_path(visit)
    except NotFound:
        return back_to_list(visit, "retrait")
    try:
        await visit.ask(RETIRE_BENEFICIARY, RetireBeneficiary(beneficiary=who.beneficiary))
    except (BookingsAhead, Unavailable) as refusal:
        return _retire_page(visit, who, refusal)
    return back_to_list(visit, "retrait", f"&retire={who.beneficiary}")


def _retire_page(visit: Visit, who: Beneficiary, refusal: Refusal | None = None) -> web.Response:
    ahead = _dates_ahead(refusal) if refusal else []
    return visit.page(
        "filiation_retire.html", status=refusal.status if refusal else 200, who=who,
        refusal=refusal, ahead=ahead, base=base_of(visit),
    )  # fmt: skip


def _dates_ahead(refusal: Refusal) -> list[str]:
    """The next days with meals, and how many more there are."""
    details = refusal.details
    if not isinstance(details, BookingsAhead.Details):
        return []
    dates = sorted({meal.day for meal in details.meals})
    more = len(dates) - DATES_SHOWN
    shown = days(dates[:DATES_SHOWN])
    return [*shown, french.count(more, "autre jour", "autres jours")] if more > 0 else shown
