"""The connection's pool of service organisers: whose meeting a visit becomes that no clinician has opened yet.

A user may create 2,000 meetings a month (https://learn.microsoft.com/graph/throttling-limits), so visits are spread over
the pool by hash, and whoever comes near the limit is passed over until the next month. What is counted is kept with the
tenant, one row an organiser: `organizer:<oid>`.
"""

import logging
from collections.abc import Sequence
from datetime import UTC
from hashlib import sha256

from shared.adapters.tables import Tables
from shared.clock import Clock
from shared.errors import Conflict
from shared.organisations.connection import Connection
from shared.visits.visit import VisitKey

log = logging.getLogger(__name__)

MOST_PER_MONTH = 1_900
"""Some less than Microsoft's 2,000: instances count at the same time, and the account may be used elsewhere."""
TRIES = 5
PREFIX = "organizer:"


class Pool:
    """The pools of all connections of a stamp."""

    def __init__(self, tables: Tables, clock: Clock) -> None:
        self._tables = tables
        self._clock = clock

    async def choose(self, connection: Connection, key: VisitKey) -> str | None:
        """The organiser for a visit, the same each time while the pool stays; None if there is none with room left."""
        if not connection.organizers:
            return None
        month = self._month()
        rows = await self._tables.rows("tenants", connection.tenant, PREFIX)
        spent = {
            row["RowKey"].removeprefix(PREFIX)
            for row in rows
            if row["month"] == month and row["meetings"] >= MOST_PER_MONTH
        }
        return next((oid for oid in spread(connection.organizers, key) if oid not in spent), None)

    async def count(self, tenant: str, organizer: str) -> None:
        """One more meeting of an organiser."""
        await self._note(tenant, organizer, more=1)

    async def spend(self, tenant: str, organizer: str) -> None:
        """Graph makes no more meetings for an organiser this month."""
        log.warning("an organiser of the pool has made all the meetings of the month that Microsoft allows")
        await self._note(tenant, organizer, more=MOST_PER_MONTH)

    async def _note(self, tenant: str, organizer: str, *, more: int) -> None:
        row = {"PartitionKey": tenant, "RowKey": PREFIX + organizer, "month": self._month()}
        for _ in range(TRIES):
            known = await self._tables.get("tenants", tenant, PREFIX + organizer)
            try:
                if known is None:
                    await self._tables.insert("tenants", row | {"meetings": more})
                else:
                    before = known["meetings"] if known["month"] == row["month"] else 0
                    await self._tables.replace("tenants", known | row | {"meetings": before + more})
            except Conflict:
                continue
            return
        # A count that is off by one does no harm; a visit that cannot begin would.
        log.warning("a meeting of the pool was not counted")

    def _month(self) -> str:
        return f"{self._clock().astimezone(UTC):%Y%m}"


def spread(pool: Sequence[str], key: VisitKey) -> list[str]:
    """The pool in a visit's own order (rendezvous hashing): each organiser comes first for an even share of the visits,
    and the share of one who is passed over is spread over all others.
    """
    return sorted(pool, key=lambda oid: sha256(f"{key.visit}|{oid}".encode()).digest())
