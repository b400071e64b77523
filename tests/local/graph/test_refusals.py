"""What Graph refuses: tokens, paths, bodies; a table of bad requests."""

import time
from typing import Any

import pytest

from tests.local.graph.world import CLINICIAN, MEETINGS, SECOND, World

CREATE = f"{MEETINGS}/createOrGet"
GUEST = {"upn": "pat@elsewhere.example"}


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "https://vault.azure.net"},
        {"iss": "https://elsewhere.example/v2.0"},
        {"tid": "00000000-0000-4000-8000-000000000000"},
        {"exp": int(time.time()) - 3600},
        {"nbf": int(time.time()) + 3600},
    ],
    ids=["audience", "issuer", "tenant", "expired", "early"],
)
async def test_a_token_that_is_not_for_this_service_is_refused(world: World, claims: dict[str, Any]) -> None:
    headers = {"authorization": f"Bearer {world.entra.app_token(**claims)}"}
    answer = await world.graph.post(CREATE, json={"externalId": "a"}, headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "InvalidAuthenticationToken")


@pytest.mark.parametrize("header", ["", "Bearer ", "Bearer rubbish", "Basic YTpi"])
async def test_without_a_bearer_token_nothing_is_answered(world: World, header: str) -> None:
    answer = await world.graph.get("/v1.0/users", headers={"authorization": header})
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "InvalidAuthenticationToken")


async def test_a_tampered_token_is_refused(world: World) -> None:
    head, _, signature = world.entra.app_token(roles=["CallRecords.Read.All"]).split(".")
    payload = world.entra.app_token().split(".")[1]
    answer = await world.graph.get("/v1.0/users", headers={"authorization": f"Bearer {head}.{payload}.{signature}"})
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        ("OnlineMeetings.Read.All", {"get meeting", "subscribe"}),
        ("OnlineMeetings.ReadWrite.All", {"get meeting", "patch meeting", "delete meeting", "subscribe"}),
        ("OnlineMeetingArtifact.Read.All", {"reports"}),
        ("CallRecords.Read.All", {"call records"}),
        ("User.Read.All", {"users"}),
        ("User.ReadBasic.All", set()),
        ("Mail.Read", set()),
    ],
)
async def test_each_call_needs_its_own_permission(world: World, role: str, allowed: set[str]) -> None:
    meeting = await world.meeting()
    url = f"{MEETINGS}/{meeting['id']}"
    calls = {
        "get meeting": ("GET", url, None),
        "patch meeting": ("PATCH", url, {"subject": "a"}),
        "reports": ("GET", f"{url}/attendanceReports", None),
        "call records": ("GET", "/v1.0/communications/callRecords", None),
        "users": ("GET", "/v1.0/users", None),
        "subscribe": ("POST", "/beta/subscriptions", world.subscription(meeting["joinWebUrl"])),
        "delete meeting": ("DELETE", url, None),
    }
    headers = {"authorization": f"Bearer {world.entra.app_token(roles=[role])}"}
    for name, (method, path, body) in calls.items():
        answer = await world.graph.request(method, path, json=body, headers=headers)
        assert answer.is_success == (name in allowed), (name, answer.text)
        assert answer.is_success or answer.status_code == 403
        if name == "users" and not answer.is_success:
            assert answer.json()["error"]["code"] == "Authorization_RequestDenied"


BAD_CREATIONS: dict[str, Any] = {
    "no key": {},
    "empty key": {"externalId": ""},
    "key of another type": {"externalId": 7},
    "lobby": {"lobbyBypassSettings": {"scope": "organizer"}},
    "presenters": {"allowedPresenters": "organizer"},
    "unknown property": {"colour": "red"},
    "subject of another type": {"subject": 7},
    "end without start": {"endDateTime": "2026-11-23T15:00:00Z"},
    "end before start": {"startDateTime": "2026-11-23T15:00:00Z", "endDateTime": "2026-11-23T14:00:00Z"},
    "no offset": {"startDateTime": "2026-11-23T15:00:00"},
    "no date": {"startDateTime": "tomorrow"},
    "number as date": {"startDateTime": 1764000000},
    "other organiser": {"participants": {"organizer": {"identity": {"user": {"id": SECOND.oid}}}}},
    "attendees as object": {"participants": {"attendees": {}}},
    "unknown role": {"participants": {"attendees": [{"upn": SECOND.username, "role": "boss"}]}},
    "guest as presenter": {"participants": {"attendees": [GUEST | {"role": "presenter"}]}},
    "nameless attendee": {"participants": {"attendees": [{"role": "attendee"}]}},
    "unknown part of attendee": {"participants": {"attendees": [GUEST | {"phone": "1"}]}},
}


