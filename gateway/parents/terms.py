"""The general conditions and what is done with data, as short as they are true."""

from aiohttp import web

from contracts.accounts import TERMS_VERSION
from gateway.visit import Visit


async def show_conditions(visit: Visit) -> web.Response:
    """What the portal does, and what is asked of those who use it."""
    return visit.page("conditions.html", version=TERMS_VERSION)


async def show_privacy(visit: Visit) -> web.Response:
    """Which data, why, how long, who sees them, and one's rights."""
    partners = visit.site.settings.partners
    return visit.page("confidentialite.html", version=TERMS_VERSION, partners=partners)
