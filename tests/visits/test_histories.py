"""Histories of one appointment in every order of arrival: one end, and never a text about what is already past.

Messages have distinct times of sending (MSH-7), come doubled and late, and texts leave between them. What the end must
be is said by `expected`, which knows nothing of records: messages in the order in which they were sent.
"""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.visits.changes import TOMBSTONES, Happening, Notice, Told, settled
from shared.visits.visit import Record, State, TextState
from shared.work.moments import due_reminders
from tests.builders import NOW, RULES, a_notice, a_phone, at, heeded

EVENTS: tuple[Happening, ...] = ("book", "book", "book", "cancel", "discontinue", "delete", "no_show")
ONE, OTHER = a_phone("+16085550143", "en"), a_phone("+16085550177", "es")
GIVEN = (Told(ONE, phone_given=True, language="en"), Told(OTHER, phone_given=True, language="es"))
ERASED = Told(None, phone_given=True, language="en")
UNCHANGED = Told(None, phone_given=False, language="")
# The state in which a text of a kind may leave; every other kind needs a booked visit.
SPEAKS_OF = {"cancelled": State.CANCELLED}

type End = tuple[State | None, datetime | None, set[tuple[str, str]]]


def history(*messages: tuple[Happening, int, dict[str, Told]]) -> list[Notice]:
    """Messages sent a minute apart: what happens, the start in hours from NOW, and the patients."""
    return [
        a_notice(event, sent=at(minutes=minute), start=at(hours) if event == "book" else None, patients=patients)
        for minute, (event, hours, patients) in enumerate(messages)
    ]


def histories(*patients: str, told: Sequence[Told]) -> st.SearchStrategy[list[Notice]]:
    """Up to six messages in the order in which they were sent, each of which names all patients."""
    message = st.tuples(
        st.sampled_from(EVENTS),
        st.sampled_from((24, 48, 72)),
        st.fixed_dictionaries({patient: st.sampled_from(told) for patient in patients}),
    )
    return st.lists(message, min_size=1, max_size=6).map(lambda messages: history(*messages))


def expected(sent: Sequence[Notice], now: datetime) -> End:
    """State, start, and the numbers that are to get texts, each with its language. A family may share one."""
    state: State | None = None
    start: datetime | None = None
    phones: dict[str, tuple[str, str]] = {}
    for notice in sent:
        if notice.happening != "book" or (notice.start and notice.start + notice.duration <= now):
            state, start, phones = TOMBSTONES.get(notice.happening, State.OVER), None, {}
            continue
        state, start = State.BOOKED, notice.start
        for patient, told in notice.patients.items():
            if told.phone:
                phones[patient] = (told.phone.digest, told.phone.language)
            elif told.phone_given:
                phones.pop(patient, None)
    return state, start, set(phones.values())


def end(arrivals: Sequence[Notice], *, sending: bool = False) -> End:
    """The same of our record, after messages that arrived a minute apart and when all texts owed have left."""
    record, now = None, at(minutes=10)
    for notice in arrivals:
        record = heeded(record, notice, now=now)
        if record is not None:
            record = settled(record, now)
            speaks_of_what_is(record, now)
            record = all_sent(record, now) if sending else record
        now += timedelta(minutes=1)
    if record is None:
        return None, None, set()
    record = all_sent(record, now)
    visit = record.visit
    phones = {(phone.digest, phone.language) for phone in record.phones.values()}
    return visit.state, visit.start if visit.state is State.BOOKED else None, phones


def speaks_of_what_is(record: Record, now: datetime) -> None:
    """Every text that would leave now is about the visit as it is, of use, and for someone whose number is there."""
    due = record.text_list(TextState.DUE)
    for text in [*due, *due_reminders(record, RULES, now)]:
        assert SPEAKS_OF.get(text.kind, State.BOOKED) is record.visit.state
        assert text.occurrence == record.visit.start
        assert now < text.useful_until <= text.occurrence
        assert text.patient in record.phones
    owed = [record.phones[text.patient].digest for text in due]
    assert len(owed) == len(set(owed))


def all_sent(record: Record, now: datetime) -> Record:
    """As if a worker had come by."""
    texts = {
        name: replace(text, state=TextState.SENT) if text.state is TextState.DUE else text
        for name, text in record.texts.items()
    }
    return settled(replace(record, texts=texts), now)


def mixed(sent: Sequence[Notice], chance: random.Random) -> list[Notice]:
    """The messages in any order, two of them twice."""
    arrivals = [*sent, *chance.choices(sent, k=2)]
    chance.shuffle(arrivals)
    return arrivals


