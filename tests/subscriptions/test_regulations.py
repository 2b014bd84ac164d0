"""Authorities, régies and règlements: who may publish what, and what is told of it."""

import asyncio
from uuid import UUID, uuid4

import asyncpg
import pytest

from chassis.auth import Caller
from contracts.refusal import Malformed, NotAllowed, NotFound
from contracts.regulation import CategoryPrice, Regulation
from contracts.subscriptions import (
    DESCRIBE_AUTHORITY,
    DESCRIBE_REGIE,
    PUBLISH_REGULATION,
    DescribeAuthority,
    DescribeRegie,
    RegieChanged,
    RegulationImmutable,
    RegulationPublished,
    UnknownRegie,
)
from tests.accounts.at_work import OPERATOR, AtWork
from tests.subscriptions.conftest import Town, a_town, publishing


async def test_a_regie_is_told_when_it_appears_and_when_its_name_changes_only(
    subscriptions: AtWork, aiguilhe: Town
) -> None:
    for label in ("Régie d’Aiguilhe", "Régie des écoles", "Régie des écoles"):
        await subscriptions.call(
            DESCRIBE_REGIE,
            DescribeRegie(regie=aiguilhe.regie, authority=aiguilhe.authority, label=label),
            OPERATOR,
        )
    told = [RegieChanged(**body) for _, body in await subscriptions.told()]
    assert [(event.version, event.label) for event in told] == [
        (1, "Régie d’Aiguilhe"), (2, "Régie des écoles"),
    ]  # fmt: skip


async def test_a_regie_needs_its_authority_and_never_moves_to_another(
    subscriptions: AtWork, aiguilhe: Town
) -> None:
    other = await a_town(subscriptions)
    for authority in (uuid4(), other.authority):
        with pytest.raises(NotFound):
            await subscriptions.call(
                DESCRIBE_REGIE,
                DescribeRegie(regie=aiguilhe.regie, authority=authority, label="Ailleurs"),
                OPERATOR,
            )


async def test_only_an_operator_describes_authorities_and_regies(
    subscriptions: AtWork, aiguilhe: Town
) -> None:
    for caller in (aiguilhe.staff(), Caller("family", uuid4(), uuid4())):
        with pytest.raises(NotAllowed):
            await subscriptions.call(
                DESCRIBE_AUTHORITY,
                DescribeAuthority(authority=aiguilhe.authority, label="À moi"),
                caller,
            )


async def test_a_published_regulation_is_told_whole(subscriptions: AtWork, canteen: Town) -> None:
    name, body = (await subscriptions.told())[-1]
    assert name == "subscriptions.regulation_published.v1"
    event = RegulationPublished(**body)
    assert (event.service, event.version, event.authority) == (
        canteen.canteen, 1, canteen.authority,
    )  # fmt: skip
    assert event.regulation == canteen.regulation()


async def test_publishing_the_same_again_is_done_and_tells_nothing(
    subscriptions: AtWork, canteen: Town
) -> None:
    before = await subscriptions.told()
    twins = (
        subscriptions.call(PUBLISH_REGULATION, publishing(canteen.regulation()), canteen.staff())
        for _ in range(3)
    )
    await asyncio.gather(*twins)
    assert await subscriptions.told() == before


async def test_twins_publish_a_first_version_once(subscriptions: AtWork, aiguilhe: Town) -> None:
    twins = (
        subscriptions.call(PUBLISH_REGULATION, publishing(aiguilhe.regulation()), OPERATOR)
        for _ in range(4)
    )
    await asyncio.gather(*twins)
    assert len(await subscriptions.told()) == 2


async def test_a_published_version_never_changes_and_an_older_one_is_never_added(
    subscriptions: AtWork, canteen: Town
) -> None:
    with pytest.raises(RegulationImmutable):
        await subscriptions.call(
            PUBLISH_REGULATION, publishing(canteen.regulation(capacity=80)), canteen.staff()
        )
    third = canteen.regulation(version=3, capacity=80)
    await subscriptions.call(PUBLISH_REGULATION, publishing(third), canteen.staff())
    with pytest.raises(RegulationImmutable):
        await subscriptions.call(
            PUBLISH_REGULATION, publishing(canteen.regulation(version=2)), canteen.staff()
        )
    versions = [body["version"] for name, body in await subscriptions.told() if "regul" in name]
    assert versions == [1, 3]


