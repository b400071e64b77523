"""Context strings of integration records, `sessionId=%CSN%&...`: what Epic puts in for the placeholders.

Each name of the string becomes a member of the token response, bare: Epic does not follow SMART's naming rule here.
"""

import re

from local.config import Person
from local.epic import people
from local.epic.schedule import Appointment

DEPARTMENT = "%PERFDEPID;;; ; ;;NONE;%"
# The names of the records; a visit with a conference id uses the group's. Device test and direct SMS are not described
# in public, so these two are what the vendor asks the hospital to enter; they can be changed on the control address.
DEFAULTS = {
    "provider": f"sessionId=%CSN%&departmentId={DEPARTMENT}&userId=%EPICUSERID%&userType=1",
    "patient": "sessionId=%CSN%&userType=2",
    "group-provider": f"sessionId=%CONFERENCEID%&departmentId={DEPARTMENT}&userId=%EPICUSERID%&userType=1",
    "group-patient": "sessionId=%CONFERENCEID%&userType=2",
    "directsms": "sessionId=%CSN%&phone=%PATPHONE%&userId=%EPICUSERID%&userType=1",
    "devicetest": "sessionId=%CSN%&deviceTest=1&userType=2",
}
_PLACEHOLDER = re.compile(r"%([A-Z]+)(;[^%]*)?%")
# `%NAME;;; ; ;;NONE;%`: the seventh piece stands in for an empty value.
_STAND_IN_PIECE = 6


def record_name(audience: str, appointment: Appointment) -> str:
    """The record that a launch of this audience uses."""
    is_group = bool(appointment.conference_id) and audience in {"provider", "patient"}
    return f"group-{audience}" if is_group else audience


def fill(context: str, appointment: Appointment, user: Person) -> dict[str, str]:
    """The members that the context string makes. A placeholder that Epic does not know is left empty."""
    values = _values(appointment, user)

    def put_in(found: re.Match[str]) -> str:
        pieces = found[0].strip("%").split(";")
        instead = pieces[_STAND_IN_PIECE] if len(pieces) > _STAND_IN_PIECE else ""
        return values.get(found[1], "") or instead

    # Split first: a value with an ampersand in it must not make a member of its own.
    pairs = (part.partition("=") for part in context.split("&") if part)
    return {name: _PLACEHOLDER.sub(put_in, text) for name, _, text in pairs if name}


def _values(appointment: Appointment, user: Person) -> dict[str, str]:
    patient, staff = appointment.patient, people.is_staff(user)
    family, given = people.name_parts(user)
    return {
        "CSN": appointment.csn,
        "CONFERENCEID": appointment.conference_id,
        "PERFDEPID": appointment.department,
        "EPICUSERID": user.epic_username if staff else "",
        "SYSLOGIN": user.username if staff else "",
        "USERPROVFHIRID": user.fhir_id if staff else "",
        "EPICUSERFHIRID": user.fhir_id if staff else "",
        "USERFNAME": given,
        "USERLNAME": family,
        "EPTID": patient.fhir_id,
        "PATID": patient.fhir_id,
        "PATPHONE": appointment.phone,
    }
