"""Our client of phone numbers makes the requests that Microsoft's own SDK makes, and the stand-in takes them."""

import asyncio
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from azure.communication.phonenumbers import PhoneNumberCapabilities, PhoneNumbersClient
from azure.core.credentials import AzureKeyCredential

from local.config import SENDER_NUMBER
from shared.adapters.numbers import Busy, Owned, PhoneNumbers, Progress, Search, purchase_of
from shared.adapters.web import Answer, Web
from shared.errors import BridgeError, Refused, Unavailable
from tests.local.configs import a_config
from tests.local.sms.conftest import Resource, a_resource

SEARCH = "378ddf60-81be-452a-ba4f-613198ea6c28"
ACCEPTED = {"operation-location": f"/phoneNumbers/operations/search_{SEARCH}?api-version=2025-06-01"}
Request = tuple[str, str, dict[str, str], Any]


class Recorder(Web):
    """Keeps what would be sent; answers as told, the last answer again and again."""

    def __init__(self, *answers: Answer) -> None:
        super().__init__("https://acs.example")
        self.sent: list[Request] = []
        self._answers = list(answers)

    async def send(
        self, method: str, path: str, *, params: Mapping[str, str] | None = None, json_body: Any = None, **_: Any
    ) -> Answer:
        self.sent.append((method, path, dict(params or {}), json_body))
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


class ThroughHttpx(Web):
    """The stand-in's resource instead of a network."""

    def __init__(self, resource: Resource) -> None:
        super().__init__()
        self._resource = resource

    async def send(
        self, method: str, path: str, *, params: Mapping[str, str] | None = None, json_body: Any = None, **_: Any
    ) -> Answer:
        response = await self._resource.http.request(method, path, params=dict(params or {}), json=json_body)
        body = response.json() if response.content else None
        return Answer(response.status_code, body, {name.lower(): value for name, value in response.headers.items()})


class Seen(Exception):
    """Ends a call whose request has been seen."""


def sdk_request(call: Callable[[PhoneNumbersClient, Any], Any]) -> Request:
    """What the SDK puts on the wire for a call."""
    seen: list[Request] = []

    def hook(request: Any) -> None:
        http = request.http_request
        url = urlsplit(http.url)
        body = json.loads(http.content) if http.content else None
        seen.append((http.method, url.path, dict(parse_qsl(url.query)), body))
        raise Seen

    client = PhoneNumbersClient("https://acs.example", AzureKeyCredential("c2VjcmV0"))
    with client._phone_number_client, pytest.raises(Seen):
        call(client, hook)
    return seen[0]


async def test_a_search_is_the_sdk_s_request() -> None:
    ours = Recorder(Answer(202, {}, ACCEPTED))
    assert await PhoneNumbers(ours).search("US", "tollFree") == Search(SEARCH, f"search_{SEARCH}")
    capabilities = PhoneNumberCapabilities(calling="none", sms="inbound+outbound")
    theirs = sdk_request(
        lambda client, hook: client.begin_search_available_phone_numbers(
            "US", "tollFree", "application", capabilities, quantity=1, raw_request_hook=hook
        )
    )
    assert theirs == ours.sent[0]


async def test_a_purchase_is_the_sdk_s_request() -> None:
    ours = Recorder(Answer(202, {}, ACCEPTED))
    await PhoneNumbers(ours).buy(SEARCH)
    theirs = sdk_request(lambda client, hook: client.begin_purchase_phone_numbers(SEARCH, raw_request_hook=hook))
    assert theirs == ours.sent[0]


async def test_a_list_is_the_sdk_s_request() -> None:
    ours = Recorder(Answer(200, {"phoneNumbers": []}, {}))
    await PhoneNumbers(ours).owned()
    theirs = sdk_request(lambda client, hook: list(client.list_purchased_phone_numbers(raw_request_hook=hook)))
    assert theirs == ours.sent[0]


