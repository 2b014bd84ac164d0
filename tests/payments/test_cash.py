"""Cash at the desk: one receipt a top-up, whoever sends it again."""

import asyncio
import json
from uuid import uuid4

import pytest

from contracts.payments import CreditsLoaded
from contracts.refusal import SameIdOtherContent
from tests.town import REGIE, Town


async def test_the_same_top_up_sent_by_another_agent_gets_the_first_receipt(town: Town):
    await town.opens()
    dupont, top_up = await town.welcomes(), uuid4()
    first = await town.takes_cash(dupont, 2000, top_up)
    again = await town.takes_cash(dupont, 2000, top_up, agent=uuid4())
    assert (first, again) == (1, 1)
    assert await town.balance(dupont) == 2000


async def test_a_top_up_id_used_for_another_amount_or_family_is_refused(town: Town):
    await town.opens()
    dupont, martin, top_up = await town.welcomes(), await town.welcomes(), uuid4()
    await town.takes_cash(dupont, 2000, top_up)
    for family, cents in ((dupont, 2001), (martin, 2000)):
        with pytest.raises(SameIdOtherContent):
            await town.takes_cash(family, cents, top_up, agent=uuid4())
    assert (await town.balance(dupont), await town.balance(martin)) == (2000, 0)


async def test_two_agents_with_one_id_at_the_same_moment_take_the_cash_once(town: Town):
    await town.opens()
    dupont, top_up = await town.welcomes(), uuid4()
    numbers = await asyncio.gather(
        *(town.takes_cash(dupont, 2000, top_up, agent=uuid4()) for _ in range(4))
    )
    assert set(numbers) == {1}
    assert await town.balance(dupont) == 2000


async def test_credits_that_were_loaded_are_told_once_with_their_receipt(town: Town):
    await town.opens()
    dupont, top_up = await town.welcomes(), uuid4()
    await town.takes_cash(dupont, 500)
    number = await town.takes_cash(dupont, 2000, top_up)
    for agent in (None, uuid4()):  # the stored answer, then the known receipt
        await town.takes_cash(dupont, 2000, top_up, agent=agent)
    _, told = [json.loads(m.body) for m in await town.told("payments", CreditsLoaded)]
    assert told == {
        "top_up": str(top_up), "household": str(dupont.household), "regie": str(REGIE),
        "label": "Cantine d’Aiguilhe", "cents": 2000, "means": "cash", "number": number,
    }  # fmt: skip


async def test_cash_that_is_refused_tells_nothing(town: Town):
    await town.opens()
    dupont, top_up = await town.welcomes(), uuid4()
    await town.takes_cash(dupont, 2000, top_up)
    with pytest.raises(SameIdOtherContent):
        await town.takes_cash(dupont, 2001, top_up, agent=uuid4())
    assert len(await town.told("payments", CreditsLoaded)) == 1
