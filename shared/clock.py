"""Time, handed to whatever needs it, so that logic never reads the wall."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
Wait = Callable[[float], Awaitable[None]]
"""Waits for so many seconds."""


def wall_clock() -> datetime:
    """The present instant in UTC."""
    return datetime.now(UTC)


def to_text(instant: datetime) -> str:
    """An instant as sortable text in UTC, to the microsecond: `2026-11-24T16:15:00.000000Z`."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def from_text(text: str) -> datetime:
    """The instant that `to_text` wrote."""
    return datetime.fromisoformat(text)


def from_text_or_none(text: str | None) -> datetime | None:
    """As `from_text`; empty or missing text is no instant."""
    return from_text(text) if text else None
