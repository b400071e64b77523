"""What a worker does with several visits at once, and when one of them goes wrong."""

import asyncio
from datetime import timedelta

from shared.adapters.gateway import OutcomeUnknown, Outgoing, Sent, Throttled
from shared.visits.visit import Record, TextState
from shared.work.jobs import Job, from_message
from tests.builders import NOW, at
from tests.work.simulation import LEASE, SENDER, Appointment, Death, World
from tests.work.test_exactly_once import neighbours

START = NOW + timedelta(hours=5)


class Failing:
    """A gateway that never takes a text."""

    repeatable = True

    def __init__(self, error: Exception) -> None:
        self._error = error
        self.asked = 0

    async def send(self, text: Outgoing) -> Sent:
        self.asked += 1
        raise self._error


async def booked(count: int = 3) -> tuple[World, list[Appointment]]:
    """A world in which appointments of one partition owe their confirmation."""
    world = World(1, reminders=())
    appointments = neighbours(world, count)
    for one in appointments:
        await world.tell(one, "book", START, NOW)
    world.queues.messages.clear()
    return world, appointments


async def run(world: World, appointments: list[Appointment]) -> None:
    await world.worker.run([Job(world.key_of(one)) for one in appointments])


async def states(world: World, appointments: list[Appointment]) -> list[str]:
    records = [await world.record(one) for one in appointments]
    return [text.state.value for record in records if record for text in record.texts.values()]


async def test_visits_of_one_partition_are_claimed_and_settled_together() -> None:
    world, appointments = await booked(8)
    world.tables.requests.clear()
    await run(world, appointments)
    assert world.tables.requests.total() <= 3 * 8
    assert await states(world, appointments) == ["sent"] * 8


async def test_one_visit_whose_work_fails_does_not_keep_the_others_from_theirs() -> None:
    world, appointments = await booked()
    bad = world.key_of(appointments[1])
    act = world.worker._doers[0].act

    async def spoiled(record: Record, *given: object) -> object:
        if record.visit.key == bad:
            raise RuntimeError
        return await act(record, *given)  # type: ignore[arg-type]

    world.worker._doers[0].act = spoiled  # type: ignore[method-assign, assignment]
    await run(world, appointments)
    assert await states(world, appointments) == ["sent", "sending", "sent"]
    again = [job.key for _, message, _ in world.queues.messages for job in from_message(message)]
    assert again == [bad]


async def test_celery_2599_a_message_of_the_queue_that_comes_many_times_sends_once() -> None:
    world, appointments = await booked(1)
    for _ in range(3):
        await run(world, appointments)
    world.clock.now += LEASE + timedelta(seconds=1)
    await asyncio.gather(*(run(world, appointments) for _ in range(3)))
    assert len(world.ledger.texts) == 1


async def test_a_visit_that_someone_else_holds_is_left_alone() -> None:
    world, appointments = await booked()
    world.ledger.point = dies
    await world.alive(run(world, appointments[:1]))
    world.ledger.point = world.point
    await run(world, appointments)
    assert len(world.ledger.texts) == 2


async def test_after_the_lease_the_next_worker_sends_with_the_same_id() -> None:
    world, appointments = await booked(1)
    world.ledger.point = dies_after
    await world.alive(run(world, appointments))
    world.ledger.point = world.point
    world.clock.now += LEASE + timedelta(seconds=1)
    await run(world, appointments)
    assert len(world.ledger.texts) == 1
    assert await states(world, appointments) == ["sent"]


async def test_a_gateway_without_ids_is_not_asked_twice() -> None:
    world, appointments = await booked(1)
    world.ledger.repeatable = False
    world.ledger.point = dies_after
    await world.alive(run(world, appointments))
    world.ledger.point = world.point
    world.clock.now += LEASE + timedelta(seconds=1)
    await run(world, appointments)
    assert len(world.ledger.texts) == 1
    assert await states(world, appointments) == ["unknown"]


async def test_an_unknown_outcome_stays_unknown() -> None:
    world, appointments = await booked(1)

    world.gateway = Failing(OutcomeUnknown())
    await run(world, appointments)
    assert await states(world, appointments) == ["unknown"]


async def test_a_pause_that_the_gateway_asks_for_holds_for_all_of_the_sender() -> None:
    world, appointments = await booked()
    world.gateway = busy = Failing(Throttled(timedelta(seconds=50)))
    await run(world, appointments[:1])
    assert busy.asked == 1
    await run(world, appointments[1:])
    assert busy.asked == 1, "the others wait too"
    assert set(await states(world, appointments)) == {"due"}
    world.gateway = world.ledger
    assert await world.pace.take(SENDER, 1, world.clock.now, at(minutes=0.8)) == []
    for _ in range(3):
        await world.minute()
    assert await states(world, appointments) == ["delivered"] * 3


async def test_a_text_that_was_put_off_can_still_be_stopped_by_a_change() -> None:
    world, (appointment,) = await booked(1)

    world.gateway = Failing(Throttled(timedelta(seconds=50)))
    await run(world, [appointment])
    world.gateway = world.ledger
    await world.tell(appointment, "cancel", START, at(minutes=0.5))
    for _ in range(3):
        await world.minute()
    assert [text.name.split(":")[1] for text in world.ledger.texts] == ["cancelled"]


async def test_withdrawn_consent_holds_from_the_next_claim_on() -> None:
    world, appointments = await booked(1)

    async def no(_: str) -> bool:
        return False

    world.worker._doers[0]._consented = no  # type: ignore[attr-defined]
    await run(world, appointments)
    assert world.ledger.texts == []
    assert await states(world, appointments) == ["withheld"]


async def test_an_opt_out_holds_before_the_next_claim_and_start_undoes_it() -> None:
    world, appointments = await booked(2)
    await world.optouts.stop(SENDER, appointments[0].phone)
    await run(world, appointments)
    assert await states(world, appointments) == ["opted_out", "sent"]
    await world.optouts.start(SENDER, appointments[0].phone)
    await world.tell(appointments[0], "book", START + timedelta(hours=1), at(minutes=1))
    await run(world, appointments)
    record = await world.record(appointments[0])
    assert record is not None
    assert [text.kind for text in record.text_list(TextState.SENT)] == ["updated"]


async def dies(request: str) -> None:
    raise Death(request)


async def dies_after(request: str) -> None:
    if request.startswith("after"):
        raise Death(request)
