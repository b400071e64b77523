"""How a text is counted, at each edge of 3GPP TS 23.038 and 23.040."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.messages.segments import BASIC, EXTENSION, size


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
