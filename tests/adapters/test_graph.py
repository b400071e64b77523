"""Our lean Graph client makes the requests that Microsoft's own SDK makes for the same calls."""

import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from kiota_abstractions.authentication import AnonymousAuthenticationProvider
from msgraph.generated.models.allowed_lobby_admitter_roles import AllowedLobbyAdmitterRoles
from msgraph.generated.models.identity import Identity
from msgraph.generated.models.identity_set import IdentitySet
from msgraph.generated.models.lobby_bypass_scope import LobbyBypassScope
from msgraph.generated.models.lobby_bypass_settings import LobbyBypassSettings
from msgraph.generated.models.meeting_chat_history_default_mode import MeetingChatHistoryDefaultMode
from msgraph.generated.models.meeting_chat_mode import MeetingChatMode
from msgraph.generated.models.meeting_participant_info import MeetingParticipantInfo
from msgraph.generated.models.meeting_participants import MeetingParticipants
from msgraph.generated.models.online_meeting import OnlineMeeting
from msgraph.generated.models.online_meeting_presenters import OnlineMeetingPresenters
from msgraph.generated.models.online_meeting_role import OnlineMeetingRole
from msgraph.generated.models.subscription import Subscription
from msgraph.generated.users.item.online_meetings.create_or_get.create_or_get_post_request_body import (
    CreateOrGetPostRequestBody,
)
from msgraph.graph_request_adapter import GraphRequestAdapter
from msgraph.graph_service_client import GraphServiceClient

from shared.adapters.graph import Graph, Settings, roster_resource
from shared.adapters.web import Answer, Web
from shared.errors import BridgeError

DOCTOR, SECOND = "a0000000-0000-4000-8000-000000000003", "a0000000-0000-4000-8000-000000000004"
MEETING = "MSpkYzE3Njc0Yy04MWQ5LTRhZGItYmZiMi04ZAE="  # pragma: allowlist secret
START, END = datetime(2026, 11, 24, 16, 15, tzinfo=UTC), datetime(2026, 11, 24, 16, 45, tzinfo=UTC)
ANSWER = {"id": MEETING, "joinWebUrl": "https://teams/x", "expirationDateTime": "2026-11-25T00:00:00Z"}
Request = tuple[str, str, Any]


class Recorder(Web):
    """Keeps what would be sent."""

    def __init__(self, status: int = 201, body: Any = None) -> None:
        super().__init__()
        self.sent: list[Request] = []
        self._answer = Answer(status, body or ANSWER, {})

    async def send(self, method: str, path: str, *, json_body: Any = None, **_: Any) -> Answer:
        self.sent.append((method, path, json_body))
        return self._answer


async def sdk_request(call: Callable[[GraphServiceClient], Awaitable[object]]) -> Request:
    """What the SDK puts on the wire for a call."""
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(
            204 if request.method == "DELETE" else 201, json=None if request.method == "DELETE" else ANSWER
        )

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        adapter = GraphRequestAdapter(AnonymousAuthenticationProvider(), client)
        await call(GraphServiceClient(request_adapter=adapter))
    request = seen[0]
    return request.method, request.url.raw_path.decode(), json.loads(request.content) if request.content else None


def as_presenter(oid: str) -> MeetingParticipantInfo:
    identity = IdentitySet(user=Identity(id=oid))
    return MeetingParticipantInfo(identity=identity, role=OnlineMeetingRole.Presenter)


def attendees(*oids: str) -> MeetingParticipants:
    return MeetingParticipants(attendees=[as_presenter(oid) for oid in oids])


