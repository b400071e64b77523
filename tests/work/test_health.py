"""Green while ticks run and this release reads the tables; else red."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.adapters.schema import LEAST, PARTITION, ROW, TABLE, VERSION
from shared.health import Health, Pulse
from tests.builders import NOW
from tests.work.simulation import World


async def ticked() -> tuple[World, Health]:
    """A stamp whose tick has just run."""
    world = World(1, reminders=(60,))
    world.clock.now = NOW
    await world.tick.run()
    return world, Health(world.tables, world.clock)


async def test_a_stamp_that_never_ticked_is_down() -> None:
    world = World(1, reminders=(60,))
    assert await Health(world.tables, world.clock).pulse() == Pulse(False, None, VERSION, 1, 1)


@pytest.mark.parametrize(("minutes", "up"), [(0, True), (4.9, True), (5, False), (600, False)])
async def test_it_is_down_five_minutes_after_the_last_tick(minutes: float, up: bool) -> None:
    world, health = await ticked()
    world.clock.now = NOW + timedelta(minutes=minutes)
    assert await health.pulse() == Pulse(up, NOW, VERSION, VERSION, LEAST)
    assert await health.up() is up


async def test_one_request_tells_it_all() -> None:
    world, health = await ticked()
    world.tables.requests.clear()
    await health.pulse()
    assert world.tables.requests.total() == 1


@pytest.mark.parametrize(("version", "least", "up"), [(VERSION + 1, VERSION, True), (VERSION + 2, VERSION + 1, False)])
async def test_tables_of_the_next_release_are_read_and_those_beyond_turn_it_red(
    version: int, least: int, up: bool
) -> None:
    world, health = await ticked()
    known = await health.pulse()
    await world.tables.upsert(TABLE, {"PartitionKey": PARTITION, "RowKey": ROW, "version": version, "least": least})
    assert await health.pulse() == replace(known, up=up, schema=version, least=least)


async def test_a_tick_over_tables_that_it_would_misread_hands_out_nothing() -> None:
    world = World(1, reminders=(60,))
    ahead = {"PartitionKey": PARTITION, "RowKey": ROW, "version": VERSION + 2, "least": VERSION + 1}
    await world.tables.upsert(TABLE, ahead)
    with pytest.raises(Exception, match="deploy the newer release again"):
        await world.tick.run()
    assert world.queues.messages == []
    assert not await Health(world.tables, world.clock).up()
