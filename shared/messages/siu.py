"""A scheduling message (SIU) into an appointment: which field means what, and what is done where fields disagree.

The table of fields, fallbacks and answers is in docs/hl7.md. HL7 v2.5.1 chapter 10 (SIU_S12, which all events share).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Literal
from zoneinfo import ZoneInfo

from shared.messages import languages, phones, times
from shared.messages.hl7 import NULL, Hl7Error, Message, Segment

type Instant = Callable[[str], times.When]

DEFAULT_MINUTES = 30  # of a visit whose length the message does not say

_USED = frozenset({"S12", "S13", "S14", "S15", "S16", "S17", "S26"})
_START_NEEDED = frozenset({"S12", "S13", "S14"})
# Table 0003: services and resources of an appointment, blocked and opened slots, broadcasts. Nothing for a visit.
_NOT_USED = frozenset({"S18", "S19", "S20", "S21", "S22", "S23", "S24", "S27"})
_VERSION = re.compile(r"2(\.[0-9]{1,2}){0,2}")
_MAX_CONTROL_ID = 199  # 2.7 and later; 20 before
_MAX_SESSION_ID = 64
_MAX_DEPARTMENT = 64
_SET_IDS = frozenset({"0", "1"})  # Epic numbers its SCH in SCH-1: this cannot tell one visit from another

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


@dataclass(frozen=True, slots=True)
class Patient:
    """One patient of the visit. `session_id` is the patient's own visit number; fields as in Appointment."""

    session_id: str
    phone: str | None
    phone_given: bool
    language: str | None


@dataclass(frozen=True, slots=True)
class Appointment:
    """What a message says of an appointment. No name, no reason, no record number is taken out of it.

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


def read(message: Message, *, zone: ZoneInfo, region: str, environment: str, landlines: bool = False) -> Appointment:
    """The appointment in an SIU message.

    `zone` is the facility's and `region` its country (`US`); `environment` is `production`, which takes messages of
    production only, or `testing`, which takes any; `landlines` allows home numbers that are not marked as cell phones.
    Raises Rejected or Ignored, no other.
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
    visit = message.first("PV1")
    session_id = _session_id(schedule, visit)
    sent = times.sent(message.header.component(7), zone)
    instant = partial(times.instant, zone=zone, message_offset=sent.offset)
    start, origin = _start(message, schedule, instant, needed=event in _START_NEEDED)
    patients = _patients(message, session_id, region, landlines=landlines)
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


def _session_id(schedule: Segment, visit: Segment | None) -> str:
    """The visit number. Epic's contact serial number stands in SCH-2 and PV1-19."""
    found = _identifier(schedule, 2) or (_identifier(visit, 19) if visit else "")
    if not found:
        placer = _identifier(schedule, 1)
        found = "" if placer in _SET_IDS else placer
    if not found:
        raise Rejected("AE", 101, "SCH^1^2", "The message has no visit number (SCH-2, PV1-19 or SCH-1).")
    if len(found) > _MAX_SESSION_ID:
        raise Rejected("AE", 104, "SCH^1^2", "The visit number is too long.")
    if not found.isprintable():
        raise Rejected("AE", 102, "SCH^1^2", "The visit number holds characters that do not print.")
    return found


def _identifier(segment: Segment, field: int) -> str:
    found = segment.component(field).strip()
    return "" if found == NULL else found


def _start(message: Message, schedule: Segment, instant: Instant, *, needed: bool) -> tuple[times.When | None, str]:
    """The start and the segment it stands in. A place that is empty or unreadable gives way to the next."""
    unusable = ""
    for name, field, component in _STARTS:
        segment = schedule if name == "SCH" else message.first(name)
        text = segment.component(field, component).strip() if segment else ""
        if text and text != NULL:
            when = _time_of_day(text, instant)
            if when:
                return when, name
            unusable = unusable or f"{name}^1^{field}"
    if needed and unusable:
        raise Rejected("AE", 102, unusable, "The start of the appointment is not a date with a time of day.")
    if needed:
        raise Rejected("AE", 101, "SCH^1^11", "The message has no start of the appointment (SCH-11.4, TQ1-7 or AIS-4).")
    return None, ""


def _time_of_day(text: str, instant: Instant) -> times.When | None:
    """The instant, or None for a text that cannot be read or names no hour: nobody is to be texted at midnight."""
    try:
        when = instant(text)
    except times.BadTime:
        return None
    return when if when.has_hour else None


def _duration(message: Message, schedule: Segment, start: times.When | None, origin: str, instant: Instant) -> int:
    """Minutes: the end beside the start, SCH-9 and SCH-10, SCH-11.3, the first resource that has one, else 30."""
    minutes = None
    if start and origin in _ENDS:
        segment = schedule if origin == "SCH" else message.first(origin)
        text = segment.component(*_ENDS[origin]) if segment else ""
        end = _time_of_day(text, instant) if text else None
        minutes = times.minutes_between(start.utc, end.utc) if end else None
    minutes = minutes or times.minutes_of(schedule.component(9), schedule.component(10))
    minutes = minutes or times.minutes_of_timing(schedule.component(11, 3))
    for name, amount, unit in () if minutes else _DURATIONS:
        resource = message.first(name)
        if resource:
            minutes = minutes or times.minutes_of(resource.component(amount), resource.component(unit))
    return minutes or DEFAULT_MINUTES


def _patients(message: Message, session_id: str, region: str, *, landlines: bool) -> tuple[Patient, ...]:
    """Each PID with the PV1 that follows it: a group visit repeats the two, each patient with a visit number."""
    people = message.segments("PID")
    if len(people) < 2:
        # The one patient of a visit goes by the visit's number, whatever PV1 says beside it.
        return (_patient(people[0], session_id, region, landlines=landlines),) if people else ()
    groups: list[tuple[Segment, str]] = []
    for segment in message.segments("PID", "PV1"):
        if segment.field(0) == "PID":
            groups.append((segment, ""))
        elif groups and not groups[-1][1]:
            groups[-1] = (groups[-1][0], _identifier(segment, 19))
    usable = [own_id if len(own_id) <= _MAX_SESSION_ID and own_id.isprintable() else "" for _, own_id in groups]
    return tuple(
        _patient(person, own_id or session_id, region, landlines=landlines)
        for (person, _), own_id in zip(groups, usable, strict=True)
    )


def _patient(person: Segment, session_id: str, region: str, *, landlines: bool) -> Patient:
    phone = phones.choose(person, region, landlines=landlines)
    said = (
        (person.component(15, component) for component in (1, 2, 4, 5)) if person.field(15) else ()
    )  # codes and names
    return Patient(session_id, phone.number, phone.given, next(filter(None, map(languages.iso_639_1, said)), None))


def _department(message: Message, visit: Segment | None) -> str | None:
    """The department's id (else name): PV1-3 point of care and facility, RGS-3, AIL-3."""
    for name, field, component in _DEPARTMENTS:
        segment = visit if name == "PV1" else message.first(name)
        text = segment.component(field, component).strip() if segment else ""
        if text and text != NULL and text.isprintable():
            return text[:_MAX_DEPARTMENT]
    return None
