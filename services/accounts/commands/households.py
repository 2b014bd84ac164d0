"""What happens to a household: its standing, those who eat, its adults."""

from collections.abc import Collection, Sequence
from uuid import UUID

from chassis import acts, outbox
from chassis.auth import Caller
from chassis.database import Transaction
from contracts.accounts import (
    JUDGE_HOUSEHOLD,
    Beneficiary,
    ByInvitation,
    ChangeProfile,
    InviteAdult,
    JudgeHousehold,
    LetterWanted,
    RegisterHousehold,
    SaveBeneficiary,
)
from contracts.refusal import FieldError, Malformed, NotFound
from contracts.values import AGGLOMERATION, BeneficiaryId, HouseholdId, PersonId
from services.accounts.commands import throttle
from services.accounts.domain.households import (
    Household,
    Invited,
    changed_consents,
    check_birth,
    refuse_invitation,
    refuse_one_too_many,
    refuse_twins,
)
from services.accounts.domain.people import check_profile, email_key
from services.accounts.domain.throttle import invitation, unasked_to
from services.accounts.store import households as store
from services.accounts.store.agents import asked_somebody
from services.accounts.store.sessions import read_clock

# -- standing -----------------------------------------------------------------------------------


async def tell_households(tx: Transaction, households: Collection[UUID]) -> None:
    """Tell where these households stand, those of which an adult can be written to.

    The others' standing is told when the first address of theirs is proved.
    """
    told = await store.count_tellings(tx, households)
    await outbox.append(tx, [household.changed() for household in told])


async def judge_household(tx: Transaction, asked: JudgeHousehold, caller: Caller) -> None:
    """Validate or refuse an account. Raises NotFound, Malformed, AlreadyJudged.

    Those that asked a commune are its own to judge, and do not exist for the agglomeration's
    clerks.
    """
    households = await store.lock_households(tx, [asked.household])
    everywhere = caller.kind == "operator" or caller.is_everywhere(JUDGE_HOUSEHOLD.roles)
    if not households or (not everywhere and await asked_somebody(tx, asked.household)):
        raise NotFound()
    before, judged = households[0], households[0].judged(asked.verdict, asked.reason)
    if judged != before:
        await _move(tx, [judged])
        await acts.record(
            tx, caller, AGGLOMERATION, JUDGE_HOUSEHOLD, before.id,
            before={"state": before.state, "reason": before.reason},
            after={"state": judged.state, "reason": judged.reason},
        )  # fmt: skip


async def validate_households(tx: Transaction, approved: Collection[HouseholdId]) -> None:
    """A town hall approved a request of theirs: the accounts that waited or were refused may book.

    Households that accounts does not know are somebody's test or mistake, and left aside.
    """
    households = await store.lock_households(tx, approved)
    await _move(tx, [h.validated() for h in households if h.state != "validated"])


async def _move(tx: Transaction, households: Sequence[Household]) -> None:
    if households:
        await store.save_standings(tx, households)
        await tell_households(tx, [household.id for household in households])


async def register_household(
    tx: Transaction, request: RegisterHousehold, password_hash: str | None
) -> None:
    """Take over a household, or bring one up to date.

    A password that was set stays, whoever set it; a refused account stays so, one that waits is
    validated. Beneficiaries that the request does not name stay as well.
    """
    refuse_twins(request.beneficiaries)
    await store.add_household(tx, request.household)
    households = await store.lock_households(tx, [request.household])
    await store.save_adult(tx, request.household, request.adult, password_hash)
    await store.save_beneficiaries(tx, request.household, request.beneficiaries)
    await _move(tx, [h.validated() for h in households if h.state == "waiting"])


# -- those who eat ------------------------------------------------------------------------------


async def save_beneficiary(
    tx: Transaction, asked: SaveBeneficiary, household: HouseholdId, adult: PersonId
) -> None:
    """Add somebody who eats, or correct them; the household's lock counts those who are added.

    Somebody of another household, or who left this one, is not found. Raises NotFound, Malformed,
    HouseholdFull.
    """
    check_birth(asked.birth_date, (await read_clock(tx)).date())
    if not await store.lock_households(tx, [household]):
        raise NotFound()
    beneficiary = Beneficiary(**dict(asked))
    eaters = await store.list_eaters(tx, household)
    if asked.beneficiary in eaters:
        await store.save_beneficiaries(tx, household, [beneficiary])
        return
    refuse_one_too_many(eaters)
    if not await store.add_beneficiary(tx, household, beneficiary, adult):
        raise NotFound()


async def retire_beneficiaries(
    tx: Transaction, retired: Collection[tuple[HouseholdId, BeneficiaryId]]
) -> None:
    """These beneficiaries left these households' lists; other households keep them."""
    await store.end_guardianships(tx, retired)


# -- adults -------------------------------------------------------------------------------------


async def change_profile(tx: Transaction, asked: ChangeProfile) -> None:
    """Keep what a person says of themselves; a consent that changed is noted. Raises Malformed."""
    check_profile(asked.profile, (await read_clock(tx)).date())
    before = await store.lock_consents(tx, asked.person)
    if before is None:
        raise NotFound()
    await store.save_profile(tx, asked.person, asked.profile)
    await store.add_consents(tx, asked.person, changed_consents(before, asked.profile))


async def invite_adult(
    tx: Transaction, asked: InviteAdult, household: HouseholdId, adult: PersonId
) -> None:
    """Send an invitation, once; it takes the place of an earlier one to the same address.

    Its letter waits until who invites has proved their own address: see `send_invitations`.
    Raises NotFound, Malformed, HouseholdFull, TooManyTries.
    """
    proved = await store.lock_inviter(tx, household, adult)
    if proved is None:
        raise NotFound()
    await store.lock_households(tx, [household])
    address = email_key(asked.email)
    sent = await store.find_invitation(tx, asked.invitation)
    if sent == Invited("invitation", household, address):
        return
    refuse_invitation(
        address,
        await store.list_addresses(tx, household),
        await store.list_invited(tx, household),
    )
    await store.cancel_invitations_to(tx, household, asked.email)
    await throttle.take(tx, [*invitation(household), *unasked_to(asked.email)])
    if not await store.add_invitation(tx, asked, household, adult):
        raise Malformed(errors=[FieldError(field="invitation", kind="taken")])
    if proved:
        await outbox.append(tx, [LetterWanted(letter=asked.invitation)])


async def send_invitations(tx: Transaction, adult: PersonId) -> None:
    """An adult has just proved their address: whom they invited before is written to."""
    waiting = await store.list_invitations(tx, adult)
    await outbox.append(tx, [LetterWanted(letter=letter) for letter in waiting])


async def cancel_invitation(tx: Transaction, asked: ByInvitation, household: HouseholdId) -> None:
    """Take back an invitation of this household; one that was accepted stays accepted."""
    await store.cancel_invitation(tx, household, asked.invitation)
