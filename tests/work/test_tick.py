"""What a tick hands out, in which order, in which portions."""

from collections.abc import Sequence
from datetime import timedelta

from shared.visits.ids import partition
from shared.visits.visit import VisitKey
from shared.work.jobs import Job, from_message, to_message
from shared.work.tick import MOST_JOBS, batches
from tests.builders import NOW, at
from tests.work.simulation import Appointment, World


async def book(world: World, count: int, minutes: int) -> list[Appointment]:
    """Appointments that start so many minutes from now, their confirmations sent."""
    booked = []
    for number in range(count):
        appointment = Appointment(
            f"{minutes}-{number}", f"+1608{minutes:03}{number:04}", NOW + timedelta(minutes=minutes)
        )
        await world.tell(appointment, "book", appointment.start, NOW)
        booked.append(appointment)
    await world.settle()
    return booked


def handed(world: World) -> list[Job]:
    """The jobs on the queue, in the order in which they become visible."""
    messages = sorted(world.queues.messages, key=lambda message: message[2])
    return [job for _, message, _ in messages for job in from_message(message)]


def a_world() -> World:
    world = World(1, reminders=(60,))
    world.confirm = frozenset()
    return world


async def test_the_visit_that_starts_soonest_goes_first_whenever_its_alarm_was_made() -> None:
    world = a_world()
    later, soon = await book(world, 3, 64), await book(world, 3, 62)
    world.clock.now = at(minutes=5)
    await world.tick.run()
    texts = [job.key for job in handed(world) if job.slot]
    assert set(texts[:3]) == {world.key_of(one) for one in soon}
    assert set(texts[3:]) == {world.key_of(one) for one in later}


async def test_what_is_beyond_the_pace_stays_owed_and_goes_with_the_next_ticks() -> None:
    world = World(1, reminders=(60,), rate=4)
    world.confirm = frozenset()
    await book(world, 10, 62)
    world.clock.now = at(minutes=3)
    counts = []
    for minute in range(3, 7):
        world.clock.now = at(minutes=minute)
        await world.tick.run()
        counts.append(sum(bool(job.slot) for job in handed(world)))
        await world.settle()
    assert counts == [4, 4, 2, 0]


async def test_a_doubled_tick_takes_no_second_slot() -> None:
    world = a_world()
    await book(world, 4, 62)
    world.clock.now = at(minutes=3)
    await world.tick.run()
    first = len([job for job in handed(world) if job.slot])
    await world.tick.run()
    assert len([job for job in handed(world) if job.slot]) == first == 4


async def test_an_idle_tick_makes_two_requests() -> None:
    world = a_world()
    await world.tick.run()  # the first of a process looks at the schema too
    world.tables.requests.clear()
    assert await world.tick.run() == 0
    assert world.tables.requests.total() == 2


def test_a_batch_is_of_one_partition_of_few_and_near_in_time() -> None:
    keys = [VisitKey("demo2amer", letter * 20) for letter in "AAAAB"]
    jobs = [Job(key, slot=NOW + timedelta(seconds=2 * index)) for index, key in enumerate(keys)]
    found = [len(batch) for batch in batches(jobs)]
    assert sum(found) == 5
    assert found[0] == 3, "six seconds would be too long for one claim"
    assert all(len({partition(job.key) for job in batch}) == 1 for batch in batches(jobs))
    many = [Job(keys[0])] * (MOST_JOBS + 1)
    assert [len(batch) for batch in batches(many)] == [MOST_JOBS, 1]


def test_a_message_says_what_was_put_in() -> None:
    jobs: Sequence[Job] = [
        Job(VisitKey("demo2amer", "A" * 20), ("20261124T1500-0", "row"), NOW),
        Job(VisitKey("c", "v")),
    ]
    assert from_message(to_message(jobs)) == jobs
