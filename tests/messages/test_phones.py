"""Which of a patient's numbers gets the text, and as what."""

import random

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.messages import phones
from shared.messages.fields import Segment
from shared.messages.hl7 import Message

HOME = "(608)555-0142^PRN^PH"
MOBILE = "(608)555-0143^PRN^CP"


def a_patient(home: str = "", work: str = "", telecom: str = "") -> Segment:
    """A PID with PID-13, PID-14 and PID-40."""
    fields = [""] * 41
    fields[0], fields[13], fields[14], fields[40] = "PID", home, work, telecom
    found = Message.parse("MSH|^~\\&|A\r" + "|".join(fields)).first("PID")
    assert found
    return found


@pytest.mark.parametrize(
    ("home", "expected"),
    [
        (MOBILE, "+16085550143"),
        (f"{HOME}~{MOBILE}", "+16085550143"),
        (f"{MOBILE}~(608)555-0144^PRN^CP", "+16085550143"),
        ("(608)555-0143^PRS^CP", "+16085550143"),
        ("(608)555-0143^WPN^CP", "+16085550143"),
        ("(608)555-0143^^cp", "+16085550143"),
        ("6085550143^PRN^CP", "+16085550143"),
        ("608.555.0143^PRN^CP", "+16085550143"),
        ("1-608-555-0143^PRN^CP", "+16085550143"),
        ("+1 608 555 0143^PRN^CP", "+16085550143"),
        ("+44 9900 000000^PRN^CP", None),
        ("+442 345 6789^PRN^CP", None),  # with the plus taken off it would be a number in California
        ("+44 7400 123456^PRN^CP", "+447400123456"),
        ("01 (608)555-0143X123B456C after six^PRN^CP", "+16085550143"),
        ("(608)555-0143Cask for Pat^PRN^CP", "+16085550143"),
        ("^PRN^CP^^1^608^5550143", "+16085550143"),
        ("^PRN^CP^^^608^555-0143", "+16085550143"),
        ("^PRN^CP^^44^07400^123456", "+447400123456"),
        ("^PRN^CP^^1^608^5550143^^^^^+16085550199", "+16085550199"),
        ("^PRN^CP^^1^608^5550143^^^^^2222", "+16085550143"),  # the unformatted one cannot be used: the parts can
        ("^PRN^CP^tel:+16085550143", "+16085550143"),
        ("^PRN^CP^TEL:+1-608-555-0143;ext=7", "+16085550143"),
        ("^PRN^CP^mailto:pat@example.org", None),
        (
            f"{MOBILE}^^^^^^^^^^^^^^^2~(608)555-0155^PRN^CP^^^^^^^^^^^^^^^1",
            "+16085550155",
        ),  # XTN.18, order of preference
        (f"(608)555-0144^WPN^CP~{HOME}^^^^^^^^^^^^^^^1", "+16085550144"),  # a landline is no better for being preferred
        ("(608)555-0143^EMR^CP", None),
        ("(608)555-0143^NET^CP", None),
        ("(608)555-0143^BPN^CP", None),
        ("(608)555-0143^PRN^FX", None),
        ("(608)555-0143^PRN^BP", None),
        ("pat@example.org^NET^Internet", None),
        (HOME, None),
        ("(608)555-0143", None),
        ("(011)287-2128^PRN^CP", None),  # the public message on which `phonenumbers` raises
        ("(800)555-0143^PRN^CP", None),
        ("(900)555-0143^PRN^CP", None),
        ("911^PRN^CP", None),
        ("555-0143^PRN^CP", None),
        ("unknown^PRN^CP", None),
        ("608\\T\\5550143^PRN^CP", None),
        (f"{'9' * 200}^PRN^CP", None),
        ('""', None),
        (f'""~{MOBILE}', "+16085550143"),
    ],
)
def test_the_cell_phone_is_found_in_every_way_xtn_can_hold_it(home: str, expected: str | None) -> None:
    assert phones.choose(a_patient(home), "US") == (expected, True)


