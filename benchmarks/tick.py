"""What a tick and a due text cost storage, in requests: flat in what is stored, and few for each text.

Azurite holds 1,000, 10,000 and 100,000 appointments, 100 of them due; then 10,000 are due in one minute, in memory, at
the pace of a toll-free number. Requests are what carries over to the cloud: Azurite's times do not, it scans.
"""

import argparse
import asyncio
import json
import statistics
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from benchmarks.storage import CountedTables, storage
from shared.adapters.tables import MOST_OPERATIONS, Entity
from shared.visits import rows
from shared.visits.store import Name
from shared.visits.visit import Moment, Record
from shared.work.jobs import from_message
from tests.builders import NOW
from tests.work.simulation import SENDER, Appointment, World, doubled

STORED = (1_000, 10_000, 100_000)
DUE_OF_STORED = 100
AHEAD = timedelta(hours=4)
DUE_AT_ONCE = 10_000
STARTS = 56
MOST_GROWTH, MOST_PER_TEXT, MOST_IDLE = 1.2, 3.0, 2


def grouped(entities: Iterable[Entity]) -> Iterator[list[Entity]]:
    """By partition, as many as one transaction takes."""
    groups: dict[str, list[Entity]] = {}
    for entity in entities:
        group = groups.setdefault(entity["PartitionKey"], [])
        group.append(entity)
        if len(group) == MOST_OPERATIONS:
            yield groups.pop(entity["PartitionKey"])
    yield from groups.values()


async def fill(world: World, count: int, first: int, start: datetime) -> None:
    """Stores appointments, each with its phone and its alarm, as intakes leave them, in as few requests as can be."""
    visits: list[Entity] = []
    alarms: list[tuple[Name, Record, Moment]] = []
    for index in range(first, first + count):
        appointment = Appointment(f"CSN-{index}", f"+1608{index:07d}", start)
        record = world.applying(appointment, "book", start, NOW)(None)
        assert record is not None
        record = replace(record, visit=replace(record.visit, facts_due=False))
        moment = await world.alarms.moment(record, world.clock.now)
        assert moment is not None
        name = world.alarms.name(record.visit.key, moment)
        record = replace(record, visit=replace(record.visit, alarm=name))
        visits += [entity for _, entity in rows.difference(None, record, "")]
        alarms.append((name, record, moment))
    for some in grouped(visits):
        await world.tables.transact("visits", [("upsert", entity) for entity in some])
    await world.alarms.put(alarms)


