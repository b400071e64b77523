"""A scheduling message (SIU) into an appointment: which field means what, and what is done where fields disagree.

The table of fields, fallbacks and answers is in docs/hl7.md. HL7 v2.5.1 chapter 10 (SIU_S12, which all events share).
"""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from shared.messages import times
from shared.messages.fields import Segment
from shared.messages.hl7 import Hl7Error, Message
from shared.messages.patients import MAX_SESSION_ID, Patient, patients_of

type Instant = Callable[[str], times.When]

DEFAULT_MINUTES = 30  # of a visit whose length the message does not say

_USED = frozenset({"S12", "S13", "S14", "S15", "S16", "S17", "S26"})
_START_NEEDED = frozenset({"S12", "S13", "S14"})
# Table 0003: services and resources of an appointment, blocked and opened slots, broadcasts. Nothing for a visit.
_NOT_USED = frozenset({"S18", "S19", "S20", "S21", "S22", "S23", "S24", "S27"})
_VERSION = re.compile(r"2(\.[0-9]{1,2}){0,2}")
_MAX_CONTROL_ID = 199  # 2.7 and later; 20 before
_MAX_DEPARTMENT = 64
_SET_IDS = frozenset({"0", "1"})  # Epic numbers its SCH in SCH-1: this cannot tell one visit from another

# SCH-25 in words of table 0278, and the event that says the same. A hospital's own codes (`3^CAN`) say nothing to us.
_ENDED = {"cancelled": "S15", "canceled": "S15", "dc": "S16", "complete": "S16", "deleted": "S17", "noshow": "S26"}

# Where a start can stand, the most telling first: segment, field, component.
_STARTS = (("TQ1", 7, 1), ("SCH", 11, 4), ("AIS", 4, 1), ("AIG", 8, 1), ("AIP", 6, 1), ("AIL", 6, 1))
# The end that belongs to it, for the two that have one: component of the field after, and of the same.
_ENDS = {"TQ1": (8, 1), "SCH": (11, 5)}
_DEPARTMENTS = (("PV1", 3, 1), ("PV1", 3, 4), ("RGS", 3, 1), ("AIL", 3, 1), ("AIL", 3, 4))
# Amount and unit.
_DURATIONS = (("AIS", 7, 8), ("AIG", 11, 12), ("AIP", 9, 10), ("AIL", 9, 10))


class Rejected(Hl7Error):
    """A message we answer with AE or AR.

    `condition` is of table 0357, `location` is as ERR-2 has it (`SCH^1^2`: segment, its count, field), `text` is a
    fixed sentence: nothing in it comes from the message.
    """

    code = "hl7.rejected"

    def __init__(self, acknowledgement: Literal["AE", "AR"], condition: int, location: str, text: str) -> None:
        super().__init__(text)
        self.acknowledgement = acknowledgement
        self.condition = condition
        self.location = location
        self.text = text


class Ignored(Hl7Error):
    """A scheduling event that the standard knows and a visit has no use for: answered with AA, nothing stored."""

    code = "hl7.ignored"


class Appointment(NamedTuple):
    """What a message says of an appointment. No name, no reason, no record number is taken out of it.

    `event` is the message's, or the one that says what the status of a booking or a change says (S15 for `Cancelled`).
    `phone_given` False: the sender left the number as it is. True with no `phone`: erased, or none that can be used.
    `start` is None only for the events that end a visit (S15, S16, S17, S26). `phone` and `language` are those of the
    first patient; a group visit has several in `patients`.
    """

    event: str
    control_id: str
    session_id: str
    sent_at: datetime | None
    start: datetime | None
    start_note: str
    duration_minutes: int
    phone: str | None
    phone_given: bool
    language: str | None
    department: str | None
    patients: tuple[Patient, ...]


def read(
    message: Message,
    *,
    zone: ZoneInfo,
    region: str,
    environment: str,
    landlines: bool = False,
    received: datetime | None = None,
) -> Appointment:
    """The appointment in an SIU message.

    `zone` is the facility's and `region` its country (`US`); `environment` is `production`, which takes messages of
    production only, or `testing`, which takes any; `landlines` allows home numbers that are not marked as cell phones;
    `received` is when the message came, for an MSH-7 in the hour that comes twice. Raises Rejected or Ignored, no other.
    """
    event = _accepted_event(message, environment)
    control_id = message.control_id
    if not control_id or control_id.isspace():
        raise Rejected("AE", 101, "MSH^1^10", "The message has no control id (MSH-10).")
    if len(control_id) > _MAX_CONTROL_ID:
        raise Rejected("AE", 104, "MSH^1^10", "The control id (MSH-10) is too long.")
    schedule = message.first("SCH")
    if schedule is None:
        raise Rejected("AE", 101, "SCH^1", "The message has no SCH segment.")
    event = _outcome(event, schedule)
    visit = message.first("PV1")
    session_id = _session_id(schedule, visit)
    sent = times.sent(message.header.component(7), zone, received)

    def instant(text: str) -> times.When:
        return times.instant(text, zone, sent.offset)

    start, origin = _start(message, schedule, instant, needed=event in _START_NEEDED)
    patients = patients_of(message, session_id, region, landlines=landlines)
    foremost = patients[0] if patients else Patient(session_id, None, phone_given=False, language=None)
    return Appointment(
        event=event,
        control_id=control_id,
        session_id=session_id,
        sent_at=sent.utc,
        start=start.utc if start else None,
        start_note=start.note if start else "",
        duration_minutes=_duration(message, schedule, start, origin, instant),
        phone=foremost.phone,
        phone_given=foremost.phone_given,
        language=foremost.language,
        department=_department(message, visit),
        patients=patients,
    )


