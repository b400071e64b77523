"""Texts by Communication Services: what leaves, and what each answer of the service means for the text."""

import logging
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local.config import SENDER_NUMBER
from shared.adapters.communication_services import CommunicationServices
from shared.adapters.gateway import LONGEST_RETRY_AFTER, RETRY_AFTER, Outgoing, Sent, Throttled, retry_after
from shared.adapters.web import Answer, UpstreamError, Web
from shared.errors import Unavailable
from tests.local.configs import a_config
from tests.local.sms.conftest import Resource, a_resource

PATIENT = "+16085550143"
BODY = "Lakeside Clinic: your video visit is on Tue, Nov 24"
TEXT = Outgoing(
    "6f1d1c02-1f53-4d1e-9b1e-0d5a7c3e9a10", datetime(2026, 11, 24, 16, 6, 51, tzinfo=UTC), SENDER_NUMBER, PATIENT, BODY,
    "demo2amer/AAAAAAAAAAAAAAAAAAAA/20261124T161500Z:scheduled:1",
)  # fmt: skip


class Answering(Web):
    """Answers as told, an exception included, and keeps what was asked."""

    def __init__(self, *answers: Answer | Exception) -> None:
        super().__init__("https://acs.example")
        self.bodies: list[Any] = []
        self._answers = list(answers)

    async def send(self, method: str, path: str, *, json_body: Any = None, **_: Any) -> Answer:
        self.bodies.append(json_body)
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


class ThroughHttpx(Web):
    """The stand-in's resource instead of a network."""

    def __init__(self, resource: Resource) -> None:
        super().__init__()
        self._resource = resource

    async def send(
        self, method: str, path: str, *, params: Mapping[str, str] | None = None, json_body: Any = None, **_: Any
    ) -> Answer:
        response = await self._resource.http.request(method, path, params=dict(params or {}), json=json_body)
        return Answer(response.status_code, response.json(), {name.lower(): v for name, v in response.headers.items()})


def item(status: int, **more: Any) -> Answer:
    """A multi-status of one."""
    return Answer(202, {"value": [{"to": PATIENT, "httpStatusCode": status, "successful": False} | more]}, {})


async def sent(answer: Answer | Exception) -> Sent:
    return await CommunicationServices(Answering(answer)).send(TEXT)


async def test_our_own_id_and_the_time_of_the_first_attempt_leave_with_each_text() -> None:
    web = Answering(item(202, messageId="Outgoing_1", successful=True))
    assert await CommunicationServices(web).send(TEXT) == Sent("Outgoing_1")
    (body,) = web.bodies
    assert body["smsRecipients"] == [
        {
            "to": PATIENT,
            "repeatabilityRequestId": TEXT.id,
            "repeatabilityFirstSent": "Tue, 24 Nov 2026 16:06:51 GMT",
        }
    ]
    assert (body["from"], body["message"]) == (SENDER_NUMBER, BODY)
    assert body["smsSendOptions"]["enableDeliveryReport"] is True
    assert body["smsSendOptions"]["tag"] == TEXT.tag


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7),
        ({"retry-after": "0"}, 1),
        ({"retry-after": "Tue, 24 Nov 2026 16:07:31 GMT", "date": "Tue, 24 Nov 2026 16:06:51 GMT"}, 40),
        ({"retry-after": "Tue, 24 Nov 2026 16:06:00 GMT", "date": "Tue, 24 Nov 2026 16:06:51 GMT"}, 1),
        ({"retry-after": "Tue, 24 Nov 2026 16:07:31 GMT"}, RETRY_AFTER.total_seconds()),
        ({"retry-after": "soon"}, RETRY_AFTER.total_seconds()),
        ({"retry-after": "\N{ARABIC-INDIC DIGIT SEVEN}"}, RETRY_AFTER.total_seconds()),
        ({"retry-after": "9" * 400}, LONGEST_RETRY_AFTER.total_seconds()),
        ({"retry-after": "86400"}, LONGEST_RETRY_AFTER.total_seconds()),
        ({}, RETRY_AFTER.total_seconds()),
    ],
)
async def test_a_busy_resource_is_left_alone_for_as_long_as_it_asks(headers: dict[str, str], seconds: float) -> None:
    with pytest.raises(Throttled) as busy:
        await sent(Answer(429, None, headers))
    assert busy.value.retry_after == timedelta(seconds=seconds) == retry_after(headers)


