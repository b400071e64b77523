"""What patients write back, from the carrier through Event Grid to the next text that is or is not sent."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from local.demo.steps import until
from tests.stack.conftest import Hospital
from tests.stack.optouts import kinds, opted, optouts, write


@pytest.mark.parametrize("message", ["¡Por favor, ALTO!", "ne m’envoyez plus de messages", "请停止发短信"])  # noqa: RUF001
async def test_a_stop_of_a_number_never_seen_holds_for_its_first_text(hospital: Hospital, message: str) -> None:
    appointment = hospital.appointment()
    await opted(hospital, appointment.phone, message, count=1)
    before = await kinds(hospital, "opted_out")
    await hospital.send(appointment)

    async def withheld() -> bool:
        return await kinds(hospital, "opted_out") == before + 1

    await until(withheld, "the confirmation to be held back")
    assert await hospital.texts(appointment) == []


async def test_start_lets_the_next_text_go_again(hospital: Hospital) -> None:
    appointment = await hospital.booked()
    await opted(hospital, appointment.phone, "Cancel", count=1)
    await opted(hospital, appointment.phone, "Unstop!", count=-1)
    await hospital.send(replace(appointment, start=appointment.start + timedelta(hours=1)), "S13")
    await hospital.text(appointment, 2)


async def test_help_is_answered_once_in_its_language_and_leaves_nothing_behind(hospital: Hospital) -> None:
    appointment = hospital.appointment()
    before = await hospital.at_rest()
    for _ in range(3):
        await write(hospital, appointment.phone, "¡Ayuda!")
    text = await hospital.text(appointment)
    assert "videoconsultas" in text["message"]
    assert text["message"].count("STOP") == 1
    # Later ones have come, too, once this has.
    await opted(hospital, appointment.phone, "stop", count=1)
    await opted(hospital, appointment.phone, "start", count=-1)
    assert len(await hospital.texts(appointment)) == 1
    after: dict[str, Any] = await hospital.at_rest()
    assert {**after, "optouts": []} == {**before, "optouts": []}


async def test_a_reply_about_something_else_changes_nothing(hospital: Hospital) -> None:
    appointment = await hospital.booked()
    before = await optouts(hospital)
    for message in ("I can't stop coughing", "can I cancel my appointment?", "please don't stop"):
        await write(hospital, appointment.phone, message)
    await hospital.send(replace(appointment, start=appointment.start + timedelta(hours=1)), "S13")
    await hospital.text(appointment, 2)
    assert await optouts(hospital) == before
