"""The whole portal as processes, and a real Chromium in front of it."""

import os
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest
from playwright.async_api import Browser, Page, async_playwright

from deploy.local.demo import MONDAY
from deploy.local.places import LOCAL
from deploy.local.servers import Servers
from deploy.local.stack import Stack
from deploy.local.town_hall import TownHall
from tests.journeys.portal import Portal

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"width": 360, "height": 740}
OpenPage = Callable[..., Awaitable[Page]]


@pytest.fixture(scope="session")
async def portal() -> AsyncIterator[Portal]:
    """Every service, the gateway and the mailbox, on databases and a vhost of their own."""
    servers = Servers(
        os.environ["POSTGRES_URL"], os.environ["AMQP_URL"], os.environ["RABBITMQ_MANAGEMENT_URL"]
    )
    prefix = f"j{secrets.token_hex(3)}_"
    stack = Stack(servers, LOCAL / f"journeys-{prefix.strip('_')}", prefix, MONDAY)
    await stack.start()
    try:
        async with TownHall(stack) as town_hall:
            yield Portal(stack, town_hall)
    finally:
        await stack.remove()


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """One browser for the run; each window has its own cookies."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=FLAGS
        )
        yield browser
        await browser.close()


@pytest.fixture
async def window(portal: Portal, chromium: Browser) -> AsyncIterator[OpenPage]:
    """Opens a window of its own on a phone; errors of its scripts fail the journey."""
    async with AsyncExitStack() as stack:
        errors: list[str] = []

        async def open_window(*, javascript: bool = True, device: str | None = None) -> Page:
            context = await chromium.new_context(
                base_url=portal.address, java_script_enabled=javascript, viewport=PHONE,
                locale="fr-FR", reduced_motion="reduce", user_agent=device,
            )  # fmt: skip
            stack.push_async_callback(context.close)
            page = await context.new_page()
            page.set_default_timeout(15_000)
            page.on("pageerror", lambda error: errors.append(str(error)))
            page.on("console", lambda said: _note(errors, said.text))
            return page

        yield open_window
        assert errors == []


def _note(errors: list[str], said: str) -> None:
    if "Content Security Policy" in said or "Content-Security-Policy" in said:
        errors.append(said)
