"""The accounts service at a glance: its doors, the events it reads and its clock."""

from chassis.service import Service
from chassis.timers import Timer
from chassis.web import behind_door, read, write
from contracts.accounts import (
    ACCEPT_INVITATION,
    ASK_PASSWORD_LINK,
    CANCEL_INVITATION,
    CHANGE_EMAIL,
    CHANGE_PASSWORD,
    CHANGE_PROFILE,
    CLOSE_DEVICE,
    CLOSE_OTHER_DEVICES,
    CLOSE_SESSION,
    FIND_RECIPIENTS,
    GET_HOUSEHOLD,
    GET_LINK,
    GET_OWN_FILE,
    GET_SESSION,
    INVITE_ADULT,
    JUDGE_HOUSEHOLD,
    LIST_DEVICES,
    OPEN_SESSION,
    PROVE_ADDRESS,
    PROVE_AGAIN,
    REGISTER,
    REGISTER_HOUSEHOLD,
    SAVE_BENEFICIARY,
    SET_PASSWORD,
    WRITE_LETTERS,
)
from contracts.booking import BeneficiaryRetired
from contracts.subscriptions import RequestChanged
from services.accounts import api, consumers, timers
from services.accounts.clients import passwords
from services.accounts.config import AccountsSettings

SERVICE = Service(
    name="accounts",
    package="services.accounts",
    settings=AccountsSettings,
    operations=(
        behind_door(REGISTER, api.sessions.register),
        behind_door(OPEN_SESSION, api.sessions.open_session),
        behind_door(GET_SESSION, api.sessions.get_session),
        write(CLOSE_SESSION, api.sessions.close_session),
        read(LIST_DEVICES, api.sessions.list_devices),
        write(CLOSE_DEVICE, api.sessions.close_device),
        write(CLOSE_OTHER_DEVICES, api.sessions.close_other_devices),
        behind_door(CHANGE_PASSWORD, api.passwords.change_password),
        write(ASK_PASSWORD_LINK, api.letters.ask_password_link),
        read(GET_LINK, api.letters.get_link),
        behind_door(SET_PASSWORD, api.letters.set_password),
        behind_door(PROVE_ADDRESS, api.letters.prove_address),
        behind_door(ACCEPT_INVITATION, api.letters.accept_invitation),
        behind_door(CHANGE_EMAIL, api.letters.change_email),
        write(PROVE_AGAIN, api.letters.prove_again),
        write(WRITE_LETTERS, api.letters.write_letters),
        read(GET_HOUSEHOLD, api.households.get_household),
        read(GET_OWN_FILE, api.households.get_own_file),
        write(CHANGE_PROFILE, api.households.change_profile),
        write(SAVE_BENEFICIARY, api.households.save_beneficiary),
        write(INVITE_ADULT, api.households.invite_adult),
        write(CANCEL_INVITATION, api.households.cancel_invitation),
        write(JUDGE_HOUSEHOLD, api.households.judge_household),
        behind_door(REGISTER_HOUSEHOLD, api.households.register_household),
        read(FIND_RECIPIENTS, api.households.find_recipients),
    ),
    reads={
        RequestChanged: consumers.on_requests_changed,
        BeneficiaryRetired: consumers.on_beneficiaries_retired,
    },
    timers=(
        Timer("forget_expired_sessions", 3600, timers.forget_expired_sessions),
        Timer("forget_old_tries", 3600, timers.forget_old_tries),
        Timer("forget_old_letters", 86_400, timers.forget_old_letters),
        Timer("forget_old_devices", 86_400, timers.forget_old_devices),
    ),
    connections=2,
    open=passwords.opened,
)
