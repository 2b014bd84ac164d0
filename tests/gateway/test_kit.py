"""The kit keeps its promises: contrast, weight, names by content, French as it is written."""

import base64
import hashlib
import re
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from chassis.ui import french
from contracts.booking import PriceChanged
from gateway.app import make_kit
from tests.gateway.reading import Browser

KIT = Path(french.__file__).parent
STYLE = (KIT / "static/style.css").read_text("utf-8")
PAIRS = [
    ("ink", "paper"), ("ink", "card"), ("soft", "paper"), ("soft", "card"), ("link", "paper"),
    ("link", "card"), ("link", "wash"), ("ink", "wash"), ("ink", "butter-wash"),
    ("soft", "butter-wash"), ("chalk", "board"), ("chalk", "board-deep"), ("on-butter", "butter"),
    ("stop", "stop-wash"), ("stop", "card"), ("stop", "wash"), ("ink", "stop-wash"),
    ("info", "info-wash"), ("ink", "info-wash"),
]  # fmt: skip
"""Text and the ground it stands on."""


def tokens(*, dark: bool) -> dict[str, str]:
    """The colours of a scheme."""
    light, _, after = STYLE.partition("@media (prefers-color-scheme: dark)")
    found = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", light))
    if dark:
        found |= re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", after.partition("@layer page")[0])
    return found


def luminance(colour: str) -> float:
    """Relative luminance, as WCAG 2 defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, from 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("pair", PAIRS, ids="-on-".join)
def test_text_stands_out_from_its_ground(pair: tuple[str, str], dark: bool) -> None:
    colours = tokens(dark=dark)
    assert contrast(colours[pair[0]], colours[pair[1]]) >= 4.5


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_edges_of_fields_can_be_seen(dark: bool) -> None:
    colours = tokens(dark=dark)
    assert contrast(colours["edge"], colours["card"]) >= 3


def test_styles_and_scripts_stay_light() -> None:
    assets = make_kit().assets
    htmx = (KIT / "static/vendor/htmx.js").stat().st_size
    assert assets.total(".css") < 26_000
    assert assets.total(".js") - htmx < 6_000


def test_htmx_is_the_published_file() -> None:
    content = (KIT / "static/vendor/htmx.js").read_bytes()
    digest = base64.b64encode(hashlib.sha512(content).digest()).decode()
    assert digest in (KIT / "static/vendor/VENDOR.md").read_text("utf-8")


async def test_static_files_are_kept_for_ever_under_a_name_made_of_their_content(
    browser: Browser,
) -> None:
    url = make_kit().assets.url("style.css")
    assert re.fullmatch(r"/static/style\.[0-9a-f]{10}\.css", url)
    page = await browser.get(url)
    assert page.status == 200
    assert page.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert page.headers["Content-Encoding"] == "gzip"
    assert page.headers["Content-Type"] == "text/css; charset=utf-8"
    assert (await browser.get("/static/style.css")).status == 404


def test_no_word_of_the_trade_stands_in_the_kit() -> None:
    words = re.compile(r"cantine|repas|meal|child|enfant|panier|cart|régie|booking", re.I)
    for path in [*KIT.rglob("*.html"), *KIT.glob("static/*.*"), *KIT.glob("*.py")]:
        assert not words.search(path.read_text("utf-8")), path


def test_amounts_days_and_instants_are_written_as_people_do() -> None:
    assert french.money(380) == "3,80\xa0€"
    assert french.money(123456) == "1\u202f234,56\xa0€"
    assert french.day(date(2026, 12, 3)) == "jeudi 3\xa0décembre 2026"
    assert french.day(date(2026, 12, 1)) == "mardi 1er\xa0décembre 2026"
    assert french.day(date(2026, 12, 11)) == "vendredi 11\xa0décembre 2026"
    assert french.of_month(date(2027, 4, 1)) == "d’avril 2027"
    assert french.span(date(2026, 12, 1), date(2026, 12, 4)) == "du 1er au 4\xa0décembre"
    assert french.span(date(2026, 12, 28), date(2027, 1, 2)) == "du 28\xa0décembre au 2\xa0janvier"
    assert french.listing(["Louane", "Théo", "Zoé"]) == "Louane, Théo et Zoé"
    assert french.count(4, "produit") == "4\xa0produits"
    assert french.count(1, "mois") == "1\xa0mois"


def test_an_instant_is_told_by_the_clocks_of_its_place() -> None:
    instant = datetime(2026, 11, 26, 9, tzinfo=UTC).astimezone(ZoneInfo("Europe/Paris"))
    assert french.instant(instant).replace("\xa0", " ") == "jeudi 26 novembre à 10 h 00"
    reunion = french.instant(instant.astimezone(ZoneInfo("Indian/Reunion")))
    assert reunion.replace("\xa0", " ") == "jeudi 26 novembre à 13 h 00"


def test_a_refusal_becomes_its_sentence() -> None:
    refusal = PriceChanged(cart_version=2, cents=10, shown_cents=20)
    assert french.sentence(refusal).endswith("Rien n’a été débité.")
    assert french.spaced("Vraiment ? « oui » : non !") == (
        "Vraiment\xa0? «\xa0oui\xa0»\xa0: non\xa0!"
    )
