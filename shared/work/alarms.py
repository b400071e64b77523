"""Alarms: one row a visit in table `work`, keyed by when, so that one range query finds everything owed up to now.

PartitionKey is the five-minute bucket of the instant and a shard, RowKey the instant, the visit and a nonce. An alarm
holds ids only. What is done is deleted: what is left in the past is exactly what is owed, and no watermark is needed.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from secrets import token_hex

from shared.adapters.queues import DUE, Queues
from shared.adapters.schema import PARTITION
from shared.adapters.tables import Tables
from shared.clock import from_text, to_text
from shared.visits.ids import partition
from shared.visits.store import Name
from shared.visits.visit import Moment, Record, VisitKey
from shared.work.jobs import Job, to_message
from shared.work.moments import Rules, next_moment

BUCKET = timedelta(minutes=5)
LOOK_BACK = timedelta(hours=48)
ORPHANED_AFTER = timedelta(minutes=10)
HEARTBEAT = (PARTITION, "tick")

PACED, AT_ONCE = "p", "o"

RulesOf = Callable[[str], Awaitable[Rules]]


@dataclass(frozen=True, slots=True)
class Due:
    """An alarm whose time has come. `start` is the visit's; `paced`: it is about a text."""

    key: VisitKey
    alarm: Name
    start: datetime
    paced: bool


class TableAlarms:
    """Alarms of one stamp. `rules_of` gives a connection's rules by its id."""

    def __init__(self, tables: Tables, queues: Queues, rules_of: RulesOf) -> None:
        self._tables = tables
        self._queues = queues
        self._rules_of = rules_of

    async def moment(self, record: Record, now: datetime) -> Moment | None:
        """When the visit next needs something."""
        return next_moment(record, await self._rules_of(record.visit.key.connection), now)

    def name(self, key: VisitKey, moment: Moment) -> Name:
        """Partition and row of a new alarm. No two are alike, so that whoever made one in vain may remove it."""
        shard = partition(key).rpartition("-")[2]
        kind = PACED if moment.paced else AT_ONCE
        row = f"{to_text(moment.at)}_{key.connection}_{key.visit}_{kind}{token_hex(4)}"
        return f"{_bucket(moment.at)}-{shard}", row

    def serves(self, name: Name, moment: Moment, now: datetime) -> bool:
        """Whether an alarm will do for a moment: the same instant, or both are past and it is owed anyway."""
        instant = _instant(name)
        return _paced(name) == moment.paced and (instant == moment.at or (instant <= now and moment.at <= now))

    async def put(self, alarms: Sequence[tuple[Name, Record, Moment]]) -> None:
        """Writes alarms; those of one partition in one request. Each has its visit's start: the soonest goes first."""
        entities = [
            {
                "PartitionKey": bucket,
                "RowKey": row,
                "visit": str(record.visit.key),
                "start": to_text(record.visit.start),
            }
            for (bucket, row), record, _ in alarms
        ]
        await self._tables.upsert_many("work", entities)

    async def drop(self, names: Sequence[Name]) -> None:
        """Removes alarms; those of one partition in one request."""
        await self._tables.delete_many("work", names)

    async def ring(self, key: VisitKey) -> None:
        """Hands the visit to a worker now. A failure is no loss: the next tick finds the alarm."""
        from azure.core.exceptions import AzureError

        try:
            await self._queues.send(DUE, to_message([Job(key)]))
        except AzureError:
            return

    async def due(self, now: datetime) -> AsyncIterator[Due]:
        """Everything owed up to now: one range query, a page a thousand."""
        where = "PartitionKey ge @a and PartitionKey le @b and RowKey le @now"
        bounds = {"a": _bucket(now - LOOK_BACK), "b": f"{_bucket(now)}-~", "now": to_text(now) + "~"}
        async for row in self._tables.query("work", where, bounds):
            name = row["PartitionKey"], row["RowKey"]
            yield Due(VisitKey.parse(row["visit"]), name, from_text(row["start"]), paced=_paced(name))

    async def beat(self, now: datetime) -> None:
        """Notes that a tick ran."""
        await self._tables.upsert("work", {"PartitionKey": HEARTBEAT[0], "RowKey": HEARTBEAT[1], "at": to_text(now)})


def orphaned(name: Name, now: datetime) -> bool:
    """Whether an alarm that no visit names is old enough to be nobody's: an intake may be between its two writes."""
    return _instant(name) + ORPHANED_AFTER < now


def _paced(name: Name) -> bool:
    return name[1].rpartition("_")[2].startswith(PACED)


def _instant(name: Name) -> datetime:
    return from_text(name[1].partition("_")[0])


def _bucket(moment: datetime) -> str:
    moment = moment.astimezone(UTC)
    return moment.replace(minute=moment.minute - moment.minute % 5, second=0, microsecond=0).strftime("%Y%m%dT%H%M")
