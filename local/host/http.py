"""HTTP triggers: which function a request is for, whether it may, and how it reaches the function.

https://learn.microsoft.com/azure/azure-functions/functions-bindings-http-webhook-trigger
"""

import logging
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from local.host import settings
from local.host.app import App
from local.host.keys import LEVELS, Keys
from local.host.replies import reply
from local.host.routing import Route
from local.host.settings import AppError
from local.host.worker import Function, Value

log = logging.getLogger("host")


class HttpTriggers:
    """The table of routes, as an ASGI app. Function keys are asked for only with `enforce_keys`, as `func start` does.

    Raises AppError for a route that cannot be read.
    """

    def __init__(self, app: App, keys: Keys, *, enforce_keys: bool) -> None:
        self._app = app
        self._keys = keys
        self._enforce_keys = enforce_keys
        options = app.extensions.get("http", {})
        self._headers: dict[str, str] = options.get("customHeaders", {})
        self._prefix = str(options.get("routePrefix", "api")).strip("/")
        self._routes = [
            (self._route(function), function)
            for function in app.functions.values()
            if function.kind == "httpTrigger" and not settings.disabled(function.name)
        ]

    def _route(self, function: Function) -> Route:
        own = str(function.trigger.get("route") or function.name).lstrip("/")
        template = "/".join(part for part in (self._prefix, own) if part)
        try:
            return Route(template, function.trigger.get("methods"))
        except ValueError as error:
            raise AppError(f"{function.name}: {error}") from None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        response = await self.answer(Request(scope, receive))
        await response(scope, receive, send)

    async def answer(self, request: Request) -> Response:
        """One request; 404 where nothing matches, 401 without the key, 500 without a body when the function failed."""
        raw_path = request.scope["raw_path"].decode("ascii", "replace")
        matches = ((route.match(request.method, raw_path), function) for route, function in self._routes)
        parameters, function = next((match for match in matches if match[0] is not None), (None, None))
        if parameters is None or function is None:
            return Response(status_code=404)
        needed = LEVELS[str(function.trigger.get("authLevel") or "function").lower()]
        if self._enforce_keys and needed and self._keys.level(request) not in (needed, LEVELS["admin"]):
            return Response(status_code=401)
        metadata: dict[str, Value] = {name: ("string", value) for name, value in parameters.items()}
        http = await _shaped(request, raw_path, parameters)
        traceparent = http["headers"].get("traceparent", "")
        result = await self._app.invoke(
            function, {function.trigger["name"]: ("http", http)}, metadata, traceparent=traceparent
        )
        if not result.ok:
            return Response(status_code=500)
        output = next((binding for binding in function.bindings if binding["type"] == "http"), {"name": "$return"})
        try:
            return reply(result.of(output), self._headers)
        except (TypeError, ValueError) as error:
            # A header that is not Latin-1, a status that is no number; the message may quote data.
            log.error("%s: its answer cannot be sent: %s", function.name, type(error).__name__)  # noqa: TRY400
            return Response(status_code=500)


async def _shaped(request: Request, raw_path: str, parameters: dict[str, str]) -> dict[str, Any]:
    """The request as the host hands it to a worker: names of headers lower-case, repeated headers joined."""
    headers: dict[str, str] = {}
    for name, value in request.headers.items():
        headers[name] = f"{headers[name]},{value}" if name in headers else value
    # Only a body with a length reaches a function: a chunked one is empty, as behind Kestrel.
    body = await request.body() if int(headers.get("content-length") or 0) > 0 else None
    query = request.scope["query_string"].decode("latin-1")
    origin = f"{request.url.scheme}://{headers.get('host', request.url.netloc)}"
    return {
        "method": request.method,
        "url": f"{origin}{raw_path}" + (f"?{query}" if query else ""),
        "headers": headers,
        "params": parameters,
        "query": _query(query),
        "body": body,
    }


def _query(text: str) -> dict[str, str]:
    """Names without regard to case, repeated ones joined by a comma, empty values dropped."""
    query: dict[str, str] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        known = next((other for other in query if other.lower() == name.lower()), None)
        if known is None:
            query[name] = value
        else:
            query[known] = f"{query[known]},{value}"
    return {name: value for name, value in query.items() if value}
