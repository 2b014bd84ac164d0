"""What the neighbours answer to the pages of the desk, the kitchen and the services."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from chassis.auth import Caller
from contracts import accounts, booking, payments, subscriptions
from contracts.operation import Done, Operation
from contracts.refusal import NotFound
from contracts.values import AuthorityId, BeneficiaryId, OrderId, RegieId, StaffRole
from tests.subscriptions.console.neighbours import (
    CANTEEN,
    COUBON,
    DUPONT,
    LOUANE,
    NADIA,
    NOW,
    PARIS,
    THEO,
    Script,
    a_script,
    a_sheet,
    an_access,
    an_id,
)

REGIE = RegieId(an_id("régie Coubon"))
FILE = f"/console/familles/{DUPONT}"
THURSDAY = date(2026, 12, 10)
ORDER = OrderId(an_id("order"))
CASTOR = BeneficiaryId(an_id("castor"))
Handlers = list[tuple[Operation[Any, Any], Callable[[Any, Caller], Any]]]


def at_noon(day: date) -> datetime:
    """Noon on the town's clocks."""
    return datetime(day.year, day.month, day.day, 12, tzinfo=PARIS)


def a_booking(line: int = 1, **changed: Any) -> booking.BookedMeal:
    """Louane eats on a Thursday of December."""
    given: dict[str, Any] = {
        "beneficiary": LOUANE, "service": CANTEEN, "day": THURSDAY, "session": "midi",
        "cents": 380, "line": line, "service_name": "Restaurant scolaire", "order": ORDER,
        "state": "confirmed", "regie": REGIE, "authority_name": "Coubon", "credit_cents": 380,
        "cancel_until": at_noon(THURSDAY - timedelta(days=7)),
    } | changed  # fmt: skip
    return booking.BookedMeal(**given)


def a_cart(*days: date, available: bool = True) -> booking.Cart:
    """Louane's meals of these days."""
    meals = tuple(
        booking.CartMeal(
            beneficiary=LOUANE, service=CANTEEN, day=day, session="midi", cents=380,
            service_name="Restaurant scolaire", state="bookable" if available else "full",
        )
        for day in days
    )  # fmt: skip
    cents = 380 * len(meals)
    part = booking.RegieCart(
        regie=REGIE, authority=COUBON, authority_name="Coubon", version=4, cents=cents, meals=meals
    )
    return booking.Cart(regies=(part,) if meals else (), cents=cents)


