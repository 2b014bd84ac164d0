"""The Mondays of the demonstration: its history is placed by living through them in order."""

from datetime import datetime
from zoneinfo import ZoneInfo

_ZONE = ZoneInfo("Europe/Paris")
SEPTEMBER = datetime(2026, 9, 14, 8, 0, tzinfo=_ZONE)
OCTOBER = datetime(2026, 10, 5, 8, 0, tzinfo=_ZONE)
NOVEMBER = datetime(2026, 11, 2, 8, 0, tzinfo=_ZONE)
MONDAY = datetime(2026, 11, 16, 8, 0, tzinfo=_ZONE)
"""Today, when the demonstration begins: a Monday in term."""
MONDAYS = (SEPTEMBER, OCTOBER, NOVEMBER, MONDAY)
