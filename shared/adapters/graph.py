"""The few calls of Microsoft Graph that the product makes, on azure-core's pipeline.

`msgraph-sdk` costs two seconds of processor time for its first model and cannot express the beta subscription; a test
makes the same calls both ways and compares the requests (docs/decisions/0003-outgoing-calls.md).
https://learn.microsoft.com/graph/api/onlinemeeting-createorget
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlsplit

from shared.adapters.attendance import Call, call_of, newest
from shared.adapters.call_records import MOST_PEOPLE, Sound, same_meeting, sounds_of
from shared.adapters.web import Answer, UpstreamError, Web
from shared.errors import Refused, Unavailable

# Without this header a value newer than the client's enumeration reads back as unknownFutureValue.
NEWER_ENUMS = {"Prefer": "include-unknown-enum-members"}

RECORDS = "/v1.0/communications/callRecords"
# Of 60 calls each; nobody has so many in a day.
MOST_PAGES = 5


@dataclass(frozen=True, slots=True)
class Meeting:
    """A Teams meeting. `created`: this call made it, so its settings still are the tenant's defaults. `expires`: when
    Teams forgets it, unless it is held or changed.
    """

    id: str
    join_url: str
    created: bool
    expires: datetime | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """What a visit's meeting must be like: createOrGet ignores these, one PATCH sets them. `recording`: it starts by
    itself; else nobody can record or transcribe. `closed`: nobody new comes in but by the organiser, and no chat.
    """

    lobby: str
    chat: str
    recording: bool
    presenters: Sequence[str]
    closed: bool = False


class Graphs:
    """Graph for each tenant that this deployment serves: a client and a token of its own each, made when first needed."""

    def __init__(self, tenants: Sequence[str], make: "Callable[[str], Graph]") -> None:
        self._tenants = tenants
        self._make = make
        self._made: dict[str, Graph] = {}

    def of(self, tenant: str) -> "Graph":
        """Graph as a tenant's own token sees it. Raises `Refused("room.refused")` for a tenant that is not served."""
        if tenant not in self._tenants:
            raise Refused("room.refused")
        if tenant not in self._made:
            self._made[tenant] = self._make(tenant)
        return self._made[tenant]


