"""Change notifications: written, signed for, delivered, tried again.

https://learn.microsoft.com/graph/change-notifications-with-resource-data and
https://learn.microsoft.com/graph/change-notifications-delivery-webhooks
"""

import asyncio
import time
import uuid
from collections import deque
from dataclasses import dataclass, field

import httpx

from local.config import StackConfig
from local.graph import encryption, times
from local.graph.answers import Json
from local.graph.outgoing import Outgoing
from local.graph.roster import Event
from local.graph.state import Conversation, Meeting, State, Subscription
from local.graph.subscriptions import resource_of

# The application that sends Graph's change notifications, the same everywhere.
CHANGE_TRACKING_APP = "0bf30f3b-4a52-48df-9a82-234910c4a086"
FIRST_TIMEOUT_SECONDS = 3.0
LATER_TIMEOUT_SECONDS = 10.0
# The real service goes on for four hours; nobody waits for that here.
FIRST_PAUSE_SECONDS = 0.2
GIVE_UP_SECONDS = 30.0
KEPT = 500


@dataclass
class Notification:
    """One notification on its way. `copies`: how often it is sent once more, as happens with the real service."""

    id: str
    type: str
    subscription: Subscription
    event: Event | None = None
    copies: int = 0
    attempts: int = 0
    status: int | None = None
    error: str = ""
    tried: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None

    @property
    def delivered(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    def report(self) -> Json:
        """How far it got, for whoever controls the stand-in."""
        shown: Json = {"id": self.id, "event_type": self.type, "subscription_id": self.subscription.id}
        shown |= {"delivered": self.delivered, "status": self.status, "attempts": self.attempts}
        return shown | ({"error": self.error} if self.error else {})


class Sender:
    """Delivers notifications in the background; each in its turn, but a late one holds up no other."""

    def __init__(self, config: StackConfig, state: State, outgoing: Outgoing) -> None:
        self._config, self._state, self._outgoing = config, state, outgoing
        self.held: list[Notification] = []
        self.sent: deque[Notification] = deque(maxlen=KEPT)

    def of_call(self, meeting: Meeting, call: Conversation, events: list[Event], copies: int) -> list[Notification]:
        """The notifications of a call's events: one for each event and subscription that watches this call."""
        watching = [s for s in self._state.subscriptions(meeting.join_url) if s.id in call.watched_by]
        return [
            Notification(str(uuid.uuid4()), event.type, subscription, event, copies)
            for event in events
            for subscription in watching
        ]

    def send(self, notifications: list[Notification]) -> None:
        """Starts delivery; the first attempts are made in the order given."""
        self.sent.extend(notifications)
        self._state.spawn(self._in_turn(notifications))

    async def settle(self, notifications: list[Notification], seconds: float) -> None:
        """Waits until all are delivered or given up, but no longer than `seconds`."""
        deadline = time.monotonic() + seconds
        for notification in notifications:
            try:
                async with asyncio.timeout(max(0.0, deadline - time.monotonic())):
                    await notification.tried.wait()
                    if notification.task:
                        await asyncio.wait([notification.task])
            except TimeoutError:
                return

    async def _in_turn(self, notifications: list[Notification]) -> None:
        for notification in notifications:
            notification.task = self._state.spawn(self._deliver(notification))
            await notification.tried.wait()

    async def _deliver(self, notification: Notification) -> None:
        until = time.monotonic() + GIVE_UP_SECONDS
        pause, timeout = FIRST_PAUSE_SECONDS, FIRST_TIMEOUT_SECONDS
        body: Json | None = None
        while True:
            try:
                body = body or await self._body(notification)
                await self._attempt(notification, body, timeout)
                while notification.delivered and notification.copies:
                    notification.copies -= 1
                    await self._attempt(notification, body, timeout)
            except httpx.HTTPError as error:
                notification.error = f"{type(error).__name__}: {error}"
            finally:
                notification.tried.set()
            if notification.delivered:
                return
            if time.monotonic() + pause > until:
                return
            await asyncio.sleep(pause)
            pause, timeout = pause * 2, LATER_TIMEOUT_SECONDS

    async def _attempt(self, notification: Notification, body: Json, seconds: float) -> None:
        notification.attempts += 1
        notification.status = None
        notification.status = await self._outgoing.notify(_url(notification), body, seconds)
        notification.error = ""

    async def _body(self, notification: Notification) -> Json:
        subscription = notification.subscription
        about: Json = {
            "subscriptionId": subscription.id,
            "subscriptionExpirationDateTime": times.write(subscription.expires),
            "tenantId": subscription.tenant,
            "clientState": subscription.properties["clientState"],
        }
        if not notification.event:
            return {"value": [about | {"lifecycleEvent": notification.type}]}
        resource = resource_of(subscription.join_url)
        data = {"@odata.id": resource, "@odata.type": "#microsoft.graph.callevent", "id": notification.id}
        about |= {"changeType": "updated", "resource": resource, "resourceData": data}
        if not subscription.certificate:
            return {"value": [about]}
        event = notification.event.resource(notification.id, resource)
        name = subscription.properties["encryptionCertificateId"]
        about["encryptedContent"] = encryption.seal(event, subscription.certificate, name)
        return {"value": [about], "validationTokens": [await self._token(subscription)]}

    async def _token(self, subscription: Subscription) -> str:
        """The proof that the notification is Graph's, for the application that subscribed."""
        now = int(time.time())
        return await self._outgoing.sign(
            {
                "aud": subscription.properties["notificationUrlAppId"] or subscription.app_id,
                "iss": f"{self._config.authority_of(subscription.tenant)}/v2.0",
                "iat": now,
                "nbf": now,
                "exp": now + 3_600,
                "azp": CHANGE_TRACKING_APP,
                "azpacr": "2",
                "tid": subscription.tenant,
                "ver": "2.0",
            }
        )


def _url(notification: Notification) -> str:
    name = "notificationUrl" if notification.event else "lifecycleNotificationUrl"
    return str(notification.subscription.properties[name])
