"""Azurite alone, and the product's adapter over it with every request counted."""

import os
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from local import node, ports, processes
from local.config import StackConfig
from local.demo.steps import until
from local.stack import azurite
from shared.adapters.tables import Tables
from shared.settings import Settings

if TYPE_CHECKING:
    from azure.data.tables.aio import TableServiceClient


class CountedTables(Tables):
    """Counts what leaves for storage: `requests` by method, a page of a query as one, a transaction as one."""

    def __init__(self, connection: str) -> None:
        super().__init__(Settings("", "", "", "", "", "", storage_connection=connection), None)
        self._connection = connection
        self.requests: Counter[str] = Counter()

    @cached_property
    def _service(self) -> "TableServiceClient":
        from azure.data.tables.aio import TableServiceClient

        def count(request: Any) -> None:
            self.requests[request.http_request.method] += 1

        return TableServiceClient.from_connection_string(self._connection, raw_request_hook=count)


@asynccontextmanager
async def storage() -> AsyncIterator[CountedTables]:
    """Empty tables in memory, for the length of a block."""
    await node.ensure(lambda _: None)
    with tempfile.TemporaryDirectory() as folder:
        config = StackConfig(Path(folder), ports.choose(), {})
        part = await processes.start(
            "storage", azurite(config), env=dict(os.environ), logs=config.run_dir / "logs", cwd=node.ROOT
        )
        try:
            async with httpx.AsyncClient() as http:

                async def answers() -> bool:
                    try:
                        await http.get(f"http://127.0.0.1:{config.ports['table']}/devstoreaccount1")
                    except httpx.TransportError:
                        return False
                    return True

                await until(answers, "storage to answer", seconds=30)
            tables = CountedTables(config.storage)
            await tables.create_all()
            yield tables
            await tables.close()
        finally:
            await part.end()
