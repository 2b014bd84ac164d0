"""The demonstration: the canteen of Aiguilhe and the families of the guide."""

import asyncio
from datetime import date, datetime
from uuid import uuid5
from zoneinfo import ZoneInfo

from deploy.local.stack import Stack
from deploy.local.town_hall import NAMESPACE, Canteen, Family, TownHall

MONDAY = datetime(2026, 11, 16, 8, 0, tzinfo=ZoneInfo("Europe/Paris"))
"""When the demonstration begins: a Monday in term."""
PASSWORD = "merci-la-cantine-2026"  # noqa: S105 - printed for whoever tries the portal
AIGUILHE = Canteen("Aiguilhe", capacity=80)
FAMILIES = (
    Family(
        "dupont@famille.example", PASSWORD, "Camille", "Dupont",
        (("Louane", date(2018, 5, 10)), ("Théo", date(2013, 7, 12))),
    ),
    Family(
        "martin@famille.example", PASSWORD, "Nadia", "Martin", (("Inès", date(2019, 3, 2)),)
    ),
    Family(
        "petit@famille.example", PASSWORD, "Jean-Baptiste", "Petit",
        (("Zoé", date(2017, 9, 21)), ("Léo", date(2020, 1, 8)), ("Anaïs", date(2015, 11, 30))),
    ),
)  # fmt: skip
CREDITS = {"dupont@famille.example": 4000, "petit@famille.example": 1000}
"""Cash given at the desk, in cents."""


async def load(stack: Stack) -> list[str]:
    """Open the canteen and let the families in, once or again; lines that say who signs in."""
    if not await stack.clock_is_set():
        await stack.set_clock(MONDAY)
    async with TownHall(stack) as town_hall:
        await town_hall.open_canteen(AIGUILHE)
        await asyncio.gather(*(town_hall.welcome(family, AIGUILHE) for family in FAMILIES))
        for family in FAMILIES:
            if cents := CREDITS.get(family.email):
                top_up = uuid5(NAMESPACE, f"demo cash {family.email}")
                await town_hall.take_cash(family, AIGUILHE, cents, top_up)
        await town_hall.until_bookable(FAMILIES, AIGUILHE)
    return [
        f"Familles de démonstration, mot de passe « {PASSWORD} » :",
        *(
            f"  {family.email:<26} {family.first_name} {family.last_name}, "
            f"{' et '.join(name for name, _ in family.children)}"
            for family in FAMILIES
        ),
    ]
