"""What the stand-in remembers while it runs: meetings with their calls, subscriptions, how it was told to behave."""

import asyncio
from collections import Counter
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from local.graph import times
from local.graph.answers import GraphError, Json

# https://learn.microsoft.com/graph/throttling-limits: meeting information
MEETINGS_PER_USER_AND_MONTH = 2_000
# Service plan TEAMS1: https://learn.microsoft.com/entra/identity/users/licensing-service-plan-reference
TEAMS_PLAN: Json = {
    "assignedDateTime": "2026-01-05T08:00:00Z",
    "capabilityStatus": "Enabled",
    "service": "TeamspaceAPI",
    "servicePlanId": "57ff2da0-773e-42df-b2af-ffb7a2317929",
}


@dataclass
class Participant:
    """One presence in a call, from arriving to leaving. Who comes back is a new presence.

    `intervals` are the spans in the call itself, the lobby not counted; the last one is open while they are in it.
    """

    id: str
    name: str
    identity: Json
    oid: str = ""
    in_lobby: bool = False
    here: bool = True
    intervals: list[tuple[datetime, datetime | None]] = field(default_factory=list)


@dataclass
class Conversation:
    """One session of a meeting, from the first arrival to its end.

    `watched_by` holds the subscriptions that existed when it started: a later one hears nothing of this call, as was
    observed with the real service.
    """

    id: str
    started: datetime
    watched_by: frozenset[str]
    ended: datetime | None = None
    participants: list[Participant] = field(default_factory=list)

    def present(self) -> list[Participant]:
        """Those in the lobby or in the call, by arrival."""
        return [participant for participant in self.participants if participant.here]


@dataclass
class Meeting:
    """A meeting as Graph shows it (`properties`), and the calls held in it. `tenant` is its organiser's."""

    tenant: str
    organizer: str
    properties: Json
    external_id: str | None = None
    calls: list[Conversation] = field(default_factory=list)

    @property
    def id(self) -> str:
        return str(self.properties["id"])

    @property
    def join_url(self) -> str:
        return str(self.properties["joinWebUrl"])

    @property
    def call(self) -> Conversation | None:
        """The call that goes on now."""
        return self.calls[-1] if self.calls and self.calls[-1].ended is None else None


@dataclass
class Subscription:
    """An application's wish to hear of one meeting's calls, told with a token of `tenant`. `certificate` is DER, empty for
    basic notifications.
    """

    id: str
    tenant: str
    app_id: str
    join_url: str
    expires: datetime
    properties: Json
    certificate: bytes = b""


class State:
    """Everything of one run, in memory."""

    def __init__(self) -> None:
        self.meetings: dict[str, Meeting] = {}
        self.meetings_per_month = MEETINGS_PER_USER_AND_MONTH
        # Teams' application access policy: granted to all, but for those named here.
        self.policy_for_all = True
        self.policy: dict[str, bool] = {}
        # What of a person's account is not as in the story, by object id; and who was deleted from the directory.
        self.accounts: dict[str, Json] = {}
        self.deleted: set[str] = set()
        self._throttled_calls = 0
        self._retry_after_seconds = 0
        self._created: Counter[tuple[str, str]] = Counter()
        self._subscriptions: dict[str, Subscription] = {}
        self._tasks: set[asyncio.Task[Any]] = set()

    def keyed(self, user: str, external_id: str) -> Meeting | None:
        """The meeting with this key; the tenant, third part of the key, follows from the user."""
        meetings = self.meetings.values()
        return next((m for m in meetings if (m.organizer, m.external_id) == (user, external_id)), None)

    def by_url(self, join_url: str, tenant: str) -> Meeting | None:
        """The tenant's meeting with this join URL, to the letter."""
        meetings = self.meetings.values()
        return next((m for m in meetings if (m.join_url, m.tenant) == (join_url, tenant)), None)

    def add(self, meeting: Meeting) -> None:
        """Keeps a new meeting. Raises GraphError when its organiser had too many this month."""
        month = f"{times.now():%Y-%m}"
        if self._created[meeting.organizer, month] >= self.meetings_per_month:
            raise throttled(86_400)
        self._created[meeting.organizer, month] += 1
        self.meetings[meeting.id] = meeting

    def subscriptions(self, join_url: str | None = None) -> list[Subscription]:
        """Those not yet expired, oldest first, of all meetings or of one."""
        for gone in [s.id for s in self._subscriptions.values() if s.expires <= times.now()]:
            del self._subscriptions[gone]
        return [s for s in self._subscriptions.values() if join_url in (None, s.join_url)]

    def subscribe(self, subscription: Subscription) -> None:
        """Keeps a subscription."""
        self._subscriptions[subscription.id] = subscription

    def unsubscribe(self, subscription_id: str) -> None:
        """Forgets a subscription."""
        del self._subscriptions[subscription_id]

    def require_policy(self, user: str) -> None:
        """Raises GraphError unless the application access policy covers this user."""
        if not self.policy.get(user, self.policy_for_all):
            raise GraphError(403, "Forbidden", "No application access policy found for this app")

    def throttle(self, calls: int, retry_after: timedelta) -> None:
        """Answers the next `calls` calls with 429."""
        self._throttled_calls, self._retry_after_seconds = calls, int(retry_after.total_seconds())

    def brake(self) -> None:
        """Raises GraphError while the service is told to be busy."""
        if self._throttled_calls > 0:
            self._throttled_calls -= 1
            raise throttled(self._retry_after_seconds)

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Runs `work` beside the answer; ended with the stand-in."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def close(self) -> None:
        """Ends all work under way."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def throttled(retry_after_seconds: int) -> GraphError:
    """429 with the seconds to wait."""
    message = "Application is over its limit. Wait as long as Retry-After says."
    return GraphError(429, "TooManyRequests", message, {"Retry-After": str(retry_after_seconds)})
