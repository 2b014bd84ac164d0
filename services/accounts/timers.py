"""Clock door: what is over is removed."""

from chassis.database import transaction
from chassis.service import Context
from services.accounts import commands


async def forget_expired_sessions(context: Context) -> None:
    """Once an hour."""
    async with transaction(context.pool) as tx:
        await commands.forget_expired_sessions(tx)
