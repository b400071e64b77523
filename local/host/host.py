"""The host as one ASGI app: HTTP triggers, the admin API, Event Grid; timers and queues run beside it."""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.host.app import App
from local.host.events import EventGrid
from local.host.http import LEVELS, HttpTriggers, level
from local.host.queues import QueueTrigger
from local.host.timers import Timer
from local.host.worker import Function

log = logging.getLogger("host")

# Less than what local/guard.py grants before it kills.
PATIENCE_SECONDS = 4
TRIGGERS = ("httpTrigger", "timerTrigger", "queueTrigger", "eventGridTrigger")


class Host:
    """One running host of one app, which has been started. Raises ValueError for what the real host calls a function
    in error: a route, schedule or setting that makes no sense.
    """

    def __init__(self, app: App, *, enforce_keys: bool = False) -> None:
        self._app = app
        self._http = HttpTriggers(app, enforce_keys=enforce_keys)
        self._events = EventGrid(app)
        self._timers: dict[str, Timer] = {}
        self._listeners: dict[str, Timer | QueueTrigger] = {}
        self._loops: list[asyncio.Task[None]] = []
        self._deadline: float | None = None
        for function in app.functions.values():
            try:
                self._add(function)
            except ValueError as error:
                raise ValueError(f"{function.name}: {error}") from error

    def _add(self, function: Function) -> None:
        kind = function.trigger["type"]
        if kind not in TRIGGERS:
            log.warning("%s: a %s is not run here", function.name, kind)
        elif kind == "timerTrigger":
            self._timers[function.name] = Timer(self._app, function)
            self._listeners[function.name] = self._timers[function.name]
        elif kind == "queueTrigger":
            self._listeners[function.name] = QueueTrigger(self._app, function)
        if self._app.disabled(function):
            self._listeners.pop(function.name, None)

    def asgi(self) -> Starlette:
        """The app to serve; triggers run for as long as it is served."""
        return Starlette(
            lifespan=self._lifespan,
            routes=[
                Route("/admin/host/status", self._status, methods=["GET"]),
                Route("/admin/functions", self._list, methods=["GET"]),
                Route("/admin/functions/{name}", self._function, methods=["GET", "POST"]),
                Route("/runtime/webhooks/eventgrid", self._events.answer, methods=["POST"]),
                Route("/{path:path}", self._http),
            ],
        )

    @contextlib.asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        for name, listener in self._listeners.items():
            loop = asyncio.create_task(listener.run(), name=name)
            loop.add_done_callback(_ended)
            self._loops.append(loop)
        try:
            yield
        finally:
            self.retire()
            if self._loops:
                await asyncio.wait(self._loops, timeout=self._left_seconds())
            await self._app.stop(self._left_seconds())

    def retire(self) -> None:
        """Takes no more from timers and queues; what runs has PATIENCE_SECONDS from now to come to its end."""
        if self._deadline is None:
            self._deadline = time.monotonic() + PATIENCE_SECONDS
            for loop in self._loops:
                loop.cancel()

    def _left_seconds(self) -> float:
        return max(0.1, (self._deadline or 0) - time.monotonic())

    def _admin(self, request: Request) -> bool:
        return level(self._app, request) == LEVELS["admin"]

    async def _status(self, request: Request) -> Response:
        if not self._admin(request):
            return Response(status_code=401)
        return JSONResponse({"state": "Running", "version": "visitbridge-local", "worker": "azure-functions-runtime"})

    async def _list(self, request: Request) -> Response:
        if not self._admin(request):
            return Response(status_code=401)
        return JSONResponse([_shown(function) for function in self._app.functions.values()])

    async def _function(self, request: Request) -> Response:
        if not self._admin(request):
            return Response(status_code=401)
        function = self._app.functions.get(request.path_params["name"].lower())
        if function is None:
            return Response(status_code=404)
        if request.method == "GET":
            return JSONResponse(_shown(function))
        try:
            body = await request.json()
            given = str(body.get("input") or "")
        except (ValueError, AttributeError):
            return Response(status_code=400)
        self._app.background(self._run(function, given))
        return Response(status_code=202)

    async def _run(self, function: Function, given: str) -> None:
        name, kind = function.trigger["name"], function.trigger["type"]
        if kind == "timerTrigger":
            await self._timers[function.name].fire()
        elif kind == "queueTrigger":
            await self._app.invoke(function, {name: ("string", given)}, {"DequeueCount": ("json", "1")})
        else:
            await self._app.invoke(function, {name: ("json", given or "{}")})


def _ended(loop: "asyncio.Task[None]") -> None:
    if not loop.cancelled() and loop.exception():
        log.critical("%s is no longer triggered", loop.get_name(), exc_info=loop.exception())


def _shown(function: Function) -> dict[str, Any]:
    return {"name": function.name, "config": {"bindings": function.bindings}}
