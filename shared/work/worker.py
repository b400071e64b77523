"""Does what a visit owes: claims the visit's row, acts outside, commits what came of it.

The visit's row is what is claimed, not the alarm, so that a doubled tick, a second worker and an intake all meet at one
place. A holder whose lease may have run out does not act; the next one acts with the same ids, which the gateway knows.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol
from uuid import uuid4

from shared.clock import Clock
from shared.errors import Conflict
from shared.visits.changes import forgettable, settled
from shared.visits.store import Visits
from shared.visits.visit import Claim, Record, VisitKey
from shared.work.alarms import RulesOf, TableAlarms, orphaned
from shared.work.moments import Rules

log = logging.getLogger(__name__)

Outcome = Callable[[Record], Record]
# Each doer pauses after a failure, so that rounds end by themselves; this ends them should one not.
MOST_ROUNDS = 8


class Doer(Protocol):
    """One kind of work."""

    def wanted(self, record: Record, rules: Rules, now: datetime) -> bool:
        """Whether there is something to do. Pure."""

    def begin(self, record: Record, rules: Rules, now: datetime) -> Record:
        """What to write together with the claim, before anything happens outside. Pure."""

    async def act(self, record: Record, until: datetime) -> Outcome:
        """Acts outside, starting nothing after `until`; returns what to write of it. An outage is an outcome too."""


class Worker:
    """Works on one visit at a time; any number of workers may run."""

    def __init__(
        self,
        visits: Visits,
        alarms: TableAlarms,
        doers: Sequence[Doer],
        rules_of: RulesOf,
        clock: Clock,
        lease: timedelta,
    ) -> None:
        self._visits = visits
        self._alarms = alarms
        self._doers = doers
        self._rules_of = rules_of
        self._clock = clock
        self._lease = lease

    async def run(self, key: VisitKey, alarm: tuple[str, str] | None = None) -> None:
        """Does everything that is due for a visit. `alarm` is the one that led here, if any."""
        record = await self._visits.load(key)
        now = self._clock()
        if record is None or (alarm and record.visit.alarm != alarm):
            if alarm and orphaned(alarm, now):
                await self._alarms.drop(alarm)
            if record is None:
                return
        if record.visit.claimed(now):
            return
        if forgettable(record, now):
            await self._forget(record)
            return
        rules = await self._rules_of(key.connection)
        if not await self._rounds(record, rules):
            # Even where nothing else changes the alarm must move on, or each tick would find it again.
            await self._visits.change(key, self._settle, ring=False, rearm=True)

    async def _rounds(self, record: Record | None, rules: Rules) -> bool:
        """Acts until nothing is due: what came in while the claim was held found it closed and left. True if it acted."""
        for acted in range(MOST_ROUNDS):
            now = self._clock()
            if record is None or record.visit.claimed(now):
                return True
            current = settled(record, now)
            wanted = [doer for doer in self._doers if doer.wanted(current, rules, now)]
            if not wanted:
                return acted > 0
            record = await self._act(record.visit.key, wanted, rules)
        return True

    def _settle(self, record: Record | None) -> Record | None:
        return record and settled(record, self._clock())

    async def _act(self, key: VisitKey, doers: Sequence[Doer], rules: Rules) -> Record | None:
        claim = Claim(uuid4().hex, self._clock() + self._lease)

        def begin(current: Record | None) -> Record | None:
            now = self._clock()
            if current is None or current.visit.claimed(now):
                return None
            current = settled(current, now)
            for doer in doers:
                current = doer.begin(current, rules, now)
            return replace(current, visit=replace(current.visit, claim=claim))

        record = await self._visits.change(key, begin, ring=False)
        if record is None or record.visit.claim != claim:
            return None
        outcomes: list[Outcome] = []
        try:
            for doer in doers:
                outcomes.append(await doer.act(record, claim.until))  # noqa: PERF401, what was done before a failure counts
        finally:
            after = await self._visits.change(
                key, lambda current: current and _finished(current, claim, outcomes), ring=False
            )
        return after

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
