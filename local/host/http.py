"""HTTP triggers: routes, keys, how a request reaches a function and how its answer goes out."""

import json
import logging
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qsl, quote

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from local.host.app import App
from local.host.routing import Route
from local.host.worker import Function, Value

log = logging.getLogger("host")

LEVELS = {"anonymous": 0, "function": 1, "system": 2, "admin": 3}


class HttpTriggers:
    """The table of routes. Keys of functions are asked for only with `enforce_keys`, as with `func start`."""

    def __init__(self, app: App, *, enforce_keys: bool) -> None:
        self._app = app
        self._enforce_keys = enforce_keys
        options = app.extensions.get("http", {})
        self._headers: dict[str, str] = options.get("customHeaders", {})
        prefix = str(options.get("routePrefix", "api")).strip("/")
        self.routes: list[tuple[Route, Function]] = []
        for function in app.functions.values():
            if function.trigger["type"] == "httpTrigger":
                own = str(function.trigger.get("route") or function.name).lstrip("/")
                template = "/".join(part for part in (prefix, own) if part)
                try:
                    route = Route(template, function.trigger.get("methods"))
                except ValueError as error:
                    raise ValueError(f"{function.name}: {error}") from error
                self.routes.append((route, function))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The same as an ASGI app, which unlike a handler function takes whatever method there is."""
        response = await self.answer(Request(scope, receive))
        await response(scope, receive, send)

    async def answer(self, request: Request) -> Response:
        """One request; 404 where nothing matches, 401 without the key, 500 without a body when the function failed."""
        raw_path = request.scope.get("raw_path", request.url.path.encode()).decode("ascii", "replace").partition("?")[0]
        matches = ((route.match(request.method, raw_path), function) for route, function in self.routes)
        parameters, function = next((match for match in matches if match[0] is not None), (None, None))
        if parameters is None or function is None:
            return Response(status_code=404)
        needed = LEVELS[str(function.trigger.get("authLevel") or "function").lower()]
        if self._enforce_keys and needed and level(self._app, request) not in (needed, LEVELS["admin"]):
            return Response(status_code=401)
        if self._app.disabled(function):
            return Response(status_code=404)
        return await self._invoke(request, function, parameters)

    async def _invoke(self, request: Request, function: Function, parameters: dict[str, str]) -> Response:
        headers: dict[str, str] = {}
        for name, value in request.headers.items():
            headers[name] = f"{headers[name]},{value}" if name in headers else value
        # Only a body with a length reaches a function: a chunked one is empty, as behind Kestrel.
        body = await request.body() if int(headers.get("content-length") or 0) > 0 else None
        http = {
            "method": request.method,
            "url": str(request.url),
            "headers": headers,
            "params": parameters,
            "query": _query(request.url.query),
            "body": body,
        }
        metadata: dict[str, Value] = {name: ("string", value) for name, value in parameters.items()}
        result = await self._app.invoke(
            function, {function.trigger["name"]: ("http", http)}, metadata, traceparent=headers.get("traceparent", "")
        )
        if not result.ok:
            return Response(status_code=500)
        name = next((binding["name"] for binding in function.bindings if binding["type"] == "http"), "$return")
        try:
            return self._reply(result.value if name == "$return" else (result.outputs or {}).get(name, (None, None)))
        except ValueError as error:
            # A header that is not Latin-1, a status that is no number. The message may quote data.
            log.error("%s: its answer cannot be sent: %s", function.name, type(error).__name__)  # noqa: TRY400
            return Response(status_code=500)

    def _reply(self, value: Value) -> Response:
        kind, content = value
        if kind == "http":
            response = Response(content["body"], content["status"])
            for name, text in content["headers"].items():
                response.headers[name] = text
            for cookie in content["cookies"]:
                response.raw_headers.append((b"set-cookie", _cookie(cookie).encode("latin-1")))
        elif kind in ("string", "json"):
            response = _sniffed(content)
        else:
            response = Response(content or b"", 200 if content else 204)
        for name, text in self._headers.items():
            response.headers.setdefault(name, text)
        return response


def level(app: App, request: Request) -> int:
    """What the key of a request is worth: 3 master, 2 system, 1 function, 0 none."""
    key = request.headers.get("x-functions-key") or request.query_params.get("code")
    if not key:
        return 0
    if app.keys["master"] and key == app.keys["master"]:
        return LEVELS["admin"]
    if key in app.keys["system"].values():
        return LEVELS["system"]
    return LEVELS["function"] if key in app.keys["function"].values() else 0


def _query(text: str) -> dict[str, str]:
    """Names without regard to case, repeated ones joined by a comma, empty values dropped: as the host passes them."""
    query: dict[str, str] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        known = next((other for other in query if other.lower() == name.lower()), None)
        if known is None:
            query[name] = value
        else:
            query[known] = f"{query[known]},{value}"
    return {name: value for name, value in query.items() if value}


def _sniffed(text: str) -> Response:
    """The host takes a text that is a JSON object with a `body` for a response object."""
    try:
        parsed: Any = json.loads(text)
    except ValueError:
        return PlainTextResponse(text)
    lowered = {name.lower(): value for name, value in parsed.items()} if isinstance(parsed, dict) else {}
    if "body" not in lowered:
        return PlainTextResponse(text)
    body = lowered["body"] if isinstance(lowered["body"], str) else json.dumps(lowered["body"])
    return PlainTextResponse(body, int(lowered.get("statuscode", lowered.get("status", 200))), lowered.get("headers"))


def _cookie(cookie: Any) -> str:
    """A Set-Cookie line as ASP.NET Core writes it: the value escaped, `path=/` where none is given."""

    def value(field: Any) -> Any:
        return None if field is None else field.value

    parts = [f"{cookie.name}={quote(cookie.value, safe='')}"]
    expires, max_age = value(cookie.expires), value(cookie.max_age)
    if expires is not None:
        parts.append(f"expires={format_datetime(datetime.fromtimestamp(expires.seconds, UTC), usegmt=True)}")
    if max_age is not None:
        parts.append(f"max-age={int(float(max_age))}")
    if value(cookie.domain):
        parts.append(f"domain={value(cookie.domain)}")
    parts.append(f"path={value(cookie.path) or '/'}")
    if value(cookie.secure):
        parts.append("secure")
    if cookie.same_site:
        parts.append(f"samesite={cookie.same_site}")
    if value(cookie.http_only):
        parts.append("httponly")
    return "; ".join(parts)
