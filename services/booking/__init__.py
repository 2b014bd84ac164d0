"""Booking: serving days, carts, orders and the seats they hold."""
