"""A made-up history of visits as events, told to the product and to SQLite, which knows nothing of the product."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from shared.clock import to_text
from shared.follow.roster import fold
from shared.visits.changes import settled
from shared.visits.visit import Device, Heard, Record, Room, State, Stream, Text, TextState, Visit, VisitKey

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
DAYS = 90
# Without summer time, so that SQL needs an offset only.
OFFSETS = {"one000001": ("America/Phoenix", -420), "two000002": ("Asia/Kolkata", 330)}
DEPARTMENTS = ("", "10501", "Cardiology", "Ear, nose and throat", "=Children's")
STAFF = tuple(f"a0000000-0000-4000-8000-00000000000{index}" for index in range(5))
DEVICES, NETWORKS = ("phone", "desktop", "browser"), ("wifi", "wired", "mobile")
KINDS = ("scheduled", "updated", "cancelled", "reminder-1440", "reminder-15", "direct")
TESTS = ("passed", "warnings", "failed")
REASONS = ("no_such_number", "unreachable", "spam")
ENDINGS = (State.BOOKED,) * 8 + (State.CANCELLED, State.NO_SHOW, State.DELETED)


@dataclass
class Told:
    """One visit as its events. `roster`: second after the start, person, role, `lobby`, `join` or `leave`."""

    id: str
    connection: str
    department: str
    start: datetime
    minutes: int
    patients: int
    organizer: str
    staff: str
    ending: State
    tried: int | None
    roster: list[tuple[int, str, str, str]] = field(default_factory=list)
    call_end: int | None = None
    texts: list[tuple[str, str, str]] = field(default_factory=list)
    joins: list[tuple[str, str]] = field(default_factory=list)
    streams: list[tuple[str, str, float | None, float | None, float | None, float | None]] = field(default_factory=list)
    tests: list[tuple[int, str]] = field(default_factory=list)
    """Device tests: second before the start, and what each came to."""


def history(count: int, seed: int = 1) -> Iterator[Told]:
    """Visits around NOW, most of them past."""
    random = Random(seed)  # noqa: S311, a test's
    for number in range(count):
        # Some are going on: of the others hardly any would be.
        slots = (-3, 0) if random.random() < 0.03 else (-DAYS * 96, 3 * 96)
        start = NOW + timedelta(minutes=15 * random.randrange(*slots))
        told = Told(
            f"v{number:019}", random.choice(list(OFFSETS)), random.choice(DEPARTMENTS), start,
            random.choice((15, 30, 60)), random.choice((1, 1, 1, 1, 3)), random.choice(STAFF),
            random.choice(("", *STAFF)), random.choice(ENDINGS), random.choice((None, None, -90_000, -3_600, -3_601, 60)),
        )  # fmt: skip
        if start < NOW:
            _happen(told, random)
        told.texts = [_text(random) for _ in range(random.randrange(4))]
        before = random.sample(range(1, 7_200), random.choice((0, 0, 1, 2)))
        told.tests = [(second, random.choice(TESTS)) for second in before]
        yield told


def _happen(told: Told, random: Random) -> None:
    people = [("patient", f"p{index}") for index in range(random.choice((0, 1, 1, 1, 2)))]
    people += [("clinician", f"c{index}") for index in range(random.choice((0, 1, 1, 1, 2)))]
    moments = iter(sorted(random.sample(range(-900, 3600), 16)))
    paths = []
    for role, person in people:
        path = ["lobby", "join", "leave"] if role == "patient" else ["join", "leave"]
        if random.random() < 0.2:
            path = path[: random.randrange(1, len(path) + 1)]
        if random.random() < 0.1:
            path = [*path, "lobby", "join", "leave"] if role == "patient" else [*path, "join", "leave"]
        paths.append((role, person, path))
    # Each goes their way, at moments of their own.
    while paths:
        role, person, path = random.choice(paths)
        action = path.pop(0)
        if not path:
            paths = [each for each in paths if each[2]]
        at = next(moments, None)
        if at is None:
            return
        told.roster.append((at, person, role, action))
    if told.roster and random.random() < 0.8:
        told.call_end = told.roster[-1][0] + 30
    told.joins = [
        (random.choice(("portal", "text", "text", "guest")), random.choice(("phone", "tablet", "desktop")))
        for _ in range(random.randrange(3))
    ]
    told.streams = [_stream(random) for _ in range(random.choice((0, 0, 1, 2)))]


def _text(random: Random) -> tuple[str, str, str]:
    state = random.choice(list(TextState)).value
    return random.choice(KINDS), state, random.choice(REASONS) if state == "failed" else ""


def _stream(random: Random) -> tuple[str, str, float | None, float | None, float | None, float | None]:
    def some(value: float) -> float | None:
        return None if random.random() < 0.1 else value

    return (
        random.choice(DEVICES), random.choice(NETWORKS), some(random.randrange(40_000) / 1_000),
        some(random.randrange(50_000) / 1_000_000), some(random.randrange(300_000) / 1_000),
        some(random.randrange(2_000) / 1_000),
    )  # fmt: skip


def key_of(told: Told) -> VisitKey:
    return VisitKey(told.connection, told.id)


def booked(told: Told) -> Record:
    """The visit when nothing has happened yet."""
    heard = {str(patient): Heard() for patient in range(told.patients)}
    staff = {told.staff: "sealed"} if told.staff else {}
    visit = Visit(
        key_of(told), "sealed", State.BOOKED, told.start, timedelta(minutes=told.minutes), "UTC", heard=heard,
        department=told.department, room=Room(told.organizer, "x", "ready"), staff=staff, facts_due=True,
    )  # fmt: skip
    return Record(visit)


def happened(told: Told, record: Record) -> Record:
    """The visit after all of its events, by the product's own rules."""
    for second, person, role, action in told.roster:
        oid = told.staff or told.organizer
        identity = {"user": {"id": oid}} if role == "clinician" else {"guest": {"id": person}}
        item: dict[str, Any] = {"id": person, "isInLobby": action == "lobby", "info": {"identity": identity}}
        if action == "leave":
            item["removedState"] = {"reason": "Participant has left the meeting call."}
        record = _event(record, told, second, "rosterUpdated", [item])
    if told.call_end is not None:
        record = _event(record, told, told.call_end, "callEnded", [])
    texts = {}
    for index, (kind, state, reason) in enumerate(told.texts):
        text = Text(told.start, kind, index, TextState(state), told.start + timedelta(days=99), reason=reason)
        texts[text.name] = text
    joins: dict[str, int] = {}
    for way, device in told.joins:
        joins[f"{way}:{device}"] = joins.get(f"{way}:{device}", 0) + 1
    visit = replace(
        record.visit, state=told.ending, joins=joins,
        tried=None if told.tried is None else told.start + timedelta(seconds=told.tried),
        streams=tuple(Stream(*each) for each in told.streams), device=_last_test(told), facts_due=True,
    )  # fmt: skip
    return settled(replace(record, visit=visit, texts=texts), NOW)


