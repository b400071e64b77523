"""What an administrator does with connections. Every change is audited; what an approval covers needs approval anew."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from shared.adapters.epic import EpicServers
from shared.adapters.vault import Vault
from shared.clock import Clock
from shared.errors import BridgeError, Refused
from shared.organisations import forms
from shared.organisations.access import ADMIN, Caller
from shared.organisations.audit import Audit
from shared.organisations.certificates import MOST_ACTIVE, read_certificate
from shared.organisations.connection import (
    Certificate,
    Connection,
    ConnectionState,
    Writeback,
    normal_fhir_base,
)
from shared.organisations.connections import Connections, new_id
from shared.organisations.consents import Consents
from shared.organisations.people import Clinicians
from shared.settings import Settings

REQUIRED = ("fhir_base", "environment", "zone", "approver")


class Administration:
    """The portal's use cases around connections."""

    def __init__(
        self, settings: Settings, connections: Connections, consents: Consents, epic: EpicServers, vault: Vault,
        clinicians: Clinicians,
        audit: Audit, clock: Clock,
    ) -> None:  # fmt: skip
        self._settings = settings
        self._connections = connections
        self._consents = consents
        self._epic = epic
        self._vault = vault
        self._clinicians = clinicians
        self._audit = audit
        self._clock = clock

    async def visible(self, caller: Caller) -> list[Connection]:
        """All connections of the caller's tenant, for administrators; for others those they are to approve."""
        found = await self._connections.of_tenant(caller.tenant)
        return found if ADMIN in caller.roles else [c for c in found if c.approver_oid == caller.oid]

    async def show(self, caller: Caller, connection_id: str) -> Connection:
        """One connection, for administrators and its approver."""
        connection = await self._connections.require(connection_id, caller.tenant)
        if connection.approver_oid != caller.oid:
            caller.require(ADMIN)
        return connection

    async def add(self, caller: Caller, body: Mapping[str, Any]) -> Connection:
        """Checks the FHIR base URL, then stores the connection as `needs_approval`."""
        caller.require(ADMIN)
        missing = {name: "missing" for name in REQUIRED if name not in body}
        if missing:
            raise Refused("request.invalid", fields=missing)
        blank = Connection(new_id(), caller.tenant, "", "testing", "UTC", "", writeback=Writeback())
        connection = forms.take(blank, body, allow_loopback=self._settings.allow_loopback)
        same = await self._connections.by_issuer(connection.fhir_base)
        if any(c.tenant == caller.tenant and c.environment == connection.environment for c in same):
            raise Refused("connection.exists")
        found = await self._epic.discover(connection.fhir_base, connection.client_id("provider"))
        connection = replace(connection, endpoints=found, state=ConnectionState.NEEDS_APPROVAL)
        added = await self._connections.add(connection)
        await self._audit.note(caller.tenant, caller.oid, "connection.added", added.id, ",".join(sorted(body)))
        return added

    async def change(self, caller: Caller, connection_id: str, body: Mapping[str, Any]) -> Connection:
        """Changes fields; a new URL is checked first. `{"state": "disabled"}` switches off, `"needs_approval"` on."""
        caller.require(ADMIN)
        connection = await self._connections.require(connection_id, caller.tenant)
        body = dict(body)
        wanted = body.pop("state", None)
        after = forms.take(connection, body, allow_loopback=self._settings.allow_loopback)
        if after.fhir_base != connection.fhir_base or wanted == ConnectionState.NEEDS_APPROVAL.value:
            after = replace(after, endpoints=await self._epic.discover(after.fhir_base, after.client_id("provider")))
        if wanted == ConnectionState.DISABLED.value:
            after = replace(after, state=ConnectionState.DISABLED)
        elif wanted == ConnectionState.NEEDS_APPROVAL.value or after.configuration != connection.configuration:
            after = replace(after, state=ConnectionState.NEEDS_APPROVAL, decision=None, evidence=None)
        elif wanted is not None:
            raise Refused("request.invalid", fields={"state": "not valid"})
        saved = await self._connections.save(after)
        await self._audit.note(caller.tenant, caller.oid, "connection.changed", saved.id, ",".join(sorted(body)))
        return saved

    async def remove(self, caller: Caller, connection_id: str) -> None:
        """Deletes a connection, its certificates and linked clinicians with it.

        Its visits' links end at once; their rows are forgotten in their time.
        """
        caller.require(ADMIN)
        connection = await self._connections.require(connection_id, caller.tenant)
        for certificate in connection.certificates:
            await self._vault.delete_secret(certificate.secret_of(connection.id))
        await self._clinicians.forget(connection.id)
        await self._connections.remove(connection)
        await self._audit.note(caller.tenant, caller.oid, "connection.removed", connection.id)

    async def check(self, caller: Caller, body: Mapping[str, Any]) -> dict[str, Any]:
        """A dry check of a FHIR base URL: findings with cause and fix; stores nothing."""
        caller.require(ADMIN)
        try:
            base = normal_fhir_base(str(body.get("fhir_base", "")), allow_loopback=self._settings.allow_loopback)
            found = await self._epic.discover(base, str(body.get("client_id", "")))
        except BridgeError as error:
            finding = {"code": error.code, "detail": error.problem.detail, "fix": error.problem.fix}
            return {"usable": False, "findings": [finding]}
        findings = []
        if not (found.issuer and found.jwks):
            problem = BridgeError("launch.identity_invalid")
            findings.append({"code": problem.code, "detail": problem.problem.detail, "fix": problem.problem.fix})
        return {"usable": not findings, "fhir_base": base, "fhir_release": found.fhir_release, "findings": findings}

    async def set_sms(self, caller: Caller, connection_id: str, body: Mapping[str, Any]) -> Connection:
        """Changes the SMS rules; needs no new approval, but the two consents before texts can be switched on."""
        caller.require(ADMIN)
        connection = await self._connections.require(connection_id, caller.tenant)
        rules = forms.take_sms(connection.sms, body)
        if rules.enabled and not await self._consents.given(caller.tenant):
            raise Refused("sms.consent_missing")
        if rules.enabled and not (rules.sender and rules.organisation):
            raise Refused("request.invalid", fields={"sender": "missing", "organisation": "missing"})
        saved = await self._connections.save(replace(connection, sms=rules))
        await self._audit.note(caller.tenant, caller.oid, "sms.changed", saved.id, ",".join(sorted(body)))
        return saved

    async def add_certificate(self, caller: Caller, connection_id: str, data: bytes) -> Certificate:
        """Adds a sender certificate; two at most, for rollover. The same again changes nothing."""
        caller.require(ADMIN)
        connection = await self._connections.require(connection_id, caller.tenant)
        certificate, pem = read_certificate(data, now=self._clock(), added_by=caller.oid)
        for known in connection.certificates:
            if known.thumbprint == certificate.thumbprint:
                return known
        if len(connection.certificates) >= MOST_ACTIVE:
            raise Refused("certificate.too_many")
        await self._vault.set_secret(certificate.secret_of(connection.id), pem, "application/x-pem-file")
        await self._connections.save(replace(connection, certificates=(*connection.certificates, certificate)))
        await self._audit.note(caller.tenant, caller.oid, "certificate.added", connection.id, certificate.thumbprint)
        return certificate

    async def remove_certificate(self, caller: Caller, connection_id: str, thumbprint: str) -> None:
        """Removes a sender certificate: what it signs is refused from now on."""
        caller.require(ADMIN)
        connection = await self._connections.require(connection_id, caller.tenant)
        gone = [c for c in connection.certificates if c.thumbprint == thumbprint]
        if not gone:
            raise Refused("not_found")
        left = tuple(c for c in connection.certificates if c.thumbprint != thumbprint)
        await self._connections.save(replace(connection, certificates=left))
        await self._vault.delete_secret(gone[0].secret_of(connection.id))
        await self._audit.note(caller.tenant, caller.oid, "certificate.removed", connection.id, thumbprint)
