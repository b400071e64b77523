"""One room per visit: pinned first, made in Teams second, watched before anyone gets the link.

Whoever comes first chooses the organiser, by an insert that only one can win; Graph knows a meeting by organiser and
external id, so two organisers would be two rooms where doctor and patient never meet. A meeting that is gone, expired
or deleted by somebody, is replaced under the next external id: links lead to the visit and not to the meeting.
"""

import json
import logging
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from hashlib import sha256

from shared.adapters.graph import Graphs, Meeting, Settings
from shared.clock import Clock
from shared.errors import BridgeError, Unavailable
from shared.keys.keys import Keys
from shared.organisations.connection import Connection
from shared.rooms.envelope import Envelope
from shared.rooms.pool import Pool
from shared.settings import Settings as Deployment
from shared.visits.ids import watch_state
from shared.visits.store import Visits
from shared.visits.visit import Record, Room, State, VisitKey, Watch

log = logging.getLogger(__name__)

SUBJECT = "Virtual visit"
WATCH_MOST = timedelta(minutes=4_200)
WATCH_AFTER_END = timedelta(hours=4)
RETRY_AFTER = timedelta(minutes=1)
BELIEVED_FOR = timedelta(hours=24)
EXPIRY_MARGIN = timedelta(hours=12)
QUOTA_PAUSE_SECONDS = 3_600
"""A pause of this length or more is no throttling: the organiser has made all the meetings of the month."""
ROUNDS = 3