@pytest.mark.parametrize("change", BAD_CREATIONS.values(), ids=BAD_CREATIONS.keys())
async def test_create_or_get_refuses(world: World, change: dict[str, Any]) -> None:
    body = change if change.keys() in ({"externalId"}, set()) else {"externalId": "visit-1"} | change
    answer = await world.graph.post(CREATE, json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "BadRequest"), answer.text
    assert (await world.control.get("/meetings")).json() == []


BAD_UPDATES: dict[str, Any] = {
    "start alone": {"startDateTime": "2026-11-23T15:00:00Z"},
    "end alone": {"endDateTime": "2026-11-23T15:00:00Z"},
    "end before start": {"startDateTime": "2026-11-23T15:00:00Z", "endDateTime": "2026-11-23T14:00:00Z"},
    "lobby scope": {"lobbyBypassSettings": {"scope": "nobody"}},
    "lobby scope of the future": {"lobbyBypassSettings": {"scope": "unknownFutureValue"}},
    "lobby part": {"lobbyBypassSettings": {"scope": "organizer", "knock": True}},
    "lobby as text": {"lobbyBypassSettings": "organizer"},
    "presenters": {"allowedPresenters": "patients"},
    "presenters without the list": {"allowedPresenters": "roleIsPresenter"},
    "chat": {"allowMeetingChat": True},
    "recording as text": {"recordAutomatically": "false"},
    "organiser": {"participants": {"organizer": {"identity": {"user": {"id": CLINICIAN.oid}}}}},
    "key": {"externalId": "b"},
    "join url": {"joinWebUrl": "https://elsewhere.example"},
    "template": {"meetingTemplateId": "a"},
    "unknown property": {"colour": "red"},
    "null": {"allowMeetingChat": None},
}


@pytest.mark.parametrize("change", BAD_UPDATES.values(), ids=BAD_UPDATES.keys())
async def test_an_update_is_refused_whole(world: World, change: dict[str, Any]) -> None:
    url = f"{MEETINGS}/{(await world.meeting())['id']}"
    before = (await world.graph.get(url)).json()
    answer = await world.graph.patch(url, json={"subject": "Changed", **change})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "BadRequest"), answer.text
    assert (await world.graph.get(url)).json() == before


BAD_PATHS = {
    "sign-in name for object id": ("POST", CREATE.replace(CLINICIAN.oid, CLINICIAN.username), 400),
    "unknown user": ("POST", CREATE.replace(CLINICIAN.oid, "a0000000-0000-4000-8000-0000000000ff"), 404),
    "unknown meeting": ("GET", f"{MEETINGS}/MSo1N2Y5ZGFj", 404),
    "unknown meeting's reports": ("GET", f"{MEETINGS}/MSo1N2Y5ZGFj/attendanceReports", 404),
    "all meetings": ("GET", MEETINGS, 400),
    "other filter": ("GET", f"{MEETINGS}?$filter=subject eq 'a'", 400),
    "unknown segment": ("GET", "/v1.0/hospitals", 400),
    "unknown version": ("GET", "/v2.0/users", 400),
    "wrong method": ("PUT", MEETINGS, 405),
    "unknown subscription": ("GET", "/beta/subscriptions/7", 404),
    "unknown call record": ("GET", "/v1.0/communications/callRecords/7", 404),
    "call records by url": ("GET", "/v1.0/communications/callRecords?$filter=joinWebUrl eq 'a'", 400),
}


@pytest.mark.parametrize(("method", "path", "status"), BAD_PATHS.values(), ids=BAD_PATHS.keys())
async def test_a_path_that_leads_nowhere_is_refused(world: World, method: str, path: str, status: int) -> None:
    body = {"externalId": "visit-1"} if method == "POST" else None
    answer = await world.graph.request(method, path, json=body)
    assert answer.status_code == status, answer.text
    assert {"code", "message", "innerError"} == answer.json()["error"].keys()


async def test_a_meeting_is_not_found_under_another_user(world: World) -> None:
    meeting = await world.meeting()
    answer = await world.graph.get(f"{MEETINGS}/{meeting['id']}".replace(CLINICIAN.oid, SECOND.oid))
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [(b"{", "application/json", 400), (b"[]", "application/json", 400), (b"externalId=a", "text/plain", 415)],
)
async def test_a_body_that_is_no_json_object_is_refused(world: World, content: bytes, kind: str, status: int) -> None:
    answer = await world.graph.post(CREATE, content=content, headers={"content-type": kind})
    assert answer.status_code == status
