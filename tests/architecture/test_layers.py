"""import-linter's contracts hold, and each is seen to be broken by what it forbids."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("deploy", "gateway", "services", "chassis", "contracts")
TOOLS = "Tools stand on services and gateway, those on the chassis, the chassis on the contracts"
ROOMS = "Every service has the same rooms, and doors open inwards"
APART = "Services know each other only by contract"
DOMAIN = "The domain touches no wire, no disk, no clock"
PLAIN = "Contracts are plain pydantic"
STATE = "Only commands change stored state"
OUTSIDE = "Nobody inside a transaction calls the outside world"
TELL = "Only commands tell the world an event"
BROKER = "The broker is the chassis's business"
PLANTED = {
    "a contract uses the chassis": (TOOLS, "contracts/values.py", "import chassis.log"),
    "the gateway uses a service": (TOOLS, "gateway/app.py", "import services.booking.reads"),
    "a service uses another": (
        APART, "services/booking/reads.py", "import services.payments.reads"
    ),
    "a file stands outside the rooms": (ROOMS, "services/booking/pricing.py", '"""Prices."""'),
    "the domain uses the store": (
        ROOMS, "services/booking/domain/orders.py", "import services.booking.store"
    ),
    "one door uses another": (
        ROOMS, "services/booking/consumers.py", "import services.booking.api"
    ),
    "the domain speaks SQL": (DOMAIN, "services/payments/domain.py", "import asyncpg"),
    "the domain uses the chassis": (
        DOMAIN, "services/booking/domain/rules.py", "import chassis.database"
    ),
    "a contract speaks HTTP": (PLAIN, "contracts/booking.py", "import aiohttp"),
    "a door writes rows": (STATE, "services/booking/api.py", "import services.booking.store"),
    "a command sends e-mail": (
        OUTSIDE, "services/notifications/commands.py", "import services.notifications.clients.smtp"
    ),
    "a door tells an event": (TELL, "services/booking/consumers.py", "import chassis.outbox"),
    "a service speaks to the broker": (BROKER, "services/payments/store.py", "import aio_pika"),
    "the gateway speaks to the broker": (BROKER, "gateway/app.py", "import aio_pika"),
}  # fmt: skip


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the packages and of import-linter's contracts."""
    root = tmp_path_factory.mktemp("layers")
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package, root / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    shutil.copy(ROOT / "pyproject.toml", root)
    return root


def lint(root: Path) -> str:
    """What import-linter says of a tree, on one line."""
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache", "--no-logo"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    return " ".join((done.stdout + done.stderr).split())


def test_the_tree_keeps_every_contract(copied: Path):
    said = lint(copied)
    assert "0 broken" in said, said
    assert said.count(" KEPT") == len({contract for contract, _, _ in PLANTED.values()})


@pytest.mark.parametrize("case", PLANTED)
def test_a_planted_import_breaks_its_contract(copied: Path, case: str):
    contract, name, line = PLANTED[case]
    path = copied / name
    before = path.read_text("utf-8") if path.exists() else None
    try:
        path.write_text(f"{before or ''}\n{line}\n", "utf-8")
        said = lint(copied)
    finally:
        if before is None:
            path.unlink()
        else:
            path.write_text(before, "utf-8")
    assert f"{contract} BROKEN" in said, said
