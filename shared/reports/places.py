"""Where things stand in table `facts`. A partition is a tenant and a month; one transaction can hold all that changes.

`1_<connection>_<day>`: what the visits of a day count for, of one connection or (`1__<day>`) of all.
`2_<instant>_<nonce>`: changes that no such row has yet.
`3_<day>_<start>_<connection>_<visit>`: one visit. In order of day and start, so that a page of them is a range.
Partition `<tenant>-index`, `<connection>_<visit>`: where the visit's row is, for whoever asks by appointment number.
"""

from datetime import date

from shared.reports.fact import Fact

TABLE = "facts"
DAYS, CHANGES, VISITS = "1_", "2_", "3_"


def month_partition(tenant: str, day: str | date) -> str:
    """The partition of a day, ISO 8601."""
    text = day if isinstance(day, str) else day.isoformat()
    return f"{tenant}-{text[:4]}{text[5:7]}"


def index_partition(tenant: str) -> str:
    """The partition of the index."""
    return f"{tenant}-index"


def place_of(fact: Fact) -> str:
    """Where a fact belongs among others: its day and its start."""
    return f"{fact.day}_{fact.start}"


def visit_row(place: str, connection: str, visit: str) -> str:
    """The row of a visit at a place."""
    return f"{VISITS}{place}_{connection}_{visit}"


def day_row(connection: str, day: str) -> str:
    """The row of a day; `connection` empty: of all."""
    return f"{DAYS}{connection}_{day}"