@dataclass
class Counter:
    """The part of the script that these pages ask about."""

    script: Script
    cart: booking.Cart = field(default_factory=lambda: a_cart(THURSDAY))
    bookings: list[booking.BookedMeal] = field(default_factory=lambda: [a_booking(1), a_booking(2)])
    state: booking.OrderState = "confirmed"
    credits: int = 2_000
    receipts: dict[UUID, payments.ReceiptView] = field(default_factory=dict)
    states: dict[date, booking.CellState] = field(default_factory=dict)
    counts: tuple[booking.SessionCount, ...] = ()
    eaters: tuple[booking.Eater, ...] = ()
    found_after: str = ""

    def handlers(self) -> Handlers:
        """Everything that these pages ask."""
        return [
            (accounts.SEARCH_HOUSEHOLDS, lambda asked, _: self._search(asked)),
            (accounts.NAME_BENEFICIARIES, lambda asked, _: self._names(asked)),
            (subscriptions.DESCRIBE_REGIE, lambda *_: Done()),
            (subscriptions.PUBLISH_REGULATION, lambda asked, _: self._publish(asked)),
            (booking.GET_CALENDAR, lambda asked, _: self._calendar(asked)),
            (booking.CHANGE_CART, lambda asked, _: booking.CartChanged(
                change=asked.change, cart_version=5)),
            (booking.GET_CART, lambda *_: self.cart),
            (booking.PLACE_ORDER, lambda asked, _: self._place(asked)),
            (booking.GET_ORDER, lambda asked, _: self._order(asked.order)),
            (booking.LIST_ORDERS, lambda *_: booking.Orders(
                orders=(self._order(ORDER),), more=False)),
            (booking.LIST_BOOKINGS, lambda *_: booking.Bookings(
                today=NOW.date(), bookings=tuple(self.bookings))),
            (booking.CANCEL_BOOKINGS, lambda asked, _: booking.BookingsCancellation(
                cancellation=asked.cancellation, credit_cents=asked.expected_credit_cents)),
            (booking.GET_CANCELLATION, lambda asked, _: self._cancellation(asked)),
            (booking.COUNT_MEALS, lambda asked, _: booking.MealCount(
                authority=asked.authority, day=asked.day or NOW.date(),
                at=NOW.replace(hour=8, minute=57), sessions=self.counts)),
            (booking.LIST_EATERS, lambda asked, _: booking.EaterList(
                **asked.model_dump(), service_name="Restaurant scolaire", authority=COUBON,
                at=NOW.replace(hour=8, minute=57), eaters=self.eaters)),
            (payments.GET_WALLETS, lambda *_: self._wallets()),
            (payments.LIST_MOVEMENTS, lambda asked, _: self._movements(asked)),
            (payments.TAKE_CASH, lambda asked, _: self._take(asked)),
            (payments.GET_RECEIPT, lambda asked, _: self._receipt(asked.top_up)),
            (payments.LIST_TAKINGS, lambda asked, _: self._takings(asked)),
        ]  # fmt: skip

    def _search(self, asked: accounts.SearchHouseholds) -> accounts.HouseholdsFound:
        found = tuple(
            sheet
            for sheet in self.script.sheets.values()
            if asked.text.casefold() in str(sheet.household).casefold()
        )
        return accounts.HouseholdsFound(sheets=found, after=self.found_after)

    def _names(self, asked: accounts.NameBeneficiaries) -> accounts.NamedBeneficiaries:
        return accounts.NamedBeneficiaries(beneficiaries=tuple(
            accounts.NamedBeneficiary(
                household=household, beneficiary=one.beneficiary, first_name=one.first_name,
                last_name=one.last_name,
            )
            for household, sheet in self.script.sheets.items()
            if household in asked.households
            for one in sheet.household.beneficiaries
        ))  # fmt: skip

    def _publish(self, asked: subscriptions.PublishRegulation) -> Done:
        new = subscriptions.TownService(service=asked.service, regulation=asked.regulation)
        self.script.towns = tuple(
            town.model_copy(update={"services": (
                *(s for s in town.services if s.service != asked.service), new
            )})
            if town.authority == asked.regulation.authority else town
            for town in self.script.towns
        )  # fmt: skip
        return Done()

    def _calendar(self, asked: booking.ShowCalendar) -> booking.Calendar:
        first = (asked.day or NOW.date()).replace(day=1)
        last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        children = tuple(
            booking.BeneficiaryMonth(
                beneficiary=one.beneficiary,
                cells=tuple(self._cell(day) for day in days if day.isoweekday() in (1, 2, 4, 5)),
            )
            for one in self.script.sheets[DUPONT].household.beneficiaries
        )
        service = booking.ServiceMonth(
            service=CANTEEN, authority=COUBON, regie=REGIE, service_name="Restaurant scolaire",
            authority_name="Coubon", beneficiaries=children,
        )  # fmt: skip
        return booking.Calendar(
            first=first, last=last, today=NOW.date(), services=(service,), cart_count=0,
            cart_cents=0,
        )  # fmt: skip

    def _cell(self, day: date) -> booking.Cell:
        late = day <= date(2026, 12, 4)
        state = self.states.get(day, "late" if late else "bookable")
        reason = "vacances de Noël" if state == "closed" else ""
        return booking.Cell(
            day=day, session="midi", state=state, cents=380, reason=reason,
            deadline=at_noon(day - timedelta(days=7)),
        )  # fmt: skip

    def _place(self, asked: booking.PlaceOrder) -> booking.OrderPlaced:
        return booking.OrderPlaced(order=asked.order, cents=asked.expected_cents)

    def _order(self, order: OrderId) -> booking.OrderView:
        fields = set(booking.OrderedMeal.model_fields)
        meals = tuple(
            booking.OrderMealView(
                **meal.model_dump(include=fields), live=True, cancel_until=meal.cancel_until
            )
            for meal in self.bookings
        )
        return booking.OrderView(
            order=order, state=self.state, regie=REGIE, authority_name="Coubon",
            cents=sum(meal.cents for meal in meals), placed=NOW, at_the_desk=True, meals=meals,
        )  # fmt: skip

    def _cancellation(self, asked: booking.ShowCancellation) -> booking.CancellationView:
        meals = tuple(
            booking.OrderedMeal(**m.model_dump(include=set(booking.OrderedMeal.model_fields)))
            for m in self.bookings[:1]
        )
        return booking.CancellationView(
            cancellation=asked.cancellation, order=ORDER, order_state=self.state, regie=REGIE,
            authority_name="Coubon", credit_cents=380, at_the_desk=True, meals=meals,
        )  # fmt: skip

    def _wallets(self) -> payments.Wallets:
        return payments.Wallets(wallets=(payments.Wallet(
            regie=REGIE, label="Régie de Coubon", balance_cents=self.credits, reserved_cents=0,
            available_cents=self.credits,
        ),))  # fmt: skip

    def _movements(self, asked: payments.ShowMovements) -> payments.Movements:
        came = payments.Movement(
            movement=1, made=NOW, kind="cash_top_up", cents=2_000, balance_cents=2_000, receipt=12
        )
        return payments.Movements(
            regie=asked.regie, label="Régie de Coubon", balance_cents=2_000, movements=(came,),
            more=False,
        )  # fmt: skip

    def _take(self, asked: payments.TakeCash) -> payments.Receipt:
        known = self.receipts.get(asked.top_up)
        number = known.number if known else len(self.receipts) + 12
        self.receipts[asked.top_up] = payments.ReceiptView(
            top_up=asked.top_up, regie=asked.regie, number=number, cents=asked.cents,
            means=asked.means, label="Régie de Coubon", household=asked.household,
            reference=asked.reference, taken=NOW, taken_by=NADIA,
        )  # fmt: skip
        return payments.Receipt(
            top_up=asked.top_up, regie=asked.regie, number=number, cents=asked.cents,
            means=asked.means,
        )  # fmt: skip

    def _receipt(self, top_up: UUID) -> payments.ReceiptView:
        if top_up not in self.receipts:
            raise NotFound()
        return self.receipts[top_up]

    def _takings(self, asked: payments.ShowTakings) -> payments.Takings:
        those = tuple(r for r in self.receipts.values() if r.regie == asked.regie)
        kinds: tuple[payments.DeskMeans, ...] = ("cash", "cheque")
        by_means = {kind: [r.cents for r in those if r.means == kind] for kind in kinds}
        return payments.Takings(
            regie=asked.regie, label="Régie de Coubon", day=asked.day or NOW.date(),
            receipts=those, totals=tuple(
                payments.MeansTotal(means=kind, count=len(cents), cents=sum(cents))
                for kind, cents in by_means.items() if cents
            ),
        )  # fmt: skip


