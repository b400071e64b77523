"""The composition root: makes each part when it is first needed and hands it what it needs.

Nothing heavy is imported or opened before the first request that needs it; tests build their own with other parts.
"""

from functools import cache, cached_property

from shared.adapters.entra import MicrosoftSignIn, TokenKeys
from shared.adapters.epic import EpicServers
from shared.adapters.gateway import CommunicationServices, Gateway
from shared.adapters.graph import Graph
from shared.adapters.identity import Identity
from shared.adapters.queues import Queues
from shared.adapters.tables import Tables
from shared.adapters.vault import Vault
from shared.adapters.web import Web
from shared.clock import Clock, wall_clock
from shared.follow.notifications import Notifications
from shared.follow.writeback import WriteBack
from shared.health import Health
from shared.keys.keys import Keys
from shared.keys.signing import Signer
from shared.launch.approval import Approvals
from shared.launch.ehr import EhrSignIn
from shared.launch.entry import Entry
from shared.launch.launch import Launches
from shared.launch.microsoft import ClinicianSignIn
from shared.messages.optouts import OptOuts
from shared.messages.receipt import Receipts
from shared.messages.reports import GatewayReports
from shared.messages.sending import Texting
from shared.messages.verify import TokenVerifier
from shared.organisations.access import Access
from shared.organisations.administration import Administration
from shared.organisations.audit import Audit
from shared.organisations.connection import Connection, ConnectionState
from shared.organisations.connections import Connections
from shared.organisations.consents import Consents
from shared.organisations.people import Clinicians
from shared.reports.facts import FactKeeping
from shared.reports.visits import VisitReport
from shared.rooms.envelope import Envelope
from shared.rooms.rooms import Rooms
from shared.rooms.tending import RoomTending
from shared.settings import Settings
from shared.visits.store import Visits
from shared.work.alarms import TableAlarms
from shared.work.moments import Rules
from shared.work.tick import Tick
from shared.work.worker import Worker

GRAPH_SCOPE = "https://graph.microsoft.com/.default"
# The double slash is what the service's own clients ask for.
SMS_SCOPE = "https://communication.azure.com//.default"


