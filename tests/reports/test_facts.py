"""Facts and the counts of their days agree, whatever dies in between, comes twice or comes at once."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from azure.core.exceptions import ServiceResponseError

from shared.errors import Unavailable
from shared.reports.days import MOST_WAITING
from shared.reports.places import CHANGES, TABLE, index_partition
from shared.reports.ranges import Days
from shared.visits.visit import Record, State, Text, TextState, Times, Visit, VisitKey
from tests.builders import NOW
from tests.reports.facts import TENANT
from tests.reports.keeping import Kept, counted, dice, shown, some_key

ALL = Days(date(2026, 10, 1), date(2027, 3, 1))
DEPARTMENTS = ("", "10501", "Cardiology")


class Death(Exception):
    """The process is gone."""


def a_record(random: Random, key: VisitKey) -> Record:
    start = NOW + timedelta(minutes=15 * random.randrange(-2000, 6000))
    return Record(Visit(key, "sealed", State.BOOKED, start, timedelta(minutes=30), "UTC", facts_due=True))


def changed(record: Record, random: Random) -> Record:
    """Something happens to a visit: it moves, perhaps into another month, gets a department, takes place, is texted."""
    visit = record.visit
    match random.randrange(5):
        case 0:
            visit = replace(visit, start=NOW + timedelta(hours=random.randrange(-800, 2000)))
        case 1:
            visit = replace(visit, department=random.choice(DEPARTMENTS))
        case 2:
            begin = visit.start + timedelta(seconds=random.randrange(600))
            left = begin + timedelta(seconds=random.randrange(3000))
            times = Times(visit.start, begin, None, begin, left, most_people=2)
            visit = replace(visit, times=times, call_ended=begin + timedelta(hours=1))
        case 3:
            visit = replace(visit, state=random.choice(list(State)))
        case _:
            text = Text(visit.start, "scheduled", random.randrange(9), random.choice(list(TextState)), visit.start)
            return replace(record, texts={**record.texts, text.name: text}, visit=replace(visit, facts_due=True))
    return replace(record, visit=replace(visit, facts_due=True))


async def agree(kept: Kept) -> None:
    """Facts are those of the visits, days are those of the facts, and each visit is found where the index says."""
    truth = kept.truth()
    assert sorted(map(str, kept.rows())) == sorted(map(str, truth))
    for connection in ("", *kept.connections):
        assert shown(await kept.read(ALL, connection)) == counted(truth, connection)
    for fact in truth:
        assert await kept.days.of_visit(TENANT, fact.connection, [fact.visit]) == [fact]


@pytest.mark.parametrize("seed", range(12))
async def test_days_are_the_sums_of_their_facts_whatever_dies(seed: int) -> None:
    random = dice(seed)
    deaths = 0.0

    async def point(request: str) -> None:
        if random.random() < deaths:
            raise Death(request)

    kept = Kept(point)
    for _ in range(12):
        key = some_key(random, random.choice(list(kept.connections)))
        kept.records[key] = a_record(random, key)
    for _ in range(150):
        deaths = 0.15
        batch = random.sample(list(kept.records), random.randrange(1, 6))
        for key in batch:
            kept.records[key] = changed(kept.records[key], random)
        try:
            await kept.keep(*batch)
        except Death:
            continue
    deaths = 0.0
    await kept.keep(*kept.records)
    assert not any(record.visit.facts_due for record in kept.records.values())
    await agree(kept)


class Fatal:
    """Lets the process die at the nth request once it is armed."""

    def __init__(self, nth: int) -> None:
        self.nth, self.seen, self.armed = nth, 0, False

    async def point(self, request: str) -> None:
        self.seen += self.armed
        if self.armed and self.seen == self.nth:
            raise Death(request)


async def test_a_death_at_each_request_leaves_what_the_next_attempt_makes_right() -> None:
    """Move a visit into another month and department; die before and after each request of that in turn."""
    for nth in range(1, 60):
        fatal = Fatal(nth)
        kept = Kept(fatal.point)
        key = some_key(dice(7), "one000001")
        kept.records[key] = a_record(dice(7), key)
        await kept.keep(key)
        moved = replace(kept.records[key].visit, start=NOW + timedelta(days=40), department="Cardiology")
        kept.records[key] = replace(kept.records[key], visit=replace(moved, facts_due=True))
        fatal.armed = True
        try:
            await kept.keep(key)
        except Death:
            fatal.armed = False
            if nth % 2:
                # And before the next attempt it moves again: the place that was meant is not forgotten.
                again = replace(kept.records[key].visit, start=NOW + timedelta(days=80))
                kept.records[key] = replace(kept.records[key], visit=again)
            await kept.keep(key)
            await agree(kept)
            continue
        assert 5 < fatal.seen < nth
        return
    raise AssertionError("it never came to its end")


async def test_many_workers_at_once_lose_nothing() -> None:
    random = dice(1)

    async def point(_: str) -> None:
        await asyncio.sleep(0)

    kept = Kept(point)
    for _ in range(60):
        key = some_key(random, "one000001")
        kept.records[key] = a_record(random, key)
    keys = list(kept.records)
    for _ in range(6):
        for key in keys:
            kept.records[key] = changed(kept.records[key], random)
        await asyncio.gather(*(kept.keep(*keys[first : first + 4]) for first in range(0, len(keys), 4)))
    await agree(kept)


async def test_a_report_read_while_changes_are_taken_in_counts_each_once() -> None:
    """Between the report's two requests everything that waited is folded into the days."""
    random = dice(3)
    kept = Kept()
    for _ in range(40):
        key = some_key(random, "one000001")
        kept.records[key] = a_record(random, key)
        await kept.keep(key)
    truth = counted(kept.truth())
    partitions = {row["PartitionKey"] for row in kept.tables.dump(TABLE) if row["RowKey"].startswith(CHANGES)}
    assert partitions

    async def fold_all(request: str) -> None:
        if request == "after query":
            kept.tables.fault, before = _nothing, kept.tables.fault
            for partition in partitions:
                await kept.days.fold(partition)
            kept.tables.fault = before

    kept.tables.fault = fold_all
    assert shown(await kept.read(ALL)) == truth
    kept.tables.fault = _nothing
    assert not [row for row in kept.tables.dump(TABLE) if row["RowKey"].startswith(CHANGES)]
    assert shown(await kept.read(ALL)) == truth


