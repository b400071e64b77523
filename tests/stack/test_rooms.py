"""One room for everybody of a visit: staff as presenters, patients through the lobby, groups, a meeting that is gone."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx

from local.browser import Browser
from local.config import PEOPLE, Person
from local.demo.steps import until
from tests.stack.conftest import Hospital
from tests.stack.test_launch import signed_in

DOCTOR, SECOND, EMPLOYEE = PEOPLE["clinician"], PEOPLE["second_clinician"], PEOPLE["nobody"]


async def launched(hospital: Hospital, csn: str, person: Person) -> httpx.URL:
    """Where a clinician's launch ends, in a browser of their own."""
    async with Browser(str(hospital.config.bundle)) as browser:
        page = await signed_in(hospital, browser, await hospital.launch(csn, user=person.epic_username), person)
    assert page.status_code == 200, page.text
    return page.url


async def patient_at(hospital: Hospital, csn: str) -> httpx.URL:
    """Where a patient's launch ends."""
    async with Browser(str(hospital.config.bundle)) as browser:
        return (await browser.open(await hospital.launch(csn, "patient"))).url


async def meeting_at(hospital: Hospital, url: httpx.URL) -> dict[str, Any]:
    meetings = await hospital.world.control("GET", "/meetings")
    found: dict[str, Any] = next(item for item in meetings if httpx.URL(item["joinWebUrl"]) == url)
    return found


async def knock(hospital: Hospital, url: httpx.URL, who: str) -> None:
    """Someone opens the meeting's address and asks to come in."""
    answer = await hospital.world.http.post(str(url), data={"action": "join", "participant": who})
    assert answer.status_code == 303


async def test_an_employee_who_is_a_patient_waits_and_a_covering_clinician_walks_in(hospital: Hospital) -> None:
    csn = await hospital.scheduled()
    room = await launched(hospital, csn, DOCTOR)
    assert await launched(hospital, csn, SECOND) == room
    for who in (EMPLOYEE.username, "A guest", DOCTOR.username, SECOND.username):
        await knock(hospital, room, who)
    meeting = await meeting_at(hospital, room)
    assert {person["name"] for person in meeting["lobby"]} == {EMPLOYEE.name, "A guest"}
    assert {person["name"] for person in meeting["in_call"]} == {DOCTOR.name, SECOND.name}
    assert meeting["allowMeetingChat"] == "limited"
    assert (meeting["recordAutomatically"], meeting["allowRecording"], meeting["allowTranscription"]) == (False,) * 3


async def test_a_meeting_that_is_gone_is_replaced_and_the_patient_s_link_leads_to_the_new_one(
    hospital: Hospital,
) -> None:
    appointment = await hospital.booked()
    await hospital.world.control("POST", "/epic/appointments", json={
        "csn": appointment.csn, "start": appointment.start.isoformat(),
    })  # fmt: skip
    link = f"{hospital.config.functions}/api/v/{await hospital.link(appointment)}"
    first = await launched(hospital, appointment.csn, DOCTOR)
    gone = await meeting_at(hospital, first)
    await hospital.world.control("DELETE", f"/meetings/{quote(gone['id'], safe='')}")
    second = await launched(hospital, appointment.csn, SECOND)
    assert second != first
    assert httpx.URL((await hospital.world.http.get(link)).headers["location"]) == second
    fresh = await meeting_at(hospital, second)
    assert fresh["participants"]["organizer"] == gone["participants"]["organizer"]
    assert fresh["externalId"] != gone["externalId"]
    assert fresh["subscriptions"], "nobody watches the new room"


async def test_the_patients_of_a_group_meet_in_one_room_and_each_is_followed_alone(hospital: Hospital) -> None:
    """Each patient has an appointment and a launch of their own; the conference id makes it one visit."""
    conference = f"G{uuid4().int % 10**9}"
    start = (datetime.now(UTC) + timedelta(minutes=5)).replace(microsecond=0)
    csns = [await hospital.world.book(start, conference_id=conference) for _ in range(4)]
    room = await launched(hospital, csns[0], DOCTOR)
    assert {await patient_at(hospital, csn) for csn in csns} == {room}
    assert await launched(hospital, csns[3], SECOND) == room
    meeting = await meeting_at(hospital, room)
    visits = [row for row in await hospital.world.rows("visits") if meeting["id"] in str(row.get("room"))]
    assert len(visits) == 1

    for number in range(3):
        await knock(hospital, room, f"Patient {number}")
    for number, action in ((0, "join"), (1, "join"), (0, "leave")):
        await hospital.world.roster(meeting["id"], f"Patient {number}", action)

    async def followed() -> bool:
        (row,) = [row for row in await hospital.world.rows("visits") if row["RowKey"] == visits[0]["RowKey"]]
        people = json.loads(row.get("people") or "{}").values()
        return sorted(person["state"] for person in people) == ["connected", "left", "waiting"]

    await until(followed, "one waiting, one in the call, one gone")
