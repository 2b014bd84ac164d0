"""What agents do in subscriptions is written with it: who, what, before, after, why."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from chassis.auth import Caller
from contracts.act import Act, ShowActs
from contracts.refusal import NotFound
from contracts.subscriptions import (
    DESCRIBE_REGIE,
    GRANT_ENTITLEMENT,
    LIST_ACTS,
    PUBLISH_REGULATION,
    SET_ROLES,
    DescribeRegie,
    GrantEntitlement,
    LastAdministrator,
    RequestsJudged,
    SetRoles,
)
from contracts.values import AGGLOMERATION
from tests.accounts.at_work import OPERATOR, AtWork
from tests.subscriptions.conftest import Town, a_town, publishing
from tests.subscriptions.desk import LAST_DAY, TODAY, Family, asks, judges, opens_its_doors, wish


@pytest.fixture
async def aiguilhe(subscriptions: AtWork, aiguilhe: Town) -> Town:
    """A town whose canteen may be asked for."""
    await opens_its_doors(subscriptions, aiguilhe)
    return aiguilhe


async def acts(subscriptions: AtWork, town: Town, caller: Caller | None = None) -> list[Act]:
    """What was done in this authority, oldest first."""
    asked = ShowActs.model_validate({"authority": town.authority, "limit": 200})
    page = await subscriptions.call(LIST_ACTS, asked, caller or town.staff())
    return list(reversed(page.acts))


async def test_each_judged_request_is_an_act_and_its_explanation_can_be_erased(
    subscriptions: AtWork, aiguilhe: Town
) -> None:
    family, clerk = Family(), aiguilhe.staff("clerk")
    first = await asks(subscriptions, family, wish(aiguilhe, family.louane))
    second = await asks(subscriptions, family, wish(aiguilhe, family.theo, "adultes"))
    await judges(subscriptions, clerk, first.requests)
    await judges(
        subscriptions, clerk, second.requests, verdict="refused", reason="proof_missing",
        explanation="Il manque la carte de Théo.",
    )  # fmt: skip
    given, refused = await acts(subscriptions, aiguilhe)
    assert {given.agent, refused.agent} == {clerk.actor}
    assert {given.what, refused.what} == {"subscriptions.judge_requests"}
    assert (given.subject, refused.subject) == (*first.requests, *second.requests)
    assert given.before == refused.before == {"state": "pending"}
    assert given.after == {
        "household": str(family.household), "beneficiary": str(family.louane),
        "service": str(aiguilhe.canteen), "category": "residents", "category_label": "Résidents",
        "service_label": "Cantine d’Aiguilhe", "state": "approved",
        "valid_from": TODAY.isoformat(), "valid_until": LAST_DAY.isoformat(),
    }  # fmt: skip
    assert (refused.after["state"], refused.after["reason"]) == ("refused", "proof_missing")
    assert (given.why, refused.why) == ("", "un justificatif manque")
    assert (given.personal, refused.personal) == (
        {}, {"explanation": "Il manque la carte de Théo."},
    )  # fmt: skip
    assert "Théo" not in str(await subscriptions.owner.fetch("select * from act"))


async def test_many_judged_at_once_are_as_many_acts_and_a_refused_click_is_none(
    subscriptions: AtWork, aiguilhe: Town
) -> None:
    family = Family()
    asked = await asks(subscriptions, family, *(wish(aiguilhe, uuid4()) for _ in range(30)))
    judgement = uuid4()
    clerk = aiguilhe.staff("clerk")
    for _ in range(2):
        await judges(subscriptions, clerk, asked.requests, judgement=judgement)
    with pytest.raises(RequestsJudged):
        await judges(subscriptions, clerk, asked.requests)
    done = await acts(subscriptions, aiguilhe)
    assert sorted(act.subject for act in done) == sorted(asked.requests)


async def test_roles_are_changed_with_what_they_were_and_why(
    subscriptions: AtWork, aiguilhe: Town
) -> None:
    boss, lea = aiguilhe.staff(), uuid4()

    async def sets(who: UUID, caller: Caller, seen: int, *roles: str, why: str = "") -> None:
        given: dict[str, Any] = {
            "agent": who, "authority": aiguilhe.authority, "roles": frozenset(roles),
            "seen_version": seen, "why": why,
        }  # fmt: skip
        await subscriptions.call(SET_ROLES, SetRoles(**given), caller)

    await sets(boss.actor, OPERATOR, 0, "administrator")
    await sets(lea, boss, 0, "regisseur", "clerk", why="Remplace Paul.")
    await sets(lea, boss, 0, "regisseur", "clerk")
    await sets(lea, boss, 1)
    with pytest.raises(LastAdministrator):
        await sets(boss.actor, boss, 1)
    given, taken = await acts(subscriptions, aiguilhe)
    assert (given.what, given.agent, given.subject) == ("subscriptions.set_roles", boss.actor, lea)
    assert (given.before, given.after) == ({"roles": []}, {"roles": ["clerk", "regisseur"]})
    assert (given.why, taken.why) == ("Remplace Paul.", "")
    assert (taken.before, taken.after) == ({"roles": ["clerk", "regisseur"]}, {"roles": []})


async def test_what_is_opened_and_given_is_written_and_saying_it_again_is_not(
    subscriptions: AtWork, aiguilhe: Town
) -> None:
    boss, regie, right = aiguilhe.staff(), uuid4(), uuid4()
    names = [
        DescribeRegie.model_validate(
            {"regie": regie, "authority": aiguilhe.authority, "label": label}
        )
        for label in ("Écoles", "Écoles", "Régie des écoles")
    ]
    for named in names:
        await subscriptions.call(DESCRIBE_REGIE, named, boss)
    for version in (2, 2, 3):
        new = publishing(aiguilhe.regulation(version=version))
        await subscriptions.call(PUBLISH_REGULATION, new, boss)
    grant: dict[str, Any] = {
        "entitlement": right, "household": uuid4(), "beneficiary": uuid4(),
        "service": aiguilhe.canteen, "category": "residents", "valid_from": date(2026, 9, 1),
        "valid_until": date(2027, 7, 6),
    }  # fmt: skip
    for state in ("active", "active", "ended"):
        given = GrantEntitlement(**grant, state=state)
        await subscriptions.call(GRANT_ENTITLEMENT, given, aiguilhe.staff("clerk"))
    done = await acts(subscriptions, aiguilhe)
    assert [(act.subject, act.before.get("state"), act.after.get("state")) for act in done[4:]] == [
        (right, None, "active"), (right, "active", "ended"),
    ]  # fmt: skip
    assert [(act.subject, act.before, act.after) for act in done[:4]] == [
        (regie, {}, {"label": "Écoles"}),
        (regie, {"label": "Écoles"}, {"label": "Régie des écoles"}),
        (aiguilhe.canteen, {"version": 1}, {"version": 2, "label": "Cantine d’Aiguilhe"}),
        (aiguilhe.canteen, {"version": 2}, {"version": 3, "label": "Cantine d’Aiguilhe"}),
    ]


async def test_a_regie_is_described_by_its_authoritys_administrators_alone(
    subscriptions: AtWork, aiguilhe: Town
) -> None:
    new = DescribeRegie.model_validate(
        {"regie": uuid4(), "authority": aiguilhe.authority, "label": "Écoles"}
    )
    for caller in (aiguilhe.staff("clerk"), (await a_town(subscriptions)).staff()):
        with pytest.raises(NotFound):
            await subscriptions.call(DESCRIBE_REGIE, new, caller)
    assert await acts(subscriptions, aiguilhe) == []


async def test_what_the_operator_does_is_no_act(subscriptions: AtWork, aiguilhe: Town) -> None:
    family = Family()
    asked = await asks(subscriptions, family, wish(aiguilhe, family.louane))
    await judges(subscriptions, OPERATOR, asked.requests)
    assert await acts(subscriptions, aiguilhe) == []


async def test_acts_are_shown_to_the_administrators_of_their_authority_alone(
    subscriptions: AtWork, aiguilhe: Town
) -> None:
    family, elsewhere = Family(), await a_town(subscriptions)
    asked = await asks(subscriptions, family, wish(aiguilhe, family.louane))
    await judges(subscriptions, aiguilhe.staff("clerk"), asked.requests)
    for caller in (
        elsewhere.staff(), aiguilhe.staff("clerk"), Caller("staff", uuid4()),
        Caller("staff", uuid4(), roles=frozenset({("clerk", AGGLOMERATION)})),
    ):  # fmt: skip
        with pytest.raises(NotFound):
            await acts(subscriptions, aiguilhe, caller)
    assert await acts(subscriptions, elsewhere) == []
    everywhere = Caller("staff", uuid4(), roles=frozenset({("administrator", AGGLOMERATION)}))
    assert len(await acts(subscriptions, aiguilhe, everywhere)) == 1