class Services:
    """All parts of one stamp."""

    def __init__(self, settings: Settings, clock: Clock = wall_clock) -> None:
        self.settings = settings
        self.clock = clock

    @cached_property
    def identity(self) -> Identity:
        return Identity(self.settings)

    @cached_property
    def tables(self) -> Tables:
        return Tables(self.settings, None if self.settings.storage_connection else self.identity.managed)

    @cached_property
    def queues(self) -> Queues:
        return Queues(self.settings, None if self.settings.storage_connection else self.identity.managed)

    @cached_property
    def vault(self) -> Vault:
        return Vault(self.settings, self.identity.managed, self.clock)

    @cached_property
    def web(self) -> Web:
        """Plain calls: an EHR's servers, Entra's keys. A token call must not be repeated, hence no retries."""
        return Web(retries=0)

    @cached_property
    def graph(self) -> Graph:
        return Graph(Web(self.settings.graph_url, credential=self.identity.application, scope=GRAPH_SCOPE))

    @cached_property
    def gateway(self) -> Gateway:
        return CommunicationServices(
            Web(self.settings.sms_endpoint, credential=self.identity.managed, scope=SMS_SCOPE, retries=1)
        )

    @cached_property
    def epic(self) -> EpicServers:
        return EpicServers(self.web, allow_loopback=self.settings.allow_loopback)

    @cached_property
    def keys(self) -> Keys:
        return Keys(self.vault)

    @cached_property
    def signer(self) -> Signer:
        return Signer(self.vault)

    @cached_property
    def envelope(self) -> Envelope:
        return Envelope(self.vault, self.clock)

    @cached_property
    def connections(self) -> Connections:
        return Connections(self.tables, self.clock)

    @cached_property
    def audit(self) -> Audit:
        return Audit(self.tables, self.clock)

    @cached_property
    def clinicians(self) -> Clinicians:
        return Clinicians(self.tables, self.clock)

    @cached_property
    def consents(self) -> Consents:
        return Consents(self.tables, self.audit, self.clock)

    @cached_property
    def access(self) -> Access:
        host, tenant = self.settings.entra_authority_host, self.settings.entra_tenant_id
        return Access(self.settings, TokenKeys(f"{host}/{tenant}/discovery/v2.0/keys", self.web, self.clock))

    @cached_property
    def administration(self) -> Administration:
        return Administration(
            self.settings, self.connections, self.consents, self.epic, self.vault, self.audit, self.clock
        )

    @cached_property
    def alarms(self) -> TableAlarms:
        return TableAlarms(self.tables, self.queues, self.rules_of)

    @cached_property
    def visits(self) -> Visits:
        return Visits(self.tables, self.alarms, self.clock)

    @cached_property
    def rooms(self) -> Rooms:
        return Rooms(self.visits, self.graph, self.keys, self.envelope, self.settings, self.clock)

    @cached_property
    def optouts(self) -> OptOuts:
        return OptOuts(self.tables, self.keys, self.clock)

    @cached_property
    def receipts(self) -> Receipts:
        verifier = TokenVerifier(self.connections, self.vault, self.clock)
        return Receipts(verifier, self.visits, self.keys, self.clock)

    @cached_property
    def gateway_reports(self) -> GatewayReports:
        return GatewayReports(self.visits, self.optouts)

    @cached_property
    def sign_in(self) -> EhrSignIn:
        return EhrSignIn(self.connections, self.epic, self.signer, self.keys, self.clock)

    @cached_property
    def entry(self) -> Entry:
        return Entry(self.settings, self.visits, self.rooms, self.connections, self.keys, self.clock)

    @cached_property
    def clinician_sign_in(self) -> ClinicianSignIn:
        microsoft = MicrosoftSignIn(self.settings, self.identity.assertion)
        return ClinicianSignIn(
            microsoft, self.clinicians, self.connections, self.entry, self.audit, self.keys, self.clock
        )

    @cached_property
    def launches(self) -> Launches:
        return Launches(
            self.settings,
            self.connections,
            self.sign_in,
            self.clinician_sign_in,
            self.clinicians,
            self.entry,
            self.clock,
        )

    @cached_property
    def approvals(self) -> Approvals:
        return Approvals(self.settings, self.connections, self.sign_in, self.audit, self.keys, self.clock)

    @cached_property
    def notifications(self) -> Notifications:
        tokens = TokenKeys(f"{self.settings.entra_authority_host}/common/discovery/v2.0/keys", self.web, self.clock)
        return Notifications(
            self.settings, tokens, self.keys, self.queues, self.envelope, self.visits, self.worker, self.clock
        )

    @cached_property
    def worker(self) -> Worker:
        doers = (
            Texting(self.keys, self.gateway, self.optouts, self.connection_of, self.settings.public_url, self.clock),
            WriteBack(self.epic, self.signer, self.keys, self.connection_of, self.clock),
            RoomTending(self.rooms, self.graph, self.clock),
            FactKeeping(self.tables, self.connection_of),
        )
        return Worker(self.visits, self.alarms, doers, self.rules_of, self.clock, self.settings.claim_lease)

    @cached_property
    def tick(self) -> Tick:
        return Tick(self.alarms, self.queues, self.clock)

    @cached_property
    def health(self) -> Health:
        return Health(self.tables, self.clock)

    @cached_property
    def visit_report(self) -> VisitReport:
        return VisitReport(self.tables, self.clock)

    async def connection_of(self, connection_id: str) -> Connection | None:
        """A connection as workers see it."""
        return await self.connections.get(connection_id)

    async def rules_of(self, connection_id: str) -> Rules:
        """What of a connection's settings decides about time; nothing happens for one that is not approved."""
        connection = await self.connections.get(connection_id)
        if connection is None or connection.state is not ConnectionState.APPROVED:
            return Rules()
        sms = connection.sms
        return Rules(texts_on=sms.enabled, reminders=sms.reminders, writeback_on=connection.writeback.kind != "none")

    async def close(self) -> None:
        """Closes every client that was opened; a process that goes on, such as a worker of the platform, never needs to."""
        made = self.__dict__
        for name in ("tables", "queues", "vault", "web", "identity"):
            if name in made:
                await made[name].close()


@cache
def services() -> Services:
    """The parts of this process, from its environment."""
    return Services(Settings.from_environment())
