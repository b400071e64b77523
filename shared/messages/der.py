"""Reads ASN.1 as BER and DER write it (ITU-T X.690), no more of it than a CMS signature or a certificate's names need.

Own code, because a signature is read for each message: a general library takes five times as long to read one as RSA
takes to verify it. Every place is checked against the end of what surrounds it; nothing is copied before it is asked for.
"""

from typing import NamedTuple

OCTETS, OID, UTC_TIME, GENERAL_TIME = 0x04, 0x06, 0x17, 0x18
SEQUENCE, SET = 0x30, 0x31
CONSTRUCTED = 0x20
DEEPEST = 16  # of values inside values of indefinite length; a signature has eight levels


class Malformed(ValueError):
    """The bytes are not what they should be. No text of it quotes them."""


_part = tuple.__new__  # what Part's own constructor calls, which would be a fifth of the time of reading


class Part(NamedTuple):
    """One value: its tag, where it starts, where its content starts and ends, where the next one starts."""

    tag: int
    start: int
    content: int
    end: int
    after: int

    def bytes_of(self, data: bytes) -> bytes:
        """The content."""
        return data[self.content : self.end]

    def whole(self, data: bytes) -> bytes:
        """Tag, length and content."""
        return data[self.start : self.after]


def oid(dotted: str) -> bytes:
    """The content of an object identifier (8.19), as `1.2.840.113549.1.7.2`."""
    first, second, *rest = map(int, dotted.split("."))
    content = bytearray()
    for arc in (40 * first + second, *rest):
        more = [arc & 127]
        while arc := arc >> 7:
            more.append(arc & 127 | 128)
        content += bytes(reversed(more))
    return bytes(content)


def one(data: bytes, inside: Part) -> Part:
    """The one value inside a constructed one. Raises Malformed if there is not exactly one."""
    found = parts(data, inside)
    if len(found) != 1:
        raise Malformed("there is not exactly one value")
    return found[0]


def only(data: bytes) -> Part:
    """The one value that the bytes are. Raises Malformed if anything stands behind it."""
    return one(data, Part(SEQUENCE, 0, 0, len(data), len(data)))


def parts(data: bytes, inside: Part, depth: int = 0, *, to_mark: bool = False) -> list[Part]:
    """The values one behind the other inside a constructed one; `to_mark`: up to two zero bytes, where no length is given
    (8.1.5). Raises Malformed."""
    found: list[Part] = []
    at, end = inside.content, inside.end
    while at < end:
        if at + 2 > end:
            raise Malformed("a value is cut off")
        tag, length, content = data[at], data[at + 1], at + 2
        if to_mark and not tag and not length:
            return found
        if tag & 0x1F == 0x1F:
            raise Malformed("no tag of several bytes is used here")
        if length == 0x80:
            inner = _open_ended(data, tag, content, end, depth)
            found.append(_part(Part, (tag, at, content, inner, inner + 2)))
            at = inner + 2
            continue
        if length > 0x80:
            content += length & 0x7F
            if length > 0x84 or content > end:
                raise Malformed("a length is out of bounds")
            length = int.from_bytes(data[at + 2 : content])
        after = content + length
        if after > end:
            raise Malformed("a value is longer than what it is in")
        found.append(_part(Part, (tag, at, content, after, after)))
        at = after
    if to_mark:
        raise Malformed("a value without length has no end")
    return found


def _open_ended(data: bytes, tag: int, content: int, limit: int, depth: int) -> int:
    """Where the content of a value of indefinite length ends (8.1.3.6); some libraries write the outer ones so."""
    if not tag & CONSTRUCTED or depth >= DEEPEST:
        raise Malformed("a value without length cannot be here")
    inside = parts(data, Part(tag, content, content, limit, limit), depth + 1, to_mark=True)
    return inside[-1].after if inside else content
