"""When a visit next needs something: a table of cases."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shared.visits.visit import LINK_GRACE, Phone, Record, State, TextState, VisitKey
from shared.work.moments import SLOT_SECONDS, Rules, before_quiet, due_reminders, next_moment
from tests.builders import KEY, NOW, RULES, a_notice, a_phone, a_visit, at, heeded

SLOT = timedelta(seconds=SLOT_SECONDS)


def moment_of(record: Record, rules: Rules, now: datetime) -> datetime | None:
    moment = next_moment(record, rules, now)
    return moment.at if moment else None


def test_a_new_booking_is_due_now_for_its_confirmation() -> None:
    record = heeded(None, a_notice())
    assert record is not None
    assert moment_of(record, RULES, NOW) == NOW


def test_after_the_confirmation_the_first_reminder_is_next() -> None:
    moment = moment_of(a_visit(), RULES, NOW)
    assert moment is not None
    assert timedelta(0) <= moment - (at(48) - timedelta(minutes=1440)) < SLOT


def test_reminders_whose_time_was_past_at_booking_are_skipped() -> None:
    record = replace(a_visit(), visit=replace(a_visit().visit, start=at(1)))
    assert moment_of(record, RULES, NOW) == at(1) - timedelta(minutes=15)
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
    moment = record.visit.start - timedelta(minutes=1440) + SLOT
    text = due_reminders(record, RULES, moment)[0]
    done = replace(record, texts={text.name: replace(text, state=TextState.SENT)})
    assert due_reminders(done, RULES, moment) == []
    assert moment_of(done, RULES, moment) == record.visit.start - timedelta(minutes=120)


def test_a_reschedule_makes_new_reminders() -> None:
    record = a_visit()
    text = due_reminders(record, RULES, record.visit.start - timedelta(minutes=1440) + SLOT)[0]
    done = replace(record, texts={text.name: replace(text, state=TextState.SENT)})
    moved = heeded(done, a_notice(start=at(96), sent=at(1)), confirm=frozenset())
    assert moved is not None
    assert [t.kind for t in due_reminders(moved, RULES, at(96) - timedelta(minutes=1440) + SLOT)] == ["reminder-1440"]


def test_without_texts_the_end_of_the_appointment_is_next() -> None:
    record = a_visit()
    assert moment_of(record, Rules(), NOW) == record.visit.end
    assert moment_of(replace(record, phones={}), Rules(), NOW) == record.visit.end + LINK_GRACE


def test_a_tombstone_is_forgotten_in_time() -> None:
    record = replace(a_visit(state=State.CANCELLED), phones={})
    moment = moment_of(record, RULES, NOW)
    assert moment is not None
    assert moment > record.visit.end


def test_a_cancelled_visit_owes_no_reminder() -> None:
    record = a_visit(state=State.CANCELLED)
    assert due_reminders(record, RULES, record.visit.start - timedelta(minutes=120)) == []


NIGHT = ("21:00", "08:00")
LUNCH = ("12:00", "13:00")


@pytest.mark.parametrize(
    ("quiet", "zone", "at_utc", "leaves_utc"),
    [
        (None, "America/Chicago", "2026-11-24T05:00", "2026-11-24T05:00"),
        (NIGHT, "America/Chicago", "2026-11-24T05:00", "2026-11-24T03:00"),
        (NIGHT, "America/Chicago", "2026-11-24T13:59", "2026-11-24T03:00"),
        (NIGHT, "America/Chicago", "2026-11-24T14:00", "2026-11-24T14:00"),
        (NIGHT, "America/Chicago", "2026-11-24T03:00", "2026-11-24T03:00"),
        (NIGHT, "America/Chicago", "2026-11-24T02:59", "2026-11-24T02:59"),
        (LUNCH, "Europe/Paris", "2026-11-24T11:30", "2026-11-24T11:00"),
        (LUNCH, "Europe/Paris", "2026-11-24T12:00", "2026-11-24T12:00"),
        (NIGHT, "America/Chicago", "2026-11-01T08:30", "2026-11-01T02:00"),
        (("01:30", "03:30"), "America/Chicago", "2026-03-08T08:10", "2026-03-08T07:30"),
    ],
    ids=["none", "late evening", "early morning", "it ends", "it begins", "before", "day", "day's end", "fold", "gap"],
)
def test_a_reminder_in_quiet_hours_leaves_when_they_begin(
    quiet: tuple[str, str] | None, zone: str, at_utc: str, leaves_utc: str
) -> None:
    moment = datetime.fromisoformat(at_utc).replace(tzinfo=UTC)
    assert before_quiet(moment, zone, quiet) == datetime.fromisoformat(leaves_utc).replace(tzinfo=UTC)


def test_of_two_reminders_that_quiet_hours_bring_together_the_nearer_is_sent() -> None:
    """The visit starts at 09:00 in Chicago: 2 h before is 07:00, 12 h before is 21:00 the evening before."""
    record = a_visit(start=datetime(2026, 11, 26, 15, 0, tzinfo=UTC))
    rules = Rules(texts_on=True, reminders=(720, 120), quiet=NIGHT)
    moment = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)
    assert [text.kind for text in due_reminders(record, rules, moment)] == ["reminder-120"]
    assert moment_of(record, rules, datetime(2026, 11, 26, 2, 0, tzinfo=UTC)) == moment


def test_a_visit_booked_after_its_quiet_hours_began_is_not_reminded_of_what_is_past() -> None:
    record = a_visit(start=datetime(2026, 11, 26, 15, 0, tzinfo=UTC), time_set=datetime(2026, 11, 26, 4, 0, tzinfo=UTC))
    rules = Rules(texts_on=True, reminders=(120,), quiet=NIGHT)
    assert due_reminders(record, rules, datetime(2026, 11, 26, 5, 0, tzinfo=UTC)) == []


def test_a_reminder_of_the_day_before_leaves_at_its_visits_own_moment_of_the_slot_each_time_it_is_asked() -> None:
    def moment(visit: str) -> datetime | None:
        return moment_of(a_visit(key=VisitKey(KEY.connection, visit)), RULES, NOW)

    slot = at(48) - timedelta(minutes=1440)
    moments = [moment(f"{number:020}") for number in range(200)]
    assert moments == [moment(f"{number:020}") for number in range(200)]
    assert all(instant is not None and slot <= instant < slot + SLOT for instant in moments)
    assert len(set(moments)) > 100


def test_a_reminder_near_the_start_does_not_move() -> None:
    rules = Rules(texts_on=True, reminders=(120,))
    assert moment_of(a_visit(), rules, NOW) == at(46)


def test_a_reminder_does_not_move_into_quiet_hours() -> None:
    rules = Rules(texts_on=True, reminders=(1440,), quiet=("09:00", "12:00"))
    assert moment_of(a_visit(), rules, NOW) == at(24)


def test_each_patient_of_a_group_is_reminded_but_not_one_who_leaves_or_got_the_link_by_hand() -> None:
    phones = {
        "ana": a_phone("+16085550101"),
        "ben": a_phone("+16085550102"),
        "eve": Phone("sealed", "digest", "en", "leaving"),
        "direct:x": Phone("sealed", "digest", "en", "direct"),
    }
    record = replace(a_visit(), phones=phones)
    due = due_reminders(record, RULES, record.visit.start - timedelta(minutes=15))
    assert [(text.kind, text.patient) for text in due] == [("reminder-15", "ana"), ("reminder-15", "ben")]
    told = replace(record, texts={due[0].name: replace(due[0], state=TextState.SENT)})
    again = due_reminders(told, RULES, record.visit.start - timedelta(minutes=14))
    assert [text.patient for text in again] == ["ben"]
