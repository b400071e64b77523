"""One room per visit: pinned first, made in Teams second, watched before anyone gets the link.

Whoever comes first chooses the organiser, by an insert that only one can win; Graph knows a meeting by organiser and
external id, so two organisers would be two rooms where doctor and patient never meet.
"""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from shared.adapters.graph import Graphs, Settings
from shared.clock import Clock
from shared.errors import BridgeError
from shared.keys.keys import Keys
from shared.organisations.connection import Connection
from shared.rooms.envelope import Envelope
from shared.settings import Settings as Deployment
from shared.visits.ids import watch_state
from shared.visits.store import Visits
from shared.visits.visit import Record, Room, VisitKey, Watch

log = logging.getLogger(__name__)

SUBJECT = "Virtual visit"
WATCH_MOST = timedelta(minutes=4_200)
WATCH_AFTER_END = timedelta(hours=4)
RETRY_AFTER = timedelta(minutes=1)


class Rooms:
    """Opens and tends rooms."""

    def __init__(
        self, visits: Visits, graphs: Graphs, keys: Keys, envelope: Envelope, deployment: Deployment, clock: Clock
    ) -> None:
        self._visits = visits
        self._graphs = graphs
        self._keys = keys
        self._envelope = envelope
        self._deployment = deployment
        self._clock = clock

    async def open(self, record: Record, connection: Connection, organizer: str | None) -> Room | None:
        """The visit's room, ready to join. None if nobody can be its organiser yet.

        `organizer` is the launching clinician's oid, if it is a clinician who asks. Raises `Unavailable`.
        """
        room = record.visit.room
        if room is not None and room.stage == "ready":
            return room
        key = record.visit.key
        chosen = organizer or _from_pool(connection.organizers, key)
        if room is None and chosen is None:
            return None
        external_id = str(await self._external_id(key))

        def pin(current: Record | None) -> Record | None:
            if current is None or current.visit.room is not None or chosen is None:
                return None
            return replace(current, visit=replace(current.visit, room=Room(chosen, external_id)))

        record = await self._visits.change(key, pin) or record
        if record.visit.room is None or record.visit.room.stage == "ready":
            return record.visit.room
        return await self._make(record, record.visit.room, connection)

    async def _make(self, record: Record, room: Room, connection: Connection) -> Room:
        visit = record.visit
        presenters = presenters_of(record, room)
        graph = self._graphs.of(connection.tenant)
        meeting = await graph.create_or_get(
            room.organizer, room.external_id, subject=SUBJECT, start=visit.start, end=visit.end, presenters=presenters
        )
        # Also when it existed: whoever made it may have died before this call.
        await graph.configure(
            room.organizer,
            meeting.id,
            Settings(connection.lobby, connection.chat, recording=connection.recording, presenters=presenters),
        )
        ready = replace(room, stage="ready", meeting_id=meeting.id, join_url=meeting.join_url)
        watch = await self.watch(record, ready, connection)

        def made(current: Record | None) -> Record | None:
            if current is None or (current.visit.room and current.visit.room.stage == "ready"):
                return None
            visit = replace(current.visit, room=ready, watch=watch)
            return replace(current, visit=visit if watch else replace(visit, watch_retry=self._clock() + RETRY_AFTER))

        await self._visits.change(visit.key, made)
        return ready

    async def add_presenter(self, record: Record, connection: Connection) -> None:
        """Tells Teams of everyone who launched as staff, so that a second clinician is a presenter as well."""
        room = record.visit.room
        if room and room.stage == "ready":
            presenters = presenters_of(record, room)
            await self._graphs.of(connection.tenant).configure(
                room.organizer,
                room.meeting_id,
                Settings(connection.lobby, connection.chat, recording=connection.recording, presenters=presenters),
            )

    async def watch(self, record: Record, room: Room, connection: Connection) -> Watch | None:
        """Subscribes to the room's roster. None if that failed: a visit must not fail because we cannot follow it.

        The worker tries again; what was missed meanwhile is found in the attendance report.
        """
        ring = await self._keys.ring()
        try:
            certificate = await self._envelope.certificate()
            subscription, expires = await self._graphs.of(connection.tenant).watch(
                room.join_url,
                notify=f"{self._deployment.public_url}/api/graph/notifications",
                lifecycle=f"{self._deployment.public_url}/api/graph/lifecycle",
                certificate=certificate.der_base64,
                key_id=certificate.key_id,
                until=watch_until(record, self._clock()),
                state=watch_state(ring, record.visit.key),
            )
        except BridgeError as error:
            log.warning("a room could not be watched: %s", error.code)
            return None
        return Watch(subscription, expires)

    async def _external_id(self, key: VisitKey) -> str:
        return (await self._keys.ring()).digest("room", str(key), 16).hex()


def watch_until(record: Record, now: datetime) -> datetime:
    """How long to watch: the visit and four hours, within what Graph allows."""
    return min(max(record.visit.end, now) + WATCH_AFTER_END, now + WATCH_MOST)


def presenters_of(record: Record, room: Room) -> Sequence[str]:
    """The organiser and everyone who launched as staff."""
    return sorted({room.organizer, *record.visit.staff})


def _from_pool(pool: Sequence[str], key: VisitKey) -> str | None:
    # By hash, so that each service organiser gets an even share of the 2,000 meetings a user may create a month.
    return pool[int.from_bytes(key.visit.encode(), "big") % len(pool)] if pool else None
