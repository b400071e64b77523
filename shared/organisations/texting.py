"""What an administrator sets about texts of a connection: the rules, and the certificates that sign its appointments."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import replace
from typing import Any

from msgspec.structs import asdict

from shared.adapters.vault import Vault
from shared.clock import Clock
from shared.errors import Conflict, Refused
from shared.organisations import forms
from shared.organisations.access import ADMIN, Caller
from shared.organisations.audit import Audit
from shared.organisations.certificates import MOST_ACTIVE, MOST_BYTES, check_environment, read_certificate
from shared.organisations.connection import SmsRules
from shared.organisations.connections import Connections
from shared.organisations.consents import Consents
from shared.organisations.requests import SmsChange
from shared.organisations.showing import show_certificate, show_sms
from shared.organisations.shown import CertificateShown, SmsSaved
from shared.organisations.taking import take
from shared.organisations.versions import check_seen, etag_of

Claim = Callable[[str, str], Awaitable[None]]
"""Makes a number a tenant's, or raises `Refused("sms.number_taken")`."""
Wrong = Callable[[SmsRules], Mapping[str, str]]
"""What keeps the templates of the rules from being saved, by field."""


class TextSettings:
    """The portal's use cases around texts. None of them needs a new approval."""

    def __init__(
        self,
        connections: Connections,
        consents: Consents,
        claim: Claim,
        vault: Vault,
        audit: Audit,
        clock: Clock,
        wrong: Wrong,
        gateways: Collection[str] = ("acs",),
    ) -> None:
        self._connections = connections
        self._claim = claim
        self._consents = consents
        self._vault = vault
        self._audit = audit
        self._clock = clock
        self._wrong = wrong
        self._gateways = gateways

    async def change(
        self, caller: Caller, connection_id: str, body: Mapping[str, Any], headers: Mapping[str, str]
    ) -> SmsSaved:
        """Changes the rules. Texts need both consents, a sender, an organisation and a time zone. Raises `Refused`."""
        caller.require(ADMIN)
        form = take(SmsChange, body)
        connection = await self._connections.require(connection_id, caller.tenant)
        check_seen(headers, connection)
        rules = forms.apply_sms(connection.sms, form)
        wrong = self._wrong(rules) if isinstance(form.templates, dict) else {}
        if wrong:
            raise Refused("request.invalid", fields=dict(wrong))
        if form.gateway and form.gateway not in self._gateways:
            raise Refused("request.invalid", fields={"gateway": "not set up for this deployment"})
        if rules.enabled and not await self._consents.given(caller.tenant):
            raise Refused("sms.consent_missing")
        needed = {"sender": rules.sender, "organisation": rules.organisation, "zone": connection.zone}
        missing = {name: "missing" for name, value in needed.items() if not value}
        if rules.enabled and missing:
            raise Refused("request.invalid", fields=missing)
        if rules.sender != connection.sms.sender and rules.sender:
            await self._claim(caller.tenant, rules.sender)
        try:
            saved = await self._connections.save(replace(connection, sms=rules))
        except Conflict:
            check_seen(headers, await self._connections.require(connection_id, caller.tenant))
            raise
        await self._audit.note(caller.tenant, caller.oid, "sms.changed", saved.id, ",".join(sorted(body)))
        return SmsSaved(**asdict(show_sms(saved.sms)), etag=etag_of(saved))

    async def add_certificate(self, caller: Caller, connection_id: str, data: bytes) -> CertificateShown:
        """Adds a sender certificate; two at most, for rollover. The same again changes nothing. Raises `Refused`."""
        caller.require(ADMIN)
        connection = await self._connections.require(connection_id, caller.tenant)
        if len(data) > MOST_BYTES:
            raise Refused("request.too_large")
        certificate, pem = read_certificate(data, now=self._clock(), added_by=caller.oid)
        for known in connection.certificates:
            if known.thumbprint == certificate.thumbprint:
                return show_certificate(known, self._clock())
        if len(connection.certificates) >= MOST_ACTIVE:
            raise Refused("certificate.too_many")
        after = replace(connection, certificates=(*connection.certificates, certificate))
        check_environment(after, await self._connections.of_tenant(caller.tenant))
        await self._vault.set_secret(certificate.secret_of(connection.id), pem, "application/x-pem-file")
        await self._connections.save(after)
        await self._audit.note(caller.tenant, caller.oid, "certificate.added", connection.id, certificate.thumbprint)
        return show_certificate(certificate, self._clock())

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
