"""How Hypothesis drives a town: what may happen is chosen by weight, and compared each time."""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from contracts.refusal import Refusal
from tests.promises.agreement import compared, letter_of, predicted, said
from tests.promises.model import PAID, READ_BY, Letter, Model, Refused
from tests.promises.truth import Truth, read_truth
from tests.town import MONDAY, Family, Town

DAYS = (date(2026, 12, 1), date(2026, 12, 3), date(2026, 12, 10))
DEADLINES = dict(
    zip(DAYS, (MONDAY.replace(day=26, hour=10),) * 2 + (MONDAY.replace(month=12, day=3, hour=10),),
        strict=True)
)  # fmt: skip
"""The Thursdays before: 26 November twice, and 3 December."""
QUIET = {("confirmed", "paid"), ("released", "unpaid"), ("held", "payable"),
         ("cancelled", "closed")}  # fmt: skip
"""An order in booking and in payments, once each has heard all that the other told."""


@dataclass(frozen=True)
class Action:
    """Something that may happen: how often, when it makes sense, and with what."""

    name: str
    weight: int
    when: Callable[[Any], Any]
    given: dict[str, "st.SearchStrategy[Any]"]


def happens(
    weight: int = 1,
    when: Callable[[Any], Any] = lambda _machine: True,
    **given: "st.SearchStrategy[Any]",
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Mark what may happen. Rules of Hypothesis itself cannot be weighed: nothing but waiting
    would fill most lives."""

    def mark(does: Callable[..., None]) -> Callable[..., None]:
        does.action = Action(does.__name__, weight, when, given)  # type: ignore[attr-defined]
        return does

    return mark


class TownMachine(RuleBasedStateMachine):
    """A town and its model, side by side."""

    town: ClassVar[Town]
    loop: ClassVar[asyncio.AbstractEventLoop]
    actions: ClassVar[list[Action]]
    steps: ClassVar[int] = 0
    red_after: ClassVar[int] = 0
    used: ClassVar[Counter[str]] = Counter()
    reached: ClassVar[Counter[str]] = Counter()

    model: Model
    families: list[Family]
    others: tuple[int, int]
    """Messages in both inboxes that the model does not follow."""
    agrees = False
    """Whether model and databases were compared since something happened."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        marked = [getattr(cls, name) for name in dir(cls) if name not in ("actions", "bundles")]
        cls.actions = [does.action for does in marked if hasattr(does, "action")]

    @rule(data=st.data())
    def something_happens(self, data: st.DataObject) -> None:
        """One thing that makes sense now."""
        possible = [action for action in self.actions if action.when(self)]
        names = [action.name for action in possible for _ in range(action.weight)]
        name = data.draw(st.sampled_from(names), label="what happens")
        action = next(action for action in possible if action.name == name)
        given = {what: data.draw(how, label=what) for what, how in action.given.items()}
        type(self).steps += 1
        self.used[name] += 1
        self.agrees = False
        getattr(self, name)(**given)

    def run(self, doing: Coroutine[Any, Any, Any]) -> Any:
        """Let the town do something, and wait for it."""
        return self.loop.run_until_complete(doing)

    def both(self, doing: Coroutine[Any, Any, Any], predicts: Callable[[], None]) -> Any:
        """The town does it, or refuses with the very code that the model predicts."""
        code = refused = answer = None
        try:
            predicts()
        except Refused as no:
            code = no.code
            self.model.reached[code] += 1
        try:
            answer = self.run(doing)
        except Refusal as no:
            refused = no.code
        assert refused == code, f"{refused} where the model says {code}"
        return answer

    def show(self, moment: datetime) -> None:
        """The clocks show this instant."""
        self.model.now = moment
        self.run(self.town.clock_shows(moment))

    # -- letters ----------------------------------------------------------------------------

    def letters(self) -> list[Letter]:
        """What somebody reads."""
        return [letter for letter in self.model.told if letter[0] in READ_BY]

    def unread(self) -> list[Letter]:
        """What its reader has not used, nor buried."""
        done = self.model.inbox | self.model.buried
        return [letter for letter in self.letters() if letter not in done]

    def deliver(self, letters: list[Letter], *, forgotten: bool = False) -> None:
        """Letters of one name arrive together."""
        # payments settles orders as they come, booking in the order of their ids
        for letter in sorted(letters) if letters[0][0] == PAID else letters:
            self.model.deliver(letter, forgotten=forgotten)
        self.run(self._arrive(letters, forgotten))

    async def _arrive(self, letters: list[Letter], forgotten: bool) -> None:
        listener = READ_BY[letters[0][0]]
        teller = "booking" if listener == "payments" else "payments"
        told = {
            letter_of(m.name, m.body): m for m in await self.town.told(teller) if m.name in READ_BY
        }
        messages = [told[letter] for letter in letters]
        if forgotten:
            pool = self.town.booking if listener == "booking" else self.town.payments
            await pool.execute("delete from inbox where id = any($1)", [m.id for m in messages])
        await self.town.readers[listener].receive(messages)

    # -- after each step --------------------------------------------------------------------

    def read(self) -> Truth:
        """Both databases, now."""
        return self.run(read_truth(self.town.booking, self.town.payments))

    @invariant()
    def the_model_and_both_databases_agree(self) -> None:
        """Nothing that may never be is so, and everything is as predicted."""
        truth = self.read()
        assert not truth.broken, truth.broken
        households = [family.household for family in self.families]
        differences = compared(said(truth, DAYS), predicted(self.model, households, self.others))
        assert not differences, differences
        self.agrees = True

    def teardown(self) -> None:
        """Deliver everything until it is quiet: no order stands half-way between the services."""
        if not self.agrees:
            type(self).red_after = self.red_after or self.steps
            return
        self._until_quiet()
        assert self._states() <= QUIET, self._states()
        self.show(self.model.now + timedelta(minutes=31))
        assert self.run(self.town.times_out()) == self.model.time_out()
        self._until_quiet()
        assert self._states() <= QUIET - {("held", "payable")}, self._states()
        self.reached.update(self.model.reached)

    def _states(self) -> set[tuple[str, str]]:
        orders = self.model.orders.values()
        return {(order.state, self.model.payments[order.id].state) for order in orders}

    def _until_quiet(self) -> None:
        while new := self.unread():
            for letter in new:
                self.deliver([letter])
        self.the_model_and_both_databases_agree()
