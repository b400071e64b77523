"""What happens by itself: the tick, the worker and what it does, statuses to the EHR."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from shared.services.launch import LaunchServices

if TYPE_CHECKING:
    from shared.follow.notifications import Notifications
    from shared.follow.pauses import Pauses
    from shared.follow.replay import Replays
    from shared.follow.untold import UntoldStatuses
    from shared.follow.writeback import WriteBack
    from shared.work.failures import Failures
    from shared.work.tick import Tick
    from shared.work.worker import Worker


class FollowServices(LaunchServices):
    """What happens by itself: the tick, the worker and what it does, statuses to the EHR."""

    @cached_property
    def pauses(self) -> Pauses:
        from shared.follow.pauses import Pauses

        return Pauses(self.tables, self.clock)

    @cached_property
    def untold(self) -> UntoldStatuses:
        from shared.follow.untold import UntoldStatuses

        return UntoldStatuses(self.tables, self.visits, self.clock)

    @cached_property
    def replays(self) -> Replays:
        from shared.follow.replay import Replays

        return Replays(self.connections, self.pauses, self.untold, self.audit)

    @cached_property
    def writeback(self) -> WriteBack:
        from shared.adapters.appointments import Appointments
        from shared.follow.ehr import BackendTokens
        from shared.follow.epic_2018 import Epic2018
        from shared.follow.oracle_health import OracleHealth
        from shared.follow.writeback import WriteBack

        return WriteBack(
            {"epic-2018": Epic2018(self.epic), "oracle-health": OracleHealth(Appointments(self.web))},
            BackendTokens(self.epic, self.signer, self.clock),
            self.pauses,
            self.untold,
            self.keys,
            self.connection_of,
            self.settings.public_url,
            self.clock,
        )

    @cached_property
    def worker(self) -> Worker:
        from shared.follow.attendance import Attendance
        from shared.follow.quality import Quality
        from shared.messages.sending import Texting
        from shared.reports.facts import FactKeeping
        from shared.rooms.tending import RoomTending
        from shared.work.worker import Worker

        doers = (
            Texting(
                self.keys,
                self.gateway_of,
                self.optouts,
                self.pace,
                self.connection_of,
                self.consents.given,
                self.settings.public_url,
                self.clock,
                self.settings.claim_lease,
            ),
            self.writeback,
            RoomTending(self.rooms, self.graphs, self.connection_of, self.clock),
            Attendance(self.graphs, self.connection_of, self.clock),
            Quality(self.graphs, self.connection_of, self.clock),
        )
        recorder = FactKeeping(self.tables, self.fact_days, self.connection_of, self.clock)
        return Worker(
            self.visits,
            self.alarms,
            self.queues,
            doers,
            recorder,
            self.rules_of,
            self.clock,
            self.settings.claim_lease,
        )

    @cached_property
    def notifications(self) -> Notifications:
        from shared.follow.notifications import Notifications

        return Notifications(
            self.settings,
            self.tokens,
            self.keys,
            self.queues,
            self.envelope,
            self.visits,
            self.connection_of,
            self.worker,
            self.clock,
        )

    @cached_property
    def tick(self) -> Tick:
        from shared.adapters.schema import Schema
        from shared.work.tick import Tick

        return Tick(Schema(self.tables), self.alarms, self.queues, self.pace, self.sender_of, self.clock)

    @cached_property
    def failures(self) -> Failures:
        from shared.work.failures import Failures

        return Failures(self.tables, self.queues, self.connection_of, self.audit, self.clock)
