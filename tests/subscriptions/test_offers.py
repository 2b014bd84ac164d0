"""What families may ask for: the newest règlement of every service, while its period lasts."""

from datetime import date, datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from chassis.auth import Caller
from contracts.operation import CallerKind
from contracts.refusal import NotAllowed
from contracts.regulation import CategoryPrice
from contracts.subscriptions import (
    DESCRIBE_AUTHORITY,
    LIST_OFFERS,
    PUBLISH_REGULATION,
    DescribeAuthority,
    OfferingAuthority,
    ShowOffers,
)
from tests.accounts.at_work import OPERATOR, AtWork
from tests.subscriptions.conftest import Town, a_town, publishing
from tests.subscriptions.desk import ENTRIES, Family, clock_shows, opens_its_doors

PARIS = ZoneInfo("Europe/Paris")


async def offered(subscriptions: AtWork, *towns: Town) -> list[OfferingAuthority]:
    """What these towns offer, in the order that a family sees."""
    offers = await subscriptions.call(LIST_OFFERS, ShowOffers(), Family().caller)
    own = {town.authority for town in towns}
    return [authority for authority in offers.authorities if authority.authority in own]


async def categories(subscriptions: AtWork, town: Town) -> list[str]:
    """The entries of a town's only service."""
    return [
        entry.category
        for authority in await offered(subscriptions, town)
        for service in authority.services
        for entry in service.entries
    ]


async def named(subscriptions: AtWork, label: str) -> Town:
    """A town of this name."""
    town = await a_town(subscriptions)
    described = DescribeAuthority(authority=town.authority, label=label)
    await subscriptions.call(DESCRIBE_AUTHORITY, described, OPERATOR)
    return town


async def test_entries_come_with_names_and_prices_in_the_order_of_the_regulation(
    subscriptions: AtWork, aiguilhe: Town
) -> None:
    await opens_its_doors(subscriptions, aiguilhe)
    (authority,) = await offered(subscriptions, aiguilhe)
    (service,) = authority.services
    assert (authority.label, service.label) == ("Aiguilhe", "Cantine d’Aiguilhe")
    assert [(e.category, e.label, e.cents) for e in service.entries] == [
        ("residents", "Résidents", 380), ("hors_commune", "Hors commune", 520),
        ("adultes", "Adultes", 650),
    ]  # fmt: skip


async def test_towns_and_services_stand_as_in_a_french_list(subscriptions: AtWork) -> None:
    towns = [await named(subscriptions, label) for label in ("Vals", "Évron", "espaly", "Coubon")]
    for town in towns:
        await opens_its_doors(subscriptions, town)
    garderie = Town(towns[0].authority, towns[0].regie, uuid4())
    await opens_its_doors(subscriptions, garderie, service_name="Étude du soir")
    authorities = await offered(subscriptions, *towns)
    assert [authority.label for authority in authorities] == ["Coubon", "espaly", "Évron", "Vals"]
    assert [service.label for service in authorities[-1].services] == [
        "Cantine d’Aiguilhe", "Étude du soir",
    ]  # fmt: skip


async def test_the_newest_regulation_alone_is_offered(
    subscriptions: AtWork, aiguilhe: Town
) -> None:
    await opens_its_doors(subscriptions, aiguilhe)
    newer = aiguilhe.regulation(
        version=4, prices=(CategoryPrice(category="enfants", label="Enfants", cents=400),)
    )
    await subscriptions.call(PUBLISH_REGULATION, publishing(newer), OPERATOR)
    assert await categories(subscriptions, aiguilhe) == ["enfants"]


async def test_an_authority_is_offered_under_its_newest_name(
    subscriptions: AtWork, aiguilhe: Town
) -> None:
    await opens_its_doors(subscriptions, aiguilhe)
    renamed = DescribeAuthority(authority=aiguilhe.authority, label="Mairie d’Aiguilhe")
    await subscriptions.call(DESCRIBE_AUTHORITY, renamed, OPERATOR)
    assert [a.label for a in await offered(subscriptions, aiguilhe)] == ["Mairie d’Aiguilhe"]


async def test_a_service_without_a_regulation_is_not_offered(
    subscriptions: AtWork, aiguilhe: Town
) -> None:
    assert await offered(subscriptions, aiguilhe) == []


async def test_a_period_is_offered_until_the_midnight_after_its_last_day_in_the_town(
    subscriptions: AtWork, aiguilhe: Town
) -> None:
    await opens_its_doors(subscriptions, aiguilhe)
    midnight = datetime(2027, 7, 7, 0, 0, tzinfo=PARIS)
    await clock_shows(subscriptions, midnight - timedelta(minutes=1))
    assert len(await categories(subscriptions, aiguilhe)) == 3
    await clock_shows(subscriptions, midnight + timedelta(seconds=1))
    assert await offered(subscriptions, aiguilhe) == []


async def test_next_year_can_be_asked_for_as_soon_as_it_is_published(
    subscriptions: AtWork, aiguilhe: Town
) -> None:
    await opens_its_doors(subscriptions, aiguilhe)
    next_year = aiguilhe.regulation(
        version=2, valid_from=date(2027, 9, 1), valid_until=date(2028, 7, 4), prices=ENTRIES[:1]
    )
    await subscriptions.call(PUBLISH_REGULATION, publishing(next_year), OPERATOR)
    assert await categories(subscriptions, aiguilhe) == ["residents"]
    await clock_shows(subscriptions, datetime(2027, 8, 1, tzinfo=PARIS))
    assert await categories(subscriptions, aiguilhe) == ["residents"]


async def test_a_short_version_that_is_over_gives_way_to_the_one_before(
    subscriptions: AtWork, aiguilhe: Town
) -> None:
    await opens_its_doors(subscriptions, aiguilhe)
    short = aiguilhe.regulation(version=2, valid_until=date(2026, 11, 20), prices=ENTRIES[:1])
    await subscriptions.call(PUBLISH_REGULATION, publishing(short), OPERATOR)
    assert len(await categories(subscriptions, aiguilhe)) == 1
    await clock_shows(subscriptions, datetime(2026, 11, 21, 12, tzinfo=PARIS))
    assert len(await categories(subscriptions, aiguilhe)) == 3


@pytest.mark.parametrize("kind", ["visitor", "staff", "operator"])
async def test_only_households_look_at_the_offers(subscriptions: AtWork, kind: CallerKind) -> None:
    with pytest.raises(NotAllowed):
        await subscriptions.call(LIST_OFFERS, ShowOffers(), Caller(kind, uuid4()))


async def test_a_validated_family_sees_what_an_applicant_sees(
    subscriptions: AtWork, aiguilhe: Town
) -> None:
    await opens_its_doors(subscriptions, aiguilhe)
    family = Family()
    validated = Caller("family", UUID(int=1), family.household)
    for caller in (family.caller, validated):
        offers = await subscriptions.call(LIST_OFFERS, ShowOffers(), caller)
        assert aiguilhe.authority in {authority.authority for authority in offers.authorities}
