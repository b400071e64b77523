"""SIGKILL of the host at three points of the story loses no text and doubles none.

A stack of its own, with a short lease, so that what a dead worker held is free again in seconds.
"""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local.demo.steps import until
from local.demo.world import World
from local.stack import Stack, running
from tests.stack.conftest import Hospital, silent

LEASE_SECONDS = 18


@pytest.fixture
async def shaky(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Stack, Hospital]]:
    """A stack whose host may be killed."""
    monkeypatch.setenv("CLAIM_LEASE_SECONDS", str(LEASE_SECONDS))
    async with running(say=silent) as stack, World(stack.config) as world:
        yield stack, Hospital(world)


async def ticking(hospital: Hospital, look: Any, what: str) -> Any:
    """Looks until there is something, with a tick before each look, as the minute would bring it."""

    async def looked() -> Any:
        await hospital.world.run_tick()
        return await look()

    return await until(looked, what, seconds=60)


async def restarted(stack: Stack) -> None:
    await stack.kill_host()
    await stack.start_host()


async def test_a_kill_at_three_points_loses_and_doubles_no_text(shaky: tuple[Stack, Hospital]) -> None:
    """After the acknowledgement; while a text is with the gateway; between a reminder's alarm and its text."""
    stack, hospital = shaky
    start = (datetime.now(UTC) + timedelta(minutes=15, seconds=50)).replace(microsecond=0)
    appointment = hospital.appointment(start=start)

    # 1: the message is acknowledged, nothing has left yet: the gateway answers slowly.
    await hospital.world.control("PUT", "/faults", json={"route": "sms:POST /sms", "delay_ms": 3000})
    await hospital.send(appointment)
    await restarted(stack)

    # 2: the worker has claimed the visit and waits for the gateway, which will have taken the text.
    async def sending() -> bool:
        return any(row.get("state") == "sending" for row in await hospital.world.rows("visits"))

    await ticking(hospital, sending, "a worker to begin")
    await restarted(stack)
    await hospital.world.control("DELETE", "/faults")

    async def settled() -> bool:
        states = [row["state"] for row in await hospital.world.rows("visits") if ":text:" in row["RowKey"]]
        return bool(states) and all(state in ("sent", "delivered") for state in states)

    await ticking(hospital, settled, "the confirmation to be settled")
    assert [":scheduled:" in text["tag"] for text in await hospital.texts(appointment)] == [True]

    # 3: the reminder is due, the host is down; it comes back after its time.
    await stack.kill_host()

    async def due() -> bool:
        return datetime.now(UTC) >= start - timedelta(minutes=15)

    await until(due, "the reminder's time", seconds=60)
    await stack.start_host()

    async def reminded() -> bool:
        return len(await hospital.texts(appointment)) >= 2

    await ticking(hospital, reminded, "the reminder")
    await hospital.at_rest()
    texts = await hospital.texts(appointment)
    assert ["reminder" in text["message"] for text in texts] == [False, True]
    assert len({text["repeatability_request_id"] for text in texts}) == 2
