"""What is told of it all: reports, health, the doctor's findings."""

from __future__ import annotations

from functools import cache, cached_property
from typing import TYPE_CHECKING

from shared.services.follow import FollowServices
from shared.services.outside import GRAPH_SCOPE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shared.diagnosis.doctor import Doctor
    from shared.diagnosis.telling import Telling
    from shared.health import Health
    from shared.reports.listing import Listing
    from shared.reports.reports import Reports
    from shared.reports.retention import FactRetention


class ReportServices(FollowServices):
    """What is told of it all: reports, health, the doctor's findings."""

    @cached_property
    def fact_retention(self) -> FactRetention:
        from shared.reports.retention import FactRetention

        return FactRetention(self.tables, self.settings.tenants, self.settings.report_retention_months, self.clock)

    @cached_property
    def reports(self) -> Reports:
        from shared.reports.allowance import Allowance
        from shared.reports.reports import Reports

        allowance = Allowance(self.fact_days, self.settings.monthly_allowance)
        return Reports(self.fact_days, self.connections, allowance, self.clock, quality_on=self.settings.call_quality)

    @cached_property
    def listing(self) -> Listing:
        from shared.reports.listing import Listing

        return Listing(self.fact_days, self.connections, self.names_of, self.visit_keys_of, self.clock)

    async def names_of(self, tenant: str, oids: Sequence[str]) -> Mapping[str, str]:
        """Names of object ids, as far as the directory tells them now: a report does not wait for it to get well."""
        from shared.errors import BridgeError

        try:
            return {person.oid: person.name for person in await self.directory.named(tenant, oids)}
        except BridgeError:
            return {}

    @cached_property
    def health(self) -> Health:
        from shared.health import Health

        return Health(self.tables, self.clock)

    async def telling_of(self, connection_id: str) -> Telling:
        """How a connection's write-back goes."""
        from shared.diagnosis.telling import Telling

        pause, untold = await self.pauses.of(connection_id), await self.untold.of(connection_id)
        if pause is None:
            return Telling(untold=len(untold))
        return Telling(pause.since, pause.code, pause.probe, len(untold))

    @cached_property
    def doctor(self) -> Doctor:
        from shared.adapters.probe import Accounts, Probe
        from shared.adapters.web import Web
        from shared.diagnosis.doctor import Doctor, Instruments

        def accounts_of(tenant: str) -> Accounts:
            credential = self.identity.application(tenant)
            return Accounts(Web(self.settings.graph_url, credential=credential, scope=GRAPH_SCOPE, retries=0), tenant)

        return Doctor(
            Instruments(
                settings=self.settings,
                connections=self.connections,
                sightings=self.sightings,
                clinicians=self.clinicians,
                consents=self.consents,
                signer=self.signer,
                servers=self.epic,
                probe=Probe(self.web),
                accounts_of=cache(accounts_of),
                number_of=self.numbers.known,
                telling_of=self.telling_of,
                tick_alive=self.health.up,
                clock=self.clock,
            )
        )
