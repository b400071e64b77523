"""The storage in memory that simulations run on answers as Azurite does, through the same adapter."""

from collections.abc import Awaitable
from typing import Any

import pytest

from local.stack import Stack
from shared.adapters.tables import ETAG, Entity, Tables
from shared.errors import Conflict
from shared.settings import Settings
from tests.memory import MemoryTables

TABLE = "optouts"


@pytest.fixture
async def both(stack: Stack) -> Any:
    """Azurite's tables and those in memory."""
    settings = Settings("", "", "", "", "", "", storage_connection=stack.config.storage)
    azurite = Tables(settings, None)
    yield [azurite, MemoryTables()]
    await azurite.close()


def entity(row: str, **values: Any) -> Entity:
    return {"PartitionKey": "test-memory", "RowKey": row, **values}


async def outcome(doing: Awaitable[Any]) -> str:
    try:
        await doing
    except Conflict:
        return "conflict"
    return "done"


async def seen(tables: Tables) -> list[tuple[str, Any]]:
    return [(row["RowKey"], row.get("value")) for row in await tables.rows(TABLE, "test-memory")]


async def story(tables: Tables) -> list[Any]:
    """Everything the product leans on, and what came of it."""
    told: list[Any] = []

    async def note(doing: Awaitable[Any]) -> None:
        told.append((await outcome(doing), await seen(tables)))

    await tables.delete_many(TABLE, [("test-memory", row["RowKey"]) for row in await tables.rows(TABLE, "test-memory")])
    await note(tables.insert(TABLE, entity("a", value=1)))
    await note(tables.insert(TABLE, entity("a", value=2)))
    row = await tables.get(TABLE, "test-memory", "a")
    assert row is not None
    await note(tables.replace(TABLE, row | {"value": 3}))
    await note(tables.replace(TABLE, row | {"value": 4}))
    await note(tables.transact(TABLE, [("insert", entity("b", value=1)), ("replace", row | {"value": 5})]))
    await note(tables.transact(TABLE, [("insert", entity("b", value=1)), ("upsert", entity("c", value=None))]))
    await note(tables.transact(TABLE, [("delete", entity("b")), ("delete", entity("nothing"))]))
    await note(tables.transact(TABLE, [("delete", row), ("insert", entity("d"))]))
    await note(tables.upsert_many(TABLE, [entity("e", value=1), entity("f", value=2)]))
    await note(tables.delete_many(TABLE, [("test-memory", "e"), ("test-memory", "gone"), ("test-memory", "f")]))
    await note(tables.delete(TABLE, "test-memory", "nothing"))
    told.append([row["RowKey"] for row in await tables.rows(TABLE, "test-memory", "b")])
    where = "PartitionKey eq @p and RowKey gt @a and RowKey le @c"
    told.append([row["RowKey"] async for row in tables.query(TABLE, where, {"p": "test-memory", "a": "a", "c": "c"})])
    etags = await tables.transact(TABLE, [("upsert", entity("a", value=9)), ("insert", entity("z"))])
    now = await tables.rows(TABLE, "test-memory")
    told.append([row[ETAG] in etags for row in now])
    return told


async def test_memory_answers_as_azurite_does(both: list[Tables]) -> None:
    azurite, memory = [await story(tables) for tables in both]
    assert memory == azurite
    assert ("conflict", [("a", 1)]) in azurite


async def test_what_is_not_there_is_none_in_both(both: list[Tables]) -> None:
    assert [await tables.get(TABLE, "test-memory", "nothing") for tables in both] == [None, None]
