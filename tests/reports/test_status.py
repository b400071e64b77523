"""How a visit went, in one word: only those who met have completed it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.reports.status import Status, status_of
from shared.visits.visit import Presence, Record, State, Times, Visit, VisitKey
from tests.builders import NOW

START = NOW
WAITING, CAME = START - timedelta(minutes=5), START + timedelta(minutes=1)
OVER = State.OVER
BEFORE = START - timedelta(minutes=2)
AFTER = START + timedelta(minutes=20)


def visit(state: State = State.BOOKED, **given: Any) -> Record:
    names = {"patient_waiting", "patient_connected", "clinician_connected", "both_connected", "last_left"}
    times: dict[str, Any] = {name: given.pop(name) for name in names & given.keys()}
    record = Record(
        Visit(VisitKey("c", "v"), "sealed", state, START, timedelta(minutes=30), "UTC", times=Times(**times))
    )
    return replace(record, visit=replace(record.visit, **given))


def there(role: str, state: str) -> dict[str, Presence]:
    return {"p": Presence(role, state, WAITING)}


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (visit(), Status.SCHEDULED),
        (visit(patient_waiting=WAITING, people=there("patient", "waiting")), Status.WAITING),
        (visit(patient_waiting=WAITING, people=there("patient", "left")), Status.SCHEDULED),
        (visit(clinician_connected=CAME, people=there("clinician", "connected")), Status.SCHEDULED),
        (visit(both_connected=CAME), Status.IN_PROGRESS),
        (visit(both_connected=CAME, call_ended=AFTER), Status.COMPLETED),
        (visit(OVER, both_connected=CAME), Status.COMPLETED),
        (visit(State.CANCELLED, both_connected=CAME), Status.COMPLETED),
        (visit(OVER, clinician_connected=CAME), Status.PATIENT_NO_SHOW),
        (visit(State.NO_SHOW), Status.PATIENT_NO_SHOW),
        (visit(State.NO_SHOW, patient_waiting=WAITING, last_left=AFTER), Status.CLINICIAN_NO_SHOW),
        (visit(OVER, patient_waiting=WAITING, last_left=AFTER), Status.CLINICIAN_NO_SHOW),
        (visit(OVER, patient_connected=CAME), Status.CLINICIAN_NO_SHOW),
        (visit(OVER, patient_waiting=WAITING, last_left=BEFORE), Status.ABANDONED),
        (visit(OVER, patient_waiting=WAITING, clinician_connected=CAME), Status.ABANDONED),
        (visit(OVER), Status.NOBODY_CAME),
        (visit(OVER, launches=1, tried=WAITING), Status.FAILED),
        (visit(OVER, launches=1, tried=START - timedelta(days=1)), Status.NOBODY_CAME),
        (visit(State.CANCELLED), Status.CANCELLED),
        (visit(State.CANCELLED, patient_waiting=WAITING), Status.CANCELLED),
        (visit(State.DELETED), Status.CANCELLED),
    ],
)
def test_the_status_is_what_happened(record: Record, expected: Status) -> None:
    assert status_of(record) is expected
