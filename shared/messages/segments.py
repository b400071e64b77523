"""How a text is carried: its alphabet, its length there, the segments that the carrier counts and bills.

3GPP TS 23.038 §6.2.1 (GSM 7-bit default alphabet and its extension, each character of which takes two places) and
TS 23.040 §9.2.3.24.1 (a concatenated text loses six octets of each segment to its header).
"""

from typing import Literal, NamedTuple

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = frozenset("\f^{}\\[~]|€")
GSM_ALONE, GSM_PART = 160, 153
UCS_ALONE, UCS_PART = 70, 67


class Size(NamedTuple):
    """`characters` counts places: septets in GSM-7, UTF-16 code units in UCS-2."""

    encoding: Literal["GSM-7", "UCS-2"]
    characters: int
    segments: int


def size(text: str) -> Size:
    """How a text is carried. A character is never cut in two, so a segment may stay one place short."""
    gsm = all(char in BASIC or char in EXTENSION for char in text)
    places = [2 if (char in EXTENSION if gsm else ord(char) > 0xFFFF) else 1 for char in text]
    alone, part = (GSM_ALONE, GSM_PART) if gsm else (UCS_ALONE, UCS_PART)
    total = sum(places)
    return Size("GSM-7" if gsm else "UCS-2", total, 1 if total <= alone else _parts(places, part))


def _parts(places: list[int], part: int) -> int:
    count, left = 1, part
    for place in places:
        if place > left:
            count, left = count + 1, part
        left -= place
    return count
