"""The régie's desk: credits against cash or a cheque, the receipt, and what a day brought in."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import get_args
from uuid import UUID, uuid4

from aiohttp import web
from pydantic import ValidationError

from chassis.clock import local
from chassis.ui import french
from chassis.ui.forms import Form
from chassis.ui.typed import written
from contracts.accounts import FIND_AGENTS, FindAgents
from contracts.payments import (
    CASH,
    GET_RECEIPT,
    LIST_TAKINGS,
    TAKE_CASH,
    DeskMeans,
    ReceiptView,
    ShowReceipt,
    ShowTakings,
    TakeCash,
)
from contracts.refusal import Malformed, NotFound, Refusal, SameIdOtherContent, Unavailable
from contracts.subscriptions import TownRegie
from contracts.values import AgentId, RegieId
from services.subscriptions.console.desk.acting import Acting, id_in_path
from services.subscriptions.console.families import families_of
from services.subscriptions.console.opening.rows import cents_of, typed_cents
from services.subscriptions.console.town import Place
from services.subscriptions.console.visit import Visit

TILL = "/console/regie"
CENTS_TYPED_MAX = 1_000_000
"""More than ten thousand euros at a desk is a comma that was forgotten."""
REFERENCE_MAX = 40
MEANS: dict[DeskMeans, str] = {"cash": "Espèces", "cheque": "Chèque"}
AGENTS_AT_ONCE = 500


@dataclass(frozen=True)
class Typed:
    """Money on the desk, as it was typed; `top_up` is drawn with the first page."""

    top_up: UUID = field(default_factory=uuid4)
    regie: str = ""
    amount: str = ""
    means: str = "cash"
    reference: str = ""

    @classmethod
    def of(cls, form: Form) -> "Typed":
        """What a page sent."""
        return cls(
            form.id("top_up"), form.text("regie"), form.text("montant").strip(),
            form.text("moyen"), " ".join(form.text("numero").split()),
        )  # fmt: skip

    def faults(self, regies: Sequence[tuple[TownRegie, Place]]) -> dict[str, str]:
        """What is wrong, by the id of the field."""
        errors = {}
        if self.regie not in {str(regie.regie) for regie, _ in regies}:
            errors["regie"] = "Choisissez la régie qui encaisse."
        cents = cents_of(self.amount)
        if not cents:
            errors["montant"] = "Indiquez un montant en euros, comme 20 ou 38,50."
        elif cents > CENTS_TYPED_MAX:
            errors["montant"] = f"Vérifiez ce montant : {french.money(cents)}."
        if self.means not in get_args(DeskMeans):
            errors["moyen"] = "Choisissez espèces ou chèque."
        if self.means == "cheque" and not self.reference:
            errors["numero"] = "Indiquez le numéro du chèque."
        elif len(self.reference) > REFERENCE_MAX or not written(self.reference):
            errors["numero"] = f"Ce numéro est trop long : {REFERENCE_MAX} signes au plus."
        return errors

    def asked(self, acting: Acting) -> TakeCash:
        """What it asks for. Raises Malformed where something is wrong in it."""
        try:
            return TakeCash.model_validate({
                "top_up": self.top_up, "household": acting.household, "regie": self.regie,
                "cents": cents_of(self.amount), "means": self.means,
                "reference": self.reference if self.means == "cheque" else "",
            })  # fmt: skip
        except ValidationError as error:
            raise Malformed() from error


def regies_of(visit: Visit) -> list[tuple[TownRegie, Place]]:
    """The régies at whose desk the agent sits, with their authority."""
    return [(regie, place) for place in visit.town.where(CASH) for regie in place.regies]


async def show(acting: Acting) -> web.Response:
    """The form."""
    regies = regies_of(acting.visit)
    wanted = acting.visit.request.query.get("regie", "")
    only = str(regies[0][0].regie) if len(regies) == 1 else wanted
    cents = acting.visit.request.query.get("cents", "")
    known = cents.isascii() and cents.isdigit() and len(cents) < 8
    amount = typed_cents(int(cents)) if known else ""
    return _draw(acting, Typed(regie=only, amount=amount), {})


async def check(acting: Acting) -> web.Response:
    """What will be done, before it is; nothing is changed here."""
    form = await acting.visit.form()
    typed = Typed.of(form)
    errors = typed.faults(regies_of(acting.visit))
    if errors or form.text("corriger"):
        return _draw(acting, typed, errors)
    return _preview(acting, typed)


async def take(acting: Acting) -> web.Response:
    """Credit the family once, however often the button is pressed; then the receipt."""
    typed = Typed.of(await acting.visit.form())
    errors = typed.faults(regies_of(acting.visit))
    if errors:
        return _draw(acting, typed, errors)
    try:
        receipt = await acting.visit.ask(TAKE_CASH, typed.asked(acting))
    except (NotFound, SameIdOtherContent, Unavailable) as refusal:
        return _preview(acting, typed, refusal)
    return acting.visit.go(acting.visit.url(f"{TILL}/recus/{receipt.top_up}"))


def _draw(acting: Acting, typed: Typed, errors: dict[str, str]) -> web.Response:
    return acting.page(
        "till.html", errors=errors, typed=typed, means=list(MEANS.items()),
        regies=[(str(r.regie), r.label, p.label) for r, p in regies_of(acting.visit)],
    )  # fmt: skip


def _preview(acting: Acting, typed: Typed, refusal: Refusal | None = None) -> web.Response:
    asked = typed.asked(acting)
    known = {regie.regie: regie.label for regie, _ in regies_of(acting.visit)}
    return acting.page(
        "till_preview.html", refusal=refusal, typed=typed, asked=asked, means=MEANS[asked.means],
        regie=known[asked.regie], used=isinstance(refusal, SameIdOtherContent),
    )  # fmt: skip


# -- receipts and takings -------------------------------------------------------------------------


async def show_receipt(visit: Visit) -> web.Response:
    """A receipt, to be printed."""
    asked = ShowReceipt(top_up=id_in_path(visit, "top_up"))
    receipt = await visit.ask(GET_RECEIPT, asked)
    families, agents = await asyncio.gather(
        families_of(visit, [receipt.household]), _names(visit, [receipt])
    )
    return visit.page(
        "receipt.html", receipt=receipt, taken=local(receipt.taken), means=MEANS[receipt.means],
        family=families.adults(receipt.household), agent=agents.get(receipt.taken_by, ""),
    )  # fmt: skip


async def choose(visit: Visit) -> web.Response:
    """The régies of the agent; the only one at once."""
    regies = regies_of(visit)
    if not regies:
        raise NotFound()
    if len(regies) == 1:
        return visit.go(f"{TILL}/{regies[0][0].regie}")
    return visit.page("regies.html", regies=regies)


async def show_takings(visit: Visit) -> web.Response:
    """What the desk of a régie took on a day, receipt by receipt, with totals by means."""
    asked = _takings(visit, RegieId(id_in_path(visit, "regie")))
    takings = await visit.ask(LIST_TAKINGS, asked)
    families, agents = await asyncio.gather(
        families_of(visit, (receipt.household for receipt in takings.receipts)),
        _names(visit, takings.receipts),
    )
    return visit.page(
        "takings.html", takings=takings, families=families,
        rows=[
            (
                receipt, local(receipt.taken), families.adults(receipt.household),
                MEANS[receipt.means], agents.get(receipt.taken_by, ""),
            )
            for receipt in takings.receipts
        ],
        totals=[(MEANS[total.means], total) for total in takings.totals],
        total=sum(total.cents for total in takings.totals),
        before=takings.day - timedelta(days=1), after=takings.day + timedelta(days=1),
        today=visit.site.clock.today(), several=len(regies_of(visit)) > 1,
    )  # fmt: skip


def _takings(visit: Visit, regie: RegieId) -> ShowTakings:
    """The day that is asked for. Raises NotFound for one that does not exist."""
    text = visit.request.query.get("jour", "")
    try:
        return ShowTakings(regie=regie, day=date.fromisoformat(text) if text else None)
    except (ValueError, ValidationError) as error:
        raise NotFound() from error


async def _names(visit: Visit, receipts: Sequence[ReceiptView]) -> dict[AgentId, str]:
    """Who took the money; nobody has a name when accounts does not answer."""
    wanted = tuple(dict.fromkeys(receipt.taken_by for receipt in receipts))[:AGENTS_AT_ONCE]
    if not wanted:
        return {}
    found = await visit.ask_if_there(FIND_AGENTS, FindAgents(agents=wanted))
    return {a.agent: f"{a.first_name} {a.last_name}" for a in (found.agents if found else ())}
