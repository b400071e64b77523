"""Microsoft's own client, msgraph-sdk, does over TLS what the product does; it judges the stand-in's shapes."""

import ssl
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio
from azure.core.credentials import AccessToken
from kiota_abstractions.api_error import APIError
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_authentication_azure.azure_identity_authentication_provider import AzureIdentityAuthenticationProvider
from msgraph.generated.models.lobby_bypass_scope import LobbyBypassScope
from msgraph.generated.models.lobby_bypass_settings import LobbyBypassSettings
from msgraph.generated.models.meeting_chat_mode import MeetingChatMode
from msgraph.generated.models.online_meeting import OnlineMeeting
from msgraph.generated.models.online_meeting_presenters import OnlineMeetingPresenters
from msgraph.generated.models.subscription import Subscription
from msgraph.generated.users.item.online_meetings.create_or_get.create_or_get_post_request_body import (
    CreateOrGetPostRequestBody,
)
from msgraph.graph_request_adapter import GraphRequestAdapter
from msgraph.graph_service_client import GraphServiceClient
from msgraph_core import GraphClientFactory  # type: ignore[import-untyped]

from local.config import StackConfig
from local.graph.app import create
from tests.local.graph.world import CLINICIAN, Entra, Subscriber, World
from tests.local.serving import serving

# Every generated request builder warns, as it is imported, of classes that are in it for older code.
pytestmark = pytest.mark.filterwarnings("ignore:This class is deprecated:DeprecationWarning")


class Credential:
    """Hands out the application's token."""

    def __init__(self, entra: Entra) -> None:
        self._entra = entra

    async def get_token(self, *_: str, **__: Any) -> AccessToken:
        """With all permissions, for an hour."""
        return AccessToken(self._entra.app_token(), int(time.time()) + 3600)

    async def close(self) -> None:
        """Nothing is open."""

    async def __aenter__(self) -> "Credential":
        return self

    async def __aexit__(self, *_: object) -> None:
        """Nothing is open."""


@pytest_asyncio.fixture
async def served(config: StackConfig, entra: Entra, subscriber: Subscriber) -> AsyncIterator[World]:
    """A fresh Graph, served over TLS."""
    # The SDK replaces its client's transport and never closes the one it found: it is closed here.
    async with (
        serving(create(config), config),
        httpx.AsyncHTTPTransport(verify=ssl.create_default_context(cafile=str(config.bundle))) as transport,
        httpx.AsyncClient(transport=transport) as graph,
        httpx.AsyncClient(base_url=config.control, trust_env=False) as control,
    ):
        yield World(config, entra, subscriber, graph, control)


def client(served: World, version: str = "v1.0") -> GraphServiceClient:
    """The SDK's client, told where Graph is and whom to trust."""
    provider = AzureIdentityAuthenticationProvider(
        Credential(served.entra), scopes=["https://graph.microsoft.com/.default"]
    )
    adapter = GraphRequestAdapter(provider, GraphClientFactory.create_with_default_middleware(client=served.graph))
    adapter.base_url = f"{served.config.graph}/{version}"
    return GraphServiceClient(request_adapter=adapter)


async def test_a_meeting_lives_its_life_through_the_sdk(served: World) -> None:
    meetings = client(served).users.by_user_id(CLINICIAN.oid).online_meetings
    start = datetime(2026, 11, 23, 15, tzinfo=UTC)
    body = CreateOrGetPostRequestBody(
        external_id="visit-1",
        subject="Virtual visit",
        start_date_time=start,
        end_date_time=start + timedelta(minutes=30),
    )
    made = await meetings.create_or_get.post(body)
    again = await meetings.create_or_get.post(body)
    assert made is not None
    assert again is not None
    assert (made.id, made.start_date_time) == (again.id, start)
    one = meetings.by_online_meeting_id(str(made.id))
    change = OnlineMeeting(
        allowed_presenters=OnlineMeetingPresenters.Organizer,
        allow_meeting_chat=MeetingChatMode.Limited,
        lobby_bypass_settings=LobbyBypassSettings(scope=LobbyBypassScope.Organizer, is_dial_in_bypass_enabled=False),
    )
    assert await one.patch(change)
    got = await one.get()
    assert got is not None
    assert got.lobby_bypass_settings is not None
    assert (got.lobby_bypass_settings.scope, got.allow_meeting_chat) == (
        LobbyBypassScope.Organizer,
        MeetingChatMode.Limited,
    )
    await one.delete()
    with pytest.raises(APIError) as refused:
        await one.get()
    assert refused.value.response_status_code == 404


