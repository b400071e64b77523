"""Reads and commits visits. A change is one transaction on the visit's partition, held together by the row's ETag.

The order is what makes a crash harmless: the new alarm first, then the visit (the commit point), the old alarm last.
A crash before the commit leaves an alarm that finds nothing to do; one after it leaves an old alarm, likewise.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from shared.adapters.tables import Tables
from shared.clock import Clock, to_text
from shared.errors import Conflict, Unavailable
from shared.visits import rows
from shared.visits.changes import settled
from shared.visits.ids import partition
from shared.visits.visit import Record, State, VisitKey

Change = Callable[[Record | None], Record | None]

TRIES = 12
CLAIM_WAIT = timedelta(seconds=20)
CLAIM_POLL_SECONDS = 0.15


class Alarms(Protocol):
    """Where a visit's next moment is kept; `shared.work.alarms` implements it."""

    async def moment(self, record: Record, now: datetime) -> datetime | None:
        """When the visit next needs something, or None."""

    def name(self, key: VisitKey, moment: datetime) -> tuple[str, str]:
        """Partition and row of the alarm for a moment."""

    def serves(self, name: tuple[str, str], moment: datetime, now: datetime) -> bool:
        """Whether an alarm will do for a moment."""

    async def put(self, name: tuple[str, str], key: VisitKey) -> None:
        """Writes an alarm."""

    async def drop(self, name: tuple[str, str]) -> None:
        """Removes an alarm; one that is gone is fine."""

    async def ring(self, key: VisitKey) -> None:
        """Tells a worker at once; best effort, for the alarm stands behind it."""


class Visits:
    """The visits of one stamp."""

    def __init__(self, tables: Tables, alarms: Alarms, clock: Clock) -> None:
        self._tables = tables
        self._alarms = alarms
        self._clock = clock

    async def load(self, key: VisitKey) -> Record | None:
        """One request: all rows of a visit, or None."""
        found = await self._load(key)
        return found[0] if found else None

    async def find(self, keys: list[VisitKey]) -> tuple[VisitKey, Record | None]:
        """The visit under the first of `keys` that has one, else the first key: more than one only while keys rotate."""
        for key in keys:
            record = await self.load(key)
            if record is not None:
                return key, record
        return keys[0], None

    async def change(
        self, key: VisitKey, apply: Change, *, wait_for_claim: bool = False, ring: bool = True, rearm: bool = False
    ) -> Record | None:
        """Applies a pure change and commits it; when somebody else was faster, reads again and applies it anew.

        With `wait_for_claim` an open claim is waited for, so that no text about the past leaves after the change was
        acknowledged. With `ring` a worker is told at once of what became due; with `rearm` the alarm moves on even
        where nothing else changes. Returns the record as it stands afterwards. Raises `Unavailable` when it cannot be
        had in time, and whatever `apply` raises: then nothing was written.
        """
        give_up = self._clock() + CLAIM_WAIT
        tries = 0
        while True:
            found = await self._load(key)
            record, etag = found or (None, "")
            now = self._clock()
            if wait_for_claim and record is not None and record.visit.claimed(now):
                if now > give_up:
                    raise Unavailable
                await asyncio.sleep(CLAIM_POLL_SECONDS)
                continue
            after = apply(record)
            if after is None or (after == record and not rearm):
                return record
            try:
                return await self._commit(record, after, etag, now, ring=ring)
            except Conflict:
                tries += 1
                if tries == TRIES:
                    raise Unavailable from None
                await asyncio.sleep(0.02 * tries)

    async def starting(self, connection: str, since: datetime, until: datetime) -> int:
        """How many booked visits of a connection start from `since` to `until`, by one range query."""
        where = "PartitionKey ge @p and PartitionKey lt @q and start ge @a and start lt @b and state eq @s"
        given = {"p": f"{connection}-", "q": f"{connection}.", "a": to_text(since), "b": to_text(until)}
        found = self._tables.query("visits", where, given | {"s": State.BOOKED.value})
        return sum([1 async for _ in found])

    async def remove(self, record: Record) -> None:
        """Forgets a visit altogether. Raises `Conflict` if it changed meanwhile."""
        found = await self._load(record.visit.key)
        if found is None:
            return
        if found[0] != record:
            raise Conflict
        await self._tables.transact("visits", rows.removal(*found))
        if record.visit.alarm:
            await self._alarms.drop(record.visit.alarm)

    async def _load(self, key: VisitKey) -> tuple[Record, str] | None:
        return rows.read(key, await self._tables.rows("visits", partition(key), key.visit))

    async def _commit(self, before: Record | None, after: Record, etag: str, now: datetime, *, ring: bool) -> Record:
        key = after.visit.key
        after = settled(after, now)
        tokens = {token: expires for token, expires in after.tokens.items() if expires > now}
        moment = await self._alarms.moment(after, now)
        old = before.visit.alarm if before else None
        # The alarm under which a claim was made stays: should its holder die, it is still owed.
        keep = old and (after.visit.claimed(now) or (moment and self._alarms.serves(old, moment, now)))
        new = old if keep else self._alarms.name(key, moment) if moment else None
        after = replace(after, visit=replace(after.visit, alarm=new), tokens=tokens)
        if new and new != old:
            await self._alarms.put(new, key)
        try:
            await self._tables.transact("visits", rows.difference(before, after, etag))
        except Conflict:
            if new and new != old:
                await self._alarms.drop(new)
            raise
        if old and old != new:
            await self._alarms.drop(old)
        if ring and moment and moment <= now and not after.visit.claimed(now):
            await self._alarms.ring(key)
        return after
