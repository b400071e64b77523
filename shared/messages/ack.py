"""The answer to a message: MSH, MSA and, if something is wrong with it, ERR (HL7 v2.5.1, 2.9 and 2.15).

The sender's own delimiters are used, and what is repeated of its header is repeated as it was sent, escapes and all.
Version 2.5 gave ERR new fields and took the text out of MSA-3; each sender gets what its own version has.
"""

from datetime import datetime
from functools import lru_cache

from shared.messages.delimiters import UNDECLARED
from shared.messages.hl7 import Message
from shared.messages.siu import Rejected

_ACCEPT_CODES = {"AA": "CA", "AE": "CE", "AR": "CR"}  # table 0008
# Table 0357, the conditions this product answers with.
_CONDITIONS = {
    100: "Segment sequence error",
    101: "Required field missing",
    102: "Data type error",
    103: "Table value not found",
    104: "Value too long",
    200: "Unsupported message type",
    201: "Unsupported event code",
    202: "Unsupported processing id",
    203: "Unsupported version id",
    204: "Unknown key identifier",
    205: "Duplicate key identifier",
    206: "Application record locked",
    207: "Application internal error",
}


def acknowledge(request: Message, code: str, *, now: datetime, control_id: str, error: Rejected | None = None) -> str:
    """The acknowledgement of `request`, or '' where its header asks for none.

    `code` is AA, AE or AR; with `error`, its own acknowledgement counts instead. A sender that values MSH-15 or MSH-16
    works in enhanced mode: it gets CA, CE or CR as MSH-15 wishes, else AA, AE or AR as MSH-16 wishes. `now` is an
    aware time, `control_id` our own MSH-10. The text ends with CR and is to be sent as UTF-8.

    One answer goes back, on the sender's own connection: who asks for both kinds gets the first, after all is done.
    """
    code = _code_wanted(request, error.acknowledgement if error else code)
    if not code:
        return ""
    delimiters, header = request.delimiters, request.header
    bar, version = delimiters.field, _version(request.version)
    sender, receiver = [header.field(5), header.field(6)], [header.field(3), header.field(4)]
    lines = [
        ["MSH", delimiters.encoding, *sender, *receiver, _stamp(now), "", _message_type(request, version), control_id,
         header.field(11), header.field(12) or "2.5.1"],
        ["MSA", code, request.control_id],
    ]  # fmt: skip
    if error and version >= (2, 5):
        lines.append(_error_segment(request, error))
    elif error:
        lines[1].append(delimiters.escaped(error.text))
        lines.append(_old_error_segment(request, error))
    text = "".join([bar.join(line) + "\r" for line in lines])
    if text.isascii():
        return text
    # MSH-18 for whoever reads it; HL7 over HTTP goes by the content type.
    lines[0] += [""] * 5 + ["UNICODE UTF-8"]
    return "".join([bar.join(line) + "\r" for line in lines])


def batch(acks: list[str], request: Message, *, now: datetime, control_id: str, batch_id: str = "") -> str:
    """The answer to a batch, or to several messages in one body: one acknowledgement for each, in its own batch.

    `request` is the batch's first message; `batch_id` is its BHS-11 (`hl7.batch_id`), returned as BHS-12.
    """
    delimiters, header = request.delimiters, request.header
    bar = delimiters.field
    answers = [ack for ack in acks if ack]
    opening = [delimiters.encoding, header.field(5), header.field(6), header.field(3), header.field(4), _stamp(now), ""]
    closing = f"BTS{bar}{len(answers)}\rFTS{bar}1\r"
    file_header = bar.join(["FHS", *opening, "", "", control_id, batch_id])
    batch_header = bar.join(["BHS", *opening, "", "", control_id, batch_id])
    return f"{file_header}\r{batch_header}\r{''.join(answers)}{closing}"


def _code_wanted(request: Message, code: str) -> str:
    accept, application = request.header.value(15).upper(), request.header.value(16).upper()
    if not accept and not application:
        return code
    failed = code != "AA"
    if _wanted(accept, failed=failed):
        return _ACCEPT_CODES[code]
    return code if _wanted(application, failed=failed) else ""


def _wanted(condition: str, *, failed: bool) -> bool:
    """Table 0155: AL always, NE never, ER errors only, SU success only; another value is no reason to be silent."""
    return {"": False, "NE": False, "ER": failed, "SU": not failed}.get(condition, True)


def _message_type(request: Message, version: tuple[int, ...]) -> str:
    """`ACK^S12^ACK`; the structure is named from 2.3.1, and no event is repeated that the sender did not give."""
    component = request.delimiters.component
    parts = request.header.field(9).split(component)
    event = parts[1] if len(parts) > 1 else ""
    if not event:
        return "ACK"
    return component.join(["ACK", event, "ACK"] if version >= (2, 3, 1) else ["ACK", event])


def _error_segment(request: Message, error: Rejected) -> list[str]:
    """ERR-2 where, ERR-3 which condition, ERR-4 how bad, ERR-8 what to tell a person."""
    delimiters = request.delimiters
    component = delimiters.component
    condition = component.join([str(error.condition), _CONDITIONS.get(error.condition, "Error"), "HL70357"])
    text = delimiters.escaped(error.text)
    return ["ERR", "", error.location.replace("^", component), condition, "E", "", "", "", text]


def _old_error_segment(request: Message, error: Rejected) -> list[str]:
    """ERR-1 up to version 2.4: segment, its sequence, field, and the condition as a subcomponent (2.4, 2.16.5)."""
    delimiters = request.delimiters
    place = [*error.location.split("^"), "", "", ""][:3]
    condition = [str(error.condition), _CONDITIONS.get(error.condition, "Error"), "HL70357"]
    if delimiters.subcomponent == UNDECLARED:
        del condition[1:]
    return ["ERR", delimiters.component.join([*place, delimiters.subcomponent.join(condition)])]


@lru_cache(maxsize=64)
def _version(text: str) -> tuple[int, ...]:
    """MSH-12 as numbers; a version that is none is answered like the one that most speak."""
    numbers = text.split(".")
    if all(number.isascii() and number.isdecimal() and len(number) < 4 for number in numbers):
        return tuple(int(number) for number in numbers)
    return (2, 5, 1)


def _stamp(now: datetime) -> str:
    return now.strftime("%Y%m%d%H%M%S%z")
