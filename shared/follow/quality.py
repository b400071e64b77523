"""How well people heard each other, from Teams' call records, where a deployment reads them at all.

A record is made some time after a call has ended: half an hour is usual, two and a half hours happen. Nothing else waits
for it, and a call of which there is none in time stays without figures.
https://learn.microsoft.com/graph/api/resources/callrecords-api-overview
"""

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from shared.adapters.call_records import Sound
from shared.adapters.graph import Graphs
from shared.clock import Clock
from shared.errors import BridgeError, Refused
from shared.organisations.connection import Connection
from shared.visits.visit import Record, Stream
from shared.work.moments import Rules, quality_due
from shared.work.worker import Doer, Outcome, Permit

log = logging.getLogger(__name__)

CALL_MARGIN = timedelta(seconds=30)
RETRY_AFTER = timedelta(minutes=30)
GIVE_UP_AFTER = timedelta(hours=3)
# A call may begin before the first event of it that reached us.
EARLIER = timedelta(minutes=30)
WITHOUT_EVENTS = timedelta(hours=24)

ConnectionOf = Callable[[str], Awaitable[Connection | None]]


class Quality(Doer):
    """A doer of the worker."""

    def __init__(self, graphs: Graphs, connection_of: ConnectionOf, clock: Clock) -> None:
        self._graphs = graphs
        self._connection_of = connection_of
        self._clock = clock

    def wanted(self, record: Record, rules: Rules, now: datetime) -> bool:
        """Whether call records are read, and the time has come."""
        due = quality_due(record, rules)
        return due is not None and due <= now

    def begin(self, record: Record, rules: Rules, now: datetime) -> Record:  # noqa: ARG002
        """Nothing to note beforehand: reading twice is harmless."""
        return record

    async def act(self, record: Record, permit: Permit, until: datetime) -> Outcome:  # noqa: ARG002
        """Reads the records of the visit's calls. What is not there yet, or cannot be had, is tried again for three hours;
        what Graph refuses is not asked for again.
        """
        visit, now = record.visit, self._clock()
        connection = await self._connection_of(visit.key.connection)
        if visit.room is None or visit.call_ended is None or now > until - CALL_MARGIN:
            return lambda current: current
        sounds: Sequence[Sound] = ()
        last = now >= visit.call_ended + GIVE_UP_AFTER
        try:
            if connection is not None:
                graph = self._graphs.of(connection.tenant)
                sounds = await graph.sounds(visit.room.join_url, witness(record), begun(record), visit.call_ended)
        except Refused as refusal:
            log.warning("call records were refused: %s", refusal.code)
            last = True
        except BridgeError:
            if last:
                log.warning("call records could not be had for three hours")
        if not sounds and not last:
            return lambda current: replace(current, visit=replace(current.visit, measured_retry=now + RETRY_AFTER))
        return lambda current: measured(current, sounds, now)


def measured(record: Record, sounds: Sequence[Sound], now: datetime) -> Record:
    """The record with what was measured; what an earlier reading found stands where there is nothing. Pure."""
    visit = replace(record.visit, measured=now, measured_retry=None)
    streams = tuple(Stream(*sound) for sound in sounds)
    if streams and streams != visit.streams:
        visit = replace(visit, streams=streams, facts_due=True)
    return replace(record, visit=visit)


def witness(record: Record) -> str:
    """Who of staff was in the call, by whom its record is found: the organiser unless only others came. Pure."""
    organizer = record.visit.room.organizer if record.visit.room else ""
    there = {person.oid for person in record.visit.people.values() if person.oid and person.role == "clinician"}
    return organizer if organizer in there or not there else min(there)


def begun(record: Record) -> datetime:
    """From when on the visit's calls may have begun. Pure."""
    times, ended = record.visit.times, record.visit.call_ended or record.visit.end
    first = [at for at in (times.patient_waiting, times.patient_connected, times.clinician_connected) if at]
    return min(first) - EARLIER if first else ended - WITHOUT_EVENTS
