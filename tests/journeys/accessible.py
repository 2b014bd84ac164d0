"""What axe says of the page that a journey has come to."""

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page


async def assert_accessible(page: Page) -> None:
    """Nothing serious or critical stands in anybody's way, and nothing sticks out sideways."""
    found = (await Axe().run(page)).response["violations"]
    told = [
        f"{violation['id']}: {node['html']}"
        for violation in found
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]
    assert told == [], f"{page.url}: {told}"
    width = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert width <= 0, f"{page.url} is {width} pixels too wide"
