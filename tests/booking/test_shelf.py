"""The shelf of règlements forgets what nobody asks for, never what is being asked for."""

import pytest

from services.booking.domain import shelf as module
from services.booking.domain.shelf import Shelf
from tests.town import CANTEEN, a_regulation


def document(version: int) -> dict:
    return a_regulation(version=version).model_dump(mode="json")


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch) -> Shelf:
    monkeypatch.setattr(module, "KEPT_MAX", 3)
    return Shelf()


def test_a_full_shelf_keeps_what_is_asked_for_together_with_something_new(shelf: Shelf):
    shelf.put(document(version) for version in (1, 2, 3, 4))
    wanted = [(CANTEEN, 2), (CANTEEN, 5)]
    assert shelf.missing(wanted) == [(CANTEEN, 5)]
    shelf.put([document(5)])
    assert [shelf[key].version for key in wanted] == [2, 5]


def test_the_shelf_keeps_so_many_and_no_more(shelf: Shelf):
    for version in range(1, 10):
        shelf.put([document(version)])
    assert sorted(version for _, version in shelf) == [7, 8, 9]
    assert shelf.missing([(CANTEEN, 1)]) == [(CANTEEN, 1)]
