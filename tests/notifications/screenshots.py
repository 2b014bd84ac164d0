"""`python -m tests.notifications.screenshots FOLDER`: every letter, as a picture and as text."""

import asyncio
import sys
from pathlib import Path

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import async_playwright

from tests.notifications.specimens import a_household, messages, texts

WIDTHS = (360, 700)
CHROMIUM = {
    "executable_path": "/usr/bin/chromium",
    "args": ["--no-sandbox", "--disable-gpu", "--disable-background-networking",
             "--disable-component-update", "--disable-sync", "--no-first-run"],
}  # fmt: skip


async def main(folder: Path, only: str = "") -> None:
    """Take them all, and say what axe says."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**CHROMIUM)
        for name, message in messages(a_household()).items():
            if only not in name:
                continue
            plain, html = texts(message)
            (folder / f"{name}.txt").write_text(f"{message['Subject']}\n\n{plain}", "utf-8")
            for width in WIDTHS:
                page = await browser.new_page(viewport={"width": width, "height": 400})
                await page.set_content(html)
                await page.screenshot(path=folder / f"{name}-{width}.png", full_page=True)
                found = (await Axe().run(page)).response["violations"]
                told = [f"{v['id']}: {v['nodes'][0]['html'][:140]}" for v in found]
                sys.stdout.write(f"{name} {width}: {told or 'axe ok'}\n")
                await page.close()
        await browser.close()


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    asyncio.run(main(target, *sys.argv[2:3]))
