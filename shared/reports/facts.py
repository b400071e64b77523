"""Writes the facts of visits into table `facts`: one row a visit, whenever something about it changes.

PartitionKey tenant and month, RowKey connection and the visit's keyed hash.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from shared.adapters.tables import Tables
from shared.organisations.connection import Connection
from shared.reports.fact import Fact, fact_of, to_row
from shared.visits.visit import Record
from shared.work.worker import Outcome

ConnectionOf = Callable[[str], Awaitable[Connection | None]]


class FactKeeping:
    """The worker's recorder."""

    def __init__(self, tables: Tables, connection_of: ConnectionOf) -> None:
        self._tables = tables
        self._connection_of = connection_of

    async def act(self, record: Record) -> Outcome:
        """Writes the row, whatever stood there. What changes meanwhile keeps the flag up."""
        connection = await self._connection_of(record.visit.key.connection)
        if connection is None:
            return lambda current: replace(current, visit=replace(current.visit, facts_due=False))
        written = fact_of(record, connection)
        await self._tables.upsert("facts", _key(written) | to_row(written))
        return lambda current: replace(
            current, visit=replace(current.visit, facts_due=fact_of(current, connection) != written)
        )


def _key(fact: Fact) -> dict[str, str]:
    month = fact.day[:7].replace("-", "")
    return {"PartitionKey": f"{fact.tenant}-{month}", "RowKey": f"{fact.connection}_{fact.visit}"}
