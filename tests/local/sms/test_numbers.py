"""Phone numbers, judged by Microsoft's own client with its real long-running operations."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from azure.communication.phonenumbers import (
    PhoneNumberAssignmentType,
    PhoneNumberCapabilities,
    PhoneNumberCapabilityType,
    PhoneNumbersClient,
    PhoneNumberType,
)
from azure.communication.phonenumbers.aio import PhoneNumbersClient as AioPhoneNumbersClient
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError

from local.config import SENDER_NUMBER
from local.sms.auth import connection_string
from tests.local.azure_side import AioCredential, Credential
from tests.local.configs import a_config
from tests.local.sms.conftest import Resource, a_resource

FAST: dict[str, Any] = {"polling_interval": 0.05}
TOLL_FREE: tuple[Any, ...] = (
    "US",
    PhoneNumberType.TOLL_FREE,
    PhoneNumberAssignmentType.APPLICATION,
    PhoneNumberCapabilities(
        calling=PhoneNumberCapabilityType.NONE,
        sms=PhoneNumberCapabilityType.INBOUND_OUTBOUND,
    ),
)
Play = Callable[[PhoneNumbersClient], None]


async def with_client(run_dir: Path, play: Play, how: str = "token", **quotas: int) -> None:
    """Runs `play` in a thread with a client of a resource of its own, because quotas are used up."""
    stack = a_config(run_dir)

    async with a_resource(stack) as (resource, entra):
        await resource.control.put("/sms/quotas", json=quotas)
        tls = {"connection_verify": str(stack.bundle)}
        client = (
            PhoneNumbersClient(stack.sms, Credential(entra), **tls)
            if how == "token"
            else PhoneNumbersClient.from_connection_string(connection_string(stack), **tls)
        )

        def run() -> None:
            with client._phone_number_client:
                play(client)

        await asyncio.to_thread(run)


@pytest.mark.parametrize("how", ["token", "access key"])
async def test_a_number_is_searched_for_bought_listed_and_given_back(tmp_path: Path, how: str) -> None:
    def play(client: PhoneNumbersClient) -> None:
        assert [each.phone_number for each in client.list_purchased_phone_numbers()] == [SENDER_NUMBER]
        found = client.begin_search_available_phone_numbers(*TOLL_FREE, quantity=1, **FAST).result()
        assert found.search_id
        (number,) = found.phone_numbers
        assert (found.phone_number_type, found.cost.currency_code) == ("tollFree", "USD")

        purchase = client.begin_purchase_phone_numbers(found.search_id, agree_to_not_resell=True, **FAST)
        assert not purchase.done()
        with pytest.raises(ResourceNotFoundError):
            client.get_purchased_phone_number(number)
        purchase.wait()
        bought = client.get_purchased_phone_number(number)
        assert (bought.id, bought.country_code, bought.capabilities.sms) == (number[1:], "US", "inbound+outbound")
        assert [each.phone_number for each in client.list_purchased_phone_numbers()] == [SENDER_NUMBER, number]

        client.begin_release_phone_number(number, **FAST).wait()
        assert [each.phone_number for each in client.list_purchased_phone_numbers()] == [SENDER_NUMBER]

    await with_client(tmp_path, play, how)


async def test_an_operation_can_be_taken_up_again_by_its_token(tmp_path: Path) -> None:
    """So the product can start a purchase in one request and ask for it in another."""

    def play(client: PhoneNumbersClient) -> None:
        started = client.begin_search_available_phone_numbers(*TOLL_FREE, **FAST)
        token = started.continuation_token()
        again = client.begin_search_available_phone_numbers(*TOLL_FREE, continuation_token=token, **FAST)
        found = again.result()
        purchase = client.begin_purchase_phone_numbers(found.search_id, agree_to_not_resell=True, **FAST)
        token = purchase.continuation_token()
        client.begin_purchase_phone_numbers("", continuation_token=token, **FAST).wait()
        assert client.get_purchased_phone_number(found.phone_numbers[0])

    await with_client(tmp_path, play)


async def test_five_searches_and_one_purchase_are_all_there_is(tmp_path: Path) -> None:
    def play(client: PhoneNumbersClient) -> None:
        found = [client.begin_search_available_phone_numbers(*TOLL_FREE, **FAST).result() for _ in range(5)]
        with pytest.raises(HttpResponseError) as refused:
            client.begin_search_available_phone_numbers(*TOLL_FREE, **FAST)
        assert refused.value.status_code == 429
        client.begin_purchase_phone_numbers(found[0].search_id, **FAST).wait()
        with pytest.raises(HttpResponseError) as refused:
            client.begin_purchase_phone_numbers(found[1].search_id, **FAST)
        assert refused.value.status_code == 429
        assert len(list(client.list_purchased_phone_numbers())) == 2

    await with_client(tmp_path, play)


async def test_a_search_is_good_for_one_purchase(tmp_path: Path) -> None:
    def play(client: PhoneNumbersClient) -> None:
        found = client.begin_search_available_phone_numbers(*TOLL_FREE, quantity=3, **FAST).result()
        assert len(set(found.phone_numbers)) == 3
        client.begin_purchase_phone_numbers(found.search_id, **FAST).wait()
        with pytest.raises(HttpResponseError) as refused:
            client.begin_purchase_phone_numbers(found.search_id, **FAST)
        assert refused.value.status_code == 400
        with pytest.raises(ResourceNotFoundError):
            client.begin_purchase_phone_numbers("00000000-0000-4000-8000-000000000000", **FAST)

    await with_client(tmp_path, play, purchases=10)


@pytest.mark.parametrize(
    ("position", "value"),
    [(0, "ZZ"), (1, "shortCode"), (2, "robot"), (3, PhoneNumberCapabilities(calling="x", sms="x"))],
)
async def test_a_search_for_what_there_is_not_is_a_bad_request(tmp_path: Path, position: int, value: Any) -> None:
    wanted = list(TOLL_FREE)
    wanted[position] = value

    def play(client: PhoneNumbersClient) -> None:
        with pytest.raises(HttpResponseError) as refused:
            client.begin_search_available_phone_numbers(*wanted, **FAST)
        assert refused.value.status_code == 400

    await with_client(tmp_path, play)


async def test_local_numbers_of_canada_have_no_texts(tmp_path: Path) -> None:
    def play(client: PhoneNumbersClient) -> None:
        with pytest.raises(HttpResponseError) as refused:
            client.begin_search_available_phone_numbers("CA", PhoneNumberType.GEOGRAPHIC, *TOLL_FREE[2:], **FAST)
        assert refused.value.status_code == 400

    await with_client(tmp_path, play)


async def test_operations_are_held_and_let_go_by_the_control_address(tmp_path: Path) -> None:
    async with a_resource(a_config(tmp_path)) as (resource, _):
        wanted = {"phoneNumberType": "tollFree", "assignmentType": "application", "quantity": 1}
        capabilities = {"calling": "none", "sms": "outbound"}
        version = {"api-version": "2025-06-01"}
        await resource.control.put("/sms/orders", json={"seconds": 3600})
        path = "/availablePhoneNumbers/countries/US/:search"
        begun = await resource.http.post(path, json={**wanted, "capabilities": capabilities}, params=version)
        operation = f"/phoneNumbers/operations/{begun.headers['operation-id']}"
        assert (await resource.http.get(operation, params=version)).json()["status"] == "running"
        await resource.control.put("/sms/orders", json={"seconds": 0})
        assert (await resource.http.get(operation, params=version)).json()["status"] == "succeeded"


@pytest.mark.parametrize("body", [{"seconds": "1"}, {"seconds": -1}, {"lose": {"x": 1}}, {"search_error": 1}, {"x": 1}])
async def test_a_course_that_makes_no_sense_is_refused(resource: Resource, body: dict[str, Any]) -> None:
    assert (await resource.control.put("/sms/orders", json=body)).status_code == 400


async def test_a_number_that_is_not_ours_cannot_be_released(resource: Resource) -> None:
    answer = await resource.http.delete("/phoneNumbers/+18335550199", params={"api-version": "2025-06-01"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "NotFound")


async def test_a_fresh_toll_free_number_delivers_only_after_its_verification(tmp_path: Path, patient: str) -> None:
    """Carriers block unverified toll-free numbers since 2024-01-31."""
    stack = a_config(tmp_path)
    async with a_resource(stack) as (resource, entra):
        client = AioPhoneNumbersClient(
            stack.sms,
            AioCredential(entra),
            connection_verify=str(stack.bundle),
        )
        async with client:
            found = await (await client.begin_search_available_phone_numbers(*TOLL_FREE, **FAST)).result()
            await (await client.begin_purchase_phone_numbers(str(found.search_id), **FAST)).wait()
        (number,) = found.phone_numbers
        body = {"from": number, "message": "Hello", "smsRecipients": [{"to": patient}]}
        assert (await resource.post("/sms", body)).status_code == 202
        await resource.control.put("/sms/verified", json={"number": number, "verified": True})
        assert (await resource.post("/sms", body)).status_code == 202
        assert [text["delivery"] for text in await resource.texts(patient)] == ["Failed", "Delivered"]


async def test_too_many_texts_in_a_minute_are_told_when_to_come_back(tmp_path: Path) -> None:
    stack = a_config(tmp_path)
    many = [{"to": f"+1312556{number:04d}"} for number in range(100)]
    async with a_resource(stack) as (resource, _):
        assert [(await resource.send(many)).status_code for _ in range(2)] == [202, 202]
        refused = await resource.send("+16085550143")
        assert (refused.status_code, refused.json()["error"]["code"]) == (429, "TooManyRequests")
        assert 0 < int(refused.headers["retry-after"]) <= 60
        assert await resource.texts("+16085550143") == []
        await resource.control.put("/sms/quotas", json={"texts_per_minute": 201})
        assert (await resource.send("+16085550143")).status_code == 202
