"""Online meetings: created or got by key, shown, changed, deleted.

https://learn.microsoft.com/graph/api/resources/onlinemeeting
"""

import base64
import copy
import json
import re
import secrets
import uuid
from datetime import datetime, timedelta

from starlette.routing import Route

from local.graph import directory, properties, times
from local.graph.answers import Call, Frame, Json, bad_request, not_found
from local.graph.state import Meeting, State
from local.graph.tokens import READ_MEETINGS, WRITE_MEETINGS

CREATE_OR_GET = ("externalId", "subject", "startDateTime", "endDateTime", "participants")
TIMES = ("startDateTime", "endDateTime")
# A meeting that is neither held nor changed expires this long after its time.
LIFETIME = timedelta(days=60)
GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_BY_URL = re.compile(r"joinWebUrl\s+eq\s+'((?:[^']|'')*)'", re.IGNORECASE)


def routes(frame: Frame, state: State, origin: str) -> list[Route]:
    """The routes under /users/{user}/onlineMeetings, but for what hangs below one meeting."""

    def shown(call: Call, meeting: Meeting) -> Json:
        context = call.context(f"users('{meeting.organizer}')/onlineMeetings/$entity")
        return {"@odata.context": context, **visible(call, meeting)}

    async def create_or_get(call: Call) -> tuple[int, Json]:
        user, body = organizer(call, state), call.body
        for name in body:
            if name not in CREATE_OR_GET and not name.startswith("@odata."):
                raise bad_request(f"createOrGet takes no '{name}'.")
        external_id = body.get("externalId")
        if not isinstance(external_id, str) or not external_id:
            raise bad_request("'externalId' is required.")
        if body.get("subject") is not None:
            properties.known({"subject": body["subject"]}, properties.UPDATABLE)
        start, end = times.window(body.get("startDateTime"), body.get("endDateTime"), whole=False)
        attendees = properties.attendees(body, user)
        if meeting := state.keyed(user, external_id):
            return 200, shown(call, meeting)
        meeting = _new(origin, call.tenant, user, start, end, attendees)
        meeting.external_id = meeting.properties["externalId"] = external_id
        meeting.properties["subject"] = body.get("subject")
        state.add(meeting)
        return 201, shown(call, meeting)

    async def create(call: Call) -> tuple[int, Json]:
        user = organizer(call, state)
        start, end = times.window(call.body.get("startDateTime"), call.body.get("endDateTime"), whole=False)
        settings = _settings(call.body, properties.CREATABLE)
        attendees = properties.attendees(call.body, user)
        meeting = _new(origin, call.tenant, user, start, end, attendees)
        properties.merge(meeting.properties, settings)
        state.add(meeting)
        return 201, shown(call, meeting)

    async def by_url(call: Call) -> tuple[int, Json]:
        user = organizer(call, state)
        match = _BY_URL.fullmatch(call.query("$filter").strip())
        if not match:
            raise bad_request("Meetings are listed by $filter=JoinWebUrl eq '...' only.")
        meeting = state.by_url(match[1].replace("''", "'"), call.tenant)
        found = [visible(call, meeting)] if meeting and meeting.organizer == user else []
        return 200, {"@odata.context": call.context(f"users('{user}')/onlineMeetings"), "value": found}

    async def get(call: Call) -> tuple[int, Json]:
        return 200, shown(call, of(call, state))

    async def update(call: Call) -> tuple[int, Json]:
        meeting, body = of(call, state), call.body
        settings = _settings(body, properties.UPDATABLE)
        if (body.get("participants") or {}).get("organizer"):
            raise bad_request("The organizer of a meeting cannot be changed.")
        attendees = properties.attendees(body, meeting.organizer)
        if body.get("allowedPresenters") == "roleIsPresenter" and attendees is None:
            raise bad_request("'roleIsPresenter' needs the full list of attendees beside it.")
        if any(name in body for name in TIMES):
            _move(meeting, *times.window(body.get("startDateTime"), body.get("endDateTime"), whole=True))
        if attendees is not None:
            meeting.properties["participants"]["attendees"] = attendees
        properties.merge(meeting.properties, settings)
        return 200, shown(call, meeting)

    async def delete(call: Call) -> tuple[int, None]:
        del state.meetings[of(call, state).id]
        return 204, None

    path = "/users/{user}/onlineMeetings"
    return [
        *frame.routes("POST", f"{path}/createOrGet", create_or_get, roles=WRITE_MEETINGS),
        *frame.routes("POST", path, create, roles=WRITE_MEETINGS),
        *frame.routes("GET", path, by_url, roles=READ_MEETINGS),
        *frame.routes("GET", f"{path}/{{meeting}}", get, roles=READ_MEETINGS),
        *frame.routes("PATCH", f"{path}/{{meeting}}", update, roles=WRITE_MEETINGS),
        *frame.routes("DELETE", f"{path}/{{meeting}}", delete, roles=WRITE_MEETINGS),
    ]


