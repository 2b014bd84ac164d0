"""The payments service at a glance: its operations, the events it reads, its timers."""

from chassis.service import Service
from chassis.timers import Timer
from chassis.web import read, write
from contracts import payments as contract
from contracts.booking import BookingsCancelled, OrderCancelled, OrderHeld
from contracts.subscriptions import RegieChanged
from services.payments import api, consumers, timers
from services.payments.config import Settings

SERVICE = Service(
    name="payments",
    package="services.payments",
    settings=Settings,
    connections=4,
    operations=[
        read(contract.GET_WALLETS, api.get_wallets),
        read(contract.LIST_MOVEMENTS, api.list_movements),
        write(contract.TAKE_CASH, api.take_cash),
        read(contract.GET_RECEIPT, api.get_receipt),
        read(contract.LIST_TAKINGS, api.list_takings),
        read(contract.LIST_ACTS, api.list_acts),
    ],
    reads={
        RegieChanged: consumers.on_regies_changed,
        OrderHeld: consumers.on_orders_held,
        OrderCancelled: consumers.on_orders_cancelled,
        BookingsCancelled: consumers.on_bookings_cancelled,
    },
    timers=[Timer("time_out_orders", 5, timers.time_out_orders)],
)
