"""Which gateway a text leaves by: the deployment's settings, and the connection's own choice."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.adapters.communication_services import CommunicationServices
from shared.adapters.sns import Sns
from shared.errors import Refused
from shared.organisations.access import ADMIN, Caller
from shared.organisations.audit import Audit
from shared.organisations.connection import Connection, SmsRules
from shared.organisations.connections import Connections
from shared.organisations.texting import TextSettings
from shared.services import Services
from shared.settings import Settings, SettingsError
from tests.builders import StillClock
from tests.memory import MemoryTables

TENANT = "aaaaaaaa-0000-4000-8000-000000000000"
ENVIRONMENT = {
    "PUBLIC_URL": "https://us", "PORTAL_URL": "https://portal", "ENTRA_TENANT_ID": TENANT,
    "ENTRA_CLIENT_ID": "c0a8a5f2-77f0-4f3b-8f39-3c9d6f4c2b51",
    "VAULT_URL": "https://v", "SMS_ENDPOINT": "https://s", "AzureWebJobsStorage": "UseDevelopmentStorage=true",
}  # fmt: skip
OF_SNS = {
    "SNS_REGION": "eu-central-1",
    "SNS_ROLE_ARN": "arn:aws:iam::123456789012:role/visitbridge-texts",
    "SNS_AUDIENCE": "api://visitbridge-aws",
}
CONNECTION = Connection("demo2amer", TENANT, "https://fhir.example.org/r4", "testing", "America/Chicago", "")
ADMINISTRATOR = Caller(TENANT, "somebody", frozenset({ADMIN}))


def settings(**changes: str) -> Settings:
    return Settings.from_environment(ENVIRONMENT | changes)


def choosing(gateway: Any) -> Connection:
    return replace(CONNECTION, sms=SmsRules(gateway=gateway))


@pytest.mark.parametrize(
    ("stamp", "chosen", "kind"),
    [
        ("", "", CommunicationServices), ("", "sns", Sns), ("", "acs", CommunicationServices), ("acs", "", CommunicationServices),
        ("sns", "", Sns), ("sns", "acs", CommunicationServices), ("sns", "sns", Sns),
    ],
)  # fmt: skip
def test_a_connections_choice_comes_before_the_deployments(stamp: str, chosen: str, kind: type) -> None:
    parts = Services(settings(SMS_GATEWAY=stamp, **OF_SNS))
    gateway = parts.gateway_of(choosing(chosen))
    assert type(gateway) is kind
    assert parts.gateway_of(choosing(chosen)) is gateway


def test_without_settings_of_sns_there_is_one_gateway() -> None:
    assert settings().sms_gateways == ("acs",)
    assert settings(**OF_SNS).sms_gateways == ("acs", "sns")


@pytest.mark.parametrize("missing", OF_SNS)
@pytest.mark.parametrize("stamp", ["acs", "sns"])
def test_settings_of_sns_are_given_together_or_the_app_does_not_start(stamp: str, missing: str) -> None:
    given = {name: value for name, value in OF_SNS.items() if name != missing}
    with pytest.raises(SettingsError, match=missing):
        settings(SMS_GATEWAY=stamp, **given)


@pytest.mark.parametrize(
    ("name", "value"),
    [("SMS_GATEWAY", "twilio"), ("SNS_ROLE_ARN", "visitbridge-texts"), ("SNS_ENDPOINT", "http://localhost:5000")],
)
def test_a_setting_that_cannot_be_meant_keeps_the_app_from_starting(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        settings(**OF_SNS | {name: value})


def test_one_look_at_the_log_names_all_that_sns_needs() -> None:
    with pytest.raises(SettingsError, match=r"(?s)SNS_REGION .*\nSNS_ROLE_ARN .*\nSNS_AUDIENCE"):
        settings(SMS_GATEWAY="sns")


def test_an_endpoint_of_a_test_is_for_the_local_stack_only() -> None:
    local = settings(**OF_SNS, SNS_ENDPOINT="http://localhost:5000/", ALLOW_LOOPBACK="true")
    assert local.sns_endpoint == "http://localhost:5000"


class Agreed:
    """Both consents stand."""

    async def given(self, tenant: str) -> bool:
        return True


async def _claim(tenant: str, number: str) -> None:
    """Nobody else has it."""


async def changed(body: dict[str, Any], gateways: tuple[str, ...]) -> SmsRules:
    tables, clock = MemoryTables(), StillClock(datetime(2026, 11, 24, tzinfo=UTC))
    connections = Connections(tables, (TENANT,), clock)
    await connections.add(CONNECTION)
    nothing: Any = Agreed()
    texts = TextSettings(connections, nothing, _claim, nothing, Audit(tables, clock), clock, lambda _: {}, gateways)
    shown = await texts.change(ADMINISTRATOR, CONNECTION.id, body, {})
    saved = await connections.require(CONNECTION.id, TENANT)
    assert shown.gateway == saved.sms.gateway
    return saved.sms


@pytest.mark.parametrize("gateway", ["", "acs", "sns"])
async def test_a_connection_keeps_the_gateway_that_was_chosen(gateway: str) -> None:
    assert (await changed({"gateway": gateway}, ("acs", "sns"))).gateway == gateway


async def test_a_gateway_that_is_not_set_up_cannot_be_chosen() -> None:
    with pytest.raises(Refused) as refused:
        await changed({"gateway": "sns"}, ("acs",))
    assert refused.value.fields == {"gateway": "not set up for this deployment"}


@pytest.mark.parametrize("gateway", ["twilio", None, 1, "SNS"])
async def test_a_gateway_that_there_is_not_cannot_be_chosen(gateway: Any) -> None:
    with pytest.raises(Refused, match=r"request.invalid"):
        await changed({"gateway": gateway}, ("acs", "sns"))


async def test_other_changes_leave_the_choice_alone() -> None:
    assert (await changed({"enabled": False}, ("acs",))).gateway == ""
