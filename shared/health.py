"""Is the stamp alive? Red when no tick ran for five minutes."""

from datetime import timedelta

from shared.adapters.tables import Tables
from shared.clock import Clock, from_text
from shared.work.alarms import HEARTBEAT

RED_AFTER = timedelta(minutes=5)


class Health:
    """Reads the heartbeat."""

    def __init__(self, tables: Tables, clock: Clock) -> None:
        self._tables = tables
        self._clock = clock

    async def up(self) -> bool:
        """Whether storage answers and a tick ran within five minutes. Raises what storage raises."""
        row = await self._tables.get("work", *HEARTBEAT)
        return row is not None and from_text(row["at"]) + RED_AFTER > self._clock()
