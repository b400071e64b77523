"""The few messages of FunctionRpc that the worker library touches. It takes the module by injection, so that these plain
classes stand in for generated ones: a field that was not set reads as None.
"""

from types import SimpleNamespace
from typing import Any


class Message(SimpleNamespace):
    """Any protobuf message."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return None


class TypedData:
    """A oneof named `data`: at most one field is set."""

    def __init__(self, **fields: Any) -> None:
        given = {name: value for name, value in fields.items() if value is not None}
        self.kind: str | None = next(iter(given), None)
        if self.kind:
            setattr(self, self.kind, given[self.kind])

    def WhichOneof(self, _: str) -> str | None:  # noqa: N802, the library's own name
        return self.kind

    @property
    def value(self) -> Any:
        return getattr(self, self.kind) if self.kind else None


class ParameterBinding(Message):
    """A named value."""

    def WhichOneof(self, _: str) -> str:  # noqa: N802, the library's own name
        return "data"


PLAIN = (
    "WorkerInitResponse", "WorkerMetadata", "RpcFunctionMetadata", "FunctionMetadataResponse", "FunctionLoadResponse",
    "InvocationResponse", "RpcException", "RpcRetryOptions", "RpcHttp", "NullableString", "NullableBool",
    "NullableDouble", "NullableTimestamp", "Timestamp",
)  # fmt: skip


def protos() -> SimpleNamespace:
    """What the library imports from `FunctionRpc_pb2`."""
    module = SimpleNamespace(**{name: type(name, (Message,), {}) for name in PLAIN})
    module.StatusResult = type("StatusResult", (Message,), {"Failure": 0, "Success": 1, "Cancelled": 2})
    module.BindingInfo = type("BindingInfo", (Message,), {"undefined": 0, "out": 1, "inout": 2})
    same_site = SimpleNamespace(**{"None": None, "Lax": "lax", "Strict": "strict", "ExplicitNone": "none"})
    module.RpcHttpCookie = type("RpcHttpCookie", (Message,), {"SameSite": same_site})
    module.TypedData = TypedData
    module.ParameterBinding = ParameterBinding
    return module
