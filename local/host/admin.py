"""The admin API: state of the host, list of functions, running one by hand. Every route asks for the master key.

https://learn.microsoft.com/azure/azure-functions/functions-manually-run-non-http
"""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.host.app import App
from local.host.keys import Keys
from local.host.timers import Timer
from local.host.worker import Function


class Admin:
    """`/admin/...`. `timers` are the app's timer functions by name."""

    def __init__(self, app: App, keys: Keys, timers: Mapping[str, Timer]) -> None:
        self._app = app
        self._keys = keys
        self._timers = timers

    def routes(self) -> list[Route]:
        """The routes; what does not match one of them falls through to the app's functions."""
        return [
            Route("/admin/host/status", self._status, methods=["GET"]),
            Route("/admin/functions", self._list, methods=["GET"]),
            Route("/admin/functions/{name}", self._function, methods=["GET", "POST"]),
        ]

    async def _status(self, request: Request) -> Response:
        if not self._keys.is_master(request):
            return Response(status_code=401)
        return JSONResponse({"state": "Running", "version": "visitbridge-local", "worker": "azure-functions-runtime"})

    async def _list(self, request: Request) -> Response:
        if not self._keys.is_master(request):
            return Response(status_code=401)
        return JSONResponse([_shown(function) for function in self._app.functions.values()])

    async def _function(self, request: Request) -> Response:
        """Shows a function, or runs one that has no HTTP trigger: 202 at once, whatever comes of it."""
        if not self._keys.is_master(request):
            return Response(status_code=401)
        function = self._app.functions.get(request.path_params["name"].lower())
        if function is None:
            return Response(status_code=404)
        if request.method != "POST":
            return JSONResponse(_shown(function))
        try:
            given = (await request.json()).get("input")
        except (ValueError, AttributeError):
            return Response(status_code=400)
        if function.kind == "httpTrigger" or not isinstance(given, str | None):
            return Response(status_code=400)
        self._app.background(self._run(function, given or ""))
        return Response(status_code=202)

    async def _run(self, function: Function, given: str) -> None:
        name = function.trigger["name"]
        if function.kind == "timerTrigger":
            await self._timers[function.name].fire()
        elif function.kind == "queueTrigger":
            await self._app.invoke(function, {name: ("string", given)}, {"DequeueCount": ("json", "1")})
        else:
            await self._app.invoke(function, {name: ("json", given or "{}")})


def _shown(function: Function) -> dict[str, Any]:
    return {"name": function.name, "config": {"bindings": function.bindings}}
