"""The opt-out API of 2026-01-23, which no Python client speaks yet."""

import pytest

from local.config import SENDER_NUMBER
from tests.local.sms.conftest import Json, Resource


async def act(resource: Resource, action: str, *numbers: str) -> list[Json]:
    body = {"from": SENDER_NUMBER, "recipients": [{"to": number} for number in numbers]}
    answer = await resource.post(f"/sms/optouts:{action}", body)
    assert answer.status_code == 200
    value: list[Json] = answer.json()["value"]
    return value


async def test_an_added_number_gets_no_texts_until_it_is_removed(resource: Resource, patient: str) -> None:
    done = [{"to": patient, "httpStatusCode": 200}]
    assert await act(resource, "check", patient) == [done[0] | {"isOptedOut": False}]
    assert await act(resource, "add", patient) == done
    assert await act(resource, "check", patient) == [done[0] | {"isOptedOut": True}]
    await resource.send(patient)
    assert await act(resource, "remove", patient) == done
    await resource.send(patient)
    assert [text["delivery"] for text in await resource.texts(patient)] == ["Failed", "Delivered"]


async def test_a_bad_number_fails_alone(resource: Resource, patient: str) -> None:
    bad, good = await act(resource, "add", "+123", patient)
    assert (bad["httpStatusCode"], bad["errorMessage"]) == (400, "Invalid recipient phone number format")
    assert good["httpStatusCode"] == 200


async def test_stop_is_seen_by_a_check(resource: Resource, patient: str) -> None:
    await resource.control.post("/sms/inbound", json={"from": patient, "message": "STOP"})
    assert (await act(resource, "check", patient))[0]["isOptedOut"] is True


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"from": SENDER_NUMBER},
        {"from": SENDER_NUMBER, "recipients": []},
        {"from": SENDER_NUMBER, "recipients": [{"to": ""}]},
        {"from": SENDER_NUMBER, "recipients": ["+16085550143"]},
        {"from": SENDER_NUMBER, "recipients": [{"to": "+16085550143"}] * 101},
        {"from": "me", "recipients": [{"to": "+16085550143"}]},
    ],
)
async def test_a_body_that_breaks_the_contract_is_refused(resource: Resource, body: Json) -> None:
    assert (await resource.post("/sms/optouts:add", body)).status_code == 400


async def test_there_are_no_other_actions(resource: Resource) -> None:
    assert (await resource.post("/sms/optouts:forget", {})).status_code == 404
