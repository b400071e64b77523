"""A small world in which visits are booked, moved and cancelled while ticks and workers run, and processes die.

Storage is in memory, time is simulated, everything between them is the product's own. Each request to storage or to the
gateway is a point where other tasks go on, and where the process may die: before the request took hold, or after.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any, cast

from shared.adapters.gateway import Gateway, Outgoing, Sent, Throttled
from shared.adapters.schema import Schema
from shared.errors import Unavailable
from shared.keys.keyring import Keyring
from shared.keys.keys import Keys
from shared.messages.inbound import Replies
from shared.messages.optouts import OptOuts
from shared.messages.reports import DELIVERED, GatewayReports
from shared.messages.sending import PHONE, SESSION, Texting, read_tag
from shared.organisations.connection import Connection, ConnectionState, SmsRules
from shared.organisations.connections import Connections
from shared.reports.days import FactDays
from shared.reports.facts import FactKeeping
from shared.visits.changes import Happening, Notice, Told, heed
from shared.visits.ids import visit_keys
from shared.visits.store import Visits
from shared.visits.visit import Phone, Record, VisitKey
from shared.work.alarms import TableAlarms
from shared.work.jobs import from_message
from shared.work.moments import Rules
from shared.work.pace import Pace
from shared.work.tick import Tick
from shared.work.worker import Worker
from tests.builders import ALL, NOW, RING, StillClock
from tests.memory import MemoryQueues, MemoryTables

LEASE = timedelta(seconds=120)
TENANT = "11111111-1111-4111-8111-111111111111"
SENDER = "+18445550100"
REDELIVERED_AFTER = timedelta(seconds=40)


class Death(BaseException):
    """The process is gone: nothing may catch this."""


class StillKeys(Keys):
    """A ring that is always there."""

    def __init__(self, ring: Keyring) -> None:
        self._standing = ring

    async def ring(self) -> Keyring:
        return self._standing


@dataclass
class Left:
    """A text that the gateway took: when, of which visit and kind, and by which of its ids."""

    at: datetime
    key: VisitKey
    name: str
    to: str
    id: str


@dataclass
class Ledger:
    """A gateway that keeps its own account, and what it has been told by no one but its callers."""

    clock: StillClock
    point: Any
    texts: list[Left] = field(default_factory=list)
    refuse_rate: float = 0
    random: Random = field(default_factory=Random)
    repeatable: bool = True
    reports: list[dict[str, str]] = field(default_factory=list)

    async def send(self, text: Outgoing) -> Sent:
        """Takes each id once."""
        await self.point("before gateway")
        if self.random.random() < self.refuse_rate:
            if self.random.random() < 0.5:
                raise Throttled(timedelta(seconds=20))
            raise Unavailable
        if text.id not in {left.id for left in self.texts}:
            found = read_tag(text.tag)
            assert found is not None
            self.texts.append(Left(self.clock.now, *found, text.to, text.id))
            self.reports.append({"Tag": text.tag, "deliveryStatus": "Delivered", "messageId": f"message-{text.id}"})
        await self.point("after gateway")
        return Sent(f"message-{text.id}")


@dataclass
class Appointment:
    """What the EHR knows of an appointment, and when we acknowledged it."""

    csn: str
    phone: str
    start: datetime
    state: Happening = "book"
    history: list[tuple[datetime | None, Happening, datetime]] = field(default_factory=list)
    """Each message: when we acknowledged it, what it said, the start that then stood."""


class World:
    """One stamp with one connection."""

    def __init__(
        self,
        seed: int,
        *,
        deaths: float = 0,
        reminders: tuple[int, ...] = (1440, 120, 15),
        rate: int = 0,
        tables: Any = None,
    ) -> None:
        self.random = Random(seed)  # noqa: S311, a simulation's
        self.deaths = deaths
        self.clock = StillClock(NOW)
        self.tables: MemoryTables = tables or MemoryTables(self.point)
        self.queues = MemoryQueues(self.point)
        self.ledger = Ledger(self.clock, self.point, random=self.random)
        self.sms = SmsRules(enabled=True, sender=SENDER, organisation="Lakeside Clinic", reminders=reminders)
        self.connection = Connection(
            "demo2amer", TENANT, "https://fhir.example.org/r4", "production", "America/Chicago", "", sms=self.sms,
            state=ConnectionState.APPROVED,
        )  # fmt: skip
        self.connections = {self.connection.id: self.connection}
        self.gateway: Gateway = self.ledger
        self.keys = StillKeys(RING)
        self.alarms = TableAlarms(self.tables, self.queues, self.rules_of)
        self.optouts = OptOuts(self.tables, self.keys, self.clock)
        self.rate = rate
        self.confirm = ALL
        self.start()
        self.stopped: dict[str, datetime] = {}

    def start(self) -> None:
        """A fresh process over the same storage."""
        self.pace = Pace(self.tables, self.rate)
        self.visits = Visits(self.tables, self.alarms, self.clock, self.wait)
        self.optouts = OptOuts(self.tables, self.keys, self.clock)
        texting = Texting(
            self.keys, lambda _: self.gateway, self.optouts, self.pace, self.connection_of, self.consented,
            "https://visits.example.org", self.clock, LEASE, self.wait,
        )  # fmt: skip
        self.reports = GatewayReports(self.visits, self.replies())
        recorder = FactKeeping(self.tables, FactDays(self.tables), self.connection_of, self.clock)
        self.worker = Worker(
            self.visits, self.alarms, self.queues, (texting,), recorder, self.rules_of, self.clock, LEASE
        )
        self.schema = Schema(self.tables)
        self.tick = Tick(self.schema, self.alarms, self.queues, self.pace, self.sender_of, self.clock)

    def replies(self) -> Replies:
        """What patients write back; nobody asks for help here."""
        return Replies(self.optouts, cast("Connections", None), lambda _: self.gateway, self.keys, self.clock)

    async def rules_of(self, connection_id: str) -> Rules:
        sms = self.connections[connection_id].sms
        return Rules(texts_on=True, reminders=sms.reminders, quiet=sms.quiet)

    async def connection_of(self, connection_id: str) -> Connection:
        return self.connections[connection_id]

    async def sender_of(self, connection_id: str) -> str:
        return self.connections[connection_id].sms.sender

    async def consented(self, _: str) -> bool:
        return True

    async def point(self, request: str) -> None:
        """Between two requests others go on, and the process may die."""
        if self.random.random() < 0.3:
            await asyncio.sleep(0)
        if self.random.random() < self.deaths:
            raise Death(request)

    async def wait(self, seconds: float) -> None:
        """Time passes for everybody."""
        until = self.clock.now + timedelta(seconds=seconds)
        await asyncio.sleep(0)
        self.clock.now = max(self.clock.now, until)

    async def alive(self, doing: Coroutine[Any, Any, Any]) -> bool:
        """Whether it came to its end, rather than to the process's."""
        try:
            await doing
        except Death:
            return False
        return True

    def key_of(self, appointment: Appointment) -> VisitKey:
        return visit_keys(RING, self.connection.id, appointment.csn)[0]

    def applying(
        self, appointment: Appointment, happening: Happening, start: datetime, sent: datetime
    ) -> Callable[[Record | None], Record | None]:
        """What an intake applies to the visit for a message."""
        key = self.key_of(appointment)
        phone = Phone(
            RING.seal(PHONE, appointment.phone.encode(), str(key)), RING.digest("phone", appointment.phone).hex(), "en"
        )
        notice = Notice(
            happening, sent, start if happening == "book" else None, timedelta(minutes=30), self.connection.zone, "",
            {"": Told(phone, phone_given=True, language="en")},
        )  # fmt: skip
        session = RING.seal(SESSION, appointment.csn.encode(), str(key))
        return lambda record: heed(record, notice, key=key, session=session, confirm=self.confirm, now=self.clock.now)

    async def tell(self, appointment: Appointment, happening: Happening, start: datetime, sent: datetime) -> None:
        """The EHR's message, sent again until it is acknowledged. `start` is for a booking; a cancel is of what stands."""
        start = start if happening == "book" else appointment.start
        appointment.history.append((None, happening, start))
        appointment.state, appointment.start = happening, start
        key = self.key_of(appointment)
        apply = self.applying(appointment, happening, start, sent)
        while True:
            try:
                if await self.alive(self.visits.change(key, apply, wait_for_claim=True)):
                    break
            except Unavailable:
                pass
            await self.wait(5)
        appointment.history[-1] = (self.clock.now, happening, start)

    async def stop(self, appointment: Appointment) -> None:
        """The patient answers STOP; the event comes again until it was taken."""
        while not await self.alive(self.optouts.stop(SENDER, appointment.phone)):
            pass
        self.stopped[appointment.phone] = self.clock.now

    async def minute(self, meanwhile: Iterable[Awaitable[None]] = ()) -> None:
        """A tick, doubled now and then, and the workers after it, while the EHR and patients do theirs."""
        until = self.clock.now + timedelta(minutes=1)
        doing = [self.alive(self.tick.run())]
        if self.random.random() < 0.1:
            doing.append(self.alive(self.tick.run()))
        reports, self.ledger.reports = self.ledger.reports, []
        await asyncio.gather(self._workers(doing), *map(self._report, reports), *meanwhile)
        self.clock.now = max(self.clock.now, until)

    async def settle(self) -> None:
        """What intakes rang for is done; no tick."""
        await self._workers([])

    async def _report(self, report: dict[str, str]) -> None:
        while not await self.alive(self.reports.note(DELIVERED, report)):
            await self.wait(1)

    async def _workers(self, ticks: list[Coroutine[Any, Any, bool]]) -> None:
        await asyncio.gather(*ticks)
        while self.queues.messages:
            taken, self.queues.messages = self.queues.messages, []
            await asyncio.gather(*(self._work(*message) for message in taken))

    async def _work(self, queue: str, message: dict[str, Any], _: int) -> None:
        if not await self.alive(self.worker.run(from_message(message))) and self.random.random() < 0.9:
            # It would be visible again after a while; the tick finds the alarm sooner or later in any case.
            self.queues.messages.append((queue, message, 0))
            await self.wait(self.random.choice((1, REDELIVERED_AFTER.total_seconds())))

    def booked(self, appointment: Appointment) -> bool:
        return appointment.state == "book"

    def left(self, appointment: Appointment, prefix: str = "") -> list[Left]:
        """The texts of an appointment that left, of a kind."""
        key = self.key_of(appointment)
        return [text for text in self.ledger.texts if text.key == key and text.name.split(":")[1].startswith(prefix)]

    async def record(self, appointment: Appointment) -> Record | None:
        return await self.visits.load(self.key_of(appointment))


def doubled(world: World) -> list[str]:
    """Names of texts that left under two ids."""
    seen: dict[tuple[str, str], int] = {}
    for text in world.ledger.texts:
        seen[str(text.key), text.name] = seen.get((str(text.key), text.name), 0) + 1
    return [name for (_, name), times in seen.items() if times > 1]


def phones_kept(world: World) -> int:
    """How many phone rows there are."""
    return sum(":phone" in row["RowKey"] for row in world.tables.dump("visits"))