async def test_the_state_of_an_operation_is_the_sdk_s_request() -> None:
    """The SDK has these two calls below its pollers."""
    ours = Recorder(Answer(200, {"status": "running"}, {}), Answer(200, {"phoneNumbers": []}, {}))
    await PhoneNumbers(ours).progress(purchase_of(SEARCH))
    await PhoneNumbers(ours).held(SEARCH)
    theirs = [
        sdk_request(
            lambda client, hook: client._phone_number_client.phone_numbers.get_operation(
                purchase_of(SEARCH), raw_request_hook=hook
            )
        ),
        sdk_request(
            lambda client, hook: client._phone_number_client.phone_numbers.get_search_result(
                SEARCH, raw_request_hook=hook
            )
        ),
    ]
    assert theirs == ours.sent


async def test_a_next_page_is_asked_for_at_our_own_resource_only() -> None:
    number = {
        "phoneNumber": "+1",
        "countryCode": "US",
        "phoneNumberType": "tollFree",
        "capabilities": {"sms": "outbound"},
    }
    first = {"phoneNumbers": [number], "nextLink": "https://evil.example/phoneNumbers?skip=100&top=100"}
    ours = Recorder(Answer(200, first, {}), Answer(200, {"phoneNumbers": [number]}, {}))
    assert len(await PhoneNumbers(ours).owned()) == 2
    assert ours.sent[1] == ("GET", "/phoneNumbers", {"skip": "100", "top": "100", "api-version": "2025-06-01"}, None)


async def test_a_number_that_sends_no_texts_is_not_one_of_ours() -> None:
    number = {
        "phoneNumber": "+1",
        "countryCode": "US",
        "phoneNumberType": "geographic",
        "capabilities": {"sms": "none"},
    }
    assert await PhoneNumbers(Recorder(Answer(200, {"phoneNumbers": [number]}, {}))).owned() == []


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Answer(429, {"error": {"code": "TooManyRequests"}}, {}), "numbers.quota"),
        (Answer(429, None, {"retry-after": "604800"}), "numbers.quota"),
        (Answer(401, {"error": {"code": "Denied"}}, {}), "numbers.permission_missing"),
        (Answer(403, {"error": {"code": "Forbidden"}}, {}), "numbers.not_eligible"),
        (Answer(404, {"error": {"code": "NotFound"}}, {}), "numbers.expired"),
        (Answer(400, {"error": {"code": "OutOfStock"}}, {}), "numbers.none_available"),
        (Answer(400, {"error": {"code": "NotEnoughCredit"}}, {}), "numbers.not_eligible"),
        (Answer(400, {"Field": ["x"]}, {}), "numbers.failed"),
    ],
)
async def test_a_refused_purchase_has_a_name(answer: Answer, code: str) -> None:
    with pytest.raises(Refused, match=code):
        await PhoneNumbers(Recorder(answer)).buy(SEARCH)


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
async def test_a_purchase_that_may_have_arrived_is_not_a_refusal(status: int) -> None:
    with pytest.raises(Unavailable) as raised:
        await PhoneNumbers(Recorder(Answer(status, None, {}))).buy(SEARCH)
    assert not isinstance(raised.value, Busy)


async def test_a_good_answer_without_an_operation_may_have_been_a_purchase() -> None:
    with pytest.raises(Unavailable):
        await PhoneNumbers(Recorder(Answer(202, {}, {}))).buy(SEARCH)


