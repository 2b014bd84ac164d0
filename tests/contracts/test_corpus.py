"""Events that were told once must be read for ever, and keep the id that they were told with.

Each file under `corpus/<event name>/` is a body as some version wrote it; it is never edited.
`ids.json` holds the id of what we understand of it. A new kind of body is a new file, with
a new line in `ids.json`.
"""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from contracts.event import EVENTS
from docs.catalogue import load_contracts

load_contracts()
CORPUS = Path(__file__).parent / "corpus"
SCHEMAS = Path(__file__).parents[2] / "docs" / "events"
IDS = json.loads((CORPUS / "ids.json").read_text("utf-8"))
BODIES = sorted(path.relative_to(CORPUS).with_suffix("").as_posix() for path in CORPUS.glob("*/*"))


def read(case: str) -> tuple[str, str]:
    return case.partition("/")[0], (CORPUS / f"{case}.json").read_text("utf-8")


@pytest.mark.parametrize("case", BODIES)
def test_a_body_of_the_past_is_understood_and_keeps_its_id(case: str):
    name, body = read(case)
    event = EVENTS[name].parse(body)
    assert str(event.id_of(event.body())) == IDS[case]


@pytest.mark.parametrize("case", BODIES)
def test_nothing_that_was_told_is_lost_but_what_a_later_writer_added(case: str):
    name, body = read(case)
    told_again = json.loads(EVENTS[name].parse(body).body())
    added = list(unknown_to(told_again, json.loads(body)))
    assert bool(added) == ("later_writer" in case), added


def unknown_to(known: object, told: object) -> list[str]:
    """The paths of `told` that are missing or different in `known`."""
    if isinstance(known, dict) and isinstance(told, dict):
        added = [key for key in told if key not in known]
        return added + [
            p for key in told if key in known for p in unknown_to(known[key], told[key])
        ]
    if isinstance(known, list) and isinstance(told, list) and len(known) == len(told):
        return [p for pair in zip(known, told, strict=True) for p in unknown_to(*pair)]
    same = known == told or f"{told}:00" == known  # a time told without its seconds
    return [] if same else [f"{told!r} became {known!r}"]


@pytest.mark.parametrize("case", BODIES)
def test_a_body_of_the_past_satisfies_the_schema_of_today(case: str):
    name, body = read(case)
    schema = json.loads((SCHEMAS / f"{name}.json").read_text("utf-8"))
    event = EVENTS[name].parse(body)
    Draft202012Validator(schema).validate(json.loads(event.body()))


def test_every_event_has_at_least_two_bodies_one_of_a_later_writer():
    for name in EVENTS:
        cases = {path.stem for path in (CORPUS / name).glob("*.json")}
        assert len(cases) >= 2, name
        assert "from_a_later_writer" in cases, name


def test_every_body_has_its_id_and_every_id_its_body():
    assert sorted(IDS) == BODIES


def test_a_different_body_has_a_different_id():
    understood = {(name, EVENTS[name].parse(body)) for name, body in map(read, BODIES)}
    assert len(set(IDS.values())) == len(understood)
