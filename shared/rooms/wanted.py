"""What a visit's meeting must be like, and a digest by which one sees whether Teams has been told. Pure."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from hashlib import sha256

from shared.adapters.graph import Settings
from shared.organisations.connection import Connection
from shared.visits.visit import Record, Room


def presenters_of(record: Record, room: Room) -> Sequence[str]:
    """The organiser and everyone who launched as staff."""
    return sorted({room.organizer, *record.visit.staff})


def settings_of(record: Record, room: Room, connection: Connection) -> Settings:
    """What the visit's meeting must be like now."""
    return Settings(
        connection.lobby,
        connection.chat,
        recording=connection.recording,
        presenters=presenters_of(record, room),
        closed=record.visit.closed is not None,
    )


def digest_of(settings: Settings) -> str:
    """Tells settings apart, so that Teams is told only what is new."""
    return sha256(json.dumps(asdict(settings), sort_keys=True).encode()).hexdigest()[:16]
