"""One process: serves until SIGTERM, then says it is not ready, drains, closes; within 15 s."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any

import structlog
import uvloop
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from chassis.config import Settings

log = structlog.get_logger()

DRAIN_SECONDS = 8.0
"""How long requests in flight may take to end; with closing, less than 15 s in all."""
Ready = Callable[[], Awaitable[dict[str, Any]]]


class Health:
    """What /readyz says. Not ready before the start is over and from the first SIGTERM on."""

    def __init__(self, ready: Ready):
        self._ready = ready
        self.open = False

    async def healthz(self, _request: web.Request) -> web.Response:
        """The process answers. Never looks at the database: a restart would not heal it."""
        return web.json_response({"status": "ok"})

    async def readyz(self, _request: web.Request) -> web.Response:
        """Whether requests may come here, with what was looked at."""
        if not self.open:
            return web.json_response({"ready": False, "reason": "starting or stopping"}, status=503)
        try:
            async with asyncio.timeout(2):
                facts = await self._ready()
        except Exception as error:
            return web.json_response({"ready": False, "reason": type(error).__name__}, status=503)
        return web.json_response({"ready": True, **facts})

    async def metrics(self, _request: web.Request) -> web.Response:
        """Prometheus text format."""
        return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    def routes(self) -> list[web.RouteDef]:
        """The operator's routes."""
        return [
            web.get("/healthz", self.healthz),
            web.get("/readyz", self.readyz),
            web.get("/metrics", self.metrics),
        ]


async def serve(app: web.Application, settings: Settings, health: Health) -> None:
    """Serve the application until SIGTERM or SIGINT; returns when the last answer is out."""
    app.add_routes(health.routes())
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    runner = web.AppRunner(
        app, access_log=None, shutdown_timeout=DRAIN_SECONDS, keepalive_timeout=65
    )
    await runner.setup()
    site = web.TCPSite(runner, settings.http_host, settings.http_port, backlog=1024)
    await site.start()
    health.open = True
    log.info("ready", port=settings.http_port)
    await stopping.wait()
    health.open = False
    log.info("stopping")
    await asyncio.sleep(0.5)  # let a load balancer see that we are not ready
    await runner.cleanup()


async def supervised(work: Callable[[], Coroutine[Any, Any, None]], name: str) -> None:
    """Run work that should never end; if it does, log and begin again."""
    while True:
        try:
            await work()
            return
        except Exception as error:
            log.error("task_died", task=name, error=error)
            await asyncio.sleep(1)


async def cancel(*tasks: asyncio.Task[Any]) -> None:
    """Cancel and await tasks; what they raise while leaving is of no interest any more."""
    for task in tasks:
        task.cancel()
    for task in tasks:
        with suppress(asyncio.CancelledError, Exception):
            await task


def run(main: Coroutine[Any, Any, None]) -> None:
    """Run the process's main coroutine on uvloop."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main)
