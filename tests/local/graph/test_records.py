"""What is left of a call: attendance reports and call records."""

from typing import Any

from local.config import PEOPLE, TENANT_ID
from tests.local.graph.world import CLINICIAN, MEETINGS, SECOND, Json, World

RECORDS = "/v1.0/communications/callRecords"


def at(minute: int) -> str:
    return f"2026-11-23T15:{minute:02}:00Z"


async def a_held_visit(world: World) -> Json:
    """Pat waits from 0 to 4, the clinician is there from 2 to 20 and again from 22, and ends it at 30."""
    meeting = await world.meeting()
    moves: list[tuple[int, str, str]] = [
        (0, "lobby", "Pat"),
        (2, "join", CLINICIAN.username),
        (4, "join", "Pat"),
        (5, "lobby", "Nosy"),
        (6, "leave", "Nosy"),
        (20, "leave", CLINICIAN.username),
        (22, "join", CLINICIAN.username),
        (30, "end", ""),
    ]
    for minute, action, who in moves:
        await world.roster(meeting, action, who, event_time=at(minute))
    return meeting


async def test_a_report_counts_the_time_in_the_call_and_not_in_the_lobby(world: World) -> None:
    reports = f"{MEETINGS}/{(await a_held_visit(world))['id']}/attendanceReports"
    (report,) = (await world.graph.get(reports)).json()["value"]
    assert report["totalParticipantCount"] == 2
    assert report["meetingStartDateTime"] == "2026-11-23T15:00:00.0000000Z"
    assert report["meetingEndDateTime"] == "2026-11-23T15:30:00.0000000Z"
    expanded = await world.graph.get(f"{reports}/{report['id']}", params={"$expand": "attendanceRecords"})
    pat, bell = expanded.json()["attendanceRecords"]
    assert (bell["role"], bell["emailAddress"], bell["totalAttendanceInSeconds"]) == (
        "Organizer",
        CLINICIAN.username,
        1560,
    )
    assert bell["identity"] == {"id": CLINICIAN.oid, "displayName": CLINICIAN.name, "tenantId": TENANT_ID}
    assert [span["durationInSeconds"] for span in bell["attendanceIntervals"]] == [1080, 480]
    assert (pat["emailAddress"], pat["totalAttendanceInSeconds"], pat["identity"]["displayName"]) == (None, 1560, "Pat")
    listed = await world.graph.get(f"{reports}/{report['id']}/attendanceRecords")
    assert listed.json()["value"] == [pat, bell]


async def test_records_come_only_when_asked_for(world: World) -> None:
    reports = f"{MEETINGS}/{(await a_held_visit(world))['id']}/attendanceReports"
    (report,) = (await world.graph.get(reports)).json()["value"]
    plain = await world.graph.get(f"{reports}/{report['id']}")
    assert "attendanceRecords" not in plain.json()
    assert (await world.graph.get(f"{reports}/{report['id']}?$expand=people")).status_code == 400
    assert (await world.graph.get(f"{reports}/7")).status_code == 404


async def test_there_is_no_report_before_the_end_and_one_for_each_call(world: World) -> None:
    meeting = await world.meeting()
    reports = f"{MEETINGS}/{meeting['id']}/attendanceReports"
    await world.roster(meeting, "join", "Pat")
    assert (await world.graph.get(reports)).json()["value"] == []
    await world.roster(meeting, "end")
    await world.roster(meeting, "join", "Pat")
    await world.roster(meeting, "end")
    assert len((await world.graph.get(reports)).json()["value"]) == 2


async def test_roles_follow_the_meetings_settings(world: World) -> None:
    meeting = await world.meeting()
    attendees = [{"identity": {"user": {"id": SECOND.oid}}, "role": "presenter"}]
    change: dict[str, Any] = {"allowedPresenters": "roleIsPresenter", "participants": {"attendees": attendees}}
    assert (await world.graph.patch(f"{MEETINGS}/{meeting['id']}", json=change)).status_code == 200
    for who in (CLINICIAN.oid, SECOND.oid, PEOPLE["nobody"].oid, "Pat"):
        await world.roster(meeting, "join", who)
    await world.roster(meeting, "end")
    reports = f"{MEETINGS}/{meeting['id']}/attendanceReports"
    (report,) = (await world.graph.get(reports)).json()["value"]
    expanded = (await world.graph.get(f"{reports}/{report['id']}?$expand=attendanceRecords")).json()
    assert [r["role"] for r in expanded["attendanceRecords"]] == ["Organizer", "Presenter", "Attendee", "Attendee"]


