"""Statuses that were given up: kept where an administrator sees them and can have them written after all.

A row of table `work` a status, under `untold-<connection>`: which visit (its key, no number), whose (patient or
clinician), which status, when, and why not. Nothing about a patient. To keep the same status again is the same row.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

from shared.adapters.tables import Entity, Tables
from shared.clock import Clock, from_text, to_text
from shared.keys.keyring import encode
from shared.metrics import measure
from shared.organisations.connection import Connection
from shared.visits.device import TESTED
from shared.visits.store import Visits
from shared.visits.visit import Announcement, Record, VisitKey

KEPT = timedelta(days=7)
FIRST, BEHIND = "untold-", "untold."
"""What its partitions begin with, and what comes behind them all."""

ConnectionOf = Callable[[str], Awaitable[Connection | None]]


@dataclass(frozen=True, slots=True)
class Untold:
    """A status that the EHR was not told. `code`: why, of errors.md."""

    id: str
    key: VisitKey
    item: Announcement
    given_up: datetime
    code: str


class UntoldStatuses:
    """The statuses of one stamp that were given up."""

    def __init__(self, tables: Tables, visits: Visits, clock: Clock) -> None:
        self._tables = tables
        self._visits = visits
        self._clock = clock

    async def keep(self, key: VisitKey, given_up: Sequence[tuple[Announcement, str]]) -> None:
        """Keeps statuses of a visit, each with the code of why."""
        for item, code in given_up:
            measure("visitbridge.writeback.given_up", 1, code=code)
            await self._tables.upsert("work", _row(key, item, code, self._clock()))

    async def of(self, connection_id: str) -> list[Untold]:
        """Those of a connection, of the last seven days, the latest event first."""
        rows = await self._tables.rows("work", FIRST + connection_id)
        found = [_untold(row) for row in rows if not self._over(row)]
        return sorted(found, key=lambda one: (one.item.at, one.id), reverse=True)

    async def again(self, one: Untold) -> str:
        """Puts a status back among those to be written, and forgets it here.

        `replayed`; `superseded`: the EHR has been told something newer of the same participant, or is about to be;
        `gone`: the visit is forgotten. Twice is as once.
        """
        now = self._clock()
        result = "gone"

        def apply(record: Record | None) -> Record | None:
            nonlocal result
            if record is None:
                return None
            if is_old(record, one.item):
                result = "superseded"
                return None
            result = "replayed"
            return _waiting_again(record, one.item, now)

        await self._visits.change(one.key, apply)
        await self._tables.delete("work", FIRST + one.key.connection, one.id)
        return result

    async def expire(self) -> None:
        """Removes what is older than seven days, of every connection."""
        where, bounds = "PartitionKey ge @a and PartitionKey lt @b", {"a": FIRST, "b": BEHIND}
        old = [row async for row in self._tables.query("work", where, bounds) if self._over(row)]
        await self._tables.delete_many("work", [(row["PartitionKey"], row["RowKey"]) for row in old])

    def _over(self, row: Entity) -> bool:
        return from_text(row["given_up"]) + KEPT < self._clock()


def who(item: Announcement) -> str:
    """The participant as an EHR knows them: a clinician by themselves, patients of a visit as one (0008). What a device test
    found is told beside what happens in the call: neither makes the other old.
    """
    return TESTED if item.state.startswith(TESTED) else item.person or item.role


def is_old(record: Record, item: Announcement) -> bool:
    """Whether the EHR has been told this or something newer of the same participant, or is about to be told newer. Pure."""
    told = record.visit.told.get(who(item))
    if told and (told[0] > item.at or told == (item.at, item.state)):
        return True
    return any(who(other) == who(item) and other.at > item.at for other in record.visit.outbox)


def _waiting_again(record: Record, item: Announcement, now: datetime) -> Record:
    visit = record.visit
    others = [other for other in visit.outbox if replace(other, again=None) != item]
    outbox = tuple(sorted([*others, replace(item, again=now)], key=lambda one: one.at))
    return replace(record, visit=replace(visit, outbox=outbox, outbox_retry=None, outbox_tries=0))


def _row(key: VisitKey, item: Announcement, code: str, now: datetime) -> Entity:
    at = to_text(item.at)
    name = "|".join((key.visit, item.role, item.person, item.state, at))
    return {
        "PartitionKey": FIRST + key.connection, "RowKey": encode(sha256(name.encode()).digest()[:16]),
        "visit": key.visit, "role": item.role, "person": item.person, "state": item.state, "at": at,
        "given_up": to_text(now), "code": code,
    }  # fmt: skip


def _untold(row: Entity) -> Untold:
    item = Announcement(row["role"], row["state"], from_text(row["at"]), str(row.get("person") or ""))
    key = VisitKey(str(row["PartitionKey"]).removeprefix(FIRST), row["visit"])
    return Untold(row["RowKey"], key, item, from_text(row["given_up"]), row["code"])
