"""The minute tick: everything owed up to now goes to the workers' queue, as ids, the soonest visit first.

It never asks for "due this minute", so that late, missed and doubled ticks are normal. Of the texts it hands out only
what their sender may send until the next tick; the rest is still owed then, and sorted anew with what came since.
"""

from collections.abc import Awaitable, Callable, Iterable, Iterator
from datetime import datetime, timedelta

from shared.adapters.queues import DUE, Queues
from shared.adapters.schema import Schema
from shared.clock import Clock
from shared.metrics import measure
from shared.visits.ids import partition
from shared.visits.store import Name
from shared.work.alarms import Due, TableAlarms
from shared.work.jobs import Job, to_message
from shared.work.pace import Pace

PERIOD = timedelta(minutes=1)
# One worker holds the claims of a batch while it sends at the sender's pace: an intake may wait for as long.
MOST_JOBS = 16
LONGEST_BATCH = timedelta(seconds=5)
# How long after its slot a text may still be in a worker's hands. Who died over it is followed by the next tick's.
IN_HAND = timedelta(seconds=15)

SenderOf = Callable[[str], Awaitable[str]]
"""The sender number of a connection, by its id; empty where it has none."""


class Tick:
    """The tick of one stamp."""

    def __init__(
        self, schema: Schema, alarms: TableAlarms, queues: Queues, pace: Pace, sender_of: SenderOf, clock: Clock
    ) -> None:
        self._schema = schema
        self._alarms = alarms
        self._queues = queues
        self._pace = pace
        self._sender_of = sender_of
        self._clock = clock
        self._handed: dict[Name, datetime] = {}

    async def run(self) -> int:
        """Hands out what is due and notes the heartbeat. Returns how many visits were handed out.

        The first of a process brings the tables to this release's schema, and raises `SchemaError` where they are ahead
        of it: then nothing is handed out, and health turns red.
        """
        await self._schema.settle()
        now = self._clock()
        self._handed = {name: until for name, until in self._handed.items() if until > now}
        jobs: list[Job] = []
        by_sender: dict[str, list[Due]] = {}
        async for due in self._alarms.due(now):
            sender = await self._sender_of(due.key.connection) if due.paced else ""
            if due.paced and sender:
                by_sender.setdefault(sender, []).append(due)
            else:
                jobs.append(Job(due.key, due.alarm))
        jobs.sort(key=lambda job: partition(job.key))
        for sender, waiting in by_sender.items():
            jobs += await self._paced(sender, waiting, now)
        for batch in batches(jobs):
            hidden = (batch[0].slot - now).total_seconds() if batch[0].slot else 0
            await self._queues.send(DUE, to_message(batch), hidden_seconds=max(0, int(hidden)))
        await self._alarms.beat(now)
        measure("visitbridge.tick.handed", len(jobs))
        measure(
            "visitbridge.tick.waiting", sum(map(len, by_sender.values())) - sum(job.slot is not None for job in jobs)
        )
        return len(jobs)

    async def _paced(self, sender: str, waiting: list[Due], now: datetime) -> list[Job]:
        # What the last tick handed out and a worker has not sent yet would only take a second slot for nothing.
        waiting = [due for due in waiting if due.alarm not in self._handed]
        waiting.sort(key=lambda due: (due.start, partition(due.key), due.key.visit))
        if not waiting:
            return []
        slots = await self._pace.take(sender, len(waiting), now, now + PERIOD)
        jobs = [Job(due.key, due.alarm, slot) for due, slot in zip(waiting, slots, strict=False)]
        self._handed |= {job.alarm: job.slot + IN_HAND for job in jobs if job.alarm and job.slot}
        return jobs


def batches(jobs: Iterable[Job]) -> Iterator[list[Job]]:
    """Runs of jobs of one partition, in their order: few enough, and close enough in time, for one worker."""
    batch: list[Job] = []
    for job in jobs:
        if batch and not _together(batch, job):
            yield batch
            batch = []
        batch.append(job)
    if batch:
        yield batch


def _together(batch: list[Job], job: Job) -> bool:
    first = batch[0]
    if len(batch) == MOST_JOBS or partition(first.key) != partition(job.key) or bool(first.slot) != bool(job.slot):
        return False
    return first.slot is None or job.slot is None or job.slot - first.slot <= LONGEST_BATCH