async def test_the_access_policy_covers_reports(world: World) -> None:
    meeting = await a_held_visit(world)
    await world.control.put("/graph/access-policy", json={"granted": False})
    assert (await world.graph.get(f"{MEETINGS}/{meeting['id']}/attendanceReports")).status_code == 403


async def test_a_call_record_is_found_by_when_the_call_began(world: World) -> None:
    meeting = await a_held_visit(world)
    query = {"$filter": f"startDateTime ge {at(0)} and startDateTime lt {at(1)}"}
    (record,) = (await world.graph.get(RECORDS, params=query)).json()["value"]
    assert record["joinWebUrl"] == meeting["joinWebUrl"]
    # A list has none of what can be expanded; since June 2026 the first two are empty everywhere.
    assert {"organizer", "participants", "organizer_v2", "participants_v2", "sessions"}.isdisjoint(record)
    whole = (await world.graph.get(f"{RECORDS}/{record['id']}")).json()
    assert whole["organizer_v2"]["id"] == CLINICIAN.oid
    query = {"$filter": f"startDateTime ge {at(1)} and startDateTime lt {at(9)}"}
    assert (await world.graph.get(RECORDS, params=query)).json()["value"] == []


async def test_a_list_is_of_one_person_and_has_what_is_selected(world: World) -> None:
    meeting = await a_held_visit(world)
    when = f" and startDateTime ge {at(0)} and startDateTime lt {at(1)}"
    query = {"$filter": f"participants_v2/any(p:p/id eq '{CLINICIAN.oid}'){when}", "$select": "id,joinWebUrl"}
    (record,) = (await world.graph.get(RECORDS, params=query)).json()["value"]
    assert set(record) == {"id", "joinWebUrl"}
    assert record["joinWebUrl"] == meeting["joinWebUrl"]
    query["$filter"] = f"participants_v2/any(p:p/id eq '{SECOND.oid}'){when}"
    assert (await world.graph.get(RECORDS, params=query)).json()["value"] == []
    assert (await world.graph.get(RECORDS, params={"$select": "sessions"})).status_code == 400


async def test_media_comes_with_sessions_and_segments(world: World) -> None:
    await a_held_visit(world)
    query = {"$filter": f"startDateTime ge {at(0)}"}
    (record,) = (await world.graph.get(RECORDS, params=query)).json()["value"]
    url = f"{RECORDS}/{record['id']}"
    assert "sessions" not in (await world.graph.get(url)).json()
    bare = (await world.graph.get(url, params={"$expand": "sessions"})).json()
    assert all("segments" not in session for session in bare["sessions"])
    full = (await world.graph.get(url, params={"$expand": "sessions($expand=segments)"})).json()
    # Two of the clinician, who came back, and one of the patient.
    assert len(full["sessions"]) == 3
    streams = [
        stream
        for session in full["sessions"]
        for segment in session["segments"]
        for media in segment["media"]
        for stream in media["streams"]
    ]
    assert len(streams) == 12
    assert all(0 <= stream["averagePacketLossRate"] < 0.02 for stream in streams)
    assert full == (await world.graph.get(url, params={"$expand": "sessions($expand=segments)"})).json()


async def test_a_list_of_call_records_has_pages_of_sixty(world: World) -> None:
    meeting = await world.meeting()
    for _ in range(61):
        await world.roster(meeting, "join", "Pat")
        await world.roster(meeting, "end")
    first = (await world.graph.get(RECORDS)).json()
    second = (await world.graph.get(first["@odata.nextLink"])).json()
    assert (len(first["value"]), len(second["value"])) == (60, 1)
    assert "@odata.nextLink" not in second
