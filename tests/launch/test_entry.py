"""What entering a visit costs: the trips that somebody waits for, counted, and what is written beside them."""

from dataclasses import replace
from typing import Any, cast

import pytest

from shared.errors import Refused
from shared.launch import page_session
from shared.launch.entry import Entry
from shared.launch.guesses import Guesses
from shared.launch.smart import Context
from shared.organisations.connections import Connections
from shared.settings import Settings
from shared.visits.guests import closed
from shared.visits.ids import link_token, visit_keys
from shared.visits.visit import State
from tests.builders import NOW, RING, a_visit
from tests.rooms.teams import CONNECTION, Clinic

CONTEXT = Context("900100001", "10501", "1")
(KEY,) = visit_keys(RING, CONNECTION.id, CONTEXT.session)
LINK = link_token(RING, KEY, CONTEXT.session)


class Lobby:
    """An entry over memory, with a visit that is booked."""

    def __init__(self) -> None:
        self.clinic = Clinic()
        settings = Settings("https://us.example", "", "", "", "", "")
        self.entry = Entry(
            settings, self.clinic.visits, self.clinic.rooms, cast("Connections", self), self.clinic.keys,
            Guesses(self.clinic.clock), self.clinic.clock,
        )  # fmt: skip

    async def get(self, connection_id: str, **_: Any) -> Any:
        return CONNECTION if connection_id == CONNECTION.id else None

    async def booked(self, **changes: Any) -> None:
        record = a_visit(key=KEY, **changes)
        await self.clinic.visits.change(KEY, lambda _: record)

    async def doctor(self, oid: str = "doctor") -> str:
        looked = await self.entry.look(CONNECTION, CONTEXT)
        return (await self.entry.clinician(CONNECTION, looked, f"e-{oid}", oid)).url

    def forget(self) -> None:
        self.clinic.tables.requests.clear()
        self.clinic.teams.calls.clear()

    async def settled(self) -> None:
        """Waits for what is written beside the launches."""
        for task in list(self.entry._counting):
            await task

    @property
    def asked(self) -> int:
        """Requests to storage and to Teams."""
        return self.clinic.tables.requests.total() + len(self.clinic.teams.calls)


async def ready() -> tuple[Lobby, str]:
    """A visit whose doctor has launched."""
    lobby = Lobby()
    await lobby.booked()
    room = await lobby.doctor()
    lobby.forget()
    return lobby, room


async def test_a_patient_with_a_room_waits_for_one_read() -> None:
    lobby, room = await ready()
    assert await lobby.entry.patient(CONNECTION, CONTEXT) == room
    assert lobby.asked == 1


async def test_a_clinician_who_comes_back_waits_for_one_read() -> None:
    lobby, room = await ready()
    assert await lobby.doctor() == room
    assert lobby.asked == 1


async def test_a_link_to_a_room_is_one_read() -> None:
    lobby, room = await ready()
    assert (await lobby.entry.link(LINK)).join_url == room
    assert lobby.asked == 1


async def test_a_second_clinician_is_written_down_and_made_a_presenter_before_they_enter() -> None:
    lobby, room = await ready()
    assert await lobby.doctor("second") == room
    assert lobby.clinic.teams.presenters() == [{"doctor", "second"}]
    assert "second" in (await lobby.clinic.load(KEY)).visit.staff


async def test_launches_of_a_ready_room_are_counted_beside_it() -> None:
    lobby, _ = await ready()
    await lobby.entry.patient(CONNECTION, CONTEXT)
    await lobby.settled()
    await lobby.doctor()
    await lobby.settled()
    assert (await lobby.clinic.load(KEY)).visit.launches == 3


async def test_a_count_that_is_lost_costs_nobody_the_room() -> None:
    lobby, room = await ready()

    async def no_writes(request: str) -> None:
        if request == "before transact":
            raise OSError

    lobby.clinic.tables.fault = no_writes
    assert await lobby.entry.patient(CONNECTION, CONTEXT) == room
    await lobby.settled()
    assert (await lobby.clinic.load(KEY)).visit.launches == 1


@pytest.mark.parametrize(("state", "code"), [(State.CANCELLED, "link.cancelled"), (State.OVER, "link.over")])
async def test_a_room_that_stands_does_not_open_a_visit_that_is_gone(state: State, code: str) -> None:
    lobby, _ = await ready()
    record = await lobby.clinic.load(KEY)
    await lobby.booked(room=record.visit.room, staff=record.visit.staff, state=state)
    for enter in (lobby.doctor(), lobby.entry.patient(CONNECTION, CONTEXT), lobby.entry.link(LINK)):
        with pytest.raises(Refused, match=code):
            await enter


async def test_a_visit_that_changed_since_it_was_looked_at_is_read_again() -> None:
    lobby = Lobby()
    await lobby.booked()
    looked = await lobby.entry.look(CONNECTION, CONTEXT)
    await lobby.doctor("first")
    await lobby.entry.clinician(CONNECTION, looked, "e-second", "second")
    assert set((await lobby.clinic.load(KEY)).visit.staff) == {"first", "second"}
    assert len(lobby.clinic.teams.meetings) == 1


async def test_the_device_test_is_of_the_visit_and_changes_nothing() -> None:
    lobby = Lobby()
    await lobby.booked()
    lobby.forget()
    url = await lobby.entry.device_test(CONNECTION, CONTEXT)
    assert url == f"https://us.example/api/device-test/{LINK}"
    assert lobby.asked == 1


async def test_a_visit_ended_for_all_is_over_for_patients_and_opened_again_by_staff() -> None:
    lobby = Lobby()
    await lobby.booked()
    room = await lobby.doctor()
    await lobby.settled()
    await lobby.clinic.visits.change(KEY, lambda record: record and closed(record, NOW))
    with pytest.raises(Refused, match=r"link\.over"):
        await lobby.entry.patient(CONNECTION, CONTEXT)
    assert await lobby.doctor() == room
    assert await lobby.entry.patient(CONNECTION, CONTEXT) == room


async def test_where_the_connection_shows_the_visit_s_page_a_launch_ends_there() -> None:
    lobby = Lobby()
    await lobby.booked()
    looked = await lobby.entry.look(CONNECTION, CONTEXT)
    way = await lobby.entry.clinician(replace(CONNECTION, visit_page=True), looked, "e-doctor", "doctor")
    (cookie,) = way.cookies
    page = way.url.rpartition("/api/visit/")[2]
    assert page_session.read(RING, page, cookie.value, NOW).oid == "doctor"
    record = await lobby.clinic.load(KEY)
    assert record.visit.room is not None
    assert record.visit.watch is not None, "nobody would hear who arrives"
