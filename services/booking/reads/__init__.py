"""What screens ask of booking: SQL to answer."""

from services.booking.reads.bookings import bookings, cancellation
from services.booking.reads.calendar import calendar, clock, month_of
from services.booking.reads.cart import whole_cart
from services.booking.reads.kitchen import eaters, is_known, meal_count
from services.booking.reads.orders import order, orders, state_of

__all__ = [
    "bookings",
    "calendar",
    "cancellation",
    "clock",
    "eaters",
    "is_known",
    "meal_count",
    "month_of",
    "order",
    "orders",
    "state_of",
    "whole_cart",
]
