"""Booking's settings: those of any service."""

from chassis.config import ServiceSettings


class Settings(ServiceSettings):
    """Nothing of its own."""
