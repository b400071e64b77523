"""`oracle-health`: a visit's link and how far it is, written into the Appointment (FHIR R4, JSON Patch).

An appointment has one status, which only goes forward, and nothing after `fulfilled`: so only the patient's waiting and
being connected are told, as `arrived` or `checked-in`, and never that they left (docs/decisions/0025). The visit's number
must be the id of the FHIR Appointment.
https://docs.oracle.com/en/industries/health/millennium-platform-apis/mfrap/api-appointment.html
"""

from collections.abc import Sequence
from datetime import datetime

from shared.adapters.appointments import Appointment, Appointments, Operation
from shared.clock import to_text
from shared.errors import Refused, Unavailable
from shared.follow.ehr import Word
from shared.organisations.connection import Connection
from shared.visits.visit import LINK, Announcement

TRIES = 4
"""Readings of one appointment, should others be writing it at the same time."""
ORDER = ("booked", "arrived", "checked-in", "fulfilled")
"""Each may follow any before it but `fulfilled`, which is never written here."""
LONGEST_LINK = 255


class OracleHealth:
    """An adapter for writing back."""

    scope = "system/Appointment.read system/Appointment.write"
    epic_header = False

    def __init__(self, appointments: Appointments) -> None:
        self._appointments = appointments

    def speaks(self, connection: Connection, item: Announcement) -> bool:
        """The visit's link; of the patient what the hospital's values name."""
        return item.state == LINK or bool(item.role == "patient" and connection.writeback.statuses.get(item.state))

    async def tell(self, connection: Connection, word: Word, token: str) -> None:
        """Reads the appointment and patches what it lacks; reads it again where somebody else was faster.

        Raises `Refused` and `Unavailable` as `Appointments` does.
        """
        for attempt in range(1, TRIES + 1):
            known = await self._appointments.read(connection.fhir_base, word.session, token)
            if word.item.state == LINK:
                operations = link_operations(known, word)
            else:
                operations = status_operations(known, connection.writeback.statuses[word.item.state])
            if not operations:
                return
            try:
                await self._appointments.patch(connection.fhir_base, known, operations, token)
            except Unavailable as error:
                if error.code != "ehr.appointment_changing" or attempt == TRIES:
                    raise
            else:
                return


def status_operations(known: Appointment, wanted: str) -> Sequence[Operation]:
    """The patch to a status; none where the appointment is there already, or further. Pure.

    Raises `Refused("ehr.status_refused")` for one that is cancelled, or not booked yet.
    """
    if known.status not in ORDER or wanted not in ORDER:
        raise Refused("ehr.status_refused")
    if ORDER.index(known.status) >= ORDER.index(wanted):
        return ()
    return ({"op": "replace", "path": "/status", "value": wanted},)


def link_operations(known: Appointment, word: Word) -> Sequence[Operation]:
    """The patch to the links of both sides and when they are of use: all four are added, or all are replaced. Pure.

    Raises `Refused("ehr.status_refused")` for a link that is longer than an appointment holds.
    """
    if len(word.link) > LONGEST_LINK:
        raise Refused("ehr.status_refused")
    verb = "replace" if len(known.links) > 1 else "add"
    values = {
        "/contained/0/telecom/0/value": word.link,
        "/contained/1/telecom/0/value": word.link,
        "/contained/0/telecom/0/period/start": _instant(word.start),
        "/contained/0/telecom/0/period/end": _instant(word.end),
    }
    return [{"op": verb, "path": path, "value": value} for path, value in values.items()]


def _instant(instant: datetime) -> str:
    """To the millisecond, as the documentation's examples have it."""
    return to_text(instant)[:23] + "Z"
