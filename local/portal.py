"""Serves the built portal as Azure Static Web Apps does, by the same configuration file.

https://learn.microsoft.com/azure/static-web-apps/configuration. What of that file is not served here is refused, not
skipped. Brotli, which the real one offers too, is not; everything else about an answer is the same.
"""

import asyncio
import gzip
import json
import os
import re
import signal
import sys
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from local.config import StackConfig

HOSTING = "staticwebapp.config.json"
KNOWN = {"globalHeaders", "routes", "navigationFallback", "mimeTypes"}
KNOWN_OF_ROUTE = {"route", "headers"}
TYPES = {
    ".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".json": "application/json", ".svg": "image/svg+xml",
}  # fmt: skip
TEXT = ("text/", "application/json", "image/svg+xml")
COMPRESSED_FROM_BYTES = 500


class HostingError(ValueError):
    """The configuration asks for something that is not served here."""


def _pattern(route: str) -> re.Pattern[str]:
    """`/assets/*`, `/*.{js,css}`: a star at the end of a path, and endings after it."""
    found = re.fullmatch(r"(/[^*{}]*)(\*(?:\.\{([\w,]+)\})?)?", route)
    if not found:
        raise HostingError(f"{route} is no route of a static web app")
    endings = rf"\.(?:{found[3].replace(',', '|')})" if found[3] else ""
    return re.compile(re.escape(found[1]) + (f".*{endings}" if found[2] else ""))


class Hosting:
    """The configuration file, read strictly. Raises HostingError."""

    def __init__(self, content: dict[str, Any]) -> None:
        if unknown := content.keys() - KNOWN:
            raise HostingError(f"not served here: {', '.join(sorted(unknown))}")
        for route in content.get("routes", []):
            if unknown := route.keys() - KNOWN_OF_ROUTE:
                raise HostingError(f"not served here: {', '.join(sorted(unknown))} of {route.get('route')}")
        self._headers: dict[str, str] = content.get("globalHeaders", {})
        self._routes = [(_pattern(route["route"]), route.get("headers", {})) for route in content.get("routes", [])]
        fallback = content.get("navigationFallback", {})
        self._rewrite: str | None = fallback.get("rewrite")
        self._exclude = [_pattern(route) for route in fallback.get("exclude", [])]
        self._types = TYPES | content.get("mimeTypes", {})

    def headers(self, path: str) -> dict[str, str]:
        """Of an answer at this path: those of the first route that fits win over the global ones."""
        own: dict[str, str] = next((headers for pattern, headers in self._routes if pattern.fullmatch(path)), {})
        return self._headers | own

    def fallback(self, path: str) -> str | None:
        """What is served where there is no file, if anything."""
        return None if any(pattern.fullmatch(path) for pattern in self._exclude) else self._rewrite

    def media_type(self, path: str) -> str:
        """By the ending of the file's name."""
        return str(self._types.get(Path(path).suffix, "application/octet-stream"))


@lru_cache(maxsize=256)
def _compressed(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)


def create(*folders: Path) -> Starlette:
    """The files of all folders as one site; a file of an earlier folder hides that of a later one.

    One of them has `staticwebapp.config.json`. Files are read at each request, so that a new build shows at once.
    Raises HostingError.
    """
    roots = [folder.resolve() for folder in folders]

    def read(path: str) -> bytes | None:
        if path == f"/{HOSTING}":
            return None  # the real one does not give it away either
        for root in roots:
            file = (root / path.lstrip("/")).resolve()
            if file.is_relative_to(root) and file.is_file():
                return file.read_bytes()
        return None

    content = next(file.read_text() for root in roots if (file := root / HOSTING).exists())
    hosting = Hosting(json.loads(content))

    async def serve(request: Request) -> Response:
        path = request.url.path
        file = "/index.html" if path == "/" else path
        found = read(file)
        if found is None and (rewritten := hosting.fallback(path)):
            file, found = rewritten, read(rewritten)
        headers = hosting.headers(path)
        if found is None:
            return Response("404: Not Found", 404, headers, "text/plain")
        etag = f'"{sha256(found).hexdigest()[:20]}"'
        headers |= {"ETag": etag, "Vary": "Accept-Encoding"}
        if etag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        media_type = hosting.media_type(file)
        accepts = "gzip" in request.headers.get("accept-encoding", "")
        if accepts and media_type.startswith(TEXT) and len(found) >= COMPRESSED_FROM_BYTES:
            headers["Content-Encoding"] = "gzip"
            found = _compressed(found)
        return Response(found, headers=headers, media_type=media_type)

    return Starlette(routes=[Route("/{path:path}", serve, methods=["GET", "HEAD"])])


async def main(config: StackConfig) -> None:
    """Serves until SIGTERM."""
    # While one works on the portal its build is served from where it is made; the configuration is the run's anyway.
    watched = [Path(folder)] if (folder := os.environ.get("PORTAL_DIST")) else []
    app, port = create(config.run_dir / "portal", *watched), config.ports["portal"]
    options = uvicorn.Config(
        app, host="127.0.0.1", port=port, log_level="warning", access_log=False, server_header=False
    )
    server = uvicorn.Server(options)
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, lambda: setattr(server, "should_exit", True))
    await server.serve()


if __name__ == "__main__":
    asyncio.run(main(StackConfig.load(sys.argv[1])))