async def test_a_refusal_reaches_the_sdks_caller_with_code_and_message(served: World) -> None:
    await served.control.put("/graph/access-policy", json={"granted": False})
    meetings = client(served).users.by_user_id(CLINICIAN.oid).online_meetings
    with pytest.raises(APIError) as refused:
        await meetings.create_or_get.post(CreateOrGetPostRequestBody(external_id="visit-1"))
    error: Any = refused.value
    assert (error.error.code, error.error.message) == ("Forbidden", "No application access policy found for this app")
    assert error.error.inner_error.request_id


async def test_the_sdk_waits_as_long_as_it_is_told(served: World) -> None:
    """The SDK's own retry handler follows Retry-After."""
    await served.control.put("/graph/throttle", json={"calls": 1, "retry_after": 1})
    begun = time.monotonic()
    users = await client(served).users.get()
    assert users is not None
    assert time.monotonic() - begun >= 1


async def test_the_sdk_subscribes_renews_and_ends(served: World) -> None:
    sdk = client(served, "beta")
    made = await sdk.users.by_user_id(CLINICIAN.oid).online_meetings.create_or_get.post(
        CreateOrGetPostRequestBody(external_id="visit-1")
    )
    assert made is not None
    raw = served.subscription(str(made.join_web_url))
    expires = datetime.fromisoformat(raw["expirationDateTime"])
    subscription = await sdk.subscriptions.post(
        Subscription(
            change_type=raw["changeType"],
            notification_url=raw["notificationUrl"],
            lifecycle_notification_url=raw["lifecycleNotificationUrl"],
            resource=raw["resource"],
            include_resource_data=True,
            encryption_certificate=raw["encryptionCertificate"],
            encryption_certificate_id=raw["encryptionCertificateId"],
            expiration_date_time=expires,
            client_state=raw["clientState"],
        )
    )
    assert subscription is not None
    assert subscription.expiration_date_time == expires
    one = sdk.subscriptions.by_subscription_id(str(subscription.id))
    later = expires + timedelta(hours=1)
    renewed = await one.patch(Subscription(expiration_date_time=later))
    assert renewed is not None
    assert renewed.expiration_date_time == later
    await served.control.post(f"/meetings/{made.id}/roster", json={"participant": "Pat", "action": "lobby"})
    assert [event["eventType"] for event in served.events()] == ["callStarted", "rosterUpdated"]
    await one.delete()
    listed = await sdk.subscriptions.get()
    assert listed is not None
    assert listed.value == []


async def test_the_sdk_searches_people(served: World) -> None:
    from msgraph.generated.users.users_request_builder import UsersRequestBuilder

    query = UsersRequestBuilder.UsersRequestBuilderGetQueryParameters(
        search='"displayName:bell"', select=["id", "displayName"]
    )
    configuration = RequestConfiguration(query_parameters=query)
    configuration.headers.add("ConsistencyLevel", "eventual")
    found = await client(served).users.get(configuration)
    assert found is not None
    assert [(user.id, user.display_name) for user in found.value or []] == [(CLINICIAN.oid, CLINICIAN.name)]


async def test_the_sdk_reads_attendance_and_call_records(served: World) -> None:
    sdk = client(served)
    meetings = sdk.users.by_user_id(CLINICIAN.oid).online_meetings
    made = await meetings.create_or_get.post(CreateOrGetPostRequestBody(external_id="visit-1"))
    assert made is not None
    for action, who in (("join", "Pat"), ("join", CLINICIAN.oid), ("end", "")):
        await served.control.post(f"/meetings/{made.id}/roster", json={"participant": who, "action": action})
    reports = meetings.by_online_meeting_id(str(made.id)).attendance_reports
    listed = await reports.get()
    assert listed is not None
    (report,) = listed.value or []
    from msgraph.generated.users.item.online_meetings.item.attendance_reports.item import (
        meeting_attendance_report_item_request_builder as report_builder,
    )

    builder = report_builder.MeetingAttendanceReportItemRequestBuilder
    expand = builder.MeetingAttendanceReportItemRequestBuilderGetQueryParameters(expand=["attendanceRecords"])
    one = reports.by_meeting_attendance_report_id(str(report.id))
    full = await one.get(RequestConfiguration(query_parameters=expand))
    assert full is not None
    assert [record.role for record in full.attendance_records or []] == ["Presenter", "Organizer"]
    records = await sdk.communications.call_records.get()
    assert records is not None
    (record,) = records.value or []
    assert record.join_web_url == made.join_web_url
    whole = await sdk.communications.call_records.by_call_record_id(str(record.id)).get()
    assert whole is not None
    assert len(whole.participants_v2 or []) == 2
