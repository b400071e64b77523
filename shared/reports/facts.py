"""One row a visit in table `facts`: times and counts, no one's identity. Written whenever something about it changes.

PartitionKey tenant and month of the start, RowKey connection and the visit's keyed hash.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from shared.adapters.tables import Entity, Tables
from shared.clock import to_text
from shared.organisations.connection import Connection
from shared.visits.visit import Record, State, TextState
from shared.work.worker import Outcome

SENT = (TextState.SENT, TextState.DELIVERED)
ConnectionOf = Callable[[str], Awaitable[Connection | None]]


class FactKeeping:
    """The worker's recorder."""

    def __init__(self, tables: Tables, connection_of: ConnectionOf) -> None:
        self._tables = tables
        self._connection_of = connection_of

    async def act(self, record: Record) -> Outcome:
        """Writes the row, whatever stood there. What changes meanwhile keeps the flag up."""
        connection = await self._connection_of(record.visit.key.connection)
        if connection is None:
            return lambda current: replace(current, visit=replace(current.visit, facts_due=False))
        written = row(record, connection)
        await self._tables.upsert("facts", written)
        return lambda current: replace(
            current, visit=replace(current.visit, facts_due=row(current, connection) != written)
        )


def row(record: Record, connection: Connection) -> Entity:
    """The facts of a visit as they stand."""
    visit, times = record.visit, record.visit.times

    def text(moment: datetime | None) -> str:
        return to_text(moment) if moment else ""

    values: dict[str, Any] = {
        "PartitionKey": f"{connection.tenant}-{visit.start:%Y%m}",
        "RowKey": f"{visit.key.connection}_{visit.key.visit}",
        "connection": visit.key.connection,
        "start": to_text(visit.start),
        "duration_minutes": int(visit.duration.total_seconds() // 60),
        "department": visit.department,
        "status": status(record),
        "patient_waiting": text(times.patient_waiting),
        "patient_connected": text(times.patient_connected),
        "clinician_connected": text(times.clinician_connected),
        "both_connected": text(times.both_connected),
        "last_left": text(times.last_left),
        "lobby_seconds": _seconds(times.patient_waiting, times.patient_connected),
        "call_seconds": _seconds(times.both_connected, times.last_left),
        "most_people": times.most_people,
        "organizer": visit.room.organizer if visit.room else "",
        "texts_sent": sum(item.state in SENT for item in record.texts.values()),
        "texts_delivered": sum(item.state is TextState.DELIVERED for item in record.texts.values()),
    }
    return values


def status(record: Record) -> str:
    """How the visit went: completed, patient_no_show, clinician_no_show, cancelled, scheduled, in_progress, missed."""
    visit, times = record.visit, record.visit.times
    if visit.state in (State.CANCELLED, State.DELETED):
        return "cancelled"
    if times.both_connected:
        return "completed" if visit.call_ended or visit.state is not State.BOOKED else "in_progress"
    if visit.state is State.NO_SHOW:
        return "patient_no_show"
    if visit.state is State.OVER:
        if times.clinician_connected:
            return "patient_no_show"
        return "clinician_no_show" if times.patient_waiting or times.patient_connected else "missed"
    return "scheduled"


def _seconds(begin: datetime | None, end: datetime | None) -> int:
    return max(0, int((end - begin).total_seconds())) if begin and end else 0
