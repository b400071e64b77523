"""Starts a local host as users do, as a process of its own, and Azurite beside it."""

import asyncio
import base64
import os
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from azure.core.exceptions import ResourceNotFoundError
from azure.storage.queue.aio import QueueClient

from local import node, ports
from local.config import StackConfig

SAMPLE = Path(__file__).parent / "sample_app"
PATIENCE_SECONDS = 30
MASTER, FUNCTION, EVENT_GRID, OTHER_SYSTEM = "the-master", "a-function-key", "the-event-grid-key", "another-key"
KEYS = {
    "function": {"default": FUNCTION},
    "system": {"eventgrid_extension": EVENT_GRID, "other_extension": OTHER_SYSTEM},
}


@dataclass
class Site:
    """A host under test. `log` and `process` are None for one that we did not start."""

    url: str
    storage: str
    master: str
    event_grid: str
    log: Path | None = None
    process: asyncio.subprocess.Process | None = None

    @property
    def client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self.url, trust_env=False, timeout=PATIENCE_SECONDS)

    @property
    def admin(self) -> dict[str, str]:
        """The header that opens the admin routes."""
        return {"x-functions-key": self.master}

    async def seen(self, what: str) -> list[Any]:
        """What the sample app's triggers noted."""
        async with self.client as client:
            found: list[Any] = (await client.get(f"/api/seen/{what}")).json()
        return found

    async def bodies(self, queue: str) -> list[str]:
        """The messages that lie visible in a queue, decoded; none if there is no such queue."""
        async with self.queue(queue) as client:
            try:
                return [base64.b64decode(message.content).decode() for message in await client.peek_messages(32)]
            except ResourceNotFoundError:
                return []

    def queue(self, name: str) -> QueueClient:
        return QueueClient.from_connection_string(self.storage, name)

    def logged(self) -> str:
        """All that the host has printed."""
        assert self.log
        return self.log.read_text()


async def until[T](look: Callable[[], Awaitable[T]], what: str) -> T:
    """The first true answer of `look`."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        found = await look()
        if found:
            return found
        await asyncio.sleep(0.02)
    raise AssertionError(f"{what}: not within {PATIENCE_SECONDS} s")


@asynccontextmanager
async def spawned(command: list[str], log: Path, env: dict[str, str] | None = None) -> AsyncIterator[Any]:
    """A process that is gone when the block ends."""
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *command, stdin=asyncio.subprocess.DEVNULL, stdout=output, stderr=output, cwd=node.ROOT,
            env=os.environ | (env or {}),
        )  # fmt: skip
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
            try:
                await asyncio.wait_for(process.wait(), PATIENCE_SECONDS)
            except TimeoutError:
                process.kill()
                await process.wait()


@asynccontextmanager
async def azurite(folder: Path) -> AsyncIterator[str]:
    """Storage of its own; its connection string."""
    numbers = dict(zip(("blob", "queue", "table"), ports.free(3), strict=True))
    script = node.LOCAL / "node_modules/azurite/dist/src/azurite.js"
    command = [
        str(node.node()), str(script), "--silent", "--disableTelemetry", "--skipApiVersionCheck",
        "--inMemoryPersistence", *(f"--{name}Port={number}" for name, number in numbers.items()),
    ]  # fmt: skip
    async with spawned(command, folder / "azurite.log") as process:
        await _answers(f"http://127.0.0.1:{numbers['queue']}/", process, folder / "azurite.log")
        yield StackConfig(folder, numbers, {}).storage


@asynccontextmanager
async def running(
    folder: Path, storage: str, *arguments: str, env: dict[str, str] | None = None, app: Path = SAMPLE
) -> AsyncIterator[Site]:
    """A host of the sample app, or another. `folder` takes its log; `arguments` and `env` are for the host."""
    port, log = ports.free(1)[0], folder / "host.log"
    settings = {
        "AzureWebJobsStorage": storage,
        "NIGHTLY_SCHEDULE": "0 30 2 * * *",
        "AzureWebJobs.off.Disabled": "true",
        "VISITBRIDGE_MASTER_KEY": MASTER,
    }
    command = [sys.executable, "-m", "local.host", str(app), "--port", str(port), *arguments]
    async with spawned(command, log, settings | (env or {})) as process:
        url = f"http://127.0.0.1:{port}"
        await _answers(url, process, log)
        yield Site(url, storage, MASTER, EVENT_GRID, log, process)


async def _answers(url: str, process: asyncio.subprocess.Process, log: Path) -> None:
    async def look() -> bool:
        assert process.returncode is None, log.read_text()
        try:
            async with httpx.AsyncClient(trust_env=False) as client:
                return bool((await client.get(url)).status_code)
        except httpx.TransportError:
            return False

    await until(look, f"an answer of {url}")
