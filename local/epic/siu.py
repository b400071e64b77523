"""Builds appointment messages, HL7 v2.3 SIU, as Epic's outgoing scheduling interface shapes them.

The CSN stands in SCH-2 and PV1-19; the start in SCH-11.4, on the facility's clock and without an offset; phones in
PID-13; the provider in AIG-3. https://open.epic.com lists the interface; fields are those of HL7 2.3 chapters 2, 3, 10.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from local.epic import people
from local.epic.schedule import Appointment

# Event -> (SCH-6 event reason, SCH-25 filler status). The numbers are a hospital's own codes, as Epic sends them.
EVENTS = {
    "S12": ("", "1^SCH"),
    "S13": ("^Patient request", "1^SCH"),
    "S14": ("", "1^SCH"),
    "S15": ("^Provider out", "3^CAN"),
    "S17": ("", "^Deleted"),
    "S26": ("", "4^NOS"),
}
_ESCAPES = {ord(delimiter): f"\\{letter}\\" for delimiter, letter in zip("|^&~\\", "FSTRE", strict=True)}


def siu(appointment: Appointment, event: str, control_id: str, sent_at: datetime, *, processing_id: str = "T") -> bytes:
    """One message, UTF-8, each segment ended by CR. `sent_at` must know its offset. Raises KeyError for an event that
    is not in EVENTS.
    """
    reason, status = EVENTS[event]
    zone = ZoneInfo(appointment.zone)
    start = _time(appointment.local_start)
    length = {9: str(appointment.duration_minutes), 10: "MIN"}
    location = f"{_text(appointment.department)}^^^{_text(appointment.department_name.upper())}"
    clinician = _name(appointment.clinician.epic_username, *people.name_parts(appointment.clinician))
    family, given = people.name_parts(appointment.patient)
    kind = "VIDEO VISIT^Video Visit"
    segments = [
        r"MSH|^~\&"
        + _fields(
            {
                3: "EPICSCH",
                4: "NORTHLAKE-TST",
                5: "VISITBRIDGE",
                6: "NORTHLAKE",
                7: f"{sent_at.astimezone(zone):%Y%m%d%H%M%S}",
                9: f"SIU^{event}",
                10: _text(control_id),
                11: processing_id,
                12: "2.3",
            },
            after=2,
        ),
        "SCH"
        + _fields(
            {2: _text(appointment.csn), 6: reason, 8: kind, **length, 11: f"^^^{start}", 16: clinician, 20: clinician}
            | {25: status}
        ),
        "NTE|1||Please join ten minutes early",
        "PID"
        + _fields(
            {
                1: "1",
                3: "E4000123^^^NORTHLAKE^MRN",
                5: f"{_text(family.upper())}^{_text(given.upper())}",
                7: "19800229",
                8: "F",
                11: "1 MAIN ST^^MADISON^WI^53703^USA",
                13: _phones(appointment),
                15: _text(appointment.language),
            }
        ),
        "PV1" + _fields({1: "1", 2: "O", 3: location, 19: _text(appointment.csn)}),
        "RGS" + _fields({1: "1", 3: _text(appointment.department)}),
        "AIS" + _fields({1: "1", 3: kind, 4: start, 7: str(appointment.duration_minutes), 8: "MIN"}),
        "AIG" + _fields({1: "1", 3: clinician, 4: "RESOURCE^PROVIDER", 8: start, 11: length[9], 12: "MIN"}),
        "AIL" + _fields({1: "1", 3: location}),
        "AIP" + _fields({1: "1", 3: clinician, 6: start, 9: length[9], 10: "MIN"}),
    ]
    return "".join(segment + "\r" for segment in segments).encode()


def _fields(values: dict[int, str], *, after: int = 0) -> str:
    """The fields by number, each behind its separator, from the one `after` to the last that is there."""
    return "".join("|" + values.get(number, "") for number in range(after + 1, max(values) + 1))


def _text(value: str) -> str:
    """The text with HL7's delimiters escaped, HL7 2.3 §2.9."""
    return value.translate(_ESCAPES)


def _name(identifier: str, family: str, given: str) -> str:
    return "^".join(map(_text, (identifier, family.upper(), given.upper())))


def _time(moment: datetime) -> str:
    """To the minute, as Epic writes it; with seconds where there are any."""
    return f"{moment:%Y%m%d%H%M%S}" if moment.second else f"{moment:%Y%m%d%H%M}"


def _phones(appointment: Appointment) -> str:
    numbers = ((appointment.home_phone, "PRN^PH"), (appointment.phone, "PRN^CP"))
    return "~".join(f"{_number(number)}^{use}" for number, use in numbers if number)


def _number(e164: str) -> str:
    """XTN.1: `(999)999-9999` in North America; elsewhere the number with its plus."""
    national = e164.removeprefix("+1")
    if e164.startswith("+1") and len(national) == 10 and national.isdigit():
        return f"({national[:3]}){national[3:6]}-{national[6:]}"
    return _text(e164)
