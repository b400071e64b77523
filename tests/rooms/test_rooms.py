"""The room of a visit: one whoever comes, with the settings it should have, replaced where it is gone."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.adapters.graph import Graph, Graphs
from shared.errors import Unavailable
from shared.organisations.connection import Connection
from shared.rooms.tending import RoomTending
from shared.visits.changes import with_staff
from shared.visits.visit import Record, Room, State
from shared.work.moments import Rules
from shared.work.worker import Permit
from tests.builders import KEY, NOW, at
from tests.rooms.teams import CONNECTION, TENANT, Clinic

POOLED = replace(CONNECTION, organizers=("pool-a", "pool-b"))


async def launched(clinic: Clinic, oid: str, connection: Connection = CONNECTION) -> Room | None:
    """A clinician launches."""

    def staff(record: Record | None) -> Record | None:
        return record and with_staff(record, oid, f"sealed {oid}")

    record = await clinic.visits.change(KEY, staff)
    assert record is not None
    return await clinic.rooms.open(record, connection, oid)


async def opened(clinic: Clinic, connection: Connection = CONNECTION) -> Room | None:
    """A patient comes."""
    return await clinic.rooms.open(await clinic.load(), connection, None)


def only(clinic: Clinic) -> dict[str, object]:
    (meeting,) = clinic.teams.meetings.values()
    return meeting


async def test_a_new_room_has_a_lobby_for_employees_too_and_records_nothing() -> None:
    clinic = Clinic()
    await clinic.booked()
    await launched(clinic, "doctor")
    meeting = only(clinic)
    # `invited`: who is not among the attendees waits, also with an account of the tenant; and those are staff alone.
    assert meeting["lobbyBypassSettings"] == {"scope": "invited", "isDialInBypassEnabled": False}
    assert clinic.teams.presenters() == [{"doctor"}]
    assert meeting["allowedPresenters"] == "roleIsPresenter"
    assert meeting["allowedLobbyAdmitters"] == "organizerAndCoOrganizersAndPresenters"
    assert meeting["allowMeetingChat"] == "limited"
    assert meeting["shareMeetingChatHistoryDefault"] == "none"
    assert (meeting["recordAutomatically"], meeting["allowRecording"], meeting["allowTranscription"]) == (False,) * 3


async def test_whoever_launches_as_staff_becomes_a_presenter_of_the_one_room() -> None:
    clinic = Clinic()
    await clinic.booked()
    rooms = [await launched(clinic, oid) for oid in ("resident", "attending", "interpreter", "resident")]
    assert {room and room.join_url for room in rooms} == {rooms[0] and rooms[0].join_url}
    assert clinic.teams.presenters() == [{"resident", "attending", "interpreter"}]


async def test_clinicians_who_launch_at_once_are_all_presenters() -> None:
    clinic = Clinic()
    await clinic.booked()
    people = [f"clinician-{number}" for number in range(5)]
    rooms = await asyncio.gather(*(launched(clinic, oid) for oid in people))
    assert len({room and room.join_url for room in rooms}) == 1
    assert clinic.teams.presenters() == [set(people)]


async def test_one_whom_teams_could_not_be_told_of_is_told_of_at_the_next_launch() -> None:
    clinic = Clinic()
    await clinic.booked()
    await launched(clinic, "doctor")
    clinic.teams.down = True
    with pytest.raises(Unavailable):
        await launched(clinic, "covering")
    clinic.teams.down = False
    await launched(clinic, "covering")
    assert clinic.teams.presenters() == [{"doctor", "covering"}]


async def test_a_second_launch_of_the_same_clinician_asks_teams_nothing() -> None:
    clinic = Clinic()
    await clinic.booked()
    await launched(clinic, "doctor")
    clinic.teams.calls.clear()
    await launched(clinic, "doctor")
    await opened(clinic)
    assert clinic.teams.calls == []


async def test_settings_that_changed_since_reach_the_room_at_the_next_launch() -> None:
    clinic = Clinic()
    await clinic.booked()
    await launched(clinic, "doctor")
    await launched(clinic, "doctor", replace(CONNECTION, chat="disabled", recording=True))
    meeting = only(clinic)
    assert (meeting["allowMeetingChat"], meeting["recordAutomatically"]) == ("disabled", True)


@pytest.mark.parametrize("who", ["clinician", "patient"])
async def test_a_meeting_that_is_gone_is_replaced_the_next_day_with_the_same_organiser(who: str) -> None:
    clinic = Clinic()
    await clinic.booked()
    first = await launched(clinic, "doctor")
    clinic.teams.meetings.clear()
    clinic.clock.pass_time(hours=25)
    second = await (launched(clinic, "doctor") if who == "clinician" else opened(clinic))
    assert first is not None
    assert second is not None
    assert second.join_url != first.join_url
    assert (second.organizer, second.version) == ("doctor", 2)
    assert second.external_id != first.external_id
    assert list(clinic.teams.meetings) == [second.meeting_id]
    assert (await clinic.load()).visit.watch is not None


async def test_a_meeting_that_is_gone_is_replaced_at_once_where_a_second_clinician_comes() -> None:
    clinic = Clinic()
    await clinic.booked()
    await launched(clinic, "doctor")
    clinic.teams.meetings.clear()
    room = await launched(clinic, "covering")
    assert room is not None
    assert clinic.teams.presenters() == [{"doctor", "covering"}]
    patient = await opened(clinic)
    assert patient is not None
    assert patient.join_url == room.join_url


async def test_a_room_that_was_there_yesterday_is_used_while_teams_does_not_answer() -> None:
    clinic = Clinic()
    await clinic.booked()
    room = await launched(clinic, "doctor")
    clinic.clock.pass_time(hours=25)
    clinic.teams.down = True
    assert await opened(clinic) == room
    assert await launched(clinic, "doctor") == room


async def test_a_meeting_near_its_expiry_is_asked_for_and_kept_alive() -> None:
    clinic = Clinic()
    await clinic.booked()
    room = await launched(clinic, "doctor")
    assert room is not None
    assert room.good_until == NOW + timedelta(hours=24)
    clinic.clock.now = NOW + timedelta(days=59, hours=20)
    await opened(clinic)
    assert clinic.teams.calls[-1][0] == "PATCH"


async def test_a_cancel_while_the_meeting_is_made_leaves_no_meeting_behind() -> None:
    clinic = Clinic()
    record = await clinic.booked()
    await clinic.visits.change(KEY, lambda _: replace(record, visit=replace(record.visit, room=Room("doctor", "x"))))
    pinned = await clinic.load()
    cancelled = replace(pinned, visit=replace(pinned.visit, state=State.CANCELLED))
    await clinic.visits.change(KEY, lambda _: cancelled)
    await clinic.rooms.open(pinned, CONNECTION, "doctor")
    room = (await clinic.load()).visit.room
    assert room is not None
    assert room.due == "delete"


async def test_a_move_of_a_meeting_that_is_gone_makes_room_for_another() -> None:
    clinic = Clinic()
    await clinic.booked()
    await launched(clinic, "doctor")
    clinic.teams.meetings.clear()
    before = await clinic.load()
    assert before.visit.room is not None
    moved = replace(before, visit=replace(before.visit, room=replace(before.visit.room, due="move"), start=at(72)))
    doer = RoomTending(clinic.rooms, Graphs([TENANT], lambda _: Graph(clinic.teams)), connection_of, clinic.clock)
    assert doer.wanted(moved, Rules(), NOW)
    after = (await doer.act(moved, Permit(), at(1)))(moved)
    assert after.visit.room == Room("doctor", after.visit.room.external_id if after.visit.room else "", version=2)


async def test_a_longer_appointment_moves_the_meeting_s_end() -> None:
    clinic = Clinic()
    await clinic.booked()
    await launched(clinic, "doctor")
    before = await clinic.load()
    assert before.visit.room is not None
    moved = replace(before, visit=replace(before.visit, room=replace(before.visit.room, due="move")))
    doer = RoomTending(clinic.rooms, Graphs([TENANT], lambda _: Graph(clinic.teams)), connection_of, clinic.clock)
    outcome = await doer.act(moved, Permit(), at(1))
    done = outcome(moved).visit.room
    longer = outcome(replace(moved, visit=replace(moved.visit, duration=timedelta(hours=1)))).visit.room
    assert (done and done.due, longer and longer.due) == ("", "move")


async def connection_of(_: str) -> Connection | None:
    return CONNECTION


async def test_nobody_of_a_pool_with_room_left_means_that_the_patient_waits_for_a_clinician() -> None:
    clinic = Clinic()
    await clinic.booked()
    assert await opened(clinic) is None
    for oid in POOLED.organizers:
        await clinic.pool.spend(TENANT, oid)
    assert await opened(clinic, POOLED) is None
    room = await launched(clinic, "doctor", POOLED)
    assert room is not None
    assert room.organizer == "doctor"


async def test_an_organiser_whose_month_is_full_at_microsoft_is_passed_over_at_once() -> None:
    clinic = Clinic()
    await clinic.booked()
    first = await clinic.pool.choose(POOLED, KEY)
    assert first is not None
    clinic.teams.quota = 1
    clinic.teams.meetings["other"] = {"organizer": first}
    room = await opened(clinic, POOLED)
    assert room is not None
    assert {room.organizer, first} == {"pool-a", "pool-b"}
    assert await clinic.pool.choose(POOLED, KEY) == room.organizer


async def test_a_clinician_whose_month_is_full_gets_a_room_of_the_pool() -> None:
    clinic = Clinic()
    await clinic.booked()
    clinic.teams.quota = 1
    clinic.teams.meetings["other"] = {"organizer": "doctor"}
    room = await launched(clinic, "doctor", POOLED)
    assert room is not None
    assert room.organizer in POOLED.organizers
    assert {"doctor", room.organizer} in [
        {each["identity"]["user"]["id"] for each in meeting["participants"]["attendees"]}
        for meeting in clinic.teams.meetings.values()
        if "participants" in meeting
    ]


async def test_a_pool_s_account_that_teams_refuses_stops_no_clinician() -> None:
    clinic = Clinic()
    await clinic.booked()
    clinic.teams.without_policy = POOLED.organizers
    with pytest.raises(Unavailable, match=r"room\.policy_missing"):
        await opened(clinic, POOLED)
    room = await launched(clinic, "doctor", POOLED)
    assert room is not None
    assert room.organizer == "doctor"
    assert await opened(clinic, POOLED) == room


async def test_a_clinician_without_the_access_policy_gets_a_room_of_the_pool() -> None:
    clinic = Clinic()
    await clinic.booked()
    clinic.teams.without_policy = ("doctor",)
    room = await launched(clinic, "doctor", POOLED)
    assert room is not None
    assert room.organizer in POOLED.organizers
    assert clinic.teams.presenters() == [{"doctor", room.organizer}]


async def test_a_bad_minute_of_teams_changes_no_organiser() -> None:
    clinic = Clinic()
    await clinic.booked()
    clinic.teams.down = True
    with pytest.raises(Unavailable):
        await launched(clinic, "doctor", POOLED)
    clinic.teams.down = False
    room = await launched(clinic, "covering", POOLED)
    assert room is not None
    assert room.organizer == "doctor"


async def test_without_anybody_else_the_reason_is_told() -> None:
    clinic = Clinic()
    await clinic.booked()
    clinic.teams.without_policy = ("doctor",)
    with pytest.raises(Unavailable, match=r"room\.policy_missing"):
        await launched(clinic, "doctor")
    clinic.teams.without_policy = ()
    assert await launched(clinic, "doctor") is not None
