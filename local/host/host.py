"""The host as one ASGI app: HTTP triggers, the admin API, Event Grid; timers and queues run beside it."""

import asyncio
import contextlib
import logging
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

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"]
PATIENCE_SECONDS = 5


class Host:
    """One running host of one app, which has been started."""

    def __init__(self, app: App, *, enforce_keys: bool = False) -> None:
        self._app = app
        self._http = HttpTriggers(app, enforce_keys=enforce_keys)
        self._events = EventGrid(app)
        self._timers: dict[str, Timer] = {}
        self._loops: list[asyncio.Task[None]] = []

    def asgi(self) -> Starlette:
        """The app to serve; triggers run for as long as it is served."""
        return Starlette(
            lifespan=self._lifespan,
            routes=[
                Route("/admin/host/status", self._status, methods=["GET"]),
                Route("/admin/functions", self._list, methods=["GET"]),
                Route("/admin/functions/{name}", self._function, methods=["GET", "POST"]),
                Route("/runtime/webhooks/eventgrid", self._events.answer, methods=["POST"]),
                Route("/{path:path}", self._http.answer, methods=METHODS),
            ],
        )

    @contextlib.asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        for function in self._app.functions.values():
            kind = function.trigger["type"]
            if kind == "timerTrigger":
                self._timers[function.name] = Timer(self._app, function)
            if self._app.disabled(function):
                continue
            if kind == "timerTrigger":
                self._loops.append(asyncio.create_task(self._timers[function.name].run()))
            elif kind == "queueTrigger":
                self._loops.append(asyncio.create_task(QueueTrigger(self._app, function).run()))
        try:
            yield
        finally:
            for loop in self._loops:
                loop.cancel()
            await asyncio.gather(*self._loops, return_exceptions=True)
            await self._app.stop(PATIENCE_SECONDS)

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


def _shown(function: Function) -> dict[str, Any]:
    return {"name": function.name, "config": {"bindings": function.bindings}}
