"""Appointment messages, answers of patients, reports of gateways, texts sent by hand."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from shared.services.portal import PortalServices

if TYPE_CHECKING:
    from shared.messages.direct import DirectTexts
    from shared.messages.inbound import Replies
    from shared.messages.optouts import OptOuts
    from shared.messages.receipt import Receipts
    from shared.messages.reports import GatewayReports
    from shared.organisations.connection import Connection


class MessageServices(PortalServices):
    """Appointment messages, answers of patients, reports of gateways, texts sent by hand."""

    @cached_property
    def optouts(self) -> OptOuts:
        from shared.messages.optouts import OptOuts

        return OptOuts(self.tables, self.keys, self.clock)

    @cached_property
    def receipts(self) -> Receipts:
        from shared.messages.receipt import Receipts
        from shared.messages.verify import EitherVerifier

        verifier = EitherVerifier(self.connections, self.vault, self.clock)
        return Receipts(verifier, self.visits, self.keys, self.sightings, self.clock)

    @cached_property
    def replies(self) -> Replies:
        from shared.messages.inbound import Replies

        return Replies(self.optouts, self.connections, self.gateway_of, self.keys, self.clock)

    @cached_property
    def gateway_reports(self) -> GatewayReports:
        from shared.messages.reports import GatewayReports

        return GatewayReports(self.visits, self.replies)

    @cached_property
    def direct_texts(self) -> DirectTexts:
        from shared.messages.direct import DirectTexts

        return DirectTexts(self.visits, self.connections, self.consents.given, self.keys, self.clock)

    async def texts_on(self, connection: Connection) -> bool:
        """Whether a text about a visit could leave."""
        return await self.direct_texts.on(connection)

    async def issue_form(self, connection: Connection, session: str, department: str) -> tuple[str, str]:
        """A form by which a clinician texts a visit's link."""
        return await self.direct_texts.issue(connection, session, department)
