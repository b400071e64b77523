"""How the stand-in refuses: the error shapes of Azure Communication Services.

The service has two. Whole requests are refused with an `error` object (as recorded for 401 in the SDK's own tests);
a field of the wrong shape is answered with 400 and `{"Field": ["what is wrong"]}` (as recorded for a bad `from`).
https://learn.microsoft.com/rest/api/communication/errorcodes
"""

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

Json = dict[str, Any]


class AcsError(Exception):
    """A refused request: HTTP status, code, message, and what it is about."""

    def __init__(
        self, status: int, code: str, message: str, target: str = "", headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.target, self.headers = status, code, message, target, headers

    def answer(self) -> Response:
        """The refusal as the service writes it."""
        error = {"code": self.code, "message": self.message}
        if self.target:
            error["target"] = self.target
        return JSONResponse({"error": error}, self.status, self.headers)


class FieldError(AcsError):
    """A field that breaks the contract; `field` is its name with a capital, as the service writes it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(400, "BadRequest", message)
        self.field = field

    def answer(self) -> Response:
        """The refusal as the service writes it."""
        return JSONResponse({self.field: [self.message]}, self.status)


async def read_object(request: Request) -> Json:
    """The request's JSON object. Raises AcsError for any other body."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise AcsError(415, "UnsupportedMediaType", "The request body must be application/json.")
    try:
        body = json.loads(await request.body())
    except ValueError as error:
        raise AcsError(400, "BadRequest", "The request body is not valid JSON.") from error
    if not isinstance(body, dict):
        raise AcsError(400, "BadRequest", "The request body must be a JSON object.")
    return body