def _accepted_event(message: Message, environment: str) -> str:
    kind, event = message.message_type
    if kind != "SIU":
        raise Rejected("AR", 200, "MSH^1^9", "Only scheduling messages (SIU) are taken here.")
    if event in _NOT_USED:
        raise Ignored("a scheduling event that is not used")
    if event not in _USED:
        raise Rejected("AR", 201, "MSH^1^9", "This scheduling event is not known.")
    if not _VERSION.fullmatch(message.version):
        raise Rejected("AR", 203, "MSH^1^12", "Only HL7 version 2 is taken here.")
    processing = message.processing_id
    # A sender that leaves MSH-11 out has one environment; its signature says which.
    if processing not in {"", "P", "T", "D"} or (environment == "production" and processing in {"T", "D"}):
        raise Rejected("AR", 202, "MSH^1^11", "This connection does not take messages of this processing id (MSH-11).")
    return event


def _outcome(event: str, schedule: Segment) -> str:
    """The event, which goes before the status; but what a booking or a change speaks of can be over by its status."""
    if event not in _START_NEEDED:
        return event
    status = schedule.value(25) or schedule.value(25, 2)
    return _ENDED.get(status.lower(), event)


def _session_id(schedule: Segment, visit: Segment | None) -> str:
    """The visit number. Epic's contact serial number stands in SCH-2 and PV1-19."""
    found = schedule.value(2) or (visit.value(19) if visit else "")
    if not found:
        placer = schedule.value(1)
        found = "" if placer in _SET_IDS else placer
    if not found:
        raise Rejected("AE", 101, "SCH^1^2", "The message has no visit number (SCH-2, PV1-19 or SCH-1).")
    if len(found) > MAX_SESSION_ID:
        raise Rejected("AE", 104, "SCH^1^2", "The visit number is too long.")
    if not found.isprintable():
        raise Rejected("AE", 102, "SCH^1^2", "The visit number holds characters that do not print.")
    return found


def _start(message: Message, schedule: Segment, instant: Instant, *, needed: bool) -> tuple[times.When | None, Segment]:
    """The start and the segment it stands in. A place that is empty or unreadable gives way to the next."""
    unusable = ""
    for name, field, component in _STARTS:
        for segment in (schedule,) if name == "SCH" else message.each(name):
            text = segment.value(field, component)
            if text:
                when = _time_of_day(text, instant)
                if when:
                    return when, segment
                unusable = unusable or f"{name}^1^{field}"
    if needed and unusable:
        raise Rejected("AE", 102, unusable, "The start of the appointment is not a date with a time of day.")
    if needed:
        raise Rejected("AE", 101, "SCH^1^11", "The message has no start of the appointment (SCH-11.4, TQ1-7 or AIS-4).")
    return None, schedule


def _time_of_day(text: str, instant: Instant) -> times.When | None:
    """The instant, or None for a text that cannot be read or names no hour: nobody is to be texted at midnight."""
    try:
        when = instant(text)
    except times.BadTime:
        return None
    return when if when.has_hour else None


def _duration(message: Message, schedule: Segment, start: times.When | None, origin: Segment, instant: Instant) -> int:
    """Minutes: the end beside the start, SCH-9 and SCH-10, SCH-11.3, the first resource that has one, else 30."""
    minutes = None
    place = _ENDS.get(origin.field(0)) if start else None
    if start and place:
        text = origin.component(*place)
        end = _time_of_day(text, instant) if text else None
        minutes = times.minutes_between(start.utc, end.utc) if end else None
    minutes = minutes or times.minutes_of(schedule.component(9), schedule.component(10))
    minutes = minutes or times.minutes_of_timing(schedule.component(11, 3))
    for name, amount, unit in () if minutes else _DURATIONS:
        for resource in message.each(name):
            minutes = minutes or times.minutes_of(resource.component(amount), resource.component(unit))
    return minutes or DEFAULT_MINUTES


def _department(message: Message, visit: Segment | None) -> str | None:
    """The department's id (else name): PV1-3 point of care and facility, RGS-3, AIL-3."""
    for name, field, component in _DEPARTMENTS:
        segment = visit if name == "PV1" else message.first(name)
        text = segment.value(field, component) if segment else ""
        if text and text.isprintable():
            return text[:_MAX_DEPARTMENT]
    return None
