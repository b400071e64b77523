"""Clinicians: which Entra account belongs to which EHR user. With the phone numbers, the only personal state there is."""

from collections.abc import AsyncIterator

from shared.adapters.tables import Entity, Tables
from shared.clock import Clock, to_text


class Clinicians:
    """The links of one stamp: PartitionKey connection, RowKey EHR user id."""

    def __init__(self, tables: Tables, clock: Clock) -> None:
        self._tables = tables
        self._clock = clock

    async def linked(self, connection_id: str, ehr_user: str) -> str | None:
        """The Entra object id of an EHR user, or None before the first sign-in."""
        row = await self._tables.get("clinicians", connection_id, ehr_user)
        return str(row["oid"]) if row else None

    async def link(self, connection_id: str, ehr_user: str, tenant: str, oid: str) -> None:
        """Keeps a link; the newest sign-in counts."""
        row = {"PartitionKey": connection_id, "RowKey": ehr_user, "tid": tenant, "oid": oid}
        await self._tables.upsert("clinicians", row | {"linked_at": to_text(self._clock())})

    async def after(self, connection_id: str, ehr_user: str) -> AsyncIterator[Entity]:
        """The links of a connection behind an EHR user, in order of their ids: `RowKey`, `oid`, `linked_at`."""
        where = "PartitionKey eq @p and RowKey gt @u"
        async for row in self._tables.query("clinicians", where, {"p": connection_id, "u": ehr_user}):
            yield row

    async def forget(self, connection_id: str) -> None:
        """Removes every link of a connection that goes."""
        for row in await self._tables.rows("clinicians", connection_id):
            await self._tables.delete("clinicians", connection_id, row["RowKey"])

    async def unlink(self, connection_id: str, ehr_user: str) -> None:
        """Removes a link: the next launch asks for the Microsoft sign-in again."""
        await self._tables.delete("clinicians", connection_id, ehr_user)
