"""How long facts are kept, and how all of a tenant's go. Counts of days go with the months that they are of."""

from collections.abc import Sequence
from datetime import date

from shared.adapters.tables import Tables
from shared.clock import Clock
from shared.reports.places import TABLE, VISITS, index_partition


class FactRetention:
    """`months`: how many whole months are kept beside the present one, for each of `tenants`; 0: all."""

    def __init__(self, tables: Tables, tenants: Sequence[str], months: int, clock: Clock) -> None:
        self._tables = tables
        self._tenants = tenants
        self._months = months
        self._clock = clock

    async def expire(self) -> int:
        """Removes what is older, of every tenant, and what the index says of it. Returns how many rows went."""
        if not self._months:
            return 0
        first = _months_before(self._clock().date(), self._months)
        # Behind the months comes the index, which this range does not reach.
        return sum([await self._remove(f"{tenant}-0", f"{tenant}-{first:%Y%m}") for tenant in self._tenants])

    async def erase(self, tenant: str) -> int:
        """Removes every fact of a tenant, index and counts too. Again is harmless. Returns how many rows went."""
        return await self._remove(f"{tenant}-", f"{tenant}.")

    async def _remove(self, begin: str, end: str) -> int:
        removed = 0
        async for keys in self._tables.drain(TABLE, begin, end):
            # The index first: without it nobody finds a row, while without a row nobody would find what is left of it.
            await self._tables.delete_many(TABLE, [key for row in keys if (key := _pointer(*row))])
            await self._tables.delete_many(TABLE, keys)
            removed += len(keys)
        return removed


def _pointer(partition: str, row: str) -> tuple[str, str] | None:
    """Where the index names a visit's row."""
    if not row.startswith(VISITS):
        return None
    _, _, connection, visit = row.removeprefix(VISITS).split("_", 3)
    return index_partition(partition.rpartition("-")[0]), f"{connection}_{visit}"


def _months_before(day: date, months: int) -> date:
    number = day.year * 12 + day.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)
