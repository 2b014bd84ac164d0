"""Names of one test run, so that two runs on the same servers do not meet."""

import os
import secrets

import pytest


@pytest.fixture(scope="session")
def run_id() -> str:
    """A name that no other run has."""
    return f"t{secrets.token_hex(4)}"


@pytest.fixture(scope="session")
def postgres_url() -> str:
    """The superuser's address, given by `make test`."""
    return os.environ["POSTGRES_URL"]


@pytest.fixture(scope="session")
def amqp_url() -> str:
    """The administrator's AMQP address, given by `make test`."""
    return os.environ["AMQP_URL"]


@pytest.fixture(scope="session")
def management_url() -> str:
    """The administrator's HTTP address, given by `make test`."""
    return os.environ["RABBITMQ_MANAGEMENT_URL"]
