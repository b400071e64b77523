"""What the visits of a day count for: one row a day and connection, and one a day for all, so that a year is 366 rows.

Changes come as rows beside them (`facts.py`). Whoever writes one now and then adds all that wait to the days' rows and
removes them, in one transaction; a report adds what waits by itself, so that it is never behind, and where much waits
it takes it in for the next. A day's row names the changes it took in last: a report that read a change before it was
taken in, and the day's row after, counts it once.
"""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from shared.adapters.tables import ETAG, MOST_OPERATIONS, Entity, Operation, Tables
from shared.errors import BridgeError, Conflict
from shared.reports.fact import Fact, from_row
from shared.reports.places import CHANGES, DAYS, TABLE, VISITS, day_row, index_partition, month_partition, visit_row
from shared.reports.ranges import Days

CHANGES_AT_ONCE = 64
MOST_WAITING = 8
"""Of a month: who reads more takes them in, so that a report costs the same however many visits a day has."""
MOST_ROUNDS = 8
REMEMBERED = 128
CHARACTERS = 30_000  # of one string in a table; 32 Ki are allowed

Departments = dict[str, Counter[str]]


@dataclass(frozen=True, slots=True)
class DayCounts:
    """What the visits of one day count for, by department."""

    day: str
    departments: Mapping[str, Mapping[str, int]]


class FactDays:
    """A tenant's facts: counted by day, and one by one."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def read(self, tenant: str, connection: str, days: Days) -> list[DayCounts]:
        """The days that have visits, in order; of one connection if one is named."""
        months = await asyncio.gather(*(self._month(tenant, connection, days, month) for month in days.months()))
        return [each for month in months for each in month]

    async def visits(
        self, tenant: str, days: Days, equal: Mapping[str, str], *, after: str, most: int
    ) -> AsyncIterator[Fact]:
        """Facts of the range in order of day and start, behind the place `after`; `equal`: what columns must be."""
        wheres = [f"{name} eq @{name}" for name in equal]
        where = " and ".join(["PartitionKey eq @p", "RowKey ge @a", "RowKey gt @after", "RowKey lt @b", *wheres])
        for month in days.months():
            given = {
                "p": month_partition(tenant, month),
                "a": f"{VISITS}{max(days.first, month).isoformat()}",
                "b": f"{VISITS}{days.last.isoformat()}~",
                "after": f"{VISITS}{after}",
            }
            if after[:7] > f"{month:%Y-%m}":
                continue
            async for row in self._tables.query(TABLE, where, given | dict(equal), page=most):
                yield from_row(tenant, row)

    async def of_visit(self, tenant: str, connection: str, visits: Sequence[str]) -> list[Fact]:
        """The facts of a visit under any of its keys."""
        found = []
        for visit in visits:
            pointer = await self._tables.get(TABLE, index_partition(tenant), f"{connection}_{visit}")
            if pointer is None:
                continue
            place = pointer["place"]
            row = await self._tables.get(TABLE, month_partition(tenant, place), visit_row(place, connection, visit))
            found += [from_row(tenant, row)] if row else []
        return found

    async def fold(self, partition: str) -> None:
        """Adds waiting changes to the rows of their days. Who loses the race for one leaves it to the winner."""
        for _ in range(MOST_ROUNDS):
            waiting, touched, more = await self._waiting(partition)
            if not waiting:
                return
            keys = sorted(day_row(*key) for key in touched)
            where = "PartitionKey eq @p and RowKey ge @a and RowKey le @b"
            given = {"p": partition, "a": keys[0], "b": keys[-1]}
            known = {row["RowKey"]: row async for row in self._tables.query(TABLE, where, given)}
            operations: list[Operation] = [("delete", row) for row in waiting]
            for (scope, day), counts in touched.items():
                before = known.get(day_row(scope, day))
                entity = {"PartitionKey": partition, "RowKey": day_row(scope, day)} | _added(before, counts, waiting)
                operations.append(("replace", entity | {ETAG: before[ETAG]}) if before else ("insert", entity))
            try:
                await self._tables.transact(TABLE, operations)
            except Conflict:
                return
            if not more:
                return

    async def _waiting(self, partition: str) -> tuple[list[Entity], dict[tuple[str, str], Departments], bool]:
        """As many changes as one transaction can take in, what they add to each connection's day, and whether more wait."""
        waiting: list[Entity] = []
        touched: dict[tuple[str, str], Departments] = {}
        where = "PartitionKey eq @p and RowKey ge @a and RowKey lt @b"
        given = {"p": partition, "a": CHANGES, "b": VISITS}
        async for row in self._tables.query(TABLE, where, given, page=CHANGES_AT_ONCE):
            cells = list(_cells(row))
            rows = touched.keys() | {(scope, day) for day, connection, _, _ in cells for scope in ("", connection)}
            if len(waiting) == CHANGES_AT_ONCE or len(waiting) + 1 + len(rows) > MOST_OPERATIONS:
                return waiting, touched, True
            waiting.append(row)
            for day, connection, department, counts in cells:
                for scope in ("", connection):
                    touched.setdefault((scope, day), {}).setdefault(department, Counter()).update(counts)
        return waiting, touched, False

    async def _month(self, tenant: str, connection: str, days: Days, month: date) -> list[DayCounts]:
        partition = month_partition(tenant, month)
        # Changes first: one that is taken in between the two requests is in both, never in neither.
        waiting = await self._tables.rows(TABLE, partition, CHANGES)
        where = "PartitionKey eq @p and RowKey ge @a and RowKey le @b"
        given = {"p": partition, "a": day_row(connection, days.first.isoformat())}
        given["b"] = day_row(connection, days.last.isoformat())
        found: dict[str, Departments] = {}
        taken: dict[str, frozenset[str]] = {}
        async for row in self._tables.query(TABLE, where, given):
            day = row["RowKey"].removeprefix(DAYS).rpartition("_")[2]
            found[day], taken[day] = _departments(row), frozenset(str(row["taken"]).split(","))
        for row in waiting:
            for day, its_connection, department, counts in _cells(row):
                wanted = days.first.isoformat() <= day <= days.last.isoformat() and connection in ("", its_connection)
                if wanted and _nonce(row) not in taken.get(day, frozenset()):
                    found.setdefault(day, {}).setdefault(department, Counter()).update(counts)
        if len(waiting) > MOST_WAITING:
            await self._relieve(partition)
        return [DayCounts(day, _present(found[day])) for day in sorted(found) if _present(found[day])]

    async def _relieve(self, partition: str) -> None:
        from azure.core.exceptions import AzureError

        # The report is whole already. Whoever reads next can do it as well.
        with suppress(AzureError, BridgeError):
            await self.fold(partition)


