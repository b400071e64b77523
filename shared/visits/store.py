"""Reads and commits visits. A change is one transaction on the visit's partition, held together by the row's ETag.

The order is what makes a crash harmless: the new alarm first, then the visit (the commit point), the old alarm last.
A crash before the commit leaves an alarm that finds nothing to do; one after it leaves an old alarm, likewise.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from shared.adapters.tables import MOST_OPERATIONS, Operation, Tables
from shared.clock import Clock, Wait, to_text
from shared.errors import Conflict, Unavailable
from shared.visits import rows
from shared.visits.changes import settled
from shared.visits.ids import partition
from shared.visits.visit import Moment, Record, State, VisitKey

Change = Callable[[Record | None], Record | None]
Name = tuple[str, str]
"""An alarm's partition and row."""

TRIES = 12
CLAIM_WAIT = timedelta(seconds=20)
CLAIM_POLL_SECONDS = 0.15


class Alarms(Protocol):
    """Where a visit's next moment is kept; `shared.work.alarms` implements it."""

    async def moment(self, record: Record, now: datetime) -> Moment | None:
        """When the visit next needs something, or None."""

    def name(self, key: VisitKey, moment: Moment) -> Name:
        """Partition and row of the alarm for a moment."""

    def serves(self, name: Name, moment: Moment, now: datetime) -> bool:
        """Whether an alarm will do for a moment."""

    async def put(self, alarms: Sequence[tuple[Name, Record, Moment]]) -> None:
        """Writes alarms; those of one partition in one request."""

    async def drop(self, names: Sequence[Name]) -> None:
        """Removes alarms; ones that are gone are fine."""

    async def ring(self, key: VisitKey) -> None:
        """Tells a worker at once; best effort, for the alarm stands behind it."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A record as it was read or written, and the ETag under which it may be changed; `record` None: not there."""

    key: VisitKey
    record: Record | None
    etag: str = ""


