"""Named queries: SQL stands in each service's queries.sql, a sentence above each."""

import re
from importlib import resources
from types import SimpleNamespace

HEADING = re.compile(r"^-- name: (\w+)\n", re.MULTILINE)


def named_queries(package: str, file: str = "queries.sql") -> SimpleNamespace:
    """Read the package's queries: each `-- name: x` heading becomes the attribute `x`."""
    text = (resources.files(package) / file).read_text("utf-8")
    _, *parts = HEADING.split(text)
    names, bodies = parts[::2], parts[1::2]
    assert len(set(names)) == len(names), f"{package}: a query name is used twice"  # noqa: S101
    return SimpleNamespace(**{n: b.strip() for n, b in zip(names, bodies, strict=True)})
