"""An order of a family at the desk, and taking meals out of it against the shown credit."""

from uuid import uuid4

from aiohttp import web
from pydantic import ValidationError

from chassis.ui.forms import Form
from contracts.booking import (
    CANCEL_BOOKINGS,
    GET_CANCELLATION,
    GET_ORDER,
    CancelBookings,
    CreditChanged,
    OrderMealView,
    OrderView,
    ShowCancellation,
    ShowOrder,
    TooLateToCancel,
)
from contracts.refusal import Malformed, Refusal, SameIdOtherContent, Unavailable
from contracts.values import OrderId
from services.subscriptions.console.desk.acting import Acting, id_in_path, number_typed
from services.subscriptions.console.desk.meals import ORDERS, lines_of, on_day, product

WAIT_SECONDS = 1.0


async def show(acting: Acting) -> web.Response:
    """An order: what became of it, and what can still be cancelled."""
    order = await _order(acting, WAIT_SECONDS)
    live = [meal for meal in order.meals if meal.live]
    return acting.page(
        "desk_order.html", order=order, word=ORDERS[order.state],
        lines=lines_of(live or order.meals, acting),
        given_up=lines_of([m for m in order.meals if not m.live], acting) if live else [],
        waiting=order.state == "held",
        cancel=acting.at("annuler", order.order) if _cancellable(order) else "",
    )  # fmt: skip


async def _order(acting: Acting, wait_seconds: float = 0) -> OrderView:
    order = OrderId(id_in_path(acting.visit, "order"))
    return await acting.ask(GET_ORDER, ShowOrder(order=order, wait_seconds=wait_seconds))


def _cancellable(order: OrderView) -> list[OrderMealView]:
    """The meals that can still be cancelled, first day first."""
    meals = [meal for meal in order.meals if meal.live and meal.cancel_until]
    return sorted(meals, key=lambda meal: (meal.day, meal.session, meal.line))


async def ask(acting: Acting) -> web.Response:
    """What can be cancelled; for what is ticked, what comes back, and one button."""
    ticked = acting.visit.request.query.getall("ligne", [])
    return await _draw(acting, {number_typed(text) for text in ticked})


async def _draw(acting: Acting, ticked: set[int], refusal: Refusal | None = None) -> web.Response:
    order = await _order(acting)
    meals = _cancellable(order)
    chosen = [meal for meal in meals if meal.line in ticked]
    return acting.page(
        "desk_cancelling.html", refusal=refusal, order=order, cancellation=uuid4(),
        rows=[
            (
                meal, acting.first(meal.beneficiary), product(meal.service_name, meal.session),
                on_day(meal.day, meal.session), meal in chosen,
            )
            for meal in meals
        ],
        chosen=chosen, lines=lines_of(chosen, acting), credit=sum(meal.cents for meal in chosen),
        changed=refusal.details if isinstance(refusal, CreditChanged) else None,
    )  # fmt: skip


async def cancel(acting: Acting) -> web.Response:
    """Cancel against the credit that was shown."""
    asked = _asked(await acting.visit.form(), OrderId(id_in_path(acting.visit, "order")))
    try:
        await acting.ask(CANCEL_BOOKINGS, asked)
    except (TooLateToCancel, CreditChanged, SameIdOtherContent, Unavailable) as refusal:
        return await _draw(acting, set(asked.lines), refusal)
    return acting.go("annulations", asked.cancellation)


def _asked(form: Form, order: OrderId) -> CancelBookings:
    try:
        return CancelBookings(
            cancellation=form.id("cancellation"), order=order,
            lines=tuple(dict.fromkeys(number_typed(text) for text in form.all("ligne"))),
            expected_credit_cents=number_typed(form.text("credit")),
        )  # fmt: skip
    except ValidationError as error:
        raise Malformed() from error


async def show_cancellation(acting: Acting) -> web.Response:
    """What was cancelled, and what comes back."""
    asked = ShowCancellation(cancellation=id_in_path(acting.visit, "cancellation"))
    view = await acting.ask(GET_CANCELLATION, asked)
    return acting.page("desk_cancelled.html", view=view, lines=lines_of(view.meals, acting))
