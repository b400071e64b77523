"""A stamp with visits whose statuses are to be told, and an EHR that takes them or does not."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from shared.errors import BridgeError
from shared.follow.ehr import Adapter, BackendTokens, Word
from shared.follow.pauses import Pauses
from shared.follow.untold import UntoldStatuses
from shared.follow.writeback import WriteBack
from shared.organisations.connection import Connection, ConnectionState, Writeback
from shared.visits.store import Visits
from shared.visits.visit import Announcement, Record, VisitKey
from shared.work.alarms import TableAlarms
from shared.work.jobs import Job
from shared.work.moments import Rules
from shared.work.worker import Worker
from tests.builders import KEY, NOW, RING, StillClock, a_visit
from tests.memory import MemoryQueues, MemoryTables
from tests.work.simulation import StillKeys

LEASE = timedelta(minutes=2)
TENANT = "11111111-1111-4111-8111-111111111111"
DOCTOR = "d0000000-0000-4000-8000-000000000000"
# One partition, so that a worker may have them together.
KEYS = [KEY, *(VisitKey(KEY.connection, "A" * 19 + letter) for letter in "BCDEFG")]


def status(state: str, minutes: float, person: str = "") -> Announcement:
    """A patient's status of so many minutes after NOW; with a person a clinician's."""
    return Announcement("clinician" if person else "patient", state, NOW + timedelta(minutes=minutes), person)


@dataclass
class Ehr:
    """An adapter that writes down what it is told. `answers`: the error for a visit's number, or for all (`""`)."""

    clock: StillClock
    scope: str = ""
    epic_header: bool = True
    answers: dict[str, BridgeError] = field(default_factory=dict)
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    told: list[tuple[str, str, str]] = field(default_factory=list)
    dumb: tuple[str, ...] = ()
    """States that the hospital has no value for."""

    def speaks(self, connection: Connection, item: Announcement) -> bool:
        return item.state not in self.dumb

    async def tell(self, connection: Connection, word: Word, token: str) -> None:
        said = (word.session, word.user or word.item.role, word.item.state)
        self.asked.append(said)
        error = self.answers.get(word.session) or self.answers.get("")
        if error:
            raise error
        self.told.append(said)


class Tokens(BackendTokens):
    """A token without an EHR to ask for it; `spoilt`: how often one that was kept turns out to be withdrawn."""

    def __init__(self) -> None:
        self.asked = 0
        self.kept = False

    async def of(self, connection: Connection, adapter: Adapter) -> str:
        self.asked += 1
        self.kept = True
        return "token"

    def forget(self, connection: Connection) -> bool:
        kept, self.kept = self.kept, False
        return kept and self.asked > 1


class Quiet:
    """Keeps no facts."""

    async def begin(self, record: Record) -> Record:
        return replace(record, visit=replace(record.visit, facts_due=False))

    async def act(self, records: Sequence[Record]) -> Sequence[Any]:
        return [lambda current: current for _ in records]


class Stamp:
    """One connection with write-back; `visit` puts a visit there, `run` has a worker look at visits."""

    def __init__(self) -> None:
        self.clock = StillClock()
        self.tables, self.queues = MemoryTables(), MemoryQueues()
        self.connection = Connection(
            KEY.connection, TENANT, "https://ehr.example.org/api/FHIR/R4", "testing", "America/Chicago", "",
            state=ConnectionState.APPROVED, writeback=Writeback("epic-2018"),
        )  # fmt: skip
        self.ehr = Ehr(self.clock)
        self.tokens = Tokens()
        self.alarms = TableAlarms(self.tables, self.queues, self.rules_of)
        self.visits = Visits(self.tables, self.alarms, self.clock)
        self.pauses = Pauses(self.tables, self.clock)
        self.untold = UntoldStatuses(self.tables, self.visits, self.clock)
        self.writeback = self.a_writeback()
        self.worker = self.a_worker()

    def a_writeback(self) -> WriteBack:
        return WriteBack(
            {"epic-2018": self.ehr},
            self.tokens,
            self.pauses,
            self.untold,
            StillKeys(RING),
            self.connection_of,
            "https://amer.example.org",
            self.clock,
        )

    def a_worker(self) -> Worker:
        return Worker(
            self.visits, self.alarms, self.queues, (self.writeback,), Quiet(), self.rules_of, self.clock, LEASE
        )

    async def connection_of(self, connection_id: str) -> Connection | None:
        return self.connection if connection_id == self.connection.id else None

    async def rules_of(self, _: str) -> Rules:
        kind = self.connection.writeback.kind
        return Rules(writeback_on=kind != "none", links_on=kind == "oracle-health")

    async def visit(self, *outbox: Announcement, number: int = 0) -> VisitKey:
        """A visit `N<number>` with statuses to tell, one of them perhaps of the doctor."""
        key = KEYS[number]
        record = a_visit(
            key=key,
            session=RING.seal("session", f"N{number}".encode(), str(key)),
            staff={DOCTOR: RING.seal("staff", b"MBELL", str(key))},
            outbox=outbox,
        )
        await self.visits.change(key, lambda _: replace(record, phones={}), ring=False)
        return key

    async def says(self, key: VisitKey, *more: Announcement) -> None:
        """An event of the meeting came: more statuses are to be told."""

        def add(record: Record | None) -> Record | None:
            assert record
            outbox = tuple(sorted((*record.visit.outbox, *more), key=lambda item: item.at))
            return replace(record, visit=replace(record.visit, outbox=outbox))

        await self.visits.change(key, add, ring=False)

    async def run(self, *keys: VisitKey) -> None:
        await self.worker.run([Job(key) for key in keys or (KEY,)])

    async def record(self, key: VisitKey = KEY) -> Record:
        record = await self.visits.load(key)
        assert record
        return record

    async def retry(self, key: VisitKey = KEY) -> datetime:
        retry = (await self.record(key)).visit.outbox_retry
        assert retry
        return retry

    def later(self, when: datetime | None = None, **passed: float) -> None:
        """Lets time pass, to an instant or by so much."""
        self.clock.now = max(self.clock.now, when) if when else self.clock.now + timedelta(**passed)
