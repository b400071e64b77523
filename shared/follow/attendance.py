"""Fills in from Teams' attendance reports what events did not tell: they may be late, lost, or never have been sent.

A report is made when a call ends. It knows joining and leaving, not waiting in the lobby.
"""

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from shared.adapters.attendance import Call
from shared.adapters.graph import Graphs
from shared.clock import Clock
from shared.errors import BridgeError, Refused
from shared.follow.roster import ended, staff_of
from shared.follow.stays import Stay, better_of, met, most_at_once
from shared.organisations.connection import Connection
from shared.visits.visit import Record
from shared.work.moments import Rules, reconciliation
from shared.work.worker import Doer, Outcome, Permit

log = logging.getLogger(__name__)

CALL_MARGIN = timedelta(seconds=30)
RETRY_AFTER = timedelta(minutes=10)
GIVE_UP_AFTER = timedelta(hours=6)

ConnectionOf = Callable[[str], Awaitable[Connection | None]]


class Attendance(Doer):
    """A doer of the worker."""

    def __init__(self, graphs: Graphs, connection_of: ConnectionOf, clock: Clock) -> None:
        self._graphs = graphs
        self._connection_of = connection_of
        self._clock = clock

    def wanted(self, record: Record, rules: Rules, now: datetime) -> bool:  # noqa: ARG002
        """Whether the time has come, and no pause after a failure is on."""
        due, retry = reconciliation(record), record.visit.reconcile_retry
        return due is not None and due <= now and (retry is None or retry <= now)

    def begin(self, record: Record, rules: Rules, now: datetime) -> Record:  # noqa: ARG002
        """Nothing to note beforehand: reading twice is harmless."""
        return record

    async def act(self, record: Record, permit: Permit, until: datetime) -> Outcome:  # noqa: ARG002
        """Reads the reports. An outage is tried again for six hours; what Graph refuses is not asked for again."""
        visit, now = record.visit, self._clock()
        connection = await self._connection_of(visit.key.connection)
        if visit.room is None or now > until - CALL_MARGIN:
            return lambda current: current
        calls: list[Call] = []
        try:
            if connection is not None:
                graph = self._graphs.of(connection.tenant)
                calls = await graph.attendance(visit.room.organizer, visit.room.meeting_id)
        except Refused as refusal:
            log.warning("an attendance report was refused: %s", refusal.code)
        except BridgeError:
            due = reconciliation(record)
            if due and now < due + GIVE_UP_AFTER:
                return lambda current: replace(current, visit=replace(current.visit, reconcile_retry=now + RETRY_AFTER))
            log.warning("an attendance report could not be had for six hours")

        def done(current: Record) -> Record:
            filled = fill(current, calls)
            return replace(filled, visit=replace(filled.visit, reconciled=now, reconcile_retry=None))

        return done


def fill(record: Record, calls: Sequence[Call]) -> Record:
    """The record with what the reports know better. Pure; the same reports again change nothing."""
    staff = staff_of(record)
    patients: list[Stay] = []
    clinicians: list[Stay] = []
    for stay in (stay for call in calls for stay in call.stays):
        (clinicians if stay.person in staff else patients).append((stay.joined, stay.left))
    everybody = (*patients, *clinicians)
    if not everybody:
        return record
    told = {
        "patient_connected": min((begin for begin, _ in patients), default=None),
        "clinician_connected": min((begin for begin, _ in clinicians), default=None),
        "both_connected": met(patients, clinicians),
        "last_left": max(stay.left for call in calls for stay in call.stays),
        "most_people": most_at_once(everybody),
    }
    times = record.visit.times
    better = better_of(times, told)
    filled = replace(better, attended=tuple(sorted({*times.attended, *better.attended})))
    if filled != times:
        record = replace(record, visit=replace(record.visit, times=filled, facts_due=True))
    return ended(record, max(call.ended for call in calls))
