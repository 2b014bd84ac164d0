"""The accounts service at a glance: its doors and its clock."""

from chassis.service import Service
from chassis.timers import Timer
from chassis.web import behind_door, read, write
from contracts.accounts import (
    CLOSE_SESSION,
    FIND_RECIPIENTS,
    GET_HOUSEHOLD,
    GET_SESSION,
    OPEN_SESSION,
    REGISTER_HOUSEHOLD,
)
from services.accounts import api, timers
from services.accounts.clients import passwords
from services.accounts.config import AccountsSettings

SERVICE = Service(
    name="accounts",
    package="services.accounts",
    settings=AccountsSettings,
    operations=(
        behind_door(OPEN_SESSION, api.open_session),
        behind_door(GET_SESSION, api.get_session),
        write(CLOSE_SESSION, api.close_session),
        read(GET_HOUSEHOLD, api.get_household),
        behind_door(REGISTER_HOUSEHOLD, api.register_household),
        read(FIND_RECIPIENTS, api.find_recipients),
    ),
    timers=(Timer("forget_expired_sessions", 3600, timers.forget_expired_sessions),),
    connections=2,
    open=passwords.opened,
)
