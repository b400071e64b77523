"""Requests by hand: repeatability, which the SDK hides, and everything that breaks the contract."""

import uuid
from typing import Any

import pytest

from local.config import SENDER_NUMBER
from tests.local.sms.conftest import Json, Resource

FIRST_SENT = "Tue, 26 Mar 2019 16:06:51 GMT"


def recipient(to: str, request_id: str | None = None, first_sent: str | None = FIRST_SENT) -> Json:
    return {"to": to, "repeatabilityRequestId": request_id or str(uuid.uuid4()), "repeatabilityFirstSent": first_sent}


async def test_the_same_request_twice_sends_one_text(resource: Resource, patient: str) -> None:
    one = recipient(patient)
    first = (await resource.send([one])).json()["value"][0]
    again = (await resource.send([one | {"repeatabilityRequestId": one["repeatabilityRequestId"].upper()}])).json()
    assert first["repeatabilityResult"] == "accepted"
    assert again["value"] == [first]
    assert [text["id"] for text in await resource.texts(patient)] == [first["messageId"]]


async def test_another_id_sends_another_text(resource: Resource, patient: str) -> None:
    for _ in range(2):
        await resource.send([recipient(patient)])
    assert len(await resource.texts(patient)) == 2


async def test_an_id_is_remembered_after_the_messages_are_emptied(resource: Resource, patient: str) -> None:
    one = recipient(patient)
    await resource.send([one])
    assert (await resource.control.delete("/messages")).status_code == 204
    assert (await resource.send([one])).status_code == 202
    assert await resource.texts(patient) == []


@pytest.mark.parametrize(
    "change",
    [
        {"repeatabilityRequestId": "visit-1"},
        {"repeatabilityRequestId": "{6f1d1c02-1f53-4d1e-9b1e-0d5a7c3e9a10}"},
        {"repeatabilityRequestId": ""},
        {"repeatabilityRequestId": None},
        {"repeatabilityFirstSent": "2019-03-26T16:06:51Z"},
        {"repeatabilityFirstSent": "Mon, 26 Mar 2019 16:06:51 GMT"},
        {"repeatabilityFirstSent": "Tue, 26 Mar 2019 16:06:51 +0000"},
        {"repeatabilityFirstSent": None},
    ],
)
async def test_a_malformed_repeatability_pair_fails_its_recipient_alone(
    resource: Resource, patient: str, change: Json
) -> None:
    other = patient.replace("+1608", "+1312")
    broken = {name: value for name, value in (recipient(patient) | change).items() if value is not None}
    answer = await resource.send([broken, recipient(other)])
    bad, good = answer.json()["value"]
    assert (answer.status_code, bad["httpStatusCode"], bad["successful"]) == (202, 400, False)
    assert (good["httpStatusCode"], good["repeatabilityResult"]) == (202, "accepted")
    assert await resource.texts(patient) == []


@pytest.mark.parametrize("other", [{"to": "+13125550199"}, {"repeatabilityFirstSent": "Tue, 26 Mar 2019 16:06:52 GMT"}])
async def test_an_id_used_for_something_else_is_rejected(resource: Resource, patient: str, other: Json) -> None:
    one = recipient(patient)
    await resource.send([one])
    (result,) = (await resource.send([one | other])).json()["value"]
    assert (result["httpStatusCode"], result["repeatabilityResult"]) == (400, "rejected")
    assert len(await resource.texts(patient)) == 1
    assert await resource.texts("+13125550199") == []


GOOD: Json = {"from": SENDER_NUMBER, "message": "Hello", "smsRecipients": [{"to": "+13125550198"}]}


@pytest.mark.parametrize(
    "change",
    [
        {"from": None},
        {"from": "VisitBridge"},
        {"message": None},
        {"message": 5},
        {"message": "x" * 2049},
        {"smsRecipients": None},
        {"smsRecipients": []},
        {"smsRecipients": {"to": "+13125550198"}},
        {"smsRecipients": [{"to": "+13125550198"}] * 101},
        {"smsRecipients": ["+13125550198"]},
        {"smsRecipients": [{"phone": "+13125550198"}]},
        {"smsRecipients": [{"to": "+13125550198", "repeatabilityRequestId": 1}]},
        {"smsRecipients": [{"to": "+13125550198", "repeatabilityFirstSent": None}]},
        {"smsSendOptions": None},
        {"smsSendOptions": {}},
        {"smsSendOptions": {"enableDeliveryReport": "yes"}},
        {"smsSendOptions": {"enableDeliveryReport": True, "tag": 1}},
        {"smsSendOptions": {"enableDeliveryReport": True, "deliveryReportTimeoutInSeconds": 59}},
        {"smsSendOptions": {"enableDeliveryReport": True, "deliveryReportTimeoutInSeconds": 43201}},
    ],
)
async def test_a_body_that_breaks_the_contract_sends_nothing(resource: Resource, change: Json) -> None:
    answer = await resource.post("/sms", GOOD | change)
    assert answer.status_code == 400
    assert all(isinstance(why, list) for why in answer.json().values())
    assert await resource.texts("+13125550198") == []


async def test_the_longest_message_and_the_most_recipients_are_taken(resource: Resource) -> None:
    many = [{"to": f"+1312556{number:04d}"} for number in range(100)]
    answer = await resource.send(many, "x" * 2048)
    assert {each["httpStatusCode"] for each in answer.json()["value"]} == {202}


@pytest.mark.parametrize("raw", [b"{", b"[]", b"\xff"])
async def test_a_body_that_is_no_json_object_is_refused(resource: Resource, raw: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    answer = await resource.http.post("/sms", params={"api-version": "2026-01-23"}, content=raw, headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "BadRequest")


@pytest.mark.parametrize(
    ("path", "params", "code"),
    [
        ("/sms", {}, "ApiVersionUnspecified"),
        ("/sms", {"api-version": "2020-01-01"}, "UnsupportedApiVersion"),
        ("/sms/optouts:check", {"api-version": "2021-03-07"}, "UnsupportedApiVersion"),
    ],
)
async def test_other_versions_of_the_api_are_refused(resource: Resource, path: str, params: Any, code: str) -> None:
    answer = await resource.http.post(path, params=params, json=GOOD)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)


async def test_a_caller_without_credentials_learns_nothing_about_the_version(resource: Resource) -> None:
    answer = await resource.http.post("/sms", json=GOOD, headers={"Authorization": ""})
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "Denied")


async def test_an_unknown_path_answers_in_the_services_words(resource: Resource) -> None:
    answer = await resource.http.get("/email", params={"api-version": "2026-01-23"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "NotFound")