async def test_one_item_may_be_throttled_although_the_request_was_taken() -> None:
    answer = item(429)
    with pytest.raises(Throttled) as busy:
        await sent(Answer(202, answer.body, {"retry-after": "12"}))
    assert busy.value.retry_after == timedelta(seconds=12)


@pytest.mark.parametrize(
    "answer",
    [
        UpstreamError("ServiceResponseTimeoutError"),
        *(Answer(status, None, {}) for status in (408, 500, 502, 503, 504, 301)),
        *(item(status) for status in (408, 500, 503)),
        Answer(202, None, {}),
        Answer(202, {"value": []}, {}),
        Answer(202, {"value": "later"}, {}),
        Answer(202, {"value": [{}]}, {}),
        Answer(200, [], {}),
    ],
)
async def test_what_may_pass_is_asked_again_with_the_same_id(answer: Answer | Exception) -> None:
    assert CommunicationServices.repeatable
    with pytest.raises(Unavailable):
        await sent(answer)


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ("Invalid To phone number format.", "invalid_number"),
        ("Invalid recipient phone number format", "invalid_number"),
        ("The recipient has opted out.", "opted_out"),
        ("The repeatabilityRequestId was used for another request.", "other"),
        ("", "other"),
    ],
)
async def test_an_item_that_is_refused_for_good_says_why(message: str, reason: str) -> None:
    refused = await sent(item(400, errorMessage=message))
    assert (refused.accepted, refused.reason) == (False, reason)


async def test_a_request_that_breaks_the_contract_is_not_sent_again_and_again() -> None:
    refused = await sent(Answer(400, {"From": ["Invalid From phone number format"]}, {}))
    assert (refused.accepted, refused.reason) == (False, "other")


@pytest.mark.parametrize("answer", [*(Answer(status, None, {}) for status in (401, 403, 404)), item(401), item(403)])
async def test_a_fault_of_our_set_up_fails_no_text_and_is_logged_once_without_content(
    answer: Answer, caplog: pytest.LogCaptureFixture
) -> None:
    good = item(202, messageId="Outgoing_1", successful=True)
    gateway = CommunicationServices(Answering(answer, answer, answer, good, answer))
    with caplog.at_level(logging.DEBUG):
        for _ in range(3):
            with pytest.raises(Unavailable):
                await gateway.send(TEXT)
        assert [record.levelname for record in caplog.records] == ["WARNING"]
        assert (await gateway.send(TEXT)).accepted
        with pytest.raises(Unavailable):
            await gateway.send(TEXT)
    assert len(caplog.records) == 2
    for secret in (PATIENT, PATIENT[1:], SENDER_NUMBER, BODY, TEXT.id, TEXT.tag):
        assert secret not in caplog.text


@pytest.fixture(scope="module")
async def resource(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Resource]:
    async with a_resource(a_config(tmp_path_factory.mktemp("gateway"))) as (resource, _):
        yield resource


async def test_the_stand_in_takes_a_text_once_however_often_it_is_sent(resource: Resource) -> None:
    gateway = CommunicationServices(ThroughHttpx(resource))
    first = await gateway.send(TEXT)
    assert first.accepted
    assert await gateway.send(TEXT) == first
    assert [text["id"] for text in await resource.texts(PATIENT)] == [first.message_id]


async def test_the_stand_ins_pace_and_refusals_are_understood(resource: Resource) -> None:
    gateway = CommunicationServices(ThroughHttpx(resource))
    landline = Outgoing(TEXT.id, TEXT.first_attempt, SENDER_NUMBER, "+1608555", BODY, "")
    assert await gateway.send(landline) == Sent("", "invalid_number")
    foreign = Outgoing(TEXT.id, TEXT.first_attempt, "+18335550199", PATIENT, BODY, "")
    with pytest.raises(Unavailable):
        await gateway.send(foreign)
    await resource.control.put("/sms/quotas", json={"texts_per_minute": 0})
    other = Outgoing("7f1d1c02-1f53-4d1e-9b1e-0d5a7c3e9a10", TEXT.first_attempt, SENDER_NUMBER, PATIENT, BODY, "")
    with pytest.raises(Throttled) as busy:
        await gateway.send(other)
    assert timedelta(seconds=1) <= busy.value.retry_after <= timedelta(seconds=60)
