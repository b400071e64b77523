"""What the tick hands to a worker: a few visits of one partition, each perhaps with the slot in which its text may leave."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.clock import from_text_or_none, to_text
from shared.visits.store import Name
from shared.visits.visit import VisitKey


@dataclass(frozen=True, slots=True)
class Job:
    """A visit to work on. `alarm` is the one that led to it, `slot` when its text may leave; both may be missing."""

    key: VisitKey
    alarm: Name | None = None
    slot: datetime | None = None


def to_message(jobs: Iterable[Job]) -> dict[str, Any]:
    """The queue message: ids and instants only."""
    return {"visits": [[str(job.key), *(job.alarm or ("", "")), to_text(job.slot) if job.slot else ""] for job in jobs]}


def from_message(message: dict[str, Any]) -> Sequence[Job]:
    """Reads `to_message`. Raises what a malformed message raises: it is ours, and steps aside as poison."""
    return [
        Job(VisitKey.parse(visit), (bucket, row) if row else None, from_text_or_none(slot))
        for visit, bucket, row, slot in message["visits"]
    ]