def _added(row: Entity | None, more: Departments, taken: Sequence[Entity]) -> Entity:
    """The columns of a day's row with more added to it."""
    departments = _departments(row) if row else {}
    for name, counts in more.items():
        departments.setdefault(name, Counter()).update(counts)
    text = json.dumps(_present(departments), separators=(",", ":"))
    names = [*(str(row["taken"]).split(",") if row else []), *(_nonce(each) for each in taken)]
    chunks = [text[start : start + CHARACTERS] for start in range(0, len(text), CHARACTERS)]
    return {"taken": ",".join(names[-REMEMBERED:])} | {f"counts{index}": chunk for index, chunk in enumerate(chunks)}


def _departments(row: Entity) -> Departments:
    text = "".join(row[f"counts{index}"] for index in range(len(row)) if f"counts{index}" in row)
    return {name: Counter(counts) for name, counts in json.loads(text).items()}


def _present(departments: Departments) -> dict[str, dict[str, int]]:
    """Without what has come to nothing."""
    kept = {name: {each: count for each, count in counts.items() if count} for name, counts in departments.items()}
    return {name: counts for name, counts in kept.items() if counts}


def _cells(row: Entity) -> Iterator[tuple[str, str, str, dict[str, int]]]:
    for day, connections in json.loads(row["changes"]).items():
        for connection, departments in connections.items():
            for department, counts in departments.items():
                yield day, connection, department, counts


def _nonce(row: Entity) -> str:
    return str(row["RowKey"]).rpartition("_")[2]
