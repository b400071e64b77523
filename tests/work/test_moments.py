"""When a visit next needs something: a table of cases."""

from dataclasses import replace
from datetime import timedelta

from shared.visits.visit import LINK_GRACE, State, TextState
from shared.work.moments import Rules, due_reminders, next_moment
from tests.builders import NOW, RULES, a_notice, a_visit, at, heeded


def test_a_new_booking_is_due_now_for_its_confirmation() -> None:
    record = heeded(None, a_notice())
    assert record is not None
    assert next_moment(record, RULES, NOW) == NOW


def test_after_the_confirmation_the_first_reminder_is_next() -> None:
    assert next_moment(a_visit(), RULES, NOW) == at(48) - timedelta(minutes=1440)


def test_reminders_whose_time_was_past_at_booking_are_skipped() -> None:
    record = replace(a_visit(), visit=replace(a_visit().visit, start=at(1)))
    assert next_moment(record, RULES, NOW) == at(1) - timedelta(minutes=15)
    assert due_reminders(record, RULES, NOW) == []


def test_a_late_tick_sends_a_reminder_until_the_next_one_takes_over() -> None:
    record = a_visit()
    day_before = record.visit.start - timedelta(minutes=1440)
    assert [t.kind for t in due_reminders(record, RULES, day_before + timedelta(hours=3))] == ["reminder-1440"]
    two_hours = record.visit.start - timedelta(minutes=120)
    assert [t.kind for t in due_reminders(record, RULES, two_hours)] == ["reminder-120"]


def test_nothing_is_reminded_of_after_the_start() -> None:
    record = a_visit()
    assert due_reminders(record, RULES, record.visit.start) == []


def test_a_reminder_that_was_dealt_with_does_not_come_again() -> None:
    record = a_visit()
    moment = record.visit.start - timedelta(minutes=1440)
    text = due_reminders(record, RULES, moment)[0]
    done = replace(record, texts={text.name: replace(text, state=TextState.SENT)})
    assert due_reminders(done, RULES, moment) == []
    assert next_moment(done, RULES, moment) == record.visit.start - timedelta(minutes=120)


def test_a_reschedule_makes_new_reminders() -> None:
    record = a_visit()
    text = due_reminders(record, RULES, record.visit.start - timedelta(minutes=1440))[0]
    done = replace(record, texts={text.name: replace(text, state=TextState.SENT)})
    moved = heeded(done, a_notice(start=at(96), sent=at(1)), confirm=frozenset())
    assert moved is not None
    assert [t.kind for t in due_reminders(moved, RULES, at(96) - timedelta(minutes=1440))] == ["reminder-1440"]


def test_without_texts_the_end_of_the_appointment_is_next() -> None:
    record = a_visit()
    assert next_moment(record, Rules(), NOW) == record.visit.end
    assert next_moment(replace(record, phone=None), Rules(), NOW) == record.visit.end + LINK_GRACE


def test_a_tombstone_is_forgotten_in_time() -> None:
    record = replace(a_visit(state=State.CANCELLED), phone=None)
    moment = next_moment(record, RULES, NOW)
    assert moment is not None
    assert moment > record.visit.end


def test_a_cancelled_visit_owes_no_reminder() -> None:
    record = a_visit(state=State.CANCELLED)
    assert due_reminders(record, RULES, record.visit.start - timedelta(minutes=120)) == []
