"""How a text is counted, at each edge of 3GPP TS 23.038 and 23.040."""
# ruff: noqa: RUF001 - characters that look alike are what some of this is about

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.messages.segments import BASIC, EXTENSION, forcing, outside, plain, size


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ("GSM-7", 0, 1)),
        ("a" * 160, ("GSM-7", 160, 1)),
        ("a" * 161, ("GSM-7", 161, 2)),
        ("a" * 306, ("GSM-7", 306, 2)),
        ("a" * 307, ("GSM-7", 307, 3)),
        ("€" * 80, ("GSM-7", 160, 1)),
        ("a" * 152 + "€" + "a" * 10, ("GSM-7", 164, 2)),
        ("a" * 152 + "€" + "a" * 152, ("GSM-7", 306, 3)),
        ("ç", ("UCS-2", 1, 1)),
        ("ж" * 70, ("UCS-2", 70, 1)),
        ("ж" * 71, ("UCS-2", 71, 2)),
        ("😀" * 35, ("UCS-2", 70, 1)),
        ("ж" * 66 + "😀" + "ж" * 66, ("UCS-2", 134, 3)),
    ],
)
def test_edges(text: str, expected: tuple[str, int, int]) -> None:
    assert size(text) == expected


def test_the_alphabet_has_its_128_places() -> None:
    """Escape is the one place of the basic table that is no character."""
    assert len(BASIC) == 127
    assert len(EXTENSION) == 10


@given(st.text(max_size=400))
def test_no_more_text_takes_fewer_segments(text: str) -> None:
    assert size(text).segments <= size(text + "a").segments


@pytest.mark.parametrize(
    ("text", "letters", "expected"),
    [
        ("“Don’t” – wait…\u202fnow", False, '"Don\'t" - wait... now'),
        ("año, été, aquí, não, cœur, ÇA", True, "año, été, aqui, nao, coeur, ÇA"),
        ("Ŵest Łódź", True, "West Lodz"),
        ("lịch hẹn", False, "lịch hẹn"),
        ("Đông’s", False, "Đông’s"),
        ("Hôpital “Ŵest” 🏥\u00a0b", True, "Hôpital “Ŵest” 🏥 b"),
        ("回复 STOP", True, "回复 STOP"),
        ("a\nb €", True, "a\nb €"),
    ],
)
def test_what_costs_more_for_nothing_is_written_plainly(text: str, letters: bool, expected: str) -> None:
    assert plain(text, letters=letters) == expected


@given(st.text(max_size=200), st.booleans())
def test_written_plainly_a_text_is_never_dearer_and_stays_as_it_is(text: str, letters: bool) -> None:
    written = plain(text, letters=letters)
    assert size(written).segments <= size(text.replace("…", "...")).segments
    assert plain(written, letters=letters) == written


def test_what_keeps_a_text_in_ucs_2_is_named_and_what_can_be_written_plainly_is_not() -> None:
    assert forcing("Hôpital Ŵest 🏥 ’ 🏥", letters=True) == ["🏥"]
    assert outside("Hôpital 🏥") == ["ô", "🏥"]
