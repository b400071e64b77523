"""Is the stamp alive? Red when no tick ran for five minutes, or its tables are of a release to come."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.adapters.schema import FIRST, PARTITION, ROW, TABLE, VERSION, standing
from shared.adapters.tables import Tables
from shared.clock import Clock, from_text
from shared.work.alarms import HEARTBEAT

RED_AFTER = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Pulse:
    """`ticked_at`: when the last tick ran, in UTC. `release`: the schema of the code that answers; `schema` and `least`:
    what its tables have, and the oldest code that still reads them (`shared/adapters/schema.py`).
    """

    up: bool
    ticked_at: datetime | None
    release: int
    schema: int
    least: int


class Health:
    """Reads the heartbeat."""

    def __init__(self, tables: Tables, clock: Clock) -> None:
        self._tables = tables
        self._clock = clock

    async def up(self) -> bool:
        """Whether all is well, in a word. Raises what storage raises."""
        return (await self.pulse()).up

    async def pulse(self) -> Pulse:
        """Whether storage answers, a tick ran within five minutes, and this code reads the tables. One request.

        Raises what storage raises.
        """
        rows = {row["RowKey"]: row for row in await self._tables.rows(TABLE, PARTITION)}
        beat = rows.get(HEARTBEAT[1])
        ticked_at = from_text(beat["at"]) if beat else None
        tables = standing(rows[ROW]) if ROW in rows else FIRST
        lately = ticked_at is not None and ticked_at + RED_AFTER > self._clock()
        return Pulse(lately and tables.fits(), ticked_at, VERSION, tables.version, tables.least)
