"""How long the trail of who changed what is kept: whole months go, the oldest first, and nothing else removes an entry."""

from collections.abc import Sequence

from shared.adapters.tables import Tables
from shared.clock import Clock

TABLE = "audit"


class AuditRetention:
    """`years`: how long an entry is kept at least, for each of `tenants`; 0: for good.

    Six years are what 45 CFR 164.316(b)(2)(i) asks of records of actions that the HIPAA Security Rule wants documented.
    """

    def __init__(self, tables: Tables, tenants: Sequence[str], years: int, clock: Clock) -> None:
        self._tables = tables
        self._tenants = tenants
        self._years = years
        self._clock = clock

    async def expire(self) -> int:
        """Removes the months that ended so many years ago, of every tenant. Returns how many entries went."""
        if not self._years:
            return 0
        today, removed = self._clock().date(), 0
        for tenant in self._tenants:
            # The month of that day is kept whole: its last entries are not yet that old.
            until = f"{tenant}-{today.year - self._years:04}{today.month:02}"
            async for keys in self._tables.drain(TABLE, f"{tenant}-0", until):
                await self._tables.delete_many(TABLE, keys)
                removed += len(keys)
        return removed
