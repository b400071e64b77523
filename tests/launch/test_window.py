"""Patients are held back outside the connection's window, by a text's link and from the portal; clinicians are not."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.errors import Refused
from shared.organisations.connection import Connection
from shared.visits.visit import Presence
from tests.builders import NOW
from tests.launch.test_entry import CONTEXT, KEY, LINK, Lobby
from tests.rooms.teams import CONNECTION

HALF = replace(CONNECTION, early_minutes=30, late_minutes=60)
PAGE = f"https://us.example/api/v/{LINK}"


class Surgery(Lobby):
    """A lobby of a connection that lets patients in half an hour before the start, until an hour after the end."""

    async def get(self, connection_id: str, **_: Any) -> Connection:
        return HALF

    async def starts(self, *, minutes: float, **changes: Any) -> None:
        """A visit whose start is so far from now."""
        await self.booked(start=NOW + timedelta(minutes=minutes), **changes)

    async def patient(self, **more: bool) -> str:
        return await self.entry.patient(HALF, CONTEXT, "phone", **more)

    async def joins(self) -> dict[str, int]:
        await self.settled()
        return dict((await self.clinic.load(KEY)).visit.joins)


async def test_who_comes_too_early_hears_when_and_no_room_is_made_for_them() -> None:
    surgery = Surgery()
    await surgery.starts(minutes=90)
    standing = await surgery.entry.link(LINK, device="phone")
    assert (standing.state, standing.opens) == ("early", NOW + timedelta(minutes=60))
    assert await surgery.patient() == f"{PAGE}?from=held"
    assert surgery.clinic.teams.meetings == {}
    assert await surgery.joins() == {}


async def test_a_room_that_stands_is_not_handed_out_early() -> None:
    surgery = Surgery()
    await surgery.starts(minutes=90)
    room = await surgery.doctor()
    assert room.startswith("https://teams")
    standing = await surgery.entry.link(LINK)
    assert (standing.state, standing.join_url) == ("early", "")
    assert await surgery.patient() == f"{PAGE}?from=held"


async def test_when_the_time_comes_the_same_link_leads_in_and_counts_as_from_the_portal() -> None:
    surgery = Surgery()
    await surgery.starts(minutes=30)
    room = await surgery.doctor()
    standing = await surgery.entry.link(LINK, "", "phone", "portal")
    assert (standing.state, standing.join_url) == ("ready", room)
    assert await surgery.patient() == room
    assert await surgery.joins() == {"portal:phone": 2}


@pytest.mark.parametrize("minutes", [-91, -200])
async def test_after_the_window_the_visit_is_over_for_patients_and_not_for_clinicians(minutes: float) -> None:
    surgery = Surgery()
    await surgery.starts(minutes=minutes)
    await surgery.doctor()
    with pytest.raises(Refused, match=r"link\.over"):
        await surgery.entry.link(LINK)
    with pytest.raises(Refused, match=r"link\.over"):
        await surgery.patient()


@pytest.mark.parametrize("minutes", [90, -200])
async def test_a_clinician_who_is_there_lets_patients_come(minutes: float) -> None:
    surgery = Surgery()
    await surgery.starts(minutes=minutes)
    room = await surgery.doctor()
    record = await surgery.clinic.load(KEY)
    there = {"p": Presence("clinician", "connected", NOW)}
    await surgery.starts(minutes=minutes, room=record.visit.room, staff=record.visit.staff, people=there)
    assert (await surgery.entry.link(LINK)).join_url == room
    assert await surgery.patient() == room


async def test_a_launch_of_a_visit_that_nobody_announced_is_in_time() -> None:
    surgery = Surgery()
    assert await surgery.patient() == f"{PAGE}?from=portal"


async def test_a_browser_that_does_not_fit_comes_to_our_page_and_is_not_counted_yet() -> None:
    surgery = Surgery()
    await surgery.starts(minutes=0)
    await surgery.doctor()
    assert await surgery.patient(fits=False) == f"{PAGE}?from=held"
    assert await surgery.joins() == {}


@pytest.mark.parametrize(("generation", "moved"), [(1, False), (3, True)])
async def test_a_visit_whose_time_was_changed_says_so(generation: int, moved: bool) -> None:
    surgery = Surgery()
    await surgery.starts(minutes=90, time_generation=generation)
    assert (await surgery.entry.link(LINK)).moved is moved
