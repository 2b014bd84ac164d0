"""What booking can be asked to do. Each command: load, decide, save, tell."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from chassis import acts, outbox
from chassis.auth import Caller, let_in
from chassis.database import Transaction
from contracts.booking import (
    CANCEL_BOOKINGS,
    CHANGE_CART,
    PLACE_ORDER,
    BookingsCancellation,
    CancelBookings,
    CartChanged,
    CartEmpty,
    ChangeCart,
    MealKey,
    MealsRefused,
    OrderPlaced,
    PlaceOrder,
    PriceChanged,
    PricedMeal,
    RefusedMeal,
    WrongOrderId,
    order_of,
)
from contracts.event import Event
from contracts.operation import Done, Operation
from contracts.payments import OrderPaid, OrderUnpaid
from contracts.refusal import NotFound
from contracts.regulation import Regulation
from contracts.subscriptions import EntitlementChanged
from contracts.values import AuthorityId, BeneficiaryId, HouseholdId, OrderId, PersonId
from services.booking import store
from services.booking.domain.orders import Line, Order
from services.booking.domain.rights import retire
from services.booking.domain.rules import Decision, MealFacts, decide
from services.booking.domain.shelf import SHELF


class LostOrder(Exception):
    """Payments speaks of an order that is not here: lost in a restore. A person must look."""


# -- what subscriptions decided -----------------------------------------------------------------


async def follow_regulations(tx: Transaction, regulations: Sequence[Regulation]) -> None:
    """Open the days of newly published règlements. A version older than ours opens nothing.

    Rights that came before their règlement are told now.
    """
    services = {regulation.service for regulation in regulations}
    await store.lock_services(tx, services)
    for regulation in sorted(regulations, key=lambda r: r.version):
        if await store.adopt(tx, regulation):
            await store.publish(tx, regulation)
    await outbox.append(tx, await store.open_entitlements(tx, services))


async def follow_entitlements(tx: Transaction, changes: Sequence[EntitlementChanged]) -> None:
    """Remember who may book what. Rights whose règlement is here already are told now."""
    services = {change.service for change in changes}
    await store.lock_services(tx, services)
    await store.save_entitlements(tx, changes)
    await outbox.append(tx, await store.open_entitlements(tx, services))


async def retire_beneficiary(
    tx: Transaction, beneficiary: BeneficiaryId, household: HouseholdId, retired_by: PersonId
) -> Done:
    """Take a beneficiary off the household's list, for ever, and out of its carts.

    The carts' locks put an order placed at the same moment before this or after. Raises
    BookingsAhead.
    """
    await store.open_carts(tx, household, beneficiary)
    ahead = await store.bookings_ahead(tx, household, beneficiary)
    retired = retire(household, beneficiary, ahead)
    if await store.add_retired(tx, household, beneficiary, retired_by):
        await outbox.append(tx, [retired])
    return Done()


# -- agents -------------------------------------------------------------------------------------


async def _let_act(
    tx: Transaction, caller: Caller, operation: Operation[Any, Any],
    authorities: Collection[AuthorityId],
) -> None:  # fmt: skip
    """A family acts for itself; an agent, for households with a right in its own authority.

    Raises NotFound.
    """
    if caller.kind != "staff":
        return
    for authority in authorities:
        let_in(caller, operation, authority)
    known = await store.authorities_of_household(tx, _household(caller))
    if known.isdisjoint(authorities):
        raise NotFound()


def _household(caller: Caller) -> HouseholdId:
    return HouseholdId(caller.own_household)


def _adult(caller: Caller) -> PersonId | None:
    """Who of the household does it; nobody, at the desk."""
    return None if caller.kind == "staff" else PersonId(caller.actor)


# -- cart ---------------------------------------------------------------------------------------


async def change_cart(tx: Transaction, change: ChangeCart, caller: Caller) -> CartChanged:
    """Put exactly these meals in the cart for a service and a range of days.

    Meals that are new to the cart must be bookable now; otherwise nothing changes. Raises
    NotFound, MealsRefused.
    """
    household = _household(caller)
    place = await store.place_of(tx, change.service)
    if place is None:
        raise NotFound()
    authority, regie = place
    await _let_act(tx, caller, CHANGE_CART, {authority})
    meals = list(dict.fromkeys(change.meals))
    _must_be_in_range(change, meals)
    await store.open_cart(tx, household, regie)
    chosen = await store.chosen_meals(tx, household, change.service, change.first, change.last)
    new = [meal for meal in meals if meal not in chosen]
    if new:
        facts, now = await store.facts_of(tx, household, new)
        _refuse_if_any(facts, [_decide(f, now) for f in facts])
    version = await store.replace_meals(
        tx, household, regie, change.service, change.first, change.last, meals
    )
    await acts.record(
        tx, caller, authority, CHANGE_CART, household,
        before={"service": change.service, "meals": _told(chosen.difference(meals))},
        after={"service": change.service, "meals": _told(new)},
    )  # fmt: skip
    return CartChanged(change=change.change, cart_version=version)


def _told(meals: Collection[MealKey]) -> list[str]:
    """Meals as an act names them."""
    return sorted(f"{meal.day} {meal.session} {meal.beneficiary}" for meal in meals)


def _must_be_in_range(change: ChangeCart, meals: Sequence[MealKey]) -> None:
    outside = [
        meal
        for meal in meals
        if meal.service != change.service or not change.first <= meal.day <= change.last
    ]
    if outside:
        raise MealsRefused(
            meals=[RefusedMeal(**m.model_dump(), state="not_entitled") for m in outside]
        )


def _decide(facts: MealFacts, now: datetime | None) -> Decision:
    assert now is not None, "facts come with their instant"  # noqa: S101
    return decide(facts, SHELF, now)


def _refuse_if_any(facts: Sequence[MealFacts], decisions: Sequence[Decision]) -> None:
    refused = [
        _refused(f, d) for f, d in zip(facts, decisions, strict=True) if d.state != "bookable"
    ]
    if refused:
        raise MealsRefused(meals=refused)


def _refused(facts: MealFacts, decision: Decision) -> RefusedMeal:
    return RefusedMeal(
        beneficiary=facts.beneficiary, service=facts.service, day=facts.day,
        session=facts.session, state=decision.state, deadline=decision.deadline,
        article=decision.reason,
    )  # fmt: skip


# -- orders -------------------------------------------------------------------------------------


async def place_order(tx: Transaction, asked: PlaceOrder, caller: Caller) -> OrderPlaced:
    """Confirm the cart of a régie as it was shown: all its meals or none.

    Entitlement, deadline, price and room are judged here, once. Raises WrongOrderId, CartEmpty,
    PriceChanged, MealsRefused; NotFound for an agent of another authority.
    """
    household = _household(caller)
    if caller.kind == "staff":
        await _let_act(tx, caller, PLACE_ORDER, await store.authorities_of_regie(tx, asked.regie))
    if asked.order != order_of(asked.checkout, asked.regie):
        raise WrongOrderId()
    version = await store.lock_cart(tx, household, asked.regie)
    facts, now = await store.facts_of_cart(tx, household, asked.regie)
    if version is None or now is None:
        raise CartEmpty()
    decisions = [_decide(f, now) for f in facts]
    _refuse_if_any(facts, decisions)
    order = _compose(asked, household, facts, decisions)
    _must_be_as_shown(order, version, asked)
    await _take_seats(tx, order)
    await store.add_order(tx, order, asked, _adult(caller), facts, now)
    await outbox.append(tx, [order.held()])
    await acts.record(
        tx, caller, order.authority, PLACE_ORDER, order.id,
        after={"household": household, "cents": order.cents, "means": order.means,
               "meals": len(order.lines)},
    )  # fmt: skip
    return OrderPlaced(order=order.id, cents=order.cents)


def _must_be_as_shown(order: Order, cart_version: int, asked: PlaceOrder) -> None:
    if order.cents != asked.expected_cents or cart_version != asked.cart_version:
        raise PriceChanged(
            cart_version=cart_version, cents=order.cents, shown_cents=asked.expected_cents,
            meals=[
                PricedMeal(**_key(line), cents=line.cents) for line in order.lines
            ],
        )  # fmt: skip


async def _take_seats(tx: Transaction, order: Order) -> None:
    full = await store.take_seats(tx, [store.seat_of(line) for line in order.lines])
    if full:
        raise MealsRefused(
            meals=[
                RefusedMeal(**_key(line), state="full")
                for line in order.lines
                if store.seat_of(line) in full
            ]
        )


def _key(line: Line) -> dict[str, object]:
    return {
        "beneficiary": line.beneficiary, "service": line.service, "day": line.day,
        "session": line.session,
    }  # fmt: skip


def _compose(
    asked: PlaceOrder,
    household: HouseholdId,
    facts: Sequence[MealFacts],
    decisions: Sequence[Decision],
) -> Order:
    lines = []
    for number, (f, d) in enumerate(zip(facts, decisions, strict=True), start=1):
        assert f.regulation_version is not None and d.cents is not None  # noqa: S101, PT018
        regulation = SHELF[f.service, f.regulation_version]
        lines.append(
            Line(
                number, f.beneficiary, f.service, regulation.service_name, f.day, f.session,
                d.cents, "live", None, 0,
            )
        )  # fmt: skip
    return Order(
        id=asked.order, version=1, household=household, authority=regulation.authority,
        regie=asked.regie, means=asked.means, cents=sum(line.cents for line in lines),
        state="held", lines=tuple(lines),
    )  # fmt: skip


async def settle_orders(tx: Transaction, paid: Sequence[OrderPaid], now: datetime) -> None:
    """The money of orders came: held is confirmed; released tries its seats again, else gives up.

    Somebody who left the list meanwhile takes no seat again. Confirmed and cancelled orders
    ignore the money. Raises LostOrder.
    """
    orders = await store.lock_orders(tx, {event.order for event in paid})
    _must_all_be_here(orders, paid)
    confirmed: list[Order] = []
    cancelled: list[Order] = []
    told: list[Event] = []
    released = [order for order in orders.values() if order.state == "released"]
    await store.lock_carts(tx, released)
    left = await store.orders_of_retired(tx, released)
    await store.lock_days(tx, released)
    for order in orders.values():
        if order.state == "released" and (order.id in left or not await _retake(tx, order, now)):
            given_up, event = order.cancel()
            cancelled.append(given_up)
            told.append(event)
        elif order.state in ("held", "released"):
            settled, events = order.confirm()
            confirmed.append(settled)
            told += events
    await store.save_states(tx, confirmed + cancelled, now)
    await outbox.append(tx, told)


async def _retake(tx: Transaction, order: Order, now: datetime) -> bool:
    until, _ = await store.deadlines(tx, order.id, "book")
    return order.may_retake_seats(until, now) and await store.retake_lines(tx, order)


async def release_orders(tx: Transaction, unpaid: Sequence[OrderUnpaid], now: datetime) -> None:
    """The money of orders did not come: held gives its seats back. Other states ignore it.

    Raises LostOrder.
    """
    orders = await store.lock_orders(tx, {event.order for event in unpaid})
    _must_all_be_here(orders, unpaid)
    reasons = {event.order: event.reason for event in unpaid}
    held = [order for order in orders.values() if order.state == "held"]
    if not held:
        return
    await store.release_lines(tx, held)
    released = [(order.release(reasons[order.id]), reasons[order.id]) for order in held]
    for reason in sorted(set(reasons.values())):
        of_reason = [order for (order, _), why in released if why == reason]
        await store.save_states(tx, of_reason, now, reason=reason)
    await outbox.append(tx, [event for (_, event), _ in released])


def _must_all_be_here(
    orders: Mapping[OrderId, Order], events: Sequence[OrderPaid] | Sequence[OrderUnpaid]
) -> None:
    if any(event.order not in orders for event in events):
        raise LostOrder()


async def cancel_bookings(
    tx: Transaction, asked: CancelBookings, caller: Caller
) -> BookingsCancellation:
    """Take meals out of an order in time, against the credit that was shown.

    A held or released order of which nothing is left is cancelled for good. Raises NotFound,
    TooLateToCancel, CreditChanged.
    """
    order = await store.lock_own_order(tx, asked.order, _household(caller))
    if order is None:
        raise NotFound()
    await _let_act(tx, caller, CANCEL_BOOKINGS, {order.authority})
    until, now = await store.deadlines(tx, order.id, "cancel")
    lines = order.take_out(asked.lines, asked.expected_credit_cents, until, now)
    await store.take_out_lines(tx, order, asked.cancellation, _adult(caller), lines)
    out = {line.line for line in lines}
    credited = [replace(line, credit_cents=line.cents) for line in lines]
    if order.state == "confirmed":
        changed = replace(order, version=order.version + 1)
        told: Event = changed.cancelled_after_payment(asked.cancellation, credited)
        await store.save_states(tx, [changed], now)
        await outbox.append(tx, [told])
    elif all(line.line in out or line.state == "cancelled" for line in order.lines):
        cancelled, given_up = order.cancel()
        await store.save_states(tx, [cancelled], now)
        await outbox.append(tx, [given_up])
    await acts.record(
        tx, caller, order.authority, CANCEL_BOOKINGS, order.id,
        before={"state": order.state},
        after={"household": order.household, "cancellation": asked.cancellation,
               "lines": sorted(out), "cents": asked.expected_credit_cents},
    )  # fmt: skip
    return BookingsCancellation(
        cancellation=asked.cancellation, credit_cents=asked.expected_credit_cents
    )
