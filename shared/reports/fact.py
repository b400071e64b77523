"""What reports know of a visit: times, counts, an organiser. No one's identity, and nothing that leads to one."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import astuple, dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from shared.adapters.tables import Entity
from shared.clock import to_text
from shared.organisations.connection import Connection
from shared.reports.status import status_of
from shared.visits.visit import Record, Stream, TextState, Visit

INSTANTS = ("patient_waiting", "patient_connected", "clinician_connected", "both_connected", "last_left")
NUMBERS = ("lobby_seconds", "lobby_total_seconds", "call_seconds", "people", "most_people")
WORDS = ("department", "kind", "status", "organizer", "device_test", "times_from", "times_attended")
COUNTS = ("texts", "reasons", "joins")


@dataclass(frozen=True, slots=True)
class Fact:
    """One visit. `day` is the calendar day of its start in the connection's zone, ISO 8601. Instants are UTC text, empty
    for none. `texts` are by `kind:state`, `joins` by `way:device`, `reasons` why texts failed.
    """

    tenant: str
    connection: str
    visit: str
    day: str
    start: str
    end: str
    department: str = ""
    kind: str = "single"
    status: str = "scheduled"
    patient_waiting: str = ""
    patient_connected: str = ""
    clinician_connected: str = ""
    both_connected: str = ""
    last_left: str = ""
    lobby_seconds: int | None = None
    lobby_total_seconds: int = 0
    call_seconds: int = 0
    people: int = 0
    most_people: int = 0
    organizer: str = ""
    device_test: str = ""
    times_from: str = ""
    times_attended: str = ""
    texts: Mapping[str, int] = field(default_factory=dict)
    reasons: Mapping[str, int] = field(default_factory=dict)
    joins: Mapping[str, int] = field(default_factory=dict)
    streams: tuple[Stream, ...] = ()


def fact_of(record: Record, connection: Connection) -> Fact:
    """The facts of a visit as they stand now."""
    visit, times = record.visit, record.visit.times
    texts = Counter(f"{text.kind.partition('-')[0]}:{text.state.value}" for text in record.texts.values())
    reasons = Counter(text.reason for text in record.texts.values() if text.state is TextState.FAILED and text.reason)
    patients = [person for person in visit.people.values() if person.role == "patient"]
    first = min((p for p in patients if p.arrived), key=lambda p: (p.arrived, p.let_in or p.since), default=None)
    instants: dict[str, Any] = {name: _text(getattr(times, name)) for name in INSTANTS}
    return Fact(
        tenant=connection.tenant,
        connection=visit.key.connection,
        visit=visit.key.visit,
        day=day_of(visit.start, connection.zone),
        start=to_text(visit.start),
        end=to_text(visit.end),
        department=visit.department,
        kind=_kind(visit),
        status=status_of(record).value,
        **instants,
        lobby_seconds=_seconds(first.arrived, first.let_in) if first and first.let_in else None,
        lobby_total_seconds=sum(person.waited for person in patients),
        call_seconds=_seconds(times.both_connected, times.last_left),
        people=len(visit.people),
        most_people=times.most_people,
        organizer=next(iter(visit.staff), visit.room.organizer if visit.room else ""),
        device_test=visit.device.result if visit.device else "",
        times_from=_source(visit),
        times_attended=" ".join(times.attended),
        streams=visit.streams,
        joins=dict(sorted(visit.joins.items())),
        texts=dict(sorted(texts.items())),
        reasons=dict(sorted(reasons.items())),
    )


def _source(visit: Visit) -> str:
    if visit.times.attended:
        return "both" if visit.people else "attendance"
    return "roster" if visit.people else ""


def _kind(visit: Visit) -> str:
    if len(visit.heard) > 1:
        return "group"
    return "with_guest" if any(name.startswith("guest:") for name in visit.joins) else "single"


def day_of(instant: datetime, zone: str) -> str:
    """The calendar day of an instant in an IANA zone."""
    return instant.astimezone(ZoneInfo(zone or "UTC")).date().isoformat()


def to_row(fact: Fact) -> Entity:
    """The columns of a fact; its place is not among them."""
    row: Entity = {"day": fact.day, "start": fact.start, "end": fact.end}
    row |= {"connection": fact.connection, "visit": fact.visit}
    row |= {name: getattr(fact, name) for name in (*WORDS, *INSTANTS, *NUMBERS)}
    for name in COUNTS:
        if counts := getattr(fact, name):
            row[name] = json.dumps(dict(counts))
    if fact.streams:
        row["streams"] = json.dumps([astuple(stream) for stream in fact.streams])
    return row


def from_row(tenant: str, row: Entity) -> Fact:
    """Reads `to_row`."""
    values: dict[str, Any] = {name: row.get(name) for name in (*WORDS, *INSTANTS, *NUMBERS)}
    values |= {name: json.loads(row.get(name) or "{}") for name in COUNTS}
    streams = tuple(Stream(*each) for each in json.loads(row.get("streams") or "[]"))
    place = {name: row[name] for name in ("connection", "visit", "day", "start", "end")}
    return Fact(tenant=tenant, **place, **values, streams=streams)


def _seconds(begin: datetime | None, end: datetime | None) -> int:
    return max(0, int((end - begin).total_seconds())) if begin and end else 0


def _text(moment: datetime | None) -> str:
    return to_text(moment) if moment else ""
