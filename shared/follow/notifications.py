"""Graph's change notifications: checked at the door, queued still encrypted, opened and folded by a worker.

Graph wants an answer within three seconds, so that only what needs no vault happens at the door: every validation
token (RS256, tenant, audience, caller) and our own MAC in each `clientState`. A delivery may hold items of several tenants,
with one token for each: an item counts only with its own tenant's token, and only for a visit of that tenant. Where
tables are too slow to say whose a visit is, the item is queued with the tenant that its token proved, and the worker asks.
https://learn.microsoft.com/graph/change-notifications-with-resource-data#validating-the-authenticity-of-notifications
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from shared.adapters.entra import TenantTokens
from shared.adapters.queues import NOTIFICATIONS, Queues
from shared.clock import Clock
from shared.errors import Refused, Unavailable
from shared.follow.roster import fold
from shared.keys.keys import Keys
from shared.metrics import measure
from shared.organisations.connection import Connection
from shared.rooms.envelope import Envelope
from shared.settings import Settings
from shared.visits.ids import read_watch_state
from shared.visits.store import Visits
from shared.visits.visit import Record, Times, VisitKey
from shared.work.jobs import Job
from shared.work.worker import Worker

log = logging.getLogger(__name__)

CHANGE_TRACKING_APP = "0bf30f3b-4a52-48df-9a82-234910c4a086"
MOST_ITEMS = 1_000
ANSWER_WITHIN = timedelta(seconds=2.5)
"""Graph counts an answer after three seconds as none: ours has to get there, too."""
LOOK_WITHIN = timedelta(seconds=1)
"""For whose the visits of a delivery are; what is not known by then, the worker asks."""
SENT_AT_ONCE = 32
ConnectionOf = Callable[[str], Awaitable[Connection | None]]


class Notifications:
    """The door and the worker for events of meetings."""

    def __init__(
        self, settings: Settings, tokens: TenantTokens, keys: Keys, queues: Queues, envelope: Envelope, visits: Visits,
        connection_of: ConnectionOf, worker: Worker, clock: Clock,
    ) -> None:  # fmt: skip
        self._settings = settings
        self._tokens = tokens
        self._keys = keys
        self._queues = queues
        self._envelope = envelope
        self._visits = visits
        self._connection_of = connection_of
        self._worker = worker
        self._clock = clock

    async def accept(self, body: Any) -> None:
        """Checks a delivery whole and queues its items. One false item makes the whole delivery suspicious.

        Raises `Refused("graph.not_authentic")` with nothing queued, and `Unavailable` where storage or Entra fail or are
        slower than Graph waits; then Graph delivers again, and what was queued twice is folded once.
        """
        try:
            async with asyncio.timeout(ANSWER_WITHIN.total_seconds()):
                items = await self._authentic(body, with_tokens=True)
                sending = asyncio.Semaphore(SENT_AT_ONCE)
                await asyncio.gather(*(self._queue(key, item, sending) for key, item in items))
        except TimeoutError:
            # Graph gives whoever is slow up for a while; to an error it comes back for four hours.
            raise Unavailable from None

    async def _queue(self, key: VisitKey, item: Mapping[str, Any], sending: asyncio.Semaphore) -> None:
        async with sending:
            message = {"visit": str(key), "tenant": item["tenantId"], "content": item.get("encryptedContent")}
            await self._queues.send(NOTIFICATIONS, message)

    async def open(self, message: Mapping[str, Any]) -> None:
        """A queued item: decrypts the event and folds it into the visit."""
        key = VisitKey.parse(str(message["visit"]))
        connection = await self._connection_of(key.connection)
        # One of before this was so has no tenant; its door had asked.
        if connection is not None and message.get("tenant", connection.tenant) != connection.tenant:
            log.warning("a notification of another tenant was dropped")
            return
        try:
            event = await self._envelope.open(message["content"])
        except Refused:
            log.warning("a notification could not be opened and was dropped")
            return

        let_in = True

        def apply(record: Record | None) -> Record | None:
            nonlocal let_in
            let_in = record is None or record.visit.times.patient_connected is not None
            return record and fold(record, event)

        # No ring: the work follows here and now, with the alarm behind it should this process die.
        after = await self._visits.change(key, apply, ring=False)
        times = after.visit.times if after and not let_in else Times()
        if times.patient_waiting and times.patient_connected:
            waited = (times.patient_connected - times.patient_waiting).total_seconds()
            measure("visitbridge.lobby.wait", max(0, waited))
        await self._worker.run([Job(key)])

    async def lifecycle(self, body: Any) -> None:
        """`reauthorizationRequired`: renew now. The worker's own renewal stands behind it."""
        for key, item in await self._authentic(body, with_tokens=False):
            if item.get("lifecycleEvent") != "reauthorizationRequired":
                continue

            def due(record: Record | None) -> Record | None:
                watch = record.visit.watch if record else None
                if record is None or watch is None:
                    return None
                return replace(record, visit=replace(record.visit, watch=replace(watch, expires=self._clock())))

            await self._visits.change(key, due)

    async def _authentic(self, body: Any, *, with_tokens: bool) -> list[tuple[VisitKey, Mapping[str, Any]]]:
        refusal = Refused("graph.not_authentic")
        items = body.get("value") if isinstance(body, dict) else None
        if not isinstance(items, list) or not 0 < len(items) <= MOST_ITEMS:
            raise refusal
        proven: Collection[str] = self._settings.tenants
        if with_tokens:
            proven = await self._check_tokens(body.get("validationTokens"), refusal)
        ring = await self._keys.ring()
        found = []
        look_until = asyncio.get_running_loop().time() + LOOK_WITHIN.total_seconds()
        for item in items:
            key = read_watch_state(ring, str(item.get("clientState", ""))) if isinstance(item, dict) else None
            tenant = str(item.get("tenantId")) if key else ""
            if key is None or tenant not in proven:
                raise refusal
            connection = await self._known(key.connection, look_until)
            if connection is not None and tenant != connection.tenant:
                raise refusal
            found.append((key, item))
        return found

    async def _known(self, connection_id: str, until: float) -> Connection | None:
        """A connection, or None where tables do not say in time."""
        from azure.core.exceptions import AzureError

        try:
            async with asyncio.timeout_at(until):
                return await self._connection_of(connection_id)
        except (TimeoutError, AzureError):
            return None

    async def _check_tokens(self, tokens: Any, refusal: Refused) -> set[str]:
        """The tenants that the tokens speak for."""
        # null means that the enterprise application requires assignment: docs/operator.md says what to do.
        if not isinstance(tokens, list) or not tokens:
            raise refusal
        proven = set()
        for token in tokens:
            claims = await self._tokens.verify(str(token), refusal=refusal.code, version_1=True)
            if (claims.get("azp") or claims.get("appid")) != CHANGE_TRACKING_APP:
                raise refusal
            proven.add(str(claims["tid"]))
        return proven
