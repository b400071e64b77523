"""Defects that peers had in this very job, each as a test that fails if we had it too.

What follows from a message and from time alone is here. What needs storage, a gateway or a signature is tested beside
those. Other tests that a peer's defect gave their name to are in `test_hl7`, `test_bodies`, `test_ack`, `test_patients`,
`test_siu_times`, `test_inbound`, `test_keywords`, `test_statuses` and in the worker's.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shared.messages import ack, hl7, siu
from shared.messages.hl7 import Message, NotHl7
from shared.messages.templates import render
from shared.visits.changes import Told, heed
from shared.visits.visit import Record, TextState
from shared.work.moments import due_reminders, next_moment
from tests.builders import ALL, KEY, NOW, RULES, a_notice, a_phone, a_visit, at, heeded
from tests.messages.make import a_message, read

DAY_BEFORE = "reminder-1440"


def sent(record: Record, now: datetime) -> Record:
    """As after a worker that sent all reminders that were due."""
    done = {text.name: replace(text, state=TextState.SENT) for text in due_reminders(record, RULES, now)}
    return replace(record, texts={**record.texts, **done})


# --- reminders --------------------------------------------------------------------------------------------------------


def test_openemr_11477_a_reminder_that_left_is_not_sent_again_every_hour() -> None:
    """Its check for duplicates looked at the wrong column."""
    record, now, kinds = a_visit(), NOW, []
    while now < record.visit.start:
        kinds += [text.kind for text in due_reminders(record, RULES, now)]
        record, now = sent(record, now), now + timedelta(minutes=5)
    assert kinds == ["reminder-1440", "reminder-120", "reminder-15"]


def test_openemr_11480_a_visit_moved_to_another_day_is_reminded_of_on_that_day_too() -> None:
    """The key of what was sent had no date of occurrence, so a recurring visit was never marked, or marked for good."""
    record = a_visit()
    now = record.visit.start - timedelta(minutes=1400)
    moved = heeded(sent(record, now), a_notice(start=at(24 * 9), sent=at(1)), now=now)
    assert moved is not None
    later = moved.visit.start - timedelta(minutes=1400)
    assert [(text.kind, text.occurrence) for text in due_reminders(moved, RULES, later)] == [(DAY_BEFORE, at(24 * 9))]
    back = heeded(sent(moved, later), a_notice(start=at(48), sent=at(2)), now=at(4))
    assert back is not None
    assert [text.kind for text in due_reminders(back, RULES, at(25))] == [DAY_BEFORE]


def test_ottehr_3980_a_missed_tick_loses_no_reminder_and_a_doubled_one_doubles_none() -> None:
    """It selects by a window of 15 minutes and marks nothing as sent."""
    record = a_visit()
    late = record.visit.start - timedelta(minutes=1440) + timedelta(minutes=95)
    assert [text.kind for text in due_reminders(record, RULES, late)] == [DAY_BEFORE]
    assert due_reminders(sent(record, late), RULES, late) == []


def test_ottehr_3980_two_that_compute_the_same_reminder_compute_the_same_name() -> None:
    """Whoever claims it first has it: the name is what storage and gateway know it by."""
    record, now = a_visit(), at(25)
    names = [[text.name for text in due_reminders(each, RULES, now)] for each in (record, replace(record))]
    assert names[0] == names[1]
    assert names[0]


@pytest.mark.parametrize(("start", "clock"), [("202707011015", "10:15"), ("202701151015", "10:15")])
def test_medplum_the_text_has_the_hour_on_the_facility_s_clock_in_summer_and_winter(start: str, clock: str) -> None:
    """Its bot printed every visit in Pacific time, and the letters PST all year."""
    found = read(a_message(start=start)).start
    assert found is not None
    text = render(
        "scheduled", "en", organisation="Lamna", start=found, zone="America/Chicago", link="https://v.example/x"
    )
    assert clock in text
    assert "PST" not in text
    assert "Pacific" not in text


def test_bahmni_a_patient_without_a_number_does_not_end_the_round_for_the_others() -> None:
    """Its task returned from the loop at the first patient without a phone."""
    patients = {
        "": Told(None, phone_given=True, language="en"),
        "second": Told(a_phone("+16085550177"), phone_given=True, language="en"),
    }
    record = heed(None, a_notice(patients=patients), key=KEY, session="sealed", confirm=frozenset(), now=NOW)
    assert record is not None
    assert [text.patient for text in due_reminders(record, RULES, at(25))] == ["second"]


def test_twilio_a_visit_booked_far_ahead_is_taken_and_reminded_of() -> None:
    """It refused what was further off than seven days, the longest its gateway could wait."""
    record = heeded(None, a_notice(start=at(24 * 300)), confirm=frozenset())
    assert record is not None
    record = replace(record, visit=replace(record.visit, facts_due=False))
    moment = next_moment(record, RULES, NOW)
    assert moment is not None
    assert timedelta(0) <= moment.at - at(24 * 299) < timedelta(minutes=5)
    assert [text.kind for text in due_reminders(record, RULES, at(24 * 299, minutes=5))] == [DAY_BEFORE]


def test_twilio_a_comma_in_a_place_s_name_breaks_nothing() -> None:
    """It took appointments apart at commas."""
    found = read(a_message(pv13="^^^CARDIOLOGY, BUILDING 3, ROOM {k=v}"))
    assert (found.department, found.session_id) == ("CARDIOLOGY, BUILDING 3, ROOM {k=v}", "900100001")


@pytest.mark.parametrize("kind", ["scheduled", "updated", "reminder-1440", "cancelled"])
def test_twilio_a_text_names_no_person_and_no_doctor_and_says_how_to_stop(kind: str) -> None:
    """Its texts had first name, doctor and place, and no line on STOP."""
    found = read(a_message())
    assert found.start is not None
    text = render(
        kind, "en", organisation="Lamna", start=found.start, zone="America/Chicago", link="https://v.example/x"
    )
    assert "STOP" in text
    assert not any(word.lower() in text.lower() for word in ("Pat", "Tester", "Lee", "Cardiology", "Follow up"))


def test_celery_a_reminder_months_ahead_is_only_a_time_that_is_asked_for_again() -> None:
    """A task parked in a queue beyond the broker's visibility timeout runs many times; nothing is parked here."""
    record = heeded(None, a_notice(start=at(24 * 200)), confirm=frozenset())
    assert record is not None
    record = replace(record, visit=replace(record.visit, facts_due=False))
    asked = {next_moment(record, RULES, at(24 * day)) for day in range(199)}
    assert len(asked) == 1
    assert [due_reminders(record, RULES, at(24 * day)) for day in range(199)] == [[]] * 199


