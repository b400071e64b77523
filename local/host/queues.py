"""Queue triggers: polling that backs off, a lease that is renewed, retries, and the poison queue.

https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-queue-trigger
"""

import asyncio
import contextlib
import json
import logging
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

from azure.core.exceptions import AzureError, ResourceNotFoundError
from azure.storage.queue import QueueMessage
from azure.storage.queue.aio import QueueClient

from local.host.app import App
from local.host.ncrontab import seconds_of
from local.host.settings import AppError
from local.host.storage import POISON, create, send
from local.host.worker import Function, Value

log = logging.getLogger("host")

LEASE_SECONDS = 600
FIRST_PAUSE_SECONDS = 0.1
LARGEST_BATCH = 32


class QueueTrigger:
    """One queue function, with the options of host.json. Raises AppError for options or settings that are wrong."""

    def __init__(self, app: App, function: Function) -> None:
        self._app = app
        self._function = function
        self._queue: QueueClient = app.queues.client(function.trigger)
        self._ending = asyncio.Event()
        self._running: set[asyncio.Task[None]] = set()
        options = app.extensions.get("queues", {})
        try:
            self._batch = int(options.get("batchSize", 16))
            self._threshold = int(options.get("newBatchThreshold", self._batch // 2 * (os.cpu_count() or 1)))
            self._most_deliveries = int(options.get("maxDequeueCount", 5))
            self._longest_pause = seconds_of(str(options.get("maxPollingInterval", "00:01:00")))
            self._hidden_seconds = int(seconds_of(str(options.get("visibilityTimeout", "00:00:00"))))
        except ValueError as error:
            raise AppError(f"host.json, extensions.queues: {error}") from None
        if not 1 <= self._batch <= LARGEST_BATCH:
            raise AppError(f"host.json, extensions.queues: batchSize must be from 1 to {LARGEST_BATCH}")

    async def run(self) -> None:
        """Polls until `stop`. It is never cancelled while it fetches: what it just leased would lie hidden."""
        pauses = back_off(self._longest_pause)
        while not self._ending.is_set():
            messages = await self._fetch()
            for message in messages:
                task = self._app.background(self._handle(message))
                self._running.add(task)
                task.add_done_callback(self._running.discard)
            if messages:
                pauses = back_off(self._longest_pause)
                while len(self._running) > self._threshold:
                    await asyncio.wait(self._running, return_when=asyncio.FIRST_COMPLETED)
                continue
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._ending.wait(), next(pauses))

    def stop(self) -> None:
        """Fetches no more."""
        self._ending.set()

    async def _fetch(self) -> list[QueueMessage]:
        """A batch, hidden from others for the lease; nothing if there is none or storage is away."""
        pages = self._queue.receive_messages(messages_per_page=self._batch, visibility_timeout=LEASE_SECONDS).by_page()
        try:
            async for page in pages:
                return [message async for message in page]
        except ResourceNotFoundError:
            try:
                await create(self._queue)
            except AzureError as error:
                log.warning("%s: its queue cannot be made: %s", self._function.name, type(error).__name__)
        except AzureError as error:
            log.warning("%s: its queue does not answer: %s", self._function.name, type(error).__name__)
        return []

    async def _handle(self, message: QueueMessage) -> None:
        """Invokes the function and deletes the message, makes it visible again, or puts it aside as poison."""
        body, deliveries = self._body(message), message.dequeue_count or 1
        done = False
        # One that comes once more after the last try is left over from a host that died over it.
        last = deliveries > self._most_deliveries and not self._queue.queue_name.endswith(POISON)
        if body is not None and not last:
            async with renewed(self._queue, message, LEASE_SECONDS):
                done = await self._invoke(message, body)
        if not done and self._queue.queue_name.endswith(POISON):
            # It steps aside nowhere: hidden until its lease ends, it comes again.
            return
        try:
            if not done and (body is None or deliveries >= self._most_deliveries):
                log.warning("%s: a message steps aside after %d deliveries", self._function.name, deliveries)
                await send(self._app.queues.client(self._function.trigger, POISON), message.content)
                done = True
            if done:
                await self._queue.delete_message(message.id, message.pop_receipt)
            else:
                await self._queue.update_message(
                    message.id, message.pop_receipt, visibility_timeout=self._hidden_seconds
                )
        except AzureError as error:
            # Its lease ran out and someone else has it, or storage is away: it will be delivered again.
            log.warning("%s: a message could not be settled: %s", self._function.name, type(error).__name__)

    def _body(self, message: QueueMessage) -> str | None:
        try:
            return self._app.queues.decode(message.content)
        except ValueError:
            log.warning("%s: a message cannot be decoded", self._function.name)
            return None

    async def _invoke(self, message: QueueMessage, body: str) -> bool:
        moments = {
            "InsertionTime": message.inserted_on,
            "ExpirationTime": message.expires_on,
            "NextVisibleTime": message.next_visible_on,
        }
        metadata: dict[str, Value] = {
            "QueueTrigger": ("string", body),
            "Id": ("string", message.id),
            "PopReceipt": ("string", message.pop_receipt),
            "DequeueCount": ("json", str(message.dequeue_count)),
            **{name: ("json", json.dumps(moment.isoformat())) for name, moment in moments.items() if moment},
        }
        inputs: dict[str, Value] = {self._function.trigger["name"]: ("string", body)}
        return (await self._app.invoke(self._function, inputs, metadata)).ok


def back_off(longest: float) -> Iterator[float]:
    """How long to wait before looking again, in seconds: doubling, up to the longest."""
    pause = FIRST_PAUSE_SECONDS
    while True:
        yield min(pause, longest)
        pause = min(pause * 2, longest)


@asynccontextmanager
async def renewed(queue: QueueClient, message: QueueMessage, lease_seconds: int) -> AsyncIterator[None]:
    """Renews the message's lease at half time, for as long as the block runs; the message has the new pop receipt."""

    async def renew() -> None:
        while True:
            await asyncio.sleep(lease_seconds / 2)
            try:
                answer = await queue.update_message(message.id, message.pop_receipt, visibility_timeout=lease_seconds)
            except AzureError as error:
                log.warning("a message's lease could not be renewed: %s", type(error).__name__)
            else:
                message.pop_receipt = answer.pop_receipt

    task = asyncio.create_task(renew())
    try:
        yield
    finally:
        task.cancel()
