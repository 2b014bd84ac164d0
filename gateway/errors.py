"""A page in French for everything that fails."""

from http import HTTPStatus

import structlog
from aiohttp import web

from chassis import ui
from chassis.ui.answering import TITLES, Broken, one_line
from chassis.web import as_refusal
from contracts.refusal import NotFound, Refusal, Unsigned
from gateway.visit import SITE


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


answer_always = one_line(_answer_to)
