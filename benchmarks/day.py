"""A simulated day of appointments on the SMS stand-in's own account: nothing lost, doubled, late, or kept.

Messages go through the real intake as HL7, texts through the real adapter to the stand-in's own rules (pace, opt-outs,
repeatability), two facilities on either side of an ocean in the night in which one of them leaves daylight saving time.
Meanwhile appointments move and are cancelled, patients answer STOP, the gateway answers 429, processes die and restart.
What ought to have come out is worked out again from what the EHR knows, by none of the product's code.
"""

import argparse
import asyncio
import json
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from local.epic.schedule import Appointment
from local.epic.siu import siu
from local.sms import sending
from local.sms.answers import AcsError
from local.sms.carrier import Carrier, Text
from local.sms.reports import report
from shared.adapters.communication_services import CommunicationServices
from shared.adapters.web import Answer
from shared.messages.receipt import Receipts
from shared.messages.reports import DELIVERED, RECEIVED
from shared.messages.signers import Sender
from shared.organisations.connection import Connection, ConnectionState, SmsRules
from shared.organisations.sightings import Sightings
from tests.work.simulation import TENANT, World

APPOINTMENTS = 10_000
# Daylight saving time ends in Chicago at 07:00 UTC of 1 November 2026; in Madrid it ended a week before.
BEGIN = datetime(2026, 10, 31, 12, tzinfo=UTC)
END = BEGIN + timedelta(hours=46)
REMINDERS = (1440, 120, 15)
FACILITIES = {
    "chicago01": ("America/Chicago", "US", "+18445550100"),
    "madrid001": ("Europe/Madrid", "US", "+18445550101"),
}
# How long after its time a text may take when the gateway pauses and processes die, before it counts as lost.
LEAD = timedelta(minutes=70)
OPT_OUTS = 0.03
MOST_CLAIM = timedelta(seconds=20)
WORDS = {"S12": "book", "S13": "book", "S15": "cancel"}


@dataclass
class Known:
    """What the EHR knows of an appointment: what it said, when it was acknowledged, when the patient said STOP."""

    connection: str
    csn: str
    phone: str
    said: list[tuple[datetime, str, datetime]] = field(default_factory=list)
    """When it was acknowledged, `book` or `cancel`, the start that then stood."""
    stopped: datetime | None = None
    plan: list[tuple[datetime, str, datetime]] = field(default_factory=list)
    """What is still to be said: when, the event, the start."""


class StandInWeb:
    """The way from the real adapter to the stand-in's own rules, and the account of what left, and when."""

    def __init__(self, world: World, random: Random) -> None:
        self._world = world
        self._random = random
        self.carrier = Carrier(self._seconds)
        self.left: list[tuple[datetime, Text]] = []
        self.reports: list[dict[str, Any]] = []
        self.refused = 0

    def _busy(self) -> None:
        if self._random.random() < 0.01:
            raise AcsError(429, "TooManyRequests", "Rate limit exceeded.", headers={"Retry-After": "7"})

    def _seconds(self) -> float:
        return self._world.clock.now.timestamp()

    async def send(self, _: str, __: str, *, json_body: Any, params: Mapping[str, str], **___: Any) -> Answer:
        """One request of the adapter. Now and then the resource is busy, and says so as it would."""
        await self._world.point("before gateway")
        try:
            self._busy()
            answer, fresh = sending.send(self.carrier, lambda _: True, json_body, params["api-version"])
        except AcsError as error:
            self.refused += 1
            found = error.answer()
            return Answer(
                found.status_code, json.loads(bytes(found.body)), {k.lower(): v for k, v in found.headers.items()}
            )
        for text in fresh:
            self.left.append((self._world.clock.now, text))
            self.reports.append(report(text) | {"Tag": text.tag})
        await self._world.point("after gateway")
        return Answer(202, answer, {})