chances = st.integers(0, 2**32).map(random.Random)


@settings(max_examples=400, deadline=None)
@given(histories("", told=(*GIVEN, ERASED)), chances, st.booleans())
def test_any_order_of_arrival_has_the_same_end(sent: list[Notice], chance: random.Random, sending: bool) -> None:
    assert end(mixed(sent, chance), sending=sending) == expected(sent, NOW)


@settings(max_examples=400, deadline=None)
@given(histories("", told=(*GIVEN, ERASED, UNCHANGED)), chances)
def test_any_order_has_the_same_end_where_some_messages_leave_the_number_as_it_is(
    sent: list[Notice], chance: random.Random
) -> None:
    assert end(mixed(sent, chance), sending=True) == expected(sent, NOW)


@settings(max_examples=400, deadline=None)
@given(histories("", "second", "third", told=(*GIVEN, ERASED)), chances, st.booleans())
def test_any_order_of_arrival_has_the_same_end_for_each_patient_of_a_group(
    sent: list[Notice], chance: random.Random, sending: bool
) -> None:
    assert end(mixed(sent, chance), sending=sending) == expected(sent, NOW)


@settings(max_examples=400, deadline=None)
@given(histories("", "second", told=(*GIVEN, ERASED)), chances, st.booleans())
def test_any_order_has_the_same_end_where_two_messages_each_are_of_one_minute(
    sent: list[Notice], chance: random.Random, sending: bool
) -> None:
    """Their numbers (MSH-10) tell them apart."""
    pairs = [replace(each, sent_at=at(minutes=place // 2), number=place) for place, each in enumerate(sent, start=1)]
    assert end(mixed(pairs, chance), sending=sending) == expected(pairs, NOW)


SOLE, NOBODY = {"": GIVEN[0]}, {"": ERASED}


@pytest.mark.parametrize(
    "sent",
    [
        history(("book", 24, SOLE), ("book", 48, SOLE), ("cancel", 0, SOLE), ("book", 72, {"": GIVEN[1]})),
        history(("book", 24, SOLE), ("book", 48, SOLE), ("book", 24, SOLE)),
        history(("book", 24, SOLE), ("delete", 0, NOBODY)),
        history(("cancel", 0, NOBODY), ("book", 24, SOLE)),
        history(("book", 24, SOLE), ("no_show", 0, SOLE), ("cancel", 0, SOLE)),
        # A change without a number overtakes the booking that has it.
        history(("book", 24, SOLE), ("book", 24, {"": UNCHANGED})),
        # A booking into the past (as entered afterwards) overtakes the one that it corrects.
        history(("book", 24, SOLE), ("book", -24, SOLE)),
        # Two patients exchange their numbers.
        history(
            ("book", 24, {"": GIVEN[0], "second": GIVEN[1]}),
            ("book", 24, {"": GIVEN[1], "second": GIVEN[0]}),
        ),
    ],
)
def test_every_order_of_a_history_has_the_end_of_the_order_of_sending(sent: list[Notice]) -> None:
    for arrivals in permutations([*sent, sent[0]]):
        assert end(arrivals) == end(arrivals, sending=True) == expected(sent, NOW)


def test_a_visit_booked_again_has_the_same_number_whether_or_not_its_cancellation_was_told() -> None:
    sent = history(("book", 24, SOLE), ("cancel", 0, SOLE), ("book", 24, {"": UNCHANGED}))
    assert end(sent, sending=False) == end(sent, sending=True)


@pytest.mark.parametrize(
    "twins",
    [
        history(("book", 24, SOLE), ("book", 48, SOLE)),
        history(("book", 24, SOLE), ("cancel", 0, SOLE)),
        history(("book", 24, SOLE), ("book", 24, NOBODY)),
    ],
)
def test_of_messages_of_one_second_the_one_with_the_higher_number_wins(twins: list[Notice]) -> None:
    """MSH-7 to the second, or the minute, is common; MSH-10 counts up."""
    one, other = (replace(notice, sent_at=NOW, number=number) for number, notice in enumerate(twins, start=99))
    assert end([one, other]) == end([other, one]) == expected([one, other], NOW)


def test_of_messages_that_nothing_tells_apart_the_last_to_come_wins() -> None:
    one, other = history(("book", 24, SOLE), ("book", 48, SOLE))
    one, other = replace(one, sent_at=NOW), replace(other, sent_at=NOW)
    assert end([one, other])[1] == other.start
    assert end([other, one])[1] == one.start
