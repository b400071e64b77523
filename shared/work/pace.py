"""The pace of each sender number: slots in which its texts may leave, handed out once, whoever asks and from where.

The row of a number has the first instant that is still free, so that the pace survives restarts and holds over several
instances. Rates by type of number: https://learn.microsoft.com/azure/communication-services/concepts/service-limits
"""

import re
from datetime import datetime, timedelta
from typing import Any

from shared.adapters.tables import ETAG, Tables
from shared.clock import from_text, to_text
from shared.errors import Conflict

PARTITION = "pace"
TOLL_FREE = re.compile(r"\+?1(800|833|844|855|866|877|888)\d{7}")
SHORT_CODE = re.compile(r"\d{3,6}")
PER_MINUTE = {"toll_free": 200, "short_code": 6000, "name": 600, "number": 60}
TRIES = 6


def per_minute(sender: str) -> int:
    """Texts a minute that a sender's kind may send: toll-free number, short code, name, or any other number."""
    if TOLL_FREE.fullmatch(sender):
        return PER_MINUTE["toll_free"]
    if SHORT_CODE.fullmatch(sender):
        return PER_MINUTE["short_code"]
    return PER_MINUTE["number"] if sender.startswith("+") else PER_MINUTE["name"]


class Pace:
    """The slots of one stamp. `rate`, where set, is what every sender may send a minute, whatever its kind."""

    def __init__(self, tables: Tables, rate: int = 0) -> None:
        self._tables = tables
        self._rate = rate

    def interval(self, sender: str) -> timedelta:
        """Between two texts of a sender."""
        return timedelta(minutes=1) / (self._rate or per_minute(sender))

    async def take(self, sender: str, count: int, now: datetime, until: datetime) -> list[datetime]:
        """Up to `count` slots from now to before `until`, in order; fewer where others took them, none while it is held.

        A slot that is not used is lost, which costs an interval and nothing else.
        """
        interval = self.interval(sender)
        for _ in range(TRIES):
            row = await self._tables.get("work", PARTITION, _row(sender))
            first = max(now, from_text(row["free"])) if row else now
            fits = min(count, max(0, -((first - until) // interval)))
            if fits == 0:
                return []
            try:
                await self._write(row, sender, first + fits * interval)
            except Conflict:
                continue
            return [first + index * interval for index in range(fits)]
        return []

    async def hold(self, sender: str, until: datetime) -> None:
        """Nothing leaves from a sender before `until`: the gateway asked for a pause."""
        for _ in range(TRIES):
            row = await self._tables.get("work", PARTITION, _row(sender))
            if row and from_text(row["free"]) >= until:
                return
            try:
                await self._write(row, sender, until)
            except Conflict:
                continue
            return

    async def _write(self, row: dict[str, Any] | None, sender: str, free: datetime) -> None:
        values = {"PartitionKey": PARTITION, "RowKey": _row(sender), "free": to_text(free)}
        if row is None:
            await self._tables.insert("work", values)
        else:
            await self._tables.replace("work", values | {ETAG: row[ETAG]})


def _row(sender: str) -> str:
    return "".join(char for char in sender if char.isalnum())
