"""Operations in the tenant's partition of `tenants`: one row each, and one row that names the last, which is the lock.

Both are written in one transaction, so that a tenant has one operation at a time, whoever asks at the same moment.
"""

import re
from dataclasses import asdict, replace
from typing import Any, Literal, cast

from shared.adapters.tables import ETAG, Entity, Tables
from shared.clock import from_text, from_text_or_none, to_text
from shared.errors import BridgeError, Conflict, Refused
from shared.numbers.models import OperationShown, Outcome, ProblemOfOperation
from shared.numbers.operations import Operation, Phase
from shared.organisations.connections import new_id

LAST = "operation"
KEY = re.compile(r"[A-Za-z0-9-]{1,64}")
ID = re.compile(r"[a-z0-9]{1,40}")
INSTANTS = ("started_at", "updated_at", "held_until")


class OperationRows:
    """Reads and writes operations."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def get(self, tenant: str, operation_id: str) -> Operation | None:
        """One of a tenant's operations."""
        row = await self._tables.get("tenants", tenant, _row_key(operation_id)) if ID.fullmatch(operation_id) else None
        return _read(row) if row else None

    async def last(self, tenant: str) -> Operation | None:
        """The tenant's operation that began last."""
        row = await self._tables.get("tenants", tenant, LAST)
        return await self.get(tenant, row["operation"]) if row else None

    async def add(self, operation: Operation) -> Operation:
        """Adds an operation, unless one is running: then that one is the answer."""
        lock = await self._tables.get("tenants", operation.tenant, LAST)
        key = {"PartitionKey": operation.tenant, "RowKey": LAST, "operation": operation.id}
        claim: tuple[Literal["insert", "replace"], Entity] = (
            ("replace", key | {ETAG: lock[ETAG]}) if lock else ("insert", key)
        )
        try:
            await self._tables.transact("tenants", [("insert", _row(operation)), claim])
        except Conflict:
            # Somebody else of the tenant asked at the same moment, and was first.
            other = await self.last(operation.tenant)
            if other is None:
                raise
            return other
        added = await self.get(operation.tenant, operation.id)
        assert added is not None
        return added

    async def save(self, operation: Operation) -> Operation:
        """Replaces an operation that was read. Raises `Conflict` if another worker was faster."""
        return replace(operation, etag=await self._tables.replace("tenants", _row(operation)))


def id_for(tenant: str, key: str) -> str:
    """A new operation's id; the same idempotency key makes the same. Raises `Refused("request.invalid")`."""
    if not key:
        return new_id()
    if not KEY.fullmatch(key):
        raise Refused("request.invalid", fields={"Idempotency-Key": "up to 64 letters, digits and hyphens"})
    return new_id("operation", tenant, key)


def show(operation: Operation) -> OperationShown:
    """An operation as the API shows it."""
    problem = None
    if operation.problem:
        error = BridgeError(operation.problem)
        problem = ProblemOfOperation(
            code=cast("Outcome", error.code), detail=error.problem.detail, fix=error.problem.fix
        )
    return OperationShown(
        id=operation.id,
        kind="phone_number",
        state=operation.state,
        step=operation.step,
        started_at=to_text(operation.started_at),
        updated_at=to_text(operation.updated_at),
        number=operation.number if operation.state == "succeeded" else None,
        problem=problem,
    )


def _row_key(operation_id: str) -> str:
    return f"operation:{operation_id}"


def _row(operation: Operation) -> Entity:
    fields = {name: value for name, value in asdict(operation).items() if name not in ("id", "tenant", "etag")}
    instants = {name: to_text(fields[name]) if fields[name] else None for name in INSTANTS}
    keys = {"PartitionKey": operation.tenant, "RowKey": _row_key(operation.id), ETAG: operation.etag}
    return {**fields, **instants, **keys, "phase": operation.phase.value}


def _read(row: Entity) -> Operation:
    fields: dict[str, Any] = {
        name: value for name, value in row.items() if name not in ("PartitionKey", "RowKey", ETAG, *INSTANTS)
    }
    return Operation(
        **fields | {"phase": Phase(row["phase"])},
        id=row["RowKey"].partition(":")[2],
        tenant=row["PartitionKey"],
        started_at=from_text(row["started_at"]),
        updated_at=from_text(row["updated_at"]),
        held_until=from_text_or_none(row.get("held_until")),
        etag=row[ETAG],
    )
