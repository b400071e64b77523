"""Event Grid in small: delivers events to the Functions host as a system topic's subscription does.

Subscription handshake first, then batches of one, at least once, retried while the receiver is away. Sources:
https://learn.microsoft.com/azure/event-grid/end-point-validation-event-grid-events-schema and .../delivery-and-retry
"""

import asyncio
import ssl
import uuid
from collections.abc import Callable
from typing import Any

import httpx

from local.config import StackConfig
from local.sms.carrier import now

TOPIC = (
    "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/visitbridge-demo"
    "/providers/Microsoft.Communication/communicationServices/visitbridge-demo"
)
# Seconds between attempts. Event Grid goes on for a day; a host that is down for two minutes is a failed demo.
PAUSES = (0.25, 0.5, 1, 2, 5, 5, *([10] * 10))
Outcome = Callable[[str], None]


class EventGrid:
    """Publishes events; each is delivered by a task of its own, so one that fails holds up no other."""

    def __init__(self, config: StackConfig) -> None:
        self._url = f"{config.functions}/runtime/webhooks/eventgrid"
        # As `az eventgrid event-subscription create --endpoint-type webhook` is given it.
        self._query = {"functionName": "sms_events", "code": config.secrets.get("eventgrid_key", "local-eventgrid")}
        self._bundle = config.bundle
        self._client: httpx.AsyncClient | None = None
        self._ready = False
        self._handshake = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    def publish(self, event_type: str, subject: str, data: dict[str, Any], outcome: Outcome | None = None) -> None:
        """Sends an event soon. `outcome` is told "acknowledged" or "given up"."""
        event = _event(event_type, subject, data)
        task = asyncio.create_task(self._deliver(event, outcome))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Drops what is not delivered yet and closes the connection."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._client:
            await self._client.aclose()

    async def _deliver(self, event: dict[str, Any], outcome: Outcome | None) -> None:
        for pause in PAUSES:
            # The first pause is there too: a real report never overtakes the answer to the send request by much.
            await asyncio.sleep(pause)
            if await self._subscribed() and await self._post("Notification", event):
                break
        else:
            if outcome:
                outcome("given up")
            return
        if outcome:
            outcome("acknowledged")

    async def _subscribed(self) -> bool:
        """Whether the endpoint has shown that it wants our events; asks it if not."""
        async with self._handshake:
            if not self._ready:
                code = str(uuid.uuid4())
                answer = await self._post(
                    "SubscriptionValidation",
                    _event("Microsoft.EventGrid.SubscriptionValidationEvent", "", {"validationCode": code}),
                )
                self._ready = answer is not None and _validation(answer) == code
            return self._ready

    async def _post(self, event_type: str, event: dict[str, Any]) -> httpx.Response | None:
        """The receiver's answer if it took the event, else None."""
        if not self._client:
            trust = await asyncio.to_thread(ssl.create_default_context, cafile=str(self._bundle))
            self._client = self._client or httpx.AsyncClient(verify=trust, timeout=30)
        try:
            answer = await self._client.post(
                self._url, params=self._query, json=[event], headers={"aeg-event-type": event_type}
            )
        except httpx.HTTPError:
            return None
        return answer if answer.is_success else None


def _event(event_type: str, subject: str, data: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid4()),
        "topic": TOPIC,
        "subject": subject,
        "data": data,
        "eventType": event_type,
        "dataVersion": "1.0",
        "metadataVersion": "1",
        "eventTime": now(),
    }


def _validation(answer: httpx.Response) -> str | None:
    try:
        body = answer.json()
    except ValueError:
        return None
    return body.get("validationResponse") if isinstance(body, dict) else None