async def with_changes_that_wait(count: int) -> Kept:
    """So many changes of one month that no writer has taken in."""
    random, kept = dice(7), Kept()
    start = datetime(2026, 11, 24, 16, tzinfo=UTC)
    while len(waiting_in(kept)) < count:
        key = some_key(random, "one000001")
        record = a_record(random, key)
        kept.records[key] = replace(record, visit=replace(record.visit, start=start))
        await kept.keep(key)
    return kept


def waiting_in(kept: Kept) -> list[str]:
    return [row["RowKey"] for row in kept.tables.dump(TABLE) if row["RowKey"].startswith(CHANGES)]


async def test_who_reads_many_changes_takes_them_in_so_that_the_next_report_reads_days_alone() -> None:
    kept = await with_changes_that_wait(MOST_WAITING + 1)
    truth = counted(kept.truth())
    assert shown(await kept.read(ALL)) == truth
    assert waiting_in(kept) == []
    kept.tables.read.clear()
    assert shown(await kept.read(ALL)) == truth
    assert kept.tables.read.total() == len(truth)


async def test_who_reads_few_changes_leaves_them() -> None:
    kept = await with_changes_that_wait(MOST_WAITING)
    assert shown(await kept.read(ALL)) == counted(kept.truth())
    assert len(waiting_in(kept)) == MOST_WAITING


@pytest.mark.parametrize("error", [ServiceResponseError("gone"), Unavailable()])
async def test_a_report_does_not_fail_for_what_it_cannot_take_in(error: Exception) -> None:
    kept = await with_changes_that_wait(MOST_WAITING + 1)

    async def refuse(request: str) -> None:
        if request == "before transact":
            raise error

    kept.tables.fault = refuse
    assert shown(await kept.read(ALL)) == counted(kept.truth())
    assert len(waiting_in(kept)) == MOST_WAITING + 1


async def _nothing(_: str) -> None:
    """Goes well."""


async def test_changes_do_not_pile_up() -> None:
    random = dice(5)
    kept = Kept()
    key = some_key(random, "one000001")
    kept.records[key] = a_record(random, key)
    most = 0
    for _ in range(400):
        kept.records[key] = changed(kept.records[key], random)
        await kept.keep(key)
        most = max(most, sum(row["RowKey"].startswith(CHANGES) for row in kept.tables.dump(TABLE)))
    assert most < 400
    await agree(kept)


async def test_visits_of_a_batch_cost_one_request_once_they_have_a_place() -> None:
    kept, random = Kept(), dice(2)
    start = datetime(2026, 11, 24, 16, tzinfo=UTC)
    for _ in range(16):
        key = some_key(random, "one000001")
        kept.records[key] = replace(a_record(random, key), visit=replace(a_record(random, key).visit, start=start))
    await kept.keep(*kept.records)
    kept.tables.requests.clear()
    for key, record in kept.records.items():
        kept.records[key] = replace(record, visit=replace(record.visit, department="10501"))
    await kept.keep(*kept.records)
    assert kept.tables.requests["transact"] - (kept.tables.requests["query"] > 0) == 1
    assert kept.tables.requests["get"] <= 4


async def test_the_index_holds_no_more_than_a_key_and_a_place() -> None:
    kept, random = Kept(), dice(2)
    key = some_key(random, "one000001")
    kept.records[key] = a_record(random, key)
    await kept.keep(key)
    (row,) = (row for row in kept.tables.dump(TABLE) if row["PartitionKey"] == index_partition(TENANT))
    assert set(row) == {"PartitionKey", "RowKey", "place", "_etag"}
