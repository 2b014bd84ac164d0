"""Subscriptions at work, with an authority and its régie."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, time
from typing import Any
from uuid import UUID, uuid4

import pytest

from chassis.auth import Caller
from contracts.operation import StaffRole
from contracts.regulation import CategoryPrice, Deadline, Regulation, WeekdayOfWeek
from contracts.subscriptions import (
    DESCRIBE_AUTHORITY,
    DESCRIBE_REGIE,
    PUBLISH_REGULATION,
    DescribeAuthority,
    DescribeRegie,
    PublishRegulation,
)
from services.subscriptions.app import SERVICE
from tests.accounts.at_work import OPERATOR, AtWork, at_work
from tests.databases import Templates


@dataclass(frozen=True)
class Town:
    """An authority with one régie and the canteen that it will open."""

    authority: UUID
    regie: UUID
    canteen: UUID

    def regulation(self, **changes: Any) -> Regulation:
        """The canteen's règlement: four days a week, 3,80 €."""
        deadline = Deadline(rule=WeekdayOfWeek(weekday=4, weeks_before=1, at=time(10)))
        given: dict[str, Any] = {
            "service": self.canteen, "authority": self.authority, "regie": self.regie,
            "version": 1, "authority_name": "Aiguilhe", "service_name": "Cantine d’Aiguilhe",
            "valid_from": date(2026, 9, 1), "valid_until": date(2027, 7, 6),
            "weekdays": frozenset({1, 2, 4, 5}), "book": deadline, "cancel": deadline,
            "prices": (CategoryPrice(category="residents", label="Résidents", cents=380),),
            "capacity": 120,
        }  # fmt: skip
        return Regulation(**{**given, **changes})

    def staff(self, role: StaffRole = "administrator") -> Caller:
        """Somebody who works at this town hall."""
        return Caller("staff", uuid4(), roles=frozenset({(role, self.authority)}))


def publishing(regulation: Regulation) -> PublishRegulation:
    """The request that publishes it."""
    return PublishRegulation(
        service=regulation.service, version=regulation.version, regulation=regulation
    )


@pytest.fixture(scope="module")
async def _running(templates: Templates) -> AsyncIterator[AtWork]:
    async with at_work(templates, SERVICE) as subscriptions:
        yield subscriptions


@pytest.fixture
async def subscriptions(_running: AtWork) -> AtWork:
    """The service, with nothing told yet."""
    return await _running.anew()


async def a_town(subscriptions: AtWork) -> Town:
    """An authority with a régie."""
    town = Town(uuid4(), uuid4(), uuid4())
    await subscriptions.call(
        DESCRIBE_AUTHORITY, DescribeAuthority(authority=town.authority, label="Aiguilhe"), OPERATOR
    )
    await subscriptions.call(
        DESCRIBE_REGIE,
        DescribeRegie(regie=town.regie, authority=town.authority, label="Régie d’Aiguilhe"),
        OPERATOR,
    )
    return town


@pytest.fixture
async def aiguilhe(subscriptions: AtWork) -> Town:
    """A town whose canteen has not opened yet."""
    return await a_town(subscriptions)


@pytest.fixture
async def canteen(subscriptions: AtWork, aiguilhe: Town) -> Town:
    """A town whose canteen's first règlement is published."""
    await subscriptions.call(PUBLISH_REGULATION, publishing(aiguilhe.regulation()), OPERATOR)
    return aiguilhe
