"""A small town for tests: one canteen, its families, and a bus that the test itself carries.

Commands, inbox and outbox are the product's own, on real PostgreSQL; only the broker is left
out, so that a test decides what arrives when, twice, late or never.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar
from uuid import UUID, uuid4, uuid5
from zoneinfo import ZoneInfo

from chassis.auth import Caller
from chassis.database import Pool, reading, transaction
from chassis.inbox import Message, Reader
from chassis.web import answer_once
from contracts import booking as contract
from contracts.booking import (
    BookingsCancellation,
    CancelBookings,
    Cart,
    CartChanged,
    ChangeCart,
    MealKey,
    OrderPlaced,
    PlaceOrder,
    RetireBeneficiary,
    order_of,
)
from contracts.event import Event
from contracts.payments import TAKE_CASH, TakeCash
from contracts.regulation import (
    CategoryPrice,
    ClosedPeriod,
    Deadline,
    Regulation,
    WeekdayOfWeek,
)
from contracts.subscriptions import EntitlementChanged, RegieChanged, RegulationPublished
from services.booking import api as booking_api
from services.booking import reads as booking_reads
from services.booking.app import SERVICE as BOOKING
from services.booking.domain.shelf import SHELF
from services.payments import api as payments_api
from services.payments import commands as payments_commands
from services.payments import reads as payments_reads
from services.payments.app import SERVICE as PAYMENTS

Answer = TypeVar("Answer")
Ask = Callable[[Any, Any, Caller], Awaitable[Answer]]
"""A read, as its door binds it."""
PARIS = ZoneInfo("Europe/Paris")
TOWN = UUID("00000000-0000-4000-8000-000000000001")
AUTHORITY, REGIE, CANTEEN = (uuid5(TOWN, name) for name in ("authority", "regie", "canteen"))
PRICE = 380
THURSDAY_10 = Deadline(
    rule=WeekdayOfWeek(weekday=4, weeks_before=1, at=time(10)), article="article 4"
)
HOLIDAYS = (
    ClosedPeriod(
        first=date(2026, 10, 17), last=date(2026, 11, 1), reason="vacances de la Toussaint"
    ),
    ClosedPeriod(first=date(2026, 12, 19), last=date(2027, 1, 3), reason="vacances de Noël"),
)
MONDAY = datetime(2026, 11, 16, 8, 0, tzinfo=PARIS)
"""When the town's stories begin: a Monday in term."""


def a_regulation(**changes: object) -> Regulation:
    """The canteen of Aiguilhe: Monday, Tuesday, Thursday, Friday, 3,80 €, the Thursday before."""
    plain: dict[str, object] = {
        "service": CANTEEN, "authority": AUTHORITY, "regie": REGIE, "version": 1,
        "authority_name": "Aiguilhe", "service_name": "Cantine d’Aiguilhe",
        "valid_from": date(2026, 9, 1), "valid_until": date(2027, 7, 2),
        "weekdays": frozenset({1, 2, 4, 5}), "closed": HOLIDAYS, "book": THURSDAY_10,
        "cancel": THURSDAY_10, "capacity": 100,
        "prices": (CategoryPrice(category="residents", label="Résidents", cents=PRICE),),
    }  # fmt: skip
    return Regulation.model_validate(plain | changes)


@dataclass
class Family:
    """A household with two children."""

    household: UUID = field(default_factory=uuid4)
    louane: UUID = field(default_factory=uuid4)
    theo: UUID = field(default_factory=uuid4)

    @property
    def caller(self) -> Caller:
        """The family, signed in."""
        return Caller("family", uuid5(self.household, "parent"), self.household)


REGISSEUR = Caller("staff", uuid5(TOWN, "regisseur"), None, frozenset({("regisseur", AUTHORITY)}))


