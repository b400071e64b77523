"""Connections in table storage. A row holds settings only; the index `issuers` finds a connection by its FHIR base URL.

Reads are cached for half a minute: launches and intakes are many, changes are few, and each commit of ours refreshes.
"""

import json
from base64 import b32encode
from collections.abc import Collection
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_bytes
from typing import Any

from shared.adapters.epic import Endpoints
from shared.adapters.tables import ETAG, Entity, Tables
from shared.clock import Clock, from_text, to_text
from shared.errors import Refused
from shared.organisations.connection import (
    Approved,
    Certificate,
    Connection,
    ConnectionState,
    Decision,
    Evidence,
    SmsRules,
    Writeback,
)

CACHE_FOR = timedelta(seconds=30)
ROW = "connection"


class Connections:
    """The connections of one stamp. Those of a tenant that is no longer served are as if they were not there."""

    def __init__(self, tables: Tables, tenants: Collection[str], clock: Clock) -> None:
        self._tables = tables
        self._tenants = tenants
        self._clock = clock
        self._cache: dict[str, tuple[datetime, Connection | None]] = {}
        self._issuers: dict[str, tuple[datetime, list[str]]] = {}

    async def get(self, connection_id: str, *, fresh: bool = False) -> Connection | None:
        """A connection by its id."""
        until, known = self._cache.get(connection_id, (None, None))
        if not fresh and until and until > self._clock():
            return known
        row = await self._tables.get("connections", connection_id, ROW) if _plausible(connection_id) else None
        connection = read_row(row) if row and row["tenant"] in self._tenants else None
        self._cache[connection_id] = (self._clock() + CACHE_FOR, connection)
        return connection

    async def require(self, connection_id: str, tenant: str) -> Connection:
        """A tenant's connection, read anew. Raises `Refused("not_found")`, also for another tenant's."""
        connection = await self.get(connection_id, fresh=True)
        if connection is None or connection.tenant != tenant:
            raise Refused("not_found")
        return connection

    async def of_tenant(self, tenant: str) -> list[Connection]:
        """A tenant's connections, by FHIR base URL."""
        where = "RowKey eq @r and tenant eq @t"
        found = [read_row(row) async for row in self._tables.all("connections", where, {"r": ROW, "t": tenant})]
        return sorted(found, key=lambda c: (c.fhir_base, c.environment, c.id))

    async def by_issuer(self, fhir_base: str) -> list[Connection]:
        """The connections with this FHIR base URL, already in normal form. No network but our own storage."""
        until, ids = self._issuers.get(fhir_base, (None, []))
        if until is None or until <= self._clock():
            ids = [row["RowKey"] for row in await self._tables.rows("issuers", _issuer(fhir_base))]
            self._issuers[fhir_base] = (self._clock() + CACHE_FOR, ids)
        found = [await self.get(connection_id) for connection_id in ids]
        return [connection for connection in found if connection and connection.fhir_base == fhir_base]

    async def approved(self) -> list[Connection]:
        """The connections of this stamp that visits may come by."""
        where, state = "RowKey eq @r and state eq @s", ConnectionState.APPROVED.value
        found = [read_row(row) async for row in self._tables.all("connections", where, {"r": ROW, "s": state})]
        return [each for each in found if each.tenant in self._tenants]

    async def sending(self) -> list[Connection]:
        """The connections of this stamp that have a sender number."""
        found = [read_row(row) async for row in self._tables.all("connections", "RowKey eq @r", {"r": ROW})]
        return [each for each in found if each.sms.sender and each.tenant in self._tenants]

    async def add(self, connection: Connection) -> Connection:
        """Stores a new connection. The index entry comes first: one without its connection points nowhere."""
        await self._index(connection)
        await self._tables.insert("connections", _row(connection))
        self._forget(connection)
        return await self.require(connection.id, connection.tenant)

    async def save(self, connection: Connection) -> Connection:
        """Replaces a connection that was read. Raises `Conflict` if it changed since."""
        await self._index(connection)
        await self._tables.replace("connections", _row(connection))
        self._forget(connection)
        return await self.require(connection.id, connection.tenant)

    async def remove(self, connection: Connection) -> None:
        """Deletes a connection and its index entry."""
        await self._tables.delete("connections", connection.id, ROW)
        await self._tables.delete("issuers", _issuer(connection.fhir_base), connection.id)
        self._forget(connection)

    async def _index(self, connection: Connection) -> None:
        await self._tables.upsert("issuers", {"PartitionKey": _issuer(connection.fhir_base), "RowKey": connection.id})

    def _forget(self, connection: Connection) -> None:
        self._cache.pop(connection.id, None)
        self._issuers.pop(connection.fhir_base, None)


def new_id(*parts: str) -> str:
    """A connection id: nine characters, 45 bits, of a to z and 2 to 7; the same parts make the same id."""
    source = sha256("\n".join(parts).encode()).digest() if parts else token_bytes(6)
    return b32encode(source).decode().lower()[:9]


def _plausible(connection_id: str) -> bool:
    return connection_id.isascii() and connection_id.isalnum() and len(connection_id) <= 40


def _issuer(fhir_base: str) -> str:
    return sha256(fhir_base.encode()).hexdigest()


def _row(connection: Connection) -> Entity:
    document = asdict(connection) | {"etag": ""}
    return {
        "PartitionKey": connection.id,
        "RowKey": ROW,
        "tenant": connection.tenant,
        "state": connection.state.value,
        # Not escaped: a string of a row holds 32 Ki characters, and templates may be in any script.
        "document": json.dumps(document, default=_instant, ensure_ascii=False),
        ETAG: connection.etag,
    }


def _instant(value: Any) -> str:
    if isinstance(value, datetime):
        return to_text(value)
    raise TypeError(type(value).__name__)


def read_row(row: Entity) -> Connection:
    """A connection as its row holds it."""
    data: dict[str, Any] = json.loads(row["document"])
    dates = {"not_before", "not_after", "at"}

    def dated(item: dict[str, Any]) -> dict[str, Any]:
        return {name: from_text(value) if name in dates else value for name, value in item.items()}

    known = Connection(**(data | {"etag": row.get(ETAG, "")}))
    return replace(
        known,
        state=ConnectionState(data["state"]),
        organizers=tuple(data["organizers"]),
        sms=_sms(data["sms"]),
        writeback=Writeback(**data["writeback"]),
        endpoints=Endpoints(**data["endpoints"]) if data["endpoints"] else None,
        certificates=tuple(Certificate(**dated(item)) for item in data["certificates"]),
        evidence=Evidence(**dated(data["evidence"])) if data["evidence"] else None,
        decision=Decision(**dated(data["decision"])) if data["decision"] else None,
        approved=Approved(**dated(data["approved"])) if data.get("approved") else None,
    )


def _sms(data: dict[str, Any]) -> SmsRules:
    quiet = data.get("quiet")
    lists = {"confirmations": tuple(data["confirmations"]), "reminders": tuple(data["reminders"])}
    return SmsRules(**(data | lists | {"quiet": tuple(quiet) if quiet else None}))