class Rooms:
    """Opens and tends rooms."""

    def __init__(
        self,
        visits: Visits,
        graphs: Graphs,
        pool: Pool,
        keys: Keys,
        envelope: Envelope,
        deployment: Deployment,
        clock: Clock,
    ) -> None:
        self._visits = visits
        self._graphs = graphs
        self._pool = pool
        self._keys = keys
        self._envelope = envelope
        self._deployment = deployment
        self._clock = clock

    async def open(self, record: Record, connection: Connection, organizer: str | None) -> Room | None:
        """The visit's room, ready to join. None if nobody can be its organiser yet.

        `organizer` is the launching clinician's oid, if it is a clinician who asks: then Teams is told of everyone who
        launched as staff, and of settings that changed since. Raises `Unavailable`.
        """
        room = record.visit.room
        if room is not None and room.stage == "ready":
            found = await self._checked(record, room, connection, staff=organizer is not None)
            if found.visit.room and found.visit.room.stage == "ready":
                return found.visit.room
            record = found
        try:
            return await self._open(record, connection, organizer)
        except Unavailable as error:
            if (error.retry_after or 0) < QUOTA_PAUSE_SECONDS:
                raise
            # The organiser can make no more; another of the pool may.
            record = await self._unpin(record, connection)
            return await self._open(record, connection, None)

    async def _open(self, record: Record, connection: Connection, organizer: str | None) -> Room | None:
        key, room = record.visit.key, record.visit.room
        if room is None:
            chosen = organizer or await self._pool.choose(connection, key)
            if chosen is None:
                return None
            pinned = Room(chosen, await self._external_id(key, 1))

            def pin(current: Record | None) -> Record | None:
                if current is None or current.visit.room is not None:
                    return None
                return replace(current, visit=replace(current.visit, room=pinned))

            record = await self._visits.change(key, pin) or record
        if record.visit.room is None or record.visit.room.stage == "ready":
            return record.visit.room
        return await self._make(record, record.visit.room, connection)

    async def _make(self, record: Record, room: Room, connection: Connection) -> Room:
        visit = record.visit
        graph = self._graphs.of(connection.tenant)
        settings = settings_of(record, room, connection)
        meeting = await graph.create_or_get(
            room.organizer,
            room.external_id,
            subject=SUBJECT,
            start=visit.start,
            end=visit.end,
            presenters=settings.presenters,
        )
        # Also when it existed: whoever made it may have died before this call.
        await graph.configure(room.organizer, meeting.id, settings)
        ready = replace(
            room,
            stage="ready",
            meeting_id=meeting.id,
            join_url=meeting.join_url,
            told=digest_of(settings),
            good_until=self._good_until(meeting),
        )
        watch = await self.watch(record, ready, connection)

        def made(current: Record | None) -> Record | None:
            if current is None or (current.visit.room and current.visit.room.stage == "ready"):
                return None
            # The visit may have been cancelled or moved while the meeting was made.
            due = "delete" if current.visit.state not in (State.BOOKED, State.OVER) else ""
            moved = (current.visit.start, current.visit.end) != (visit.start, visit.end)
            owed = replace(ready, due=due or ("move" if moved else ""))
            after = replace(current.visit, room=owed, watch=watch)
            return replace(current, visit=after if watch else replace(after, watch_retry=self._clock() + RETRY_AFTER))

        current = await self._visits.change(visit.key, made)
        if meeting.created and room.organizer in connection.organizers:
            await self._pool.count(connection.tenant, room.organizer)
        await self._settle(current, ready, connection, digest_of(settings))
        return ready

    async def _checked(self, record: Record, room: Room, connection: Connection, *, staff: bool) -> Record:
        """The visit with a room that is there and, if `staff` asks, has the settings and presenters that it should.

        Where that is known already, nothing is asked. Else one PATCH says it all, and puts the meeting's expiry off.
        """
        stale = room.good_until is None or room.good_until <= self._clock()
        changed = room.told != digest_of(settings_of(record, room, connection))
        if not stale and not (staff and changed):
            return record
        try:
            return await self.configure(record, room, connection) or record
        except BridgeError:
            if staff and changed:
                raise
            # It was there yesterday: better to send people to it than away.
            return record

    async def configure(self, record: Record, room: Room, connection: Connection) -> Record | None:
        """Tells Teams all settings of a room that is ready; the visit afterwards. A meeting that is gone is replaced by
        a pinned one. Raises `Unavailable`.
        """
        graph = self._graphs.of(connection.tenant)
        settings = settings_of(record, room, connection)
        meeting = await graph.configure(room.organizer, room.meeting_id, settings)
        if meeting is None:
            return await self.replaced(record.visit.key, room)

        def noted(current: Record | None) -> Record | None:
            if current is None or current.visit.room is None or current.visit.room.meeting_id != room.meeting_id:
                return None
            after = replace(current.visit.room, told=digest_of(settings), good_until=self._good_until(meeting))
            return replace(current, visit=replace(current.visit, room=after))

        current = await self._visits.change(record.visit.key, noted)
        return await self._settle(current, room, connection, digest_of(settings))

    async def _settle(self, record: Record | None, room: Room, connection: Connection, told: str) -> Record | None:
        # Whoever launched at the same moment may have told Teams of more people, and been overtaken by us.
        for _ in range(ROUNDS):
            current = record.visit.room if record else None
            if record is None or current is None or current.meeting_id != room.meeting_id:
                return record
            settings = settings_of(record, current, connection)
            if digest_of(settings) == told:
                return record
            told = digest_of(settings)
            await self._graphs.of(connection.tenant).configure(room.organizer, room.meeting_id, settings)
            record = await self._visits.load(record.visit.key)
        return record

    async def replaced(self, key: VisitKey, gone: Room) -> Record | None:
        """The visit with a room to be made in place of a meeting that is gone; the organiser stays."""
        fresh = await self.successor(key, gone)

        def renew(current: Record | None) -> Record | None:
            if current is None or current.visit.room is None or current.visit.room.meeting_id != gone.meeting_id:
                return None
            return replace(current, visit=replace(current.visit, room=fresh, watch=None, watch_retry=None))

        return await self._visits.change(key, renew)

    async def successor(self, key: VisitKey, gone: Room) -> Room:
        """What is pinned in place of a meeting that is gone."""
        version = gone.version + 1
        return Room(gone.organizer, await self._external_id(key, version), version=version)

    async def _unpin(self, record: Record, connection: Connection) -> Record:
        """The visit without the organiser who can make no more meetings, unless somebody made one in the meantime."""
        current = await self._visits.load(record.visit.key)
        room = current.visit.room if current else None
        if room and room.organizer in connection.organizers:
            await self._pool.spend(connection.tenant, room.organizer)

        def unpin(current: Record | None) -> Record | None:
            if current is None or current.visit.room is None or current.visit.room.stage == "ready":
                return None
            return replace(current, visit=replace(current.visit, room=None))

        return await self._visits.change(record.visit.key, unpin) or record

    def _good_until(self, meeting: Meeting) -> datetime:
        believed = self._clock() + BELIEVED_FOR
        return min(believed, meeting.expires - EXPIRY_MARGIN) if meeting.expires else believed

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

    async def _external_id(self, key: VisitKey, version: int) -> str:
        name = str(key) if version == 1 else f"{key}#{version}"
        return (await self._keys.ring()).digest("room", name, 16).hex()


def watch_until(record: Record, now: datetime) -> datetime:
    """How long to watch: the visit and four hours, within what Graph allows."""
    return min(max(record.visit.end, now) + WATCH_AFTER_END, now + WATCH_MOST)


def presenters_of(record: Record, room: Room) -> Sequence[str]:
    """The organiser and everyone who launched as staff."""
    return sorted({room.organizer, *record.visit.staff})


def settings_of(record: Record, room: Room, connection: Connection) -> Settings:
    """What the visit's meeting must be like now."""
    return Settings(
        connection.lobby,
        connection.chat,
        recording=connection.recording,
        presenters=presenters_of(record, room),
        closed=record.visit.closed is not None,
    )


def digest_of(settings: Settings) -> str:
    """Tells settings apart, so that Teams is told only what is new."""
    return sha256(json.dumps(asdict(settings), sort_keys=True).encode()).hexdigest()[:16]