class Town:
    """Booking and payments, side by side."""

    def __init__(self, booking: Pool, payments: Pool, booking_owner: Pool, payments_owner: Pool):
        self.booking, self.payments = booking, payments
        self.booking_owner, self.payments_owner = booking_owner, payments_owner
        self.readers = {
            "booking": Reader(booking, BOOKING.reads, lambda: None),
            "payments": Reader(payments, PAYMENTS.reads, lambda: None),
        }

    # -- the town hall ----------------------------------------------------------------------

    async def opens(self, **changes: object) -> Regulation:
        """The canteen is open, and the clock shows the Monday."""
        SHELF.clear()  # each test writes its own version 1
        await self.clock_shows(MONDAY)
        await self.receives(
            "payments",
            RegieChanged(regie=REGIE, authority=AUTHORITY, label="Cantine d’Aiguilhe", version=1),
        )
        return await self.publishes(**changes)

    async def publishes(self, **changes: object) -> Regulation:
        """A version of the règlement reaches booking."""
        regulation = a_regulation(**changes)
        await self.receives(
            "booking",
            RegulationPublished(
                service=regulation.service, authority=regulation.authority,
                version=regulation.version, regulation=regulation,
            ),
        )  # fmt: skip
        return regulation

    async def welcomes(
        self, family: Family | None = None, *, credits: int = 0, category: str = "residents"
    ) -> Family:
        """A family may book for both children, with some credits."""
        family = family or Family()
        await self.receives("booking", *entitlements(family, category=category))
        if credits:
            await self.takes_cash(family, credits)
        return family

    async def takes_cash(
        self, family: Family, cents: int, top_up: UUID | None = None, *, agent: UUID | None = None
    ) -> int:
        """Cash at the desk; the receipt's number."""
        regisseur = replace(REGISSEUR, actor=agent) if agent else REGISSEUR
        asked = TakeCash(
            top_up=top_up or uuid4(), household=family.household, regie=REGIE, cents=cents
        )
        async with transaction(self.payments) as tx:
            answer = await answer_once(tx, TAKE_CASH, payments_api.take_cash, asked, regisseur)
        return int(TAKE_CASH.response.model_validate_json(answer.body).number)

    async def clock_shows(self, moment: datetime) -> None:
        """Set the clock that decides, in both databases."""
        for pool in (self.booking_owner, self.payments_owner):
            await pool.execute("select set_clock_offset($1 - clock_timestamp())", moment)

    # -- families ---------------------------------------------------------------------------

    async def chooses(
        self, family: Family, meals: Sequence[tuple[UUID, date]], *, month: date | None = None
    ) -> CartChanged:
        """The family puts exactly these meals of a month in its cart."""
        days = [day for _, day in meals] or [month or MONDAY.date()]
        first, last = booking_reads.month_of(min(days))[0], booking_reads.month_of(max(days))[1]
        change = ChangeCart(
            change=uuid4(), service=CANTEEN, first=first, last=last,
            meals=tuple(
                MealKey(beneficiary=child, service=CANTEEN, day=day, session="midi")
                for child, day in meals
            ),
        )  # fmt: skip
        async with transaction(self.booking) as tx:
            return await booking_api.change_cart(tx, change, family.caller)

    async def cart(self, family: Family) -> Cart:
        """What the family sees of its cart."""
        async with transaction(self.booking) as tx:
            return await booking_reads.whole_cart(tx, family.household)

    async def order_as_shown(
        self, family: Family, *, means: str = "credits", checkout: UUID | None = None
    ) -> PlaceOrder:
        """The confirmation that the cart page carries, as it is shown now."""
        regie = (await self.cart(family)).regies[0]
        checkout = checkout or uuid4()
        return PlaceOrder(
            order=order_of(checkout, REGIE), checkout=checkout, regie=REGIE, means=means,
            expected_cents=regie.cents, cart_version=regie.version,
        )  # fmt: skip

    async def confirms(self, family: Family, asked: PlaceOrder) -> OrderPlaced:
        """The family presses the button: through the stored answer, as at the door."""
        async with transaction(self.booking) as tx:
            answer = await answer_once(
                tx, contract.PLACE_ORDER, booking_api.place_order, asked, family.caller
            )
        return OrderPlaced.model_validate_json(answer.body)

    async def books(
        self, family: Family, meals: Sequence[tuple[UUID, date]], *, means: str = "credits"
    ) -> OrderPlaced:
        """Choose and confirm."""
        await self.chooses(family, meals)
        return await self.confirms(family, await self.order_as_shown(family, means=means))

    async def cancels(
        self, family: Family, order: UUID, lines: Sequence[int], credit: int,
        cancellation: UUID | None = None,
    ) -> BookingsCancellation:  # fmt: skip
        """Take lines out of an order."""
        asked = CancelBookings(
            cancellation=cancellation or uuid4(), order=order, lines=tuple(lines),
            expected_credit_cents=credit,
        )  # fmt: skip
        async with transaction(self.booking) as tx:
            answer = await answer_once(
                tx, contract.CANCEL_BOOKINGS, booking_api.cancel_bookings, asked, family.caller
            )
        return BookingsCancellation.model_validate_json(answer.body)

    async def retires(self, family: Family, beneficiary: UUID) -> None:
        """Take a child off the family's list."""
        asked = RetireBeneficiary(beneficiary=beneficiary)
        async with transaction(self.booking) as tx:
            await booking_api.retire_beneficiary(tx, asked, family.caller)

    async def asks(self, family: Family, read: Ask[Answer], asked: object) -> Answer:
        """What the family is answered by one of booking's or payments' reads."""
        pool = self.payments if read.__module__ == payments_api.__name__ else self.booking
        async with reading(pool) as connection:
            return await read(connection, asked, family.caller)

    # -- the bus ----------------------------------------------------------------------------

    async def receives(self, service: str, *events: Event) -> None:
        """A service takes in events, as a batch for each type."""
        by_name: dict[str, list[Message]] = {}
        for event in events:
            body = event.body()
            by_name.setdefault(event.name, []).append(
                Message(event.id_of(body), event.name, body.encode(), "")
            )
        for group in by_name.values():
            await self.readers[service].receive(group)

    async def told(self, service: str, *events: type[Event]) -> list[Message]:
        """Everything a service has told, oldest first; of some kinds only, if they are named."""
        pool = self.booking if service == "booking" else self.payments
        rows = await pool.fetch(
            "select id, name, body, trace from outbox"
            " where name = any($1) or $1 = '{}' order by seq",
            [event.name for event in events],
        )
        return [Message(r["id"], r["name"], r["body"].encode(), r["trace"]) for r in rows]

    async def carries(self, *, rounds: int = 4) -> None:
        """Carry everything told to those who read it, again and again until all is known."""
        for _ in range(rounds):
            for teller, listener in (("booking", "payments"), ("payments", "booking")):
                known = {event.name for event in SERVICES[listener].reads}
                for message in await self.told(teller):
                    if message.name in known:
                        await self.readers[listener].receive([message])

    async def times_out(self) -> int:
        """Payments' clock looks at the orders that wait."""
        async with transaction(self.payments) as tx:
            return await payments_commands.time_out_orders(tx)

    # -- what is true -----------------------------------------------------------------------

    async def state(self, order: UUID) -> tuple[str | None, str | None]:
        """The order's state in booking and in payments."""
        return (
            await self.booking.fetchval("select state from meal_order where id = $1", order),
            await self.payments.fetchval("select state from payment_order where id = $1", order),
        )

    async def balance(self, family: Family) -> int:
        """What the family's credits are, in cents."""
        async with transaction(self.payments) as tx:
            wallets = (await payments_reads.wallets(tx, family.household)).wallets
        return wallets[0].balance_cents if wallets else 0

    async def taken(self, day: date) -> int:
        """Seats taken of a day."""
        return int(
            await self.booking.fetchval(
                "select coalesce(sum(taken), 0) from serving_day where day = $1", day
            )
        )

    async def dead_letters(self) -> int:
        """Messages that nobody could use."""
        letters = "select count(*) from dead_letter"
        return int(await self.booking.fetchval(letters) + await self.payments.fetchval(letters))


SERVICES = {"booking": BOOKING, "payments": PAYMENTS}


def entitlements(
    family: Family, *, category: str = "residents", version: int = 1, **changes: object
) -> list[EntitlementChanged]:
    """Both children of a family may eat at the canteen this school year."""
    return [
        EntitlementChanged.model_validate({
            "entitlement": uuid5(child, f"entitlement of {family.household}"),
            "household": family.household, "beneficiary": child, "authority": AUTHORITY,
            "service": CANTEEN, "category": category, "valid_from": date(2026, 9, 1),
            "valid_until": date(2027, 8, 31), "state": "active", "version": version,
        } | changes)
        for child in (family.louane, family.theo)
    ]  # fmt: skip


def next_week(*weekdays: int, weeks: int = 1) -> list[date]:
    """Days of a week after the town's Monday: 0 is Monday, 3 Thursday."""
    monday = MONDAY.date() + timedelta(weeks=weeks)
    return [monday + timedelta(days=offset) for offset in weekdays]
