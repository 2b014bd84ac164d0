"""The secret that a browser keeps: an opaque token in a cookie; services know only its hash."""

import hashlib
import secrets
from typing import Literal

from aiohttp import web

KEPT_SECONDS = 400 * 24 * 3600
"""Life of the cookie of « Rester connecté »; accounts decides how long the session lasts."""


def new_token() -> str:
    """A secret of 256 bits for a cookie."""
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> str:
    """What leaves the front instead of the token."""
    return hashlib.sha256(token.encode()).hexdigest()


class Cookies:
    """The two cookies: `session` of who is signed in, `visitor` for the forms of who is not."""

    def __init__(
        self,
        *,
        secure: bool,
        session: str = "session",
        visitor: str = "visitor",
        same_site: Literal["Lax", "Strict"] = "Lax",
    ):
        self._secure = secure
        self._same_site = same_site
        prefix = "__Host-" if secure else ""
        self.session = f"{prefix}{session}"
        self.visitor = f"{prefix}{visitor}"

    def set(self, response: web.Response, name: str, token: str, *, keep: bool = False) -> None:
        """Give a cookie: for this host alone, out of reach of scripts and of foreign forms."""
        response.set_cookie(
            name, token, path="/", secure=self._secure, httponly=True, samesite=self._same_site,
            max_age=KEPT_SECONDS if keep else None,
        )  # fmt: skip

    def clear(self, response: web.Response, name: str) -> None:
        """Take a cookie back."""
        response.del_cookie(
            name, path="/", secure=self._secure, httponly=True, samesite=self._same_site
        )
