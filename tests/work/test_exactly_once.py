"""Each text once, whatever dies when: histories of appointments under faults, against the gateway's own account."""

import asyncio
from datetime import datetime, timedelta

import pytest

from shared.visits.changes import Happening
from shared.visits.ids import partition
from tests.builders import NOW
from tests.work.simulation import Appointment, Left, World, doubled, phones_kept

SCHEDULES = 25


type Said = tuple[datetime, Appointment, Happening, datetime]


def neighbours(world: World, count: int) -> list[Appointment]:
    """Appointments whose visits share a partition, so that one worker has them together."""
    found: list[Appointment] = []
    for number in range(1000):
        appointment = Appointment(f"CSN-{number}", f"+1608555{number:04d}", NOW)
        if not found or partition(world.key_of(appointment)) == partition(world.key_of(found[0])):
            found.append(appointment)
        if len(found) == count:
            return found
    raise AssertionError


def life(world: World, appointment: Appointment) -> list[Said]:
    """What the EHR is going to say of an appointment, and when: a booking, then up to two changes."""
    draw = world.random
    said: list[Said] = [(NOW, appointment, "book", NOW + timedelta(minutes=draw.randrange(20, 400)))]
    for _ in range(draw.randrange(3)):
        at = said[-1][0] + timedelta(minutes=draw.randrange(1, 120))
        happening: Happening = "cancel" if draw.random() < 0.3 else "book"
        said.append((at, appointment, happening, at + timedelta(minutes=draw.randrange(20, 300))))
    return said


async def play(seed: int, deaths: float) -> int:
    """Some appointments' lives in simulated days, then what must hold of them. Returns how many texts left."""
    world = World(seed, deaths=deaths, reminders=(120, 15))
    appointments = neighbours(world, world.random.choice((1, 1, 2, 4)))
    saying = sorted((said for one in appointments for said in life(world, one)), key=lambda said: said[0])
    last = max(start for *_, start in saying) + timedelta(hours=6)
    stopping = {
        one.csn: NOW + timedelta(minutes=world.random.randrange(400))
        for one in appointments
        if world.random.random() < 0.2
    }
    while saying or world.clock.now < last + timedelta(days=4):
        meanwhile = []
        heard: set[str] = set()
        # An EHR waits for an answer before it says the next thing of an appointment.
        while saying and saying[0][0] <= world.clock.now and saying[0][1].csn not in heard:
            at, one, happening, start = saying.pop(0)
            heard.add(one.csn)
            meanwhile.append(world.tell(one, happening, start, at))
        for one in appointments:
            if one.csn in stopping and stopping[one.csn] <= world.clock.now:
                del stopping[one.csn]
                meanwhile.append(world.stop(one))
        await world.minute(meanwhile)
        if not saying and world.clock.now > last:
            world.deaths = 0
            world.clock.now += timedelta(hours=1)
    assert doubled(world) == [], seed
    assert phones_kept(world) == 0, seed
    for one in appointments:
        check(world, one, seed)
    return len(world.ledger.texts)


def check(world: World, appointment: Appointment, seed: int) -> None:
    stopped = world.stopped.get(appointment.phone)
    for text in world.left(appointment):
        assert stopped is None or text.at <= stopped + timedelta(seconds=1), (seed, "after STOP", text)
        spoke_of = datetime.strptime(text.name.split(":")[0] + "+0000", "%Y%m%dT%H%M%SZ%z")
        assert text.at < spoke_of, (seed, "after the start", text)
        assert any(speaks_of(text, *said) for said in standing(appointment, text.at)), (seed, "of the past", text)
    if world.booked(appointment) and stopped is None:
        told_at = appointment.history[-1][0]
        assert told_at is not None
        for minutes in (120, 15):
            due = appointment.start - timedelta(minutes=minutes)
            name = f"{appointment.start:%Y%m%dT%H%M%SZ}:reminder-{minutes}:"
            times = sum(text.name.startswith(name) for text in world.left(appointment))
            if due > told_at + timedelta(minutes=1):
                assert times == 1, (seed, "lost", minutes)


def standing(appointment: Appointment, at: datetime) -> list[tuple[Happening, datetime]]:
    """What stood at an instant: the last message acknowledged before, and the one that may have been on its way."""
    said = [(happening, start) for _, happening, start in appointment.history]
    done = sum(acknowledged is not None and acknowledged < at for acknowledged, *_ in appointment.history)
    return said[max(0, done - 1) : done + 1]


def speaks_of(text: Left, happening: Happening, start: datetime) -> bool:
    occurrence, kind, *_ = text.name.split(":")
    return occurrence == f"{start:%Y%m%dT%H%M%SZ}" and (kind == "cancelled") == (happening == "cancel")


@pytest.mark.parametrize("deaths", [0.0, 0.005, 0.02])
async def test_no_text_is_lost_or_doubled_or_late_or_about_the_past(deaths: float) -> None:
    for seed in range(SCHEDULES):
        await play(seed, deaths)


def test_the_account_would_show_a_text_that_left_twice() -> None:
    world = World(1)
    appointment = Appointment("CSN-1", "+16085550143", NOW + timedelta(hours=5))

    async def twice() -> None:
        await world.tell(appointment, "book", appointment.start, NOW)
        await world.minute()
        text = world.ledger.texts[0]
        world.ledger.texts.append(text)

    asyncio.run(twice())
    assert len(doubled(world)) == 1
