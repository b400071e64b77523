"""Graph's attendance reports, freed of all that names people: who was in a call is an id and the times.

https://learn.microsoft.com/graph/api/resources/meetingattendancereport
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

MOST_CALLS = 8


@dataclass(frozen=True, slots=True)
class Stay:
    """Someone in a call from one instant to another. `person` is the Entra id of staff, and of others no more than an id."""

    person: str
    joined: datetime
    left: datetime


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a meeting that has ended."""

    ended: datetime
    stays: tuple[Stay, ...]


def newest(reports: Sequence[Mapping[str, Any]]) -> list[str]:
    """The ids of the newest reports, oldest of them first. A meeting has one for each of its calls."""
    known = [item for item in reports if item.get("id") and item.get("meetingEndDateTime")]
    known.sort(key=lambda item: str(item["meetingEndDateTime"]))
    return [str(item["id"]) for item in known[-MOST_CALLS:]]


def call_of(report: Mapping[str, Any]) -> Call | None:
    """A report with its records, None if it does not say when the call ended. Stays without readable times are left out."""
    ended = _instant(report.get("meetingEndDateTime"))
    if ended is None:
        return None
    stays = []
    for record in report.get("attendanceRecords") or []:
        person = str((record.get("identity") or {}).get("id") or record.get("id") or "")
        for interval in record.get("attendanceIntervals") or []:
            joined, left = _instant(interval.get("joinDateTime")), _instant(interval.get("leaveDateTime"))
            if joined and left and joined <= left:
                stays.append(Stay(person, joined, left))
    return Call(ended, tuple(stays))


def _instant(text: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment if moment.tzinfo else None