def organizer(call: Call, state: State) -> str:
    """The user of the path. Raises GraphError unless it is an object id of the tenant's whom the policy covers."""
    user = call.path("user").lower()
    if not GUID.fullmatch(user):
        raise bad_request("With application permissions the user is named by object id.")
    if not directory.find(user, call.tenant):
        raise not_found(f"User '{user}' does not exist.")
    state.require_policy(user)
    return user


def of(call: Call, state: State) -> Meeting:
    """The meeting of the path. Raises GraphError when its organiser has none such."""
    user = organizer(call, state)
    meeting = state.meetings.get(call.path("meeting"))
    if not meeting or meeting.organizer != user:
        raise not_found("The meeting does not exist.")
    return meeting


def visible(call: Call, meeting: Meeting) -> Json:
    """The meeting as this caller may read it."""
    answer = copy.deepcopy(meeting.properties)
    lobby = answer["lobbyBypassSettings"]
    if lobby["scope"] in properties.NEWER_SCOPES and properties.PREFER_NEWER not in call.request.headers.get(
        "prefer", ""
    ):
        lobby["scope"] = "unknownFutureValue"
    return answer


def _settings(body: Json, checks: dict[str, properties.Check]) -> Json:
    """What is left of a body when times and participants, which have rules of their own, are taken out."""
    settings = {name: value for name, value in body.items() if name not in (*TIMES, "participants")}
    properties.known(settings, checks)
    return settings


def _move(meeting: Meeting, start: datetime, end: datetime) -> None:
    meeting.properties["startDateTime"] = times.write(start)
    meeting.properties["endDateTime"] = times.write(end)
    meeting.properties["expiryDateTime"] = times.write(end + LIFETIME)


def _new(origin: str, tenant: str, user: str, start: datetime, end: datetime, attendees: list[Json] | None) -> Meeting:
    """A meeting with what a tenant's default policy sets."""
    thread = f"19:meeting_{base64.b64encode(str(uuid.uuid4()).encode()).decode()}@thread.v2"
    context = json.dumps({"Tid": tenant, "Oid": user}, separators=(",", ":"))
    join_url = f"{origin}/l/meetup-join/{_percent(thread)}/0?context={_percent(context)}"
    link = f'data:text/html,<a href="{join_url.replace("&", "&amp;")}">Join the meeting</a>'
    person = {"upn": directory.USERS[user].username, "role": "presenter"}
    on = (
        *("allowAttendeeToEnableCamera", "allowAttendeeToEnableMic", "allowBreakoutRooms", "allowRecording"),
        *("allowTranscription", "allowWhiteboard", "allowPowerPointSharing", "allowTeamworkReactions"),
        *("allowCopyingAndSharingMeetingContent", "allowParticipantsToChangeName"),
    )
    return Meeting(
        tenant,
        user,
        {
            "id": base64.urlsafe_b64encode(f"1*{user}*0**{thread}".encode()).rstrip(b"=").decode(),
            "creationDateTime": times.write(times.now()),
            "startDateTime": times.write(start),
            "endDateTime": times.write(end),
            "expiryDateTime": times.write(end + LIFETIME),
            "externalId": None,
            "joinWebUrl": join_url,
            "meetingOptionsWebUrl": f"{origin}/meetingOptions/?threadId={_percent(thread)}",
            "subject": None,
            "isBroadcast": False,
            "isEntryExitAnnounced": True,
            "isEndToEndEncryptionEnabled": False,
            "allowedPresenters": "everyone",
            "allowedLobbyAdmitters": "organizerAndCoOrganizersAndPresenters",
            "allowMeetingChat": "enabled",
            "allowLiveShare": "enabled",
            "shareMeetingChatHistoryDefault": "none",
            "recordAutomatically": False,
            **dict.fromkeys(on, True),
            "videoTeleconferenceId": None,
            "audioConferencing": None,
            "watermarkProtection": None,
            "chatRestrictions": None,
            "lobbyBypassSettings": {"scope": "organization", "isDialInBypassEnabled": False},
            "joinMeetingIdSettings": {
                "isPasscodeRequired": True,
                "joinMeetingId": str(secrets.randbelow(9 * 10**12) + 10**12),
                "passcode": secrets.token_hex(3),
            },
            "joinInformation": {"content": link, "contentType": "html"},
            "chatInfo": {"threadId": thread, "messageId": "0", "replyChainMessageId": None},
            "participants": {
                "organizer": {**person, "identity": {"user": properties.person_identity(user)}},
                "attendees": attendees or [],
            },
        },
    )


def _percent(text: str) -> str:
    """Percent-encoded the way Teams' own links are: lower-case, with few characters left as they are."""
    return "".join(c if c.isalnum() or c in "_-." else f"%{ord(c):02x}" for c in text)
