"""How visits ended, on the whole stack: each status from what a meeting and the feed told, and the times beside it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from local.browser import Browser
from local.config import PEOPLE
from local.demo.steps import until
from local.epic.schedule import Appointment
from tests.stack.conftest import Hospital
from tests.stack.test_graph import Meeting
from tests.stack.test_reports import row_with

DOCTOR = PEOPLE["clinician"]
START = timedelta(hours=6)
"""How long ago these visits began, once they are said to have."""


class Past:
    """A visit that is prepared now and then turns out to have been hours ago: its start is moved by the feed."""

    def __init__(self, hospital: Hospital, appointment: Appointment) -> None:
        self.hospital = hospital
        self.appointment = appointment
        self.start = (datetime.now(UTC) - START).replace(microsecond=0)

    async def known_to_epic(self) -> None:
        known = {"csn": self.appointment.csn, "start": self.appointment.start.isoformat()}
        await self.hospital.world.control("POST", "/epic/appointments", json=known)

    async def meeting(self) -> Meeting:
        """Its room, made by the clinician's launch."""
        await self.known_to_epic()
        async with Browser(str(self.hospital.config.bundle)) as browser:
            page = await browser.open(await self.hospital.launch(self.appointment.csn))
            if str(page.url).startswith(self.hospital.config.entra):
                page = await browser.submit(page, username=DOCTOR.username, password=DOCTOR.password)
        states = await self.hospital.world.control("GET", "/meetings")
        state = next(item for item in states if httpx.URL(item["joinWebUrl"]) == page.url)
        return Meeting(self.hospital, self.appointment.csn, state)

    def at(self, minutes: int) -> str:
        """So many minutes after the start."""
        return (self.start + timedelta(minutes=minutes)).isoformat()

    async def over(self, **wanted: Any) -> dict[str, Any]:
        """Moves it to hours ago, and waits until the report has it so."""
        await self.hospital.send(replace(self.appointment, start=self.start), "S13")
        look = row_with(self.hospital, self.appointment.csn, **wanted)

        async def seen() -> dict[str, Any] | None:
            await self.hospital.world.run_tick()
            return await look()

        return await until(seen, f"the report to have {wanted}", seconds=60)


@pytest.fixture
async def past(hospital: Hospital) -> Past:
    """One that begins in five minutes, for now."""
    soon = (datetime.now(UTC) + timedelta(minutes=5)).replace(microsecond=0)
    return Past(hospital, await hospital.booked(start=soon))


async def test_a_clinician_who_met_nobody_is_the_patient_s_no_show(past: Past) -> None:
    meeting = await past.meeting()
    await meeting.roster(DOCTOR.username, "join", event_time=past.at(0))
    await meeting.roster("", "end", event_time=past.at(12))
    await past.over(status="patient_no_show", people=1, patient_waiting="", lobby_total_seconds=0)


async def test_a_patient_who_waited_past_the_start_is_the_clinician_s_no_show(past: Past) -> None:
    meeting = await past.meeting()
    await meeting.roster("Guest", "lobby", event_time=past.at(-5))
    await meeting.roster("Guest", "leave", event_time=past.at(20))
    await past.over(status="clinician_no_show", lobby_seconds=None, lobby_total_seconds=25 * 60)


async def test_a_patient_who_left_before_the_start_gave_up_in_the_lobby(past: Past) -> None:
    meeting = await past.meeting()
    await meeting.roster("Guest", "lobby", event_time=past.at(-15))
    await meeting.roster("Guest", "leave", event_time=past.at(-4))
    await past.over(status="abandoned_in_lobby", lobby_total_seconds=11 * 60)


async def test_who_came_and_was_seen_in_no_meeting_met_a_technical_failure(past: Past) -> None:
    await past.meeting()
    await past.over(status="technical_failure")


async def test_a_visit_that_nobody_touched_is_told_so(past: Past) -> None:
    await past.over(status="nobody_came")


async def test_the_first_patient_s_wait_is_told_apart_from_that_of_all(past: Past) -> None:
    meeting = await past.meeting()
    await meeting.roster("First", "lobby", event_time=past.at(-2))
    await meeting.roster("Second", "lobby", event_time=past.at(1))
    await meeting.roster(DOCTOR.username, "join", event_time=past.at(3))
    await meeting.roster("First", "join", event_time=past.at(4))
    await meeting.roster("Second", "join", event_time=past.at(6))
    await meeting.roster("", "end", event_time=past.at(20))
    # Events are taken in by several workers: the one that ends the visit may be among the first.
    row = await past.over(status="completed", lobby_total_seconds=11 * 60, people=3, call_seconds=16 * 60)
    assert (row["lobby_seconds"], row["most_people"], row["times_from"]) == (6 * 60, 3, "roster")
