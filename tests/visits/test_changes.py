"""How messages and time change a visit."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.visits.changes import Happening, Notice, heed, settled
from shared.visits.visit import Record, State, TextState
from tests.builders import ALL, KEY, NOW, a_notice, a_phone, a_visit, at, heeded


def kinds(record: Record | None, *states: TextState) -> list[str]:
    assert record is not None
    return [text.kind for text in record.text_list(*(states or (TextState.DUE,)))]


def test_a_booking_stores_start_and_phone_and_owes_a_confirmation() -> None:
    record = heeded(None, a_notice(start=at(48)))
    assert record is not None
    assert (record.visit.state, record.visit.start) == (State.BOOKED, at(48))
    assert record.phone == a_phone()
    assert kinds(record) == ["scheduled"]


def test_the_same_booking_again_changes_nothing() -> None:
    record = heeded(None, a_notice())
    assert heed(record, a_notice(), key=KEY, session="x", confirm=ALL, now=NOW) is None


def test_a_reschedule_owes_an_updated_text_and_drops_what_had_not_left() -> None:
    record = heeded(heeded(None, a_notice()), a_notice(start=at(72), sent=at(0, minutes=1)))
    assert kinds(record) == ["updated"]
    assert kinds(record, TextState.SUPERSEDED) == ["scheduled"]


@pytest.mark.parametrize(
    ("notice", "texts"),
    [
        (a_notice(sent=at(1)), []),
        (a_notice(sent=at(1), phone=a_phone("+16085550199")), ["updated"]),
        (a_notice(sent=at(1), phone=a_phone(language="es")), ["updated"]),
        (a_notice(sent=at(1), phone_given=False), []),
        (a_notice(sent=at(1), phone_given=False, language="es"), ["updated"]),
    ],
    ids=["nothing new", "another number", "another language", "number left out", "number left out, another language"],
)
def test_an_updated_text_is_owed_only_if_time_number_or_language_changed(notice: Notice, texts: list[str]) -> None:
    assert kinds(heeded(a_visit(), notice)) == texts


def test_an_older_message_changes_nothing() -> None:
    record = heeded(None, a_notice(start=at(72), sent=at(1)))
    assert heed(record, a_notice(start=at(48), sent=NOW), key=KEY, session="x", confirm=ALL, now=NOW) is None


def test_a_cancel_keeps_the_number_only_until_it_has_been_told() -> None:
    record = heeded(a_visit(), a_notice("cancel", sent=at(1)))
    assert record is not None
    assert (record.visit.state, kinds(record)) == (State.CANCELLED, ["cancelled"])
    assert record.phone is not None
    told = {name: replace(text, state=TextState.SENT) for name, text in record.texts.items()}
    assert settled(replace(record, texts=told), at(1)).phone is None


@pytest.mark.parametrize("happening", ["cancel", "no_show", "delete", "discontinue"])
def test_the_number_goes_at_once_where_no_text_is_owed(happening: Happening) -> None:
    record = heeded(a_visit(), a_notice(happening, sent=at(1)), confirm=frozenset())
    assert record is not None
    assert record.phone is None


@pytest.mark.parametrize("happening", ["cancel", "no_show", "delete"])
def test_an_end_of_an_unknown_visit_leaves_a_tombstone_that_a_late_booking_does_not_revive(
    happening: Happening,
) -> None:
    grave = heeded(None, a_notice(happening, sent=at(1)))
    assert grave is not None
    assert grave.phone is None
    assert heed(grave, a_notice(sent=NOW), key=KEY, session="x", confirm=ALL, now=NOW) is None


def test_a_newer_booking_revives_a_cancelled_visit() -> None:
    record = heeded(heeded(a_visit(), a_notice("cancel", sent=at(1))), a_notice(sent=at(2), start=at(72)))
    assert record is not None
    assert (record.visit.state, kinds(record)) == (State.BOOKED, ["scheduled"])


def test_a_booking_that_is_over_already_is_not_kept() -> None:
    assert heed(None, a_notice(start=at(-2)), key=KEY, session="x", confirm=ALL, now=NOW) is None


def test_the_number_goes_when_the_appointment_has_taken_place() -> None:
    record = a_visit()
    assert settled(record, record.visit.end - timedelta(seconds=1)).phone is not None
    assert settled(record, record.visit.end).phone is None


def test_the_number_goes_when_both_have_met_and_the_call_ended() -> None:
    record = a_visit(call_ended=at(1))
    assert settled(record, at(1)).phone is None


def test_a_text_that_lost_its_use_is_missed_not_sent() -> None:
    record = heeded(None, a_notice(start=at(1)))
    assert record is not None
    assert kinds(settled(record, at(1)), TextState.MISSED) == ["scheduled"]


HISTORY = [
    a_notice(sent=at(0, minutes=1), start=at(48)),
    a_notice(sent=at(0, minutes=2), start=at(72)),
    a_notice("cancel", sent=at(0, minutes=3)),
    a_notice(sent=at(0, minutes=4), start=at(96), phone=a_phone("+16085550177")),
]


@pytest.mark.parametrize("order", list(permutations(range(len(HISTORY)))))
def test_any_order_of_arrival_ends_in_the_same_state(order: tuple[int, ...]) -> None:
    record = None
    for index in order:
        record = heeded(record, HISTORY[index])
    assert record is not None
    assert (record.visit.state, record.visit.start) == (State.BOOKED, at(96))
    assert record.phone == a_phone("+16085550177")
    assert all(text.occurrence == at(96) for text in record.text_list(TextState.DUE))


@given(
    st.lists(
        st.tuples(st.sampled_from(["book", "cancel", "no_show", "delete"]), st.integers(1, 9), st.integers(1, 5)),
        max_size=8,
    )
)
def test_no_history_leaves_two_texts_owed_or_a_number_without_need(history: list[tuple[Happening, int, int]]) -> None:
    record = None
    for happening, sent, day in history:
        start = at(24 * day) if happening == "book" else None
        record = heeded(record, a_notice(happening, sent=at(0, minutes=sent), start=start))
    if record is None:
        return
    due = record.text_list(TextState.DUE)
    assert len(due) <= 1
    assert record.visit.state is State.BOOKED or record.phone is None or due
