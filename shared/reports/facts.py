"""Writes the facts of visits, and with each the change that it makes to the counts of its day: both, or neither.

The change is a row of its own in the same transaction, the difference between what the visit counted for and what it
counts for now. `days.py` adds such rows up. So nothing is counted twice or lost, whatever crashes or comes twice, and
visits of one day never wait for each other (docs/decisions/0021-facts-and-days.md).
"""

import json
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from secrets import token_hex

from shared.adapters.tables import ETAG, Entity, Operation, Tables
from shared.clock import Clock, to_text
from shared.errors import Conflict, Unavailable
from shared.organisations.connection import Connection
from shared.reports.days import FactDays
from shared.reports.fact import Fact, fact_of, from_row, to_row
from shared.reports.figures import counts_of
from shared.reports.places import CHANGES, TABLE, index_partition, month_partition, place_of, visit_row
from shared.visits.visit import Noted, Record
from shared.work.worker import Outcome

ConnectionOf = Callable[[str], Awaitable[Connection | None]]
ATTEMPTS = 8
FOLD_ONE_IN = 16
MARGIN = timedelta(seconds=10)
"""Nothing is written so shortly before a claim ends: somebody else may have newer facts by then."""

Change = tuple[str, str, str, Counter[str]]
"""Day, connection, department, and what is added to their counts (or taken away)."""


@dataclass(slots=True)
class _Entry:
    record: Record
    fact: Fact
    place: str
    etag: str = ""

    @property
    def noted(self) -> Noted:
        return self.record.visit.noted

    @property
    def row(self) -> Entity:
        return {
            "PartitionKey": month_partition(self.fact.tenant, self.fact.day),
            "RowKey": visit_row(self.place, self.fact.connection, self.fact.visit),
            **to_row(self.fact),
        }


