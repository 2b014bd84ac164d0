"""What may happen in the town: families, the town hall, letters, clocks and crashes.

Commands, inbox and outbox are the product's own, on real PostgreSQL. Hypothesis chooses what
families do, which letter arrives when and how often, when a service forgets, and how late it is.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid5

from hypothesis import strategies as st
from hypothesis.stateful import initialize

from chassis import outbox
from chassis.database import transaction
from chassis.inbox import Reader
from contracts.booking import BookingsCancellation, OrderHeld, PlaceOrder
from contracts.payments import OrderPaid
from services.booking.domain.shelf import SHELF
from services.payments import store as payments_store
from services.payments.domain import order_paid
from tests.promises.driver import DAYS, DEADLINES, TownMachine, happens
from tests.promises.model import Model, ModelOrder, Page
from tests.promises.truth import reset
from tests.town import MONDAY, REGIE, SERVICES, TOWN, Family

FAMILIES = 2
WHOM = st.integers(0, FAMILIES - 1)
WHICH = st.integers(0, 7)
"""Counted from the newest."""
MEAL = st.tuples(st.booleans(), st.sampled_from(DAYS))
"""Whether it is for the eldest, and when."""
SOME_MEALS = st.sets(MEAL, min_size=1, max_size=3)
Chosen = set[tuple[bool, date]]
TERM = {"valid_from": DAYS[0], "valid_until": date(2026, 12, 18)}


def newest(things: Sequence[Any], which: int) -> Any:
    """One of these, counted from the newest."""
    return things[-1 - which % len(things)]


class OrderMachine(TownMachine):
    """Order × reservation × wallet × letters."""

    def __init__(self) -> None:
        super().__init__()
        self.pages: list[tuple[Page, PlaceOrder]] = []
        self.answers: dict[UUID, str] = {}
        self.cancelled: list[tuple[int, UUID, list[int], int, UUID, BookingsCancellation]] = []
        self.top_ups: list[tuple[int, int, UUID, int]] = []
        self.version, self.made = 1, 0

    def fresh(self) -> UUID:
        """An id of this life: the same story has the same ids, so that a red one can be told
        again."""
        self.made += 1
        return uuid5(TOWN, f"made {self.made}")

    # -- the town hall ----------------------------------------------------------------------

    @initialize(capacity=st.integers(1, 4), credits=st.sampled_from((0, 380, 1140, 5000)))
    def a_new_town(self, capacity: int, credits: int) -> None:
        """A canteen with few seats; each family has some credits."""
        self.families = [Family(self.fresh(), self.fresh(), self.fresh()) for _ in range(FAMILIES)]
        self.model = Model(FAMILIES, DEADLINES, MONDAY)
        self.run(reset(self.town.booking_owner, self.town.payments_owner))
        self.run(self.town.opens(capacity=capacity, **TERM))
        self.model.publish(380, capacity)
        for number, family in enumerate(self.families):
            self.run(self.town.welcomes(family))
            if credits:
                self.cash(number, credits)
        truth = self.read()
        self.others = truth.booking["inbox"], truth.payments["inbox"]

    @happens(
        when=lambda self: self.version < 4,
        price=st.sampled_from((0, 380, 400)), capacity=st.integers(1, 4),
    )  # fmt: skip
    def the_town_hall_publishes(self, price: int, capacity: int) -> None:
        self.version += 1
        prices = ({"category": "residents", "label": "Résidents", "cents": price},)
        self.run(
            self.town.publishes(version=self.version, capacity=capacity, prices=prices, **TERM)
        )
        self.others = self.others[0] + 1, self.others[1]
        self.model.publish(price, capacity)

    # -- families ---------------------------------------------------------------------------

    @happens(family=WHOM, cents=st.integers(1, 2500))
    def cash(self, family: int, cents: int) -> None:
        top_up = self.fresh()
        number = self.run(self.town.takes_cash(self.families[family], cents, top_up))
        assert number == self.model.top_up(family, cents)
        self.top_ups.append((family, cents, top_up, number))

    @happens(when=lambda self: self.top_ups, which=WHICH)
    def cash_sent_again(self, which: int) -> None:
        family, cents, top_up, number = newest(self.top_ups, which)
        again = self.run(self.town.takes_cash(self.families[family], cents, top_up))
        assert again == number

    @happens(weight=2, family=WHOM, meals=st.sets(MEAL, max_size=4))
    def choose(self, family: int, meals: Chosen) -> None:
        parents = self.families[family]
        chosen = {(parents.louane if eldest else parents.theo, day) for eldest, day in meals}
        self.both(
            self.town.chooses(parents, sorted(chosen), month=DAYS[0]),
            lambda: self.model.choose(family, chosen),
        )

    @happens(
        weight=3, when=lambda self: any(cart.meals for cart in self.model.carts),
        which=WHICH, means=st.sampled_from(("credits", "credits_then_card", "card")),
    )  # fmt: skip
    def look_at_the_cart(self, which: int, means: str) -> None:
        filled = [n for n, cart in enumerate(self.model.carts) if cart.meals]
        self._look(newest(filled, which), means)

    def _look(self, family: int, means: str) -> None:
        looking = self.town.order_as_shown(
            self.families[family], means=means, checkout=self.fresh()
        )
        shown = self.run(looking)
        cart = self.model.carts[family]
        page = Page(family, shown.order, means, len(cart.meals) * self.model.price, cart.version)
        assert (shown.expected_cents, shown.cart_version) == (page.cents, page.version)
        self.pages.append((page, shown))

    @happens(weight=3, when=lambda self: self.pages, which=WHICH)
    def confirm(self, which: int) -> None:
        """Press the button of a page shown now or long ago, for the first time or again."""
        page, shown = newest(self.pages, which)
        pressing = self.town.confirms(self.families[page.family], shown)
        if page.order in self.answers:
            assert self.run(pressing).model_dump_json() == self.answers[page.order]
            return
        answer = self.both(pressing, lambda: self.model.may_confirm(page))
        if answer is not None:
            self.answers[page.order] = answer.model_dump_json()
            self.model.confirm(page, self.run(self._lines(page.order)))

    async def _lines(self, order: UUID) -> dict[int, tuple[UUID, date]]:
        rows = await self.town.booking.fetch(
            "select line, beneficiary, day from booking where order_id = $1", order
        )
        return {row["line"]: (row["beneficiary"], row["day"]) for row in rows}

    @happens(weight=6, family=WHOM, meals=SOME_MEALS)
    def order_from_credits(self, family: int, meals: Chosen) -> None:
        self._order(family, meals, "credits")

    @happens(
        weight=6, family=WHOM, meals=SOME_MEALS,
        means=st.sampled_from(("credits_then_card", "card")),
    )  # fmt: skip
    def order_by_card(self, family: int, meals: Chosen, means: str) -> None:
        self._order(family, meals, means)

    def _order(self, family: int, meals: Chosen, means: str) -> None:
        self.choose(family, meals)
        if self.model.carts[family].meals:
            self._look(family, means)
            self.confirm(0)

    @happens(weight=2, family=WHOM, meals=SOME_MEALS, instead=SOME_MEALS)
    def order_what_another_tab_showed(self, family: int, meals: Chosen, instead: Chosen) -> None:
        self.choose(family, meals)
        if self.model.carts[family].meals:
            self._look(family, "credits")
            self.choose(family, instead)
            self.confirm(0)

    @happens(
        weight=6, when=lambda self: self.model.orders,
        which=WHICH, lines=st.sets(st.integers(1, 4), min_size=1), wrong=st.integers(0, 9),
    )  # fmt: skip
    def cancel(self, which: int, lines: set[int], wrong: int) -> None:
        order = newest(list(self.model.orders.values()), which)
        shown = self.model.credit_of(order, lines) + (1 if wrong == 9 else 0)
        asked = (order.family, order.id, sorted(lines), shown, self.fresh())
        answer = self.both(
            self._cancels(*asked), lambda: self.model.cancel(order, lines, shown, asked[4])
        )
        if answer is not None:
            self.cancelled.append((*asked, answer))

    @happens(when=lambda self: self.cancelled, which=WHICH)
    def cancel_sent_again(self, which: int) -> None:
        *asked, answer = newest(self.cancelled, which)
        assert self.run(self._cancels(*asked)) == answer

    async def _cancels(
        self, family: int, order: UUID, lines: list[int], shown: int, cancellation: UUID
    ) -> BookingsCancellation:
        return await self.town.cancels(self.families[family], order, lines, shown, cancellation)

    # -- the bus ----------------------------------------------------------------------------

    @happens(weight=4, when=lambda self: self.unread(), which=WHICH)
    def a_new_letter_arrives(self, which: int) -> None:
        self.deliver([newest(self.unread(), which)])

    @happens(weight=8, when=lambda self: self.unread())
    def the_oldest_letter_arrives(self) -> None:
        self.deliver(self.unread()[:1])

    @happens(
        weight=3, when=lambda self: self.letters(),
        which=st.lists(st.integers(0, 40), min_size=1, max_size=5),
    )  # fmt: skip
    def any_letters_arrive_in_a_batch(self, which: list[int]) -> None:
        first = newest(self.letters(), which[0])
        alike = [letter for letter in self.letters() if letter[0] == first[0]]
        self.deliver(list(dict.fromkeys(newest(alike, number) for number in which)))

    @happens(weight=4, when=lambda self: self.model.inbox, which=st.integers(0, 40))
    def a_letter_arrives_at_a_reader_who_forgot_it(self, which: int) -> None:
        """As after a restore of the inbox alone, or years later: business keys protect."""
        known = [letter for letter in self.letters() if letter in self.model.inbox]
        self.deliver([newest(known, which)], forgotten=True)

    # -- clocks, cards and crashes ----------------------------------------------------------

    @happens(weight=2, hop=st.sampled_from((7, 31)))
    def minutes_pass(self, hop: int) -> None:
        self.show(self.model.now + timedelta(minutes=hop))

    @happens(
        when=lambda self: self.model.now < max(DEADLINES.values()),
        minutes=st.sampled_from((-10, 0)),
    )
    def the_next_deadline_comes(self, minutes: int) -> None:
        coming = min(d for d in DEADLINES.values() if d > self.model.now)
        self.show(max(self.model.now, coming + timedelta(minutes=minutes)))

    @happens(weight=2, when=lambda self: self.model.payments)
    def time_runs_out(self) -> None:
        assert self.run(self.town.times_out()) == self.model.time_out()

    def without_card(self) -> list[ModelOrder]:
        """Orders that a card may still pay, in time or late."""
        return [
            order for order in self.model.orders.values()
            if order.cents and order.means != "credits" and order.id in self.model.payments
            and self.model.payments[order.id].state in ("payable", "unpaid")
        ]  # fmt: skip

    @happens(weight=7, when=lambda self: self.without_card(), which=WHICH)
    def the_card_pays(self, which: int) -> None:
        """In time or late. Card attempts do not exist yet: their effect is written here."""
        order = newest(self.without_card(), which)
        self.run(self._card_pays(order))
        self.model.card_pays(order)

    async def _card_pays(self, order: ModelOrder) -> None:
        family = self.families[order.family]
        await self.town.takes_cash(family, order.cents, self.fresh())
        async with transaction(self.town.payments) as tx:
            known = (await payments_store.lock_orders(tx, [order.id]))[order.id]
            wallets = await payments_store.lock_wallets(tx, [(known.household, REGIE)])
            account = wallets[known.household, REGIE].account
            await payments_store.change_reservations(tx, [(account, -known.reserved)])
            paid = OrderPaid(
                order=known.id, household=known.household, regie=REGIE, cents=known.cents
            )
            held = OrderHeld(**paid.model_dump(), version=1, authority=order.id, means="card")
            await payments_store.post(tx, [order_paid(held)])
            await payments_store.save_orders(tx, [(known.id, "paid", 0)])
            await outbox.append(tx, [paid])

    @happens()
    def the_services_start_again(self) -> None:
        SHELF.clear()
        for name, pool in (("booking", self.town.booking), ("payments", self.town.payments)):
            self.run(pool.expire_connections())
            self.town.readers[name] = Reader(pool, SERVICES[name].reads, lambda: None)
