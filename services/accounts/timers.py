"""Clock door: what is over is removed."""

from chassis.database import transaction
from chassis.service import Context
from services.accounts import commands


async def forget_expired_sessions(context: Context) -> None:
    """Once an hour."""
    async with transaction(context.pool) as tx:
        await commands.sessions.forget_expired_sessions(tx)
        await commands.agent_sessions.forget_expired_sessions(tx)


async def forget_old_tries(context: Context) -> None:
    """Once an hour."""
    async with transaction(context.pool) as tx:
        await commands.throttle.forget_old_tries(tx)


async def forget_old_letters(context: Context) -> None:
    """Once a day."""
    async with transaction(context.pool) as tx:
        await commands.letters.forget_old_letters(tx)


async def forget_old_devices(context: Context) -> None:
    """Once a day."""
    async with transaction(context.pool) as tx:
        await commands.sessions.forget_old_devices(tx)
