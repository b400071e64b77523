"""The composition root: makes each part when it is first needed and hands it what it needs.

Each room is imported where it is first needed, so that a cold start pays for the first request only, and nothing is
opened before; tests build their own with other parts.
"""

from __future__ import annotations

from functools import cache, cached_property, partial
from typing import TYPE_CHECKING, Any

from shared.clock import Clock, wall_clock
from shared.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from shared.adapters.directory import Directory
    from shared.adapters.entra import TenantTokens
    from shared.adapters.epic import EpicServers
    from shared.adapters.gateway import Gateway
    from shared.adapters.graph import Graphs
    from shared.adapters.identity import Identity
    from shared.adapters.numbers import PhoneNumbers
    from shared.adapters.queues import Queues
    from shared.adapters.tables import Tables
    from shared.adapters.vault import Vault
    from shared.adapters.web import Web
    from shared.diagnosis.doctor import Doctor
    from shared.diagnosis.telling import Telling
    from shared.follow.notifications import Notifications
    from shared.follow.pauses import Pauses
    from shared.follow.replay import Replays
    from shared.follow.untold import UntoldStatuses
    from shared.follow.writeback import WriteBack
    from shared.health import Health
    from shared.keys.ahead import Assertions
    from shared.keys.keys import Keys
    from shared.keys.signing import Signer
    from shared.launch.approval import Approvals
    from shared.launch.device_test import DeviceTests
    from shared.launch.ehr import EhrSignIn
    from shared.launch.entry import Entry
    from shared.launch.guesses import Guesses
    from shared.launch.guests import GuestLinks
    from shared.launch.launch import Launches
    from shared.launch.microsoft import ClinicianSignIn
    from shared.launch.visit_page import VisitPages
    from shared.messages.direct import DirectTexts
    from shared.messages.inbound import Replies
    from shared.messages.optouts import OptOuts
    from shared.messages.receipt import Receipts
    from shared.messages.reports import GatewayReports
    from shared.numbers.claims import Claims
    from shared.numbers.numbers import Numbers
    from shared.numbers.purchases import Purchases
    from shared.organisations.access import Access, Caller
    from shared.organisations.administration import Administration
    from shared.organisations.audit import Audit
    from shared.organisations.audit_retention import AuditRetention
    from shared.organisations.connection import Connection
    from shared.organisations.connections import Connections
    from shared.organisations.consents import Consents
    from shared.organisations.directory import Colleagues
    from shared.organisations.expiry import Expiry
    from shared.organisations.overview import Overview
    from shared.organisations.people import Clinicians
    from shared.organisations.shown import SmsPreview
    from shared.organisations.sightings import Sightings
    from shared.organisations.texting import TextSettings
    from shared.reports.days import FactDays
    from shared.reports.listing import Listing
    from shared.reports.reports import Reports
    from shared.reports.retention import FactRetention
    from shared.rooms.envelope import Envelope
    from shared.rooms.pool import Pool
    from shared.rooms.rooms import Rooms
    from shared.visits.store import Visits
    from shared.visits.visit import VisitKey
    from shared.work.alarms import TableAlarms
    from shared.work.failures import Failures
    from shared.work.moments import Rules
    from shared.work.pace import Pace
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
        from shared.adapters.identity import Identity

        return Identity(self.settings)

    @cached_property
    def tables(self) -> Tables:
        from shared.adapters.tables import Tables

        return Tables(self.settings, None if self.settings.storage_connection else self.identity.managed)

    @cached_property
    def queues(self) -> Queues:
        from shared.adapters.queues import Queues

        return Queues(self.settings, None if self.settings.storage_connection else self.identity.managed)

    @cached_property
    def vault(self) -> Vault:
        from shared.adapters.vault import Vault

        return Vault(self.settings, self.identity.managed, self.clock)

    @cached_property
    def web(self) -> Web:
        """Plain calls: an EHR's servers, Entra's keys. A token call must not be repeated, hence no retries."""
        from shared.adapters.web import Web

        return Web(retries=0)

    @cached_property
    def graphs(self) -> Graphs:
        from shared.adapters.graph import Graph, Graphs

        return Graphs(self.settings.tenants, lambda tenant: Graph(self.graph_web(tenant)))

    @cached_property
    def graph_web(self) -> Callable[[str], Web]:
        """Microsoft Graph with the application's token of a tenant: one pipeline each."""
        from shared.adapters.web import Web

        def make(tenant: str) -> Web:
            return Web(self.settings.graph_url, credential=self.identity.application(tenant), scope=GRAPH_SCOPE)

        return cache(make)

    @cached_property
    def tokens(self) -> TenantTokens:
        from shared.adapters.entra import TenantTokens

        return TenantTokens(self.settings, self.web, self.clock)

    @cached_property
    def communication_services(self) -> Gateway:
        from shared.adapters.communication_services import CommunicationServices
        from shared.adapters.web import Web

        return CommunicationServices(
            Web(self.settings.sms_endpoint, credential=self.identity.managed, scope=SMS_SCOPE, retries=0)
        )

    @cached_property
    def sns(self) -> Gateway:
        from shared.adapters.aws import Role, RoleClients
        from shared.adapters.sns import Sns

        settings = self.settings
        role = Role(settings.sns_role_arn, settings.sns_region, settings.sns_endpoint)
        token = partial(self.identity.token_for, settings.sns_audience)
        return Sns(RoleClients("sns", role, token, self.clock))

    def gateway_of(self, connection: Connection) -> Gateway:
        """What a connection's texts leave by: its own choice, else the stamp's."""
        chosen = connection.sms.gateway or self.settings.sms_gateway
        return self.sns if chosen == "sns" else self.communication_services

    @cached_property
    def phone_numbers(self) -> PhoneNumbers:
        from shared.adapters.numbers import PhoneNumbers
        from shared.adapters.web import Web

        return PhoneNumbers(
            Web(self.settings.sms_endpoint, credential=self.identity.managed, scope=SMS_SCOPE, retries=0)
        )

    @cached_property
    def epic(self) -> EpicServers:
        from shared.adapters.epic import EpicServers

        return EpicServers(self.web, allow_loopback=self.settings.allow_loopback)

    @cached_property
    def keys(self) -> Keys:
        from shared.keys.keys import Keys

        return Keys(self.vault)

    @cached_property
    def signer(self) -> Signer:
        from shared.keys.signing import Signer

        return Signer(self.vault, self.clock)

    @cached_property
    def envelope(self) -> Envelope:
        from shared.rooms.envelope import Envelope

        return Envelope(self.vault, self.clock)

    @cached_property
    def connections(self) -> Connections:
        from shared.organisations.connections import Connections

        return Connections(self.tables, self.settings.tenants, self.clock)

    @cached_property
    def expiry(self) -> Expiry:
        from shared.organisations.expiry import Expiry

        return Expiry(self.connections, self.clock)

    @cached_property
    def sightings(self) -> Sightings:
        from shared.organisations.sightings import Sightings

        return Sightings(self.tables, self.connections, self.settings.public_url, self.clock)

    @cached_property
    def audit(self) -> Audit:
        from shared.organisations.audit import Audit

        return Audit(self.tables, self.clock)

    @cached_property
    def clinicians(self) -> Clinicians:
        from shared.organisations.people import Clinicians

        return Clinicians(self.tables, self.clock)

    @cached_property
    def consents(self) -> Consents:
        from shared.organisations.consents import Consents

        return Consents(self.tables, self.audit, self.clock)

    @cached_property
    def access(self) -> Access:
        from shared.organisations.access import Access

        return Access(self.tokens)

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

    @cached_property
    def overview(self) -> Overview:
        from shared.organisations.overview import Overview

        return Overview(self.administration, self.clinicians, self.audit, self.settings.geography, self.clock)

    @cached_property
    def claims(self) -> Claims:
        from shared.numbers.claims import Claims

        return Claims(self.tables)

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

    @cached_property
    def directory(self) -> Directory:
        from shared.adapters.directory import Directory

        return Directory(self.graph_web)

    @cached_property
    def colleagues(self) -> Colleagues:
        from shared.organisations.directory import Colleagues

        return Colleagues(self.directory, self.connections)

    @cached_property
    def alarms(self) -> TableAlarms:
        from shared.work.alarms import TableAlarms

        return TableAlarms(self.tables, self.queues, self.rules_of)

    @cached_property
    def visits(self) -> Visits:
        from shared.visits.store import Visits

        return Visits(self.tables, self.alarms, self.clock)

    @cached_property
    def rooms(self) -> Rooms:
        from shared.rooms.rooms import Rooms

        return Rooms(self.visits, self.graphs, self.pool, self.keys, self.envelope, self.settings, self.clock)

    @cached_property
    def pool(self) -> Pool:
        from shared.rooms.pool import Pool

        return Pool(self.tables, self.clock)

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
    def gateway_reports(self) -> GatewayReports:
        from shared.messages.reports import GatewayReports

        return GatewayReports(self.visits, self.replies)

    @cached_property
    def replies(self) -> Replies:
        from shared.messages.inbound import Replies

        return Replies(self.optouts, self.connections, self.gateway_of, self.keys, self.clock)

    @cached_property
    def assertions(self) -> Assertions:
        from shared.keys.ahead import Assertions

        return Assertions(self.signer, self.clock)

    @cached_property
    def sign_in(self) -> EhrSignIn:
        from shared.launch.ehr import EhrSignIn

        return EhrSignIn(self.connections, self.epic, self.assertions, self.keys, self.clock)

    @cached_property
    def entry(self) -> Entry:
        from shared.launch.entry import Entry

        return Entry(self.settings, self.visits, self.rooms, self.connections, self.keys, self.guesses, self.clock)

    @cached_property
    def guesses(self) -> Guesses:
        """One budget of misses for all kinds of links."""
        from shared.launch.guesses import Guesses

        return Guesses(self.clock)

    @cached_property
    def guest_links(self) -> GuestLinks:
        from shared.launch.guests import GuestLinks

        return GuestLinks(self.visits, self.rooms, self.connections, self.keys, self.guesses, self.clock)

    @cached_property
    def device_tests(self) -> DeviceTests:
        from shared.launch.device_test import DeviceTests

        return DeviceTests(self.visits, self.connections, self.keys, self.guesses, self.clock)

    @cached_property
    def visit_pages(self) -> VisitPages:
        from shared.launch.visit_page import VisitPages

        return VisitPages(
            self.settings,
            self.visits,
            self.rooms,
            self.connections,
            self.texts_on,
            self.issue_form,
            self.keys,
            self.clock,
        )

    @cached_property
    def clinician_sign_in(self) -> ClinicianSignIn:
        from shared.adapters.entra import MicrosoftSignIn
        from shared.launch.microsoft import ClinicianSignIn

        microsoft = MicrosoftSignIn(self.settings, self.identity.assertion)
        return ClinicianSignIn(
            microsoft, self.clinicians, self.connections, self.entry, self.audit, self.keys, self.clock
        )

    @cached_property
    def launches(self) -> Launches:
        from shared.launch.launch import Launches

        return Launches(
            self.settings,
            self.connections,
            self.sign_in,
            self.clinician_sign_in,
            self.clinicians,
            self.entry,
            self.issue_form,
            self.sightings,
            self.clock,
        )

    async def issue_form(self, connection: Connection, session: str, department: str) -> tuple[str, str]:
        """A form by which a clinician texts a visit's link."""
        return await self.direct_texts.issue(connection, session, department)

    async def texts_on(self, connection: Connection) -> bool:
        """Whether a text about a visit could leave."""
        return await self.direct_texts.on(connection)

    @cached_property
    def direct_texts(self) -> DirectTexts:
        from shared.messages.direct import DirectTexts

        return DirectTexts(self.visits, self.connections, self.consents.given, self.keys, self.clock)

    @cached_property
    def approvals(self) -> Approvals:
        from shared.launch.approval import Approvals

        return Approvals(self.settings, self.connections, self.sign_in, self.audit, self.keys, self.clock)

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
    def pace(self) -> Pace:
        from shared.work.pace import Pace

        return Pace(self.tables, self.settings.sms_per_minute)

    async def sender_of(self, connection_id: str) -> str:
        """The sender number of a connection's texts."""
        connection = await self.connections.get(connection_id)
        return connection.sms.sender if connection else ""

    @cached_property
    def tick(self) -> Tick:
        from shared.adapters.schema import Schema
        from shared.work.tick import Tick

        return Tick(Schema(self.tables), self.alarms, self.queues, self.pace, self.sender_of, self.clock)

    @cached_property
    def failures(self) -> Failures:
        from shared.work.failures import Failures

        return Failures(self.tables, self.queues, self.connection_of, self.audit, self.clock)

    @cached_property
    def health(self) -> Health:
        from shared.health import Health

        return Health(self.tables, self.clock)

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

    async def telling_of(self, connection_id: str) -> Telling:
        """How a connection's write-back goes."""
        from shared.diagnosis.telling import Telling

        pause, untold = await self.pauses.of(connection_id), await self.untold.of(connection_id)
        if pause is None:
            return Telling(untold=len(untold))
        return Telling(pause.since, pause.code, pause.probe, len(untold))

    @cached_property
    def fact_days(self) -> FactDays:
        from shared.reports.days import FactDays

        return FactDays(self.tables)

    @cached_property
    def fact_retention(self) -> FactRetention:
        from shared.reports.retention import FactRetention

        return FactRetention(self.tables, self.settings.tenants, self.settings.report_retention_months, self.clock)

    @cached_property
    def audit_retention(self) -> AuditRetention:
        from shared.organisations.audit_retention import AuditRetention

        return AuditRetention(self.tables, self.settings.tenants, self.settings.audit_retention_years, self.clock)

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

    async def visit_keys_of(self, connection_id: str, number: str) -> list[VisitKey]:
        """The keys under which the visit of an appointment number may stand."""
        from shared.visits.ids import visit_keys

        return visit_keys(await self.keys.ring(), connection_id, number)

    async def connection_of(self, connection_id: str) -> Connection | None:
        """A connection as workers see it."""
        return await self.connections.get(connection_id)

    async def preview(self, caller: Caller, connection_id: str, body: Mapping[str, Any]) -> SmsPreview:
        """Each text of a connection under rules that are not saved yet."""
        from shared.messages.preview import preview

        connection = await self.administration.find(caller, connection_id)
        return preview(connection, body, self.settings.public_url, self.clock())

    async def visits_today(self, connection: Connection) -> int:
        """How many booked visits of a connection start on this day of its time zone."""
        from datetime import UTC, timedelta
        from zoneinfo import ZoneInfo

        local = self.clock().astimezone(ZoneInfo(connection.zone or "UTC"))
        begins = local.replace(hour=0, minute=0, second=0, microsecond=0)
        ends = (begins + timedelta(days=1)).astimezone(UTC)
        return await self.visits.starting(connection.id, begins.astimezone(UTC), ends)

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

    async def close(self) -> None:
        """Closes every client that was opened; a process that goes on, such as a worker of the platform, never needs to."""
        made = self.__dict__
        for name in ("tables", "queues", "vault", "web", "identity"):
            if name in made:
                await made[name].close()


@cache
def services() -> Services:
    """The parts of this process, from its environment. Raises `SettingsError`."""
    return Services(Settings.from_environment())
