"""What is missing stops the start by name; what is given is never printed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from chassis.config import ServiceSettings, load

SECRET = "tr3s-secret"
WHOLE = {
    "DATABASE_URL": f"postgresql://app:{SECRET}@db/booking",
    "AMQP_URL": f"amqp://booking:{SECRET}@broker/cantine",
    "TOKEN_PUBLIC_KEYS": '{"keys": []}',
}


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A whole configuration and nothing else."""
    for name in ServiceSettings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
        monkeypatch.delenv(f"{name.upper()}_FILE", raising=False)
    for name, value in WHOLE.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def refused() -> str:
    """What is said when the start is stopped."""
    with pytest.raises(SystemExit) as stopped:
        load(ServiceSettings)
    return str(stopped.value)


def test_a_whole_configuration_is_taken():
    assert load(ServiceSettings).database_url == WHOLE["DATABASE_URL"]


@pytest.mark.parametrize("name", WHOLE)
def test_a_missing_secret_stops_the_start_with_its_name(environment: pytest.MonkeyPatch, name: str):
    environment.delenv(name)
    assert f"{name} (manquante)" in refused()


@pytest.mark.parametrize("name", WHOLE)
def test_an_empty_secret_is_a_missing_one(environment: pytest.MonkeyPatch, name: str):
    environment.setenv(name, "")
    assert f"{name} (manquante)" in refused()


def test_all_that_is_missing_is_named_at_once(environment: pytest.MonkeyPatch):
    for name in WHOLE:
        environment.delenv(name)
    said = refused()
    assert all(name in said for name in WHOLE)


def test_a_secret_may_stand_in_a_file(environment: pytest.MonkeyPatch, tmp_path: Path):
    (tmp_path / "url").write_text("postgresql://from/file\n")
    environment.delenv("DATABASE_URL")
    environment.setenv("DATABASE_URL_FILE", str(tmp_path / "url"))
    assert load(ServiceSettings).database_url == "postgresql://from/file"


def test_a_file_that_cannot_be_read_stops_the_start_with_its_name(
    environment: pytest.MonkeyPatch, tmp_path: Path
):
    environment.setenv("AMQP_URL_FILE", str(tmp_path / "absent"))
    assert "absent" in refused()


@pytest.mark.parametrize("name", ["HTTP_PORT", "ENVIRONMENT", "LOG_FORMAT"])
def test_a_wrong_value_is_named_and_never_printed(environment: pytest.MonkeyPatch, name: str):
    environment.setenv(name, SECRET)
    said = refused()
    assert name in said
    assert SECRET not in said


def test_nothing_is_read_from_a_dotenv_file(environment: pytest.MonkeyPatch, tmp_path: Path):
    (tmp_path / ".env").write_text("AMQP_URL=amqp://from/dotenv\n")
    environment.chdir(tmp_path)
    environment.delenv("AMQP_URL")
    assert "AMQP_URL (manquante)" in refused()


def test_settings_never_change_once_read():
    settings = load(ServiceSettings)
    with pytest.raises(ValueError, match="frozen"):
        settings.http_port = 1


def test_the_relay_and_the_timers_go_around_a_pooler(environment: pytest.MonkeyPatch):
    assert load(ServiceSettings).direct_url == WHOLE["DATABASE_URL"]
    environment.setenv("DATABASE_DIRECT_URL", "postgresql://direct")
    assert load(ServiceSettings).direct_url == "postgresql://direct"


def test_a_service_without_configuration_does_not_start_and_shows_no_traceback():
    done = subprocess.run(
        [sys.executable, "-m", "services.booking"],
        cwd=Path(__file__).parents[2],
        env={"PATH": os.environ["PATH"], "AMQP_URL": WHOLE["AMQP_URL"]},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode != 0
    assert "DATABASE_URL (manquante)" in done.stderr
    assert "Traceback" not in done.stderr
    assert SECRET not in done.stdout + done.stderr
