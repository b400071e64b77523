"""Texts by Amazon SNS: real boto3 against moto's server on loopback, and against servers that fail in each way.

moto keeps what would have been sent; `moto-api/data.json` lists it.
"""

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from moto.server import ThreadedMotoServer

from shared.adapters import aws, sns
from shared.adapters.aws import Role, RoleClients
from shared.adapters.gateway import LONGEST_RETRY_AFTER, RETRY_AFTER, OutcomeUnknown, Outgoing, Sent, Throttled
from shared.adapters.sns import Sns
from shared.errors import Unavailable
from tests.adapters.aws_side import Faulty, listening, refusal
from tests.local.configs import a_config

ARN = "arn:aws:iam::123456789012:role/visitbridge-texts"
PATIENT = "+4917012345678"
BODY = "Lakeside Clinic: su videoconsulta"
TEXT = Outgoing(
    "an id that SNS does not take", datetime(2026, 11, 24, 16, tzinfo=UTC), "+18335550100", PATIENT, BODY, "t"
)


class Token:
    """Gives the managed identity's token, and counts."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self) -> str:
        self.asked += 1
        return f"token {self.asked}"


@pytest.fixture
def faulty() -> Iterator[Faulty]:
    with listening(Faulty()) as faulty:
        yield faulty


def gateway_at(faulty: Faulty, token: Token | None = None) -> Sns:
    return Sns(RoleClients("sns", Role(ARN, "eu-central-1", faulty.url), token or Token(), faulty.clock))


class Fixed(RoleClients):
    """Gives one client."""

    def __init__(self, client: Any) -> None:
        self._standing = client

    def get(self) -> Any:
        return self._standing


def client_of(url: str) -> Any:
    from boto3.session import Session  # type: ignore[import-untyped]

    return Session().client(
        "sns", "eu-central-1", endpoint_url=url, aws_access_key_id="a", aws_secret_access_key="s", config=aws._config()
    )


@pytest.fixture(scope="module")
def moto() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def sns_of_moto(moto: str) -> Sns:
    httpx.post(f"{moto}/moto-api/reset")
    return Sns(RoleClients("sns", Role(ARN, "eu-central-1", moto), Token(), lambda: datetime.now(UTC)))


def texts_at(moto: str) -> list[dict[str, Any]]:
    """What moto says was sent, in every account and region."""
    models = httpx.get(f"{moto}/moto-api/data.json").json()["sns"]
    return [each for name, items in models.items() if name == "SMS" for each in items]


async def test_a_text_leaves_by_the_real_client_with_the_roles_keys(moto: str, sns_of_moto: Sns) -> None:
    sent = await sns_of_moto.send(TEXT)
    assert sent.accepted
    (text,) = texts_at(moto)
    assert (text["message_id"], text["phone_number"], text["message"]) == (sent.message_id, PATIENT, BODY)


async def test_a_number_that_is_none_is_refused_for_good(moto: str, sns_of_moto: Sns) -> None:
    refused = await sns_of_moto.send(Outgoing("", TEXT.first_attempt, TEXT.sender, "+0160855501", BODY, ""))
    assert refused == Sent("", "invalid_number")
    assert texts_at(moto) == []


async def test_who_is_on_the_accounts_own_opt_out_list_gets_nothing(moto: str, sns_of_moto: Sns) -> None:
    """moto takes numbers that end in 99 for opted out."""
    refused = await sns_of_moto.send(Outgoing("", TEXT.first_attempt, TEXT.sender, "+16085550199", BODY, ""))
    assert refused == Sent("", "opted_out")
    assert texts_at(moto) == []


@pytest.mark.parametrize(
    ("sender", "attribute"),
    [("+18335550100", "AWS.MM.SMS.OriginationNumber"), ("Lakeside", "AWS.SNS.SMS.SenderID")],
)
async def test_the_request_names_kind_and_sender_and_carries_no_secret_of_ours(
    faulty: Faulty, sender: str, attribute: str
) -> None:
    gateway = gateway_at(faulty)
    assert await gateway.send(Outgoing("", TEXT.first_attempt, sender, PATIENT, BODY, "")) == Sent("m-1")
    assume, check, publish = faulty.asked
    assert [asked.action for asked in faulty.asked] == [
        "AssumeRoleWithWebIdentity", "CheckIfPhoneNumberIsOptedOut", "Publish",
    ]  # fmt: skip
    assert (assume.parameters["RoleArn"], assume.parameters["WebIdentityToken"]) == (ARN, "token 1")
    assert assume.authorization == ""
    assert check.parameters["phoneNumber"] == publish.parameters["PhoneNumber"] == PATIENT
    assert "Credential=ASIATEST/" in publish.authorization
    attributes = {
        publish.parameters[name]: publish.parameters[name.replace("Name", "Value.StringValue")]
        for name in publish.parameters
        if name.startswith("MessageAttributes.") and name.endswith(".Name")
    }
    assert attributes == {"AWS.SNS.SMS.SMSType": "Transactional", attribute: sender}


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (429, "Throttled"),
        (400, "Throttling"),
        (400, "ThrottlingException"),
        (503, "Throttling"),
        (400, "RequestLimitExceeded"),
    ],
)
async def test_a_throttled_text_was_not_sent_and_may_come_again(faulty: Faulty, status: int, code: str) -> None:
    faulty.publishes(status, code)
    with pytest.raises(Throttled) as busy:
        await gateway_at(faulty).send(TEXT)
    assert busy.value.retry_after == RETRY_AFTER
    assert faulty.count("Publish") == 1


@pytest.mark.parametrize(("asked", "seconds"), [("7", 7.0), ("86400", LONGEST_RETRY_AFTER.total_seconds())])
async def test_the_pause_that_it_asks_for_is_kept(faulty: Faulty, asked: str, seconds: float) -> None:
    faulty.publishes(429, "Throttled", Retry_After=asked)
    with pytest.raises(Throttled) as busy:
        await gateway_at(faulty).send(TEXT)
    assert busy.value.retry_after == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("code", "message", "reason"),
    [
        (
            "InvalidParameter",
            f"Invalid parameter: PhoneNumber Reason: {PATIENT} is not valid to publish to",
            "invalid_number",
        ),
        ("InvalidParameter", "Phone number does not meet the E164 format", "invalid_number"),
        ("InvalidParameter", "Invalid parameter: Message Reason: Empty message", "other"),
        ("OptedOut", "opted out", "opted_out"),
        ("NotFound", "Topic does not exist", "other"),
    ],
)
async def test_a_permanent_refusal_has_its_reason(faulty: Faulty, code: str, message: str, reason: str) -> None:
    faulty.publishes(400, code, message)
    refused = await gateway_at(faulty).send(TEXT)
    assert (refused.accepted, refused.reason) == (False, reason)
    assert faulty.count("Publish") == 1


@pytest.mark.parametrize(
    "answer",
    [
        "closed", "half",
        (500, refusal("InternalError", "no"), {}), (503, refusal("ServiceUnavailable", "no"), {}), (502, "<html>", {}),
        (408, refusal("RequestTimeout", "no"), {}), (200, "not what SNS says", {}),
        (200, "<PublishResponse><PublishResult/></PublishResponse>", {}),
    ],
)  # fmt: skip
async def test_what_may_have_been_sent_is_never_sent_again(faulty: Faulty, answer: Any) -> None:
    faulty.answers["Publish"] = answer
    assert not Sns.repeatable
    with pytest.raises(OutcomeUnknown):
        await gateway_at(faulty).send(TEXT)
    assert faulty.count("Publish") == 1


async def test_no_answer_in_time_is_no_reason_to_send_again(faulty: Faulty, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aws, "READ_SECONDS", 0.3)
    faulty.answers["Publish"] = "silence"
    with pytest.raises(OutcomeUnknown):
        await Sns(Fixed(client_of(faulty.url))).send(TEXT)
    assert faulty.count("Publish") == 1


async def test_a_call_that_does_not_end_is_waited_for_so_long_and_no_longer(
    faulty: Faulty, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sns, "WHOLE_SECONDS", 0.3)
    faulty.answers["Publish"] = "silence"
    with pytest.raises(OutcomeUnknown):
        await gateway_at(faulty).send(TEXT)


async def test_a_text_that_never_left_may_come_again() -> None:
    with listening(Faulty()) as gone:
        client = client_of(gone.url)
    with pytest.raises(Unavailable):
        await Sns(Fixed(client)).send(TEXT)


async def test_an_endpoint_with_a_foreign_certificate_hears_nothing(tmp_path: Path) -> None:
    config = a_config(tmp_path)
    with listening(Faulty(), (config.server_certificate, config.server_key)) as foreign:
        with pytest.raises(Unavailable):
            await Sns(Fixed(client_of(foreign.url))).send(TEXT)
        assert foreign.asked == []


async def test_what_comes_before_the_text_may_not_use_up_its_time(
    faulty: Faulty, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sns, "PREPARATION_SECONDS", -1)
    with pytest.raises(Unavailable):
        await gateway_at(faulty).send(TEXT)
    assert faulty.count("Publish") == 0


async def test_an_opt_out_list_that_cannot_be_read_keeps_no_text(faulty: Faulty) -> None:
    faulty.answers["CheckIfPhoneNumberIsOptedOut"] = (403, refusal("AuthorizationError", "no"), {})
    assert await gateway_at(faulty).send(TEXT) == Sent("m-1")


async def test_keys_are_kept_until_shortly_before_they_end(faulty: Faulty) -> None:
    token = Token()
    gateway = gateway_at(faulty, token)
    for minutes, keys in ((0, 1), (30, 1), (24, 1), (2, 2), (1, 2)):
        faulty.clock.now += timedelta(minutes=minutes)
        assert (await gateway.send(TEXT)).accepted
        assert (faulty.count("AssumeRoleWithWebIdentity"), token.asked) == (keys, keys)


async def test_no_text_leaves_by_a_connection_that_the_other_side_may_just_have_closed(faulty: Faulty) -> None:
    gateway = gateway_at(faulty)
    for _ in range(3):
        assert (await gateway.send(TEXT)).accepted
    assert faulty.kept == faulty.count("AssumeRoleWithWebIdentity") == 1


@pytest.mark.parametrize("code", ["ExpiredToken", "InvalidClientTokenId"])
async def test_keys_that_are_refused_are_made_anew(faulty: Faulty, code: str) -> None:
    gateway = gateway_at(faulty)
    faulty.publishes(403, code)
    with pytest.raises(Unavailable):
        await gateway.send(TEXT)
    faulty.answers.clear()
    assert (await gateway.send(TEXT)).accepted
    assert faulty.count("AssumeRoleWithWebIdentity") == 2


@pytest.mark.parametrize(
    ("action", "status", "code"),
    [
        ("Publish", 403, "AuthorizationError"), ("Publish", 403, "SignatureDoesNotMatch"), ("Publish", 400, "AccessDenied"),
        ("AssumeRoleWithWebIdentity", 403, "AccessDenied"), ("AssumeRoleWithWebIdentity", 400, "InvalidIdentityToken"),
        ("AssumeRoleWithWebIdentity", 500, "InternalFailure"),
    ],
)  # fmt: skip
async def test_a_fault_of_our_set_up_fails_no_text_and_is_logged_once_without_content(
    faulty: Faulty, caplog: pytest.LogCaptureFixture, action: str, status: int, code: str
) -> None:
    faulty.answers[action] = (status, refusal(code, f"{PATIENT} subject-of-the-token"), {})
    gateway = gateway_at(faulty)
    with caplog.at_level(logging.INFO):
        for _ in range(3):
            with pytest.raises(Unavailable):
                await gateway.send(TEXT)
    ours = [record for record in caplog.records if record.name.startswith("shared")]
    assert [(record.levelname, code in record.getMessage()) for record in ours] == [("WARNING", True)]
    for secret in (PATIENT, BODY, "subject-of-the-token", "ASIATEST", "session", "token 1"):
        assert secret not in caplog.text


async def test_no_variable_of_the_machine_leads_elsewhere(faulty: Faulty, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SNS", "AWS_ENDPOINT_URL_STS"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAOFTHEMACHINE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "5")
    faulty.publishes(500, "InternalError")
    with pytest.raises(OutcomeUnknown):
        await gateway_at(faulty).send(TEXT)
    assert faulty.count("Publish") == 1
    assert "Credential=ASIATEST/" in faulty.asked[-1].authorization


def test_without_an_endpoint_the_regions_own_is_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    from boto3.session import Session

    for service in ("sts", "sns"):
        client = Session("a", "s", region_name="eu-central-1").client(service, config=aws._config())
        assert client.meta.endpoint_url == f"https://{service}.eu-central-1.amazonaws.com"


def test_boto3_is_loaded_by_whoever_chooses_it_and_by_nobody_else() -> None:
    code = "import sys; import function_app, shared.services, shared.adapters.sns; print('boto3' in sys.modules)"
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=dict(os.environ)
    )
    assert found.stdout.strip() == "False"
