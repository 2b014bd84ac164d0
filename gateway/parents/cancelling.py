"""Cancelling a booking in two taps: what will be given back is shown before, and credited after."""

import asyncio
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

from aiohttp import web
from pydantic import ValidationError

from chassis.ui import french
from contracts.booking import (
    CANCEL_BOOKINGS,
    GET_CANCELLATION,
    GET_ORDER,
    LIST_BOOKINGS,
    BookedMeal,
    CancelBookings,
    CancellationView,
    CreditChanged,
    OrderedMeal,
    OrderMealView,
    OrderView,
    ShowBookings,
    ShowCancellation,
    ShowOrder,
    TooLateToCancel,
)
from contracts.payments import LIST_MOVEMENTS, ShowMovements
from contracts.refusal import Malformed, NotFound, Refusal, SameIdOtherContent, Unavailable
from contracts.values import OrderId
from gateway.parents.names import Names, names_of
from gateway.parents.resend import resend
from gateway.parents.words import product
from gateway.visit import Visit


@dataclass(frozen=True)
class Given:
    """A meal as the pages of a cancellation name it."""

    who: str
    product: str
    day: date
    noon: bool
    """A meal; otherwise a morning or an evening."""


def given(meal: OrderedMeal, names: Names) -> Given:
    """Who, what and when."""
    return Given(
        who=names.full(meal.beneficiary),
        product=product(meal.service_name, meal.session),
        day=meal.day,
        noon=meal.session == "midi",
    )


def id_in_path(visit: Visit, name: str) -> UUID:
    """An id of the address. Raises NotFound."""
    try:
        return UUID(visit.request.match_info[name])
    except ValueError as error:
        raise NotFound() from error


async def ask(visit: Visit) -> web.Response:
    """What will be cancelled, what comes back, and one button."""
    return await _draw(visit)


async def cancel(visit: Visit) -> web.Response:
    """Cancel against the credit that was shown."""
    order, line = _named(visit)
    form = await visit.form()
    try:
        asked = CancelBookings(
            cancellation=form.id("cancellation"), order=order, lines=(line,),
            expected_credit_cents=int(form.text("credit")),
        )  # fmt: skip
    except (ValueError, ValidationError) as error:
        raise Malformed() from error
    try:
        await visit.ask(CANCEL_BOOKINGS, asked)
    except (TooLateToCancel, CreditChanged, SameIdOtherContent) as refusal:
        return await _draw(visit, refusal)
    except Unavailable as refusal:
        return await resend(visit, refusal, "Annuler ce repas", visit.request.path)
    return visit.go(f"/annulations/{asked.cancellation}")


def _named(visit: Visit) -> tuple[OrderId, int]:
    try:
        return OrderId(id_in_path(visit, "order")), int(visit.request.match_info["line"])
    except ValueError as error:
        raise NotFound() from error


async def _draw(visit: Visit, refusal: Refusal | None = None) -> web.Response:
    """The page as things stand now; after a refusal it says first what is different."""
    order_id, line = _named(visit)
    order, names = await asyncio.gather(
        visit.ask(GET_ORDER, ShowOrder(order=order_id)), names_of(visit)
    )
    meal = next((meal for meal in order.meals if meal.line == line), None)
    if meal is None:
        raise NotFound()
    names.number([meal.beneficiary])
    booking = await _booking(visit, order, meal)
    live = meal.live and order.state in ("held", "confirmed")
    return visit.page(
        "cancel.html",
        status=refusal.status if refusal else 200,
        title=_title(refusal, live=live) if refusal else "",
        changed=refusal.details if isinstance(refusal, CreditChanged) else None,
        order=order,
        live=live,
        booking=booking if booking and booking.cancel_until else None,
        meal=given(meal, names),
        cancellation=uuid4(),
    )


def _title(refusal: Refusal, *, live: bool) -> str:
    """What is different now; for a meal that was cancelled elsewhere, just that."""
    return (
        french.sentence(refusal)
        if live
        else "Cette réservation n’existe plus. Rien de plus n’a été fait."
    )


async def _booking(visit: Visit, order: OrderView, meal: OrderMealView) -> BookedMeal | None:
    """The live booking of an order's line, with the credit that cancelling it gives."""
    asked = ShowBookings(first=meal.day, last=meal.day)
    found = (await visit.ask(LIST_BOOKINGS, asked)).bookings
    same = (b for b in found if (b.order, b.line) == (order.order, meal.line))
    return next(same, None)


async def show(visit: Visit) -> web.Response:
    """A cancellation, and whether its credit has come; refreshes itself until then."""
    asked = ShowCancellation(cancellation=id_in_path(visit, "cancellation"))
    view, names = await asyncio.gather(visit.ask(GET_CANCELLATION, asked), names_of(visit))
    names.number(meal.beneficiary for meal in view.meals)
    owed = view.order_state == "confirmed" and view.credit_cents > 0
    credited = owed and await _credited(visit, view)
    return visit.page(
        "cancellation.html",
        view=view,
        meals=[given(meal, names) for meal in view.meals],
        by=names.adult(view.cancelled_by, at_the_desk=view.at_the_desk),
        credited=credited,
        waiting=view.order_state == "held" or (owed and not credited),
        address=visit.request.path,
    )


async def _credited(visit: Visit, view: CancellationView) -> bool:
    """Whether payments lists the movement; not yet when it does not answer."""
    asked = ShowMovements(regie=view.regie, cancellation=view.cancellation, limit=1)
    try:
        page = await visit.ask_if_there(LIST_MOVEMENTS, asked)
    except NotFound:  # the first credit of this régie is still on its way
        return False
    return bool(page and page.movements)