class Trusting:
    """Every message is from the hospital: its signature is not what this is about."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._count = 0

    async def verify(self, headers: Mapping[str, str], body: bytes, url: str, connection_id: str | None) -> Sender:  # noqa: ARG002
        self._count += 1
        connection = self._world.connections[connection_id or ""]
        return Sender(connection, f"token-{self._count}", self._world.clock.now + timedelta(minutes=5))


class Silence(Sightings):
    """Sightings of messages that nobody looks at."""

    def __init__(self) -> None:
        """Needs nothing."""

    def message(self, connection_id: str) -> None:
        """Nobody looks."""

    def refused_message(self, connection_id: str | None, code: str) -> None:
        """Nobody looks."""


class Day:
    """The world, its hospitals and its patients."""

    def __init__(self, appointments: int, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311, a simulation's
        self.world = World(seed, reminders=REMINDERS)
        self.world.clock.now = BEGIN
        self.world.connections = {
            name: Connection(
                name, TENANT, "https://fhir.example.org/r4", "production", zone, "", state=ConnectionState.APPROVED,
                sms=SmsRules(enabled=True, sender=sender, organisation="Lakeside", reminders=REMINDERS, region=region),
            )
            for name, (zone, region, sender) in FACILITIES.items()
        }  # fmt: skip
        self.web = StandInWeb(self.world, self.random)
        self.world.gateway = CommunicationServices(self.web)  # type: ignore[arg-type]
        self.world.start()
        self.verifier = Trusting(self.world)
        self.restarts = 0
        self.known = [self._appointment(number) for number in range(appointments)]

    def _appointment(self, number: int) -> Known:
        draw = self.random
        known = Known(draw.choice(list(FACILITIES)), f"9{number:08}", f"+1608{2000000 + number}")
        booked = BEGIN + timedelta(minutes=draw.choice((0, draw.randrange(0, 30 * 60))))
        start = self._start(booked)
        known.plan.append((booked, "S12", start))
        at = booked
        while draw.random() < 0.25:
            at += timedelta(minutes=draw.randrange(1, 600))
            event = draw.choice(("S13", "S13", "S15"))
            start = start if event == "S15" else self._start(at)
            known.plan.append((at, event, start))
        return known

    def _start(self, after: datetime) -> datetime:
        """A quarter of an hour within the simulated time, not before the message about it."""
        left = int((END - timedelta(hours=2) - after) / timedelta(minutes=15))
        quarter = BEGIN + ((after - BEGIN) // timedelta(minutes=15)) * timedelta(minutes=15)
        start = quarter + timedelta(minutes=15) * self.random.randrange(2, max(3, left))
        # The hour that comes twice: a message without an offset means its first one, so none is booked in its second.
        return start + timedelta(hours=1) if start.astimezone(ZoneInfo(FACILITIES["chicago01"][0])).fold else start

    async def tell(self, known: Known, event: str, start: datetime) -> None:
        """A message, sent again until it is acknowledged."""
        zone = FACILITIES[known.connection][0]
        booked = Appointment(csn=known.csn, start=start, phone=known.phone, zone=zone)
        body = siu(booked, event, f"M{known.csn}{len(known.said)}", self.world.clock.now, processing_id="P")
        while True:
            receipts = Receipts(
                self.verifier,
                self.world.visits,
                self.world.keys,
                Silence(),
                self.world.clock,
            )
            answers: list[Any] = []

            async def post(receipts: Receipts = receipts, answers: list[Any] = answers) -> None:
                headers = {"content-type": "application/hl7-v2; charset=utf-8"}
                answers.append(await receipts.receive(body, headers, "https://x.example/api/hl7", known.connection))

            if await self.world.alive(post()) and "|AA|" in answers[0].body:
                break
            await self.world.wait(2)
        known.said.append((self.world.clock.now, WORDS[event], start))

    async def minute(self) -> None:
        """What a minute brings."""
        world, now = self.world, self.world.clock.now
        doing = []
        for known in self.known:
            if known.plan and known.plan[0][0] <= now:
                _, event, start = known.plan.pop(0)
                doing.append(self.tell(known, event, start))
        reports, self.web.reports = self.web.reports, []
        doing += [self._noted(DELIVERED, each) for each in reports]
        if self.web.left and self.random.random() < OPT_OUTS * len(self.known) * timedelta(minutes=1) / (END - BEGIN):
            doing.append(self._stop(self.random.choice(self.web.left)[1]))
        await world.minute(doing)

    async def _stop(self, text: Text) -> None:
        number = next(known for known in self.known if known.phone == text.to)
        if number.stopped:
            return
        self.web.carrier.receive(text.sender, text.to, "Stop.")
        await self._noted(RECEIVED, {"from": text.to[1:], "to": text.sender[1:], "message": "Stop."})
        number.stopped = self.world.clock.now

    async def _noted(self, kind: str, data: dict[str, Any]) -> None:
        while not await self.world.alive(self.world.reports.note(kind, data)):
            await self.world.wait(1)

    async def play(self) -> None:
        """From the first message to the day after."""
        world = self.world
        while world.clock.now < END:
            # A deployment, a crash: now and then processes die at any request for a minute, and others begin.
            world.deaths = 0.002 if self.random.random() < 0.02 else 0
            await self.minute()
            if world.deaths:
                world.start()
                self.restarts += 1
            if world.clock.now.minute == 0:
                hours = (world.clock.now - BEGIN) / timedelta(hours=1)
                print(f"  .. {hours:.0f} h, {len(self.web.left)} texts", file=sys.stderr)
        world.deaths = 0
        while world.clock.now < END + timedelta(days=5):
            await world.minute()
            world.clock.now += timedelta(hours=1)


def account(day: Day) -> dict[str, int]:
    """What is wrong, counted, by what the EHR knows and what the stand-in has."""
    wrong: Counter[str] = Counter()
    texts: dict[str, list[tuple[datetime, Text]]] = defaultdict(list)
    for at, text in day.web.left:
        texts[text.to].append((at, text))
    for known in day.known:
        mine = texts[known.phone]
        for name, times in Counter(text.tag for _, text in mine).items():
            wrong["doubled"] += times - 1 if name else 1
        for at, text in mine:
            standing = [said for said in known.said if said[0] < at][-1:] + [
                said for said in known.said if said[0] >= at
            ][:1]
            starts = [start for _, word, start in standing if (word == "cancel") == ("cancel" in text.message.lower())]
            zone = ZoneInfo(FACILITIES[known.connection][0])
            # As it is said on either side of the ocean.
            hours = [f" {start.astimezone(zone):{form}} " for start in starts for form in ("%-I:%M %p", "%H:%M")]
            words = f" {' '.join(text.message.split())} "
            wrong["of the past, or at a wrong hour"] += not any(hour in words for hour in hours)
            wrong["after the start"] += bool(starts) and at >= max(starts)
            wrong["to an opted-out number"] += bool(known.stopped and at > known.stopped + MOST_CLAIM)
        for name, count in expected(known).items():
            kinds = ("scheduled", "updated") if name == "news" else (name,)
            found = sum(text.tag.split(":")[1] in kinds for _, text in mine)
            wrong["lost"] += max(0, count - found)
    rows = [row for table in ("visits", "work", "facts", "optouts") for row in day.world.tables.dump(table)]
    everything = json.dumps(rows, default=str)
    wrong["numbers kept"] = sum(":phone" in row["RowKey"] for row in rows) + sum(
        known.phone[1:] in everything for known in day.known
    )
    return {name: int(count) for name, count in wrong.items()}


def expected(known: Known) -> dict[str, int]:
    """The texts an appointment must have got: those whose time came while it stood, and nobody said STOP."""
    until = known.stopped or END
    due: Counter[str] = Counter()
    for index, (at, word, start) in enumerate(known.said):
        gone = known.said[index + 1][0] if index + 1 < len(known.said) else END
        last = min(gone, until)
        before = known.said[index - 1] if index else None
        if word == "cancel":
            due["cancelled"] += bool(before and before[1] == "book" and at < start) and at + LEAD < until
            continue
        changed = before is None or before[1] == "cancel" or before[2] != start
        due["news"] += changed and at < start and at + LEAD < last
        for minutes in REMINDERS:
            moment = start - timedelta(minutes=minutes)
            if changed and at + timedelta(minutes=1) < moment and moment + LEAD < last:
                due[f"reminder-{minutes}"] += 1
    return dict(due)


async def measure(appointments: int, seed: int = 1) -> dict[str, Any]:
    """The day, and its account."""
    began = time.perf_counter()
    day = Day(appointments, seed)
    await day.play()
    wrong = account(day)
    return {
        "appointments": appointments,
        "texts": len(day.web.left),
        "answered_429": day.web.refused,
        "opted_out": sum(bool(known.stopped) for known in day.known),
        "restarts": day.restarts,
        "wrong": wrong,
        "seconds": round(time.perf_counter() - began),
        "held": not any(wrong.values()),
    }


def main() -> int:
    """Prints the account; the exit status says whether it is clean."""
    parser = argparse.ArgumentParser(prog="scripts/bench day", description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--appointments", type=int, default=APPOINTMENTS)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    figures = asyncio.run(measure(options.appointments, options.seed))
    if options.json:
        print(json.dumps(figures, indent=2))
    else:
        print("  ".join(f"{name} {value}" for name, value in figures.items()))
    return 0 if figures["held"] else 1


if __name__ == "__main__":
    sys.exit(main())
