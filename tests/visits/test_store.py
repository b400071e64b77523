"""What a change of a visit costs storage, and in which order it is written."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.errors import Unavailable
from shared.visits.store import CLAIM_WAIT
from shared.visits.visit import Claim, Record
from tests.builders import NOW, at
from tests.work.simulation import Appointment, Death, World

START = NOW + timedelta(days=2)


async def booked(world: World) -> Appointment:
    appointment = Appointment("CSN-1", "+16085550143", START)
    await world.tell(appointment, "book", START, NOW)
    return appointment


async def settled() -> tuple[World, Appointment]:
    """A world with a booked visit whose confirmation has left."""
    world = World(1)
    appointment = await booked(world)
    await world.settle()
    world.tables.requests.clear()
    return world, appointment


async def test_an_intake_costs_three_requests_a_reschedule_four() -> None:
    world = World(1)
    appointment = await booked(world)
    assert world.tables.requests.total() == 3
    await world.settle()
    world.tables.requests.clear()
    await world.tell(appointment, "book", START + timedelta(days=1), at(1))
    assert world.tables.requests.total() == 4


async def test_a_message_that_changes_nothing_is_one_read() -> None:
    world, appointment = await settled()
    await world.tell(appointment, "book", START, NOW)
    assert world.tables.requests == {"query": 1}


async def test_a_cancel_of_which_nobody_is_told_costs_three() -> None:
    world, appointment = await settled()
    world.confirm = frozenset()
    await world.tell(appointment, "cancel", START, at(1))
    assert world.tables.requests.total() <= 4


async def test_a_crash_before_the_commit_leaves_an_alarm_that_finds_nothing_and_goes() -> None:
    world = World(1)

    async def dies(request: str) -> None:
        if request == "before transact":
            raise Death(request)

    world.tables.fault = dies
    appointment = Appointment("CSN-1", "+16085550143", START)
    apply = world.applying(appointment, "book", START, NOW)
    assert not await world.alive(world.visits.change(world.key_of(appointment), apply))
    world.tables.fault = world.point
    assert len(world.tables.dump("work")) == 1
    assert world.tables.dump("visits") == []
    for _ in range(15):
        await world.minute()
    assert {row["PartitionKey"] for row in world.tables.dump("work")} <= {"heartbeat", "pace"}


async def test_a_message_waits_for_an_open_claim_and_then_gives_up() -> None:
    world, appointment = await settled()
    key = world.key_of(appointment)

    def claim(record: Record | None) -> Record | None:
        assert record is not None
        return replace(record, visit=replace(record.visit, claim=Claim("someone", at(1))))

    await world.visits.change(key, claim)
    began = world.clock.now
    with pytest.raises(Unavailable):
        await world.visits.change(key, world.applying(appointment, "cancel", START, at(minutes=1)), wait_for_claim=True)
    assert CLAIM_WAIT <= world.clock.now - began < CLAIM_WAIT + timedelta(seconds=2)
