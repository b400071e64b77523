"""Does what visits owe: claims their rows, acts outside, commits what came of it.

The visit's row is what is claimed, not the alarm, so that a doubled tick, a second worker and an intake all meet at one
place. A holder whose lease may have run out does not act; the next one acts with the same ids, which the gateway knows.
Visits that share a partition are claimed in one request and settled in another.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol
from uuid import uuid4

from shared.adapters.queues import DUE, Queues
from shared.clock import Clock
from shared.errors import Conflict
from shared.visits.changes import forgettable, settled
from shared.visits.store import Loaded, Visits
from shared.visits.visit import Claim, Record, VisitKey
from shared.work.alarms import RulesOf, TableAlarms, orphaned
from shared.work.jobs import Job, to_message
from shared.work.moments import Rules

log = logging.getLogger(__name__)

Outcome = Callable[[Record], Record]
# Each doer pauses after a failure, so that rounds end by themselves; this ends them should one not.
MOST_ROUNDS = 8


@dataclass(frozen=True, slots=True)
class Permit:
    """A doer may act for a visit. `slot`: not before then; `texts`: whether the hospital's texts are switched on."""

    slot: datetime | None = None
    texts: bool = True


class Doer(Protocol):
    """One kind of work; `permits` is for a doer that has to ask first."""

    def wanted(self, record: Record, rules: Rules, now: datetime) -> bool:
        """Whether there is something to do. Pure."""

    async def permits(self, jobs: Sequence[Job], now: datetime) -> Mapping[VisitKey, Permit]:  # noqa: ARG002
        """The visits, of those where it is wanted, for which it may act now; the others stay owed."""
        return {job.key: Permit() for job in jobs}

    def begin(self, record: Record, rules: Rules, now: datetime) -> Record:
        """What to write together with the claim, before anything happens outside. Pure."""

    async def act(self, record: Record, permit: Permit, until: datetime) -> Outcome:
        """Acts outside, starting nothing after `until`; returns what to write of it. An outage is an outcome too."""


class Recorder(Protocol):
    """Keeps what reports are made of; it comes last, so that it sees what the doers did."""

    async def begin(self, record: Record) -> Record:
        """What to write together with the claim: where the facts are going to be."""

    async def act(self, records: Sequence[Record]) -> Sequence[Outcome]:
        """Writes the facts of visits; each outcome takes the flag down, unless something changed meanwhile.

        Raises what storage raises; then some may have been written, which is harmless to do again.
        """


@dataclass(frozen=True, slots=True)
class _Task:
    loaded: Loaded
    record: Record
    permits: Mapping[Doer, Permit]


_Result = tuple[list[Outcome], BaseException | None]


