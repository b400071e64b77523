"""The carrier's rules without HTTP: pace, opt-outs, the size of a text."""

import pytest

from local.sms.carrier import Carrier, Text, segments

TOLL_FREE, LOCAL, PATIENT = "+18335550100", "+16085550100", "+16085550143"


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_number_sends_200_texts_in_any_minute_and_says_when_the_next_may_go() -> None:
    clock = Clock()
    carrier = Carrier(clock)
    assert carrier.take_turn(TOLL_FREE, 150) == 0
    clock.now += 20
    assert carrier.take_turn(TOLL_FREE, 51) == 40
    assert carrier.take_turn(TOLL_FREE, 50) == 0
    assert carrier.take_turn(LOCAL, 200) == 0
    clock.now += 40
    assert carrier.take_turn(TOLL_FREE, 150) == 0
    assert carrier.take_turn(TOLL_FREE, 1) == 20


def test_repeats_do_not_count_against_the_pace() -> None:
    carrier = Carrier(Clock())
    assert carrier.take_turn(TOLL_FREE, 200) == 0
    assert carrier.take_turn(TOLL_FREE, 0) == 0


@pytest.mark.parametrize("word", ["STOP", "stop", " Stop\n"])
def test_the_carrier_of_a_toll_free_number_acts_on_stop(word: str) -> None:
    carrier = Carrier(Clock())
    carrier.receive(TOLL_FREE, PATIENT, word)
    assert carrier.is_opted_out(TOLL_FREE, PATIENT)
    assert not carrier.is_opted_out(LOCAL, PATIENT)


@pytest.mark.parametrize("word", ["Please stop", "QUIT", "CANCEL", "no"])
def test_other_words_are_left_to_the_application(word: str) -> None:
    carrier = Carrier(Clock())
    carrier.receive(TOLL_FREE, PATIENT, word)
    assert not carrier.is_opted_out(TOLL_FREE, PATIENT)


def test_no_carrier_acts_for_a_local_number() -> None:
    carrier = Carrier(Clock())
    carrier.receive(LOCAL, PATIENT, "STOP")
    assert not carrier.is_opted_out(LOCAL, PATIENT)


@pytest.mark.parametrize("word", ["START", "unstop"])
def test_only_the_patient_lifts_what_the_carrier_blocked(word: str) -> None:
    carrier = Carrier(Clock())
    carrier.receive(TOLL_FREE, PATIENT, "STOP")
    carrier.opt_in(TOLL_FREE, PATIENT)
    assert carrier.is_opted_out(TOLL_FREE, PATIENT)
    carrier.receive(TOLL_FREE, PATIENT, word)
    assert not carrier.is_opted_out(TOLL_FREE, PATIENT)


def test_a_text_to_a_blocked_number_fails_in_its_report_only() -> None:
    carrier = Carrier(Clock())
    carrier.receive(TOLL_FREE, PATIENT, "STOP")
    text = carrier.accept(Text(PATIENT, TOLL_FREE, "Hello", "", "", "Delivered", "No error.", "none"), "")
    assert (text.status, text.details) == ("Failed", "Sender blocked for given recipient.")


@pytest.mark.parametrize(
    ("message", "parts"),
    [
        ("", 1),
        ("x" * 160, 1),
        ("x" * 161, 2),
        ("x" * 306, 2),
        ("x" * 307, 3),
        ("€" * 81, 2),
        ("ê" * 70, 1),
        ("ê" * 71, 2),
    ],
)
def test_long_texts_and_rare_letters_take_more_parts(message: str, parts: int) -> None:
    assert segments(message) == parts