def comparable(request: Request) -> Request:
    """Times in one spelling: the SDK writes +00:00 where Graph's own examples have Z. Type annotations, which the SDK
    adds and Graph does not need, are left out.
    """

    def plain(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {name: plain(item) for name, item in value.items() if name != "@odata.type"}
        if isinstance(value, list):
            return [plain(item) for item in value]
        return value.replace("+00:00", "Z") if isinstance(value, str) else value

    return request[0], request[1], plain(request[2])


async def test_create_or_get_is_the_sdk_s_request() -> None:
    ours = Recorder()
    await Graph(ours).create_or_get(
        DOCTOR, "external", subject="Virtual visit", start=START, end=END, presenters=[DOCTOR, SECOND]
    )
    body = CreateOrGetPostRequestBody(
        external_id="external", subject="Virtual visit", start_date_time=START, end_date_time=END,
        participants=attendees(DOCTOR, SECOND),
    )  # fmt: skip
    theirs = await sdk_request(lambda g: g.users.by_user_id(DOCTOR).online_meetings.create_or_get.post(body))
    assert comparable(theirs) == comparable(ours.sent[0])


async def test_the_settings_are_the_sdk_s_request() -> None:
    ours = Recorder()
    await Graph(ours).configure(DOCTOR, MEETING, Settings("invited", "limited", recording=False, presenters=[DOCTOR]))
    body = OnlineMeeting(
        lobby_bypass_settings=LobbyBypassSettings(scope=LobbyBypassScope.Invited, is_dial_in_bypass_enabled=False),
        allowed_lobby_admitters=AllowedLobbyAdmitterRoles.OrganizerAndCoOrganizersAndPresenters,
        allowed_presenters=OnlineMeetingPresenters.RoleIsPresenter,
        allow_meeting_chat=MeetingChatMode.Limited,
        share_meeting_chat_history_default=MeetingChatHistoryDefaultMode.None_,
        record_automatically=False,
        allow_recording=False,
        allow_transcription=False,
        is_entry_exit_announced=False,
        participants=attendees(DOCTOR),
    )
    theirs = await sdk_request(
        lambda g: g.users.by_user_id(DOCTOR).online_meetings.by_online_meeting_id(MEETING).patch(body)
    )
    assert comparable(theirs) == comparable(ours.sent[0])


async def test_a_move_and_a_delete_are_the_sdk_s_requests() -> None:
    ours = Recorder()
    await Graph(ours).move(DOCTOR, MEETING, START, END)
    await Graph(ours).delete(DOCTOR, MEETING)
    body = OnlineMeeting(start_date_time=START, end_date_time=END)

    def meeting(g: GraphServiceClient) -> Any:
        return g.users.by_user_id(DOCTOR).online_meetings.by_online_meeting_id(MEETING)

    assert comparable(await sdk_request(lambda g: meeting(g).patch(body))) == comparable(ours.sent[0])
    assert comparable(await sdk_request(lambda g: meeting(g).delete())) == comparable(ours.sent[1])


async def test_a_subscription_is_the_sdk_s_request_but_for_the_beta() -> None:
    ours = Recorder()
    await Graph(ours).watch(
        "https://teams/x", notify="https://us/n", lifecycle="https://us/l", certificate="AAAA", key_id="1",
        until=END, state="state",
    )  # fmt: skip
    body = Subscription(
        change_type="updated", notification_url="https://us/n", lifecycle_notification_url="https://us/l",
        resource=roster_resource("https://teams/x"), include_resource_data=True, encryption_certificate="AAAA",
        encryption_certificate_id="1", expiration_date_time=END, client_state="state",
    )  # fmt: skip
    method, path, theirs = comparable(await sdk_request(lambda g: g.subscriptions.post(body)))
    assert (method, path.replace("/v1.0/", "/beta/"), theirs) == comparable(ours.sent[0])


def test_the_resource_is_microsoft_s_documented_example() -> None:
    join = (
        "https://teams.microsoft.com/l/meetup-join/19%3ameeting_ZGUyZTUx%40thread.v2/0"
        "?context=%7b%22Tid%22%3a%22909c6581%22%2c%22Oid%22%3a%221752c402%22%7d"
    )
    assert roster_resource(join) == (
        "/communications/onlineMeetings(joinWebUrl='https%3A%2F%2Fteams.microsoft.com%2Fl%2Fmeetup-join%2F"
        "19%253ameeting_ZGUyZTUx%2540thread.v2%2F0%3Fcontext%3D%257b%2522Tid%2522%253a%2522909c6581%2522%252c"
        "%2522Oid%2522%253a%25221752c402%2522%257d')/meetingCallEvents"
    )


@pytest.mark.parametrize(
    ("status", "message", "code"),
    [
        (403, "No application access policy found for this app", "room.policy_missing"),
        (403, "Forbidden", "room.refused"),
        (404, "User not found", "room.refused"),
        (429, "Too many requests", "unavailable"),
        (503, "", "unavailable"),
    ],
)
async def test_graph_s_refusals_have_names(status: int, message: str, code: str) -> None:
    recorder = Recorder(status, {"error": {"code": "x", "message": message}})
    with pytest.raises(BridgeError, match=code):
        await Graph(recorder).create_or_get(DOCTOR, "x", subject="s", start=START, end=END, presenters=[])
