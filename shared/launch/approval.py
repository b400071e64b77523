"""Approval: the named approver proves, by signing in to the EHR, that they belong there, then says yes or no.

Only the id_token counts; the access token is dropped at once. The evidence names who, where, when and for which
configuration, and is good for fifteen minutes.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec import UNSET

from shared.clock import Clock
from shared.errors import BridgeError, Refused
from shared.keys.keyring import SealError
from shared.keys.keys import Keys
from shared.launch.cookies import Cookie
from shared.launch.ehr import Departure, EhrSignIn
from shared.launch.smart import STAFF
from shared.organisations.access import Caller
from shared.organisations.audit import Audit
from shared.organisations.connection import EVIDENCE_LIFE, Approved, Connection, ConnectionState, Decision, Evidence
from shared.organisations.connections import Connections
from shared.organisations.requests import DecisionRequest
from shared.organisations.showing import show
from shared.organisations.shown import ConnectionShown
from shared.organisations.taking import take
from shared.settings import Settings

TICKET_LIFE = timedelta(minutes=2)
PURPOSE = "approval"


class Approvals:
    """The approver's steps."""

    def __init__(
        self, settings: Settings, connections: Connections, sign_in: EhrSignIn, audit: Audit, keys: Keys, clock: Clock
    ) -> None:
        self._settings = settings
        self._connections = connections
        self._sign_in = sign_in
        self._audit = audit
        self._keys = keys
        self._clock = clock

    async def start(self, caller: Caller, connection_id: str) -> str:
        """An address of ours to open in the browser: it sets the cookie where a script of another origin could not."""
        connection = await self._named(caller, connection_id)
        until = int((self._clock() + TICKET_LIFE).timestamp())
        ring = await self._keys.ring()
        ticket = ring.seal_json(PURPOSE, {"connection": connection.id, "oid": caller.oid, "until": until})
        return f"{self._settings.public_url}/api/approval/begin?ticket={ticket}"

    async def begin(self, ticket: str) -> Departure:
        """From that address to the EHR's own sign-in."""
        ring = await self._keys.ring()
        try:
            content = ring.unseal_json(PURPOSE, ticket)
        except SealError:
            raise Refused("launch.state_invalid") from None
        if datetime.fromtimestamp(content["until"], UTC) <= self._clock():
            raise Refused("launch.state_invalid")
        connection = await self._connections.get(str(content["connection"]), fresh=True)
        if connection is None or connection.approver_oid != content["oid"]:
            raise Refused("approval.not_approver")
        return await self._sign_in.begin(
            connection,
            "provider",
            redirect_uri=f"{self._settings.public_url}/api/approval/callback",
            launch="",
            extra={"oid": str(content["oid"])},
        )

    async def finish(self, query: Mapping[str, str], cookies: Mapping[str, str]) -> tuple[str, Cookie]:
        """Keeps the evidence and sends the approver back to the portal."""
        signed_in = await self._sign_in.finish("provider", query, cookies)
        oid = signed_in.extra.get("oid", "")
        if signed_in.identity.kind and signed_in.identity.kind not in STAFF:
            raise Refused("launch.wrong_role")
        connection = await self._connections.get(signed_in.connection.id, fresh=True)
        if connection is None or not oid or connection.approver_oid != oid:
            raise Refused("approval.not_approver")
        evidence = Evidence(oid, signed_in.issuer, signed_in.identity.id, self._clock(), connection.configuration)
        await self._connections.save(replace(connection, evidence=evidence))
        return f"{self._settings.portal_url}/approve/{connection.id}", signed_in.spent

    async def come_back(self, query: Mapping[str, str], cookies: Mapping[str, str]) -> tuple[str, tuple[Cookie, ...]]:
        """Where the approver goes from the EHR: to the portal, with `?refused=` and the code if the sign-in came to
        nothing. One that this browser did not begin leads nowhere: raises `Refused("launch.state_invalid")`.
        """
        try:
            url, spent = await self.finish(query, cookies)
        except BridgeError as error:
            connection_id = await self._sign_in.began_for("provider", query, cookies)
            return f"{self._settings.portal_url}/approve/{connection_id}?refused={error.code}", ()
        return url, (spent,)

    async def decide(self, caller: Caller, connection_id: str, body: Mapping[str, Any]) -> ConnectionShown:
        """Approves or rejects what stands now. Raises `Refused`: not the approver, no fresh evidence, no reason, or what
        the approver saw is not what stands.
        """
        form = take(DecisionRequest, body)
        connection = await self._named(caller, connection_id)
        seen = connection.configuration if form.configuration is UNSET else form.configuration
        if seen != connection.configuration:
            raise Refused("precondition.failed", fields={"configuration": "changed meanwhile"})
        reason = form.reason.strip()
        if form.decision == "reject" and not reason:
            raise Refused("approval.reason_missing")
        evidence, now = connection.evidence, self._clock()
        fresh = evidence and evidence.at + EVIDENCE_LIFE > now and evidence.approver_oid == caller.oid
        if not fresh or evidence is None or evidence.configuration != connection.configuration:
            raise Refused("approval.evidence_missing")
        approved = form.decision == "approve"
        saved = await self._connections.save(
            replace(
                connection,
                state=ConnectionState.APPROVED if approved else ConnectionState.REJECTED,
                decision=Decision(approved, reason, caller.oid, now, connection.configuration),
                approved=Approved(connection.covered, caller.oid, now) if approved else connection.approved,
                evidence=None,
            )
        )
        action = "connection.approved" if approved else "connection.rejected"
        await self._audit.note(caller.tenant, caller.oid, action, connection.id)
        return show(saved, now)

    async def _named(self, caller: Caller, connection_id: str) -> Connection:
        connection = await self._connections.require(connection_id, caller.tenant)
        if connection.approver_oid != caller.oid:
            raise Refused("approval.not_approver")
        if connection.state in (ConnectionState.DISABLED, ConnectionState.DRAFT):
            raise Refused("connection.not_approved")
        return connection
