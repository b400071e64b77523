"""Visits, their alarms, their rooms and their rows of facts."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from shared.services.organisations import OrganisationServices

if TYPE_CHECKING:
    from shared.organisations.connection import Connection
    from shared.reports.days import FactDays
    from shared.rooms.envelope import Envelope
    from shared.rooms.pool import Pool
    from shared.rooms.rooms import Rooms
    from shared.visits.store import Visits
    from shared.visits.visit import VisitKey
    from shared.work.alarms import TableAlarms
    from shared.work.pace import Pace


class VisitServices(OrganisationServices):
    """Visits, their alarms, their rooms and their rows of facts."""

    @cached_property
    def alarms(self) -> TableAlarms:
        from shared.work.alarms import TableAlarms

        return TableAlarms(self.tables, self.queues, self.rules_of)

    @cached_property
    def visits(self) -> Visits:
        from shared.visits.store import Visits

        return Visits(self.tables, self.alarms, self.clock)

    async def visits_today(self, connection: Connection) -> int:
        """How many booked visits of a connection start on this day of its time zone."""
        from datetime import UTC, timedelta
        from zoneinfo import ZoneInfo

        local = self.clock().astimezone(ZoneInfo(connection.zone or "UTC"))
        begins = local.replace(hour=0, minute=0, second=0, microsecond=0)
        ends = (begins + timedelta(days=1)).astimezone(UTC)
        return await self.visits.starting(connection.id, begins.astimezone(UTC), ends)

    async def visit_keys_of(self, connection_id: str, number: str) -> list[VisitKey]:
        """The keys under which the visit of an appointment number may stand."""
        from shared.visits.ids import visit_keys

        return visit_keys(await self.keys.ring(), connection_id, number)

    @cached_property
    def pool(self) -> Pool:
        from shared.rooms.pool import Pool

        return Pool(self.tables, self.clock)

    @cached_property
    def envelope(self) -> Envelope:
        from shared.rooms.envelope import Envelope

        return Envelope(self.vault, self.clock)

    @cached_property
    def rooms(self) -> Rooms:
        from shared.rooms.rooms import Rooms

        return Rooms(self.visits, self.graphs, self.pool, self.keys, self.envelope, self.settings, self.clock)

    @cached_property
    def pace(self) -> Pace:
        from shared.work.pace import Pace

        return Pace(self.tables, self.settings.sms_per_minute)

    @cached_property
    def fact_days(self) -> FactDays:
        from shared.reports.days import FactDays

        return FactDays(self.tables)
