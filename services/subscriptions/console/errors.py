"""A page in French for everything that fails in the console."""

from http import HTTPStatus

import structlog
from aiohttp import web

from chassis import ui
from chassis.ui.answering import TITLES, Broken, one_line
from chassis.web import as_refusal
from contracts.refusal import NotFound, Refusal, Unsigned
from services.subscriptions.console.town import NO_TOWN
from services.subscriptions.console.visit import SIGN_IN, SITE


def error_page(request: web.Request, refusal: Refusal, status: int) -> web.Response:
    """The page that says what happened and what to do now."""
    site = request.app[SITE]
    html = site.kit.render(
        "error.html", title=TITLES.get(status, TITLES[422]), refusal=refusal,
        status=status, trace=structlog.contextvars.get_contextvars().get("trace", ""),
        session=None, path=request.path, clock=site.clock.told, town=NO_TOWN,
    )  # fmt: skip
    response = ui.answer(request, html, status)
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = "5"
    return response


def _answer_to(request: web.Request, error: Exception) -> tuple[web.StreamResponse, Refusal]:
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
        response = web.Response(status=303, headers={"Location": SIGN_IN})
        cookies = request.app[SITE].cookies
        cookies.clear(response, cookies.session)
        return response, refusal
    return error_page(request, refusal, refusal.status), refusal


answer_always = one_line(_answer_to)
