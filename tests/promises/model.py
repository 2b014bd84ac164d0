"""What should be true of orders, seats and money: a second, plain telling of the rules.

It shares no code with the services. It has no database, no transaction and no concurrency; where
the services and this page disagree, one of them is wrong.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

Meal = tuple[UUID, date]
Letter = tuple[str, UUID]
"""An event: its name, and what it speaks of (an order, a cancellation)."""

HELD, CONFIRMED = "booking.order_held.v1", "booking.order_confirmed.v1"
RELEASED, CANCELLED = "booking.order_released.v1", "booking.order_cancelled.v1"
TAKEN_OUT = "booking.bookings_cancelled.v1"
PAID, UNPAID = "payments.order_paid.v1", "payments.order_unpaid.v1"
READ_BY = {HELD: "payments", CANCELLED: "payments", TAKEN_OUT: "payments",
           PAID: "booking", UNPAID: "booking"}  # fmt: skip
FOLLOWED = {*READ_BY, CONFIRMED, RELEASED}
"""What the model predicts; rights, departures and receipts are told besides."""
MINIMUM, PATIENCE, FREEZE = 100, timedelta(minutes=30), timedelta(minutes=20)
CLOSE_CALL = timedelta(seconds=45)
"""Real time passes while the machine runs: it never comes nearer than this to a limit."""


class Refused(Exception):
    """The services should say no, with this code."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


@dataclass
class ModelLine:
    """A meal of an order."""

    meal: Meal
    cents: int
    state: str = "live"
    cancellation: UUID | None = None


@dataclass
class ModelOrder:
    """An order in booking."""

    id: UUID
    family: int
    means: str
    lines: dict[int, ModelLine]
    state: str = "held"

    @property
    def cents(self) -> int:
        return sum(line.cents for line in self.lines.values())

    def in_state(self, state: str) -> list[ModelLine]:
        return [line for line in self.lines.values() if line.state == state]


@dataclass
class ModelPayment:
    """The same order in payments."""

    state: str
    heard: datetime
    reserved: int = 0
    credited: int = 0


@dataclass
class ModelCart:
    """What a family has chosen."""

    version: int = 0
    meals: set[Meal] = field(default_factory=set)


@dataclass(frozen=True)
class Page:
    """What a family saw when it could press the button."""

    family: int
    order: UUID
    means: str
    cents: int
    version: int


