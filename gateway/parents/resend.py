"""When a service is away: the page that says nothing was lost, with the same form to send again."""

from aiohttp import web

from contracts.refusal import Refusal
from gateway.visit import Visit


async def resend(visit: Visit, refusal: Refusal, label: str, back: str) -> web.Response:
    """Show the form again, unchanged, under the same id: sending it twice does nothing twice."""
    form = await visit.request.post()
    fields = [(k, v) for k, v in form.items() if k != "csrf" and isinstance(v, str)]
    return visit.page(
        "resend.html", status=refusal.status, refusal=refusal, fields=fields, label=label, back=back
    )
