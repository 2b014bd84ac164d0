"""What every answer and every form must have, so that no foreign page acts in anybody's name."""

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from collections.abc import Awaitable, Callable, Collection
from typing import Any

from aiohttp import web
from multidict import MultiDictProxy

from chassis.ui.cookies import Cookies
from contracts.refusal import Malformed, Refusal

BODY_BYTES_MAX = 192 * 1024
"""A page with a thousand ticks, percent-encoded, fits in."""
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
FORM = "application/x-www-form-urlencoded"
CHARSETS = frozenset({"utf-8", "utf8"})
LOCAL_PATH = re.compile(r"/(?![/\\])[!-\[\]-~]*")
CSP = (
    "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; "
    "object-src 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
HSTS = "max-age=63072000; includeSubDomains"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class ForeignForm(Refusal, code="request.foreign_form", status=403):
    """The form does not come from a page that we drew for this browser, or not recently."""

    sentence = (
        "Ce formulaire n’est plus valable. Rien n’a été envoyé : "
        "revenez à la page précédente, rechargez-la, puis recommencez."
    )


def _proof(token: str) -> bytes:
    return hmac.digest(token.encode(), b"form", hashlib.sha256)


def form_token(token: str) -> str:
    """What a form carries: a proof derived from the cookie, under a fresh mask.

    The mask makes every page different, so that compression tells nothing about the proof.
    """
    mask = secrets.token_bytes(32)
    hidden = bytes(a ^ b for a, b in zip(mask, _proof(token), strict=True))
    return base64.urlsafe_b64encode(mask + hidden).decode()


def form_token_fits(given: str, token: str) -> bool:
    """Whether a form's proof was derived from this cookie."""
    try:
        both = base64.urlsafe_b64decode(given.encode("ascii"))
    except (binascii.Error, ValueError):
        return False
    if len(both) != 64:
        return False
    proof = bytes(a ^ b for a, b in zip(both[:32], both[32:], strict=True))
    return hmac.compare_digest(proof, _proof(token))


def comes_from_us(request: web.Request, origin: str) -> bool:
    """What the browser itself says about where a form stands; true if it says nothing."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return request.headers.get("Origin", origin).lower() == origin


def local_path(value: str, otherwise: str = "/") -> str:
    """A path of this site to go on to; anything that could lead elsewhere is dropped."""
    return value if len(value) <= 500 and LOCAL_PATH.fullmatch(value) else otherwise


async def _fields(request: web.Request) -> "MultiDictProxy[Any]":
    """The form, as browsers send ours: UTF-8, percent-encoded. Raises Malformed."""
    charset = (request.charset or "utf-8").lower()
    if request.content_type != FORM or charset not in CHARSETS:
        raise Malformed()
    try:
        return await request.post()
    except UnicodeDecodeError as error:
        raise Malformed() from error


def protect(
    cookies: Cookies, origin: str, unless: Collection[object] = ()
) -> Callable[..., Awaitable[web.StreamResponse]]:
    """The middleware that lets an unsafe request in only from our own page, with its proof.

    The handlers in `unless` look for themselves.
    """

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.method in SAFE or request.match_info.handler in unless:
            return await handler(request)
        if not comes_from_us(request, origin):
            raise ForeignForm()
        given = (await _fields(request)).get("csrf", "")
        tokens = (request.cookies.get(cookies.session), request.cookies.get(cookies.visitor))
        if not any(t and form_token_fits(str(given), t) for t in tokens):
            raise ForeignForm()
        return await handler(request)

    return check


def send_headers(*, secure: bool) -> Callable[[web.Request, web.StreamResponse], Awaitable[None]]:
    """The signal that puts the security headers on every answer."""
    headers = {**HEADERS, "Strict-Transport-Security": HSTS} if secure else HEADERS

    async def put(_request: web.Request, response: web.StreamResponse) -> None:
        response.headers.setdefault("Referrer-Policy", "same-origin")
        response.headers.update(headers)

    return put
