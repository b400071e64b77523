"""How requests are read and refused: OAuth's error form, and plain refusals of the control address."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

Json = dict[str, Any]
FORM = "application/x-www-form-urlencoded"
NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}


class OAuthError(Exception):
    """A refusal with one of the codes of RFC 6749 §4.1.2.1 (authorize) or §5.2 (token)."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(f"{error}: {description}")
        self.error, self.description = error, description

    def answer(self) -> Response:
        """The refusal as the token endpoint writes it, RFC 6749 §5.2."""
        status = 401 if self.error == "invalid_client" else 400
        body = {"error": self.error, "error_description": self.description}
        return JSONResponse(body, status, NO_STORE)


@dataclass(frozen=True)
class Parameters:
    """Request parameters; one without a value counts as left out (RFC 6749 §3.1). `repeated` came more than once."""

    values: dict[str, str]
    repeated: frozenset[str]

    def get(self, name: str) -> str:
        """The value, or nothing."""
        return self.values.get(name, "")

    def __contains__(self, name: str) -> bool:
        return name in self.values


async def parameters(request: Request, *, query: bool, body: bool) -> Parameters:
    """Those of the query, of a form body, or of both. Raises OAuthError for a body that is no form."""
    pairs = parse_qsl(request.url.query) if query else []
    if body:
        media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type != FORM:
            raise OAuthError("invalid_request", f"the body must be {FORM}")
        pairs += parse_qsl((await request.body()).decode(errors="replace"))
    names = [name for name, _ in pairs]
    return Parameters(dict(pairs), frozenset(name for name in names if names.count(name) > 1))


async def control_object(request: Request, allowed: set[str]) -> Json:
    """The JSON object that a control route was sent; no body counts as an empty one. Raises HTTPException 400."""
    raw = await request.body()
    try:
        body = json.loads(raw) if raw else {}
    except ValueError as error:
        raise HTTPException(400, "a JSON object is needed") from error
    if not isinstance(body, dict):
        raise HTTPException(400, "a JSON object is needed")
    if unknown := set(body) - allowed:
        raise HTTPException(400, f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(sorted(allowed))}")
    return body
