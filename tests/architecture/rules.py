"""The house rules that no linter knows, each a function from a tree of files to what breaks it.

A rule takes the root of a tree, so that a test can show it a planted violation; it returns one
line for each violation, and nothing when the tree is in order.
"""

import ast
import re
from collections.abc import Container, Iterator
from pathlib import Path

PRODUCT = ("contracts", "chassis", "services", "gateway", "deploy", "docs")
BANNED_NAMES = {
    "utils", "util", "helpers", "helper", "common", "misc", "core", "base", "manager", "managers",
    "models", "shared", "lib", "tools", "stuff",
}  # fmt: skip
ROOMS = {
    "__init__", "__main__", "app", "api", "consumers", "timers", "commands", "reads", "store",
    "clients", "domain", "config", "console",
}  # fmt: skip
FURNITURE = {"queries.sql", "migrations", "templates", "static", "README.md"}
LINES_OF_FILE_MAX = 400
LINES_OF_FUNCTION_MAX = 40
Function = ast.FunctionDef | ast.AsyncFunctionDef


def python_files(root: Path, *parts: str) -> Iterator[Path]:
    """The Python files of some parts of the tree, in order."""
    for part in parts or PRODUCT:
        yield from sorted((root / part).rglob("*.py"))


def services(root: Path) -> Iterator[Path]:
    """The folders of the services."""
    yield from sorted(path.parent for path in (root / "services").glob("*/__main__.py"))


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def _at(root: Path, path: Path, what: str) -> str:
    return f"{path.relative_to(root)}: {what}"


def files_say_what_they_hold(root: Path) -> list[str]:
    """No file or folder has a name that could hold anything."""
    return [
        _at(root, path, "a name that could hold anything")
        for path in python_files(root)
        if BANNED_NAMES & {path.stem, *path.relative_to(root).parts[:-1]}
    ]


def services_have_only_the_declared_rooms(root: Path) -> list[str]:
    """A service's folder holds rooms and their furniture; import-linter sees to the doors."""
    return [
        _at(root, path, "not a room of a service")
        for service in services(root)
        for path in sorted(service.iterdir())
        if path.name not in FURNITURE
        and path.name != "__pycache__"
        and not ((path.suffix == ".py" or path.is_dir()) and path.stem in ROOMS)
    ]


def files_and_functions_fit(root: Path) -> list[str]:
    """A file has at most 400 lines, a function 40 (functions inside it apart), tests too."""
    found = []
    for path in python_files(root, *PRODUCT, "tests"):
        lines = len(path.read_text("utf-8").splitlines())
        if lines > LINES_OF_FILE_MAX:
            found.append(_at(root, path, f"{lines} lines"))
        for node in ast.walk(_tree(path)):
            if isinstance(node, Function):
                lines = _own_lines(node)
                if lines > LINES_OF_FUNCTION_MAX:
                    found.append(_at(root, path, f"{node.name} has {lines} lines"))
    return found


def _lines(node: ast.stmt) -> int:
    return (node.end_lineno or 0) - node.lineno + 1


def _own_lines(function: Function) -> int:
    return _lines(function) - sum(
        _lines(inner) for inner in function.body if isinstance(inner, Function)
    )


def public_things_open_with_a_sentence(root: Path) -> list[str]:
    """Every module, public class, function and method says in a sentence what it means."""
    found = []
    for path in python_files(root):
        module = _tree(path)
        for name, node in [("the module", module), *_public(module.body)]:
            sentence = (ast.get_docstring(node) or "").partition("\n\n")[0].rstrip()
            if not sentence.endswith((".", "?", "!", ":", "»")):
                found.append(_at(root, path, f"{name} says nothing of itself"))
    return found


def _public(
    body: list[ast.stmt], prefix: str = ""
) -> Iterator[tuple[str, Function | ast.ClassDef]]:
    for node in body:
        inherits = isinstance(node, ast.ClassDef) and node.name == "Details"
        if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_"):
            if not inherits:
                yield prefix + node.name, node
            if isinstance(node, ast.ClassDef):
                yield from _public(node.body, f"{node.name}.")


# -- SQL --------------------------------------------------------------------------------------

QUERY = re.compile(r"^-- name: (\w+)\n(.*\n)", re.MULTILINE)
BARE_CLOCK = re.compile(
    r"\b(?<!app_)now\s*\(\)|\bcurrent_(timestamp|date|time)\b|\blocaltime(stamp)?\b|'now'", re.I
)
DECIDING_CLOCK = re.compile(r"[<>]=?\s*clock_timestamp|clock_timestamp\(\)\s*[-+<>]", re.I)


def queries_are_named_and_used(root: Path) -> list[str]:
    """Every named query is used, and every use has a query, service by service."""
    found = []
    for service in services(root):
        text = _text(service / "queries.sql")
        named = {match[1] for match in QUERY.finditer(text)}
        used = {
            node.attr
            for path in service.rglob("*.py")
            for node in ast.walk(_tree(path))
            if isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id == "SQL"
        }
        found += [_at(root, service, f"query {name} is not used") for name in sorted(named - used)]
        found += [_at(root, service, f"query {name} is missing") for name in sorted(used - named)]
    return found


