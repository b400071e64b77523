"""The report of visits: rows of `facts` in a range, as JSON or CSV. No patient identity is in them."""

import csv
import io
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from shared.adapters.tables import Tables
from shared.clock import Clock, to_text
from shared.errors import Refused

COLUMNS = (
    "connection", "start", "duration_minutes", "department", "status", "patient_waiting", "patient_connected",
    "clinician_connected", "both_connected", "last_left", "lobby_seconds", "call_seconds", "most_people", "organizer",
    "texts_sent", "texts_delivered",
)  # fmt: skip
MOST_DAYS = 366
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class VisitReport:
    """Reads facts."""

    def __init__(self, tables: Tables, clock: Clock) -> None:
        self._tables = tables
        self._clock = clock

    async def rows(self, tenant: str, query: Mapping[str, str]) -> list[dict[str, Any]]:
        """Visits that start from `from` until and with `to` (dates, UTC; the last 30 days if not given), by start."""
        first, last = _range(query, self._clock().date())
        found: list[dict[str, Any]] = []
        month = first.replace(day=1)
        while month <= last:
            for row in await self._tables.rows("facts", f"{tenant}-{month:%Y%m}"):
                found.append({name: row.get(name, "") for name in COLUMNS})  # noqa: PERF401, one query a month
            month = (month + timedelta(days=32)).replace(day=1)
        begin = to_text(datetime(first.year, first.month, first.day, tzinfo=UTC))
        end = to_text(datetime(last.year, last.month, last.day, tzinfo=UTC) + timedelta(days=1))
        return sorted((row for row in found if begin <= row["start"] < end), key=lambda row: row["start"])


def as_csv(rows: list[dict[str, Any]]) -> str:
    """RFC 4180 with a byte order mark for spreadsheets; a cell that a spreadsheet would run as a formula is quoted."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([_safe(row[name]) for name in COLUMNS])
    return "\ufeff" + out.getvalue()


def _safe(value: Any) -> Any:
    return "'" + value if isinstance(value, str) and value.startswith(FORMULA) else value


def _range(query: Mapping[str, str], today: date) -> tuple[date, date]:
    try:
        last = date.fromisoformat(query["to"]) if "to" in query else today + timedelta(days=1)
        first = date.fromisoformat(query["from"]) if "from" in query else last - timedelta(days=31)
    except ValueError:
        raise Refused("request.invalid", fields={"from": "YYYY-MM-DD", "to": "YYYY-MM-DD"}) from None
    if not timedelta(0) <= last - first <= timedelta(days=MOST_DAYS):
        raise Refused("request.invalid", fields={"from": "at most a year before `to`"})
    return first, last
