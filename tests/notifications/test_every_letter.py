"""Every letter, in both formats, whatever people call themselves; and as a browser shows it."""

import re
from html.parser import HTMLParser
from typing import get_args

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import async_playwright

from contracts.accounts import Kind
from services.notifications.domain.contents import plain
from services.notifications.domain.emails import Template
from tests.notifications.screenshots import CHROMIUM
from tests.notifications.specimens import PORTAL, SECRET, a_household, messages, texts

HOSTILE = {
    "markup": "<script>alert(1)</script>",
    "rtl": "\u202eمحمد \u2066evil\u2069",
    "emoji": "👩‍👧‍👦 Zoé 🍽️",
    "long": "X" * 100,
    "quotes": "\"><img src=x onerror='alert(1)'>&amp;",
    "template": "{{ 7 * 7 }}{% include 'letter.txt' %}",
    "link": "Gagnez http://evil.example/a ou www.evil.example ou a@evil.example",
    "lines": "Zoé\r\nBcc: x\n\nAppelez le 0899\x07",
}
LONG = a_household("X" * 100, ("Y" * 100, "محمد" * 25))


class Words(HTMLParser):
    """The visible words of a page, and its tags."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words, self.tags = "", set[str]()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        assert not [name for name, _ in attrs if name.startswith("on")]

    def handle_data(self, data: str) -> None:
        self.words += data


def test_there_is_a_specimen_of_every_letter() -> None:
    kinds = {name.split("-")[0] for name in messages(a_household())}
    assert kinds == {*get_args(Template), *get_args(Kind)} - {"letter"}


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_whatever_people_call_themselves_is_text(name: str) -> None:
    household = a_household(name, (name, name))
    told = messages(household, first_name=name, inviter=name)
    for letter, message in told.items():
        text, html = texts(message)
        page = Words(html)
        assert page.tags <= {
            "html", "head", "meta", "title", "style", "body", "header", "main", "footer", "h1",
            "h2", "p", "div", "ul", "li", "strong", "span", "bdi", "br", "a", "table", "caption",
            "thead", "tbody", "tr", "th", "td",
        }, letter  # fmt: skip
        assert plain(name) in text, letter
        assert plain(name) in page.words, letter
        head = "\n".join(f"{key}: {value}" for key, value in message.items())
        assert plain(name) not in head, letter
        assert name not in head, letter


def test_a_name_keeps_its_letters_and_loses_what_names_do_not_have() -> None:
    for kept in ("Zoé", "Jean-Pierre", "O’Neill", "محمد", "<script>alert(1)</script>", "👩‍👧‍👦"):
        assert plain(kept) == kept
    assert plain("\u202eevil\u2069") == "evil"
    assert plain(" Zoé\r\n Marie\x00 ") == "Zoé Marie"
    link = plain(HOSTILE["link"])
    assert not re.search(r"http://\S|www\.\S|\S@\S|\w\.\w", link)


def test_texts_are_whole_and_pages_fetch_nothing() -> None:
    for letter, message in messages(a_household()).items():
        text, html = texts(message)
        assert "\n\n\n" not in text, letter
        assert "{" not in text + Words(html).words, letter
        assert "'" not in text, f"{letter}: the typographic apostrophe is wanted"
        assert max(map(len, text.splitlines())) <= 100, letter
        assert not re.search(r"src=|url\(|@import|<link", html), letter
        links = set(re.findall(r'href="([^"]*)"', html))
        assert links == set(re.findall(r"https?://\S+", text)), letter
        assert all(link.startswith(f"{PORTAL}/") for link in links), letter
        subject = str(message["Subject"])
        for name in ("Camille", "Dupont", "Théo", "Louane", SECRET):
            assert name not in subject, letter


def test_letters_wear_the_colours_of_the_portal() -> None:
    for message in messages(a_household()).values():
        colours = set(re.findall(r"#[0-9a-f]{6}", texts(message)[1]))
        assert {"#1c5747", "#f5c63c", "#f6f5ee", "#1b2925"} <= colours
        assert "#0b4f9e" not in colours


@pytest.mark.browser
@pytest.mark.parametrize("names", ["plain", "long"])
async def test_every_page_is_accessible_and_fits_a_small_phone(names: str) -> None:
    told = (
        messages(a_household())
        if names == "plain"
        else messages(LONG, first_name="Z" * 100, inviter="Z" * 200)
    )
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**CHROMIUM)
        page = await browser.new_page(viewport={"width": 320, "height": 600})
        for letter, message in told.items():
            await page.set_content(texts(message)[1])
            assert await page.evaluate("document.documentElement.scrollWidth") <= 320, letter
            found = (await Axe().run(page)).response["violations"]
            assert [v["id"] for v in found if v["impact"] in ("serious", "critical")] == [], letter
        await browser.close()
