"""Static files: read once at start, named by their content, kept by browsers for ever."""

import gzip
import hashlib
import mimetypes
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

SERVED = frozenset({".css", ".js", ".svg", ".png", ".woff2", ".ico", ".webmanifest"})
TEXT = frozenset({".css", ".js", ".svg", ".webmanifest"})
YEAR = "public, max-age=31536000, immutable"
TYPES = {".js": "text/javascript", ".woff2": "font/woff2"}


@dataclass(frozen=True)
class Asset:
    """A file as it is sent."""

    body: bytes
    zipped: bytes | None
    content_type: str


class Assets:
    """The files of some folders; of two with the same name, the later folder's wins.

    `style.css` is served as `/static/style.3f2a9c1b04.css`: another content is another address,
    so that a new release never meets an old stylesheet.
    """

    def __init__(self, folders: Sequence[Path], prefix: str = "/static"):
        self._prefix = prefix
        self._names: dict[str, str] = {}
        self._assets: dict[str, Asset] = {}
        for folder in folders:
            for path in sorted(folder.rglob("*")):
                if path.suffix in SERVED:
                    self._take(path.relative_to(folder), path.read_bytes())

    def _take(self, path: Path, body: bytes) -> None:
        digest = hashlib.sha256(body).hexdigest()[:10]
        name = f"{path.stem}.{digest}{path.suffix}"
        self._names[path.as_posix()] = name
        kind = TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0]
        zipped = gzip.compress(body, 9, mtime=0) if path.suffix in TEXT else None
        self._assets[name] = Asset(body, zipped, kind or "application/octet-stream")

    def url(self, name: str) -> str:
        """The address of a file. Raises KeyError for one that does not exist: at the first page."""
        return f"{self._prefix}/{self._names[name]}"

    def total(self, suffix: str) -> int:
        """Bytes of all files that end so, before compression."""
        return sum(len(a.body) for name, a in self._assets.items() if name.endswith(suffix))

    async def serve(self, request: web.Request) -> web.Response:
        """Send a file, compressed if the browser can read that."""
        asset = self._assets.get(request.match_info["name"])
        if asset is None:
            raise web.HTTPNotFound()
        headers = {"Cache-Control": YEAR, "Content-Type": asset.content_type}
        if asset.content_type.startswith("text/"):
            headers["Content-Type"] += "; charset=utf-8"
        body = asset.body
        if asset.zipped is not None:
            headers["Vary"] = "Accept-Encoding"
            if "gzip" in request.headers.get("Accept-Encoding", ""):
                headers["Content-Encoding"] = "gzip"
                body = asset.zipped
        return web.Response(body=body, headers=headers)

    def route(self) -> web.RouteDef:
        """The route of every file."""
        return web.get(f"{self._prefix}/{{name}}", self.serve)
