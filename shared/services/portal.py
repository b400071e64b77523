"""What administrators do in the portal."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from shared.services.visits import VisitServices

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shared.numbers.numbers import Numbers
    from shared.numbers.purchases import Purchases
    from shared.organisations.access import Caller
    from shared.organisations.administration import Administration
    from shared.organisations.overview import Overview
    from shared.organisations.shown import SmsPreview
    from shared.organisations.texting import TextSettings


class PortalServices(VisitServices):
    """What administrators do in the portal."""

    @cached_property
    def administration(self) -> Administration:
        from shared.organisations.administration import Administration

        return Administration(
            self.settings,
            self.connections,
            self.epic,
            self.vault,
            self.clinicians,
            self.sightings,
            self.audit,
            self.visits_today,
            self.clock,
        )

    @cached_property
    def overview(self) -> Overview:
        from shared.organisations.overview import Overview

        return Overview(self.administration, self.clinicians, self.audit, self.settings.geography, self.clock)

    @cached_property
    def text_settings(self) -> TextSettings:
        from shared.messages.lint import wrong_templates
        from shared.organisations.texting import TextSettings

        return TextSettings(
            self.connections,
            self.consents,
            self.claims.require,
            self.vault,
            self.audit,
            self.clock,
            wrong_templates,
            gateways=self.settings.sms_gateways,
        )

    async def preview(self, caller: Caller, connection_id: str, body: Mapping[str, Any]) -> SmsPreview:
        """Each text of a connection under rules that are not saved yet."""
        from shared.messages.preview import preview

        connection = await self.administration.find(caller, connection_id)
        return preview(connection, body, self.settings.public_url, self.clock())

    @cached_property
    def purchases(self) -> Purchases:
        from shared.numbers.purchases import Purchases
        from shared.numbers.rows import OperationRows

        return Purchases(
            OperationRows(self.tables),
            self.phone_numbers,
            self.claims,
            self.consents,
            self.queues,
            self.audit,
            self.clock,
        )

    @cached_property
    def numbers(self) -> Numbers:
        from shared.numbers.numbers import Numbers

        return Numbers(
            self.phone_numbers, self.claims, self.purchases, self.connections, self.tables, self.audit, self.clock
        )
