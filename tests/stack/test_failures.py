"""Work that failed, on the running stack: from a poison queue to the API, done again or dismissed, with no text twice."""

import json
from base64 import b64encode
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest
from azure.storage.queue.aio import QueueClient

from local.config import CONNECTION_ID
from local.demo.steps import until
from local.demo.world import World
from local.epic.schedule import Appointment
from tests.stack.conftest import Hospital

POISON = "due-poison"


@asynccontextmanager
async def queue(world: World, name: str) -> AsyncIterator[QueueClient]:
    async with QueueClient.from_connection_string(world.config.storage, name) as client:
        yield client


async def poison(world: World, message: Mapping[str, Any], name: str = POISON) -> None:
    """What the platform does with a message that failed five times."""
    async with queue(world, name) as client:
        await client.send_message(b64encode(json.dumps(message).encode()).decode())


async def failures(world: World) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await world.api("admin", "GET", "/failures"))["failures"]
    return found


async def failed(world: World, count: int = 1) -> list[dict[str, Any]]:
    async def listed() -> list[dict[str, Any]] | None:
        found = await failures(world)
        return found if len(found) == count else None

    return await until(listed, f"{count} failures")


async def visit_of(hospital: Hospital, appointment: Appointment) -> str:
    """The key of its visit, by the text that it got."""
    text = await hospital.text(appointment)
    connection, visit, _ = str(text["tag"]).split("/")
    return f"{connection}/{visit}"


@pytest.fixture(autouse=True)
async def none_before(hospital: Hospital) -> AsyncIterator[None]:
    yield
    for failure in await failures(hospital.world):
        await hospital.world.api("admin", "DELETE", f"/failures/{failure['id']}")


async def test_work_that_failed_is_listed_done_again_and_sends_nothing_twice(hospital: Hospital) -> None:
    appointment = await hospital.booked()
    visit = await visit_of(hospital, appointment)
    await poison(hospital.world, {"visits": [[visit, "", "", ""]]})
    (failure,) = await failed(hospital.world)
    assert (failure["kind"], failure["connection_id"], failure["times"]) == ("visit", CONNECTION_ID, 1)
    assert visit.split("/")[1] not in str(failure)

    await hospital.world.api("admin", "POST", f"/failures/{failure['id']}/replay")
    assert await failures(hospital.world) == []

    async def taken() -> bool:
        async with queue(hospital.world, "due") as client:
            return not (await client.get_queue_properties()).approximate_message_count

    await until(taken, "the work to be taken")
    assert len(await hospital.texts(appointment)) == 1
    trail = (await hospital.world.api("admin", "GET", "/audit?action=failure"))["entries"]
    assert (trail[0]["action"], trail[0]["subject"]) == ("failure.replayed", CONNECTION_ID)


async def test_what_is_dismissed_is_gone(hospital: Hospital) -> None:
    await poison(hospital.world, {"visits": [[f"{CONNECTION_ID}/{'v' * 20}", "", "", ""]]})
    (failure,) = await failed(hospital.world)
    await hospital.world.api("admin", "DELETE", f"/failures/{failure['id']}")
    assert await failures(hospital.world) == []


async def test_an_event_of_a_meeting_is_kept_with_its_envelope(hospital: Hospital) -> None:
    message = {"visit": f"{CONNECTION_ID}/{'v' * 20}", "content": {"data": "c2VhbGVk" * 5000}}
    await poison(hospital.world, message, "notifications-poison")
    (failure,) = await failed(hospital.world)
    assert (failure["kind"], failure["connection_id"]) == ("meeting_event", CONNECTION_ID)


async def test_only_administrators_see_it(hospital: Hospital) -> None:
    url = f"{hospital.config.functions}/api/failures"
    token = await hospital.world.token("approver")
    answer = await hospital.world.http.get(url, headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json()["code"]) == (403, "auth.role_missing")
