"""How a visit goes or went, in one word. The only place where that is decided; pure.

What was seen in the meeting weighs more than what the EHR says afterwards: whoever waited did not miss the visit, and
a visit at which both sides met took place.
"""

from datetime import timedelta
from enum import StrEnum

from shared.visits.visit import Record, State

EARLY = timedelta(hours=1)
"""Whoever looks at a link the day before has not tried to come."""
PRESENT = ("waiting", "connected")


class Status(StrEnum):
    """`definitions.py` says what each means. The first three are of visits that are not over."""

    SCHEDULED = "scheduled"
    WAITING = "waiting"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    PATIENT_NO_SHOW = "patient_no_show"
    CLINICIAN_NO_SHOW = "clinician_no_show"
    ABANDONED = "abandoned_in_lobby"
    NOBODY_CAME = "nobody_came"
    FAILED = "technical_failure"
    CANCELLED = "cancelled"


def status_of(record: Record) -> Status:
    """The status as it stands now."""
    visit, times = record.visit, record.visit.times
    ended = visit.state is not State.BOOKED
    if times.both_connected:
        return Status.COMPLETED if ended or visit.call_ended else Status.IN_PROGRESS
    if visit.state in (State.CANCELLED, State.DELETED):
        return Status.CANCELLED
    if not ended:
        present = any(person.role == "patient" and person.state in PRESENT for person in visit.people.values())
        return Status.WAITING if present else Status.SCHEDULED
    return _unmet(record)


def _unmet(record: Record) -> Status:
    """Of a visit that is over and at which the two sides never met."""
    visit, times = record.visit, record.visit.times
    patient = times.patient_waiting or times.patient_connected
    if patient and times.clinician_connected:
        return Status.ABANDONED
    if patient:
        gave_up = times.last_left is not None and times.last_left < visit.start
        return Status.ABANDONED if gave_up else Status.CLINICIAN_NO_SHOW
    if times.clinician_connected or visit.state is State.NO_SHOW:
        return Status.PATIENT_NO_SHOW
    tried = visit.tried is not None and visit.tried >= visit.start - EARLY
    return Status.FAILED if tried else Status.NOBODY_CAME
