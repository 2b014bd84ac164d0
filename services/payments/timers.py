"""Clock door: orders whose money does not come."""

from chassis.database import transaction
from chassis.service import Context
from services.payments import commands


async def time_out_orders(context: Context) -> None:
    """Give up waiting, some hundred orders at a time."""
    while True:
        async with transaction(context.pool) as tx:
            done = await commands.time_out_orders(tx)
        context.wake_relay()
        if not done:
            return
