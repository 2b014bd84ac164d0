"""Orders: the process manager. held → confirmed, released or cancelled; released → confirmed or
cancelled; cancelled is for ever. Nobody else decides the state of an order."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from contracts.booking import (
    BookingsCancelled,
    CancelledMeal,
    CreditChanged,
    OrderCancelled,
    OrderConfirmed,
    OrderedMeal,
    OrderHeld,
    OrderReleased,
    OrderState,
    TooLateToCancel,
)
from contracts.values import (
    AuthorityId,
    BeneficiaryId,
    HouseholdId,
    Means,
    OrderId,
    RegieId,
    ServiceId,
)

FREEZE = timedelta(minutes=20)
"""The kitchen's count freezes this long after the deadline (domain.md D4): until then a late
payment may still take seats."""


@dataclass(frozen=True, slots=True)
class Line:
    """A meal of an order. `live` holds a seat; `cancelled` was taken out by a cancellation."""

    line: int
    beneficiary: BeneficiaryId
    service: ServiceId
    service_name: str
    day: date
    session: str
    cents: int
    state: str
    cancellation: UUID | None
    credit_cents: int


@dataclass(frozen=True, slots=True)
class Order:
    """An order and its lines, locked."""

    id: OrderId
    version: int
    household: HouseholdId
    authority: AuthorityId
    regie: RegieId
    means: Means
    cents: int
    state: OrderState
    lines: tuple[Line, ...]

    def held(self) -> OrderHeld:
        """What is told when the order is placed."""
        return OrderHeld(
            order=self.id, version=self.version, household=self.household,
            authority=self.authority, regie=self.regie, means=self.means, cents=self.cents,
        )  # fmt: skip

    def confirm(self) -> tuple["Order", list[OrderConfirmed | BookingsCancelled]]:
        """The money came. What was taken out meanwhile is told now, by cancellation."""
        confirmed = replace(self, state="confirmed", version=self.version + 1)
        told: list[OrderConfirmed | BookingsCancelled] = [
            OrderConfirmed(
                order=self.id, version=confirmed.version, household=self.household,
                authority=self.authority, regie=self.regie, cents=self.cents,
                meals=_meals(line for line in self.lines if line.state != "cancelled"),
            )
        ]  # fmt: skip
        by_cancellation: dict[UUID, list[Line]] = {}
        for line in self.lines:
            if line.cancellation is not None:
                by_cancellation.setdefault(line.cancellation, []).append(line)
        told += [
            confirmed.cancelled_after_payment(cancellation, lines)
            for cancellation, lines in by_cancellation.items()
        ]
        return confirmed, told

    def release(self, reason: str) -> tuple["Order", OrderReleased]:
        """The money did not come: the seats are given back."""
        released = replace(self, state="released", version=self.version + 1)
        return released, OrderReleased(
            order=self.id, version=released.version, household=self.household,
            authority=self.authority, regie=self.regie, cents=self.cents, reason=reason,
            meals=_meals(line for line in self.lines if line.state != "cancelled"),
        )  # fmt: skip

    def cancel(self) -> tuple["Order", OrderCancelled]:
        """Give up an order that is not confirmed, for good: it must never be charged."""
        cancelled = replace(self, state="cancelled", version=self.version + 1)
        return cancelled, OrderCancelled(
            order=self.id, version=cancelled.version, household=self.household,
            authority=self.authority, regie=self.regie, cents=self.cents,
        )  # fmt: skip

    def may_retake_seats(self, book_until: Mapping[int, datetime], now: datetime) -> bool:
        """Whether money that came after the release may still book: all lines, or none."""
        released = [line.line for line in self.lines if line.state == "released"]
        return bool(released) and all(now < book_until[line] + FREEZE for line in released)

    def take_out(
        self,
        numbers: Sequence[int],
        shown_credit_cents: int,
        cancel_until: Mapping[int, datetime],
        now: datetime,
    ) -> list[Line]:
        """The lines that may be taken out now. Raises TooLateToCancel, CreditChanged.

        A line already taken out gives nothing a second time: the difference with what was
        shown is told, nothing is done.
        """
        open_states = {"confirmed": ("live",), "held": ("live",), "released": ("released",)}
        states = open_states.get(self.state, ())
        wanted = [line for line in self.lines if line.line in numbers and line.state in states]
        late = [line.line for line in wanted if now >= cancel_until[line.line]]
        if late:
            raise TooLateToCancel(lines=late)
        credit = sum(line.cents for line in wanted)
        if credit != shown_credit_cents or not wanted:
            raise CreditChanged(credit_cents=credit, shown_cents=shown_credit_cents)
        return wanted

    def cancelled_after_payment(
        self, cancellation: UUID, lines: Sequence[Line]
    ) -> BookingsCancelled:
        """What is told when meals of a paid order are cancelled."""
        return BookingsCancelled(
            order=self.id, version=self.version, household=self.household,
            authority=self.authority, regie=self.regie, cancellation=cancellation,
            meals=tuple(
                CancelledMeal(
                    line=line.line, credit_cents=line.credit_cents, beneficiary=line.beneficiary,
                    service_name=line.service_name, day=line.day, session=line.session,
                )
                for line in lines
            ),
        )  # fmt: skip


def _meals(lines: Iterable[Line]) -> tuple[OrderedMeal, ...]:
    return tuple(
        OrderedMeal(
            beneficiary=line.beneficiary, service=line.service, day=line.day,
            session=line.session, cents=line.cents, line=line.line,
            service_name=line.service_name,
        )
        for line in lines
    )  # fmt: skip
