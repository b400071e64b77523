"""The append-only trail of who changed what, when. Partition: tenant and month; rows sort by time."""

import csv
import io
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from shared.adapters.tables import Entity, Tables
from shared.clock import Clock, to_text

COLUMNS = ("at", "by", "action", "subject", "changed")
# A cell that a spreadsheet would take for a formula (OWASP, CSV injection).
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Audit:
    """Writes and reads the trail. There is no way to change or remove an entry here."""

    def __init__(self, tables: Tables, clock: Clock) -> None:
        self._tables = tables
        self._clock = clock

    async def note(self, tenant: str, by: str, action: str, subject: str, changed: str = "") -> None:
        """Adds an entry, such as `connection.approved`. `by` is the Entra object id of who made the change; `changed`
        names fields, never their values.
        """
        now = self._clock()
        await self._tables.insert(
            "audit",
            {
                "PartitionKey": f"{tenant}-{now:%Y%m}",
                "RowKey": f"{to_text(now)}_{uuid4().hex[:8]}",
                "by": by,
                "action": action,
                "subject": subject,
                "changed": changed,
            },
        )

    async def newest(self, tenant: str, since: datetime, until: datetime, before: str = "") -> AsyncIterator[Entity]:
        """Entries from `since` to `until`, newest first, month by month; `before` goes on behind a row key."""
        until = min(until, self._clock() + timedelta(days=1))
        month = datetime(until.year, until.month, 1, tzinfo=UTC)
        first, last = to_text(since), min(to_text(until), before or "~")
        while month >= datetime(since.year, since.month, 1, tzinfo=UTC):
            if f"{month:%Y-%m}" <= last:
                where = {"p": f"{tenant}-{month:%Y%m}", "a": first, "b": last}
                rows = self._tables.query("audit", "PartitionKey eq @p and RowKey ge @a and RowKey lt @b", where)
                # Table Storage sorts one way only: a month is read whole, a page of it is given.
                for row in reversed([row async for row in rows]):
                    yield row
            month = (month - timedelta(days=1)).replace(day=1)


def as_csv(entries: Iterable[object]) -> str:
    """Entries as CSV (RFC 4180) that no spreadsheet takes for formulas."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for entry in entries:
        values = [str(getattr(entry, name)) for name in COLUMNS]
        writer.writerow([f"'{value}" if value.startswith(FORMULA) else value for value in values])
    return out.getvalue()
