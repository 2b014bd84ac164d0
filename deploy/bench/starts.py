"""G18, G19: what the processes weigh after load, and how long everything takes to start."""

import asyncio
import time

from deploy import SERVICES
from deploy.bench.machine import Share, pss_megabytes
from deploy.local.servers import Servers
from deploy.local.stack import Stack


def weights(stack: Stack) -> dict[str, float]:
    """Megabytes (PSS) of each Python process of the portal; the mailbox is not part of it."""
    pids = {name: stack.pid(name) for name in (*SERVICES, "gateway")}
    return {name: pss_megabytes(pid) for name, pid in pids.items() if pid is not None}


async def warm_start(stack: Stack) -> tuple[float, float]:
    """Seconds from nothing running to every service ready, servers already up."""
    await stack.stop()
    share, began = Share(), time.monotonic()
    await stack.start()
    return time.monotonic() - began, share.of_others()


async def cold_start(servers: Servers, stack: Stack) -> tuple[float, float]:
    """The same with both servers stopped before, their data kept."""
    await stack.stop()
    await asyncio.to_thread(servers.stop)
    share, began = Share(), time.monotonic()
    start_again(servers)
    await stack.start()
    return time.monotonic() - began, share.of_others()


def start_again(servers: Servers) -> None:
    """Start stopped servers at their old addresses; from the main thread, which outlives them."""
    if servers.rabbit:
        servers.rabbit.launch()
    if servers.postgres:
        servers.postgres.start()
    if servers.rabbit:
        servers.rabbit.wait_until_ready()
