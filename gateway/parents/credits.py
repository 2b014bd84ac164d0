"""The household's credits: what is left in each régie, and every movement since the first."""

import asyncio
import re
from dataclasses import dataclass
from datetime import date

from aiohttp import web

from chassis.ui import french
from contracts.payments import (
    GET_WALLETS,
    LIST_MOVEMENTS,
    Movement,
    ShowMovements,
    ShowWallets,
    Wallets,
)
from contracts.refusal import NotFound
from contracts.values import RegieId
from gateway.parents.cancelling import id_in_path
from gateway.visit import Visit

A_NUMBER = re.compile(r"[1-9][0-9]{0,17}")


@dataclass(frozen=True)
class Row:
    """A movement as a bank's statement writes it."""

    day: date
    what: str
    href: str
    amount: str
    comes_in: bool
    balance_cents: int


def row_of(movement: Movement) -> Row:
    """When, why, how much, and what was left."""
    what, href = _reason(movement)
    sign = "+" if movement.cents > 0 else "−"
    return Row(
        day=movement.made.date(),
        what=what,
        href=href,
        amount=f"{sign}{french.money(abs(movement.cents))}",
        comes_in=movement.cents > 0,
        balance_cents=movement.balance_cents,
    )


def _reason(movement: Movement) -> tuple[str, str]:
    """What a movement is called, and the page that explains it."""
    order = f"/commandes/{movement.order}" if movement.order else ""
    if movement.kind in ("cash_top_up", "cheque_top_up"):
        number = f", reçu n°{french.NBSP}{movement.receipt}" if movement.receipt else ""
        means = ", par chèque" if movement.kind == "cheque_top_up" else ""
        return f"Crédit au guichet{means}{number}", ""
    if movement.kind == "bookings_cancelled":
        address = f"/annulations/{movement.cancellation}" if movement.cancellation else order
        return "Annulation de repas", address
    if movement.kind == "order_reversed":
        return "Commande annulée", order
    return f"Commande du {french.day_and_month(movement.made.date())}", order


async def show(visit: Visit) -> web.Response:
    """What is left in each régie."""
    wallets = await visit.ask(GET_WALLETS, ShowWallets())
    return visit.page("credits.html", wallets=wallets.wallets)


async def show_movements(visit: Visit) -> web.Response:
    """A page of the movements of one régie, from the one after `avant` on."""
    before = visit.request.query.get("avant", "")
    if before and not A_NUMBER.fullmatch(before):
        raise NotFound()
    regie = RegieId(id_in_path(visit, "regie"))
    asked = ShowMovements(regie=regie, before=int(before) if before else None)
    page, wallets = await asyncio.gather(
        visit.ask(LIST_MOVEMENTS, asked), visit.ask_if_there(GET_WALLETS, ShowWallets())
    )
    return visit.page(
        "movements.html",
        page=page,
        rows=[row_of(movement) for movement in page.movements],
        reserved_cents=_reserved(wallets, regie),
        older=page.movements[-1].movement if page.more and page.movements else None,
        first_page=not before,
    )


def _reserved(wallets: Wallets | None, regie: RegieId) -> int:
    """What an order under way holds back; nothing when payments does not say."""
    found = (w.reserved_cents for w in wallets.wallets if w.regie == regie) if wallets else ()
    return next(iter(found), 0)
