"""The notifications service at a glance: the events it reads and its clock."""

from chassis.service import Service
from chassis.timers import Timer
from contracts.accounts import HouseholdChanged, LetterWanted
from contracts.booking import BookingsCancelled, EntitlementOpened, OrderConfirmed, OrderReleased
from contracts.payments import CreditsLoaded
from contracts.subscriptions import RequestChanged
from services.notifications import clients, consumers, timers
from services.notifications.config import NotificationsSettings

SERVICE = Service(
    name="notifications",
    package="services.notifications",
    settings=NotificationsSettings,
    reads={
        OrderConfirmed: consumers.on_order_confirmed,
        OrderReleased: consumers.on_order_released,
        BookingsCancelled: consumers.on_bookings_cancelled,
        EntitlementOpened: consumers.on_entitlement_opened,
        RequestChanged: consumers.on_request_changed,
        CreditsLoaded: consumers.on_credits_loaded,
        HouseholdChanged: consumers.on_household_changed,
        LetterWanted: consumers.on_letter_wanted,
    },
    timers=(Timer("send_due_emails", 0.4, timers.send_due_emails),),
    connections=2,
    open=clients.opened,
)
