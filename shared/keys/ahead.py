"""Client assertions made ahead: the vault signs while the browser is at the EHR's sign-in, not while it waits for us.

Kept in the memory of one instance and never needed: who finds none there has one made. An assertion is used once.
"""

import asyncio
from collections import OrderedDict, deque
from dataclasses import dataclass, field
from datetime import datetime

from shared.clock import Clock
from shared.keys.assertion import LIFE, client_assertion
from shared.keys.signing import Signer

GOOD_FOR = LIFE / 2
"""After that long one is left to expire: what remains must do for the trip to the EHR and for its clock."""
MOST_AHEAD = 32
"""For one client: whoever opens launch URLs for nothing costs us so many signatures in two minutes, and no more."""
MOST_CLIENTS = 256


@dataclass(frozen=True, slots=True)
class Audience:
    """Whose assertion for whom: an environment's key, a client, and the token URL that it is for."""

    environment: str
    algorithm: str
    client_id: str
    token_url: str


@dataclass(frozen=True, slots=True)
class _Made:
    begun: datetime
    form: "asyncio.Task[dict[str, str] | None]" = field(compare=False)


class Assertions:
    """Makes assertions, ahead where it can."""

    def __init__(self, signer: Signer, clock: Clock) -> None:
        self._signer = signer
        self._clock = clock
        self._ahead: OrderedDict[Audience, deque[_Made]] = OrderedDict()

    def prepare(self, audience: Audience) -> None:
        """Begins to make one, for a sign-in that has begun. Returns at once; a failure is left to `take` to meet."""
        made = self._ahead.setdefault(audience, deque())
        self._ahead.move_to_end(audience)
        while len(self._ahead) > MOST_CLIENTS:
            self._ahead.popitem(last=False)
        self._drop_old(made)
        if len(made) < MOST_AHEAD:
            made.append(_Made(self._clock(), asyncio.get_running_loop().create_task(self._quietly(audience))))

    async def take(self, audience: Audience) -> dict[str, str]:
        """The form fields of one assertion that nobody used (see `client_assertion`), made now if none is at hand."""
        made = self._ahead.get(audience, deque())
        self._drop_old(made)
        while made:
            form = await made.popleft().form
            if form is not None:
                return form
        return await self._make(audience)

    def _drop_old(self, made: deque[_Made]) -> None:
        while made and made[0].begun + GOOD_FOR <= self._clock():
            made.popleft()

    async def _quietly(self, audience: Audience) -> dict[str, str] | None:
        try:
            return await self._make(audience)
        except Exception:  # noqa: BLE001, whatever it is: `take` makes another, and meets it where it can be answered
            return None

    async def _make(self, audience: Audience) -> dict[str, str]:
        return await client_assertion(
            self._signer,
            environment=audience.environment,
            algorithm=audience.algorithm,
            client_id=audience.client_id,
            token_url=audience.token_url,
            now=self._clock(),
        )
