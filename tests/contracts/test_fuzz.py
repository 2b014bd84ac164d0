"""schemathesis against every service, as everyone who may call it: no 5xx, no surprise."""

import asyncio
import importlib
import sys
from pathlib import Path
from uuid import uuid4

import pytest

from chassis.auth import Caller, Signer
from contracts.operation import OPERATIONS
from docs.catalogue import load_contracts
from tests.accounts.at_work import PRIVATE_KEYS, SIGNS, at_work
from tests.databases import Templates

load_contracts()
SERVICES = ("accounts", "subscriptions", "booking", "payments")
CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,"
    "response_schema_conformance"
)
SECONDS = 60
"""For each service, shared among those who may call it."""
WHO = [
    (service, kind)
    for service in SERVICES
    for kind in sorted(
        {kind for o in OPERATIONS.values() if o.service == service for kind in o.callers}
    )
]


def caller(kind: str) -> Caller:
    """Somebody of this kind, with every role somewhere."""
    household = uuid4() if kind in ("family", "applicant") else None
    return Caller(kind, uuid4(), household)  # type: ignore[arg-type]


@pytest.mark.slow
@pytest.mark.parametrize(("service", "kind"), WHO, ids=[" as ".join(pair) for pair in WHO])
async def test_no_input_makes_a_service_fail_or_break_its_contract(
    templates: Templates, service: str, kind: str
):
    app = importlib.import_module(f"services.{service}.app").SERVICE
    seconds = SECONDS // sum(1 for other, _ in WHO if other == service)
    token = Signer(PRIVATE_KEYS[SIGNS[kind]]).token(caller(kind))  # type: ignore[index]
    async with at_work(templates, app) as running:
        process = await asyncio.create_subprocess_exec(
            str(Path(sys.executable).parent / "schemathesis"), "run",
            f"{running.url}/openapi.json", "--header", f"Authorization: Bearer {token}",
            "--checks", CHECKS, "--seed", "1", "--max-time", str(seconds),
            "--phases", "coverage,fuzzing", "--no-color", "--generation-database", "none",
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()[-4000:]
