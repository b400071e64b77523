"""Sending texts, judged by Microsoft's own SMS client; it is synchronous and runs in a thread."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from azure.communication.sms import SmsClient
from azure.communication.sms.aio import SmsClient as AioSmsClient
from azure.core.credentials import AzureKeyCredential
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError

from local.config import SENDER_NUMBER, StackConfig
from local.sms.auth import connection_string
from tests.local.azure_side import AioCredential, Credential, TinyEntra
from tests.local.sms.conftest import Resource

# The clients' type comments give `self` the type of the first argument; nothing can be checked against them.
Client: Any = SmsClient
AioClient: Any = AioSmsClient
Clients = dict[str, Callable[[], Any]]


@pytest.fixture
def clients(stack: StackConfig, entra: TinyEntra) -> Clients:
    tls = {"connection_verify": str(stack.bundle)}
    return {
        "access key": lambda: Client.from_connection_string(connection_string(stack), **tls),
        "token": lambda: Client(stack.sms, Credential(entra), **tls),
    }


def call(client: Any, *arguments: Any, **options: Any) -> Any:
    """Sends and closes: the client has no close of its own."""
    try:
        return client.send(*arguments, **options)
    finally:
        client._sms_service_client.close()


@pytest.mark.parametrize("how", ["access key", "token"])
async def test_the_sdk_sends_a_text(clients: Clients, resource: Resource, patient: str, how: str) -> None:
    options = {"enable_delivery_report": True, "tag": "visit"}
    (result,) = await asyncio.to_thread(call, clients[how](), SENDER_NUMBER, patient, "Hello", **options)
    assert (result.to, result.http_status_code, result.successful) == (patient, 202, True)
    (text,) = await resource.texts(patient)
    assert (text["id"], text["from"], text["message"]) == (result.message_id, SENDER_NUMBER, "Hello")
    assert (text["tag"], text["delivery"]) == ("visit", "Delivered")
    assert text["repeatability_request_id"]


@pytest.mark.parametrize("how", ["access key", "token"])
async def test_the_asynchronous_sdk_sends_a_text(
    stack: StackConfig, entra: TinyEntra, resource: Resource, patient: str, how: str
) -> None:
    tls: dict[str, Any] = {"connection_verify": str(stack.bundle)}
    made = (
        AioClient.from_connection_string(connection_string(stack), **tls)
        if how == "access key"
        else AioClient(stack.sms, AioCredential(entra), **tls)
    )
    async with made as client:
        (result,) = await client.send(SENDER_NUMBER, patient, "Hello")
    assert [text["id"] for text in await resource.texts(patient)] == [result.message_id]


async def test_each_recipient_has_a_result_of_its_own(clients: Clients, resource: Resource, patient: str) -> None:
    to = [patient, "+1555", "6085550143"]
    results = await asyncio.to_thread(call, clients["token"](), SENDER_NUMBER, to, "Hello")
    assert [(each.to, each.http_status_code, each.successful) for each in results] == [
        (patient, 202, True),
        ("+1555", 400, False),
        ("6085550143", 400, False),
    ]
    assert results[1].error_message == "Invalid To phone number format."
    assert len(await resource.texts(patient)) == 1


@pytest.mark.parametrize(("sender", "status"), [("+1425555012345", 400), ("8335550100", 400), ("+18335550199", 401)])
async def test_a_sender_that_is_not_ours_fails_the_whole_request(
    clients: Clients, resource: Resource, patient: str, sender: str, status: int
) -> None:
    with pytest.raises(HttpResponseError) as refused:
        await asyncio.to_thread(call, clients["token"](), sender, patient, "Hello")
    assert refused.value.status_code == status
    assert await resource.texts(patient) == []


async def test_a_wrong_access_key_is_refused(stack: StackConfig, resource: Resource, patient: str) -> None:
    client = Client(stack.sms, AzureKeyCredential("d3Jvbmc="), connection_verify=str(stack.bundle))
    with pytest.raises(ClientAuthenticationError):
        await asyncio.to_thread(call, client, SENDER_NUMBER, patient, "Hello")
    assert await resource.texts(patient) == []


async def test_a_token_for_another_service_is_refused(resource: Resource, entra: TinyEntra, patient: str) -> None:
    body = {"from": SENDER_NUMBER, "message": "Hello", "smsRecipients": [{"to": patient}]}
    for token in (entra.token("https://graph.microsoft.com"), "rubbish"):
        answer = await resource.http.post(
            "/sms", params={"api-version": "2026-01-23"}, json=body, headers={"Authorization": f"Bearer {token}"}
        )
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "Denied")
    assert await resource.texts(patient) == []


async def test_a_signed_request_cannot_be_changed_or_kept(
    stack: StackConfig, clients: Clients, resource: Resource, patient: str
) -> None:
    """The SDK's signed request is caught on its way and sent again: with another body, another date, and as it was."""
    caught: list[Any] = []

    def catch(request: Any) -> None:
        caught.append(request.http_request)

    await asyncio.to_thread(call, clients["access key"](), SENDER_NUMBER, patient, "Hello", raw_request_hook=catch)
    signed = caught[0]
    headers = {name: signed.headers[name] for name in ("Authorization", "x-ms-date", "x-ms-content-sha256")}
    headers["Content-Type"] = "application/json"

    async def again(**changes: Any) -> int:
        arguments: dict[str, Any] = {"url": signed.url, "content": signed.body, "headers": headers} | changes
        return (await resource.http.post(**arguments)).status_code

    assert await again() == 202
    assert await again(content=signed.body.replace("Hello", "Hallo")) == 401
    assert await again(url=signed.url.replace("2021-03-07", "2026-01-23")) == 401
    assert await again(headers=headers | {"x-ms-date": "Tue, 26 Mar 2019 16:06:51 GMT"}) == 401
    assert await again(headers=headers | {"Authorization": "HMAC-SHA256 Signature=eA=="}) == 401
