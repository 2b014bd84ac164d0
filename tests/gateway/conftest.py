"""A gateway in front of scripted neighbours, and a browser in front of the gateway."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from tests.gateway.neighbours import Script, a_script, gateway_with
from tests.gateway.reading import Browser


@pytest.fixture
def script() -> Script:
    """Louane, Théo, and twenty euros at Coubon."""
    return a_script()


@pytest.fixture
async def browser(script: Script) -> AsyncIterator[Browser]:
    """A visitor."""
    async with (
        gateway_with(script) as server,
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session,
    ):
        yield Browser(server, session)


@pytest.fixture
async def claire(browser: Browser) -> Browser:
    """Claire Dupont, signed in."""
    await browser.sign_in()
    return browser
