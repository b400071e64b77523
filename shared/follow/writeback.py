"""Writes who is connected back to the EHR, in order, as work. The adapter is `epic-2018`; without values it stays off.

Epic publishes the call's path and parameter names, not the values of `ConnectionStatus` and `ExternalIDType`: a hospital
fills them in. A status that the hospital's map does not name (such as `waiting`) is not written.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta

from shared.adapters.epic import EpicServers, interconnect_of
from shared.clock import Clock
from shared.errors import BridgeError
from shared.keys.assertion import client_assertion
from shared.keys.keyring import Keyring, SealError
from shared.keys.keys import Keys
from shared.keys.signing import Signer
from shared.metrics import measure
from shared.organisations.connection import Connection
from shared.visits.visit import Announcement, Record
from shared.work.moments import Rules
from shared.work.worker import Doer, Outcome, Permit

CALL_MARGIN = timedelta(seconds=15)
TOKEN_KEPT = timedelta(minutes=4)
FIRST_RETRY = timedelta(seconds=15)
LAST_RETRY = timedelta(minutes=10)
GIVE_UP_AFTER = timedelta(hours=4)
PAUSED_FROM = 4
"""From this failure of a visit on it counts as paused: about two minutes. A restart of the EHR takes less."""

ConnectionOf = Callable[[str], Awaitable[Connection | None]]


class WriteBack(Doer):
    """A doer of the worker."""

    def __init__(
        self, epic: EpicServers, signer: Signer, keys: Keys, connection_of: ConnectionOf, clock: Clock
    ) -> None:
        self._epic = epic
        self._signer = signer
        self._keys = keys
        self._connection_of = connection_of
        self._clock = clock
        self._tokens: dict[str, tuple[datetime, str]] = {}

    def wanted(self, record: Record, rules: Rules, now: datetime) -> bool:  # noqa: ARG002
        """Statuses that wait, and no pause after a failure."""
        retry = record.visit.outbox_retry
        return bool(record.visit.outbox) and (retry is None or retry <= now)

    def begin(self, record: Record, rules: Rules, now: datetime) -> Record:
        """With the adapter off, and for what is too old to matter, there is nothing to write."""
        fresh = [item for item in record.visit.outbox if item.at + GIVE_UP_AFTER > now] if rules.writeback_on else []
        return replace(record, visit=replace(record.visit, outbox=tuple(fresh)))

    async def act(self, record: Record, permit: Permit, until: datetime) -> Outcome:  # noqa: ARG002
        """Writes each status in turn and stops at the first that cannot be written now: order is kept."""
        connection = await self._connection_of(record.visit.key.connection)
        done: list[Announcement] = []
        failed = connection is None and bool(record.visit.outbox)
        if connection is not None:
            ring = await self._keys.ring()
            try:
                for item in record.visit.outbox:
                    if self._clock() + CALL_MARGIN > until:
                        break
                    await self._write(record, item, connection, ring)
                    done.append(item)
            except BridgeError as error:
                failed = True
                self._tokens.pop(connection.id, None)
                if record.visit.outbox_tries + 1 >= PAUSED_FROM:
                    measure("visitbridge.writeback.paused", 1, code=error.code)
        return lambda current: self._written(current, done, failed=failed)

    def _written(self, current: Record, done: list[Announcement], *, failed: bool) -> Record:
        tries = current.visit.outbox_tries + 1 if failed else 0
        pause = min(FIRST_RETRY * 2 ** min(tries - 1, 10), LAST_RETRY) if failed else None
        return replace(
            current,
            visit=replace(
                current.visit,
                # Others may have come meanwhile, also in between.
                outbox=tuple(item for item in current.visit.outbox if item not in done),
                outbox_tries=tries,
                outbox_retry=self._clock() + pause if pause else None,
            ),
        )

    async def _write(self, record: Record, item: Announcement, connection: Connection, ring: Keyring) -> None:
        statuses, types = connection.writeback.statuses, connection.writeback.id_types
        status = statuses.get("disconnected" if item.state == "left" else item.state)
        kind = types.get("provider" if item.role == "clinician" else "patient")
        key = str(record.visit.key)
        try:
            session = ring.unseal("session", record.visit.session, key).decode()
            sealed = record.visit.staff.get(item.person, "")
            external = ring.unseal("staff", sealed, key).decode() if sealed else session
        except SealError:
            return
        if not status or not kind:
            return
        query = {
            "ConferenceID": session,
            "ExternalID": external,
            "ExternalIDType": kind,
            "VendorName": connection.writeback.vendor,
            "ConnectionStatus": status,
        }
        client_id = connection.client_id("backend")
        token = await self._token(connection, client_id)
        await self._epic.set_status(interconnect_of(connection.fhir_base), query, token, client_id)

    async def _token(self, connection: Connection, client_id: str) -> str:
        """A backend services token (SMART Backend Services): kept for four minutes of its life."""
        now = self._clock()
        until, token = self._tokens.get(connection.id, (now, ""))
        if until > now:
            return token
        assert connection.endpoints is not None
        url = connection.endpoints.token
        assertion = await client_assertion(
            self._signer, environment=connection.environment, algorithm=connection.assertion,
            client_id=client_id, token_url=url, now=now,
        )  # fmt: skip
        form = {"grant_type": "client_credentials", **assertion}
        answer = await self._epic.token(url, form, client_id)
        token = str(answer.get("access_token", ""))
        self._tokens[connection.id] = (now + TOKEN_KEPT, token)
        return token
