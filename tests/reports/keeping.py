"""A worker's protocol around the facts, without a worker: note where they go, write them, put the outcome on the visit."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from random import Random

from shared.adapters.tables import ETAG
from shared.organisations.connection import Connection
from shared.reports.days import DayCounts, FactDays
from shared.reports.fact import Fact, fact_of, from_row
from shared.reports.facts import FactKeeping
from shared.reports.figures import counts_of
from shared.reports.places import TABLE, VISITS
from shared.reports.ranges import Days
from shared.visits import rows
from shared.visits.visit import Claim, Record, VisitKey
from tests.builders import StillClock
from tests.memory import Fault, MemoryTables, no_fault
from tests.reports.facts import TENANT


class Kept:
    """Visits as their own rows have them, and the facts of them."""

    def __init__(self, fault: Fault = no_fault, zone: str = "America/Chicago") -> None:
        self.tables = MemoryTables(fault)
        self.clock = StillClock()
        self.records: dict[VisitKey, Record] = {}
        self.connections: dict[str, Connection] = {
            name: Connection(name, TENANT, f"https://{name}.example.org", "production", zone, "")
            for name in ("one000001", "two000002")
        }
        self.days = FactDays(self.tables)
        self.keeping = FactKeeping(self.tables, self.days, self.connection_of, self.clock)

    async def connection_of(self, connection_id: str) -> Connection | None:
        return self.connections.get(connection_id)

    async def keep(self, *keys: VisitKey) -> None:
        """What a worker does for visits whose facts are due: claim and intent, facts, outcome."""
        claim = Claim("w", self.clock() + timedelta(minutes=2))
        for key in keys:
            begun = await self.keeping.begin(self.records[key])
            self.records[key] = _with(begun, claim=claim)
        outcomes = await self.keeping.act([self.records[key] for key in keys])
        for key, outcome in zip(keys, outcomes, strict=True):
            self.records[key] = _stored(_with(outcome(self.records[key]), claim=None))

    def rows(self) -> list[Fact]:
        """The facts that are stored."""
        return [from_row(TENANT, row) for row in self.tables.dump(TABLE) if row["RowKey"].startswith(VISITS)]

    def truth(self) -> list[Fact]:
        """The facts that ought to be."""
        return [fact_of(record, self.connections[key.connection]) for key, record in self.records.items()]

    async def read(self, days: Days, connection: str = "") -> list[DayCounts]:
        return await self.days.read(TENANT, connection, days)


def counted(facts: list[Fact], connection: str = "") -> dict[str, dict[str, Mapping[str, int]]]:
    """Counts by day and department, made from the facts one by one."""
    found: dict[str, dict[str, Counter[str]]] = {}
    for fact in facts:
        if connection in ("", fact.connection):
            found.setdefault(fact.day, {}).setdefault(fact.department, Counter()).update(counts_of(fact))
    return {day: dict(departments) for day, departments in found.items()}


def shown(found: list[DayCounts]) -> dict[str, dict[str, Mapping[str, int]]]:
    return {each.day: dict(each.departments) for each in found}


def dice(seed: int) -> Random:
    """Chance that comes out the same again."""
    return Random(seed)  # noqa: S311, a test's


def some_key(random: Random, connection: str) -> VisitKey:
    return VisitKey(connection, f"{random.getrandbits(80):020x}"[:20])


def _stored(record: Record) -> Record:
    """The record as it comes back from its rows."""
    key = record.visit.key
    found = rows.read(key, [row | {ETAG: "1"} for _, row in rows.difference(None, record, "")])
    assert found
    return found[0]


def _with(record: Record, claim: Claim | None) -> Record:
    return replace(record, visit=replace(record.visit, claim=claim))
