"""The patients of an appointment message: one, or those of a group visit (the PATIENT group of SIU_S12 repeats)."""

from typing import NamedTuple

from shared.messages import languages, phones
from shared.messages.fields import Segment, Segments
from shared.messages.hl7 import Message

MAX_SESSION_ID = 64


class Patient(NamedTuple):
    """One patient of the visit. `session_id` is the patient's own visit number; fields as in Appointment."""

    session_id: str
    phone: str | None
    phone_given: bool
    language: str | None


def patients_of(message: Message, session_id: str, region: str, *, landlines: bool) -> tuple[Patient, ...]:
    """Each PID with the PV1 that follows it: a group visit repeats the two, each patient with a visit number.

    No two patients have the same one here: who has none, or another's, goes by it and by the place in the message.
    """
    people = message.each("PID")
    if not people:
        return ()
    if len(people) == 1:
        # The one patient of a visit goes by the visit's number, whatever PV1 says beside it.
        return (_patient(people[0], session_id, region, landlines=landlines),)
    patients: dict[str, Patient] = {}
    for place, (person, group) in enumerate(zip(people, message.groups("PID"), strict=True), start=1):
        name = _own_number(group) or session_id
        name = f"{name}#{place}" if name in patients else name
        patients[name] = _patient(person, name, region, landlines=landlines)
    return tuple(patients.values())


def _own_number(group: Segments) -> str:
    for visit in group.each("PV1"):
        found = visit.value(19)
        if found and len(found) <= MAX_SESSION_ID and found.isprintable():
            return found
    return ""


def _patient(person: Segment, session_id: str, region: str, *, landlines: bool) -> Patient:
    phone = phones.choose(person, region, landlines=landlines)
    return Patient(session_id, phone.number, phone.given, _language(person))


def _language(person: Segment) -> str | None:
    """PID-15: a code and its name, then the same by another table."""
    if person.field(15):
        for component in (1, 2, 4, 5):
            language = languages.iso_639_1(person.component(15, component))
            if language:
                return language
    return None
