"""The outermost doors: one line per request, and a page in French for everything that fails."""

import re
import time
import uuid
from http import HTTPStatus

import structlog
from aiohttp import web

from chassis import ui
from chassis.metrics import REQUESTS
from chassis.web import as_refusal
from contracts.refusal import NotFound, Refusal, Unavailable, Unsigned
from gateway.protection import Handler
from gateway.visit import SITE

log = structlog.get_logger()

QUIET = frozenset({"/healthz", "/readyz", "/metrics"})
TRACE = re.compile(r"[A-Za-z0-9-]{8,64}")
TITLES = {
    403: "Cette action n’a pas été acceptée",
    404: "Cette page est introuvable",
    405: "Cette page ne s’ouvre pas ainsi",
    409: "Cela n’est plus possible",
    410: "Ce lien n’est plus valable",
    413: "L’envoi est trop volumineux",
    422: "La demande n’a pas été comprise",
    429: "Trop d’essais en peu de temps",
    500: "Un problème est survenu de notre côté",
    503: "Le service est momentanément indisponible",
}
BUG = (
    "Rien de ce que vous avez validé n’est perdu. L’incident est enregistré et sera examiné. "
    "Réessayez dans quelques instants."
)


class Broken(Refusal, code="gateway.broken", status=500):
    """A bug: the visitor is told so, and nothing of its inside."""

    sentence = BUG


def error_page(request: web.Request, refusal: Refusal, status: int = 0) -> web.Response:
    """The page that says what happened and what to do now."""
    status = status or refusal.status
    html = request.app[SITE].kit.render(
        "error.html", title=TITLES.get(status, TITLES[422]), refusal=refusal, status=status,
        trace=structlog.contextvars.get_contextvars().get("trace", ""), session=None,
        path=request.path, clock=request.app[SITE].clock.told,
    )  # fmt: skip
    response = ui.answer(request, html, status)
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = "5"
    return response


def _answer_to(request: web.Request, error: Exception) -> tuple[web.StreamResponse, Refusal]:
    """The page of an error, and the refusal it stands for."""
    if isinstance(error, web.HTTPException):
        if error.status < HTTPStatus.BAD_REQUEST:
            return error, NotFound()
        refusal = as_refusal(error) or NotFound()
        page = error_page(request, refusal, error.status if error.status in TITLES else 422)
        if "Allow" in error.headers:
            page.headers["Allow"] = error.headers["Allow"]
        return page, refusal
    refusal = as_refusal(error) or Broken()
    if isinstance(refusal, Unsigned):
        site = request.app[SITE]
        response = web.Response(status=303, headers={"Location": "/connexion"})
        site.cookies.clear(response, site.cookies.session)
        return response, refusal
    return error_page(request, refusal), refusal


def _route_of(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else "unknown"


@web.middleware
async def one_line(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer whatever happens; write one line: the route's template, never the path itself."""
    if request.path in QUIET:
        return await handler(request)
    started = time.perf_counter()
    trace = request.headers.get("X-Request-ID", "")
    if not TRACE.fullmatch(trace):
        trace = uuid.uuid4().hex
    with structlog.contextvars.bound_contextvars(trace=trace):
        response: web.StreamResponse
        outcome, bug = "", None
        try:
            response = await handler(request)
        except Exception as error:
            response, refusal = _answer_to(request, error)
            outcome = refusal.code
            bug = error if isinstance(refusal, Broken | Unavailable) else None
        response.headers["X-Request-ID"] = trace
        seconds = time.perf_counter() - started
        operation = f"{request.method} {_route_of(request)}"
        REQUESTS.labels(operation, str(response.status)).observe(seconds)
        write_line = log.error if outcome == Broken.code else log.info
        write_line(
            "request", operation=operation, status=response.status, refusal=outcome,
            milliseconds=round(seconds * 1000, 1), **({"error": bug} if bug else {}),
        )  # fmt: skip
        return response
