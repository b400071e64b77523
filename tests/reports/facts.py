"""Facts for tests."""

from typing import Any

from shared.reports.fact import Fact

TENANT = "6f1d1c02-1f53-4d1e-9b1e-0d5a7c3e9a10"


def a_fact(**given: Any) -> Fact:
    """A visit of 2026-11-24 that is still to come."""
    values: dict[str, Any] = {
        "tenant": TENANT,
        "connection": "conn00001",
        "visit": "visit000000000000001",
        "day": "2026-11-24",
        "start": "2026-11-24T16:00:00.000000Z",
        "end": "2026-11-24T16:30:00.000000Z",
    }
    return Fact(**values | given)
