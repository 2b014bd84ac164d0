"""The outermost door of a front: one line per request, an answer to everything that fails."""

import re
import time
import uuid
from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web

from chassis.metrics import REQUESTS
from chassis.ui.protection import Handler
from contracts.refusal import Refusal, Unavailable

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


class Broken(Refusal, code="request.broken", status=500):
    """A bug: the visitor is told so, and nothing of its inside."""

    sentence = BUG


AnswerTo = Callable[[web.Request, Exception], tuple[web.StreamResponse, Refusal]]


def _route_of(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else "unknown"


def one_line(answer_to: AnswerTo) -> Callable[..., Awaitable[web.StreamResponse]]:
    """The middleware that answers whatever happens, by `answer_to` when something fails."""

    @web.middleware
    async def watch(request: web.Request, handler: Handler) -> web.StreamResponse:
        return await _watched(request, handler, answer_to)

    return watch


async def _watched(
    request: web.Request, handler: Handler, answer_to: AnswerTo
) -> web.StreamResponse:
    """Answer, and write one line: the route's template, never the path itself."""
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
            response, refusal = answer_to(request, error)
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
