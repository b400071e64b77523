"""Folding a meeting's events into a visit."""

from dataclasses import replace
from itertools import pairwise
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.clock import to_text
from shared.follow.roster import fold
from shared.visits.visit import Record, Room
from tests.builders import a_visit, at

DOCTOR = "a0000000-0000-4000-8000-000000000003"


def participant(
    name: str, *, lobby: bool = False, gone: bool = False, oid: str = "", bot: bool = False
) -> dict[str, Any]:
    identity = {"user": {"id": oid}} if oid else {"application": {"id": name}} if bot else {"guest": {"id": name}}
    removed = {"removedState": {"reason": "Participant has left the meeting call."}} if gone else {}
    return {"id": name, "isInLobby": lobby, "info": {"identity": identity}} | removed


def event(minutes: float, *people: dict[str, Any], kind: str = "rosterUpdated") -> dict[str, Any]:
    return {"eventType": kind, "eventDateTime": to_text(at(0, minutes=minutes)), "participants@delta": list(people)}


def folded(*events: dict[str, Any]) -> Record:
    record = a_visit(room=Room(DOCTOR, "x", "ready", "meeting", "https://teams"))
    for item in events:
        record = fold(record, item) or record
    return record


def told(record: Record) -> list[tuple[str, str]]:
    return [(item.role, item.state) for item in record.visit.outbox]


def test_a_patient_waits_is_let_in_and_leaves() -> None:
    record = folded(
        event(0, participant("p", lobby=True)), event(1, participant("p")), event(9, participant("p", gone=True))
    )
    assert told(record) == [("patient", "waiting"), ("patient", "connected"), ("patient", "left")]
    assert record.visit.times.patient_waiting == at(0)
    assert record.visit.times.patient_connected == at(0, minutes=1)
    assert record.visit.times.last_left == at(0, minutes=9)


def test_the_organiser_is_the_clinician_and_an_employee_who_is_a_patient_is_not() -> None:
    record = folded(event(0, participant("d", oid=DOCTOR)), event(1, participant("e", oid="someone-else")))
    assert told(record) == [("clinician", "connected"), ("patient", "connected")]
    assert record.visit.times.both_connected == at(0, minutes=1)


def test_the_same_event_twice_is_one() -> None:
    once = event(0, participant("p", lobby=True))
    assert told(folded(once, once)) == [("patient", "waiting")]


def test_an_event_that_comes_late_does_not_turn_time_back() -> None:
    record = folded(event(5, participant("p")), event(1, participant("p", lobby=True)))
    assert told(record) == [("patient", "connected")]


calls = st.lists(
    st.tuples(
        st.integers(0, 9),
        st.one_of(
            st.just("end"),
            st.tuples(st.sampled_from(["p", "q", "d"]), st.sampled_from(["waiting", "connected", "left"])),
        ),
    ),
    max_size=9,
)


def as_events(moves: list[tuple[int, Any]]) -> list[dict[str, Any]]:
    found = []
    for minute, what in moves:
        if what == "end":
            found.append(event(minute, kind="callEnded"))
            continue
        who, state = what
        oid = DOCTOR if who == "d" else ""
        found.append(event(minute, participant(who, lobby=state == "waiting", gone=state == "left", oid=oid)))
    return found


@settings(max_examples=400, deadline=None)
@given(calls, st.integers(0, 2**32).map(Random))
def test_the_same_events_in_any_order_and_number_end_in_the_same(moves: list[tuple[int, Any]], chance: Random) -> None:
    sent = as_events(moves)
    arrived = [*sent, *(chance.choices(sent, k=3) if sent else [])]
    chance.shuffle(arrived)
    one, other = folded(*sent).visit, folded(*arrived).visit
    assert one.people == other.people
    assert one.times == other.times
    assert (one.call_ended, one.call_ends) == (other.call_ended, other.call_ends)


@settings(max_examples=200, deadline=None)
@given(calls, st.integers(0, 2**32).map(Random))
def test_in_any_order_nobody_is_told_of_as_there_after_they_were_told_of_as_gone(
    moves: list[tuple[int, Any]], chance: Random
) -> None:
    """What is told of one patient is in order of time, no state twice in a row, and the last is the state they are in."""
    sent = as_events([(minute, what) for minute, what in moves if what == "end" or what[0] == "p"])
    chance.shuffle(sent)
    record, said = folded(), [("left", at(0))]
    for item in sent:
        after = fold(record, item) or record
        said += [(note.state, note.at) for note in after.visit.outbox[len(record.visit.outbox) :]]
        record = after
    states, instants = zip(*said, strict=True)
    assert instants == tuple(sorted(instants))
    assert all(before != now for before, now in pairwise(states))
    assert states[-1] == next((person.state for person in record.visit.people.values()), "left")