@pytest.mark.parametrize(
    "statement",
    ["update regulation set version = 9", "delete from regulation", "truncate regulation",
     "update service set authority = gen_random_uuid()"],
)  # fmt: skip
async def test_even_the_owner_of_the_database_cannot_change_what_was_published(
    subscriptions: AtWork, canteen: Town, statement: str
) -> None:
    with pytest.raises(asyncpg.RestrictViolationError):
        await subscriptions.owner.execute(statement)
    with pytest.raises((asyncpg.InsufficientPrivilegeError, asyncpg.RestrictViolationError)):
        await subscriptions.running.pool.execute(statement)


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"service": uuid4()}, "regulation.service"), ({"version": 7}, "regulation.version")],
)
async def test_path_and_regulation_must_agree(
    subscriptions: AtWork, aiguilhe: Town, changes: dict[str, object], field: str
) -> None:
    request = publishing(aiguilhe.regulation()).model_copy(update=changes)
    with pytest.raises(Malformed) as refused:
        await subscriptions.call(PUBLISH_REGULATION, request, OPERATOR)
    assert [error.field for error in refused.value.details.errors] == [field]


async def test_an_absurd_version_is_malformed(subscriptions: AtWork, aiguilhe: Town) -> None:
    asked = publishing(aiguilhe.regulation()).model_copy(update={"version": 10**12})
    with pytest.raises(Malformed):
        await subscriptions.call(PUBLISH_REGULATION, asked, OPERATOR)


async def test_a_regulation_names_a_regie_of_its_own_authority(
    subscriptions: AtWork, aiguilhe: Town
) -> None:
    other = await a_town(subscriptions)
    for regie in (uuid4(), other.regie):
        with pytest.raises(UnknownRegie):
            await subscriptions.call(
                PUBLISH_REGULATION, publishing(aiguilhe.regulation(regie=regie)), aiguilhe.staff()
            )


async def test_who_does_not_administer_the_authority_finds_nothing_there(
    subscriptions: AtWork, canteen: Town
) -> None:
    other = await a_town(subscriptions)
    second = publishing(canteen.regulation(version=2))
    for caller in (other.staff(), canteen.staff("clerk"), canteen.staff("reader")):
        with pytest.raises(NotFound):
            await subscriptions.call(PUBLISH_REGULATION, second, caller)
    taken_over = canteen.regulation(version=2, authority=other.authority, regie=other.regie)
    for caller in (other.staff(), OPERATOR):
        with pytest.raises(NotFound):
            await subscriptions.call(PUBLISH_REGULATION, publishing(taken_over), caller)
    unknown = canteen.regulation(service=uuid4(), authority=uuid4())
    with pytest.raises(NotFound):
        await subscriptions.call(PUBLISH_REGULATION, publishing(unknown), OPERATOR)


async def test_a_family_publishes_nothing(subscriptions: AtWork, aiguilhe: Town) -> None:
    with pytest.raises(NotAllowed):
        await subscriptions.call(
            PUBLISH_REGULATION,
            publishing(aiguilhe.regulation()),
            Caller("family", uuid4(), uuid4()),
        )


async def test_what_is_refused_leaves_nothing_behind(subscriptions: AtWork, aiguilhe: Town) -> None:
    with pytest.raises(UnknownRegie):
        await subscriptions.call(
            PUBLISH_REGULATION, publishing(aiguilhe.regulation(regie=uuid4())), OPERATOR
        )
    made = "select count(*) from service where id = $1"
    assert await subscriptions.owner.fetchval(made, aiguilhe.canteen) == 0
    assert [name for name, _ in await subscriptions.told()] == ["subscriptions.regie_changed.v1"]


async def test_a_name_that_postgresql_cannot_write_is_malformed(
    subscriptions: AtWork, aiguilhe: Town
) -> None:
    label = CategoryPrice(category="residents", label="R\x00sidents", cents=380)
    with pytest.raises(Malformed):
        await subscriptions.call(
            PUBLISH_REGULATION, publishing(aiguilhe.regulation(prices=(label,))), OPERATOR
        )


def test_every_weekday_order_makes_one_document() -> None:
    town = Town(UUID(int=1), UUID(int=2), UUID(int=3))
    documents = {
        RegulationPublished(
            version=1, service=town.canteen, authority=town.authority, regulation=regulation
        ).body()
        for regulation in (
            town.regulation(weekdays=frozenset({5, 4, 2, 1})),
            town.regulation(weekdays=frozenset({1, 2, 4, 5})),
            Regulation.model_validate(
                town.regulation().model_dump(mode="json") | {"weekdays": [4, 1, 5, 2]}
            ),
        )
    }
    assert len(documents) == 1
