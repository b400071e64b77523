"""What every word and figure of the reports means. Nothing else defines them: the API's description, its route
`reports/definitions`, docs/reports.md and the portal's help are made from here.
"""

from dataclasses import dataclass
from typing import Literal

from msgspec import Meta

Unit = Literal["", "count", "seconds", "milliseconds", "percent", "instant", "day", "id"]


@dataclass(frozen=True, slots=True)
class Definition:
    """One name of the API: in what it is counted, and what it says, in a sentence or two."""

    name: str
    unit: Unit
    says: str


RULES = tuple(
    """\
A day is a calendar day in the time zone of the visit's connection. A visit, with all that belongs to it, counts on the \
day on which it is to start. Instants are UTC.
A visit is in the reports from its first appointment message or launch on, and changes there within seconds of what \
happens. It is over when it was cancelled, when its call ended after both sides had met, or four hours after its \
scheduled end.
A clinician is whoever opened the visit from the chart and the meeting's organiser. Everyone else is on the patient's \
side. Bots and recorders are nobody.
Averages are over the visits for which there is a figure. Where there is none they are empty, not 0.
""".splitlines()
)

STATUSES = (
    Definition("scheduled", "", "It is still to come, or its time has come and no patient is there now."),
    Definition("waiting", "", "A patient is there now, and has not met a clinician yet."),
    Definition("in_progress", "", "Patient and clinician have met, and the call goes on."),
    Definition("completed", "", "Patient and clinician were in the call at the same time, and it is over. Nothing less."),
    Definition("patient_no_show", "", "The clinician was there and no patient came, or the EHR says that none came."),
    Definition("clinician_no_show", "", "A patient was there when the visit was to start, or later, and no clinician came."),
    Definition(
        "abandoned_in_lobby", "",
        "The patient left before meeting the clinician: either both came, at different times, or the patient left before "
        "the visit was to start and no clinician came.",
    ),
    Definition("nobody_came", "", "It is over; nobody came, and nobody tried from an hour before its start on."),
    Definition(
        "technical_failure", "",
        "Somebody opened the visit, an hour before its start or later, and nobody arrived in the meeting or its lobby.",
    ),
    Definition("cancelled", "", "It was cancelled or deleted in the EHR before both sides met."),
)  # fmt: skip

KINDS = (
    Definition("single", "", "One patient."),
    Definition("group", "", "Several patients were invited: a group conference."),
    Definition("with_guest", "", "One patient, and somebody joined by a guest link: an interpreter, the family."),
)

TEXTS = (
    Definition("texts", "count", "All texts, in whatever state. Each is in one."),
    Definition("texts_due", "count", "Texts that are to leave."),
    Definition("texts_sending", "count", "Texts that are being handed to the gateway."),
    Definition("texts_sent", "count", "Texts that the gateway took and the carrier has not reported on."),
    Definition("texts_delivered", "count", "Texts that the carrier reported as delivered."),
    Definition("texts_failed", "count", "Texts that the gateway refused or the carrier could not deliver."),
    Definition("texts_missed", "count", "Texts that could not leave while they were of use."),
    Definition("texts_opted_out", "count", "Texts withheld because the number had sent STOP."),
    Definition("texts_superseded", "count", "Texts that the visit's next change overtook."),
    Definition("texts_withheld", "count", "Texts withheld because texts were switched off."),
    Definition("texts_unknown", "count", "Texts that may have left: the gateway cannot be asked twice."),
)

