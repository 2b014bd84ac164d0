"""The model and the databases, put side by side in the same words."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from tests.promises.model import FOLLOWED, READ_BY, Letter, Model
from tests.promises.truth import Truth


def compared(said: dict[str, Any], predicted: dict[str, Any]) -> str:
    """Where they differ, in words; empty when they agree."""
    return "\n".join(
        f"{what}: the databases say {said[what]}, the model {predicted[what]}"
        for what in predicted
        if said[what] != predicted[what]
    )


def said(truth: Truth, days: Sequence[date]) -> dict[str, Any]:
    """What both databases say."""
    booking, payments = truth.booking, truth.payments
    return {
        "orders": booking["orders"],
        "lines": sorted(booking["lines"]),
        "days": {str(day): booking["days"][str(day)] for day in days},
        "chosen": sorted(booking["chosen"]),
        "versions": booking["versions"],
        "payments": payments["orders"],
        "wallets": {household: tuple(w) for household, w in payments["wallets"].items()},
        "entries": payments["entries"],
        "told": sorted(m for m in booking["told"] + payments["told"] if m[0] in FOLLOWED),
        "inboxes": (booking["inbox"], payments["inbox"]),
        "dead": booking["dead"] + payments["dead"],
    }


def predicted(model: Model, households: Sequence[UUID], others: tuple[int, int]) -> dict[str, Any]:
    """What they should say. `others` counts the messages that the model does not follow."""
    taken = model.taken()
    read = [READ_BY[name] for name, _ in model.inbox]
    return {
        "orders": {str(order.id): order.state for order in model.orders.values()},
        "lines": _lines(model),
        "days": {str(day): [taken[day], seats] for day, seats in model.capacity.items()},
        "chosen": sorted(
            [str(households[family]), str(child), str(day)]
            for family, cart in enumerate(model.carts)
            for child, day in cart.meals
        ),
        "versions": {
            str(households[family]): cart.version
            for family, cart in enumerate(model.carts)
            if cart.version
        },
        "payments": {
            str(order): [here.state, here.reserved, here.credited]
            for order, here in model.payments.items()
        },
        "wallets": {
            str(households[family]): (model.balance[family], model.reserved[family])
            for family in sorted(model.wallets)
        },
        "entries": dict(model.entries),
        "told": sorted([name, str(about)] for name, about in model.told),
        "inboxes": (others[0] + read.count("booking"), others[1] + read.count("payments")),
        "dead": model.dead,
    }  # fmt: skip


def _lines(model: Model) -> list[list[Any]]:
    return sorted(
        [
            str(order.id), number, str(line.meal[0]), str(line.meal[1]), line.cents, line.state,
            str(line.cancellation) if line.cancellation else None,
        ]
        for order in model.orders.values()
        for number, line in order.lines.items()
    )  # fmt: skip


def letter_of(name: str, body: bytes) -> Letter:
    """What the model calls a message."""
    content = json.loads(body)
    about = content.get("cancellation") or content["order"]
    return name, UUID(about)