class Worker:
    """Works on a few visits at a time; any number of workers may run."""

    def __init__(
        self,
        visits: Visits,
        alarms: TableAlarms,
        queues: Queues,
        doers: Sequence[Doer],
        recorder: Recorder,
        rules_of: RulesOf,
        clock: Clock,
        lease: timedelta,
    ) -> None:
        self._visits = visits
        self._alarms = alarms
        self._queues = queues
        self._doers = doers
        self._recorder = recorder
        self._rules_of = rules_of
        self._clock = clock
        self._lease = lease

    async def run(self, jobs: Sequence[Job]) -> None:
        """Does everything that is due for visits of one partition.

        A visit whose work fails in a way nobody foresaw does not keep the others from theirs: it is handed out again on
        its own, and steps aside as poison when it fails for good. Raises what it raised once it is alone.
        """
        by_key = {job.key: job for job in jobs}
        ready = await self._ready(list(by_key.values()))
        failed: dict[VisitKey, BaseException] = {}
        for round_ in range(MOST_ROUNDS):
            tasks, idle = await self._tasks(ready, by_key)
            if round_ == 0 and idle:
                await self._rearm(idle)
            if not tasks:
                break
            ready = await self._act(tasks, failed)
            # A slot is for one text.
            by_key = {key: replace(job, slot=None) for key, job in by_key.items()}
        if failed and len(by_key) == 1:
            raise next(iter(failed.values()))
        for key in failed:
            await self._queues.send(DUE, to_message([by_key[key]]))

    async def _ready(self, jobs: Sequence[Job]) -> list[Loaded]:
        now = self._clock()
        ready, orphans = [], []
        for job, loaded in zip(jobs, await self._visits.load_many([job.key for job in jobs]), strict=True):
            record = loaded.record
            if job.alarm and (record is None or record.visit.alarm != job.alarm) and orphaned(job.alarm, now):
                orphans.append(job.alarm)
            if record is None or record.visit.claimed(now):
                continue
            if forgettable(record, now):
                await self._forget(record)
            else:
                ready.append(loaded)
        await self._alarms.drop(orphans)
        return ready

    async def _tasks(self, ready: Sequence[Loaded], jobs: dict[VisitKey, Job]) -> tuple[list[_Task], list[Loaded]]:
        """What is to be done for which visit, and the visits for which nothing is."""
        now = self._clock()
        wanted: list[tuple[Loaded, Record, list[Doer]]] = []
        for loaded in ready:
            if loaded.record is None or loaded.record.visit.claimed(now):
                continue
            record = settled(loaded.record, now)
            rules = await self._rules_of(loaded.key.connection)
            wanted.append((loaded, record, [doer for doer in self._doers if doer.wanted(record, rules, now)]))
        permits = {
            doer: await doer.permits([jobs[loaded.key] for loaded, _, doers in wanted if doer in doers], now)
            for doer in self._doers
            if any(doer in doers for *_, doers in wanted)
        }
        tasks, idle = [], []
        for loaded, record, doers in wanted:
            given = {doer: permits[doer][loaded.key] for doer in doers if loaded.key in permits[doer]}
            if given or record.visit.facts_due:
                tasks.append(_Task(loaded, record, given))
            elif not doers:
                idle.append(loaded)
        return tasks, idle

    async def _act(self, tasks: Sequence[_Task], failed: dict[VisitKey, BaseException]) -> list[Loaded]:
        now = self._clock()
        claim = Claim(uuid4().hex, now + self._lease)
        begun: list[tuple[Loaded, Record]] = []
        for task in tasks:
            rules = await self._rules_of(task.loaded.key.connection)
            record = task.record
            for doer in task.permits:
                record = doer.begin(record, rules, now)
            record = await self._recorder.begin(record)
            begun.append((task.loaded, replace(record, visit=replace(record.visit, claim=claim))))
        # Who lost the race for a visit leaves it: whoever won it works on it, or rings again.
        claimed = await self._visits.commit(begun)
        held = [(task, loaded) for task, loaded in zip(tasks, claimed, strict=True) if loaded and loaded.record]
        results = await asyncio.gather(*(self._do(task, loaded, claim) for task, loaded in held))
        results = await self._recorded([loaded for _, loaded in held], results, claim)
        finished: list[tuple[Loaded, Record]] = []
        outcomes_of: dict[VisitKey, list[Outcome]] = {}
        for (_, loaded), (outcomes, error) in zip(held, results, strict=True):
            assert loaded.record is not None
            if error is not None:
                failed[loaded.key] = error
            outcomes_of[loaded.key] = outcomes
            finished.append((loaded, _finished(loaded.record, claim, outcomes)))
        again: list[Loaded] = []
        for (loaded, _), written in zip(finished, await self._visits.commit(finished), strict=True):
            outcomes = outcomes_of[loaded.key]
            if written is None:
                # A delivery report or a launch came in between: what was done is put on top of it.
                written = await self._put_on_top(loaded.key, claim, outcomes)
            if loaded.key not in failed:
                again.append(written)
        return again

    async def _put_on_top(self, key: VisitKey, claim: Claim, outcomes: Sequence[Outcome]) -> Loaded:
        await self._visits.change(key, lambda current: current and _finished(current, claim, outcomes), ring=False)
        return (await self._visits.load_many([key]))[0]

    async def _do(self, task: _Task, loaded: Loaded, claim: Claim) -> _Result:
        assert loaded.record is not None
        outcomes: list[Outcome] = []
        try:
            for doer, permit in task.permits.items():
                # One by one: what was done before a failure counts.
                outcomes.append(await doer.act(loaded.record, permit, claim.until))
        except Exception as error:  # noqa: BLE001, kept for `run`, which raises it or hands the visit out again
            log.warning("work on a visit failed: %s", type(error).__name__)
            return outcomes, error
        return outcomes, None

    async def _recorded(self, held: Sequence[Loaded], results: Sequence[_Result], claim: Claim) -> list[_Result]:
        """The results with those of the recorder, which writes the facts of all these visits together."""
        after = [
            loaded.record and _finished(loaded.record, claim, done)
            for loaded, (done, _) in zip(held, results, strict=True)
        ]
        due = [
            index for index, record in enumerate(after) if record and record.visit.facts_due and not results[index][1]
        ]
        given = list(results)
        try:
            outcomes = await self._recorder.act([record for index in due if (record := after[index])])
        except Exception as error:  # noqa: BLE001, as in `_do`
            log.warning("facts could not be written: %s", type(error).__name__)
            for index in due:
                given[index] = (results[index][0], error)
            return given
        for index, outcome in zip(due, outcomes, strict=True):
            given[index] = ([*results[index][0], outcome], None)
        return given

    async def _rearm(self, idle: Sequence[Loaded]) -> None:
        """Even where nothing else changes the alarm must move on, or each tick would find it again."""
        now = self._clock()
        changes = [(loaded, settled(loaded.record, now)) for loaded in idle if loaded.record]
        await self._visits.commit(changes)

    async def _forget(self, record: Record) -> None:
        try:
            await self._visits.remove(record)
        except Conflict:
            log.info("a visit changed while it was to be forgotten; its alarm will ask again")


def _finished(record: Record, claim: Claim, outcomes: Sequence[Outcome]) -> Record:
    for outcome in outcomes:
        record = outcome(record)
    if record.visit.claim == claim:
        record = replace(record, visit=replace(record.visit, claim=None))
    return record
