"""Whether an EHR takes anything at all: after refusals in a row nobody asks it, but for one probe after each back-off.

One row a connection in table `work`, under `writeback`; none where all is well. Who replaces the row by its ETag sends
the probe, so that two workers never do. A refusal of one appointment is not counted here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.adapters.tables import ETAG, Entity, Tables
from shared.clock import Clock, from_text, to_text
from shared.errors import Conflict
from shared.metrics import measure

PARTITION = "writeback"
PAUSE_AFTER = 3
"""Refusals in a row, of whichever visits. One or two are what a restart of the EHR causes."""
FIRST_PROBE = timedelta(seconds=30)
LAST_PROBE = timedelta(minutes=5)
PROBE_TAKES = timedelta(seconds=30)
TRIES = 5
KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Pause:
    """Since when the EHR takes nothing, why (a code of errors.md), and when it is asked again."""

    since: datetime
    code: str
    probe: datetime


@dataclass(frozen=True, slots=True)
class Pass:
    """The answer to whoever wants to tell an EHR something. `wait`: not before then; None: now. `trouble`: there were
    refusals, which a success ends; `probe`: this is the one that tries.
    """

    wait: datetime | None = None
    code: str = ""
    trouble: bool = False
    probe: bool = False


class Pauses:
    """The pauses of one stamp."""

    def __init__(self, tables: Tables, clock: Clock) -> None:
        self._tables = tables
        self._clock = clock

    async def ask(self, connection_id: str) -> Pass:
        """Whether something may be told now. While a connection is paused, one asks for all once its back-off is over."""
        row = await self._tables.get("work", PARTITION, connection_id)
        if row is None:
            return Pass()
        if not row["paused"]:
            return Pass(trouble=True)
        now, probe, code = self._clock(), from_text(row["probe"]), str(row["code"])
        if probe > now:
            return Pass(probe, code, trouble=True)
        taken = now + PROBE_TAKES
        try:
            await self._tables.replace("work", row | {"probe": to_text(taken)})
        except Conflict:
            return Pass(taken, code, trouble=True)
        return Pass(code=code, trouble=True, probe=True)

    async def refused(self, connection_id: str, code: str, given: Pass) -> datetime | None:
        """The EHR took nothing. Returns until when the connection is paused, None if it is not (yet)."""
        for _ in range(TRIES):
            row = await self._tables.get("work", PARTITION, connection_id)
            after = _after(row, connection_id, code, self._clock(), probe=given.probe)
            try:
                await (self._tables.replace("work", after) if row else self._tables.insert("work", after))
            except Conflict:
                continue
            if after["paused"] and (given.probe or not (row and row["paused"])):
                measure("visitbridge.writeback.paused", 1, code=code)
            return from_text(after["probe"]) if after["paused"] else None
        return None

    async def worked(self, connection_id: str, given: Pass) -> None:
        """The EHR took something, or refused one appointment: it listens again."""
        if given.trouble:
            await self._tables.delete("work", PARTITION, connection_id)

    async def hasten(self, connection_id: str) -> None:
        """Lets the next that comes be the probe, however long the back-off had still to go."""
        row = await self._tables.get("work", PARTITION, connection_id)
        if row is None or not row["paused"]:
            return
        try:
            await self._tables.replace("work", row | {"probe": to_text(self._clock()), "tries": 0})
        except Conflict:
            return  # a probe is on its way, or was just answered

    async def of(self, connection_id: str) -> Pause | None:
        """The pause of a connection, if it is paused."""
        row = await self._tables.get("work", PARTITION, connection_id)
        if row is None or not row["paused"]:
            return None
        return Pause(from_text(row["since"]), str(row["code"]), from_text(row["probe"]))

    async def expire(self) -> None:
        """Drops what nobody has asked about for a day: its connection may be gone."""
        for row in await self._tables.rows("work", PARTITION):
            if from_text(row["probe"]) + KEPT < self._clock():
                await self._tables.delete("work", PARTITION, row["RowKey"])


def _after(row: Mapping[str, object] | None, connection_id: str, code: str, now: datetime, *, probe: bool) -> Entity:
    """The row after one more refusal. Calls that were on their way when the pause began do not make it longer."""
    known = row or {}
    refusals, tries = int(str(known.get("refusals", 0))) + 1, int(str(known.get("tries", 0)))
    was_paused = bool(known.get("paused"))
    paused = was_paused or refusals >= PAUSE_AFTER
    next_probe = str(known.get("probe") or to_text(now))
    if paused and (probe or not was_paused):
        next_probe, tries = to_text(now + min(FIRST_PROBE * 2 ** min(tries, 10), LAST_PROBE)), tries + 1
    after = {
        "PartitionKey": PARTITION, "RowKey": connection_id, "refusals": refusals, "tries": tries, "paused": paused,
        "since": str(known.get("since") or to_text(now)), "code": code, "probe": next_probe,
    }  # fmt: skip
    return after | {ETAG: known[ETAG]} if row else after
