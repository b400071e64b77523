"""One room per visit: pinned first, made in Teams second, watched before anyone gets the link.

Whoever comes first chooses the organiser, by an insert that only one can win; Graph knows a meeting by organiser and
external id, so two organisers would be two rooms where doctor and patient never meet. A meeting that is gone, expired
or deleted by somebody, is replaced under the next external id: links lead to the visit and not to the meeting.
"""

import logging
from dataclasses import replace
from datetime import datetime, timedelta

from shared.adapters.graph import Graphs, Meeting
from shared.clock import Clock
from shared.errors import BridgeError
from shared.keys.keys import Keys
from shared.organisations.connection import Connection
from shared.rooms.envelope import Envelope
from shared.rooms.pool import Pool
from shared.rooms.wanted import digest_of, settings_of
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
HOPELESS = ("room.refused", "room.policy_missing")
ROUNDS = 3


class Rooms:
    """Opens and tends rooms."""

    def __init__(
        self, visits: Visits, graphs: Graphs, pool: Pool, keys: Keys, envelope: Envelope, deployment: Deployment, clock: Clock
    ) -> None:  # fmt: skip
        self._visits, self._graphs, self._pool, self._keys = visits, graphs, pool, keys
        self._envelope, self._deployment, self._clock = envelope, deployment, clock

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
        except BridgeError as error:
            other = await self._with_another(record.visit.key, connection, organizer, error)
            if other is None or other.visit.room is None:
                raise
            return await self._make(other, other.visit.room, connection)

    async def _open(self, record: Record, connection: Connection, organizer: str | None) -> Room | None:
        key, room = record.visit.key, record.visit.room
        if room is None:
            chosen = organizer or await self._pool.choose(connection, key)
            if chosen is None:
                return None
            pinned = await self._pinned(key, chosen, 1)

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
        return await self._pinned(key, gone.organizer, gone.version + 1)

    async def _with_another(
        self, key: VisitKey, connection: Connection, organizer: str | None, error: BridgeError
    ) -> Record | None:
        """The visit with another organiser, where the one chosen first cannot make the meeting: the month's are made,
        or Teams refuses the account. None if there is nobody else, or if it may just be tried again.
        """
        spent = (error.retry_after or 0) >= QUOTA_PAUSE_SECONDS
        current = await self._visits.load(key)
        failed = current.visit.room if current else None
        if failed is None or failed.stage == "ready" or not (spent or error.code in HOPELESS):
            return None
        if spent and failed.organizer in connection.organizers:
            await self._pool.spend(connection.tenant, failed.organizer)
        launching = organizer if organizer != failed.organizer else None
        chosen = launching or await self._pool.choose(connection, key)
        if chosen is None or chosen == failed.organizer:
            return None
        instead = await self._pinned(key, chosen, failed.version + 1)

        def pin(current: Record | None) -> Record | None:
            if current is None or current.visit.room != failed:
                return None
            return replace(current, visit=replace(current.visit, room=instead))

        after = await self._visits.change(key, pin)
        return after if after and after.visit.room == instead else None

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

    async def _pinned(self, key: VisitKey, organizer: str, version: int) -> Room:
        name = str(key) if version == 1 else f"{key}#{version}"
        return Room(organizer, (await self._keys.ring()).digest("room", name, 16).hex(), version=version)


def watch_until(record: Record, now: datetime) -> datetime:
    """How long to watch: the visit and four hours, within what Graph allows."""
    return min(max(record.visit.end, now) + WATCH_AFTER_END, now + WATCH_MOST)
