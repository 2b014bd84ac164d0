"""Fixtures that every room's tests share: real databases, and a town that lives on them."""

from collections.abc import AsyncIterator

import pytest

from tests.databases import Templates
from tests.town import Town


@pytest.fixture(scope="session")
async def templates() -> AsyncIterator[Templates]:
    """Migrated databases of the five services, once a run."""
    made = Templates()
    try:
        await made.make()
        yield made
    finally:
        await made.remove()


@pytest.fixture
async def town(templates: Templates) -> AsyncIterator[Town]:
    """Booking and payments on fresh databases, the bus carried by hand."""
    async with (
        templates.pools("booking") as (booking, booking_owner),
        templates.pools("payments") as (payments, payments_owner),
    ):
        yield Town(booking, payments, booking_owner, payments_owner)
