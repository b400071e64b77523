"""Meetings: keyed, timed, changed and deleted as Microsoft documents it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from local.config import TENANT_ID
from tests.local.graph.world import CLINICIAN, MEETINGS, SECOND, World

TIMES = {"startDateTime": "2026-11-23T15:00:00Z", "endDateTime": "2026-11-23T15:30:00Z"}


async def test_the_same_external_id_of_the_same_user_is_one_meeting(world: World) -> None:
    body = {"externalId": "visit-1", "subject": "Virtual visit", **TIMES}
    first = await world.graph.post(f"{MEETINGS}/createOrGet", json=body)
    again = await world.graph.post(f"{MEETINGS}/createOrGet", json=body | {"subject": "Another"})
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["id"] == first.json()["id"]
    assert again.json()["subject"] == "Virtual visit"


async def test_the_same_external_id_of_another_user_is_another_meeting(world: World) -> None:
    """Whoever asks for the room with another organiser gets a second room: the rule that the product must know."""
    assert (await world.meeting())["id"] != (await world.meeting(user=SECOND.oid))["id"]


async def test_a_new_meeting_has_what_the_tenants_policy_sets(world: World) -> None:
    meeting = await world.meeting()
    assert meeting["lobbyBypassSettings"] == {"scope": "organization", "isDialInBypassEnabled": False}
    assert (meeting["allowedPresenters"], meeting["allowMeetingChat"]) == ("everyone", "enabled")
    organizer = meeting["participants"]["organizer"]
    assert (organizer["upn"], organizer["identity"]["user"]["id"]) == (CLINICIAN.username, CLINICIAN.oid)


async def test_the_join_url_is_encoded_as_teams_does_it(world: World) -> None:
    meeting = await world.meeting()
    url = meeting["joinWebUrl"]
    assert url.startswith(f"{world.config.graph}/l/meetup-join/19%3ameeting_")
    assert "%40thread.v2/0?context=%7b%22Tid%22%3a%22" in url
    assert unquote(urlsplit(url).query) == f'context={{"Tid":"{TENANT_ID}","Oid":"{CLINICIAN.oid}"}}'


@pytest.mark.parametrize(
    ("given", "start_known", "length"),
    [({}, False, 60), ({"startDateTime": TIMES["startDateTime"]}, True, 60), (TIMES, True, 30)],
    ids=["none", "start only", "both"],
)
async def test_missing_times_are_filled_in(world: World, given: dict[str, str], start_known: bool, length: int) -> None:
    meeting = await world.meeting(**given)
    start, end = (datetime.fromisoformat(meeting[name]) for name in TIMES)
    assert end - start == timedelta(minutes=length)
    expected = datetime(2026, 11, 23, 15, tzinfo=UTC) if start_known else datetime.now(UTC)
    assert abs(start - expected) < timedelta(seconds=20)


async def test_times_are_answered_in_utc(world: World) -> None:
    meeting = await world.meeting(startDateTime="2026-11-23T09:00:00-06:00")
    assert meeting["startDateTime"] == "2026-11-23T15:00:00.0000000Z"


async def test_an_update_sets_the_documented_properties_and_no_others(world: World) -> None:
    meeting = await world.meeting()
    attendee = {"identity": {"user": {"id": SECOND.oid}}, "role": "presenter"}
    change: dict[str, Any] = {
        "lobbyBypassSettings": {"scope": "organizer"},
        "allowedLobbyAdmitters": "organizerAndCoOrganizersAndPresenters",
        "allowedPresenters": "roleIsPresenter",
        "allowMeetingChat": "limited",
        "shareMeetingChatHistoryDefault": "none",
        "recordAutomatically": False,
        "isEntryExitAnnounced": False,
        "participants": {"attendees": [attendee]},
    }
    answer = await world.graph.patch(f"{MEETINGS}/{meeting['id']}", json=change)
    assert answer.status_code == 200, answer.text
    now = answer.json()
    # Of an object only what was given changes.
    assert now["lobbyBypassSettings"] == {"scope": "organizer", "isDialInBypassEnabled": False}
    assert now["participants"]["attendees"][0]["upn"] == SECOND.username
    changed = {name for name in now if now[name] != meeting[name]}
    assert changed == {
        *("lobbyBypassSettings", "allowedPresenters", "allowMeetingChat", "isEntryExitAnnounced", "participants"),
    }
    assert (await world.graph.get(f"{MEETINGS}/{meeting['id']}")).json() == now


async def test_a_meeting_moves_when_both_times_are_given(world: World) -> None:
    meeting = await world.meeting(**TIMES)
    moved = {"startDateTime": "2026-11-24T15:00:00Z", "endDateTime": "2026-11-24T16:00:00Z"}
    now = (await world.graph.patch(f"{MEETINGS}/{meeting['id']}", json=moved)).json()
    assert (now["startDateTime"], now["endDateTime"]) == (
        "2026-11-24T15:00:00.0000000Z",
        "2026-11-24T16:00:00.0000000Z",
    )
    assert now["expiryDateTime"] == "2027-01-23T16:00:00.0000000Z"


async def test_a_newer_lobby_scope_reads_back_only_for_those_who_know_of_newer_values(world: World) -> None:
    url = f"{MEETINGS}/{(await world.meeting())['id']}"
    plain = await world.graph.patch(url, json={"lobbyBypassSettings": {"scope": "invited"}})
    knowing = await world.graph.get(url, headers={"prefer": "include-unknown-enum-members"})
    assert plain.json()["lobbyBypassSettings"]["scope"] == "unknownFutureValue"
    assert knowing.json()["lobbyBypassSettings"]["scope"] == "invited"


async def test_a_deleted_meeting_is_gone_and_its_key_is_free(world: World) -> None:
    meeting = await world.meeting()
    url = f"{MEETINGS}/{meeting['id']}"
    assert [(await world.graph.delete(url)).status_code for _ in range(2)] == [204, 404]
    assert (await world.graph.get(url)).status_code == 404
    assert (await world.meeting())["id"] != meeting["id"]


async def test_a_meeting_is_found_by_its_join_url_under_its_own_organiser(world: World) -> None:
    meeting = await world.meeting()
    query = {"$filter": f"JoinWebUrl eq '{meeting['joinWebUrl']}'"}
    found = (await world.graph.get(MEETINGS, params=query)).json()["value"]
    assert [one["id"] for one in found] == [meeting["id"]]
    other = await world.graph.get(MEETINGS.replace(CLINICIAN.oid, SECOND.oid), params=query)
    assert other.json()["value"] == []


async def test_a_plain_meeting_takes_settings_at_once_and_has_no_key(world: World) -> None:
    body = {"subject": "Huddle", "lobbyBypassSettings": {"scope": "organizer"}, **TIMES}
    made = [await world.graph.post(MEETINGS, json=body) for _ in range(2)]
    assert [answer.status_code for answer in made] == [201, 201]
    assert made[0].json()["id"] != made[1].json()["id"]
    assert made[0].json()["lobbyBypassSettings"]["scope"] == "organizer"


async def test_without_an_access_policy_meetings_are_refused(world: World) -> None:
    meeting = await world.meeting()
    await world.control.put("/graph/access-policy", json={"granted": False, "users": [CLINICIAN.username]})
    refused = await world.graph.get(f"{MEETINGS}/{meeting['id']}")
    error = refused.json()["error"]
    assert refused.status_code == 403
    assert (error["code"], error["message"]) == ("Forbidden", "No application access policy found for this app")
    await world.meeting(user=SECOND.oid)
    await world.control.put("/graph/access-policy", json={"granted": True})
    assert (await world.graph.get(f"{MEETINGS}/{meeting['id']}")).status_code == 200


async def test_a_throttled_call_is_told_how_long_to_wait(world: World) -> None:
    meeting = await world.meeting()
    await world.control.put("/graph/throttle", json={"calls": 2, "retry_after": 7})
    answers = [await world.graph.get(f"{MEETINGS}/{meeting['id']}") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [429, 429, 200]
    assert answers[0].headers["retry-after"] == "7"
    assert answers[0].json()["error"]["code"] == "TooManyRequests"


async def test_a_user_can_have_so_many_meetings_a_month_and_no_more(world: World) -> None:
    """2,000 in earnest. A meeting that exists already costs nothing; deleting one gives nothing back."""
    await world.control.put("/graph/quota", json={"meetings_per_month": 2})
    first = await world.meeting("visit-1")
    await world.meeting("visit-2")
    await world.meeting("visit-1")
    await world.graph.delete(f"{MEETINGS}/{first['id']}")
    answer = await world.graph.post(f"{MEETINGS}/createOrGet", json={"externalId": "visit-3"})
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 3600
    await world.meeting("visit-3", user=SECOND.oid)


async def test_every_answer_names_its_request(world: World) -> None:
    answer = await world.graph.get(f"{MEETINGS}/nothing", headers={"client-request-id": "mine"})
    inner = answer.json()["error"]["innerError"]
    assert answer.headers["client-request-id"] == inner["client-request-id"] == "mine"
    assert answer.headers["request-id"] == inner["request-id"]
    datetime.fromisoformat(inner["date"])