def test_who_left_before_they_were_heard_of_is_nobody_s_news_and_no_one_is_there() -> None:
    record = folded(event(5, participant("p", gone=True)), event(1, participant("p")))
    assert told(record) == []
    assert record.visit.times.patient_connected == at(0, minutes=1)
    assert {person.state for person in record.visit.people.values()} == {"left"}


def test_machines_are_not_people() -> None:
    assert told(folded(event(0, participant("recorder", bot=True)))) == []


def test_the_end_of_the_call_makes_everyone_leave_and_closes_a_visit_in_which_both_met() -> None:
    record = folded(event(0, participant("p")), event(1, participant("d", oid=DOCTOR)), event(20, kind="callEnded"))
    assert {person.state for person in record.visit.people.values()} == {"left"}
    assert record.visit.call_ended == at(0, minutes=20)


def test_a_call_in_which_only_one_side_was_leaves_the_visit_open() -> None:
    assert folded(event(0, participant("p")), event(2, kind="callEnded")).visit.call_ended is None


def test_no_name_and_no_participant_id_is_kept() -> None:
    record = folded(event(0, participant("19:Pat Tester", lobby=True)))
    assert "Pat" not in str(record)


def test_an_event_without_sense_changes_nothing() -> None:
    record = a_visit()
    for odd in ({}, {"eventType": "rosterUpdated"}, {"eventType": "x", "eventDateTime": "yesterday"}):
        assert fold(record, odd) is None


def test_the_wait_of_each_person_is_their_own() -> None:
    """Two patients of a group: one waits first and gives up, the other is let in. Nobody's wait is made of both."""
    record = folded(
        event(0, participant("p", lobby=True)),
        event(4, participant("q", lobby=True)),
        event(5, participant("q")),
        event(6, participant("p", gone=True)),
        event(7, participant("p", lobby=True)),
        event(9, participant("p")),
    )
    first, second = sorted(record.visit.people.values(), key=lambda person: str(person.arrived))
    assert (first.arrived, first.let_in, first.waited) == (at(0), at(0, minutes=9), 8 * 60)
    assert (second.arrived, second.let_in, second.waited) == (at(0, minutes=4), at(0, minutes=5), 60)


def test_both_are_there_when_the_later_of_them_is_whichever_event_comes_first() -> None:
    patient, clinician = event(2, participant("p")), event(1, participant("d", oid=DOCTOR))
    for events in ((patient, clinician), (clinician, patient)):
        assert folded(*events).visit.times.both_connected == at(0, minutes=2)


def test_a_guest_who_leaves_is_not_the_patient_leaving() -> None:
    record = folded(
        event(0, participant("p")),
        event(1, participant("interpreter", lobby=True)),
        event(2, participant("interpreter")),
        event(8, participant("interpreter", gone=True)),
    )
    assert told(record) == [("patient", "connected")]
    record = folded(event(0, participant("p")), event(1, participant("q")), event(2, participant("p", gone=True)))
    assert told(record) == [("patient", "connected")]
    record = fold(record, event(9, participant("q", gone=True))) or record
    assert told(record) == [("patient", "connected"), ("patient", "left")]


def test_whoever_waits_is_told_once_nobody_of_that_side_is_in_the_call_any_more() -> None:
    record = folded(
        event(0, participant("p")), event(1, participant("q", lobby=True)), event(2, participant("p", gone=True))
    )
    assert told(record) == [("patient", "connected"), ("patient", "waiting")]


def test_an_event_that_was_late_is_told_as_newer_than_what_it_mends() -> None:
    """The one who left was not alone there; that event came last, and the EHR must believe it."""
    record = folded(event(0, participant("p")), event(5, participant("p", gone=True)), event(3, participant("q")))
    assert [(item.state, item.at) for item in record.visit.outbox] == [
        ("connected", at(0)), ("left", at(0, minutes=5)), ("connected", at(0, minutes=5)),
    ]  # fmt: skip


def test_one_who_turns_out_to_be_staff_was_not_the_patient() -> None:
    record = folded(event(0, participant("d", oid="second")))
    assert told(record) == [("patient", "connected")]
    staff = replace(record, visit=replace(record.visit, staff={"second": "sealed"}))
    after = fold(staff, event(1, participant("d", oid="second")))
    assert after
    assert told(after)[-1] == ("patient", "left")


@given(
    st.lists(st.tuples(st.sampled_from("pqr"), st.integers(0, 40), st.integers(0, 2)), max_size=12),
    st.randoms(use_true_random=False),
)
def test_the_last_that_is_told_of_the_patients_side_is_how_it_stands(
    moves: list[tuple[str, int, int]], chance: Random
) -> None:
    """In whatever order events come, and however many people that side has."""
    events = [event(minute, participant(name, lobby=kind == 0, gone=kind == 2)) for name, minute, kind in moves]
    chance.shuffle(events)
    record = folded(*events)
    states = {person.state for person in record.visit.people.values()}
    stands = next((state for state in ("connected", "waiting") if state in states), "left")
    assert (told(record) or [("patient", "left")])[-1] == ("patient", stands)
