"""The app behind the host: its functions, and the one way to invoke them."""

import asyncio
import logging
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import Any
from uuid import uuid4

from azure.core.exceptions import AzureError

from local.host import logs, settings
from local.host.settings import AppError
from local.host.storage import Queues
from local.host.worker import Function, Result, Value, Worker

log = logging.getLogger("host")

BINDINGS = ("httpTrigger", "http", "timerTrigger", "queueTrigger", "queue", "eventGridTrigger")


class App:
    """One function app in its folder; `state` is a folder for what must survive a restart. Raises AppError."""

    def __init__(self, folder: Path, state: Path) -> None:
        self.folder = folder.resolve()
        self.state = state
        self.extensions: dict[str, Any] = settings.load(self.folder).get("extensions", {})
        self.cors = settings.cors(self.folder)
        self.queues = Queues(self.extensions.get("queues", {}))
        self.functions: dict[str, Function] = {}
        self._worker = Worker(str(self.folder))
        self._running: set[asyncio.Task[Any]] = set()

    async def start(self) -> None:
        """Indexes the functions. Raises AppError for what cannot be run, here or anywhere."""
        found = await self._worker.start()
        for function in found:
            for binding in function.bindings:
                if binding["type"] not in BINDINGS:
                    # Better no start than an output that silently goes nowhere.
                    raise AppError(f"{function.name}: the local host knows no binding of type {binding['type']}")
        # By name, as the host orders them: this decides which of two routes that both match wins.
        self.functions = {function.name.lower(): function for function in sorted(found, key=lambda f: f.name.lower())}

    async def end(self, patience_seconds: float) -> None:
        """Lets what runs come to its end, for a while."""
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=patience_seconds)
            if late:
                log.warning("%d invocations were cut off", len(late))
        await self.queues.close()

    def background(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Runs something that `end` waits for."""
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    async def invoke(
        self, function: Function, inputs: dict[str, Value], metadata: dict[str, Value] | None = None, *,
        traceparent: str = "", retry: tuple[int, int] = (0, 0),
    ) -> Result:  # fmt: skip
        """Invokes a function and carries out its queue outputs; if these fail, so has the invocation.

        The log names the function, the invocation and the outcome, never the data.
        """
        invocation_id, began = str(uuid4()), time.perf_counter()
        with logs.named(function.name, invocation_id):
            result = await self._worker.invoke(
                function, inputs, metadata or {}, invocation_id, traceparent=traceparent, retry=retry
            )
            if result.ok:
                result = await self._outputs(function, result)
            milliseconds = (time.perf_counter() - began) * 1000
            if result.ok:
                log.info("succeeded in %.0f ms, %s", milliseconds, invocation_id)
            else:
                kind = result.error.partition(":")[0]
                log.error("failed in %.0f ms, %s: %s\n%s", milliseconds, invocation_id, kind, logs.places(result.trace))
        return result

    async def _outputs(self, function: Function, result: Result) -> Result:
        try:
            for binding in function.bindings:
                if binding["type"] == "queue":
                    await self.queues.output(binding, result.of(binding))
        except (AzureError, AppError) as error:
            return Result(ok=False, error=f"{type(error).__name__}: {error}")
        return result