class Model:
    """A canteen, some families, and the letters between booking and payments."""

    def __init__(self, families: int, deadlines: dict[date, datetime], now: datetime):
        self.now, self.deadlines = now, deadlines
        self.price, self.capacity = 380, dict.fromkeys(deadlines, 0)
        self.carts = [ModelCart() for _ in range(families)]
        self.balance, self.reserved = [0] * families, [0] * families
        self.wallets: set[int] = set()
        """Families that have one: it is opened by the first money or the first order."""
        self.orders: dict[UUID, ModelOrder] = {}
        self.payments: dict[UUID, ModelPayment] = {}
        self.entries: Counter[str] = Counter()
        self.told: list[Letter] = []
        self.inbox: set[Letter] = set()
        self.buried: set[Letter] = set()
        self.given_back: set[UUID] = set()
        self.dead = 0
        self.reached: Counter[str] = Counter()
        """What happened at all: a story in which nothing happens proves nothing."""
        self.receipts = 0

    # -- the town hall ----------------------------------------------------------------------

    def publish(self, price: int, capacity: int) -> None:
        taken = self.taken()
        self.price = price
        self.capacity = {day: max(capacity, taken[day]) for day in self.deadlines}

    # -- families ---------------------------------------------------------------------------

    def choose(self, family: int, meals: set[Meal]) -> None:
        cart, taken = self.carts[family], self.taken()
        if any(not self._bookable(meal, taken) for meal in meals - cart.meals):
            raise Refused("booking.meals_refused")
        cart.meals = set(meals)
        cart.version = max(cart.version, 1) + 1

    def may_confirm(self, page: Page) -> None:
        cart, taken = self.carts[page.family], self.taken()
        if not cart.meals:
            raise Refused("booking.cart_empty")
        if any(not self._bookable(meal, taken) for meal in cart.meals):
            raise Refused("booking.meals_refused")
        if (page.cents, page.version) != (len(cart.meals) * self.price, cart.version):
            raise Refused("booking.price_changed")
        wanted = Counter(day for _, day in cart.meals)
        if any(taken[day] + seats > self.capacity[day] for day, seats in wanted.items()):
            raise Refused("booking.meals_refused")

    def confirm(self, page: Page, numbers: dict[int, Meal]) -> None:
        cart = self.carts[page.family]
        assert sorted(numbers.values()) == sorted(cart.meals), "the order is the cart"
        lines = {number: ModelLine(meal, self.price) for number, meal in numbers.items()}
        self.orders[page.order] = ModelOrder(page.order, page.family, page.means, lines)
        self.carts[page.family] = ModelCart(cart.version + 1)
        self.told.append((HELD, page.order))
        self.reached["an order is placed"] += 1

    def credit_of(self, order: ModelOrder, numbers: set[int]) -> int:
        return sum(line.cents for line in self._may_leave(order, numbers))

    def cancel(self, order: ModelOrder, numbers: set[int], shown: int, cancellation: UUID) -> None:
        leaving = self._may_leave(order, numbers)
        if any(not self._before(self.deadlines[line.meal[1]]) for line in leaving):
            raise Refused("booking.too_late_to_cancel")
        if not leaving or shown != sum(line.cents for line in leaving):
            raise Refused("booking.credit_changed")
        for line in leaving:
            line.state, line.cancellation = "cancelled", cancellation
        if order.state == "confirmed":
            self.told.append((TAKEN_OUT, cancellation))
            self.reached["a meal is taken out of a confirmed order"] += 1
        elif len(order.in_state("cancelled")) == len(order.lines):
            self._give_up(order)

    def top_up(self, family: int, cents: int) -> int:
        self.wallets.add(family)
        self.balance[family] += cents
        self.entries["cash_top_up"] += 1
        self.receipts += 1
        return self.receipts

    # -- booking hears ----------------------------------------------------------------------

    def _hears_paid(self, order: ModelOrder) -> None:
        if order.state == "released" and not self._seats_come_back(order):
            self.reached["late money finds no seat"] += 1
            self._give_up(order)
        elif order.state in ("held", "released"):
            self.reached[f"a {order.state} order is confirmed"] += 1
            order.state = "confirmed"
            for line in order.in_state("released"):
                line.state = "live"
            self.told.append((CONFIRMED, order.id))
            self.reached["a meal left while it was held"] += bool(order.in_state("cancelled"))
            gone = {line.cancellation for line in order.in_state("cancelled")}
            self.told += [(TAKEN_OUT, cancellation) for cancellation in gone if cancellation]

    def _hears_unpaid(self, order: ModelOrder) -> None:
        if order.state == "held":
            order.state = "released"
            self.reached["an order is released"] += 1
            for line in order.in_state("live"):
                line.state = "released"
            self.told.append((RELEASED, order.id))

    def _seats_come_back(self, order: ModelOrder) -> bool:
        lines = order.in_state("released")
        wanted, taken, live = Counter(line.meal[1] for line in lines), self.taken(), self.live()
        return (
            all(self._before(self.deadlines[day] + FREEZE) for day in wanted)
            and all(taken[day] + seats <= self.capacity[day] for day, seats in wanted.items())
            and not any(line.meal in live for line in lines)
        )

    def _give_up(self, order: ModelOrder) -> None:
        order.state = "cancelled"
        self.told.append((CANCELLED, order.id))

    # -- payments hears ---------------------------------------------------------------------

    def _hears_held(self, order: ModelOrder) -> None:
        if order.id in self.payments:
            self.reached["an order is heard of too late or again"] += 1
            return
        family, cents = order.family, order.cents
        self.wallets.add(family)
        available = self.balance[family] - self.reserved[family]
        here = self.payments[order.id] = ModelPayment("payable", self.now)
        if cents == 0 or (order.means != "card" and available >= cents):
            self._pay(order, here)
        elif order.means == "credits":
            here.state = "unpaid"
            self.told.append((UNPAID, order.id))
        elif order.means == "credits_then_card":
            here.reserved = max(0, min(available, cents - MINIMUM))
            self.reserved[family] += here.reserved
            self.reached["credits are reserved"] += bool(here.reserved)

    def _hears_given_up(self, order: ModelOrder) -> None:
        self.reached["closed before it was heard of"] += order.id not in self.payments
        here = self.payments.setdefault(order.id, ModelPayment("closed", self.now))
        self._free(order, here)
        if here.state == "paid" and order.cents > here.credited:
            self.balance[order.family] += order.cents - here.credited
            self.entries["order_reversed"] += 1
            self.reached["a payment is reversed"] += 1
        here.state = "closed"

    def _hears_taken_out(self, cancellation: UUID) -> bool:
        lines = [
            (order, line.cents)
            for order in self.orders.values()
            for line in order.lines.values()
            if line.cancellation == cancellation
        ]
        order, cents = lines[0][0], sum(cents for _, cents in lines)
        if not cents:
            return True
        if cancellation in self.given_back or self.payments[order.id].state != "paid":
            return False
        self.given_back.add(cancellation)
        self.payments[order.id].credited += cents
        self.balance[order.family] += cents
        self.entries["bookings_cancelled"] += 1
        self.reached["cents are given back"] += 1
        return True

    def card_pays(self, order: ModelOrder) -> None:
        """In time or late: the money is credited first, then the order is paid from the wallet."""
        here = self.payments[order.id]
        self.top_up(order.family, order.cents)
        self._free(order, here)
        self._pay(order, here)

    def time_out(self) -> int:
        overdue = []
        for order, here in self.payments.items():
            limit = here.heard + PATIENCE
            assert abs(self.now - limit) > CLOSE_CALL, "too near to a limit to predict"
            if here.state == "payable" and self.now > limit:
                overdue.append(order)
        for order in overdue:
            self._free(self.orders[order], self.payments[order])
            self.payments[order].state = "unpaid"
            self.reached["time ran out"] += 1
            self.told.append((UNPAID, order))
        return len(overdue)

    def _pay(self, order: ModelOrder, here: ModelPayment) -> None:
        here.state = "paid"
        if order.cents:
            self.balance[order.family] -= order.cents
            self.entries["order_paid"] += 1
        self.told.append((PAID, order.id))

    def _free(self, order: ModelOrder, here: ModelPayment) -> None:
        self.reserved[order.family] -= here.reserved
        here.reserved = 0

    # -- letters ----------------------------------------------------------------------------

    def deliver(self, letter: Letter, *, forgotten: bool = False) -> None:
        """A letter arrives, perhaps again, perhaps at a reader whose inbox lost it."""
        if forgotten:
            self.inbox.discard(letter)
        if letter in self.inbox:
            return
        name, about = letter
        if name == TAKEN_OUT:
            if not self._hears_taken_out(about):
                self.buried.add(letter)
                self.dead += 1
                self.reached["a letter is buried"] += 1
                return
        else:
            hears = {HELD: self._hears_held, CANCELLED: self._hears_given_up,
                     PAID: self._hears_paid, UNPAID: self._hears_unpaid}  # fmt: skip
            hears[name](self.orders[about])
        self.inbox.add(letter)

    # -- what is true -----------------------------------------------------------------------

    def live(self) -> set[Meal]:
        return {line.meal for order in self.orders.values() for line in order.in_state("live")}

    def taken(self) -> Counter[date]:
        return Counter(day for _, day in self.live())

    def _bookable(self, meal: Meal, taken: Counter[date]) -> bool:
        _, day = meal
        return (
            meal not in self.live()
            and self._before(self.deadlines[day])
            and taken[day] < self.capacity[day]
        )

    def _may_leave(self, order: ModelOrder, numbers: set[int]) -> list[ModelLine]:
        state = {"confirmed": "live", "held": "live", "released": "released"}.get(order.state)
        return [
            line for number, line in order.lines.items()
            if number in numbers and line.state == state
        ]  # fmt: skip

    def _before(self, limit: datetime) -> bool:
        early = self.now < limit
        assert early == (self.now + CLOSE_CALL < limit), "too near to a limit to predict"
        return early
