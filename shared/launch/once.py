"""A browser that comes back twice with one answer: a double click, a reload, a slow network that made someone click again.

Two at the same time get the same result; who comes later is told that it was done. One instance remembers, for as long
as a sign-in lives: elsewhere the EHR refuses the code, which works once.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from datetime import datetime

from shared.clock import Clock
from shared.errors import Refused
from shared.launch.cookies import LIFE

MOST = 4096


class Once[Result]:
    """Finishes each sign-in once."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._running: dict[tuple[str, ...], asyncio.Task[Result]] = {}
        self._done: OrderedDict[str, datetime] = OrderedDict()

    async def finish(self, state: str, proof: tuple[str, ...], make: Callable[[], Awaitable[Result]]) -> Result:
        """What `make` gives. `proof` is what only the browser that began the sign-in holds, and the code that it brings.

        Raises `Refused("launch.used")` for a state that was finished, and whatever `make` raises.
        """
        if self._done.get(state, self._clock()) > self._clock():
            raise Refused("launch.used")
        key = (state, *proof)
        task = self._running.get(key)
        if task is None:
            task = self._running[key] = asyncio.ensure_future(self._made(key, make))
        # Shielded: the first browser may be gone by now, and the second still waits.
        return await asyncio.shield(task)

    async def _made(self, key: tuple[str, ...], make: Callable[[], Awaitable[Result]]) -> Result:
        try:
            result = await make()
        finally:
            del self._running[key]
        self._done[key[0]] = self._clock() + LIFE
        while len(self._done) > MOST:
            self._done.popitem(last=False)
        return result
