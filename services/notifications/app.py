"""The notifications service at a glance: the events it reads and its clock."""

from chassis.service import Service
from chassis.timers import Timer
from contracts.booking import OrderConfirmed, OrderReleased
from services.notifications import clients, consumers, timers
from services.notifications.config import NotificationsSettings

SERVICE = Service(
    name="notifications",
    package="services.notifications",
    settings=NotificationsSettings,
    reads={
        OrderConfirmed: consumers.on_order_confirmed,
        OrderReleased: consumers.on_order_released,
    },
    timers=(Timer("send_due_emails", 0.4, timers.send_due_emails),),
    connections=2,
    open=clients.opened,
)