def test_mirth_1314_a_message_sent_again_because_the_answer_was_late_makes_no_second_text() -> None:
    """Late acknowledgements and retries ended in thousands of duplicates."""
    record = heeded(None, a_notice())
    for _ in range(1000):
        assert heed(record, a_notice(), key=KEY, session="sealed", confirm=ALL, now=at(1)) is None


# --- messages and answers ---------------------------------------------------------------------------------------------


def test_mirth_1441_and_2070_each_answer_of_a_batch_is_for_its_own_message_in_order() -> None:
    """An acknowledgement of one message was taken for another's, and the other was lost."""
    ids = ["B1", " B2", "B3\\T\\x", "B1"]
    body = "".join(a_message(msh10=each) for each in ids).encode()
    requests = [Message.parse(text) for text in hl7.split(body)]
    answers = [ack.acknowledge(each, "AA", now=NOW, control_id=f"O{n}") for n, each in enumerate(requests)]
    whole = ack.batch(answers, requests[0], now=NOW, control_id="OUR")
    found = [Message.parse(text).first("MSA") for text in hl7.split(whole.encode())]
    assert [each and each.field(2) for each in found] == ids


@pytest.mark.parametrize("facility", ["^^", "^", "~", "&", "^^&~\\", "\\"])
def test_mirth_4382_a_facility_of_bare_separators_breaks_neither_reading_nor_answer(facility: str) -> None:
    """MSH-6 of `^^` brought the building of the acknowledgement down."""
    changes = {"msh4": facility, "msh6": facility}
    assert read(a_message(changes=changes)) == read(a_message())
    message = Message.parse(hl7.split(a_message(changes=changes).encode())[0])
    answer = Message.parse(ack.acknowledge(message, "AA", now=NOW, control_id="O1"))
    assert (answer.header.field(4), answer.header.field(6)) == (facility, facility)


@pytest.mark.parametrize("marks", [":;~\\&", "#*~\\&", "|~^\\&", "!@%?&"])
def test_mirth_3065_a_message_in_other_separators_is_the_same_appointment(marks: str) -> None:
    text = a_message(pv13="CARD\\T\\VASC").translate(str.maketrans("|^~\\&", marks))
    assert read(text) == read(a_message(pv13="CARD\\T\\VASC"))


def test_mirth_2986_junk_and_answers_are_not_taken_for_messages() -> None:
    """It took any bytes that came back for a success. We take only what begins as a message, and only an SIU."""
    for junk in (b"OK", b"\x06", b"\x15", b"<html>", b"MSA|AA|1"):
        with pytest.raises(NotHl7):
            hl7.split(junk)
    answer = ack.acknowledge(Message.parse(a_message()), "AA", now=NOW, control_id="O1")
    with pytest.raises(siu.Rejected) as rejected:
        read(answer)
    assert (rejected.value.acknowledgement, rejected.value.condition) == ("AR", 200)


@pytest.mark.parametrize("text", ["MSH", "MSH|", "MSH|^", "MSH|^~\\&", "\x0bMSH|^~\\&\x1c\r"])
def test_python_hl7_a_header_cut_short_is_refused_by_our_own_error(text: str) -> None:
    """0.4.5 raises IndexError for some of these, and reads the others."""
    with pytest.raises(NotHl7):
        [Message.parse(each) for each in hl7.split(text.encode())]


def test_python_hl7_a_component_that_is_absent_is_empty() -> None:
    """It raises IndexError, wherever a sender leaves something out at the end."""
    message = Message.parse("MSH|^~\\&|A\rSCH||1^2\r")
    schedule = message.first("SCH")
    assert schedule is not None
    assert [schedule.component(2, 9), schedule.component(25, 1), schedule.component(99, 99)] == ["", "", ""]


def test_python_hl7_a_stray_backslash_loses_no_text_and_nothing_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """It drops what stands between, and writes the field's content, which may be a patient's, to the log."""
    found = read(a_message(pv13="C:\\TEMP and 50\\Zunknown\\ end"))
    assert found.department == "C:\\TEMP and 50\\Zunknown\\ end"
    assert caplog.text == ""


def test_microsoft_a_visit_for_which_only_one_side_came_keeps_its_times() -> None:
    """Its report leaves such visits out, and they are what managers look for. The facts are made of these times."""
    times = a_visit().visit.times
    waited = replace(times, patient_waiting=datetime(2026, 11, 26, 15, tzinfo=UTC))
    record = a_visit(times=waited)
    moved = heeded(record, a_notice("no_show", sent=at(49)), now=at(49))
    assert moved is not None
    assert moved.visit.times == waited
    assert moved.visit.facts_due
