"""Inviting another adult into one's household: sent, sent again, taken back, too many."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from chassis.auth import Caller
from contracts.accounts import (
    CANCEL_INVITATION,
    GET_OWN_FILE,
    INVITE_ADULT,
    PROVE_ADDRESS,
    REGISTER_HOUSEHOLD,
    ByInvitation,
    HouseholdFull,
    InviteAdult,
    LetterWanted,
    ProveAddress,
    RegisterHousehold,
    ShowOwnFile,
    TooManyTries,
)
from contracts.refusal import Malformed, NotAllowed, NotFound
from tests.accounts.at_work import OPERATOR, AtWork
from tests.accounts.conftest import a_household
from tests.accounts.families import a_second_adult, applicant, family, file_of, unprove
from tests.accounts.newcomers import opens, registered, signed_in, wanted, written

ADULTS_MAX = 10
ADDRESS = "sacha@exemple.fr"


@pytest.fixture(autouse=True)
async def _nobody_tried_before(accounts: AtWork) -> None:
    await accounts.owner.execute("delete from throttle")


def an_invitation(email: str = ADDRESS) -> InviteAdult:
    return InviteAdult(invitation=uuid4(), email=email)


async def invited(accounts: AtWork, household: RegisterHousehold) -> list[UUID]:
    """Invitations that the household sees, oldest first."""
    return [i.invitation for i in (await file_of(accounts, household)).invitations]


async def invite_without_waiting(
    accounts: AtWork, household: RegisterHousehold, number: int
) -> None:
    """So many invitations, as if they had been sent over weeks."""
    await accounts.owner.execute(
        """
        insert into letter (id, kind, person, household, email, email_key)
        select gen_random_uuid(), 'invitation', $3, $1, n || '@exemple.fr', n || '@exemple.fr'
        from generate_series(1, $2::int) as n
        """,
        household.household,
        number,
        household.adult.person,
    )


# -- sent -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("as_whom", [family, applicant])
async def test_an_invitation_is_kept_with_who_invites_and_its_letter_is_told_without_a_name(
    accounts: AtWork, household: RegisterHousehold, as_whom: Any
) -> None:
    sent = an_invitation("Sacha@Exemple.fr")
    await accounts.call(INVITE_ADULT, sent, as_whom(household))
    (seen,) = (await file_of(accounts, household)).invitations
    assert (seen.invitation, seen.email) == (sent.invitation, "Sacha@Exemple.fr")
    row = await accounts.owner.fetchrow("select * from letter where id = $1", sent.invitation)
    assert (row["kind"], row["person"]) == ("invitation", household.adult.person)
    assert (row["household"], row["email_key"]) == (household.household, ADDRESS)
    assert await accounts.told() == [(LetterWanted.name, {"letter": str(sent.invitation)})]


async def test_the_same_invitation_twice_is_one_letter(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    sent = an_invitation()
    await asyncio.gather(*(accounts.call(INVITE_ADULT, sent, family(household)) for _ in range(4)))
    assert await invited(accounts, household) == [sent.invitation]
    assert await wanted(accounts) == [sent.invitation]


async def test_an_address_that_is_invited_again_has_one_invitation_the_newer_one(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    first, other, second = an_invitation(), an_invitation("alix@exemple.fr"), an_invitation()
    for sent in (first, other, second.model_copy(update={"email": ADDRESS.upper()})):
        await accounts.call(INVITE_ADULT, sent, family(household))
    assert await invited(accounts, household) == [other.invitation, second.invitation]
    assert len(await wanted(accounts)) == 3
    await accounts.call(INVITE_ADULT, first, family(household))
    assert len(await wanted(accounts)) == 3, "the first one, sent again by its page, stays over"


@pytest.mark.parametrize("proved", [True, False])
async def test_an_adult_of_the_household_is_here_already(
    accounts: AtWork, household: RegisterHousehold, proved: bool
) -> None:
    other = await a_second_adult(accounts, household)
    if not proved:
        await unprove(accounts, other.person)
    with pytest.raises(Malformed) as refused:
        await accounts.call(
            INVITE_ADULT, an_invitation(f" {other.email.upper()}".strip()), family(household)
        )
    errors = refused.value.details.errors
    assert [(e.field, e.kind) for e in errors] == [("email", "already_here")]
    assert await wanted(accounts) == []


async def test_an_address_that_has_an_account_elsewhere_is_invited_like_any_other(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    other = a_household()
    await accounts.call(REGISTER_HOUSEHOLD, other, OPERATOR)
    sent = an_invitation(other.adult.email)
    await accounts.call(INVITE_ADULT, sent, family(household))
    assert await invited(accounts, household) == [sent.invitation]


@pytest.mark.parametrize("of_another_household", [True, False])
async def test_an_id_that_is_another_letters_is_malformed_and_that_letter_stays(
    accounts: AtWork, household: RegisterHousehold, of_another_household: bool
) -> None:
    sent = an_invitation()
    await accounts.call(INVITE_ADULT, sent, family(household))
    other = a_household()
    await accounts.call(REGISTER_HOUSEHOLD, other, OPERATOR)
    caller = family(other if of_another_household else household)
    email = ADDRESS if of_another_household else "alix@exemple.fr"
    with pytest.raises(Malformed) as refused:
        await accounts.call(INVITE_ADULT, sent.model_copy(update={"email": email}), caller)
    errors = refused.value.details.errors
    assert [(e.field, e.kind) for e in errors] == [("invitation", "taken")]
    assert await invited(accounts, household) == [sent.invitation]
    assert await invited(accounts, other) == []


async def test_who_does_not_belong_to_the_household_invites_nobody(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    for stranger in (
        Caller("family", uuid4(), household.household),
        Caller("family", household.adult.person, uuid4()),
    ):
        with pytest.raises(NotFound):
            await accounts.call(INVITE_ADULT, an_invitation(), stranger)


async def test_whom_an_adult_invites_is_written_to_once_the_adult_proved_their_own_address(
    accounts: AtWork,
) -> None:
    registration, _ = await registered(accounts)
    caller = signed_in(registration)
    proof = await written(accounts)
    kept, taken_back = an_invitation(), an_invitation("alix@exemple.fr")
    for sent in (kept, taken_back):
        await accounts.call(INVITE_ADULT, sent, caller)
    await accounts.call(CANCEL_INVITATION, ByInvitation(invitation=taken_back.invitation), caller)
    file = await accounts.call(GET_OWN_FILE, ShowOwnFile(), caller)
    assert [i.invitation for i in file.invitations] == [kept.invitation]
    assert len(await wanted(accounts)) == 1, "the proof letter alone"
    for _ in range(2):
        await accounts.call(PROVE_ADDRESS, ProveAddress(secret_hash=opens(proof[0])), caller)
    assert (await wanted(accounts))[1:] == [kept.invitation]
    (letter,) = await written(accounts, kept.invitation)
    assert (letter.kind, letter.email, letter.inviter) == ("invitation", ADDRESS, "Camille Dupont")


@pytest.mark.parametrize("kind", ["visitor", "staff", "service", "operator"])
async def test_only_the_household_itself_invites_and_takes_back(
    accounts: AtWork, household: RegisterHousehold, kind: Any
) -> None:
    caller = Caller(kind, household.adult.person, household.household)
    with pytest.raises(NotAllowed):
        await accounts.call(INVITE_ADULT, an_invitation(), caller)
    with pytest.raises(NotAllowed):
        await accounts.call(CANCEL_INVITATION, ByInvitation(invitation=uuid4()), caller)


# -- how many -------------------------------------------------------------------------------------


async def test_ten_adults_and_invited_ones_are_as_many_as_a_household_has(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    await a_second_adult(accounts, household)
    await invite_without_waiting(accounts, household, ADULTS_MAX - 3)
    tenth = an_invitation()
    await accounts.call(INVITE_ADULT, tenth, family(household))
    with pytest.raises(HouseholdFull):
        await accounts.call(INVITE_ADULT, an_invitation("alix@exemple.fr"), family(household))
    again = an_invitation()
    await accounts.call(INVITE_ADULT, again, family(household))
    await accounts.call(
        CANCEL_INVITATION, ByInvitation(invitation=again.invitation), family(household)
    )
    await accounts.call(INVITE_ADULT, an_invitation("alix@exemple.fr"), family(household))


async def test_of_two_who_invite_the_tenth_adult_at_once_one_does(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    await invite_without_waiting(accounts, household, ADULTS_MAX - 2)
    answers = await asyncio.gather(
        *(
            accounts.call(INVITE_ADULT, an_invitation(f"{n}@autre.fr"), family(household))
            for n in "abc"
        ),
        return_exceptions=True,
    )
    assert sum(isinstance(answer, HouseholdFull) for answer in answers) == 2
    assert len(await invited(accounts, household)) == ADULTS_MAX - 1


async def test_five_letters_may_be_sent_at_once_and_one_more_each_ten_minutes(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    for n in range(5):
        await accounts.call(INVITE_ADULT, an_invitation(f"{n}@autre.fr"), family(household))
    sixth = an_invitation()
    with pytest.raises(TooManyTries) as refused:
        await accounts.call(INVITE_ADULT, sixth, family(household))
    assert 0 < refused.value.details.retry_seconds <= 600
    assert sixth.invitation not in await invited(accounts, household)
    other = a_household()
    await accounts.call(REGISTER_HOUSEHOLD, other, OPERATOR)
    await accounts.call(INVITE_ADULT, an_invitation(), family(other))
    await accounts.shift_clock(timedelta(minutes=10))
    await accounts.call(INVITE_ADULT, sixth, family(household))
    assert sixth.invitation in await invited(accounts, household)


async def test_many_households_together_do_not_flood_an_address_with_invitations(
    accounts: AtWork,
) -> None:
    victim, sent = f"{uuid4().hex}@exemple.fr", 0
    for _ in range(6):
        household = a_household()
        await accounts.call(REGISTER_HOUSEHOLD, household, OPERATOR)
        with suppress(TooManyTries):
            await accounts.call(INVITE_ADULT, an_invitation(victim), family(household))
            sent += 1
    assert sent == 3


# -- taken back, or over --------------------------------------------------------------------------


async def test_an_invitation_is_taken_back_by_any_adult_of_the_household(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    sent = an_invitation()
    await accounts.call(INVITE_ADULT, sent, family(household))
    other = await a_second_adult(accounts, household)
    caller = Caller("family", other.person, household.household)
    for _ in range(2):
        await accounts.call(CANCEL_INVITATION, ByInvitation(invitation=sent.invitation), caller)
    assert await invited(accounts, household) == []


async def test_nobody_takes_back_what_another_household_sent(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    sent = an_invitation()
    await accounts.call(INVITE_ADULT, sent, family(household))
    other = a_household()
    await accounts.call(REGISTER_HOUSEHOLD, other, OPERATOR)
    await accounts.call(CANCEL_INVITATION, ByInvitation(invitation=sent.invitation), family(other))
    assert await invited(accounts, household) == [sent.invitation]


async def test_an_invitation_that_was_accepted_is_not_taken_back(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    sent = an_invitation()
    await accounts.call(INVITE_ADULT, sent, family(household))
    await accounts.owner.execute(
        "update letter set used = app_now(), used_by = gen_random_uuid() where id = $1",
        sent.invitation,
    )
    await accounts.call(
        CANCEL_INVITATION, ByInvitation(invitation=sent.invitation), family(household)
    )
    cancelled = "select cancelled from letter where id = $1"
    assert await accounts.owner.fetchval(cancelled, sent.invitation) is None
    assert await invited(accounts, household) == []


async def test_an_invitation_whose_time_is_over_is_not_shown_and_leaves_room(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    await invite_without_waiting(accounts, household, ADULTS_MAX - 1)
    await accounts.owner.execute(
        "update letter set expires = app_now() + interval '7 days' where household = $1",
        household.household,
    )
    assert len(await invited(accounts, household)) == ADULTS_MAX - 1
    with pytest.raises(HouseholdFull):
        await accounts.call(INVITE_ADULT, an_invitation(), family(household))
    await accounts.shift_clock(timedelta(days=7))
    assert await invited(accounts, household) == []
    await accounts.call(INVITE_ADULT, an_invitation(), family(household))
