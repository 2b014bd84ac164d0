"""Devices: listed and signed out by their own person, told when they are new."""

from datetime import timedelta
from uuid import uuid4

import pytest

from contracts.accounts import (
    CLOSE_DEVICE,
    CLOSE_OTHER_DEVICES,
    GET_SESSION,
    LIST_DEVICES,
    OPEN_SESSION,
    REGISTER_HOUSEHOLD,
    ByToken,
    CloseDevice,
    CloseOtherDevices,
    Device,
    OpenSession,
    RegisterHousehold,
    ShowDevices,
)
from contracts.refusal import NotFound
from services.accounts.timers import forget_old_devices
from tests.accounts.at_work import OPERATOR, AtWork
from tests.accounts.conftest import a_household, a_sign_in
from tests.accounts.families import family, unprove
from tests.accounts.newcomers import proved, sign_in_of, wanted, written

PHONE, DESK = "Firefox sur Android", "Chrome sur Windows"


async def signing_in(
    accounts: AtWork, household: RegisterHousehold, device: str, **changes: object
) -> OpenSession:
    """Somebody signs in on a device."""
    sign_in = a_sign_in(household, device=device, **changes)
    await accounts.call(OPEN_SESSION, sign_in)
    return sign_in


async def devices(accounts: AtWork, household: RegisterHousehold) -> list[Device]:
    """What the page of devices lists."""
    answer = await accounts.call(LIST_DEVICES, ShowDevices(), family(household))
    return list(answer.devices)


async def is_open(accounts: AtWork, sign_in: OpenSession) -> bool:
    """Whether this session lets somebody in."""
    try:
        await accounts.call(GET_SESSION, ByToken(token_hash=sign_in.token_hash))
    except NotFound:
        return False
    return True


async def test_devices_are_listed_last_used_first_with_what_they_are(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    phone = await signing_in(accounts, household, PHONE, keep=True)
    desk = await signing_in(accounts, household, DESK)
    listed = await devices(accounts, household)
    assert [(d.session, d.label, d.keep) for d in listed] == [
        (desk.session, DESK, False), (phone.session, PHONE, True),
    ]  # fmt: skip
    assert all(device.opened == device.seen for device in listed)


async def test_a_device_is_signed_out_from_another_and_again_without_harm(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    phone = await signing_in(accounts, household, PHONE)
    desk = await signing_in(accounts, household, DESK)
    for _ in range(2):
        await accounts.call(CLOSE_DEVICE, CloseDevice(session=phone.session), family(household))
    assert [d.session for d in await devices(accounts, household)] == [desk.session]
    assert not await is_open(accounts, phone)


async def test_all_other_devices_are_signed_out_at_once(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    signed_in = [await signing_in(accounts, household, PHONE) for _ in range(3)]
    here = signed_in[1]
    await accounts.call(
        CLOSE_OTHER_DEVICES, CloseOtherDevices(current=here.session), family(household)
    )
    assert [await is_open(accounts, each) for each in signed_in] == [False, True, False]


async def test_nobody_signs_out_or_sees_the_devices_of_another(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    stranger = a_household()
    await accounts.call(REGISTER_HOUSEHOLD, stranger, OPERATOR)
    mine = await signing_in(accounts, household, PHONE)
    await accounts.call(CLOSE_DEVICE, CloseDevice(session=mine.session), family(stranger))
    await accounts.call(CLOSE_OTHER_DEVICES, CloseOtherDevices(current=uuid4()), family(stranger))
    assert await is_open(accounts, mine)
    assert await devices(accounts, stranger) == []


async def test_a_second_device_is_told_by_letter_and_the_first_is_not(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    await signing_in(accounts, household, PHONE)
    assert await wanted(accounts) == []
    desk = await signing_in(accounts, household, DESK)
    await accounts.call(OPEN_SESSION, desk)
    for device in (DESK, PHONE):
        await signing_in(accounts, household, device)
    assert len(await wanted(accounts)) == 1
    (letter,) = await written(accounts)
    assert (letter.kind, letter.device, letter.email) == (
        "new_device", DESK, household.adult.email,
    )  # fmt: skip
    assert letter.secret is None
    assert letter.at is not None


async def test_the_device_of_the_registration_is_known_from_then_on(accounts: AtWork) -> None:
    registration = await proved(accounts)
    before = await wanted(accounts)
    await accounts.call(OPEN_SESSION, sign_in_of(registration))
    assert await wanted(accounts) == before
    await accounts.call(OPEN_SESSION, sign_in_of(registration, device=DESK))
    assert len(await wanted(accounts)) == len(before) + 1


async def test_nothing_is_told_to_an_address_that_was_never_proved(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    await unprove(accounts, household.adult.person)
    for device in (PHONE, DESK):
        await signing_in(accounts, household, device)
    assert await wanted(accounts) == []


@pytest.mark.parametrize("device", [PHONE, ""])
async def test_a_device_without_a_name_is_a_device(
    accounts: AtWork, household: RegisterHousehold, device: str
) -> None:
    await signing_in(accounts, household, device)
    assert [d.label for d in await devices(accounts, household)] == [device]


async def test_a_device_that_was_not_used_for_a_year_is_new_again_but_for_the_last_one(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    await signing_in(accounts, household, DESK)
    await signing_in(accounts, household, PHONE)
    before = len(await wanted(accounts))
    await accounts.shift_clock(timedelta(days=364))
    await forget_old_devices(accounts.context)
    assert await known(accounts, household) == {DESK, PHONE}
    await accounts.shift_clock(timedelta(days=366))
    await forget_old_devices(accounts.context)
    assert await known(accounts, household) == {PHONE}
    await signing_in(accounts, household, DESK)
    assert len(await wanted(accounts)) == before + 1


async def known(accounts: AtWork, household: RegisterHousehold) -> set[str]:
    """The devices that are worth no letter."""
    query = "select label from known_device where person = $1"
    return {row["label"] for row in await accounts.owner.fetch(query, household.adult.person)}
