"""Which rows of a stamp are an organisation's: docs/data-map.md as queries.

Whatever is kept for a tenant or one of its connections is found here, so that nothing is left behind when it goes.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from shared.adapters.tables import Entity, Tables
from shared.numbers.claims import PARTITION as NUMBERS

CONFIGURATION = ("tenants", "connections", "issuers")
"""What a backup holds: consents, numbers, connections. Nobody's visits, texts or opt-outs."""
MOVED = (*CONFIGURATION, "clinicians", "optouts", "audit", "facts")
"""What an export holds. Visits and work stay: they are sealed, and bound to rooms and links of their stamp (0020)."""
ALL = (*MOVED, "visits", "work")
# An operation is a purchase on its way, a pool's count one of this month: nothing to bring back.
PASSING = ("operation", "organizer:")


@dataclass(frozen=True, slots=True)
class Holder:
    """A tenant with the ids of its connections and the names that its texts are sent from."""

    tenant: str
    connections: tuple[str, ...]
    senders: tuple[str, ...]

    def rows(self, tables: Tables, table: str) -> AsyncIterator[Entity]:
        """Every row of a table that is this tenant's."""
        return getattr(self, f"_{table}")(tables)  # type: ignore[no-any-return]

    async def _tenants(self, tables: Tables) -> AsyncIterator[Entity]:
        for row in await tables.rows("tenants", self.tenant):
            yield row
        for row in await tables.rows("tenants", NUMBERS):
            if row["tenant"] == self.tenant:
                yield row

    async def _connections(self, tables: Tables) -> AsyncIterator[Entity]:
        for connection in self.connections:
            for row in await tables.rows("connections", connection):
                yield row

    async def _issuers(self, tables: Tables) -> AsyncIterator[Entity]:
        for connection in self.connections:
            async for row in tables.all("issuers", "RowKey eq @r", {"r": connection}):
                yield row

    async def _clinicians(self, tables: Tables) -> AsyncIterator[Entity]:
        for connection in self.connections:
            for row in await tables.rows("clinicians", connection):
                yield row

    async def _optouts(self, tables: Tables) -> AsyncIterator[Entity]:
        for sender in self.senders:
            for row in await tables.rows("optouts", sender_partition(sender)):
                yield row

    async def _audit(self, tables: Tables) -> AsyncIterator[Entity]:
        async for row in between(tables, "audit", f"{self.tenant}-"):
            yield row

    async def _facts(self, tables: Tables) -> AsyncIterator[Entity]:
        async for row in between(tables, "facts", f"{self.tenant}-"):
            yield row

    async def _visits(self, tables: Tables) -> AsyncIterator[Entity]:
        for connection in self.connections:
            async for row in between(tables, "visits", f"{connection}-"):
                yield row

    async def _work(self, tables: Tables) -> AsyncIterator[Entity]:
        for row in await tables.rows("work", f"failed-{self.tenant}"):
            yield row
        for connection in self.connections:
            for row in await tables.rows("work", f"untold-{connection}"):
                yield row
            paused = await tables.get("work", "writeback", connection)
            if paused:
                yield paused
        # Alarms stand by time, so all are looked at. Their partitions begin with a year.
        async for row in between(tables, "work", "2"):
            if str(row.get("visit", "")).partition("/")[0] in self.connections:
                yield row


async def holder(tables: Tables, tenant: str, connections: tuple[str, ...] = ()) -> Holder:
    """A tenant of a stamp. `connections`: ids that are known to be its, where their rows may be gone already."""
    found, senders = set(connections), set()
    async for row in tables.all("connections", "RowKey eq @r and tenant eq @t", {"r": "connection", "t": tenant}):
        found.add(row["PartitionKey"])
    for row in await tables.rows("tenants", NUMBERS):
        if row["tenant"] == tenant:
            senders.add(row["RowKey"])
    return Holder(tenant, tuple(sorted(found)), tuple(sorted(senders)))


async def between(tables: Tables, table: str, prefix: str) -> AsyncIterator[Entity]:
    """The rows of a table whose partition begins with `prefix`."""
    where = "PartitionKey ge @a and PartitionKey lt @b"
    async for row in tables.all(table, where, {"a": prefix, "b": prefix[:-1] + chr(ord(prefix[-1]) + 1)}):
        yield row


def sender_partition(sender: str) -> str:
    """The partition of a sender's opt-outs: shared/messages/optouts.py."""
    return "".join(char for char in sender if char.isalnum())
