"""Tables are brought forward once, by whoever comes first, and refused by code that would misread them."""

import asyncio
from typing import Any

import pytest

from benchmarks.storage import storage
from shared.adapters.schema import FIRST, LEAST, PARTITION, ROW, STEPS, TABLE, VERSION, Schema, SchemaError, Standing
from shared.adapters.tables import Tables
from shared.errors import Unavailable
from tests.memory import MemoryTables


async def to_two(tables: Tables) -> None:
    """A step: an addition, which may be made again."""
    for row in await tables.rows("visits", "p"):
        await tables.upsert("visits", row | {"zone": row.get("zone", "UTC")})


async def to_three(tables: Tables) -> None:
    """A step that needs the one before."""
    for row in await tables.rows("visits", "p"):
        await tables.upsert("visits", row | {"place": f"{row['zone']}/somewhere"})


NEW: dict[str, Any] = {"version": 3, "least": 2, "steps": {2: to_two, 3: to_three}}
BETWEEN: dict[str, Any] = {"version": 2, "least": 1, "steps": {2: to_two}}
OLD: dict[str, Any] = {"version": 1, "least": 1, "steps": {}}


@pytest.fixture
async def tables() -> MemoryTables:
    """A stamp with two visits of the first schema."""
    made = MemoryTables()
    for row in ("a", "b"):
        await made.insert("visits", {"PartitionKey": "p", "RowKey": row})
    return made


async def places(tables: MemoryTables) -> list[str | None]:
    return [row.get("place") for row in await tables.rows("visits", "p")]


def test_every_version_has_its_step() -> None:
    assert set(STEPS) == set(range(2, VERSION + 1))
    assert max(1, VERSION - 1) >= LEAST, "the release before must go on while this one comes"


async def test_tables_of_before_there_were_versions_get_theirs(tables: MemoryTables) -> None:
    assert await Schema(tables).standing() == FIRST
    await Schema(tables).settle()
    assert await Schema(tables).standing() == Standing(VERSION, LEAST)
    assert await tables.get(TABLE, PARTITION, ROW)


async def test_tables_are_brought_forward_step_by_step(tables: MemoryTables) -> None:
    await Schema(tables, **OLD).settle()
    await Schema(tables, **NEW).settle()
    assert await Schema(tables).standing() == Standing(3, 2)
    assert await places(tables) == ["UTC/somewhere"] * 2


async def test_a_process_that_has_settled_asks_no_more(tables: MemoryTables) -> None:
    schema = Schema(tables, **NEW)
    await schema.settle()
    tables.requests.clear()
    await schema.settle()
    assert not tables.requests


async def test_old_and_new_code_work_side_by_side_and_neither_goes_back(tables: MemoryTables) -> None:
    await Schema(tables, **BETWEEN).settle()
    await Schema(tables, **OLD).settle()
    assert await Schema(tables).standing() == Standing(2, 1)


async def test_several_instances_at_once_end_at_the_same(tables: MemoryTables) -> None:
    await asyncio.gather(*(Schema(tables, **NEW).settle() for _ in range(5)))
    assert await Schema(tables).standing() == Standing(3, 2)
    assert await places(tables) == ["UTC/somewhere"] * 2


@pytest.mark.parametrize("fails_at", range(1, 12))
async def test_a_migration_that_is_cut_short_anywhere_is_ended_by_the_next(tables: MemoryTables, fails_at: int) -> None:
    left = fails_at

    async def cut(request: str) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            raise Unavailable

    tables.fault = cut
    with pytest.raises(Unavailable):
        await Schema(tables, **NEW).settle()
    await Schema(tables, **NEW).settle()
    assert await Schema(tables).standing() == Standing(3, 2)
    assert await places(tables) == ["UTC/somewhere"] * 2


async def test_tables_that_this_code_would_misread_are_refused_with_what_to_do(tables: MemoryTables) -> None:
    await Schema(tables, **NEW).settle()
    before = tables.dump(TABLE), tables.dump("visits")
    schema = Schema(tables, **OLD)
    for _ in range(2):
        with pytest.raises(SchemaError, match="have schema 3 and need a release of schema 2 or later; this one has 1"):
            await schema.settle()
    assert (tables.dump(TABLE), tables.dump("visits")) == before


async def test_rows_of_an_older_release_are_brought_forward_alone(tables: MemoryTables) -> None:
    await Schema(tables, **NEW).settle()
    await tables.insert("visits", {"PartitionKey": "p", "RowKey": "c", "zone": "Europe/Paris"})
    await Schema(tables, **NEW).forward(2)
    assert await places(tables) == ["UTC/somewhere", "UTC/somewhere", "Europe/Paris/somewhere"]


async def test_real_storage_settles_two_instances_at_once() -> None:
    async with storage() as azurite:
        await azurite.insert("visits", {"PartitionKey": "p", "RowKey": "a"})
        await asyncio.gather(*(Schema(azurite, **NEW).settle() for _ in range(2)))
        assert await Schema(azurite).standing() == Standing(3, 2)
        (row,) = await azurite.rows("visits", "p")
        assert row["place"] == "UTC/somewhere"
