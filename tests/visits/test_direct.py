"""A text that a clinician sends by hand: once, to the number they meant, and nothing else to it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.visits.changes import settled
from shared.visits.direct import directed, texts_to
from shared.visits.visit import Record, TextState
from shared.work.moments import due_reminders, next_moment
from tests.builders import NOW, RULES, a_notice, a_phone, a_visit, at, heeded

ANA = a_phone("+16085550101", "es")
PATIENT = "direct:00"


def sent(record: Record, state: TextState) -> Record:
    """The same, the text by hand in a state."""
    (*_, text) = texts_to(record, PATIENT)
    return replace(record, texts={**record.texts, text.name: replace(text, state=state)})


def test_the_link_is_owed_to_the_number_beside_the_patients_own() -> None:
    record = directed(a_visit(), ANA, PATIENT, NOW)
    assert set(record.phones) == {"", PATIENT}
    (text,) = texts_to(record, PATIENT)
    assert (text.kind, text.state, text.due, text.useful_until) == ("direct", TextState.DUE, NOW, record.visit.end)
    moment = next_moment(record, RULES, NOW)
    assert moment is not None
    assert moment.at == NOW


@pytest.mark.parametrize(
    "state", [TextState.DUE, TextState.SENDING, TextState.SENT, TextState.DELIVERED, TextState.UNKNOWN]
)
def test_a_number_that_has_it_or_may_have_it_gets_it_no_second_time(state: TextState) -> None:
    record = sent(directed(a_visit(), ANA, PATIENT, NOW), state)
    assert directed(record, ANA, PATIENT, at(1)) == record


@pytest.mark.parametrize("state", [TextState.FAILED, TextState.OPTED_OUT, TextState.MISSED, TextState.WITHHELD])
def test_a_number_that_did_not_get_it_may_be_tried_again(state: TextState) -> None:
    record = directed(sent(directed(a_visit(), ANA, PATIENT, NOW), state), ANA, PATIENT, at(1))
    assert [text.state for text in texts_to(record, PATIENT)] == [state, TextState.DUE]


def test_another_number_gets_a_text_of_its_own() -> None:
    record = directed(directed(a_visit(), ANA, PATIENT, NOW), a_phone("+16085550102"), "direct:01", NOW)
    assert len(texts_to(record, PATIENT)) == len(texts_to(record, "direct:01")) == 1


def test_the_number_gets_no_reminder_and_no_confirmation() -> None:
    record = directed(a_visit(), ANA, PATIENT, NOW)
    due = due_reminders(record, RULES, record.visit.start - timedelta(minutes=15))
    assert [text.patient for text in due] == [""]
    moved = heeded(sent(record, TextState.SENT), a_notice(start=at(72), sent=at(1)))
    assert moved is not None
    assert [text.patient for text in moved.text_list(TextState.DUE)] == [""]


def test_a_reschedule_leaves_the_text_be_for_the_link_still_leads_there() -> None:
    moved = heeded(directed(a_visit(), ANA, PATIENT, NOW), a_notice(start=at(72), sent=at(1)))
    assert moved is not None
    assert texts_to(moved, PATIENT)[0].state is TextState.DUE


def test_the_number_goes_with_the_visit() -> None:
    record = sent(directed(a_visit(), ANA, PATIENT, NOW), TextState.SENT)
    assert PATIENT in settled(record, at(1)).phones
    assert settled(record, record.visit.end).phones == {}
    cancelled = heeded(record, a_notice("cancel", sent=at(1)))
    assert cancelled is not None
    assert PATIENT not in cancelled.phones
