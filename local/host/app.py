"""The app behind the host: its settings, its functions, their keys, and the one way to invoke them."""

import asyncio
import base64
import contextlib
import json
import logging
import os
import re
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import Any
from uuid import uuid4

from local.host.worker import Function, Result, Value, Worker

log = logging.getLogger("host")

STORAGE = "AzureWebJobsStorage"
EMULATOR = (
    "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;"
    "AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50u"  # pragma: allowlist secret
    "SRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;"  # pragma: allowlist secret
    "QueueEndpoint=http://127.0.0.1:10001/devstoreaccount1;"
)
# The client's own waits (15 s and more) are made for storage far away.
RETRY: dict[str, Any] = {"initial_backoff": 0.2, "increment_base": 1, "random_jitter_range": 0, "retry_total": 2}


class App:
    """One function app. `keys` has `master`, `function` and `system` keys as the host keeps them.

    Raises OSError or ValueError if its host.json cannot be read.
    """

    def __init__(self, folder: Path, state: Path, keys: dict[str, Any]) -> None:
        self.folder = folder.resolve()
        self.state = state
        self.keys: dict[str, Any] = {"master": "", "function": {}, "system": {}} | keys
        try:
            configuration: dict[str, Any] = json.loads((self.folder / "host.json").read_text())
        except json.JSONDecodeError as error:
            raise ValueError(f"host.json: {error}") from error
        self.extensions: dict[str, Any] = configuration.get("extensions", {})
        self.functions: dict[str, Function] = {}
        self._worker = Worker(str(self.folder))
        self._running: set[asyncio.Task[Any]] = set()

    async def start(self) -> None:
        """Reads local settings, indexes the functions. Raises IndexingError."""
        local = self.folder / "local.settings.json"
        if local.exists():
            for name, value in json.loads(local.read_text()).get("Values", {}).items():
                os.environ.setdefault(name, str(value))
        found = await self._worker.start()
        # By name, as the host orders them: this decides which of two routes that both match wins.
        self.functions = {function.name.lower(): function for function in sorted(found, key=lambda f: f.name.lower())}

    async def stop(self, patience_seconds: float) -> None:
        """Lets what runs come to its end, for a while."""
        if self._running:
            await asyncio.wait(self._running, timeout=patience_seconds)
        self._worker.stop()

    def background(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Runs something that `stop` waits for."""
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    async def invoke(
        self, function: Function, inputs: dict[str, Value], metadata: dict[str, Value] | None = None, *,
        traceparent: str = "", retry: tuple[int, int] = (0, 0),
    ) -> Result:  # fmt: skip
        """Invokes a function and carries out its queue outputs. The log names function and outcome, never the data."""
        invocation_id, began = str(uuid4()), time.perf_counter()
        result = await self._worker.invoke(
            function, inputs, metadata, invocation_id=invocation_id, traceparent=traceparent, retry=retry
        )
        milliseconds = (time.perf_counter() - began) * 1000
        if result.ok:
            result = await self._send_outputs(function, result)
        if result.ok:
            log.info("%s succeeded, %.0f ms, %s", function.name, milliseconds, invocation_id)
        else:
            kind = result.error.partition(":")[0]
            log.error(
                "%s failed, %.0f ms, %s: %s\n%s",
                function.name,
                milliseconds,
                invocation_id,
                kind,
                _places(result.trace),
            )
        return result

    async def _send_outputs(self, function: Function, result: Result) -> Result:
        """The result, or that of a failure: an output that cannot be written fails the function, as in the cloud."""
        bindings = [binding for binding in function.bindings if binding["type"] == "queue"]
        if not bindings:
            return result
        from azure.core.exceptions import AzureError

        for binding in bindings:
            value = result.value if binding["name"] == "$return" else (result.outputs or {}).get(binding["name"])
            if value and value[0]:
                try:
                    await self._send(binding, value)
                except AzureError as error:
                    return Result(ok=False, error=f"{type(error).__name__}: output {binding['name']}")
        return result

    async def _send(self, binding: dict[str, Any], value: Value) -> None:
        kind, content = value
        items = [content]
        if kind == "json":
            parsed = json.loads(content)
            items = [item if isinstance(item, str) else json.dumps(item) for item in _listed(parsed)]
        async with self.queue(binding) as queue:
            for item in items:
                await send_message(queue, self.encode(item))

    def disabled(self, function: Function) -> bool:
        """`AzureWebJobs.NAME.Disabled`."""
        names = (f"AzureWebJobs.{function.name}.Disabled", f"AzureWebJobs_{function.name}_Disabled")
        return any(os.environ.get(name, "").lower() in ("1", "true") for name in names)

    def queue(self, binding: dict[str, Any], suffix: str = "") -> Any:
        """A client of a binding's queue. Raises ValueError if its settings are missing or wrong."""
        from azure.storage.queue.aio import QueueClient

        name = str(binding.get("connection") or STORAGE)
        connection = os.environ.get(f"AzureWebJobs{name}") or os.environ.get(name)
        if not connection:
            raise ValueError(f"the setting {name!r}, a storage connection, is missing")
        text = EMULATOR if connection == "UseDevelopmentStorage=true" else connection
        return QueueClient.from_connection_string(text, resolved(binding["queueName"]) + suffix, **RETRY)

    @property
    def _base64(self) -> bool:
        return str(self.extensions.get("queues", {}).get("messageEncoding", "base64")).lower() == "base64"

    def encode(self, content: str | bytes) -> str:
        """A message as it stands in the queue."""
        data = content.encode() if isinstance(content, str) else content
        return base64.b64encode(data).decode() if self._base64 else data.decode()

    def decode(self, text: str) -> str:
        """A message's content. Raises ValueError."""
        return base64.b64decode(text, validate=True).decode() if self._base64 else text


def resolved(text: str) -> str:
    """`%SETTING%` in a binding, replaced as the host does it. Raises ValueError for one that is not set."""

    def value(match: re.Match[str]) -> str:
        if match[1] not in os.environ:
            raise ValueError(f"'%{match[1]}%' does not resolve to a value")
        return os.environ[match[1]]

    return re.sub("%([^%]+)%", value, text)


async def send_message(queue: Any, text: str) -> None:
    """Sends to a queue, which is made if it is missing."""
    from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError

    try:
        await queue.send_message(text)
    except ResourceNotFoundError:
        with contextlib.suppress(ResourceExistsError):
            await queue.create_queue()
        await queue.send_message(text)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _places(trace: str) -> str:
    """The places of a stack trace without its messages, which may quote data."""
    return "\n".join(line for line in trace.splitlines() if line.lstrip().startswith("File "))