async def test_the_service_s_pace_is_not_the_quota() -> None:
    with pytest.raises(Busy):
        await PhoneNumbers(Recorder(Answer(429, None, {"retry-after": "5"}))).buy(SEARCH)
    with pytest.raises(Busy):
        await PhoneNumbers(Recorder(Answer(429, None, {}))).owned()


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ("OutOfStock", "numbers.none_available"), ("AllNumbersNotAcquired", "numbers.none_available"),
        ("BillingUnavailable", "numbers.not_eligible"), ("NoWallet", "numbers.not_eligible"),
        ("MissingAddress", "numbers.not_eligible"), ("ReservationExpired", "numbers.expired"),
        ("PurchaseFailed", "numbers.failed"), ("UnknownErrorCode", "numbers.failed"), ("Another", "numbers.failed"),
    ],
)  # fmt: skip
async def test_every_error_of_the_contract_has_a_code(error: str, code: str) -> None:
    failed = Answer(200, {"status": "failed", "error": {"code": error, "message": "x"}}, {})
    assert await PhoneNumbers(Recorder(failed)).progress("x") == Progress("failed", code)
    found = Answer(200, {"phoneNumbers": ["+1"], "error": error, "searchExpiresBy": "2026-11-24T10:00:00Z"}, {})
    assert (await PhoneNumbers(Recorder(found)).held(SEARCH)).reason == code


async def test_terms_that_a_person_must_agree_to_are_not_agreed_to() -> None:
    body = {"phoneNumbers": ["+1"], "isAgreementToNotResellRequired": True, "searchExpiresBy": "2026-11-24T10:00:00Z"}
    held = await PhoneNumbers(Recorder(Answer(200, body, {}))).held(SEARCH)
    assert (held.number, held.until) == ("", None)


async def test_an_unknown_operation_is_none() -> None:
    assert await PhoneNumbers(Recorder(Answer(404, {"error": {"code": "NotFound"}}, {}))).progress("x") is None


async def until_done(numbers: PhoneNumbers, operation: str) -> Progress:
    async with asyncio.timeout(20):
        while True:
            progress = await numbers.progress(operation)
            assert progress is not None
            if progress.status != "running":
                return progress
            await asyncio.sleep(0.02)


async def test_the_stand_in_sells_a_number(tmp_path: Path) -> None:
    async with a_resource(a_config(tmp_path)) as (resource, _):
        numbers = PhoneNumbers(ThroughHttpx(resource))
        assert await numbers.owned() == [Owned(SENDER_NUMBER, "US", "tollFree")]
        search = await numbers.search("CA", "tollFree")
        assert (await until_done(numbers, search.operation)).status == "succeeded"
        held = await numbers.held(search.id)
        assert held.until is not None
        assert timedelta(minutes=14) < held.until - datetime.now(UTC) < timedelta(minutes=16)
        operation = await numbers.buy(search.id)
        assert operation == purchase_of(search.id)
        assert (await until_done(numbers, operation)).status == "succeeded"
        assert Owned(held.number, "CA", "tollFree") in await numbers.owned()
        with pytest.raises(BridgeError):
            await numbers.buy(search.id)
        assert len(await numbers.owned()) == 2


@pytest.mark.parametrize(
    ("course", "code"),
    [
        ({"search_error": "OutOfStock"}, "numbers.none_available"),
        ({"search_error": "NoWallet"}, "numbers.not_eligible"),
    ],
)
async def test_the_stand_in_finds_nothing_when_told_to(tmp_path: Path, course: dict[str, Any], code: str) -> None:
    async with a_resource(a_config(tmp_path)) as (resource, _):
        await resource.control.put("/sms/orders", json=course)
        numbers = PhoneNumbers(ThroughHttpx(resource))
        search = await numbers.search("US", "geographic")
        await until_done(numbers, search.operation)
        assert (await numbers.held(search.id)).reason == code


async def test_a_purchase_whose_answer_is_lost_is_found_by_its_search(tmp_path: Path) -> None:
    async with a_resource(a_config(tmp_path)) as (resource, _):
        await resource.control.put(
            "/sms/orders", json={"lose": {"purchase": 1}, "purchase_error": "BillingUnavailable"}
        )
        numbers = PhoneNumbers(ThroughHttpx(resource))
        search = await numbers.search("US", "tollFree")
        assert await numbers.progress(purchase_of(search.id)) is None
        with pytest.raises(Unavailable):
            await numbers.buy(search.id)
        assert await until_done(numbers, purchase_of(search.id)) == Progress("failed", "numbers.not_eligible")
