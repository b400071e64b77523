"""Attendance reports: one for each call of a meeting that has ended.

https://learn.microsoft.com/graph/api/resources/meetingattendancereport
"""

from datetime import datetime

from starlette.routing import Route

from local.graph import directory, meetings, times
from local.graph.answers import Call, Frame, Json, bad_request, not_found
from local.graph.state import Conversation, Meeting, Participant, State
from local.graph.tokens import READ_ATTENDANCE

EXPAND = "attendanceRecords"


def routes(frame: Frame, state: State) -> list[Route]:
    """The routes under a meeting's attendanceReports."""

    def context(call: Call, meeting: Meeting, more: str = "") -> Json:
        path = f"users('{meeting.organizer}')/onlineMeetings('{meeting.id}')/attendanceReports{more}"
        return {"@odata.context": call.context(path)}

    async def listing(call: Call) -> tuple[int, Json]:
        meeting = meetings.of(call, state)
        ended = [held for held in reversed(meeting.calls) if held.ended]
        return 200, context(call, meeting) | {"value": [_report(meeting, held) for held in ended]}

    def one_of(call: Call, meeting: Meeting) -> Conversation:
        for held in meeting.calls:
            if held.ended and held.id == call.path("report"):
                return held
        raise not_found("The attendance report does not exist.")

    async def get(call: Call) -> tuple[int, Json]:
        meeting = meetings.of(call, state)
        held, expand = one_of(call, meeting), call.query("$expand")
        if expand not in ("", EXPAND):
            raise bad_request(f"'{expand}' cannot be expanded.")
        answer = context(call, meeting, "/$entity") | _report(meeting, held)
        return 200, answer | ({EXPAND: _records(meeting, held)} if expand else {})

    async def records(call: Call) -> tuple[int, Json]:
        meeting = meetings.of(call, state)
        held = one_of(call, meeting)
        return 200, context(call, meeting, f"('{held.id}')/{EXPAND}") | {"value": _records(meeting, held)}

    path = "/users/{user}/onlineMeetings/{meeting}/attendanceReports"
    return [
        *frame.routes("GET", path, listing, roles=READ_ATTENDANCE),
        *frame.routes("GET", f"{path}/{{report}}", get, roles=READ_ATTENDANCE),
        *frame.routes("GET", f"{path}/{{report}}/{EXPAND}", records, roles=READ_ATTENDANCE),
    ]


def _report(meeting: Meeting, call: Conversation) -> Json:
    return {
        "id": call.id,
        "totalParticipantCount": len(_records(meeting, call)),
        "meetingStartDateTime": times.write(call.started),
        "meetingEndDateTime": times.write(call.ended or call.started),
    }


def _records(meeting: Meeting, call: Conversation) -> list[Json]:
    """One for each person or guest who was in the call; a person who came back has several intervals."""
    people: dict[str, list[Participant]] = {}
    for participant in call.participants:
        if participant.intervals:
            people.setdefault(participant.oid or participant.id, []).append(participant)
    return [_record(meeting, presences) for presences in people.values()]


def _record(meeting: Meeting, presences: list[Participant]) -> Json:
    first = presences[0]
    person = directory.USERS.get(first.oid)
    spans = [_interval(*span) for presence in presences for span in presence.intervals]
    guest = first.identity.get("guest", {})
    return {
        "id": first.oid or first.id,
        "emailAddress": person.username if person else None,
        "totalAttendanceInSeconds": sum(span["durationInSeconds"] for span in spans),
        "role": _role(meeting, first.oid),
        "identity": {
            "id": first.oid or guest.get("id"),
            "displayName": first.name,
            "tenantId": person.tenant if person else None,
        },
        "attendanceIntervals": spans,
    }


def _interval(joined: datetime, left: datetime | None) -> Json:
    left = left or joined
    return {
        "joinDateTime": times.write(joined),
        "leaveDateTime": times.write(left),
        "durationInSeconds": int((left - joined).total_seconds()),
    }


def _role(meeting: Meeting, oid: str) -> str:
    if oid == meeting.organizer:
        return "Organizer"
    named = {a["identity"]["user"]["id"]: a["role"] for a in meeting.properties["participants"]["attendees"]}
    presenters = meeting.properties["allowedPresenters"]
    if presenters == "everyone" or (presenters == "organization" and oid) or named.get(oid, "attendee") != "attendee":
        return "Presenter"
    return "Attendee"
