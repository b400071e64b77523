"""Faults put in front of a stand-in, by rule: an error status, a delay, a dropped connection.

`PUT {control}/faults` takes `{"route": "[service:][METHOD ]/path-prefix", "status" | "delay_ms" | "drop", "rate"}`; the
same route again replaces its rule. `GET` lists, `DELETE` clears. `rate` is a share from 0 to 1, drawn from `seed`.
"""

import asyncio
import random
from dataclasses import asdict, dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

SOON = "1"


class CannotDropError(RuntimeError):
    """The app is not served by uvicorn."""


@dataclass(frozen=True)
class Rule:
    """What to do to which requests."""

    route: str
    service: str
    method: str
    prefix: str
    status: int = 0
    delay_ms: int = 0
    drop: bool = False
    rate: float = 1.0

    @classmethod
    def read(cls, body: dict[str, Any]) -> "Rule":
        """Raises ValueError, KeyError, TypeError or OverflowError for a rule that makes no sense."""
        route = str(body["route"])
        service, colon, rest = route.partition(":")
        if not colon or "/" in service:
            service, rest = "", route
        method, space, prefix = rest.strip().partition(" ")
        if not space:
            method, prefix = "", rest.strip()
        rule = cls(
            route, service.strip(), method.upper(), prefix.strip(), int(body.get("status", 0)),
            int(body.get("delay_ms", 0)), bool(body.get("drop", False)), float(body.get("rate", 1)),
        )  # fmt: skip
        if not rule.prefix.startswith("/") or not 0 <= rule.rate <= 1:
            raise ValueError
        if bool(rule.status) + bool(rule.delay_ms) + rule.drop != 1:
            raise ValueError
        if rule.delay_ms < 0 or (rule.status and not 200 <= rule.status <= 599):
            raise ValueError
        return rule

    def meets(self, service: str, method: str, path: str) -> bool:
        return self.service in ("", service) and self.method in ("", method) and path.startswith(self.prefix)


class Faults:
    """The rules in force, for all stand-ins of a process."""

    def __init__(self, seed: int = 1) -> None:
        self.rules: dict[str, Rule] = {}
        self._random = random.Random(seed)  # noqa: S311, faults are no secret

    def around(self, service: str, app: ASGIApp) -> ASGIApp:
        """The app with faults in front of it."""

        async def faulty(scope: Scope, receive: Receive, send: Send) -> None:
            rule = self._drawn(service, scope) if scope["type"] == "http" else None
            if rule is None:
                await app(scope, receive, send)
            elif rule.drop:
                await _drop(receive, send)
            elif rule.status:
                await _refusal(rule.status)(scope, receive, send)
            else:
                await asyncio.sleep(rule.delay_ms / 1000)
                await app(scope, receive, send)

        return faulty

    def routes(self) -> list[BaseRoute]:
        """The control routes."""
        return [Route("/faults", self._control, methods=["GET", "PUT", "DELETE"])]

    def _drawn(self, service: str, scope: Scope) -> Rule | None:
        for rule in self.rules.values():
            if rule.meets(service, scope["method"], scope["path"]) and self._random.random() < rule.rate:
                return rule
        return None

    async def _control(self, request: Request) -> Response:
        if request.method == "DELETE":
            self.rules.clear()
        elif request.method == "PUT":
            try:
                rule = Rule.read(await request.json())
            except (ValueError, KeyError, TypeError, OverflowError):
                return JSONResponse({"error": "route, and one of status, delay_ms, drop; rate from 0 to 1"}, 400)
            self.rules[rule.route] = rule
        return JSONResponse([asdict(rule) for rule in self.rules.values()])


async def _drop(receive: Receive, send: Send) -> None:
    """Ends the connection without an answer. ASGI has no word for it; uvicorn's `send` belongs to the object that holds
    the connection.
    """
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is None:
        raise CannotDropError
    transport.abort()
    while (await receive())["type"] != "http.disconnect":
        pass


def _refusal(status: int) -> Response:
    headers = {"Retry-After": SOON} if status in (429, 503) else {}
    return JSONResponse({"error": {"code": "Fault", "message": "A fault was asked for."}}, status, headers)
