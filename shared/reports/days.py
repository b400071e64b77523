"""Counts by day and department."""

from collections import Counter
from collections.abc import Container, Mapping
from dataclasses import dataclass

from shared.adapters.tables import Tables
from shared.reports.fact import Fact, from_row
from shared.reports.figures import counts_of
from shared.reports.ranges import Days


@dataclass(frozen=True, slots=True)
class DayCounts:
    """What the visits of one day count for, by department."""

    day: str
    departments: Mapping[str, Mapping[str, int]]


class FactDays:
    """Counts of a tenant's facts."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def read(self, tenant: str, connection: str, days: Days) -> list[DayCounts]:
        """The days that have visits, in order; of one connection if one is named."""
        found: dict[str, dict[str, Counter[str]]] = {}
        for fact in await self.facts(tenant, days):
            if connection in ("", fact.connection):
                found.setdefault(fact.day, {}).setdefault(fact.department, Counter()).update(counts_of(fact))
        return [DayCounts(day, found[day]) for day in sorted(found)]

    async def facts(self, tenant: str, days: Days) -> list[Fact]:
        """Every fact of the range."""
        rows = [row for month in days.months() for row in await self._tables.rows("facts", f"{tenant}-{month:%Y%m}")]
        facts = [from_row(tenant, row) for row in rows]
        return [fact for fact in facts if days.first.isoformat() <= fact.day <= days.last.isoformat()]

    async def of_visit(self, tenant: str, connection: str, visits: Container[str]) -> list[Fact]:
        """The facts of a visit under any of its keys."""
        where = "PartitionKey ge @a and PartitionKey lt @b"
        found = self._tables.query("facts", where, {"a": f"{tenant}-", "b": f"{tenant}."})
        facts = [from_row(tenant, row) async for row in found]
        return [fact for fact in facts if fact.connection == connection and fact.visit in visits]
