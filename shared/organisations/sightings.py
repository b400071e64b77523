"""What was last seen of each connection: launches by record, messages, refusals. Names, codes and times, nothing else.

Rows `seen:...` beside the connection's own. A row is written beside the work that gave rise to it, never before it: a
write that fails is logged by its type and forgotten. The same content is written once in five minutes by a process.
"""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from shared.adapters.tables import Tables
from shared.clock import Clock, from_text, to_text
from shared.organisations.connection import Connection
from shared.organisations.connections import Connections
from shared.organisations.drift import Launched, differs, shown_by
from shared.organisations.records import MARKER, issued, records

log = logging.getLogger(__name__)

AGAIN_AFTER = timedelta(minutes=5)
PREFIX = "seen:"
MESSAGE, REFUSED_LAUNCH, REFUSED_MESSAGE = "message", "refused-launch", "refused-message"
# These speak of a visit or of one browser's sign-in, not of how the connection is set up.
PASSING = ("link.", "launch.state_invalid", "launch.used")


@dataclass(frozen=True, slots=True)
class Refusal:
    """The last refusal: its code and when."""

    code: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Seen:
    """All that was last seen of a connection. `launches` is by record; instants are UTC."""

    launches: Mapping[str, Launched] = field(default_factory=dict)
    message_at: datetime | None = None
    refused_launch: Refusal | None = None
    refused_message: Refusal | None = None


class Sightings:
    """Keeps and reads what was seen."""

    def __init__(self, tables: Tables, connections: Connections, public_url: str, clock: Clock) -> None:
        self._tables = tables
        self._connections = connections
        self._public_url = public_url
        self._clock = clock
        self._written: dict[tuple[str, str], tuple[dict[str, Any], datetime]] = {}
        self._writing: set[asyncio.Task[None]] = set()

    def launch(self, connection_id: str, audience: str, answer: Mapping[str, Any], *, with_id: bool) -> None:
        """Notes a launch that the EHR vouched for. `answer` is the token response; its values are not kept."""
        marker = str(answer.get(MARKER, ""))
        launched = shown_by(audience, answer, marker, with_id=with_id, at=self._clock())
        content = {
            "version": launched.version,
            "with_id": launched.with_id,
            "missing": ",".join(launched.missing),
            "extra": ",".join(launched.extra),
            "other_record": launched.other_record,
        }
        self._note(connection_id, launched.record, content)

    def message(self, connection_id: str) -> None:
        """Notes an appointment message that was taken."""
        self._note(connection_id, MESSAGE, {})

    def refused_launch(self, connection_id: str | None, code: str) -> None:
        """Notes that a launch was refused, if it can be told for which connection."""
        if connection_id and not code.startswith(PASSING):
            self._note(connection_id, REFUSED_LAUNCH, {"code": code})

    def refused_message(self, connection_id: str | None, code: str) -> None:
        """Notes that a message was refused, if it can be told for which connection."""
        if connection_id:
            self._note(connection_id, REFUSED_MESSAGE, {"code": code})

    async def of(self, connection_id: str) -> Seen:
        """What was last seen of a connection."""
        found = {
            row["RowKey"].removeprefix(PREFIX): row
            for row in await self._tables.rows("connections", connection_id, PREFIX)
        }
        message = found.pop(MESSAGE, None)
        refused_launch, refused_message = (
            _refusal(found.pop(name, None)) for name in (REFUSED_LAUNCH, REFUSED_MESSAGE)
        )
        launches = {name: _launched(name, row) for name, row in found.items()}
        return Seen(launches, from_text(message["at"]) if message else None, refused_launch, refused_message)

    async def overview(self, connection: Connection) -> dict[str, Any]:
        """The records as issued now, and in what the last launches differed from them."""
        seen = await self.of(connection.id)
        drift = [
            {
                "record": record.name,
                "seen_at": to_text(launched.at),
                "version_seen": launched.version or None,
                "differs": differs(launched, record),
            }
            for record in issued(connection, self._public_url)
            if (launched := seen.launches.get(record.name)) and differs(launched, record)
        ]
        return {"records": records(connection, self._public_url), "drift": drift}

    async def forget(self, connection_id: str) -> None:
        """Removes all of it, with the connection."""
        for row in await self._tables.rows("connections", connection_id, PREFIX):
            await self._tables.delete("connections", connection_id, row["RowKey"])

    async def settle(self) -> None:
        """Waits for the writes under way."""
        await asyncio.gather(*self._writing)

    def _note(self, connection_id: str, name: str, content: dict[str, Any]) -> None:
        before, at = self._written.get((connection_id, name), (None, None))
        now = self._clock()
        if before == content and at is not None and now < at + AGAIN_AFTER:
            return
        self._written[connection_id, name] = (content, now)
        task = asyncio.get_running_loop().create_task(self._write(connection_id, name, content, now))
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)

    async def _write(self, connection_id: str, name: str, content: dict[str, Any], now: datetime) -> None:
        try:
            # A launch or message may name any id: only what is a connection's is kept, or remembered.
            if await self._connections.get(connection_id) is None:
                self._written.pop((connection_id, name), None)
                return
            keys = {"PartitionKey": connection_id, "RowKey": PREFIX + name}
            await self._tables.upsert("connections", keys | content | {"at": to_text(now)})
        except Exception as error:  # noqa: BLE001, whatever it is: what was seen is never worth a launch
            self._written.pop((connection_id, name), None)
            log.warning("a sighting was not kept: %s", type(error).__name__)


def _refusal(row: Mapping[str, Any] | None) -> Refusal | None:
    return Refusal(row["code"], from_text(row["at"])) if row else None


def _launched(name: str, row: Mapping[str, Any]) -> Launched:
    return Launched(
        name,
        from_text(row["at"]),
        row["version"],
        row["with_id"],
        tuple(filter(None, row["missing"].split(","))),
        tuple(filter(None, row["extra"].split(","))),
        row["other_record"],
    )
