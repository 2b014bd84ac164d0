"""A console in front of scripted neighbours, and an agent's browser in front of the console."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import aiohttp
import pytest

from tests.gateway.reading import Browser, Page
from tests.subscriptions.console.neighbours import CODE, PASSWORD, Script, a_script, console_with

SIGN_IN = "/console/connexion"


async def sign_in(browser: Browser, **changed: str) -> Page:
    """Become Nadia."""
    form = await browser.get(SIGN_IN)
    typed = {"email": "nadia@mairie.example.fr", "password": PASSWORD, "code": CODE} | changed
    return await browser.send(form, SIGN_IN, **typed)


Enter = Callable[[Script], Awaitable[Browser]]


@pytest.fixture
async def visit() -> AsyncIterator[Enter]:
    """A visitor of a console with this script."""
    async with AsyncExitStack() as stack:

        async def come(script: Script) -> Browser:
            server = await stack.enter_async_context(console_with(script))
            session = await stack.enter_async_context(
                aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
            )
            return Browser(server, session)

        yield come


@pytest.fixture
def script() -> Script:
    """Nadia administers Coubon."""
    return a_script("administrator")


@pytest.fixture
async def browser(visit: Enter, script: Script) -> Browser:
    """Nobody yet."""
    return await visit(script)


@pytest.fixture
async def nadia(browser: Browser) -> Browser:
    """Nadia, signed in."""
    await sign_in(browser)
    return browser