def _last_test(told: Told) -> Device | None:
    if not told.tests:
        return None
    second, result = min(told.tests)
    return Device(told.start - timedelta(seconds=second), result, {})


def _event(record: Record, told: Told, second: int, kind: str, items: list[dict[str, Any]]) -> Record:
    at = to_text(told.start + timedelta(seconds=second))
    return fold(record, {"eventType": kind, "eventDateTime": at, "participants@delta": items}) or record


SCHEMA = """
CREATE TABLE visit (id TEXT PRIMARY KEY, connection TEXT, department TEXT, start INTEGER, minutes INTEGER, offset INTEGER,
  patients INTEGER, organizer TEXT, staff TEXT, ending TEXT, tried INTEGER, call_end INTEGER);
CREATE TABLE roster (visit TEXT, at INTEGER, person TEXT, role TEXT, action TEXT);
CREATE TABLE text (visit TEXT, kind TEXT, state TEXT, reason TEXT);
CREATE TABLE entry (visit TEXT, way TEXT, device TEXT);
CREATE TABLE stream (visit TEXT, device TEXT, network TEXT, jitter REAL, loss REAL, trip REAL, mos REAL);
CREATE TABLE test (visit TEXT, at INTEGER, result TEXT);
CREATE INDEX roster_visit ON roster (visit);
CREATE INDEX text_visit ON text (visit);
CREATE INDEX entry_visit ON entry (visit);
CREATE INDEX stream_visit ON stream (visit);
CREATE INDEX test_visit ON test (visit);
"""


def to_sqlite(all_told: list[Told]) -> sqlite3.Connection:
    """The same events as plain tables."""
    db = sqlite3.connect(":memory:")
    db.row_factory = sqlite3.Row
    db.executescript(SCHEMA)
    for told in all_told:
        start = int(told.start.timestamp())
        end = None if told.call_end is None else start + told.call_end
        db.execute(
            "INSERT INTO visit VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                told.id, told.connection, told.department, start, told.minutes, OFFSETS[told.connection][1],
                told.patients, told.organizer, told.staff, told.ending.value, told.tried, end,
            ),
        )  # fmt: skip
        db.executemany(
            "INSERT INTO roster VALUES (?, ?, ?, ?, ?)",
            [(told.id, start + second, person, role, action) for second, person, role, action in told.roster],
        )
        db.executemany("INSERT INTO text VALUES (?, ?, ?, ?)", [(told.id, *each) for each in told.texts])
        db.executemany("INSERT INTO entry VALUES (?, ?, ?)", [(told.id, *each) for each in told.joins])
        tests = [(told.id, start - second, result) for second, result in told.tests]
        db.executemany("INSERT INTO test VALUES (?, ?, ?)", tests)
        db.executemany("INSERT INTO stream VALUES (?, ?, ?, ?, ?, ?, ?)", [(told.id, *each) for each in told.streams])
    return db
