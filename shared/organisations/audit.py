"""The append-only trail of who changed what, when. Partition: tenant and month; rows sort by time."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from shared.adapters.tables import Tables
from shared.clock import Clock, to_text


@dataclass(frozen=True, slots=True)
class Entry:
    """One change. `by` is the Entra object id of who made it; `changed` names fields, never their values' secrets."""

    at: datetime
    by: str
    action: str
    subject: str
    changed: str


class Audit:
    """Writes and reads the trail. There is no way to change or remove an entry here."""

    def __init__(self, tables: Tables, clock: Clock) -> None:
        self._tables = tables
        self._clock = clock

    async def note(self, tenant: str, by: str, action: str, subject: str, changed: str = "") -> None:
        """Adds an entry, such as `connection.approved`."""
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

    async def month(self, tenant: str, month: str) -> list[dict[str, Any]]:
        """A month's entries, oldest first. `month` is `YYYYMM`."""
        rows = await self._tables.rows("audit", f"{tenant}-{month}")
        return [
            {"at": row["RowKey"].partition("_")[0]} | {k: row[k] for k in ("by", "action", "subject", "changed")}
            for row in rows
        ]
