"""The host as one ASGI app: HTTP triggers, the admin API, Event Grid; timers and queues run beside it."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.routing import Route

from local.host import settings
from local.host.admin import Admin
from local.host.app import App
from local.host.eventgrid import EventGrid
from local.host.http import HttpTriggers
from local.host.keys import Keys
from local.host.queues import QueueTrigger
from local.host.timers import Timer

log = logging.getLogger("host")

# What an invocation gets to come to its end once the host was told to stop: less than local/guard.py grants the host.
PATIENCE_SECONDS = 4.0


class Host:
    """One running host of one app, which has been started. Raises AppError for a trigger that could never run."""

    def __init__(self, app: App, keys: Keys, *, enforce_keys: bool = False) -> None:
        self._app = app
        kinds = {
            kind: [f for f in app.functions.values() if f.kind == kind] for kind in ("timerTrigger", "queueTrigger")
        }
        self._timers = {function.name: Timer(app, function) for function in kinds["timerTrigger"]}
        self._queues = {function.name: QueueTrigger(app, function) for function in kinds["queueTrigger"]}
        self._http = HttpTriggers(app, keys, enforce_keys=enforce_keys)
        self._events = EventGrid(app, keys)
        self._admin = Admin(app, keys, self._timers)
        self._loops: dict[str, asyncio.Task[None]] = {}
        self._deadline: float | None = None

    def asgi(self) -> Starlette:
        """The app to serve; triggers run for as long as it is served."""
        webhook = Route("/runtime/webhooks/eventgrid", self._events.answer, methods=["POST"])
        # The last route takes every method: which ones a function has is for its own route to say.
        routes = [*self._admin.routes(), webhook, Route("/{path:path}", self._http)]
        return Starlette(lifespan=self._lifespan, routes=routes)

    def stop(self) -> None:
        """No timer fires and no message is fetched from now on; the patience with what runs begins."""
        if self._deadline is None:
            self._deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS
        for name, loop in self._loops.items():
            if name in self._queues:
                self._queues[name].stop()
            else:
                loop.cancel()

    @contextlib.asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        for name, trigger in (self._timers | self._queues).items():
            if not settings.disabled(name):
                self._loops[name] = asyncio.create_task(trigger.run(), name=name)
                self._loops[name].add_done_callback(_ended)
        try:
            yield
        finally:
            self.stop()
            deadline = self._deadline or 0
            now = asyncio.get_running_loop().time
            if self._loops:
                await asyncio.wait(self._loops.values(), timeout=max(0, deadline - now()))
            await self._app.end(max(0, deadline - now()))


def _ended(loop: asyncio.Task[None]) -> None:
    if not loop.cancelled() and (error := loop.exception()):
        log.error("%s: its trigger ended", loop.get_name(), exc_info=error)