class FactKeeping:
    """The worker's recorder."""

    def __init__(self, tables: Tables, days: FactDays, connection_of: ConnectionOf, clock: Clock) -> None:
        self._tables = tables
        self._days = days
        self._connection_of = connection_of
        self._clock = clock

    async def begin(self, record: Record) -> Record:
        """Notes where the facts are going to be before they are there, so that a crash leaves none that nobody finds."""
        noted = record.visit.noted
        connection = await self._connection_of(record.visit.key.connection)
        if connection is None:
            return record
        place = place_of(fact_of(record, connection))
        if place in (noted.place, *noted.meant):
            return record
        return replace(record, visit=replace(record.visit, noted=replace(noted, meant=(*noted.meant, place))))

    async def act(self, records: Sequence[Record]) -> Sequence[Outcome]:
        """Writes the facts of visits. What changes meanwhile keeps the flag up. Raises `Unavailable`."""
        entries: list[_Entry | None] = []
        for record in records:
            claim = record.visit.claim
            if claim and self._clock() > claim.until - MARGIN:
                raise Unavailable
            connection = await self._connection_of(record.visit.key.connection)
            fact = fact_of(record, connection) if connection else None
            entries.append(_Entry(record, fact, place_of(fact)) if fact else None)
        await self._write([entry for entry in entries if entry])
        return [await self._outcome(entry) if entry else _not_due for entry in entries]

    async def _write(self, entries: Sequence[_Entry]) -> None:
        partitions: dict[str, list[_Entry]] = {}
        for entry in entries:
            partitions.setdefault(entry.row["PartitionKey"], []).append(entry)
        for partition, some in partitions.items():
            try:
                await self._together(partition, some)
            except Conflict:
                # One of them is not as it was noted: something was written of which the visit's row was not told.
                for entry in some:
                    await self._alone(partition, entry)
        await self._tables.upsert_many(
            TABLE, [_pointer(entry) for entry in entries if entry.noted.place != entry.place]
        )
        for entry in entries:
            for place in {entry.noted.place, *entry.noted.meant} - {entry.place, ""}:
                await self._take_away(entry.fact, place)

    async def _together(self, partition: str, entries: Sequence[_Entry]) -> None:
        operations: list[Operation] = []
        changes: list[Change] = []
        for entry in entries:
            known = entry.noted if entry.noted.place == entry.place else None
            operations.append(("replace", entry.row | {ETAG: known.etag}) if known else ("insert", entry.row))
            before = (known.department, Counter(known.counts)) if known else None
            changes += _changes(entry.fact, before)
        await self._commit(partition, entries, operations, changes)

    async def _alone(self, partition: str, entry: _Entry) -> None:
        for _ in range(ATTEMPTS):
            row = await self._tables.get(TABLE, partition, entry.row["RowKey"])
            known = from_row(entry.fact.tenant, row) if row else None
            if row and known == entry.fact:
                entry.etag = row[ETAG]
                return
            operation: Operation = ("replace", entry.row | {ETAG: row[ETAG]}) if row else ("insert", entry.row)
            changes = _changes(entry.fact, (known.department, counts_of(known)) if known else None)
            try:
                await self._commit(partition, [entry], [operation], changes)
            except Conflict:
                continue
            return
        raise Unavailable

    async def _take_away(self, fact: Fact, place: str) -> None:
        partition, row_key = month_partition(fact.tenant, place), visit_row(place, fact.connection, fact.visit)
        for _ in range(ATTEMPTS):
            row = await self._tables.get(TABLE, partition, row_key)
            if row is None:
                return
            old = from_row(fact.tenant, row)
            less = Counter({name: -count for name, count in counts_of(old).items()})
            try:
                await self._commit(partition, [], [("delete", row)], [(old.day, old.connection, old.department, less)])
            except Conflict:
                continue
            return
        raise Unavailable

    async def _commit(
        self, partition: str, entries: Sequence[_Entry], operations: list[Operation], changes: Iterable[Change]
    ) -> None:
        nonce = token_hex(6)
        merged = _merged(changes)
        if merged:
            row = {"PartitionKey": partition, "RowKey": f"{CHANGES}{to_text(self._clock())}_{nonce}"}
            operations = [*operations, ("insert", row | {"changes": json.dumps(merged)})]
        etags = await self._tables.transact(TABLE, operations)
        for entry, etag in zip(entries, etags, strict=False):
            entry.etag = etag
        if merged and int(nonce, 16) % FOLD_ONE_IN == 0:
            await self._days.fold(partition)

    async def _outcome(self, entry: _Entry) -> Outcome:
        connection = await self._connection_of(entry.fact.connection)
        dealt_with = {entry.place, entry.noted.place, *entry.noted.meant}

        def written(current: Record) -> Record:
            noted = current.visit.noted
            left = [place for place in (noted.place, *noted.meant) if place and place not in dealt_with]
            now = Noted(entry.place, entry.etag, entry.fact.department, dict(counts_of(entry.fact)), tuple(left))
            due = bool(left) or connection is None or fact_of(current, connection) != entry.fact
            return replace(current, visit=replace(current.visit, noted=now, facts_due=due))

        return written


def _not_due(current: Record) -> Record:
    return replace(current, visit=replace(current.visit, facts_due=False))


def _pointer(entry: _Entry) -> Entity:
    key = {"PartitionKey": index_partition(entry.fact.tenant), "RowKey": f"{entry.fact.connection}_{entry.fact.visit}"}
    return key | {"place": entry.place}


def _changes(fact: Fact, before: tuple[str, Counter[str]] | None) -> list[Change]:
    given = [(fact.day, fact.connection, fact.department, counts_of(fact))]
    if before:
        department, counts = before
        given.append((fact.day, fact.connection, department, Counter({name: -count for name, count in counts.items()})))
    return given


def _merged(changes: Iterable[Change]) -> dict[str, dict[str, dict[str, dict[str, int]]]]:
    """By day, connection, department; nothing that comes to nothing."""
    sums: dict[tuple[str, str, str], Counter[str]] = {}
    for day, connection, department, counts in changes:
        sums.setdefault((day, connection, department), Counter()).update(counts)
    merged: dict[str, dict[str, dict[str, dict[str, int]]]] = {}
    for (day, connection, department), counts in sums.items():
        if changed := {name: count for name, count in counts.items() if count}:
            merged.setdefault(day, {}).setdefault(connection, {})[department] = changed
    return merged
