"""Work that failed five times: kept where an administrator sees it, can have it done again, or dismiss it.

The platform moves such a message to `<queue>-poison`; functions on those queues bring it here. A row of table `work`
holds the message as it was: ids, or a notification that is still encrypted. The same work that fails again is the same
row with a higher count. PartitionKey is `failed-` and the tenant, so that nobody sees another's; what belongs to no
tenant (any more) stands under `failed-` alone, for whoever runs the deployment.
"""

import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from hashlib import sha256
from typing import Annotated, Literal, NamedTuple

from msgspec import Meta

from shared.adapters.queues import DUE, NOTIFICATIONS, OPERATIONS, Queues
from shared.adapters.tables import ETAG, Entity, Tables
from shared.clock import Clock, from_text, to_text
from shared.errors import CATALOGUE, BridgeError, Conflict, Refused
from shared.keys.keyring import encode
from shared.metrics import measure
from shared.organisations.access import ADMIN, Caller
from shared.organisations.audit import Audit
from shared.organisations.connection import Connection
from shared.organisations.paging import page
from shared.organisations.requests import Page
from shared.organisations.shown import Instant, Shown
from shared.organisations.taking import take
from shared.work.jobs import Job, from_message, to_message

log = logging.getLogger(__name__)

KEPT = timedelta(days=7)
"""As long as a queue would have kept it."""
CHARACTERS = 30_000  # of one string in a table; 32 Ki are allowed, a message may have 48
ATTEMPTS = 3

Kind = Annotated[
    Literal["visit", "meeting_event", "phone_number"],
    Meta(
        description="What was being done: a visit's texts, meeting or write-back; an event of a meeting; getting a number."
    ),
]
KINDS: dict[str, Kind] = {DUE: "visit", NOTIFICATIONS: "meeting_event", OPERATIONS: "phone_number"}

ConnectionOf = Callable[[str], Awaitable[Connection | None]]


class FailureQuery(Page):
    """A page of a list. `connection`: only what is about this one, or about none."""

    connection: Annotated[str, Meta(max_length=40)] = ""


class ProblemOfFailure(Shown):
    """The last error."""

    code: str
    detail: str
    fix: str


class FailureShown(Shown):
    """Work that failed five times in a row, `times` over. `problem`: the last error, where one was seen."""

    id: str
    kind: Kind
    connection_id: str | None
    since: Instant
    last_at: Instant
    times: int
    problem: ProblemOfFailure | None


class FailureList(Shown):
    """A page of them."""

    failures: list[FailureShown]
    next: str | None


class _Part(NamedTuple):
    """One piece of work in a message: what to send again, whose it is, and what tells it from others."""

    message: str
    tenant: str
    connection: str
    identity: str