COLUMNS = (
    Definition("visit", "id", "The visit, under a keyed hash of its appointment number. It cannot be turned back."),
    Definition("connection", "id", "The connection."),
    Definition("department", "id", "The department as the EHR names it; empty where it does not."),
    Definition("day", "day", "The day on which the visit counts."),
    Definition("start", "instant", "When it is to start."),
    Definition("end", "instant", "When it is to end."),
    Definition("kind", "", "`single`, `group` or `with_guest`."),
    Definition("status", "", "How it goes or went: one of the statuses."),
    Definition("patient_waiting", "instant", "When the first patient was in the lobby."),
    Definition("patient_connected", "instant", "When the first patient was in the call."),
    Definition("clinician_connected", "instant", "When the first clinician was in the call."),
    Definition("both_connected", "instant", "When a patient and a clinician were first in the call at the same time."),
    Definition("last_left", "instant", "When the last person left."),
    Definition(
        "lobby_seconds", "seconds",
        "How long the first patient waited in the lobby: from entering it until that patient, and no other, was in the call. "
        "Empty if nobody waited there, or the first one was not let in.",
    ),
    Definition("lobby_total_seconds", "seconds", "How long all patients together waited in the lobby."),
    Definition("call_seconds", "seconds", "From when both sides had met until the last person left; 0 if they never met."),
    Definition("people", "count", "How many people came, whether into the call or only into the lobby."),
    Definition("most_people", "count", "How many were in the call at once, at most."),
    Definition(
        "organizer", "id",
        "The clinician who first opened the visit, else the meeting's organiser: an object id of Entra.",
    ),
    Definition("organizer_name", "", "That person's name, looked up in the directory now; it is not kept."),
    Definition("texts_sent", "count", "Texts that left for this visit, delivered ones among them."),
    Definition("texts_delivered", "count", "Those of them that the carrier reported as delivered."),
    Definition("joins_portal", "count", "How often the visit was entered from the patient portal."),
    Definition("joins_text", "count", "How often it was entered by the link in a text."),
    Definition("joins_guest", "count", "How often it was entered by a guest link."),
    Definition("joins_phone", "count", "How many of these were on a phone."),
    Definition("joins_tablet", "count", "How many were on a tablet."),
    Definition("joins_desktop", "count", "How many were on another computer."),
    Definition("device_test", "", "The patient's last device test: `passed`, `warnings` or `failed`; empty: none."),
    Definition("quality_streams", "count", "How many people's sound was measured by Teams."),
    Definition("jitter_ms", "milliseconds", "Their average jitter."),
    Definition("packet_loss_percent", "percent", "Their average packet loss."),
    Definition("round_trip_ms", "milliseconds", "Their average round trip."),
    Definition(
        "mos_degradation", "",
        "By how much the network lowered the mean opinion score (MOS, 1 to 5) on average. 0 is best; Teams gives no MOS itself.",
    ),
    Definition("times_from", "", "Where times come from: `roster` (events), `attendance` (Teams' report), `both`; empty: none."),
    Definition("times_attended", "", "Which of the times events missed, so that they are those of Teams' attendance report."),
)  # fmt: skip

FIGURES = (
    Definition("visits", "count", "All visits, in whatever status."),
    Definition("lobby_visits", "count", "Visits whose first patient waited in the lobby and was let in."),
    Definition("lobby_seconds", "seconds", "How long the first patients of these visits waited, together."),
    Definition(
        "lobby_average_seconds", "seconds", "How long the first patient of a visit waited in the lobby, on average."
    ),
    Definition("lobby_total_seconds", "seconds", "How long all patients waited in lobbies, together."),
    Definition("calls", "count", "Completed visits of which it is known when the last person left."),
    Definition("call_seconds", "seconds", "How long the calls of these were, together."),
    Definition("call_average_seconds", "seconds", "How long the call of a visit was, on average."),
    Definition("people", "count", "How many people came to the visits."),
    Definition("joins_portal", "count", "How often visits were entered from the patient portal."),
    Definition("joins_text", "count", "How often visits were entered by the link in a text."),
    Definition("joins_guest", "count", "How often visits were entered by a guest link."),
    Definition("joins_phone", "count", "How many of these were on a phone."),
    Definition("joins_tablet", "count", "How many were on a tablet."),
    Definition("joins_desktop", "count", "How many were on another computer."),
    Definition("tests_passed", "count", "Visits whose patient's device test found nothing."),
    Definition("tests_warnings", "count", "Visits whose patient's device test found something to mend."),
    Definition("tests_failed", "count", "Visits whose patient's device test found that it will not work."),
)

QUALITY = (
    Definition("streams", "count", "How many people's sound was measured by Teams."),
    Definition("jitter_ms", "milliseconds", "Average jitter: how unevenly sound arrived."),
    Definition("packet_loss_percent", "percent", "Average share of sound that got lost on the way."),
    Definition("round_trip_ms", "milliseconds", "Average time there and back."),
    Definition(
        "mos_degradation", "",
        "By how much the network lowered the mean opinion score (MOS, 1 to 5) on average. 0 is best; Teams gives no MOS itself.",
    ),
)  # fmt: skip

ALLOWANCE = (
    Definition("allowance", "count", "How many visits a month are agreed on: the setting `MONTHLY_ALLOWANCE`."),
    Definition("used", "count", "Completed visits of the month."),
    Definition("remaining", "count", "What of the allowance is left; 0 when it is exceeded."),
    Definition("exceeded", "count", "By how many visits the allowance is exceeded. Nothing is blocked."),
)

SAYS = {each.name: each.says for each in (*KINDS, *STATUSES, *FIGURES, *TEXTS, *QUALITY, *ALLOWANCE)}
COLUMN_SAYS = {each.name: each.says for each in COLUMNS}


def told(name: str) -> Meta:
    """A figure's definition, for the API's description."""
    return Meta(description=SAYS[name])


def column(name: str) -> Meta:
    """A column's definition, for the API's description."""
    return Meta(description=COLUMN_SAYS[name])
