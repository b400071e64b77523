"""Instants as Graph reads and writes them: `Edm.DateTimeOffset`, always with an offset, answered in UTC."""

from datetime import UTC, datetime, timedelta
from typing import Any

from local.graph.answers import bad_request


def now() -> datetime:
    """The current instant, in UTC."""
    return datetime.now(UTC)


def write(instant: datetime) -> str:
    """With seven decimals, as Graph's examples have them."""
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}0Z"


def read(value: Any, name: str) -> datetime:
    """The instant written in a request's property `name`. Raises GraphError for anything without an offset."""
    try:
        instant = datetime.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise bad_request(f"'{name}' is not a date and time.") from error
    if instant.tzinfo is None:
        raise bad_request(f"'{name}' has no offset from UTC.")
    return instant.astimezone(UTC)


def window(start: Any, end: Any, *, whole: bool) -> tuple[datetime, datetime]:
    """A meeting's start and end from a request; None where it gives none.

    `whole`: both are needed (an update); otherwise now and one hour fill in, as `createOrGet` documents. Raises
    GraphError for an end without a start, and for an end before the start.
    """
    if start is None and (end is not None or whole):
        raise bad_request("'endDateTime' needs 'startDateTime' beside it.")
    if end is None and whole:
        raise bad_request("'startDateTime' needs 'endDateTime' beside it.")
    first = now() if start is None else read(start, "startDateTime")
    last = first + timedelta(hours=1) if end is None else read(end, "endDateTime")
    if last < first:
        raise bad_request("'endDateTime' lies before 'startDateTime'.")
    return first, last
