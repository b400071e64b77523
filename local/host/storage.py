"""The queues that functions are triggered by and write to, through the official asynchronous client."""

import base64
import contextlib
import json
from typing import Any

from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.storage.queue.aio import QueueClient

from local.host.settings import AppError, connection, resolved
from local.host.worker import Value

POISON = "-poison"


class Queues:
    """Clients of an app's queues, made when first asked for, and how a message is written down."""

    def __init__(self, options: dict[str, Any]) -> None:
        encoding = str(options.get("messageEncoding", "base64")).lower()
        if encoding not in ("base64", "none"):
            raise AppError(f"host.json: messageEncoding is {encoding}, not base64 or none")
        self._base64 = encoding == "base64"
        self._clients: dict[tuple[str, str], QueueClient] = {}

    def client(self, binding: dict[str, Any], suffix: str = "") -> QueueClient:
        """A client of a binding's queue. Raises AppError for a setting that is missing or wrong."""
        where, name = connection(binding.get("connection")), resolved(binding["queueName"]) + suffix
        if (where, name) not in self._clients:
            try:
                # Our callers try again by themselves; the client's defaults would sit out a minute first.
                made = QueueClient.from_connection_string(
                    where, name, initial_backoff=1, increment_base=1, retry_total=1, random_jitter_range=0
                )
            except ValueError:
                raise AppError(f"the connection string for queue {name} cannot be read") from None
            self._clients[where, name] = made
        return self._clients[where, name]

    def encode(self, content: str | bytes) -> str:
        """A message as it stands in the queue."""
        data = content.encode() if isinstance(content, str) else content
        return base64.b64encode(data).decode() if self._base64 else data.decode()

    def decode(self, text: str) -> str:
        """A message's content. Raises ValueError."""
        return base64.b64decode(text, validate=True).decode() if self._base64 else text

    async def output(self, binding: dict[str, Any], value: Value) -> None:
        """Sends what a function gave to a queue output: one message, or one for each item of a list."""
        kind, content = value
        if content is None:
            return
        items = [content]
        if kind == "json":
            parsed = json.loads(content)
            listed = parsed if isinstance(parsed, list) else [parsed]
            items = [item if isinstance(item, str) else json.dumps(item) for item in listed]
        for item in items:
            await send(self.client(binding), self.encode(item))

    async def close(self) -> None:
        """Closes every client."""
        for client in self._clients.values():
            await client.close()
        self._clients.clear()


async def send(queue: QueueClient, text: str) -> None:
    """Sends to a queue, which is made if it is missing. Raises AzureError."""
    try:
        await queue.send_message(text)
    except ResourceNotFoundError:
        await create(queue)
        await queue.send_message(text)


async def create(queue: QueueClient) -> None:
    """Makes a queue, unless someone else has just done so. Raises AzureError."""
    with contextlib.suppress(ResourceExistsError):
        await queue.create_queue()
