"""Table and queue storage in memory, for simulations of more requests than Azurite could answer in a test's time.

Strict where the product leans on the service: ETags, transactions of one partition, all or none, at most 100, none
twice. `tests/stack/test_memory.py` holds it to Azurite. Each request counts, and may fail before or after it took hold.
"""

import operator
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping
from itertools import count, islice
from typing import Any

from sortedcontainers import SortedDict

from shared.adapters.queues import Queues
from shared.adapters.tables import ETAG, MOST_OPERATIONS, Entity, Operation, Tables
from shared.errors import Conflict

PAGE = 1000
Key = tuple[str, str]
COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq, "ge": operator.ge, "gt": operator.gt, "le": operator.le, "lt": operator.lt,
}  # fmt: skip

Fault = Callable[[str], Awaitable[None]]
"""Is told of each request, `before insert` and `after insert`, and raises where it is to fail."""


async def no_fault(request: str) -> None:
    """Everything goes well."""


class MemoryTables(Tables):
    """The adapter's own methods over a dict; what it builds out of them is the adapter's."""

    def __init__(self, fault: Fault = no_fault) -> None:
        self._rows: dict[str, SortedDict[Key, Entity]] = {}
        self._etags = count(1)
        self.fault = fault
        self.requests: Counter[str] = Counter()
        self.read: Counter[str] = Counter()
        """Rows that queries brought, by table."""

    async def create_all(self) -> None:
        """Nothing to create."""

    async def get(self, table: str, partition: str, row: str) -> Entity | None:
        async with _Request(self, "get"):
            found = self._of(table).get((partition, row))
            return dict(found) if found else None

    async def query(
        self, table: str, where: str, parameters: Mapping[str, Any], *, page: int = PAGE
    ) -> AsyncIterator[Entity]:
        assert "PartitionKey" in where
        async for row in self._matching(table, where, parameters, page):
            yield row

    async def all(self, table: str, where: str, parameters: Mapping[str, Any]) -> AsyncIterator[Entity]:
        async for row in self._matching(table, where, parameters, PAGE):
            yield row

    async def _matching(
        self, table: str, where: str, parameters: Mapping[str, Any], size: int
    ) -> AsyncIterator[Entity]:
        tests = []
        for term in where.split(" and "):
            name, verb, parameter = term.split()
            tests.append((name, COMPARE[verb], parameters[parameter.removeprefix("@")]))
        rows = self._of(table)
        # Nearly every query is of one partition, and of a range of its rows.
        keys = rows.irange(*_bounds(tests))
        found: Iterator[Entity] = iter(
            [
                dict(rows[key])
                for key in keys
                if all(name in rows[key] and compare(rows[key][name], value) for name, compare, value in tests)
            ]
        )
        while True:
            async with _Request(self, "query"):
                page = list(islice(found, size))
            self.read[table] += len(page)
            for row in page:
                yield row
            if len(page) < size:
                return

    async def insert(self, table: str, entity: Entity) -> None:
        async with _Request(self, "insert"):
            self._apply(table, [("insert", entity)])

    async def upsert(self, table: str, entity: Entity) -> None:
        async with _Request(self, "upsert"):
            self._apply(table, [("upsert", entity)])

    async def replace(self, table: str, entity: Entity) -> str:
        async with _Request(self, "replace"):
            return self._apply(table, [("replace", entity)])[0]

    async def delete(self, table: str, partition: str, row: str) -> None:
        async with _Request(self, "delete"):
            self._of(table).pop((partition, row), None)

    async def transact(self, table: str, operations: Iterable[Operation]) -> list[str]:
        batch = list(operations)
        if not batch:
            return []
        keys = [_key(entity) for _, entity in batch]
        assert len({partition for partition, _ in keys}) == 1
        assert len(set(keys)) == len(keys) <= MOST_OPERATIONS
        async with _Request(self, "transact"):
            return self._apply(table, batch)

    async def close(self) -> None:
        """Nothing to close."""

    def put(self, table: str, entity: Entity) -> None:
        """A row that was there before; nothing is counted and nothing fails."""
        self._apply(table, [("upsert", entity)])

    def dump(self, table: str) -> list[Entity]:
        """All rows of a table, in order."""
        return list(self._of(table).values())

    def _of(self, table: str) -> SortedDict[Key, Entity]:
        return self._rows.setdefault(table, SortedDict())

    def _apply(self, table: str, operations: list[Operation]) -> list[str]:
        rows = self._of(table)
        for verb, entity in operations:
            known = rows.get(_key(entity))
            if verb == "insert" and known is not None:
                raise Conflict
            if verb in ("replace", "delete") and known is None:
                raise Conflict
            if verb in ("replace", "delete") and known is not None and entity.get(ETAG, known[ETAG]) != known[ETAG]:
                raise Conflict
        etags = []
        for verb, entity in operations:
            if verb == "delete":
                del rows[_key(entity)]
                etags.append("")
                continue
            etag = f'W/"{next(self._etags)}"'
            kept = {name: value for name, value in entity.items() if name != ETAG and value is not None}
            rows[_key(entity)] = kept | {ETAG: etag}
            etags.append(etag)
        return etags


class MemoryQueues(Queues):
    """Messages in the order in which they were sent."""

    def __init__(self, fault: Fault = no_fault) -> None:
        self.messages: list[tuple[str, dict[str, Any], int]] = []
        self.fault = fault
        self.requests: Counter[str] = Counter()

    async def send(self, queue: str, message: dict[str, Any], *, hidden_seconds: int = 0) -> None:
        async with _Request(self, "send"):
            self.messages.append((queue, message, hidden_seconds))


class _Request:
    """Counts a request and lets it fail on its way there or back."""

    def __init__(self, where: "MemoryTables | MemoryQueues", verb: str) -> None:
        self._where = where
        self._verb = verb

    async def __aenter__(self) -> None:
        self._where.requests[self._verb] += 1
        await self._where.fault(f"before {self._verb}")

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            await self._where.fault(f"after {self._verb}")


def _bounds(tests: list[tuple[str, Callable[[Any, Any], bool], Any]]) -> tuple[Key | None, Key | None]:
    """The first and the last key that can match."""
    given = {(name, compare): value for name, compare, value in tests}
    partition = given.get(("PartitionKey", operator.eq))
    if partition is None:
        low = given.get(("PartitionKey", operator.ge))
        return (low, "") if low is not None else None, None
    return (partition, given.get(("RowKey", operator.ge), "")), (
        partition,
        given.get(("RowKey", operator.lt), "\uffff"),
    )


def _key(entity: Entity) -> Key:
    return entity["PartitionKey"], entity["RowKey"]
