"""Appointments: the hospital's schedule, in memory."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from local.config import PEOPLE, Person
from local.epic import people

DEPARTMENTS = {"10501": "Northlake Cardiology", "10502": "Northlake Family Medicine"}
STATUSES = ("booked", "cancelled", "deleted", "no-show")


class AppointmentError(ValueError):
    """What was asked for is no appointment; the text says why."""


@dataclass(frozen=True)
class Appointment:
    """One scheduled video visit. `csn` is Epic's contact serial number; `start` knows its offset; `zone` is the
    facility's. Numbers are E.164; an empty `phone` is a patient without a mobile. Appointments that share a
    `conference_id` are one group visit.
    """

    csn: str
    start: datetime
    duration_minutes: int = 30
    department: str = "10501"
    clinician: Person = PEOPLE["clinician"]
    patient: Person = PEOPLE["patient"]
    phone: str = PEOPLE["patient"].phone
    home_phone: str = "+16085550142"
    language: str = "en"
    zone: str = "America/Chicago"
    conference_id: str = ""
    status: str = "booked"

    @property
    def local_start(self) -> datetime:
        """The start on the facility's clock."""
        return self.start.astimezone(ZoneInfo(self.zone))

    @property
    def department_name(self) -> str:
        """What the department is called; empty where there is none."""
        return DEPARTMENTS.get(self.department, f"Department {self.department}" if self.department else "")

    def shown(self) -> dict[str, Any]:
        """As the control address shows it."""
        return {
            "csn": self.csn,
            "start": self.start.isoformat(),
            "duration_minutes": self.duration_minutes,
            "department": self.department,
            "clinician": self.clinician.epic_username,
            "patient": self.patient.epic_username,
            "phone": self.phone,
            "home_phone": self.home_phone,
            "language": self.language,
            "zone": self.zone,
            "conference_id": self.conference_id,
            "status": self.status,
        }


FIELDS = {"csn", "start", "duration_minutes", "department", "clinician", "patient", "phone", "home_phone"} | {
    "language",
    "zone",
    "conference_id",
    "status",
}


class Schedule:
    """All appointments by CSN."""

    def __init__(self) -> None:
        self._appointments: dict[str, Appointment] = {}
        # A stack that kept its storage must not meet the numbers of its last run again.
        self._next_csn = 900_000_000 + secrets.randbelow(90_000_000)

    def all(self) -> list[Appointment]:
        """Every appointment, soonest first."""
        return sorted(self._appointments.values(), key=lambda each: (each.start, each.csn))

    def find(self, csn: str) -> Appointment | None:
        """The appointment with this CSN."""
        return self._appointments.get(csn)

    def has_conference(self, conference_id: str) -> bool:
        """Whether this is a visit's CSN or a group visit's conference id."""
        if conference_id in self._appointments:
            return True
        return any(each.conference_id == conference_id for each in self._appointments.values())

    def add(self, fields: Mapping[str, Any]) -> Appointment:
        """Books an appointment; `start` is needed. Raises AppointmentError."""
        if "start" not in fields:
            raise AppointmentError("start is needed")
        csn = fields.get("csn")
        if csn is None:
            csn, self._next_csn = str(self._next_csn), self._next_csn + 1
        if not isinstance(csn, str) or not csn:
            raise AppointmentError("csn must be text")
        if csn in self._appointments:
            raise AppointmentError("there is an appointment with this csn")
        changes = {name: value for name, value in fields.items() if name != "csn"}
        return self.put(Appointment(csn, **_checked(changes)))

    def change(self, appointment: Appointment, fields: Mapping[str, Any]) -> Appointment:
        """Changes what `fields` names. Raises AppointmentError."""
        if "csn" in fields:
            raise AppointmentError("a csn does not change")
        return self.put(replace(appointment, **_checked(fields)))

    def put(self, appointment: Appointment) -> Appointment:
        """Keeps this version of the appointment."""
        self._appointments[appointment.csn] = appointment
        return appointment


def _checked(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields as an Appointment holds them."""
    checked: dict[str, Any] = {}
    for name, value in fields.items():
        if name == "duration_minutes":
            if type(value) is not int or value < 1:
                raise AppointmentError("duration_minutes must be a whole number above 0")
            checked[name] = value
            continue
        if name in {"phone", "home_phone"} and value is None:
            value = ""
        if not isinstance(value, str):
            raise AppointmentError(f"{name} must be text")
        checked[name] = _read(name, value)
    if (patient := checked.get("patient")) and "phone" not in checked:
        checked["phone"] = patient.phone
    return checked


def _read(name: str, value: str) -> str | datetime | Person:
    if name == "start":
        return _moment(value)
    if name in {"clinician", "patient"}:
        person = people.find(value)
        if person is None or people.is_staff(person) != (name == "clinician"):
            raise AppointmentError(f"there is no {name} with the Epic user name {value}")
        return person
    if name == "zone" and value not in available_timezones():
        raise AppointmentError("zone must be a name of the IANA time zone database")
    if name == "status" and value not in STATUSES:
        raise AppointmentError(f"status must be one of {', '.join(STATUSES)}")
    return value


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise AppointmentError("start must be an ISO 8601 time") from error
    if moment.tzinfo is None:
        raise AppointmentError("start needs an offset")
    return moment
