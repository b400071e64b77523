"""What is on record of organisations: connections, people, consents, numbers, the trail."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from shared.services.outside import OutsideServices

if TYPE_CHECKING:
    from shared.numbers.claims import Claims
    from shared.organisations.access import Access
    from shared.organisations.audit import Audit
    from shared.organisations.audit_retention import AuditRetention
    from shared.organisations.connection import Connection
    from shared.organisations.connections import Connections
    from shared.organisations.consents import Consents
    from shared.organisations.directory import Colleagues
    from shared.organisations.expiry import Expiry
    from shared.organisations.people import Clinicians
    from shared.organisations.sightings import Sightings
    from shared.work.moments import Rules


class OrganisationServices(OutsideServices):
    """What is on record of organisations: connections, people, consents, numbers, the trail."""

    @cached_property
    def audit(self) -> Audit:
        from shared.organisations.audit import Audit

        return Audit(self.tables, self.clock)

    @cached_property
    def audit_retention(self) -> AuditRetention:
        from shared.organisations.audit_retention import AuditRetention

        return AuditRetention(self.tables, self.settings.tenants, self.settings.audit_retention_years, self.clock)

    @cached_property
    def connections(self) -> Connections:
        from shared.organisations.connections import Connections

        return Connections(self.tables, self.settings.tenants, self.clock)

    async def connection_of(self, connection_id: str) -> Connection | None:
        """A connection as workers see it."""
        return await self.connections.get(connection_id)

    async def sender_of(self, connection_id: str) -> str:
        """The sender number of a connection's texts."""
        connection = await self.connections.get(connection_id)
        return connection.sms.sender if connection else ""

    async def rules_of(self, connection_id: str) -> Rules:
        """What of a connection's settings decides about time; nothing happens for one that is not approved."""
        from shared.organisations.connection import ConnectionState
        from shared.work.moments import Rules

        connection = await self.connections.get(connection_id)
        if connection is None or connection.state is not ConnectionState.APPROVED:
            return Rules()
        sms = connection.sms
        return Rules(
            texts_on=sms.enabled,
            reminders=sms.reminders,
            quiet=sms.quiet,
            writeback_on=connection.writeback.kind != "none",
            links_on=connection.writeback.kind == "oracle-health",
            quality_on=self.settings.call_quality,
        )

    @cached_property
    def expiry(self) -> Expiry:
        from shared.organisations.expiry import Expiry

        return Expiry(self.connections, self.clock)

    @cached_property
    def sightings(self) -> Sightings:
        from shared.organisations.sightings import Sightings

        return Sightings(self.tables, self.connections, self.settings.public_url, self.clock)

    @cached_property
    def clinicians(self) -> Clinicians:
        from shared.organisations.people import Clinicians

        return Clinicians(self.tables, self.clock)

    @cached_property
    def consents(self) -> Consents:
        from shared.organisations.consents import Consents

        return Consents(self.tables, self.audit, self.clock)

    @cached_property
    def claims(self) -> Claims:
        from shared.numbers.claims import Claims

        return Claims(self.tables)

    @cached_property
    def access(self) -> Access:
        from shared.organisations.access import Access

        return Access(self.tokens)

    @cached_property
    def colleagues(self) -> Colleagues:
        from shared.organisations.directory import Colleagues

        return Colleagues(self.directory, self.connections)