@pytest.mark.parametrize(
    ("home", "expected"),
    [
        (HOME, "+16085550142"),
        ("(608)555-0142^PRN", "+16085550142"),
        ("(608)555-0142", "+16085550142"),
        (f"{HOME}~{MOBILE}", "+16085550143"),  # a cell phone still goes first
        ("(608)555-0142^PRN^FX~(608)555-0144^WPN^PH~(608)555-0145^ORN^PH", None),
        ("(608)555-0142^PRN^TDD", None),
    ],
)
def test_a_home_number_is_used_only_where_the_connection_allows_it(home: str, expected: str | None) -> None:
    assert phones.choose(a_patient(home), "US", landlines=True).number == expected


def test_a_mobile_that_cannot_exist_does_not_fall_back_on_the_landline() -> None:
    """The message says which number is for texts; another one may be someone else's."""
    assert phones.choose(a_patient(f"(011)287-2128^PRN^CP~{HOME}"), "US", landlines=True).number is None


def test_pid_13_goes_before_pid_40_and_this_before_pid_14() -> None:
    work, telecom = "(608)555-0151^WPN^CP", "(608)555-0152^PRS^CP"
    assert phones.choose(a_patient(MOBILE, work, telecom), "US").number == "+16085550143"
    assert phones.choose(a_patient(HOME, work, telecom), "US").number == "+16085550152"
    assert phones.choose(a_patient(HOME, work), "US").number == "+16085550151"
    preferred = work + "^" * 16 + "1"
    assert phones.choose(a_patient(MOBILE, preferred), "US").number == "+16085550143"


def test_empty_leaves_a_number_as_it_is_and_null_erases_it() -> None:
    assert phones.choose(a_patient(""), "US") == (None, False)
    assert phones.choose(a_patient("^^^~^"), "US") == (None, False)
    assert phones.choose(a_patient('""'), "US") == (None, True)
    assert phones.choose(a_patient(telecom='""'), "US") == (None, True)
    assert phones.choose(a_patient('""^PRN^CP'), "US") == (None, True)
    assert phones.choose(a_patient("^PRN^CP"), "US") == (None, True)  # the list of numbers was sent, with none in it
    assert phones.choose(a_patient('""', telecom=MOBILE), "US") == ("+16085550143", True)


def test_a_desk_phone_alone_does_not_erase_the_patient_s_number() -> None:
    assert phones.choose(a_patient(work="(608)555-0151^WPN^PH"), "US") == (None, False)


def test_only_the_first_fifty_numbers_are_looked_at() -> None:
    assert phones.choose(a_patient("~".join([HOME] * 49 + [MOBILE])), "US").number == "+16085550143"
    assert phones.choose(a_patient("~".join([HOME] * 50 + [MOBILE])), "US").number is None


@pytest.mark.parametrize(
    ("text", "region", "expected"),
    [
        ("07400 123456", "GB", "+447400123456"),
        ("0170 1234567", "DE", "+491701234567"),
        ("6 12 34 56 78", "FR", "+33612345678"),
        ("16085550143", "GB", None),
        ("+16085550143", "GB", "+16085550143"),
        ("(608)555-0143", "CA", "+16085550143"),
        ("(608)555-0143", "ZZ", None),
        ("(608)555-0143", "", None),
    ],
)
def test_a_number_without_country_code_belongs_to_the_region(text: str, region: str, expected: str | None) -> None:
    assert phones.to_e164(text, region) == expected


def test_the_short_way_for_north_america_answers_as_the_whole_plan_does() -> None:
    chance = random.Random(7)  # noqa: S311
    for _ in range(3000):
        digits = f"{chance.randrange(200, 1000)}{chance.randrange(10**7):07}"
        form = chance.choice(("({}){}-{}", "{}{}{}", "+1{}{}{}", "1 {}-{}-{}", "+1 ({}) {}.{}", "{} {} {}", "+{}{}{}"))
        text = form.format(digits[:3], digits[3:6], digits[6:])
        assert phones.to_e164(text, "US") == phones._to_e164_anywhere(text, "US"), text


@given(st.text(max_size=60), st.sampled_from(["US", "GB", "DE", "IN", "XX"]))
def test_no_text_makes_the_choice_raise(text: str, region: str) -> None:
    number = phones.to_e164(text, region)
    if number is not None:
        assert phonenumbers.is_valid_number(phonenumbers.parse(number))
