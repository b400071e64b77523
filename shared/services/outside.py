"""The world around a stamp: its storage, vault and identity, its keys, and the services it calls."""

from __future__ import annotations

from functools import cache, cached_property, partial
from typing import TYPE_CHECKING

from shared.clock import Clock, wall_clock
from shared.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

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
    from shared.keys.ahead import Assertions
    from shared.keys.keys import Keys
    from shared.keys.signing import Signer
    from shared.organisations.connection import Connection

GRAPH_SCOPE = "https://graph.microsoft.com/.default"
# The double slash is what the service's own clients ask for.
SMS_SCOPE = "https://communication.azure.com//.default"


class OutsideServices:
    """The world around a stamp: its storage, vault and identity, its keys, and the services it calls."""

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
    def directory(self) -> Directory:
        from shared.adapters.directory import Directory

        return Directory(self.graph_web)

    @cached_property
    def tokens(self) -> TenantTokens:
        from shared.adapters.entra import TenantTokens

        return TenantTokens(self.settings, self.web, self.clock)

    @cached_property
    def epic(self) -> EpicServers:
        from shared.adapters.epic import EpicServers

        return EpicServers(self.web, allow_loopback=self.settings.allow_loopback)

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
    def keys(self) -> Keys:
        from shared.keys.keys import Keys

        return Keys(self.vault)

    @cached_property
    def signer(self) -> Signer:
        from shared.keys.signing import Signer

        return Signer(self.vault, self.clock)

    @cached_property
    def assertions(self) -> Assertions:
        from shared.keys.ahead import Assertions

        return Assertions(self.signer, self.clock)
