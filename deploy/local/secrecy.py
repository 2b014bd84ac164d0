"""Passwords that are drawn once and kept beside the data they protect."""

import json
import os
import secrets
from pathlib import Path


def kept_secret(file: Path, size: int = 24) -> str:
    """The secret in this file: `size` bytes, drawn and written for its owner alone at first."""
    if not file.exists():
        write_secret(file, secrets.token_urlsafe(size))
    return file.read_text().strip()


def write_secret(file: Path, value: str) -> None:
    """Write a file that only its owner reads, whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
        stream.write(value)
    draft.replace(file)


def write_secret_json(file: Path, value: object) -> None:
    """Write a JSON document that only its owner reads."""
    write_secret(file, json.dumps(value))
