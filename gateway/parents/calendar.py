"""The calendar: what may be booked this month, for which child, at what price, until when."""

import asyncio
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID, uuid4

from aiohttp import web
from pydantic import TypeAdapter, ValidationError

from chassis.ui import french
from chassis.ui.forms import Form
from contracts.booking import (
    CHANGE_CART,
    GET_CALENDAR,
    ChangeCart,
    MealKey,
    MealsRefused,
    RefusedMeal,
    ServiceMonth,
    ShowCalendar,
)
from contracts.payments import GET_WALLETS, ShowWallets
from contracts.refusal import Malformed, Refusal, SameIdOtherContent, Unavailable
from contracts.values import Day, ServiceId
from gateway.parents.grid import TICKABLE, box_value, sheet
from gateway.parents.names import Names, names_of
from gateway.parents.resend import resend
from gateway.parents.words import on_day, why
from gateway.visit import Visit

DAY = TypeAdapter[date](Day)
MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")


async def show(visit: Visit) -> web.Response:
    """A month, the current one unless `mois` names another."""
    return await _draw(visit, month_named(visit.request.query.get("mois", "")))


async def add_to_cart(visit: Visit) -> web.Response:
    """Put the ticked meals of one service in the cart, and take out the unticked ones."""
    form = await visit.form()
    change = _change(visit, form)
    try:
        await visit.ask(CHANGE_CART, change)
    except (MealsRefused, SameIdOtherContent) as refusal:
        typed = form.all("repas")
        return await _draw(visit, change.first, refusal=refusal, typed={change.service: typed})
    except Unavailable as refusal:
        return await resend(visit, refusal, "Ajouter au panier", f"/calendrier{_query(change)}")
    onward = month_named(form.text("suite"))
    if onward:
        return visit.go(f"/calendrier?mois={onward:%Y-%m}&ajout=oui")
    return visit.go("/panier")


async def tick(visit: Visit) -> web.Response:
    """Tick one child's week or month at once, without a script; nothing is stored.

    What else was ticked in this form stays. Where all boxes were ticked, they are unticked.
    """
    form = await visit.form()
    typed = form.all("repas")
    try:
        first = DAY.validate_python(date.fromisoformat(form.text("first")))
        service = ServiceId(form.id("service"))
        wanted = _wanted(form.text("cocher"))
    except ValueError as error:
        raise Malformed() from error
    try:
        return await _draw(visit, first, typed={service: typed}, wanted=wanted)
    except Unavailable as refusal:
        return await resend(visit, refusal, "Cocher", f"/calendrier?mois={first:%Y-%m}")


@dataclass(frozen=True)
class Wanted:
    """One child's boxes from one day to another, in one session."""

    first: date
    last: date
    beneficiary: UUID
    session: str

    def toggled(self, month: ServiceMonth, typed: Collection[str]) -> Collection[str]:
        """The ticks of a form with these boxes ticked too, or unticked if all of them were."""
        boxes = {
            box_value(child.beneficiary, cell)
            for child in month.beneficiaries
            for cell in child.cells
            if child.beneficiary == self.beneficiary and cell.session == self.session
            and self.first <= cell.day <= self.last and cell.state in TICKABLE
        }  # fmt: skip
        return set(typed) - boxes if boxes <= set(typed) else boxes.union(typed)


def _wanted(text: str) -> Wanted:
    span, beneficiary, session = text.split("|")
    first, last = span.split("..")
    return Wanted(
        date.fromisoformat(first), date.fromisoformat(last), UUID(beneficiary), session
    )  # fmt: skip


def _query(change: ChangeCart) -> str:
    return f"?mois={change.first:%Y-%m}"


def month_named(text: str) -> date | None:
    """« 2026-12 » → its first day; None for anything else."""
    return date.fromisoformat(f"{text}-01") if MONTH.fullmatch(text) else None


def _change(visit: Visit, form: Form) -> ChangeCart:
    """What the form asks for. Raises Malformed: our own pages never send that."""
    try:
        service = ServiceId(UUID(visit.request.match_info["service"]))
        return ChangeCart(
            change=form.id("change"),
            service=service,
            first=date.fromisoformat(form.text("first")),
            last=date.fromisoformat(form.text("last")),
            meals=tuple(_meal(service, value) for value in form.all("repas")),
        )
    except (ValueError, ValidationError) as error:
        raise Malformed() from error


def _meal(service: ServiceId, value: str) -> MealKey:
    beneficiary, day, session = value.split("|")
    return MealKey.model_validate(
        {"beneficiary": beneficiary, "service": service, "day": day, "session": session}
    )


async def _draw(
    visit: Visit,
    day: date | None,
    *,
    refusal: Refusal | None = None,
    typed: dict[ServiceId, list[str]] | None = None,
    wanted: Wanted | None = None,
) -> web.Response:
    month, names, wallets = await asyncio.gather(
        visit.ask(GET_CALENDAR, ShowCalendar(day=day)),
        names_of(visit),
        visit.ask_if_there(GET_WALLETS, ShowWallets()),
    )
    names.number(b.beneficiary for s in month.services for b in s.beneficiaries)
    sheets = [sheet(s, names, _ticked(s, typed, wanted)) for s in month.services]
    sheets.sort(key=lambda s: (not s.noon, s.month.authority_name, s.month.service_name))
    missing = [] if names.known else ["les prénoms"]
    return visit.page(
        "calendar.html",
        status=refusal.status if refusal else 200,
        month=month,
        sheets=sheets,
        change=uuid4,
        wallets={w.regie: w for w in wallets.wallets} if wallets else {},
        missing=[*missing, *([] if wallets else ["vos crédits"])],
        before=(month.first - timedelta(days=1)).replace(day=1),
        after=month.last + timedelta(days=1),
        cart_count=month.cart_count,
        added="ajout" in visit.request.query,
        refusal=refusal,
        reasons=refused_meals(refusal, names) if refusal else [],
    )


def _ticked(
    month: ServiceMonth, typed: dict[ServiceId, list[str]] | None, wanted: Wanted | None
) -> Collection[str] | None:
    """The boxes that a form had ticked; None for a service whose form was not sent."""
    if typed is None or month.service not in typed:
        return None
    ticks = frozenset(typed[month.service])
    return wanted.toggled(month, ticks) if wanted else ticks


def refused_meals(refusal: Refusal, names: Names) -> list[str]:
    """A sentence for each refused meal: who, which day, why."""
    details = refusal.details
    if not isinstance(details, MealsRefused.Details):
        return []
    return [refused_meal(meal, names) for meal in details.meals]


def refused_meal(meal: RefusedMeal, names: Names) -> str:
    """« Louane, jeudi 3 décembre : complet »."""
    who = names.first(meal.beneficiary)
    return f"{who}, {on_day(meal.day, meal.session)}{french.NBSP}: {why(meal)}."
