"""Migrations: dbmate applies the chassis's and the service's own, as the owner role."""

import os
import subprocess
import sys
from importlib import resources
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from chassis.config import Settings


class OwnerSettings(Settings):
    """The address that may change tables; only the migration job has it."""

    token_public_keys: str = ""
    database_owner_url: str


def directories(package: str) -> list[Path]:
    """Where the migrations of a service stand: the chassis's, then its own."""
    return [Path(str(resources.files(p) / "migrations")) for p in ("chassis", package)]


def migrate(package: str, owner_url: str) -> None:
    """Bring the database up to date; several at once are safe, one applies and the rest wait."""
    parts = urlsplit(owner_url)
    query = dict(parse_qsl(parts.query)) | {
        "sslmode": dict(parse_qsl(parts.query)).get("sslmode", "disable")
    }
    url = urlunsplit(parts._replace(scheme="postgres", query=urlencode(query)))
    command = [str(Path(sys.executable).parent / "dbmate"), "--no-dump-schema", "--migration-lock"]
    for directory in directories(package):
        command += ["--migrations-dir", str(directory)]
    done = subprocess.run(  # noqa: S603
        [*command, "migrate"], env=os.environ | {"DATABASE_URL": url},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        sys.exit(f"Les migrations de {package} ont échoué :\n{done.stdout}{done.stderr}")
