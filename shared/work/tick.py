"""The minute tick: everything owed up to now goes to the workers' queue, as ids.

It never asks for "due this minute", so that late, missed and doubled ticks are normal.
"""

from shared.adapters.queues import DUE, Queues
from shared.clock import Clock
from shared.work.alarms import TableAlarms


class Tick:
    """The tick of one stamp."""

    def __init__(self, alarms: TableAlarms, queues: Queues, clock: Clock) -> None:
        self._alarms = alarms
        self._queues = queues
        self._clock = clock

    async def run(self) -> int:
        """Hands out what is due and notes the heartbeat. Returns how many visits were handed out."""
        now = self._clock()
        handed = 0
        async for name, key in self._alarms.due(now):
            await self._queues.send(DUE, {"visit": str(key), "alarm": list(name)})
            handed += 1
        await self._alarms.beat(now)
        return handed
