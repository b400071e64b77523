"""The host's keys and what each opens: master everything, `function` keys HTTP functions, `system` keys webhooks.

https://learn.microsoft.com/azure/azure-functions/function-keys-how-to
"""

from collections.abc import Iterable
from hmac import compare_digest
from typing import Any

from starlette.requests import Request

# What a function's authLevel asks for, and what a key is worth.
LEVELS = {"anonymous": 0, "function": 1, "system": 2, "admin": 3}


class Keys:
    """`{"master": "...", "function": {NAME: KEY}, "system": {NAME: KEY}}`. A key that is not given opens nothing."""

    def __init__(self, given: dict[str, Any]) -> None:
        self._master = str(given.get("master") or "")
        self._function: dict[str, str] = given.get("function") or {}
        self._system: dict[str, str] = given.get("system") or {}

    def level(self, request: Request) -> int:
        """What the key of a request is worth, as one of LEVELS."""
        key = presented(request)
        if _among(key, [self._master]):
            return LEVELS["admin"]
        if _among(key, self._system.values()):
            return LEVELS["system"]
        return LEVELS["function"] if _among(key, self._function.values()) else LEVELS["anonymous"]

    def is_master(self, request: Request) -> bool:
        """Whether the request may use the admin routes."""
        return self.level(request) == LEVELS["admin"]

    def opens(self, extension: str, request: Request, *headers: str) -> bool:
        """Whether the request may use an extension's webhook; `headers` are further places for its key."""
        keys = [presented(request), *(request.headers.get(header, "") for header in headers)]
        return any(_among(key, [self._master, self._system.get(extension, "")]) for key in keys)


def presented(request: Request) -> str:
    """The key in `x-functions-key` or, without that header, in `?code=`."""
    return request.headers.get("x-functions-key") or request.query_params.get("code") or ""


def _among(key: str, known: Iterable[str]) -> bool:
    return bool(key) and any(candidate and compare_digest(key.encode(), candidate.encode()) for candidate in known)
