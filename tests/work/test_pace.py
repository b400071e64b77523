"""A sender's slots: none handed out twice, none faster than its kind may send."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from shared.work.pace import Pace, per_minute
from tests.builders import NOW, at
from tests.memory import MemoryTables

TOLL_FREE = "+18445550100"
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("sender", "rate"),
    [
        (TOLL_FREE, 200),
        ("+18885550100", 200),
        ("18335550100", 200),
        ("+16085550100", 60),
        ("+447700900100", 60),
        ("24365", 6000),
        ("LAKESIDE", 600),
    ],
)
def test_a_rate_is_that_of_the_senders_kind(sender: str, rate: int) -> None:
    assert per_minute(sender) == rate


async def test_slots_come_in_order_an_interval_apart() -> None:
    slots = await Pace(MemoryTables()).take(TOLL_FREE, 5, NOW, NOW + MINUTE)
    assert slots[0] == NOW
    assert {after - before for before, after in pairwise(slots)} == {timedelta(milliseconds=300)}


async def test_a_minute_holds_as_many_as_the_rate() -> None:
    assert len(await Pace(MemoryTables()).take(TOLL_FREE, 500, NOW, NOW + MINUTE)) == 200


async def test_two_processes_never_get_the_same_slot() -> None:
    tables = MemoryTables()
    one, other = Pace(tables), Pace(tables)
    slots: list[datetime] = []
    for pace in (one, other, one, other):
        slots += await pace.take(TOLL_FREE, 30, NOW, NOW + MINUTE)
    assert len(set(slots)) == 120
    assert min(after - before for before, after in pairwise(sorted(slots))) == timedelta(milliseconds=300)


async def test_who_comes_when_all_are_taken_gets_none_and_takes_none() -> None:
    tables = MemoryTables()
    await Pace(tables).take(TOLL_FREE, 200, NOW, NOW + MINUTE)
    assert await Pace(tables).take(TOLL_FREE, 1, at(minutes=0.5), at(minutes=0.55)) == []
    assert await Pace(tables).take(TOLL_FREE, 1, at(minutes=1), at(minutes=1.1)) == [at(minutes=1)]


async def test_nothing_leaves_while_the_gateway_wants_a_pause() -> None:
    pace = Pace(MemoryTables())
    await pace.hold(TOLL_FREE, at(minutes=2))
    await pace.hold(TOLL_FREE, at(minutes=1))
    assert await pace.take(TOLL_FREE, 1, NOW, NOW + MINUTE) == []
    assert await pace.take(TOLL_FREE, 1, NOW, at(minutes=3)) == [at(minutes=2)]


async def test_senders_do_not_wait_for_each_other() -> None:
    pace = Pace(MemoryTables())
    await pace.take(TOLL_FREE, 200, NOW, NOW + MINUTE)
    assert await pace.take("24365", 1, NOW, NOW + MINUTE) == [NOW]


async def test_a_rate_that_the_provider_granted_is_kept_to() -> None:
    slots = await Pace(MemoryTables(), rate=600).take(TOLL_FREE, 2, NOW, NOW + MINUTE)
    assert slots[1] - slots[0] == timedelta(milliseconds=100)