class Visits:
    """The visits of one stamp."""

    def __init__(self, tables: Tables, alarms: Alarms, clock: Clock, wait: Wait = asyncio.sleep) -> None:
        self._tables = tables
        self._alarms = alarms
        self._clock = clock
        self._wait = wait

    async def load(self, key: VisitKey) -> Record | None:
        """One request: all rows of a visit, or None."""
        return (await self._load(key)).record

    async def find(self, keys: list[VisitKey]) -> tuple[VisitKey, Record | None]:
        """The visit under the first of `keys` that has one, else the first key: more than one only while keys rotate."""
        found = await self.look(keys)
        return found.key, found.record

    async def look(self, keys: list[VisitKey]) -> Loaded:
        """As `find`, with what `change` may start from. One trip, however many keys."""
        loaded = await self.load_many(keys)
        return next((one for one in loaded if one.record is not None), loaded[0])

    async def change(
        self,
        key: VisitKey,
        apply: Change,
        *,
        found: Loaded | None = None,
        wait_for_claim: bool = False,
        ring: bool = True,
        rearm: bool = False,
    ) -> Record | None:
        """Applies a pure change and commits it; when somebody else was faster, reads again and applies it anew.

        With `wait_for_claim` an open claim is waited for, so that no text about the past leaves after the change was
        acknowledged. With `ring` a worker is told at once of what became due; with `rearm` the alarm moves on even
        where nothing else changes. `found` is what was read of this visit just now: it is not read again unless it has
        changed. Returns the record as it stands afterwards. Raises `Unavailable` when it cannot be had in time, and
        whatever `apply` raises: then nothing was written.
        """
        give_up = self._clock() + CLAIM_WAIT
        tries, given = 0, found
        while True:
            found, given = given or await self._load(key), None
            record = found.record
            now = self._clock()
            if wait_for_claim and record is not None and record.visit.claimed(now):
                if now > give_up:
                    raise Unavailable
                await self._wait(CLAIM_POLL_SECONDS)
                continue
            after = apply(record)
            if after is None or (after == record and not rearm):
                return record
            (written,) = await self.commit([(found, after)], ring=ring)
            if written is not None:
                return written.record
            tries += 1
            if tries == TRIES:
                raise Unavailable
            await self._wait(0.02 * tries)

    async def load_many(self, keys: Sequence[VisitKey]) -> list[Loaded]:
        """All rows of several visits, side by side: one request each."""
        return list(await asyncio.gather(*(self._load(key) for key in keys)))

    async def commit(self, changes: Sequence[tuple[Loaded, Record]], *, ring: bool = False) -> list[Loaded | None]:
        """Commits changes of visits that share a partition, in as few requests as can be; None for one that lost a race.

        They are written together, all or none; only where one of them lost are they written one by one.
        """
        now = self._clock()
        plans = [await self._plan(loaded, after, now) for loaded, after in changes]
        await self._alarms.put([(p.new, p.after, p.moment) for p in plans if p.new and p.moment and p.new != p.old])
        written = [done for some in _portions(plans) for done in await self._write(some)]
        outcome = list(zip(plans, written, strict=True))
        superfluous = [plan.old if done else plan.new for plan, done in outcome if plan.new != plan.old]
        await self._alarms.drop([name for name in superfluous if name])
        for plan, done in outcome:
            due = plan.moment and plan.moment.at <= now
            if ring and due and done and not plan.after.visit.claimed(now):
                await self._alarms.ring(plan.after.visit.key)
        return written

    async def starting(self, connection: str, since: datetime, until: datetime) -> int:
        """How many booked visits of a connection start from `since` to `until`, by one range query."""
        where = "PartitionKey ge @p and PartitionKey lt @q and start ge @a and start lt @b and state eq @s"
        given = {"p": f"{connection}-", "q": f"{connection}.", "a": to_text(since), "b": to_text(until)}
        found = self._tables.query("visits", where, given | {"s": State.BOOKED.value})
        return sum([1 async for _ in found])

    async def remove(self, record: Record) -> None:
        """Forgets a visit altogether. Raises `Conflict` if it changed meanwhile."""
        found = await self._load(record.visit.key)
        if found.record is None:
            return
        if found.record != record:
            raise Conflict
        await self._tables.transact("visits", rows.removal(found.record, found.etag))
        if record.visit.alarm:
            await self._alarms.drop([record.visit.alarm])

    async def _load(self, key: VisitKey) -> Loaded:
        found = rows.read(key, await self._tables.rows("visits", partition(key), key.visit))
        return Loaded(key, *found) if found else Loaded(key, None)

    async def _plan(self, loaded: Loaded, after: Record, now: datetime) -> "_Plan":
        before = loaded.record
        after = settled(after, now)
        tokens = {token: expires for token, expires in after.tokens.items() if expires > now}
        moment = await self._alarms.moment(after, now)
        old = before.visit.alarm if before else None
        # The alarm under which a claim was made stays: should its holder die, it is still owed.
        keep = old and (after.visit.claimed(now) or (moment and self._alarms.serves(old, moment, now)))
        new = old if keep else self._alarms.name(after.visit.key, moment) if moment else None
        after = replace(after, visit=replace(after.visit, alarm=new), tokens=tokens)
        operations = rows.difference(before, after, loaded.etag) if after != before else []
        return _Plan(after, loaded.etag, operations, moment, old, new)

    async def _write(self, plans: Sequence["_Plan"]) -> list[Loaded | None]:
        try:
            etags = await self._tables.transact("visits", [one for plan in plans for one in plan.operations])
        except Conflict:
            if len(plans) == 1:
                return [None]
            return [done for plan in plans for done in await self._write([plan])]
        written: list[Loaded | None] = []
        first = 0
        for plan in plans:
            # The visit's own row is the first of its operations.
            etag = etags[first] if plan.operations else plan.etag
            written.append(Loaded(plan.after.visit.key, plan.after, etag))
            first += len(plan.operations)
        return written


@dataclass(frozen=True, slots=True)
class _Plan:
    after: Record
    etag: str
    operations: list[Operation]
    moment: Moment | None
    old: Name | None
    new: Name | None


def _portions(plans: Sequence[_Plan]) -> Iterator[list[_Plan]]:
    """As many at a time as one transaction takes."""
    portion: list[_Plan] = []
    for plan in plans:
        if portion and sum(len(one.operations) for one in (*portion, plan)) > MOST_OPERATIONS:
            yield portion
            portion = []
        portion.append(plan)
    if portion:
        yield portion