class Graph:
    """Graph with the app registration's own token of one tenant."""

    def __init__(self, web: Web) -> None:
        self._web = web

    async def create_or_get(
        self,
        organizer: str,
        external_id: str,
        *,
        subject: str,
        start: datetime,
        end: datetime,
        presenters: Sequence[str],
    ) -> Meeting:
        """The organiser's meeting with this external id, made if there is none. The same call twice is one meeting."""
        answer = await self._send(
            "POST",
            f"/v1.0/users/{organizer}/onlineMeetings/createOrGet",
            {
                "externalId": external_id,
                "subject": subject,
                "startDateTime": _instant(start),
                "endDateTime": _instant(end),
                "participants": _attendees(presenters),
            },
        )
        return _meeting(answer)

    async def configure(self, organizer: str, meeting_id: str, settings: Settings) -> Meeting | None:
        """Sets lobby, presenters, chat and recording; None if the meeting is gone. Most of it takes hold in a call that
        goes on, too (https://learn.microsoft.com/graph/api/resources/onlinemeeting).
        """
        closed = settings.closed
        return await self._change(
            organizer,
            meeting_id,
            {
                "lobbyBypassSettings": {
                    "scope": "organizer" if closed else settings.lobby,
                    "isDialInBypassEnabled": False,
                },
                "allowedLobbyAdmitters": f"organizerAndCoOrganizers{'' if closed else 'AndPresenters'}",
                "allowedPresenters": "roleIsPresenter",
                "allowMeetingChat": "disabled" if closed else settings.chat,
                "shareMeetingChatHistoryDefault": "none",
                "recordAutomatically": settings.recording,
                "allowRecording": settings.recording,
                "allowTranscription": settings.recording,
                "isEntryExitAnnounced": False,
                "participants": _attendees(settings.presenters),
            },
        )

    async def move(self, organizer: str, meeting_id: str, start: datetime, end: datetime) -> Meeting | None:
        """Moves a meeting, None if it is gone; Graph wants both times."""
        times = {"startDateTime": _instant(start), "endDateTime": _instant(end)}
        return await self._change(organizer, meeting_id, times)

    async def delete(self, organizer: str, meeting_id: str) -> None:
        """Deletes a meeting; one that is gone is fine."""
        path = f"/v1.0/users/{organizer}/onlineMeetings/{quote(meeting_id, safe='')}"
        await self._send("DELETE", path, None, fine=(404,))

    async def watch(
        self, join_url: str, *, notify: str, lifecycle: str, certificate: str, key_id: str, until: datetime, state: str
    ) -> tuple[str, datetime]:
        """Subscribes to a meeting's roster, encrypted to our key. Returns the subscription's id and expiry.

        Beta only; Graph calls both URLs back before it answers.
        https://learn.microsoft.com/graph/changenotifications-for-onlinemeeting
        """
        answer = await self._send(
            "POST",
            "/beta/subscriptions",
            {
                "changeType": "updated",
                "notificationUrl": notify,
                "lifecycleNotificationUrl": lifecycle,
                "resource": roster_resource(join_url),
                "includeResourceData": True,
                "encryptionCertificate": certificate,
                "encryptionCertificateId": key_id,
                "expirationDateTime": _instant(until),
                "clientState": state,
            },
        )
        return answer.body["id"], datetime.fromisoformat(answer.body["expirationDateTime"])

    async def renew_watch(self, subscription: str, until: datetime) -> datetime | None:
        """Extends a subscription; None if it is gone."""
        answer = await self._send(
            "PATCH", f"/beta/subscriptions/{subscription}", {"expirationDateTime": _instant(until)}, fine=(404,)
        )
        return None if answer.status == 404 else datetime.fromisoformat(answer.body["expirationDateTime"])

    async def unwatch(self, subscription: str) -> None:
        """Ends a subscription; one that is gone is fine."""
        await self._send("DELETE", f"/beta/subscriptions/{subscription}", None, fine=(404,))

    async def attendance(self, organizer: str, meeting_id: str) -> list[Call]:
        """The newest calls of a meeting that have ended, each with who was in it; none if the meeting is gone.

        Raises `Refused("room.refused")` where the permission is missing or the organiser's reports are switched off.
        https://learn.microsoft.com/graph/api/meetingattendancereport-get
        """
        path = f"/v1.0/users/{organizer}/onlineMeetings/{quote(meeting_id, safe='')}/attendanceReports"
        listed = await self._send("GET", path, None, fine=(404,))
        if listed.status == 404:
            return []
        found = []
        for report in newest(listed.body.get("value") or []):
            answer = await self._send(
                "GET", f"{path}/{quote(report, safe='')}?$expand=attendanceRecords", None, fine=(404,)
            )
            call = call_of(answer.body) if answer.status != 404 else None
            if call:
                found.append(call)
        return found

    async def sounds(self, join_url: str, person: str, since: datetime, until: datetime) -> list[Sound]:
        """How people heard each other in a meeting's calls that began from `since` to `until`; none if Teams has no
        record of them yet, which may take some hours.

        `person`, an Entra id, was in them: the tenant's other calls are not asked for, and of those of the same person no
        more is taken than their id and whether they are this meeting's. Raises `Refused("room.refused")` where the
        permission is missing. https://learn.microsoft.com/graph/api/callrecords-cloudcommunications-list-callrecords
        """
        wanted = (
            f"participants_v2/any(p:p/id eq '{person}')"
            f" and startDateTime ge {_instant(since)} and startDateTime lt {_instant(until)}"
        )
        path = f"{RECORDS}?$filter={quote(wanted, safe='')}&$select=id,joinWebUrl"
        found: list[Sound] = []
        for _ in range(MOST_PAGES):
            page = (await self._send("GET", path, None)).body
            for item in page.get("value") or []:
                if same_meeting(str(item.get("joinWebUrl") or ""), join_url):
                    record = f"{RECORDS}/{quote(str(item['id']), safe='')}?$expand=sessions($expand=segments)"
                    found.extend(sounds_of((await self._send("GET", record, None)).body))
            following = urlsplit(str(page.get("@odata.nextLink") or ""))
            if not following.query:
                break
            path = f"{RECORDS}?{following.query}"
        return found[:MOST_PEOPLE]

    async def _change(self, organizer: str, meeting_id: str, change: dict[str, Any]) -> Meeting | None:
        path = f"/v1.0/users/{organizer}/onlineMeetings/{quote(meeting_id, safe='')}"
        answer = await self._send("PATCH", path, change, fine=(404,))
        return None if answer.status == 404 else _meeting(answer)

    async def _send(self, method: str, path: str, body: Any, *, fine: Sequence[int] = ()) -> Answer:
        try:
            answer = await self._web.send(method, path, json_body=body, headers=NEWER_ENUMS)
        except UpstreamError:
            raise Unavailable from None
        if answer.status < 300 or answer.status in fine:
            return answer
        if answer.status == 403 and "application access policy" in _message(answer):
            raise Unavailable("room.policy_missing", retry_after=60)
        if answer.status in (429, 500, 502, 503, 504):
            pause = answer.headers.get("retry-after", "")
            raise Unavailable(retry_after=int(pause)) if pause.isdecimal() else Unavailable
        raise Refused("room.refused")


def roster_resource(join_url: str) -> str:
    """The resource path of a meeting's roster: the join URL percent-encoded once more, whole."""
    return f"/communications/onlineMeetings(joinWebUrl='{quote(join_url, safe='')}')/meetingCallEvents"


def _meeting(answer: Answer) -> Meeting:
    expires = answer.body.get("expiryDateTime")
    return Meeting(
        answer.body["id"],
        answer.body["joinWebUrl"],
        created=answer.status == 201,
        expires=datetime.fromisoformat(expires) if expires else None,
    )


def _attendees(presenters: Sequence[str]) -> dict[str, Any]:
    return {"attendees": [{"identity": {"user": {"id": oid}}, "role": "presenter"} for oid in presenters]}


def _instant(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _message(answer: Answer) -> str:
    error = answer.body.get("error", {}) if isinstance(answer.body, dict) else {}
    return str(error.get("message", ""))
