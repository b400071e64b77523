"""HL7 version 2 in its vertical-bar form: bytes in, messages, segments and fields out.

Pure, and linear in the length of what comes in: nothing is split before it is asked for, and escapes are looked for
only where the escape character stands. HL7 v2.5.1 chapter 2 (2.5 construction, 2.7 escapes, 2.10 batches).

    Hl7Error                   all that may escape from this package's readers
    |-- NotHl7                 there is no HL7 message in it at all
    |-- TooLarge               more than MAX_BYTES, MAX_MESSAGES or MAX_SEGMENTS
    |-- times.BadTime          a time that cannot be read
    |-- siu.Rejected           a message that is answered with AE or AR
    `-- siu.Ignored            a message that is accepted and not used
"""

from functools import lru_cache
from typing import ClassVar

from shared.messages import charsets
from shared.messages.delimiters import UNDECLARED, Delimiters
from shared.messages.fields import Header, Segments

MAX_BYTES = 262_144  # of a request's body; a real appointment message has 1 to 3 KiB
MAX_SEGMENTS = 500  # of one message
MAX_MESSAGES = 100  # of one body: each is a transaction of its own, and one request answers for all

_FRAMING = "\ufeff\x00\x0b\x1c\r\n\t "
_ENVELOPE = frozenset({"FHS", "BHS", "BTS", "FTS"})


class Hl7Error(Exception):
    """Base of all errors of this package. `code` is stable; no text of an error ever quotes the message."""

    code: ClassVar[str] = "hl7.error"


class NotHl7(Hl7Error):
    """There is no readable HL7 version 2 message here."""

    code = "hl7.not_hl7"


class TooLarge(Hl7Error):
    """The body has more than MAX_BYTES or MAX_MESSAGES, or one message more than MAX_SEGMENTS."""

    code = "hl7.too_large"


@lru_cache(maxsize=32)
def _declared(declaration: str) -> Delimiters:
    """From MSH-1 and MSH-2 together: `|^~\\&`. 2.5.4: all different; a letter or digit could not be told from data."""
    if not 2 <= len(declaration) <= 6 or len(set(declaration)) != len(declaration):
        raise NotHl7("MSH-2 does not declare one to five different encoding characters")
    if any(letter.isalnum() or letter.isspace() or not letter.isprintable() or letter == '"' for letter in declaration):
        raise NotHl7("MSH-1 and MSH-2 must be printable signs")
    return Delimiters(*declaration, *[UNDECLARED] * (6 - len(declaration)))


class Message(Segments):
    """One message, and what its header says."""

    __slots__ = ("header",)

    def __init__(self, text: str, delimiters: Delimiters) -> None:
        super().__init__(text, delimiters)
        self.header = Header(self._text[1 : self._text.index("\r", 1)], delimiters)

    @classmethod
    def parse(cls, text: str) -> "Message":
        """One message's text, as `split` gives it. Raises NotHl7, or TooLarge for more than MAX_SEGMENTS."""
        if "\n" in text:
            text = text.replace("\r\n", "\r").replace("\n", "\r")
        if not text.startswith("MSH") or len(text) < 6:
            raise NotHl7("a message begins with MSH")
        end = text.find(text[3], 4, 11)
        if end < 0:
            raise NotHl7("MSH ends before its third field")
        delimiters = _declared(text[3:end])
        if text.count("\r") >= MAX_SEGMENTS and sum(map(bool, text.split("\r"))) > MAX_SEGMENTS:
            raise TooLarge("the message has too many segments")
        return cls(text, delimiters)

    @property
    def control_id(self) -> str:
        """MSH-10 exactly as sent: the acknowledgement must repeat it to the character."""
        return self.header.field(10)

    @property
    def message_type(self) -> tuple[str, str]:
        """MSH-9: the message's code and the event, as in `("SIU", "S12")`."""
        kind, _, rest = self.header.field(9).partition(self.delimiters.component)
        return kind.strip(), rest.partition(self.delimiters.component)[0].strip()

    @property
    def processing_id(self) -> str:
        """MSH-11: P production, T training, D debugging (table 0103)."""
        return self.header.component(11).strip()

    @property
    def version(self) -> str:
        """MSH-12, as in `2.5.1`."""
        return self.header.component(12).strip()

    @property
    def accept_ack(self) -> str:
        """MSH-15: when the sender wants to hear that the message is safe (table 0155)."""
        return self.header.component(15)

    @property
    def application_ack(self) -> str:
        """MSH-16: when the sender wants to hear what became of the message (table 0155)."""
        return self.header.component(16)


def split(body: bytes, charset: str | None = None) -> list[str]:
    """The messages in a request's body: one, or all of a batch or of messages sent one behind the other.

    `charset` is the HTTP parameter. Raises TooLarge, or NotHl7 if there is no message. Each text begins with MSH and
    has segments ended by CR; whether MSH itself can be read is for `Message.parse` to say.
    """
    text = _text(body, charset)
    if _is_header(text[:4]) and "\rMSH" not in text:
        return [text]  # the usual case; a batch's trailer behind one message is a segment that nobody asks for
    lines = text.split("\r")
    if lines[0][:3] not in _ENVELOPE and not _is_header(lines[0]):
        raise NotHl7("the body does not begin with MSH, FHS or BHS")
    messages: list[list[str]] = []
    inside = False
    for line in lines:
        if _is_header(line):
            messages.append([line])
            inside = True
        elif line[:3] in _ENVELOPE:
            inside = False
        elif inside and line:
            messages[-1].append(line)
    if not messages:
        raise NotHl7("the batch holds no message")
    if len(messages) > MAX_MESSAGES:
        raise TooLarge("the body holds too many messages")
    return ["\r".join(message) for message in messages]


def batch_id(body: bytes, charset: str | None = None) -> str | None:
    """BHS-11 (else FHS-11) of a body that is a batch, '' where it has none; None if the body is no batch."""
    if b"HS" not in body[:16]:
        return None
    first_lines = _text(body, charset).split("\r", 2)[:2]
    envelopes = [line.split(line[3]) for line in first_lines if line[:3] in {"FHS", "BHS"} and len(line) > 3]
    if not envelopes:
        return None
    return next((fields[10] for fields in reversed(envelopes) if len(fields) > 10), "")


def _text(body: bytes, charset: str | None) -> str:
    """The body with segments ended by CR, free of byte order marks and of MLLP's frames (0x0B before, 0x1C behind)."""
    if len(body) > MAX_BYTES:
        raise TooLarge("the body is larger than 256 KiB")
    text = charsets.decode(body, charset).strip(_FRAMING)
    if "\n" in text:
        text = text.replace("\r\n", "\r").replace("\n", "\r")
    if "\x1c" in text:
        text = text.replace("\x1c", "\r")
    for mark in ("\x0b", "\ufeff"):
        if mark in text:
            text = text.replace(f"\r{mark}", "\r")
    return text


def _is_header(line: str) -> bool:
    return line.startswith("MSH") and len(line) > 3 and not line[3].isalnum()
