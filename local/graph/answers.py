"""How Graph answers: its error shape and headers, and the frame around each route that checks token, role and body.

Errors: https://learn.microsoft.com/graph/errors
"""

import json
import uuid
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

VERSIONS = ("v1.0", "beta")
JSON_TYPE = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"

Json = dict[str, Any]


class GraphError(Exception):
    """A refusal in Graph's words: HTTP status, error code, message, and headers such as Retry-After."""

    def __init__(self, status: int, code: str, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.headers = status, code, message, headers or {}


def bad_request(message: str) -> GraphError:
    """400 for a request that Graph cannot take as it is."""
    return GraphError(400, "BadRequest", message)


def not_found(message: str) -> GraphError:
    """404 for something that does not exist, or not for this caller."""
    return GraphError(404, "NotFound", message)


@dataclass(frozen=True)
class Call:
    """One authorised call. `body` is empty when none was sent; `claims` are those of its token."""

    request: Request
    version: str
    body: Json
    claims: Json

    @property
    def app_id(self) -> str:
        """The calling application: `azp` in v2 tokens, `appid` in v1 tokens."""
        return str(self.claims.get("azp") or self.claims.get("appid") or "")

    @property
    def tenant(self) -> str:
        """The tenant whose token it is: nothing of another one exists for this call."""
        return str(self.claims["tid"])

    def path(self, name: str) -> str:
        """A part of the path, decoded."""
        return str(self.request.path_params[name])

    def query(self, name: str) -> str:
        """A query option, decoded; empty when not given."""
        return self.request.query_params.get(name, "")

    def context(self, what: str) -> str:
        """The `@odata.context` of an answer."""
        return f"{self.request.base_url}{self.version}/$metadata#{what}"


# A route's work: answers with a status and JSON, or None for an empty answer.
Work = Callable[[Call], Awaitable[tuple[int, Json | None]]]
# Checks token and roles: the claims of a good token. Raises GraphError.
Guard = Callable[[Request, Collection[str]], Awaitable[Json]]
# Raises GraphError while the service wants its callers to wait.
Brake = Callable[[], None]


class Frame:
    """Wraps the work of each route: token, role, throttling, body, errors, headers."""

    def __init__(self, guard: Guard, brake: Brake) -> None:
        self._guard, self._brake = guard, brake

    def routes(self, method: str, path: str, work: Work, *, roles: Collection[str]) -> list[Route]:
        """The routes of one call, one for each version. Any one of `roles` is enough."""

        def of(version: str) -> Route:
            async def endpoint(request: Request) -> Response:
                try:
                    claims = await self._guard(request, roles)
                    self._brake()
                    body = await _body(request) if method in ("POST", "PATCH") else {}
                    status, answer = await work(Call(request, version, body, claims))
                except GraphError as error:
                    return refusal(request, error)
                headers = _headers(request)
                if answer is None:
                    return Response(status_code=status, headers=headers)
                return JSONResponse(answer, status, headers, media_type=JSON_TYPE)

            return Route(f"/{version}{path}", endpoint, methods=[method])

        return [of(version) for version in VERSIONS]


def refusal(request: Request, error: GraphError) -> Response:
    """The error as Graph writes it."""
    headers = _headers(request)
    now = datetime.now(UTC)
    inner = {
        "date": f"{now:%Y-%m-%dT%H:%M:%S}",
        **{name: headers[name] for name in ("request-id", "client-request-id")},
    }
    body = {"error": {"code": error.code, "message": error.message, "innerError": inner}}
    return JSONResponse(body, error.status, headers | error.headers, media_type="application/json")


async def unknown_route(request: Request, error: Exception) -> Response:
    """What a path or method that Graph does not have is answered with."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    if status == 404:
        segment = request.url.path.rstrip("/").rpartition("/")[2]
        return refusal(request, bad_request(f"Resource not found for the segment '{segment}'."))
    return refusal(request, GraphError(status, "Request_BadRequest", "The method is not supported for this resource."))


def _headers(request: Request) -> dict[str, str]:
    request_id = str(uuid.uuid4())
    return {
        "request-id": request_id,
        "client-request-id": request.headers.get("client-request-id", request_id),
        "OData-Version": "4.0",
    }


async def _body(request: Request) -> Json:
    raw = await request.body()
    if not raw:
        return {}
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise GraphError(415, "UnsupportedMediaType", "The content type of a request with a body is application/json.")
    try:
        body = json.loads(raw)
    except ValueError as error:
        raise bad_request("The request's payload is not JSON.") from error
    if not isinstance(body, dict):
        raise bad_request("The request's payload is not a JSON object.")
    return body
