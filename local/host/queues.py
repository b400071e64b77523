"""Queue triggers: polling that backs off, a lease that is renewed, retries, and the poison queue.

https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-queue-trigger
"""

import asyncio
import contextlib
import json
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from local.host.app import App, send_message
from local.host.ncrontab import seconds_of
from local.host.worker import Function, Value

log = logging.getLogger("host")

LEASE_SECONDS = 600
FIRST_PAUSE_SECONDS = 0.1


class QueueTrigger:
    """One queue function, with the options of host.json."""

    def __init__(self, app: App, function: Function) -> None:
        self._app = app
        self._function = function
        options = app.extensions.get("queues", {})
        self._batch = int(options.get("batchSize", 16))
        self._threshold = int(options.get("newBatchThreshold", self._batch // 2 * (os.cpu_count() or 1)))
        self._most_deliveries = int(options.get("maxDequeueCount", 5))
        self._longest_pause = seconds_of(str(options.get("maxPollingInterval", "00:01:00")))
        # Made and thrown away: what is wrong with its settings shows when the host starts.
        app.queue(function.trigger)
        self._hidden_seconds = int(seconds_of(str(options.get("visibilityTimeout", "00:00:00"))))

    async def run(self) -> None:
        """Polls until it is cancelled; then the messages in hand are settled before the queue is let go."""
        running: set[asyncio.Task[Any]] = set()
        async with self._app.queue(self._function.trigger) as queue:
            try:
                await self._poll(queue, running)
            finally:
                if running:
                    await asyncio.wait(running)

    async def _poll(self, queue: Any, running: set[asyncio.Task[Any]]) -> None:
        pause = FIRST_PAUSE_SECONDS
        while True:
            messages = await self._receive(queue)
            if not messages:
                await asyncio.sleep(pause)
                pause = min(self._longest_pause, pause * 2)
                continue
            pause = FIRST_PAUSE_SECONDS
            for message in messages:
                task = self._app.background(self._handle(queue, message))
                running.add(task)
                task.add_done_callback(running.discard)
            while len(running) > self._threshold:
                await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)

    async def _receive(self, queue: Any) -> list[Any]:
        """One batch in one request; none if storage is away. A queue that is missing is made."""
        from azure.core.exceptions import AzureError

        try:
            pages = queue.receive_messages(messages_per_page=self._batch, visibility_timeout=LEASE_SECONDS).by_page()
            async for page in pages:
                return [message async for message in page]
        except AzureError as error:
            if getattr(error, "error_code", "") == "QueueNotFound":
                with contextlib.suppress(AzureError):
                    await queue.create_queue()
        return []

    async def _handle(self, queue: Any, message: Any) -> None:
        from azure.core.exceptions import AzureError

        async with _renewed(queue, message):
            done = await self._invoke(message)
        try:
            if not done and message.dequeue_count >= self._most_deliveries:
                await self._poison(message)
                done = True
            if done:
                await queue.delete_message(message.id, message.pop_receipt)
            else:
                await queue.update_message(message.id, message.pop_receipt, visibility_timeout=self._hidden_seconds)
        except AzureError as error:
            # Its lease ran out and someone else has it, or storage is away: it will be delivered again.
            log.warning("%s: a message could not be settled: %s", self._function.name, type(error).__name__)

    async def _invoke(self, message: Any) -> bool:
        try:
            body = self._app.decode(message.content)
        except ValueError:
            log.warning("%s: a message cannot be decoded", self._function.name)
            return False
        metadata: dict[str, Value] = {
            "QueueTrigger": ("string", body),
            "Id": ("string", message.id),
            "PopReceipt": ("string", message.pop_receipt),
            "DequeueCount": ("json", str(message.dequeue_count)),
            "InsertionTime": ("json", json.dumps(message.inserted_on.isoformat())),
            "ExpirationTime": ("json", json.dumps(message.expires_on.isoformat())),
            "NextVisibleTime": ("json", json.dumps(message.next_visible_on.isoformat())),
        }
        return (await self._app.invoke(self._function, {self._function.trigger["name"]: ("string", body)}, metadata)).ok

    async def _poison(self, message: Any) -> None:
        log.warning("%s: a message failed %d times and steps aside", self._function.name, message.dequeue_count)
        async with self._app.queue(self._function.trigger, "-poison") as poison:
            await send_message(poison, message.content)


@asynccontextmanager
async def _renewed(queue: Any, message: Any) -> AsyncIterator[None]:
    """Renews the message's lease at half time, for as long as the block runs."""

    async def renew() -> None:
        while True:
            await asyncio.sleep(LEASE_SECONDS / 2)
            renewed = await queue.update_message(message.id, message.pop_receipt, visibility_timeout=LEASE_SECONDS)
            message.pop_receipt = renewed.pop_receipt

    task = asyncio.create_task(renew())
    try:
        yield
    finally:
        task.cancel()
