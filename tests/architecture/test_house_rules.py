"""The house rules hold, and each is seen to find what it forbids."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.architecture import rules

ROOT = Path(__file__).parents[2]
LONG_FUNCTION = "def long():\n    " + "\n    ".join(f"x{n} = {n}" for n in range(40)) + "\n"
OF_THE_TREE = [
    rules.files_say_what_they_hold,
    rules.services_have_only_the_declared_rooms,
    rules.files_and_functions_fit,
    rules.public_things_open_with_a_sentence,
    rules.queries_are_named_and_used,
    rules.queries_open_with_a_sentence,
    rules.no_query_reads_a_bare_clock,
    rules.only_the_chassis_knows_the_broker,
    rules.tests_are_sentences_that_can_fail,
]
OF_THE_COMMIT = [
    rules.nothing_of_this_machine_is_committed,
    rules.named_documents_exist,
    rules.named_tests_exist,
]


def committed() -> list[str]:
    """What git tracks or would track."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


@pytest.mark.parametrize("rule", OF_THE_TREE, ids=lambda rule: rule.__name__)
def test_the_tree_keeps_the_house_rules(rule: Callable[[Path], list[str]]):
    assert rule(ROOT) == []


@pytest.mark.parametrize("rule", OF_THE_COMMIT, ids=lambda rule: rule.__name__)
def test_what_is_committed_keeps_the_house_rules(rule: Callable[[Path, list[str]], list[str]]):
    assert rule(ROOT, committed()) == []


def _sql(text: str) -> dict[str, str]:
    return {
        "services/booking/__main__.py": '"""Start."""\n',
        "services/booking/store.py": '"""Rows."""\nRUN = SQL.run\n',
        "services/booking/queries.sql": text,
    }


GOOD_SQL = "-- name: run\n-- Runs once.\nselect app_now()\n"
PLANTED = [
    (rules.files_say_what_they_hold, {"chassis/utils.py": ""}, "chassis/utils.py"),
    (rules.files_say_what_they_hold, {"gateway/common/x.py": ""}, "gateway/common/x.py"),
    (
        rules.services_have_only_the_declared_rooms,
        {"services/booking/__main__.py": "", "services/booking/notes.txt": ""},
        "services/booking/notes.txt",
    ),
    (
        rules.services_have_only_the_declared_rooms,
        {"services/booking/__main__.py": "", "services/booking/pricing.py": ""},
        "services/booking/pricing.py",
    ),
    (rules.files_and_functions_fit, {"contracts/long.py": "\n" * 401}, "401 lines"),
    (rules.files_and_functions_fit, {"tests/test_long.py": LONG_FUNCTION}, "long has 41 lines"),
    (rules.public_things_open_with_a_sentence, {"chassis/x.py": "x = 1\n"}, "the module"),
    (
        rules.public_things_open_with_a_sentence,
        {"chassis/x.py": '"""A room."""\nclass Door:\n    """A door."""\n    def open(self): 1\n'},
        "Door.open",
    ),
    (
        rules.queries_are_named_and_used,
        _sql(GOOD_SQL + GOOD_SQL.replace("run", "walk")),
        "walk is not used",
    ),
    (rules.queries_are_named_and_used, _sql(""), "run is missing"),
    (rules.queries_open_with_a_sentence, _sql("-- name: run\nselect 1\n"), "run says nothing"),
    (rules.no_query_reads_a_bare_clock, _sql(GOOD_SQL.replace("app_now", "now")), "line 3"),
    (rules.no_query_reads_a_bare_clock, _sql("select current_date\n"), "line 1"),
    (rules.no_query_reads_a_bare_clock, _sql("where until > clock_timestamp()\n"), "line 1"),
    (
        rules.only_the_chassis_knows_the_broker,
        {"gateway/x.py": "import aio_pika.abc\n"},
        "aio_pika",
    ),
    (
        rules.tests_are_sentences_that_can_fail,
        {"tests/test_x.py": "def test_nothing_is_ever_wrong_here():\n    print(1)\n"},
        "asserts nothing",
    ),
    (
        rules.tests_are_sentences_that_can_fail,
        {"tests/test_x.py": "def test_orders():\n    assert 1\n"},
        "no sentence",
    ),
]


def plant(root: Path, files: dict[str, str]) -> None:
    """Write a small tree."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


@pytest.mark.parametrize(("rule", "files", "found"), PLANTED)
def test_a_planted_violation_is_found(
    tmp_path: Path, rule: Callable[[Path], list[str]], files: dict[str, str], found: str
):
    plant(tmp_path, files)
    violations = rule(tmp_path)
    assert len(violations) == 1
    assert found in violations[0]


@pytest.mark.parametrize("rule", OF_THE_TREE, ids=lambda rule: rule.__name__)
def test_each_rule_of_the_tree_has_a_planted_violation(rule: Callable[[Path], list[str]]):
    assert rule in {planted for planted, _, _ in PLANTED}


def test_queries_in_order_break_no_rule(tmp_path: Path):
    noting = GOOD_SQL + "-- name: note\n-- Notes it.\nupdate a set done = clock_timestamp()\n"
    plant(tmp_path, _sql(noting) | {"services/booking/reads.py": "NOTE = SQL.note\n"})
    assert rules.queries_are_named_and_used(tmp_path) == []
    assert rules.queries_open_with_a_sentence(tmp_path) == []
    assert rules.no_query_reads_a_bare_clock(tmp_path) == []


@pytest.mark.parametrize(
    "line",
    [
        "path = '/ho" + "me/someone/project'",
        "see /ro" + "ot/notes.md",
        "PIP_INDEX_URL=ht" + "tps://packages.example.org/simple",
        "curl ht" + "tps://registry.example.org/x",
    ],
)
def test_what_holds_on_one_machine_only_is_found(tmp_path: Path, line: str):
    plant(tmp_path, {"notes.md": f"good\n{line}\n"})
    violations = rules.nothing_of_this_machine_is_committed(tmp_path, ["notes.md"])
    assert violations == ["notes.md: line 2 holds only on one machine"]


def test_a_page_that_is_named_and_not_there_is_found(tmp_path: Path):
    plant(
        tmp_path,
        {"x.py": "# see do" + "cs/absent.md and do" + "cs/here.md\n", "docs/" + "here.md": ""},
    )
    assert len(rules.named_documents_exist(tmp_path, ["x.py"])) == 1


def test_a_test_that_is_named_and_not_there_is_found(tmp_path: Path):
    there = {"tests/test_x.py": "def test_there_is_one(): ...\n"}
    plant(tmp_path, there | {"x.md": "`test_there_is_one` and `test_there_is_no_other`\n"})
    assert len(rules.named_tests_exist(tmp_path, ["x.md"])) == 1


def test_the_licence_is_the_agpl_and_every_declaration_says_so():
    assert "GNU AFFERO GENERAL PUBLIC LICENSE" in (ROOT / "LICENSE").read_text("utf-8")[:200]
    assert 'text = "AGPL-3.0-or-later"' in (ROOT / "pyproject.toml").read_text("utf-8")
    assert "license: AGPL-3.0-or-later" in (ROOT / "publiccode.yml").read_text("utf-8")
