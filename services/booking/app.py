"""The booking service at a glance: its operations, the events it reads, its timers."""

from chassis.service import Service
from chassis.web import behind_door, read, write
from contracts import booking as contract
from contracts.payments import OrderPaid, OrderUnpaid
from contracts.subscriptions import EntitlementChanged, RegulationPublished
from services.booking import api, consumers
from services.booking.config import Settings

SERVICE = Service(
    name="booking",
    package="services.booking",
    settings=Settings,
    connections=6,
    operations=[
        read(contract.GET_CLOCK, api.get_clock),
        read(contract.GET_CALENDAR, api.get_calendar),
        write(contract.CHANGE_CART, api.change_cart),
        read(contract.GET_CART, api.get_cart),
        write(contract.PLACE_ORDER, api.place_order),
        behind_door(contract.GET_ORDER, api.get_order),
        read(contract.LIST_ORDERS, api.list_orders),
        read(contract.LIST_BOOKINGS, api.list_bookings),
        write(contract.CANCEL_BOOKINGS, api.cancel_bookings),
        read(contract.GET_CANCELLATION, api.get_cancellation),
        write(contract.RETIRE_BENEFICIARY, api.retire_beneficiary),
        read(contract.COUNT_MEALS, api.count_meals),
        read(contract.LIST_EATERS, api.list_eaters),
        read(contract.LIST_ACTS, api.list_acts),
    ],
    reads={
        RegulationPublished: consumers.on_regulations_published,
        EntitlementChanged: consumers.on_entitlements_changed,
        OrderPaid: consumers.on_orders_paid,
        OrderUnpaid: consumers.on_orders_unpaid,
    },
)
