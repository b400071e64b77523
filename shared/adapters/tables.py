"""Azure Table Storage through its official asynchronous client: one shared client, few and batched requests.

Entities are plain dicts of strings, integers and booleans; instants are text (`shared.clock.to_text`), so that what
is written is what is read. An entity that was read carries its ETag under `ETAG`.
"""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from shared.errors import Conflict
from shared.settings import Settings

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential
    from azure.data.tables.aio import TableClient, TableServiceClient

ETAG = "_etag"
MOST_ENTITIES = 1_000  # of one page, by the service
MOST_OPERATIONS = 100  # of one transaction, by the service
TABLES = ("tenants", "connections", "issuers", "audit", "clinicians", "visits", "optouts", "work", "facts")

Entity = dict[str, Any]
Operation = tuple[Literal["insert", "replace", "upsert", "delete"], Entity]


class Tables:
    """All tables of one stamp. Names are those of TABLES."""

    def __init__(self, settings: Settings, credential: "AsyncTokenCredential | None") -> None:
        self._settings = settings
        self._credential = credential

    @cached_property
    def _service(self) -> "TableServiceClient":
        from azure.data.tables.aio import TableServiceClient

        if self._settings.storage_connection:
            return TableServiceClient.from_connection_string(self._settings.storage_connection)
        assert self._credential is not None
        return TableServiceClient(self._settings.table_service_uri, credential=self._credential)

    def _table(self, name: str) -> "TableClient":
        return self._service.get_table_client(name)

    async def create_all(self) -> None:
        """Creates every table that is missing."""
        for name in TABLES:
            await self._service.create_table_if_not_exists(name)

    async def get(self, table: str, partition: str, row: str) -> Entity | None:
        """One entity, or None."""
        from azure.core.exceptions import ResourceNotFoundError

        try:
            return _plain(await self._table(table).get_entity(partition, row))
        except ResourceNotFoundError:
            return None

    async def rows(self, table: str, partition: str, prefix: str = "") -> list[Entity]:
        """The entities of one partition whose row key begins with `prefix`, in order. One request a page."""
        if not prefix:
            return [row async for row in self.query(table, "PartitionKey eq @p", {"p": partition})]
        last = prefix[:-1] + chr(ord(prefix[-1]) + 1)
        where = "PartitionKey eq @p and RowKey ge @a and RowKey lt @b"
        return [row async for row in self.query(table, where, {"p": partition, "a": prefix, "b": last})]

    async def query(
        self, table: str, where: str, parameters: Mapping[str, Any], *, page: int = MOST_ENTITIES
    ) -> AsyncIterator[Entity]:
        """Entities that match an OData filter, which must bound PartitionKey: this never scans a table.

        `page`: how many one request brings, for a caller who stops early.
        """
        assert "PartitionKey" in where
        found = self._table(table).query_entities(where, parameters=dict(parameters), results_per_page=page)
        async for entity in found:
            yield _plain(entity)

    async def all(self, table: str, where: str, parameters: Mapping[str, Any]) -> AsyncIterator[Entity]:
        """What matches an OData filter, over a whole table that is small by its nature (connections)."""
        async for entity in self._table(table).query_entities(where, parameters=dict(parameters)):
            yield _plain(entity)

    async def insert(self, table: str, entity: Entity) -> None:
        """Adds an entity. Raises `Conflict` if the key is taken."""
        from azure.core.exceptions import ResourceExistsError

        try:
            await self._table(table).create_entity(_wire(entity))
        except ResourceExistsError:
            raise Conflict from None

    async def upsert(self, table: str, entity: Entity) -> None:
        """Writes an entity whatever stood there."""
        from azure.data.tables import UpdateMode

        await self._table(table).upsert_entity(_wire(entity), mode=UpdateMode.REPLACE)

    async def replace(self, table: str, entity: Entity) -> str:
        """Replaces the entity that was read; returns its new ETag. Raises `Conflict` if it changed or went since."""
        from azure.core import MatchConditions
        from azure.core.exceptions import HttpResponseError, ResourceModifiedError, ResourceNotFoundError
        from azure.data.tables import UpdateMode

        try:
            written = await self._table(table).update_entity(
                _wire(entity), mode=UpdateMode.REPLACE, etag=entity[ETAG], match_condition=MatchConditions.IfNotModified
            )
        except (ResourceModifiedError, ResourceNotFoundError):
            raise Conflict from None
        except HttpResponseError as error:
            if error.status_code == 412:
                raise Conflict from None
            raise
        return str(written["etag"])

    async def delete(self, table: str, partition: str, row: str) -> None:
        """Removes an entity; one that is not there is fine."""
        await self._table(table).delete_entity(partition, row)

    async def transact(self, table: str, operations: Iterable[Operation]) -> list[str]:
        """Commits operations on one partition, all or none, MOST_OPERATIONS at most. Returns the new ETags in order.

        `replace` and `delete` of an entity with an ETag hold only if it is unchanged. Raises `Conflict` when one
        does not hold; then nothing was written.
        """
        from azure.core import MatchConditions
        from azure.data.tables import TableTransactionError, UpdateMode

        operations = list(operations)
        if len(operations) == 1 and operations[0][0] == "replace" and ETAG in operations[0][1]:
            # The same request without the envelope of a batch, which costs more to write than all the rest.
            return [await self.replace(table, operations[0][1])]
        batch: list[Any] = []
        for verb, entity in operations:
            guard = {}
            if ETAG in entity:
                guard = {"etag": entity[ETAG], "match_condition": MatchConditions.IfNotModified}
            match verb:
                case "insert":
                    batch.append(("create", _wire(entity)))
                case "replace":
                    batch.append(("update", _wire(entity), {"mode": UpdateMode.REPLACE, **guard}))
                case "upsert":
                    batch.append(("upsert", _wire(entity), {"mode": UpdateMode.REPLACE}))
                case "delete":
                    batch.append(("delete", _wire(entity), guard))
        if not batch:
            return []
        try:
            written = await self._table(table).submit_transaction(batch)
        except TableTransactionError as error:
            if error.status_code in (404, 409, 412):
                raise Conflict from None
            raise
        return [str(one.get("etag", "")) for one in written]

    async def upsert_many(self, table: str, entities: Sequence[Entity]) -> None:
        """Writes entities whatever stood there: those of one partition together, up to MOST_OPERATIONS a request."""
        if len(entities) == 1:
            await self.upsert(table, entities[0])
            return
        for some in _by_partition(entities):
            await self.transact(table, [("upsert", entity) for entity in some])

    async def delete_many(self, table: str, keys: Sequence[tuple[str, str]]) -> None:
        """Removes entities, those of one partition together; ones that are not there are fine."""
        entities: list[Entity] = [{"PartitionKey": partition, "RowKey": row} for partition, row in keys]
        for some in _by_partition(entities):
            try:
                if len(some) > 1:
                    await self.transact(table, [("delete", entity) for entity in some])
                    continue
            except Conflict:
                pass  # one of them is gone, which fails the whole transaction
            for entity in some:
                await self.delete(table, entity["PartitionKey"], entity["RowKey"])

    async def drain(self, table: str, begin: str, end: str) -> AsyncIterator[list[tuple[str, str]]]:
        """Keys of what is in the partitions from `begin` up to `end`, some at a time, again and again until nothing is
        left: whoever takes them removes those rows before asking on.
        """
        where, given = "PartitionKey ge @a and PartitionKey lt @b", {"a": begin, "b": end}
        while keys := [(row["PartitionKey"], row["RowKey"]) async for row in self._first(table, where, given)]:
            yield keys

    async def _first(self, table: str, where: str, given: Mapping[str, Any]) -> AsyncIterator[Entity]:
        left = MOST_ENTITIES
        async for row in self.query(table, where, given):
            yield row
            left -= 1
            if not left:
                return

    async def close(self) -> None:
        """Closes the client's connections, if it was ever used."""
        if "_service" in self.__dict__:
            await self._service.close()


def _by_partition(entities: Iterable[Entity]) -> Iterator[list[Entity]]:
    groups: dict[str, list[Entity]] = {}
    for entity in entities:
        groups.setdefault(entity["PartitionKey"], []).append(entity)
    for group in groups.values():
        for first in range(0, len(group), MOST_OPERATIONS):
            yield group[first : first + MOST_OPERATIONS]


def _plain(entity: Any) -> Entity:
    return dict(entity) | {ETAG: entity.metadata["etag"]}


def _wire(entity: Entity) -> Entity:
    return {name: value for name, value in entity.items() if name != ETAG and value is not None}