def queries_open_with_a_sentence(root: Path) -> list[str]:
    """A comment of one sentence stands between a query's name and its SQL."""
    found = []
    for path in sorted((root / "services").glob("*/queries.sql")):
        for match in QUERY.finditer(path.read_text("utf-8")):
            comment = match[2].strip()
            if not (comment.startswith("-- ") and comment.endswith(".")):
                said = f"{match[1]} says nothing of itself"
                found.append(_at(root, path, said))
    return found


def no_query_reads_a_bare_clock(root: Path) -> list[str]:
    """What decides asks `app_now()`; `clock_timestamp()` may only note when something was done."""
    found = []
    for path in sorted((root / "services").glob("*/queries.sql")):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
            code = line.partition("--")[0]
            if BARE_CLOCK.search(code) or DECIDING_CLOCK.search(code):
                found.append(_at(root, path, f"line {number} reads a clock that cannot be set"))
    return found


def _text(path: Path) -> str:
    return path.read_text("utf-8") if path.exists() else ""


# -- boundaries -------------------------------------------------------------------------------


def only_the_chassis_knows_the_broker(root: Path) -> list[str]:
    """`aio_pika` and `aiormq` are imported by the chassis alone."""
    parts = tuple(part for part in PRODUCT if part != "chassis")
    return [
        _at(root, path, f"imports {name}")
        for path in python_files(root, *parts)
        for name in sorted(_imported(_tree(path)))
        if name.partition(".")[0] in ("aio_pika", "aiormq")
    ]


def _imported(module: ast.Module) -> set[str]:
    names = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return names


# A path of somebody's machine, an option that says where packages come from, a registry.
HERE_ONLY = re.compile(
    r"(?<![\w.:/-])/(?:work|root|home/\w+|Users/\w+|mnt|opt/venv)/[\w.-]+"
    r"|(?:index|find-links|proxy)[\w-]*\s*=\s*[\"']?https?://"
    r"|https?://[\w.@:-]*(?:pypi|pythonhosted|npmjs|artifactory|nexus|registry|mirror)[\w.:-]*",
    re.I,
)


def nothing_of_this_machine_is_committed(root: Path, files: list[str]) -> list[str]:
    """No absolute path of a machine and no address of a package registry in a tracked file."""
    found = []
    for name in files:
        path = root / name
        if path.suffix in (".png", ".ico", ".woff2", ".pdf") or not path.is_file():
            continue
        for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), start=1):
            if HERE_ONLY.search(line):
                found.append(_at(root, path, f"line {number} holds only on one machine"))
    return found


DOCUMENT = re.compile(r"docs/[\w/.-]+\.md|docs/[\w/-]+/")


def named_documents_exist(root: Path, files: list[str]) -> list[str]:
    """A page of docs/ that code or prose points to is there."""
    found = []
    for name in files:
        path = root / name
        if path.suffix in (".py", ".md", ".yml", ".yaml", ".toml") and path.is_file():
            pages = sorted(set(DOCUMENT.findall(path.read_text("utf-8"))))
            missing = [page for page in pages if not (root / page).exists()]
            found += [_at(root, path, f"points to {page}, which is not there") for page in missing]
    return found


NAMED_TEST = re.compile(r"`(test_[a-z0-9_]+)`")


def named_tests_exist(root: Path, files: list[str]) -> list[str]:
    """A test that a page calls as its proof is there."""
    tests = {
        node.name
        for path in python_files(root, "tests")
        for node in ast.walk(_tree(path))
        if isinstance(node, Function)
    }
    return [
        _at(root, root / name, f"calls {test}, which is not there")
        for name in files
        if name.endswith(".md")
        for test in sorted(set(NAMED_TEST.findall((root / name).read_text("utf-8"))) - tests)
    ]


# -- tests ------------------------------------------------------------------------------------

WORDS_OF_A_SENTENCE_MIN = 4


def tests_are_sentences_that_can_fail(root: Path) -> list[str]:
    """A test's name reads as a sentence; it asserts, expects an error, or has a check do so."""
    found = []
    for path in python_files(root, "tests"):
        functions = [node for node in ast.walk(_tree(path)) if isinstance(node, Function)]
        checks = {f.name for f in functions if any(_may_fail(inner) for inner in ast.walk(f))}
        for node in functions:
            if node.name.startswith("test_"):
                if len(node.name.removeprefix("test_").split("_")) < WORDS_OF_A_SENTENCE_MIN:
                    found.append(_at(root, path, f"{node.name} is no sentence"))
                if not any(_may_fail(inner, checks) for inner in ast.walk(node)):
                    found.append(_at(root, path, f"{node.name} asserts nothing"))
    return found


def _may_fail(node: ast.AST, checks: Container[str] = ()) -> bool:
    if isinstance(node, ast.Assert):
        return True
    if not isinstance(node, ast.Call):
        return False
    called = (
        node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    )
    return (
        called in ("raises", "fail")
        or called in checks
        or called.startswith(("assert", "expect", "validate"))
    )