def a_count(held: int = 2, closed: str = "") -> booking.SessionCount:
    """Eighty-four plates at Coubon."""
    entries = (
        booking.CategoryCount(category="commune", label="Enfant commune", confirmed=80, held=held),
        booking.CategoryCount(category="adulte", label="Adulte", confirmed=2, held=0),
    )
    return booking.SessionCount(
        service=CANTEEN, service_name="Restaurant scolaire", session="midi", capacity=120,
        confirmed=0 if closed else 82, held=0 if closed else held, closed=closed,
        categories=() if closed else entries,
    )  # fmt: skip


def at_the_counter(*roles: StaffRole, at: AuthorityId = COUBON) -> tuple[Script, Counter]:
    """Nadia at Coubon, whose families book, pay and eat."""
    script = a_script(*roles, at=at)
    script.access[DUPONT] = (an_access("open", an_id("held")),)
    counter = Counter(script, counts=(a_count(),), eaters=tuple(
        booking.Eater(beneficiary=who, household=sheet.household.household, held=held,
                      category="commune")
        for sheet, who, held in zip(
            script.sheets.values(), (LOUANE, THEO), (True, False), strict=True
        )
    ))  # fmt: skip
    script.more = counter.handlers()
    return script, counter


HOSTILE = '<script>alert("x")</script>'


def with_a_hostile_name(script: Script) -> None:
    """A family whose name is a script, and long."""
    sheet = a_sheet(DUPONT, f"{HOSTILE} de La {'Très' * 12}")
    script.sheets[DUPONT] = sheet
