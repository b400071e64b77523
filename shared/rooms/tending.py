"""Work on rooms: the subscription renewed or made again, the meeting moved with the appointment, or deleted with it."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta

from shared.adapters.graph import Graph, Graphs
from shared.clock import Clock
from shared.errors import BridgeError
from shared.organisations.connection import Connection
from shared.rooms.rooms import RETRY_AFTER, Rooms, watch_until
from shared.visits.visit import Record, State, Watch
from shared.work.moments import WATCH_RENEW_BEFORE, Rules
from shared.work.worker import Doer, Outcome, Permit

CALL_MARGIN = timedelta(seconds=30)
ConnectionOf = Callable[[str], Awaitable[Connection | None]]


class RoomTending(Doer):
    """A doer of the worker."""

    def __init__(self, rooms: Rooms, graphs: Graphs, connection_of: ConnectionOf, clock: Clock) -> None:
        self._rooms = rooms
        self._graphs = graphs
        self._connection_of = connection_of
        self._clock = clock

    def wanted(self, record: Record, rules: Rules, now: datetime) -> bool:  # noqa: ARG002
        """A room to move or delete, or a subscription to make or renew."""
        visit = record.visit
        if visit.watch_retry and visit.watch_retry > now:
            return False
        if visit.room and visit.room.due:
            return True
        followed = visit.state is State.BOOKED and visit.room and visit.room.stage == "ready" and not visit.call_ended
        return bool(followed and (visit.watch is None or visit.watch.expires - WATCH_RENEW_BEFORE <= now))

    def begin(self, record: Record, rules: Rules, now: datetime) -> Record:  # noqa: ARG002
        """Nothing to note beforehand: each of these calls may be made twice."""
        return record

    async def act(self, record: Record, permit: Permit, until: datetime) -> Outcome:  # noqa: ARG002
        """Makes the calls; a failure is tried again in a minute."""
        visit = record.visit
        if visit.room is None or self._clock() > until - CALL_MARGIN:
            return lambda current: current
        connection = await self._connection_of(visit.key.connection)
        if connection is None:
            # Nobody can say any more in whose tenant the meeting is: Teams lets it expire, and the subscription.
            return _let_go
        try:
            graph = self._graphs.of(connection.tenant)
            if visit.room.due == "delete":
                return await self._delete(record, graph)
            if visit.room.due == "move":
                meeting = await graph.move(visit.room.organizer, visit.room.meeting_id, visit.start, visit.end)
                if meeting is None:
                    return await self._replaced(record)
            watch = await self._watch(record, connection, graph)
        except BridgeError:
            return self._later
        moved = visit.room.due == "move"

        def tended(current: Record) -> Record:
            room = current.visit.room
            if moved and room and (current.visit.start, current.visit.end) == (visit.start, visit.end):
                room = replace(room, due="")
            retry = None if watch else self._clock() + RETRY_AFTER
            return replace(current, visit=replace(current.visit, room=room, watch=watch, watch_retry=retry))

        return tended

    async def _watch(self, record: Record, connection: Connection, graph: Graph) -> Watch | None:
        visit = record.visit
        assert visit.room is not None
        if visit.watch is None:
            return await self._rooms.watch(record, visit.room, connection)
        if visit.watch.expires - WATCH_RENEW_BEFORE > self._clock():
            return visit.watch
        expires = await graph.renew_watch(visit.watch.subscription_id, watch_until(record, self._clock()))
        if expires:
            return Watch(visit.watch.subscription_id, expires)
        return await self._rooms.watch(record, visit.room, connection)

    async def _replaced(self, record: Record) -> Outcome:
        """The meeting is gone: whoever comes next makes another, at the visit's time."""
        visit = record.visit
        assert visit.room is not None
        fresh, gone = await self._rooms.successor(visit.key, visit.room), visit.room.meeting_id

        def replaced(current: Record) -> Record:
            if current.visit.room is None or current.visit.room.meeting_id != gone:
                return current
            return replace(current, visit=replace(current.visit, room=fresh, watch=None, watch_retry=None))

        return replaced

    async def _delete(self, record: Record, graph: Graph) -> Outcome:
        visit = record.visit
        assert visit.room is not None
        if visit.watch:
            await graph.unwatch(visit.watch.subscription_id)
        await graph.delete(visit.room.organizer, visit.room.meeting_id)
        gone = visit.room.meeting_id

        def deleted(current: Record) -> Record:
            if current.visit.room is None or current.visit.room.meeting_id != gone:
                return current
            return replace(current, visit=replace(current.visit, room=None, watch=None, watch_retry=None))

        return deleted

    def _later(self, current: Record) -> Record:
        return replace(current, visit=replace(current.visit, watch_retry=self._clock() + RETRY_AFTER))


def _let_go(current: Record) -> Record:
    return replace(current, visit=replace(current.visit, room=None, watch=None, watch_retry=None))
