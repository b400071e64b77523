"""Azure Queue Storage: sending only. The platform receives. A message is an id or a sealed envelope, never a person."""

import json
from base64 import b64encode
from functools import cached_property
from typing import TYPE_CHECKING, Any

from shared.settings import Settings

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential
    from azure.storage.queue.aio import QueueClient, QueueServiceClient

DUE = "due"
NOTIFICATIONS = "notifications"
OPERATIONS = "operations"
QUEUES = (DUE, NOTIFICATIONS, OPERATIONS)


class Queues:
    """The queues of one stamp."""

    def __init__(self, settings: Settings, credential: "AsyncTokenCredential | None") -> None:
        self._settings = settings
        self._credential = credential
        self._clients: dict[str, QueueClient] = {}

    @cached_property
    def _service(self) -> "QueueServiceClient":
        from azure.storage.queue.aio import QueueServiceClient

        if self._settings.storage_connection:
            return QueueServiceClient.from_connection_string(self._settings.storage_connection)
        assert self._credential is not None
        return QueueServiceClient(self._settings.queue_service_uri, credential=self._credential)

    def _queue(self, name: str) -> "QueueClient":
        if name not in self._clients:
            self._clients[name] = self._service.get_queue_client(name)
        return self._clients[name]

    async def create_all(self) -> None:
        """Creates every queue that is missing."""
        from azure.core.exceptions import ResourceExistsError

        for name in QUEUES:
            try:
                await self._queue(name).create_queue()
            except ResourceExistsError:
                continue

    async def send(self, queue: str, message: dict[str, Any], *, hidden_seconds: int = 0) -> None:
        """Puts one JSON message, Base64 as the Functions queue trigger reads it; nobody sees it for `hidden_seconds`."""
        text = b64encode(json.dumps(message, separators=(",", ":")).encode()).decode()
        await self._queue(queue).send_message(text, visibility_timeout=hidden_seconds or None)

    async def close(self) -> None:
        """Closes the client's connections, if it was ever used."""
        if "_service" in self.__dict__:
            await self._service.close()
