"""The demonstration: the guide's eight communes and households in every state."""

from deploy.local.demo.days import MONDAY
from deploy.local.demo.established import ESTABLISHED
from deploy.local.demo.loading import load
from deploy.local.demo.newcomers import LAST, NEWCOMERS
from deploy.local.demo.stories import PASSWORD

HOUSEHOLDS = (*ESTABLISHED, *NEWCOMERS, LAST)
__all__ = ["HOUSEHOLDS", "MONDAY", "PASSWORD", "load"]
