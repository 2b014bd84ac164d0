"""The cart, priced by the rules engine."""

from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from chassis.database import Transaction
from contracts.booking import Cart, CartMeal, RegieCart
from contracts.values import HouseholdId
from services.booking.domain.rules import decide
from services.booking.domain.shelf import SHELF
from services.booking.reads.rows import SQL, as_facts, fill_shelf


async def whole_cart(tx: Transaction, household: HouseholdId) -> Cart:
    """The cart, priced as checkout would price it now, régie by régie."""
    rows = await tx.fetch(SQL.whole_cart, household)
    await fill_shelf(
        tx,
        {(r["service"], r["regulation_version"]) for r in rows}
        | {(r["service"], r["newest_version"]) for r in rows},
    )
    regies = tuple(_regie_cart(list(group)) for _, group in groupby(rows, key=itemgetter("regie")))
    return Cart(regies=regies, cents=sum(regie.cents for regie in regies))


def _regie_cart(rows: Sequence[Any]) -> RegieCart:
    meals = []
    for row in rows:
        decision = decide(as_facts(row), SHELF, row["now"])
        meals.append(
            CartMeal.model_construct(
                beneficiary=row["beneficiary"], service=row["service"], day=row["day"],
                session=row["session"], cents=decision.cents or 0, state=decision.state,
                deadline=decision.deadline,
                service_name=SHELF[row["service"], row["newest_version"]].service_name,
            )
        )  # fmt: skip
    regulation = SHELF[rows[0]["service"], rows[0]["newest_version"]]
    return RegieCart.model_construct(
        regie=rows[0]["regie"], authority=regulation.authority,
        authority_name=regulation.authority_name, version=rows[0]["version"],
        cents=sum(meal.cents for meal in meals), meals=tuple(meals),
    )  # fmt: skip