def a_world(tables: CountedTables | None = None, **given: Any) -> World:
    """A world whose visits owe one reminder, AHEAD of their start, and no confirmation."""
    world = World(1, tables=tables, reminders=(int(AHEAD.total_seconds() // 60),), **given)
    world.confirm = frozenset()
    return world


async def work(world: World) -> None:
    """Everything that the tick handed out, each message when it becomes visible."""
    now = world.clock.now
    messages, world.queues.messages = sorted(world.queues.messages, key=lambda message: message[2]), []
    for _, message, hidden in messages:
        world.clock.now = max(world.clock.now, now + timedelta(seconds=hidden))
        await world.worker.run(from_message(message))


async def stored(tables: CountedTables, world: World) -> dict[str, float]:
    """One tick with what is stored now: its requests and its time, then those of the work it handed out, for each text.

    The tables have their schema by then: only the first tick of a process looks at it.
    """
    await world.schema.settle()
    before, began = tables.requests.total(), time.perf_counter()
    handed = await world.tick.run()
    ticked, took = tables.requests.total() - before, time.perf_counter() - began
    assert handed == DUE_OF_STORED, handed
    await work(world)
    assert len(world.ledger.texts) == DUE_OF_STORED
    worked = tables.requests.total() - before - ticked
    idle_before = tables.requests.total()
    world.clock.pass_time(minutes=1)
    assert await world.tick.run() == 0
    return {
        "tick_requests": ticked,
        "tick_ms": round(took * 1000),
        "idle_tick_requests": tables.requests.total() - idle_before,
        "requests_per_text": round((ticked + worked) / handed, 2),
    }


async def growth(sizes: tuple[int, ...]) -> dict[str, dict[str, float]]:
    """The same tick over more and more stored appointments."""
    figures = {}
    for size in sizes:
        print(f"  .. storing {size} appointments", file=sys.stderr)
        async with storage() as tables:
            world = a_world(tables, rate=6000)
            await fill(world, DUE_OF_STORED, 0, NOW + AHEAD)
            rest = size - DUE_OF_STORED
            # Eight starts a day for a week.
            first = DUE_OF_STORED
            for start in range(STARTS):
                count = rest // STARTS + (start < rest % STARTS)
                await fill(world, count, first, NOW + AHEAD + timedelta(hours=1 + 3 * start))
                first += count
            figures[str(size)] = await stored(tables, world)
    return figures


async def at_once(count: int) -> dict[str, Any]:
    """All due in one minute: in which order they leave, how late beyond what the pace allows, at what cost each."""
    world = a_world()
    tables = world.tables
    for part in range(4):
        # Those that start latest are stored first: the order must come from the tick.
        await fill(world, count // 4, part * count, NOW + AHEAD + timedelta(seconds=59 - 15 * part))
    world.clock.pass_time(minutes=1)
    due = world.clock.now
    tables.requests.clear()
    while len(world.ledger.texts) < count and world.clock.now < due + AHEAD:
        minute = world.clock.now + timedelta(minutes=1)
        await world.tick.run()
        await work(world)
        world.clock.now = max(world.clock.now, minute)
    left = sorted(world.ledger.texts, key=lambda text: text.at)
    interval = world.pace.interval(SENDER)
    late = [(text.at - (due + index * interval)).total_seconds() for index, text in enumerate(left)]
    centiles = statistics.quantiles(late, n=100)
    return {
        "texts": len(left),
        "doubled": len(doubled(world)),
        "in_due_order": [text.name for text in left] == sorted(text.name for text in left),
        "minutes": round((left[-1].at - due).total_seconds() / 60, 1),
        "beyond_the_pace_p95_s": round(centiles[94], 1),
        "beyond_the_pace_p99_s": round(centiles[98], 1),
        "requests_per_text": round(tables.requests.total() / count, 2),
    }


async def measure() -> dict[str, Any]:
    """All figures."""
    stored_figures = await growth(STORED)
    print(f"  .. {DUE_AT_ONCE} texts due in one minute", file=sys.stderr)
    rush = await at_once(DUE_AT_ONCE)
    least, most = stored_figures[str(STORED[0])], stored_figures[str(STORED[-1])]
    ratio = most["tick_requests"] / least["tick_requests"]
    per_text = max(rush["requests_per_text"], *(figures["requests_per_text"] for figures in stored_figures.values()))
    idle = max(figures["idle_tick_requests"] for figures in stored_figures.values())
    held = (
        ratio <= MOST_GROWTH
        and per_text <= MOST_PER_TEXT
        and idle <= MOST_IDLE
        and rush["texts"] == DUE_AT_ONCE
        and rush["in_due_order"]
        and not rush["doubled"]
    )
    return {
        "stored": stored_figures,
        "at_once": rush,
        "ratio": {"tick_requests_100000_to_1000": ratio, "requests_per_text": per_text, "idle_tick_requests": idle},
        "wanted": {"growth": MOST_GROWTH, "requests_per_text": MOST_PER_TEXT, "idle_tick_requests": MOST_IDLE},
        "held": held,
    }


def main() -> int:
    """Prints the figures; the exit status says whether they hold."""
    parser = argparse.ArgumentParser(prog="scripts/bench tick", description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    options = parser.parse_args()
    figures = asyncio.run(measure())
    if options.json:
        print(json.dumps(figures, indent=2))
    else:
        for size, row in figures["stored"].items():
            print(f"{int(size):>7,} stored  ", "  ".join(f"{name} {value}" for name, value in row.items()))
        print("10,000 at once  ", "  ".join(f"{name} {value}" for name, value in figures["at_once"].items()))
        print("held" if figures["held"] else f"not held: wanted {figures['wanted']}")
    return 0 if figures["held"] else 1


if __name__ == "__main__":
    sys.exit(main())
