"""Cash at the desk: one receipt a top-up, whoever sends it again."""

import asyncio
from uuid import uuid4

import pytest

from contracts.refusal import SameIdOtherContent
from tests.town import Town


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
