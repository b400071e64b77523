"""Fills in from Teams' attendance reports what events did not tell: they may be late, lost, or never have been sent.

A report is made when a call ends. It knows joining and leaving, not waiting in the lobby.
"""

import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from shared.adapters.attendance import Call, Stay
from shared.adapters.graph import Graphs
from shared.clock import Clock
from shared.errors import BridgeError, Refused
from shared.follow.roster import LEFT, ended, staff_of
from shared.organisations.connection import Connection
from shared.visits.visit import Record, Times
from shared.work.moments import Rules, reconciliation
from shared.work.worker import Doer, Outcome, Permit

log = logging.getLogger(__name__)

CALL_MARGIN = timedelta(seconds=30)
RETRY_AFTER = timedelta(minutes=10)
GIVE_UP_AFTER = timedelta(hours=6)
TOLERANCE = timedelta(minutes=1)
"""Clocks and roundings of events and reports may differ by less; the event's time stands then."""

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
    stays = [stay for call in calls for stay in call.stays]
    if not calls or not stays:
        return record
    times = _filled(record.visit.times, *_sides(stays, staff), most=_most_at_once(stays))
    if times != record.visit.times:
        record = replace(record, visit=replace(record.visit, times=times, facts_due=True))
    last = max(call.ended for call in calls)
    if any(person.state != LEFT and person.since > last for person in record.visit.people.values()):
        # Another call goes on.
        return record
    return ended(record, last)


def _sides(stays: Sequence[Stay], staff: set[str]) -> tuple[list[Stay], list[Stay]]:
    patients = [stay for stay in stays if stay.person not in staff]
    return patients, [stay for stay in stays if stay.person in staff]


def _filled(times: Times, patients: list[Stay], clinicians: list[Stay], *, most: int) -> Times:
    told = {
        "patient_connected": min((stay.joined for stay in patients), default=None),
        "clinician_connected": min((stay.joined for stay in clinicians), default=None),
        "both_connected": min(_meetings(patients, clinicians), default=None),
        "last_left": max((stay.left for stay in (*patients, *clinicians)), default=None),
    }
    better = {
        name: at for name, at in told.items() if at and _better(at, getattr(times, name), later=name == "last_left")
    }
    attended = tuple(sorted({*times.attended, *better}))
    return replace(times, **better, attended=attended, most_people=max(times.most_people, most))


def _better(at: datetime, known: datetime | None, *, later: bool) -> bool:
    """Whether events missed something: nobody can have come later, or left earlier, than a report says."""
    if known is None:
        return True
    return at > known + TOLERANCE if later else at < known - TOLERANCE


def _meetings(patients: Sequence[Stay], clinicians: Sequence[Stay]) -> Iterator[datetime]:
    for patient in patients:
        for clinician in clinicians:
            met = max(patient.joined, clinician.joined)
            if met < min(patient.left, clinician.left):
                yield met


def _most_at_once(stays: Sequence[Stay]) -> int:
    # Who leaves in the instant in which another one comes was not there together with them.
    moves = sorted([(stay.joined, 1) for stay in stays] + [(stay.left, -1) for stay in stays])
    there = most = 0
    for _, move in moves:
        there += move
        most = max(most, there)
    return most
