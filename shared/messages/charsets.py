"""Bytes of an HL7 message into text, by what was declared about them and else by what they are.

The order is ours, as practice and the two standards disagree: the HTTP `charset` parameter (HL7 over HTTP makes it
mandatory), MSH-18 (HL7 table 0211), strict UTF-8, cp1252. A declaration that the bytes contradict is passed over.
"""

import codecs
import logging
from functools import lru_cache

log = logging.getLogger(__name__)

# Only these: a sender's word must not choose among all of Python's codecs (`utf-7`, `unicode_escape`, `idna` ...).
_CODECS = {
    "utf8": "utf-8",
    "unicodeutf8": "utf-8",
    "unicode": "utf-8",  # table 0211 says "ISO 10646" without a form; only UTF-8 leaves MSH readable as bytes
    "utf16": "utf-16",
    "unicodeutf16": "utf-16",
    "ascii": "ascii",
    "usascii": "ascii",
    "isoir6": "ascii",
    "latin1": "iso8859-1",
    "cp1252": "cp1252",
    "windows1252": "cp1252",
    "gb180302000": "gb18030",
    "gb18030": "gb18030",
    "big5": "big5",
    "shiftjis": "shift_jis",
}
_CODECS |= {f"8859{part}": f"iso8859-{part}" for part in range(1, 16) if part != 12}
_CODECS |= {f"iso8859{part}": f"iso8859-{part}" for part in range(1, 17) if part != 12}
_BYTE_ORDER_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@lru_cache(maxsize=64)
def codec_named(name: str) -> str | None:
    """Python's codec for a name from HTTP or HL7 table 0211 (`utf-8`, `UNICODE UTF-8`, `8859/1`), or None."""
    return _CODECS.get("".join(letter for letter in name.lower() if letter.isalnum())[:16])


def decode(body: bytes, charset: str | None = None) -> str:
    """The message's text. Never raises; what no declared set can read is read as UTF-8, else as cp1252."""
    if body.startswith(codecs.BOM_UTF8):
        body, charset = body[3:], "utf-8"
    elif body.startswith(_BYTE_ORDER_MARKS):
        charset = "utf-16"
    named = codec_named(charset) if charset else None
    if body.isascii() and named != "utf-16":
        return body.decode("ascii")
    for codec in (named, _codec_of_header(body), "utf-8"):
        if codec:
            try:
                return body.decode(codec)
            except UnicodeDecodeError:
                continue  # what was declared is not what was sent
    log.warning("a message's character set is neither declared rightly nor UTF-8; it was read as cp1252")
    return body.decode("cp1252", errors="replace")


def _codec_of_header(body: bytes) -> str | None:
    """The set that MSH-18 of the first message names: its first repetition is the message's default set."""
    start = body.find(b"MSH")
    line = body[start : start + 4096].partition(b"\r")[0].partition(b"\n")[0]
    if start < 0 or len(line) < 5:
        return None
    fields = line.split(line[3:4], 18)
    if len(fields) < 18 or not fields[17]:
        return None
    component, repetition = fields[1][:1] or b"^", fields[1][1:2] or b"~"
    return codec_named(fields[17].partition(repetition)[0].partition(component)[0].decode("latin-1"))
