"""What patients write back, from the carrier through Event Grid to the next text that is or is not sent."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from local.demo.steps import until
from local.epic.schedule import Appointment
from tests.stack.conftest import Hospital


async def write(hospital: Hospital, appointment: Appointment, message: str) -> None:
    """Its patient texts the hospital's number."""
    await hospital.world.control("POST", "/sms/inbound", json={"from": appointment.phone, "message": message})


async def optouts(hospital: Hospital) -> set[str]:
    """Whose hashes stand there; which is whose nobody can tell from outside."""
    return {row["RowKey"] for row in await hospital.world.rows("optouts") if row["RowKey"] != "changed"}


async def opted(hospital: Hospital, appointment: Appointment, message: str, *, count: int) -> None:
    """The patient writes, and so many more opt-outs than before stand there."""
    before = await optouts(hospital)
    await write(hospital, appointment, message)

    async def noted() -> bool:
        return len(await optouts(hospital)) == len(before) + count

    await until(noted, f"what came of {message!r}")


async def kinds(hospital: Hospital, state: str) -> int:
    return len([row for row in await hospital.world.rows("visits") if row.get("state") == state])


@pytest.mark.parametrize("message", ["¡Por favor, ALTO!", "ne m’envoyez plus de messages", "请停止发短信"])  # noqa: RUF001
async def test_a_stop_of_a_number_never_seen_holds_for_its_first_text(hospital: Hospital, message: str) -> None:
    appointment = hospital.appointment()
    await opted(hospital, appointment, message, count=1)
    before = await kinds(hospital, "opted_out")
    await hospital.send(appointment)

    async def withheld() -> bool:
        return await kinds(hospital, "opted_out") == before + 1

    await until(withheld, "the confirmation to be held back")
    assert await hospital.texts(appointment) == []


async def test_start_lets_the_next_text_go_again(hospital: Hospital) -> None:
    appointment = await hospital.booked()
    await opted(hospital, appointment, "Cancel", count=1)
    await opted(hospital, appointment, "Unstop!", count=-1)
    await hospital.send(replace(appointment, start=appointment.start + timedelta(hours=1)), "S13")
    await hospital.text(appointment, 2)


async def test_help_is_answered_once_in_its_language_and_leaves_nothing_behind(hospital: Hospital) -> None:
    appointment = hospital.appointment()
    before = await hospital.at_rest()
    for _ in range(3):
        await write(hospital, appointment, "¡Ayuda!")
    text = await hospital.text(appointment)
    assert "videoconsultas" in text["message"]
    assert text["message"].count("STOP") == 1
    # Later ones have come, too, once this has.
    await opted(hospital, appointment, "stop", count=1)
    await opted(hospital, appointment, "start", count=-1)
    assert len(await hospital.texts(appointment)) == 1
    after: dict[str, Any] = await hospital.at_rest()
    assert {**after, "optouts": []} == {**before, "optouts": []}


async def test_a_reply_about_something_else_changes_nothing(hospital: Hospital) -> None:
    appointment = await hospital.booked()
    before = await optouts(hospital)
    for message in ("I can't stop coughing", "can I cancel my appointment?", "please don't stop"):
        await write(hospital, appointment, message)
    await hospital.send(replace(appointment, start=appointment.start + timedelta(hours=1)), "S13")
    await hospital.text(appointment, 2)
    assert await optouts(hospital) == before
