"""How the vault answers: its error shape, its paging, and the frame around each route that checks token and version.

Shapes: https://learn.microsoft.com/azure/key-vault/general/authentication-requests-and-responses
"""

import json
import re
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.bearer import BearerCheck, BearerRefusedError, KeysUnavailableError
from local.config import StackConfig

AUDIENCE = "https://vault.azure.net"
LARGEST_PAGE = 25
_API_VERSION = re.compile(r"7\.\d|20\d\d-\d\d-\d\d(-preview(\.\d)?)?")

Json = dict[str, Any]
# A route's work: takes the request and its JSON body, returns the answer's JSON, or None for 204.
Work = Callable[[Request, Json], Awaitable[Json | None]]


class VaultError(Exception):
    """A refusal in the vault's words: HTTP status, error code, message, and the inner code where it has one."""

    def __init__(self, status: int, code: str, message: str, inner: str | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.inner = status, code, message, inner

    def answer(self, headers: dict[str, str] | None = None) -> JSONResponse:
        """The error as the service writes it."""
        error: Json = {"code": self.code, "message": self.message}
        if self.inner:
            error["innererror"] = {"code": self.inner}
        return JSONResponse({"error": error}, self.status, headers)


def bad_parameter(message: str) -> VaultError:
    """400 for a request that the vault cannot take as it is."""
    return VaultError(400, "BadParameter", message)


class Frame:
    """Wraps the work of each route: challenge, token, api-version, body, errors."""

    def __init__(self, config: StackConfig) -> None:
        self._bearer = BearerCheck(config, [AUDIENCE])
        self._challenge = f'Bearer authorization="{config.authority}", resource="{AUDIENCE}"'

    def route(self, method: str, path: str, work: Work) -> Route:
        """A route that answers with what `work` returns."""

        async def endpoint(request: Request) -> Response:
            try:
                refused = await self._refusal(request)
                if refused:
                    return refused
                if not _API_VERSION.fullmatch(request.query_params.get("api-version", "")):
                    raise bad_parameter("api-version must be specified and supported")
                answer = await work(request, await _body(request))
            except VaultError as error:
                return error.answer()
            return Response(status_code=204) if answer is None else JSONResponse(answer)

        return Route(path, endpoint, methods=[method])

    async def _refusal(self, request: Request) -> Response | None:
        """What a caller without a good token gets; None for a good one."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            error = VaultError(401, "Unauthorized", "AKV10000: Request is missing a Bearer or PoP token.")
            return error.answer({"WWW-Authenticate": self._challenge})
        try:
            await self._bearer.verify(token)
        except BearerRefusedError as why:
            error = VaultError(401, "Unauthorized", f"AKV10022: Invalid token: {why}.")
            return error.answer({"WWW-Authenticate": f'{self._challenge}, error="invalid_token"'})
        except KeysUnavailableError as why:
            return VaultError(503, "ServiceUnavailable", f"The token could not be checked: {why}").answer()
        return None


async def _body(request: Request) -> Json:
    raw = await request.body()
    if not raw:
        return {}
    try:
        body = json.loads(raw)
    except ValueError as error:
        raise bad_parameter("The request body is not valid JSON.") from error
    if not isinstance(body, dict):
        raise bad_parameter("The request body must be a JSON object.")
    return body


def page(request: Request, base_url: str, items: list[Json]) -> Json:
    """One page of a list with the link to the next. Raises VaultError for a page size that the vault does not allow."""
    try:
        size = int(request.query_params.get("maxresults", LARGEST_PAGE))
        start = int(request.query_params.get("$skiptoken", 0))
    except ValueError as error:
        raise bad_parameter("maxresults and $skiptoken must be numbers") from error
    if not 1 <= size <= LARGEST_PAGE or start < 0:
        raise bad_parameter(f"maxresults must be between 1 and {LARGEST_PAGE}")
    version = request.query_params["api-version"]
    following = f"{base_url}{request.url.path}?api-version={version}&$skiptoken={start + size}&maxresults={size}"
    return {"value": items[start : start + size], "nextLink": following if start + size < len(items) else None}
