"""How messages and time change a visit."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.visits.changes import Happening, Notice, Told, heed, settled
from shared.visits.visit import Record, State, TextState
from tests.builders import ALL, KEY, NOW, a_notice, a_phone, a_visit, at, heeded


def kinds(record: Record | None, *states: TextState) -> list[str]:
    assert record is not None
    return [text.kind for text in record.text_list(*(states or (TextState.DUE,)))]


def test_a_booking_stores_start_and_phone_and_owes_a_confirmation() -> None:
    record = heeded(None, a_notice(start=at(48)))
    assert record is not None
    assert (record.visit.state, record.visit.start) == (State.BOOKED, at(48))
    assert record.phones == {"": a_phone()}
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
    assert record.phones
    assert settled(told(record), at(1)).phones == {}


@pytest.mark.parametrize("happening", ["cancel", "no_show", "delete", "discontinue"])
def test_the_number_goes_at_once_where_no_text_is_owed(happening: Happening) -> None:
    record = heeded(a_visit(), a_notice(happening, sent=at(1)), confirm=frozenset())
    assert record is not None
    assert record.phones == {}


@pytest.mark.parametrize("happening", ["cancel", "no_show", "delete"])
def test_an_end_of_an_unknown_visit_leaves_a_tombstone_that_a_late_booking_does_not_revive(
    happening: Happening,
) -> None:
    grave = heeded(None, a_notice(happening, sent=at(1)))
    assert grave is not None
    assert grave.phones == {}
    assert heed(grave, a_notice(sent=NOW), key=KEY, session="x", confirm=ALL, now=NOW) is None


def test_a_newer_booking_revives_a_cancelled_visit() -> None:
    record = heeded(heeded(a_visit(), a_notice("cancel", sent=at(1))), a_notice(sent=at(2), start=at(72)))
    assert record is not None
    assert (record.visit.state, kinds(record)) == (State.BOOKED, ["scheduled"])


def test_of_a_booking_that_is_over_already_no_number_and_no_fact_is_kept() -> None:
    record = heeded(None, a_notice(start=at(-2)))
    assert record is not None
    assert (record.visit.state, record.phones, record.texts) == (State.OVER, {}, {})
    assert not record.visit.facts_due


def test_the_number_goes_when_the_appointment_has_taken_place() -> None:
    record = a_visit()
    assert settled(record, record.visit.end - timedelta(seconds=1)).phones
    assert settled(record, record.visit.end).phones == {}


def test_the_number_goes_when_both_have_met_and_the_call_ended() -> None:
    record = a_visit(call_ended=at(1))
    assert settled(record, at(1)).phones == {}


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
    assert record.phones == {"": a_phone("+16085550177")}
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
    assert record.visit.state is State.BOOKED or not record.phones or due


ANA, BEN = a_phone("+16085550101"), a_phone("+16085550102", "es")


def group(*patients: str, **said: Any) -> Notice:
    """A message about a group visit that names these patients, each with a phone."""
    phones = {"ana": ANA, "ben": BEN}
    happening: Happening = said.pop("happening", "book")
    return a_notice(
        happening, patients={name: Told(phones[name], phone_given=True, language="") for name in patients}, **said
    )


def owed(record: Record | None) -> list[tuple[str, str]]:
    assert record is not None
    return sorted((text.kind, text.patient) for text in record.text_list(TextState.DUE))


def test_each_patient_of_a_group_has_a_phone_and_a_text_of_their_own() -> None:
    record = heeded(None, group("ana", "ben"))
    assert record is not None
    assert record.phones == {"ana": ANA, "ben": BEN}
    assert owed(record) == [("scheduled", "ana"), ("scheduled", "ben")]


def test_a_patient_who_joins_a_group_is_told_alone() -> None:
    record = told(heeded(None, group("ana")))
    assert owed(heeded(record, group("ana", "ben", sent=at(1)))) == [("scheduled", "ben")]


def test_messages_about_single_patients_of_a_group_may_come_in_any_order() -> None:
    known = told(heeded(None, group("ana", "ben")))
    number = {"ana": Told(a_phone("+16085550104"), phone_given=True, language="")}
    one, other = a_notice(sent=at(1), patients=number), group("ben", sent=at(2))
    first, second = heeded(heeded(known, one), other), heeded(heeded(known, other), one)
    assert first is not None
    assert second is not None
    assert first.phones == second.phones == {"ana": a_phone("+16085550104"), "ben": BEN}


def test_one_patient_of_a_visit_that_knows_one_is_that_patient_whatever_number_stands_beside() -> None:
    known = told(heeded(None, group("ana")))
    moved = heeded(known, group("ben", sent=at(1)))
    assert moved is not None
    assert moved.phones == {"ana": BEN}
    gone = heeded(known, group("ben", happening="cancel", sent=at(1)))
    assert gone is not None
    assert gone.visit.state is State.CANCELLED


def test_a_patient_who_leaves_a_group_is_told_and_the_visit_goes_on_for_the_others() -> None:
    record = heeded(told(heeded(None, group("ana", "ben"))), group("ben", happening="cancel", sent=at(1)))
    assert record is not None
    assert record.visit.state is State.BOOKED
    assert owed(record) == [("cancelled", "ben")]
    assert set(settled(told(record), at(1)).phones) == {"ana"}


def test_the_last_patient_who_leaves_ends_the_visit_of_a_group() -> None:
    record = heeded(told(heeded(None, group("ana", "ben"))), group("ben", happening="cancel", sent=at(1)))
    record = heeded(record, group("ana", happening="cancel", sent=at(2)))
    assert record is not None
    assert record.visit.state is State.CANCELLED
    assert owed(record) == [("cancelled", "ana"), ("cancelled", "ben")]


def test_a_cancel_that_names_nobody_ends_the_visit_for_the_whole_group() -> None:
    record = heeded(told(heeded(None, group("ana", "ben"))), group(happening="cancel", sent=at(1)))
    assert record is not None
    assert record.visit.state is State.CANCELLED
    assert owed(record) == [("cancelled", "ana"), ("cancelled", "ben")]


def test_a_late_message_does_not_bring_a_patient_back_who_left() -> None:
    record = heeded(told(heeded(None, group("ana", "ben"))), group("ben", happening="no_show", sent=at(2)))
    late = heeded(record, group("ben", sent=at(1)))
    assert late is not None
    assert set(late.phones) == {"ana"}


@pytest.mark.parametrize("whole", [False, True])
def test_a_cancel_of_some_of_a_group_that_overtakes_the_booking_costs_the_others_nothing(*, whole: bool) -> None:
    first = heeded(None, group("ben", happening="cancel", sent=at(1)))
    if whole:
        first = heeded(first, group("ana", happening="cancel", sent=at(2)))
    record = heeded(first, group("ana", "ben", sent=at(0)))
    if whole:
        assert record == first
        return
    assert record is not None
    assert record.visit.state is State.BOOKED
    assert owed(record) == [("scheduled", "ana")]
    assert heeded(record, group("ana", "ben", sent=at(0))) == record
    ended = heeded(record, group("ana", happening="cancel", sent=at(2)))
    assert ended is not None
    assert ended.visit.state is State.CANCELLED


def test_two_patients_with_one_phone_get_one_text() -> None:
    both = a_notice(patients={name: Told(ANA, phone_given=True, language="") for name in ("ana", "ben")})
    record = heeded(None, both)
    assert record is not None
    assert owed(record) == [("scheduled", "ana")]


def test_a_message_without_the_patients_own_number_means_the_patient_it_knows() -> None:
    plain = a_notice(phone=a_phone("+16085550103"), sent=at(1))
    record = heeded(told(heeded(None, group("ana"))), plain)
    assert record is not None
    assert record.phones == {"ana": a_phone("+16085550103")}
    assert owed(record) == [("updated", "ana")]


def test_a_number_that_comes_later_is_told_as_the_first_one_would_have_been() -> None:
    record = heeded(None, a_notice(patients={"": Told(None, phone_given=True, language="")}))
    assert kinds(heeded(record, a_notice(sent=at(1)))) == ["scheduled"]


def test_a_longer_visit_at_the_same_time_is_no_news_for_the_patient() -> None:
    longer = replace(a_notice(sent=at(1)), duration=timedelta(minutes=60))
    record = heeded(a_visit(), longer)
    assert record is not None
    assert (record.visit.duration, kinds(record)) == (timedelta(minutes=60), [])


def test_a_text_whose_sender_died_over_it_is_not_sent_again_once_the_visit_changed() -> None:
    record = heeded(None, a_notice())
    assert record is not None
    (text,) = record.texts.values()
    sending = replace(record, texts={text.name: replace(text, state=TextState.SENDING, first_attempt=NOW)})
    assert kinds(heeded(sending, a_notice(start=at(72), sent=at(1))), TextState.UNKNOWN) == ["scheduled"]


def told(record: Record | None) -> Record:
    """The same, all texts sent."""
    assert record is not None
    return replace(record, texts={n: replace(t, state=TextState.SENT) for n, t in record.texts.items()})