class Failures:
    """The failed work of one stamp."""

    def __init__(self, tables: Tables, queues: Queues, connection_of: ConnectionOf, audit: Audit, clock: Clock) -> None:
        self._tables = tables
        self._queues = queues
        self._connection_of = connection_of
        self._audit = audit
        self._clock = clock

    async def saw(self, queue: str, message: str, error: BaseException) -> None:
        """Notes why a message failed for the last time, for `keep`, which comes to it without knowing. Code only."""
        code = error.code if isinstance(error, BridgeError) else "internal"
        if not isinstance(error, BridgeError) and _is_outage(error):
            code = "unavailable"
        await self._tables.upsert(
            "work", {"PartitionKey": "error", "RowKey": _id(queue, message), "code": code, "at": to_text(self._clock())}
        )

    async def keep(self, queue: str, message: str) -> None:
        """Keeps a message of `<queue>-poison`. Any number of times the same message is one failure."""
        measure("visitbridge.queue.poisoned", 1, queue=queue)
        seen = await self._tables.get("work", "error", _id(queue, message))
        code = str(seen["code"]) if seen else ""
        for part in await self._parts(queue, message):
            await self._keep(queue, part, code)
        if seen:
            await self._tables.delete("work", "error", seen["RowKey"])

    async def page(self, caller: Caller, query: Mapping[str, str]) -> FailureList:
        """A tenant's failures, those of the last seven days. Raises `Refused`."""
        caller.require(ADMIN)
        asked = take(FailureQuery, query, strict=False)
        about = ("", asked.connection)
        rows = [
            row
            for row in await self._tables.rows("work", _partition(caller.tenant))
            if not self._over(row) and (not asked.connection or row["connection"] in about)
        ]
        given, following = page(rows, lambda row: str(row["RowKey"]), limit=asked.limit, cursor=asked.cursor)
        return FailureList(failures=[_shown(row) for row in given], next=following)

    async def replay(self, caller: Caller, failure_id: str) -> None:
        """Puts the work back into its queue. Whatever is done twice of it has no effect. Raises `Refused`."""
        row = await self._find(caller, failure_id)
        # Before it is removed: what is lost in between would be lost for good.
        await self._queues.send(row["queue"], json.loads(_message(row)))
        await self._remove(row)
        await self._audit.note(caller.tenant, caller.oid, "failure.replayed", row["connection"])

    async def dismiss(self, caller: Caller, failure_id: str) -> None:
        """Forgets it. Raises `Refused`."""
        row = await self._find(caller, failure_id)
        await self._remove(row)
        await self._audit.note(caller.tenant, caller.oid, "failure.dismissed", row["connection"])

    async def expire(self) -> int:
        """Removes what is older than seven days, of every tenant. Returns how many."""
        where, bounds = "PartitionKey ge @a and PartitionKey lt @b", {"a": "error", "b": "failed-~"}
        old = [row async for row in self._tables.query("work", where, bounds) if self._over(row)]
        await self._tables.delete_many("work", [(row["PartitionKey"], row["RowKey"]) for row in old])
        return len(old)

    async def _keep(self, queue: str, part: _Part, code: str) -> None:
        key = {"PartitionKey": _partition(part.tenant), "RowKey": _id(queue, part.identity)}
        now = to_text(self._clock())
        for _ in range(ATTEMPTS):
            known = await self._tables.get("work", key["PartitionKey"], key["RowKey"])
            row = key | {
                "queue": queue,
                "kind": KINDS[queue],
                "connection": part.connection,
                "since": known["since"] if known else now,
                "at": now,
                "times": known["times"] + 1 if known else 1,
                "code": code,
                **{
                    f"message{index}": part.message[start : start + CHARACTERS]
                    for index, start in enumerate(range(0, len(part.message), CHARACTERS))
                },
            }
            try:
                await (
                    self._tables.replace("work", row | {ETAG: known[ETAG]})
                    if known
                    else self._tables.insert("work", row)
                )
            except Conflict:
                continue
            return
        raise Conflict

    async def _parts(self, queue: str, message: str) -> list[_Part]:
        """The work in a message, each piece under its tenant; a message that we cannot read, whole and under none."""
        try:
            found = json.loads(message)
            if queue == OPERATIONS:
                return [_Part(message, str(found["tenant"]), "", message)]
            if queue == NOTIFICATIONS:
                return [await self._of_connection(message, str(found["visit"]).partition("/")[0], message)]
            jobs = from_message(found)
        except (ValueError, TypeError, KeyError, AttributeError):
            log.error("a message of %s-poison is not one of ours; it is kept for whoever runs this", queue)  # noqa: TRY400
            return [_Part(message, "", "", message)]
        # One visit's failure is not another's, and slot and alarm are of the past.
        return [
            await self._of_connection(json.dumps(to_message([Job(key)])), key.connection, str(key))
            for key in dict.fromkeys(job.key for job in jobs)
        ]

    async def _of_connection(self, message: str, connection_id: str, identity: str) -> _Part:
        connection = await self._connection_of(connection_id)
        return _Part(message, connection.tenant if connection else "", connection_id, identity)

    async def _find(self, caller: Caller, failure_id: str) -> Entity:
        caller.require(ADMIN)
        plausible = failure_id.isascii() and all(char.isalnum() or char in "-_" for char in failure_id)
        row = await self._tables.get("work", _partition(caller.tenant), failure_id) if plausible else None
        if row is None or self._over(row):
            raise Refused("not_found")
        return row

    async def _remove(self, row: Entity) -> None:
        try:
            await self._tables.transact("work", [("delete", row)])
        except Conflict:
            # It failed once more meanwhile, or somebody was faster: what stands now is another failure.
            log.info("a failure changed while it was removed")

    def _over(self, row: Entity) -> bool:
        return from_text(row["at"]) + KEPT < self._clock()


def _is_outage(error: BaseException) -> bool:
    from azure.core.exceptions import AzureError

    return isinstance(error, AzureError | OSError)


def _partition(tenant: str) -> str:
    return f"failed-{tenant}"


def _id(queue: str, identity: str) -> str:
    return encode(sha256(f"{queue}|{identity}".encode()).digest()[:16])


def _message(row: Entity) -> str:
    return "".join(str(row[f"message{index}"]) for index in range(len(row)) if f"message{index}" in row)


def _shown(row: Entity) -> FailureShown:
    code = str(row["code"])
    known = CATALOGUE.get(code)
    return FailureShown(
        id=row["RowKey"],
        kind=row["kind"],
        connection_id=row["connection"] or None,
        since=row["since"],
        last_at=row["at"],
        times=row["times"],
        problem=ProblemOfFailure(code=code, detail=known.detail, fix=known.fix) if known else None,
    )
