"""Teams in memory, for the logic around it: meetings by organiser and external id, subscriptions, a month's quota."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

from shared.adapters.graph import Graph, Graphs
from shared.adapters.web import Answer, Web
from shared.keys.keys import Keys
from shared.organisations.connection import Connection, ConnectionState
from shared.rooms.envelope import Envelope, EnvelopeCertificate
from shared.rooms.pool import Pool
from shared.rooms.rooms import Rooms
from shared.settings import Settings
from shared.visits.store import Visits
from shared.visits.visit import Record, VisitKey
from tests.builders import KEY, NOW, RING, StillClock, a_visit
from tests.memory import MemoryQueues, MemoryTables

TENANT = "tenant"
# Patients come whenever they like: when they may is tested in tests/launch/test_window.py.
CONNECTION = Connection(
    KEY.connection, TENANT, "https://ehr", "testing", "UTC", "", state=ConnectionState.APPROVED, early_minutes=None
)


@dataclass
class Teams(Web):
    """Answers as Graph does. `calls` has what was asked for; `quota` is each organiser's, of one month;
    for those `without_policy` nothing is made."""

    meetings: dict[str, dict[str, Any]] = field(default_factory=dict)
    calls: list[tuple[str, str]] = field(default_factory=list)
    quota: int = 2_000
    without_policy: tuple[str, ...] = ()
    down: bool = False

    def __post_init__(self) -> None:
        super().__init__()

    async def send(self, method: str, path: str, *, json_body: Any = None, **_: Any) -> Answer:
        name = path.rpartition("/")[2]
        self.calls.append((method, name))
        if self.down:
            return Answer(503, None, {})
        if "/onlineMeetings/" not in path:
            return Answer(201, {"id": "watch", "expirationDateTime": "2027-01-01T00:00:00Z"}, {})
        if name == "createOrGet":
            return self._create(path.split("/")[3], json_body)
        meeting = self.meetings.get(unquote(name))
        if meeting is None:
            return Answer(404, {}, {})
        if method == "DELETE":
            del self.meetings[unquote(name)]
            return Answer(204, None, {})
        meeting |= json_body
        return Answer(200, meeting, {})

    def _create(self, organizer: str, body: dict[str, Any]) -> Answer:
        key = f"{organizer}|{body['externalId']}"
        if key in self.meetings:
            return Answer(200, self.meetings[key], {})
        if organizer in self.without_policy:
            return Answer(403, {"error": {"message": "No application access policy found for this app"}}, {})
        if sum(each["organizer"] == organizer for each in self.meetings.values()) >= self.quota:
            return Answer(429, {}, {"retry-after": "86400"})
        expires = (NOW + timedelta(days=60)).isoformat()
        made = {"id": key, "joinWebUrl": f"https://teams/{len(self.calls)}", "expiryDateTime": expires}
        self.meetings[key] = made | {"organizer": organizer} | body
        return Answer(201, self.meetings[key], {})

    def presenters(self) -> list[set[str]]:
        """Of each meeting, who is a presenter."""
        people = [meeting["participants"]["attendees"] for meeting in self.meetings.values()]
        return [{person["identity"]["user"]["id"] for person in meeting} for meeting in people]


class NoAlarms:
    """A store without a worker behind it."""

    async def moment(self, record: Record, now: Any) -> None:
        """Never."""

    def name(self, key: VisitKey, moment: Any) -> tuple[str, str]:
        raise AssertionError

    def serves(self, name: Any, moment: Any, now: Any) -> bool:
        return True

    async def put(self, alarms: Any) -> None:
        """Nowhere."""

    async def drop(self, names: Any) -> None:
        """Nothing."""

    async def ring(self, key: VisitKey) -> None:
        """Nobody."""


class SetKeys(Keys):
    """The tests' ring."""

    def __init__(self) -> None:
        """No vault."""

    async def ring(self) -> Any:
        return RING


class NoEnvelope(Envelope):
    """A certificate that nobody reads."""

    def __init__(self) -> None:
        """No vault."""

    async def certificate(self) -> EnvelopeCertificate:
        return EnvelopeCertificate("der", "1")


@dataclass
class Clinic:
    """Rooms over memory. `visit` is one that is booked."""

    teams: Teams = field(default_factory=Teams)
    tables: MemoryTables = field(default_factory=MemoryTables)
    clock: StillClock = field(default_factory=StillClock)

    def __post_init__(self) -> None:
        self.visits = Visits(self.tables, NoAlarms(), self.clock)
        graphs = Graphs([TENANT], lambda _: Graph(self.teams))
        deployment = Settings("https://v.example", "", "", "", "", "")
        self.pool = Pool(self.tables, self.clock)
        self.keys, self.queues = SetKeys(), MemoryQueues()
        self.rooms = Rooms(self.visits, graphs, self.pool, self.keys, NoEnvelope(), deployment, self.clock)

    async def booked(self, key: VisitKey = KEY, **changes: Any) -> Record:
        """A booked visit, stored."""
        after = a_visit(key=key, **changes)
        record = await self.visits.change(key, lambda _: after)
        assert record is not None
        return record

    async def load(self, key: VisitKey = KEY) -> Record:
        """The visit as it stands."""
        record = await self.visits.load(key)
        assert record is not None
        return record
