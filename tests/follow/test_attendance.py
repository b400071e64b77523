"""What attendance reports fill in: only what events missed, each time with its source, the same however often asked."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.adapters.attendance import Call, Stay, call_of, newest
from shared.follow.attendance import fill
from shared.visits.visit import Presence, Record, Room, Times
from shared.work.moments import reconciliation
from tests.builders import NOW, a_visit
from tests.follow.test_roster import DOCTOR as STAFF
from tests.follow.test_roster import event, folded, participant

DOCTOR, PATIENT, RELATIVE = "doctor", "guest-1", "guest-2"
ROOM = Room(DOCTOR, "x", "ready", "m", "https://teams.example/join")


def minutes(count: float) -> datetime:
    return NOW + timedelta(minutes=count)


def a_call(*stays: tuple[str, float, float], ends: float = 30) -> Call:
    return Call(minutes(ends), tuple(Stay(who, minutes(begin), minutes(end)) for who, begin, end in stays))


def a_room(times: Times | None = None, **changes: object) -> Record:
    return a_visit(room=ROOM, staff={DOCTOR: "sealed"}, times=times or Times(), **changes)


def test_a_call_of_which_no_event_came_is_known_from_its_report() -> None:
    record = fill(a_room(), [a_call((PATIENT, 0, 30), (DOCTOR, 4, 29), (RELATIVE, 5, 10))])
    times = record.visit.times
    assert (times.patient_connected, times.clinician_connected) == (minutes(0), minutes(4))
    assert (times.both_connected, times.last_left, times.most_people) == (minutes(4), minutes(30), 3)
    assert times.attended == ("both_connected", "clinician_connected", "last_left", "most_people", "patient_connected")
    assert times.patient_waiting is None
    assert record.visit.call_ended == minutes(30)
    assert record.visit.facts_due


def test_what_events_told_stands_where_the_report_agrees_to_the_minute() -> None:
    told = folded(event(0, participant("p")), event(4, participant("d", oid=STAFF)), event(30, kind="callEnded"))
    filled = fill(told, [a_call((PATIENT, 0.5, 29.5), (STAFF, 4.4, 29))])
    assert filled.visit.times == told.visit.times
    assert filled.visit.times.attended == ()


def test_an_event_that_was_missed_at_the_begin_or_the_end_is_filled_in() -> None:
    told = folded(
        event(4, participant("d", oid=STAFF)), event(6, participant("p")), event(20, participant("p", gone=True))
    )
    assert told.visit.times.both_connected == minutes(6)
    times = fill(told, [a_call((PATIENT, 0, 30), (STAFF, 4, 29))]).visit.times
    assert (times.patient_connected, times.both_connected, times.last_left) == (minutes(0), minutes(4), minutes(30))
    assert times.attended == ("both_connected", "patient_connected")


def test_whoever_is_still_shown_as_connected_has_left_with_the_call_and_the_ehr_is_told() -> None:
    people = {
        "a": Presence("patient", "connected", minutes(0)),
        "b": Presence("clinician", "left", minutes(29), DOCTOR),
    }
    record = fill(a_room(people=people), [a_call((PATIENT, 0, 30), (DOCTOR, 4, 29))])
    assert record.visit.people["a"].state == "left"
    assert [(item.role, item.state, item.at) for item in record.visit.outbox] == [("patient", "left", minutes(30))]


def test_an_end_that_an_event_told_counts_once_the_report_tells_that_both_had_met() -> None:
    told = folded(event(30, kind="callEnded"))
    assert told.visit.call_ended is None
    assert fill(told, [a_call((PATIENT, 0, 20), (STAFF, 4, 29))]).visit.call_ended == minutes(30)


def test_a_call_that_goes_on_is_not_ended_by_the_report_of_an_earlier_one() -> None:
    people = {"a": Presence("patient", "connected", minutes(40))}
    record = fill(a_room(people=people), [a_call((PATIENT, 0, 30), (DOCTOR, 4, 29))])
    assert record.visit.people["a"].state == "connected"
    assert record.visit.outbox == ()
    assert record.visit.call_ended is None


@pytest.mark.parametrize("stays", [[(PATIENT, 0, 20)], [(DOCTOR, 0, 20)], [(PATIENT, 0, 10), (DOCTOR, 10, 20)]])
def test_sides_that_were_not_there_at_one_time_have_not_met(stays: list[tuple[str, float, float]]) -> None:
    record = fill(a_room(), [a_call(*stays)])
    assert record.visit.times.both_connected is None
    assert record.visit.call_ended is None


def test_without_a_report_nothing_changes() -> None:
    assert fill(a_room(), []) == a_room()
    assert fill(a_room(), [Call(minutes(30), ())]) == a_room()


spans = st.tuples(st.sampled_from([DOCTOR, PATIENT, RELATIVE]), st.integers(0, 60), st.integers(0, 60)).map(
    lambda it: (it[0], min(it[1:]), max(it[1:]))
)


@given(st.lists(st.lists(spans, max_size=5), max_size=4), st.randoms())
def test_reports_in_any_order_and_again_end_in_the_same(
    calls: Sequence[Sequence[tuple[str, int, int]]], chance: Random
) -> None:
    reports = [a_call(*stays, ends=60) for stays in calls]
    once = fill(a_room(), reports)
    mixed = list(reports)
    chance.shuffle(mixed)
    assert fill(a_room(), mixed).visit.times == once.visit.times
    assert fill(once, mixed) == once


def test_attendance_is_asked_for_after_the_call_and_after_the_appointment() -> None:
    record = a_room()
    end = record.visit.end
    assert reconciliation(record) == end + timedelta(hours=2)
    called = replace(record, visit=replace(record.visit, call_ended=end - timedelta(minutes=20)))
    assert reconciliation(called) == end - timedelta(minutes=10)
    once = replace(called, visit=replace(called.visit, reconciled=end))
    assert reconciliation(once) == end + timedelta(hours=2)
    twice = replace(called, visit=replace(called.visit, reconciled=end + timedelta(hours=2)))
    assert reconciliation(twice) is None
    assert reconciliation(a_visit()) is None


def test_a_report_is_read_without_names_and_without_what_has_no_time() -> None:
    report = {
        "id": "r1",
        "meetingEndDateTime": "2026-11-25T15:30:00Z",
        "attendanceRecords": [
            {
                "id": "x",
                "emailAddress": "ana@example.org",
                "identity": {"id": PATIENT, "displayName": "Ana"},
                "attendanceIntervals": [
                    {"joinDateTime": "2026-11-25T15:00:00Z", "leaveDateTime": "2026-11-25T15:20:00Z"},
                    {"joinDateTime": "2026-11-25T15:25:00Z", "leaveDateTime": None},
                    {"joinDateTime": "2026-11-25T15:29:00Z", "leaveDateTime": "2026-11-25T15:28:00Z"},
                ],
            },
            {"id": "y", "identity": None, "attendanceIntervals": None},
        ],
    }
    call = call_of(report)
    assert call is not None
    assert [(stay.person, stay.left - stay.joined) for stay in call.stays] == [(PATIENT, timedelta(minutes=20))]
    assert "Ana" not in repr(call)
    assert call_of(report | {"meetingEndDateTime": None}) is None


def test_of_many_calls_the_newest_are_read() -> None:
    reports = [{"id": str(hour), "meetingEndDateTime": f"2026-11-25T{hour:02}:00:00Z"} for hour in range(20)]
    assert newest([*reports, {"id": "goes on", "meetingEndDateTime": None}]) == [str(hour) for hour in range(12, 20)]
