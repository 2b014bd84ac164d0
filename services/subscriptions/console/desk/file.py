"""A family's file: who it is, what it may book, what it has booked and ordered, its credits."""

import asyncio
from dataclasses import dataclass
from datetime import date, timedelta

from aiohttp import web

from chassis.clock import local
from chassis.ui import french
from contracts.booking import (
    DESK,
    LIST_BOOKINGS,
    LIST_ORDERS,
    BookedMeal,
    Bookings,
    Orders,
    OrderView,
    ShowBookings,
    ShowOrders,
)
from contracts.payments import (
    CASH,
    GET_WALLETS,
    LIST_MOVEMENTS,
    Movement,
    Movements,
    ShowMovements,
    ShowWallets,
    Wallet,
    Wallets,
)
from contracts.payments import DESK as MONEY_READERS
from contracts.subscriptions import GET_HOUSEHOLD_ACCESS, AccessList, ShowHouseholdAccess
from services.subscriptions.console.desk.acting import Acting
from services.subscriptions.console.desk.meals import BOOKINGS, ORDERS, product
from services.subscriptions.console.families import adults_of
from services.subscriptions.console.words import ACCESS, HOUSEHOLDS

AHEAD_DAYS = 30
ORDERS_SHOWN = 5
MOVEMENTS_SHOWN = 8
KINDS = {
    "cash_top_up": "Espèces au guichet",
    "cheque_top_up": "Chèque au guichet",
    "order_paid": "Commande payée",
    "order_reversed": "Commande remboursée",
    "bookings_cancelled": "Annulation recréditée",
}
"""Why credits moved."""


@dataclass(frozen=True)
class Booked:
    """A booking ahead as the file lists it."""

    day: date
    who: str
    product: str
    word: str
    cents: int
    cancel: str
    """The address where it is cancelled; empty once it cannot be."""


@dataclass(frozen=True)
class Credits:
    """A wallet with its last movements."""

    wallet: Wallet
    rows: list[tuple[date, str, str, int]]
    """When, why, how much, and what was left."""


async def show(acting: Acting) -> web.Response:
    """The file, with what this agent may see of it."""
    visit, today = acting.visit, acting.visit.site.clock.today()
    access, bookings, orders, wallets = await asyncio.gather(
        visit.ask_if_there(GET_HOUSEHOLD_ACCESS, ShowHouseholdAccess(household=acting.household)),
        acting.ask_if_there(
            LIST_BOOKINGS, ShowBookings(first=today, last=today + timedelta(days=AHEAD_DAYS)), DESK
        ),
        acting.ask_if_there(LIST_ORDERS, ShowOrders(limit=ORDERS_SHOWN), DESK),
        acting.ask_if_there(GET_WALLETS, ShowWallets(), MONEY_READERS),
    )
    return acting.page(
        "family.html", sheet=acting.sheet, since=local(acting.sheet.since).date(),
        adults=adults_of(acting.sheet),
        standing=HOUSEHOLDS[acting.sheet.state], access=access, access_words=ACCESS,
        holds=_holds(access), bookings=_booked(bookings, acting), orders=_orders(orders),
        credits=await _credits(wallets, acting), wallets=wallets,
        may_cash=bool(visit.town.where(CASH)), days=AHEAD_DAYS,
        done=DONE.get(visit.request.query.get("fait", ""), ""),
    )  # fmt: skip


DONE = {"annule": "L’annulation est enregistrée."}
"""What was just done, in a sentence."""


def _holds(access: AccessList | None) -> bool:
    return any(row.state in ("open", "opening") for row in access.access) if access else False


def _booked(bookings: Bookings | None, acting: Acting) -> list[Booked] | None:
    if bookings is None:
        return None

    def key(meal: BookedMeal) -> tuple[object, ...]:
        return meal.day, meal.session, meal.service_name, acting.place(meal.beneficiary)

    return [
        Booked(
            meal.day, acting.first(meal.beneficiary), product(meal.service_name, meal.session),
            BOOKINGS.get(meal.state, ""), meal.cents,
            acting.at("annuler", meal.order, ligne=meal.line) if meal.cancel_until else "",
        )
        for meal in sorted(bookings.bookings, key=key)
    ]  # fmt: skip


def _orders(page: Orders | None) -> list[tuple[OrderView, str]] | None:
    return [(order, ORDERS[order.state]) for order in page.orders] if page else None


async def _credits(wallets: Wallets | None, acting: Acting) -> list[Credits]:
    if wallets is None:
        return []
    pages = await asyncio.gather(*(
        acting.ask_if_there(
            LIST_MOVEMENTS, ShowMovements(regie=wallet.regie, limit=MOVEMENTS_SHOWN), MONEY_READERS
        )
        for wallet in wallets.wallets
    ))  # fmt: skip
    return [
        Credits(wallet, _rows(page)) for wallet, page in zip(wallets.wallets, pages, strict=True)
    ]


def _rows(page: Movements | None) -> list[tuple[date, str, str, int]]:
    movements = page.movements if page else ()
    return [(m.made.date(), _why(m), _signed(m.cents), m.balance_cents) for m in movements]


def _why(movement: Movement) -> str:
    receipt = f", reçu n°{french.NBSP}{movement.receipt}" if movement.receipt else ""
    return KINDS[movement.kind] + receipt


def _signed(cents: int) -> str:
    return f"{'+' if cents > 0 else '−'}{french.money(abs(cents))}"
