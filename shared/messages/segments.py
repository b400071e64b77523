"""How a text is carried: its alphabet, its length there, the segments that the carrier counts and bills; and how it is
written plainly where one character would make all of it dear.

3GPP TS 23.038 §6.2.1 (GSM 7-bit default alphabet and its extension, each character of which takes two places) and
TS 23.040 §9.2.3.24.1 (a concatenated text loses six octets of each segment to its header).
"""

import unicodedata
from typing import Literal, NamedTuple

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = frozenset("\f^{}\\[~]|€")
GSM_ALONE, GSM_PART = 160, 153
UCS_ALONE, UCS_PART = 70, 67
# Typographic signs that have a plain one. Spaces of any width are spaces in every alphabet.
_SIGNS = str.maketrans(
    dict.fromkeys("\u2018\u2019\u201a\u2032\u00b4`", "'")
    | dict.fromkeys("\u201c\u201d\u201e\u2033\u00ab\u00bb", '"')
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212\u2022\u00b7", "-")
    | {"\u2026": "...", "œ": "oe", "Œ": "OE", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "\u0131": "i"}
)
_SPACES = str.maketrans(dict.fromkeys("\u00a0\u2002\u2003\u2007\u2008\u2009\u200a\u202f", " "))


class Size(NamedTuple):
    """`characters` counts places: septets in GSM-7, UTF-16 code units in UCS-2."""

    encoding: Literal["GSM-7", "UCS-2"]
    characters: int
    segments: int


def plain(text: str, *, letters: bool) -> str:
    """The text so that it is carried in GSM-7, if that can be had by plain quotes, dashes and spaces, and, with
    `letters`, by letters without the accents that GSM-7 has not (`aquí` is `aqui`, but `año`, `été` stay).

    If something else keeps it in UCS-2 all the same, nothing is taken away but odd spaces: it would save nothing.
    """
    written = _written(text, letters=letters)
    return text.translate(_SPACES) if outside(written) else written


def forcing(text: str, *, letters: bool) -> list[str]:
    """The characters that keep a text in UCS-2 however plainly it is written, once each."""
    return outside(_written(text, letters=letters))


def outside(text: str) -> list[str]:
    """The characters that GSM-7 has not, once each, in the order in which they come."""
    return [char for char in dict.fromkeys(text) if char not in BASIC and char not in EXTENSION]


def size(text: str) -> Size:
    """How a text is carried. A character is never cut in two, so a segment may stay one place short."""
    gsm = not outside(text)
    places = [2 if (char in EXTENSION if gsm else ord(char) > 0xFFFF) else 1 for char in text]
    alone, part = (GSM_ALONE, GSM_PART) if gsm else (UCS_ALONE, UCS_PART)
    total = sum(places)
    return Size("GSM-7" if gsm else "UCS-2", total, 1 if total <= alone else _parts(places, part))


def _written(text: str, *, letters: bool) -> str:
    return "".join(_plain(char, letters=letters) for char in text.translate(_SPACES))


def _plain(char: str, *, letters: bool) -> str:
    if char in BASIC or char in EXTENSION:
        return char
    sign = char.translate(_SIGNS) if letters or not char.isalpha() else char
    if sign != char or not letters:
        return sign
    bare = "".join(part for part in unicodedata.normalize("NFKD", char) if not unicodedata.combining(part))
    return char if outside(bare) else bare


def _parts(places: list[int], part: int) -> int:
    count, left = 1, part
    for place in places:
        if place > left:
            count, left = count + 1, part
        left -= place
    return count
