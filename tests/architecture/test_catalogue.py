"""The generated pages say what the code says."""

from pathlib import Path

import pytest

from docs import catalogue

DOCS = Path(catalogue.__file__).parent
PAGES = catalogue.pages()


@pytest.mark.parametrize("page", PAGES)
def test_a_generated_page_is_current(page: str):
    assert (DOCS / page).read_text("utf-8") == PAGES[page], "run `make catalogue`"


def test_no_schema_is_left_of_an_event_that_is_gone():
    written = {f"events/{path.name}" for path in (DOCS / "events").iterdir()}
    assert written == {page for page in PAGES if page.startswith("events/")}


def test_writing_makes_every_page_and_takes_away_the_stale(tmp_path: Path):
    (tmp_path / "events").mkdir()
    (tmp_path / "events" / "booking.gone.v1.json").write_text("{}")
    catalogue.write(tmp_path)
    written = {p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file()}
    assert written == set(PAGES)


def test_the_page_of_events_names_every_reader():
    row = next(
        line for line in PAGES["events.md"].splitlines() if "`booking.order_held.v1`" in line
    )
    assert row.endswith("| booking | payments |")
