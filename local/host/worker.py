"""Drives `azure-functions-runtime`, the library with which Azure's Python worker indexes and invokes functions, through
the coroutines that its gRPC shell calls in production.

One app a process: the library keeps its registry in module globals.
"""

import json
import os
import sys
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import azure_functions_runtime as runtime

from local.host.protos import Message, ParameterBinding, TypedData, protos
from local.host.settings import AppError

# A kind (`string`, `bytes`, `json`, `http`, None) and its content.
Value = tuple[str | None, Any]
NOTHING: Value = (None, None)


class IndexingError(AppError):
    """Microsoft's indexer refuses the app; in production the whole app would be down."""


@dataclass(frozen=True)
class Function:
    """An indexed function. `bindings` as in function.json, `retry` as in its retry policy."""

    name: str
    id: str
    bindings: list[dict[str, Any]]
    retry: dict[str, Any]

    @property
    def trigger(self) -> dict[str, Any]:
        return next(binding for binding in self.bindings if binding["type"].lower().endswith("trigger"))

    @property
    def kind(self) -> str:
        """The trigger's type, such as `httpTrigger`."""
        return str(self.trigger["type"])


@dataclass(frozen=True)
class Result:
    """What an invocation gave, or how it failed: `error` is a type and a message, `trace` has more; both may quote data."""

    ok: bool
    value: Value = NOTHING
    outputs: dict[str, Value] = field(default_factory=dict)
    error: str = ""
    trace: str = ""

    def of(self, binding: dict[str, Any]) -> Value:
        """What the function gave to one of its output bindings."""
        return self.value if binding["name"] == "$return" else self.outputs.get(binding["name"], NOTHING)


class Worker:
    """The app's functions."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._protos = protos()

    async def start(self) -> list[Function]:
        """Indexes the app. Raises IndexingError with the library's own words."""
        # The real worker does the same two things: modules and files of an app are found from its folder.
        sys.path.insert(0, self._folder)
        os.chdir(self._folder)
        runtime.start_threadpool_executor()
        answer = await self._call("worker_init_request", capabilities={}, function_app_directory=self._folder)
        self._check(answer.result)
        if "HttpUri" in answer.capabilities:
            raise IndexingError("HTTP streaming (azurefunctions-extensions-http-fastapi) is not supported here")
        metadata = await self._call("functions_metadata_request")
        functions = []
        for item in metadata.function_metadata_results or []:
            loaded = await self._call("function_load_request", function_id=item.function_id, metadata=item)
            self._check(loaded.result)
            retry = {name: value for name, value in vars(item.retry_options or Message()).items() if value is not None}
            bindings = [json.loads(binding) for binding in item.raw_bindings]
            functions.append(Function(item.name, item.function_id, bindings, retry))
        if not functions:
            raise IndexingError("no functions found in function_app.py")
        return functions

    async def invoke(
        self, function: Function, inputs: dict[str, Value], metadata: dict[str, Value], invocation_id: str, *,
        traceparent: str = "", retry: tuple[int, int] = (0, 0),
    ) -> Result:  # fmt: skip
        """Runs a function once. Never raises for what the function does. `retry` is this try's number and the most."""
        answer = await self._call(
            "invocation_request",
            invocation_id=invocation_id,
            function_id=function.id,
            input_data=[ParameterBinding(name=name, data=_typed(value)) for name, value in inputs.items()],
            trigger_metadata={name: _typed(value) for name, value in metadata.items()},
            trace_context=Message(trace_parent=traceparent, trace_state="", attributes={}),
            retry_context=Message(retry_count=retry[0], max_retry_count=retry[1], exception=None),
        )
        if answer.result.status != self._protos.StatusResult.Success:
            failure = answer.result.exception
            return Result(ok=False, error=failure.message, trace=failure.stack_trace or "")
        outputs = {item.name: _plain(item.data) for item in answer.output_data or ()}
        return Result(ok=True, value=_plain(answer.return_value), outputs=outputs)

    def _check(self, result: Any) -> None:
        if result.status != self._protos.StatusResult.Success:
            raise IndexingError(f"{result.exception.message}\n{result.exception.stack_trace or ''}")

    async def _call(self, verb: str, **fields: Any) -> Any:
        request = Message(**{verb: Message(**fields)})
        properties = {"host": "127.0.0.1", "protos": self._protos}
        return await getattr(runtime, verb)(SimpleNamespace(name=verb, request=request, properties=properties))


def _typed(value: Value) -> TypedData:
    kind, content = value
    if kind != "http":
        return TypedData(**{kind: content}) if kind else TypedData()
    body = content.get("body")
    return TypedData(http=Message(**content | {"body": TypedData(bytes=body) if body else TypedData()}))


def _plain(data: TypedData | None) -> Value:
    if data is None or data.kind is None:
        return NOTHING
    if data.kind != "http":
        return (data.kind, data.value)
    http = data.value
    plain = {
        "status": int(http.status_code),
        "headers": dict(http.headers or {}),
        "cookies": list(http.cookies or ()),
        "body": _plain(http.body)[1] or b"",
    }
    return ("http", plain)
