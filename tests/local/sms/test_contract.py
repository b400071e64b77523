"""The published contract as judge: prism between a caller and the stand-in, and schemathesis making up requests.

The contracts are not part of this repository; where they do not lie beside it, these tests say so and skip.
"""

import asyncio
import json
import os
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import jsonschema_rs
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from local.config import SENDER_NUMBER, StackConfig
from local.node import node
from tests.local.azure_side import TinyEntra
from tests.local.sms.conftest import AUDIENCE, Json, Resource

ROOT = Path(__file__).parents[3]
CONTRACTS = ROOT.parent / "shared" / "contracts"
PRISM = ROOT / "local" / "node_modules" / "@stoplight" / "prism-cli" / "dist" / "index.js"

pytestmark = pytest.mark.skipif(not CONTRACTS.exists(), reason=f"the published contracts are not in {CONTRACTS}")


@pytest.fixture(scope="module")
async def prism(stack: StackConfig, entra_of_module: TinyEntra) -> AsyncIterator[httpx.AsyncClient]:
    """A client that speaks to the stand-in through prism, which answers 422 or 500 for what breaks the contract."""
    assert PRISM.exists(), "prism is missing: run `python -m local.node --all`"
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    contract = CONTRACTS / "acs-sms-2026-01-23.json"
    process = await asyncio.create_subprocess_exec(
        *(str(node()), str(PRISM), "proxy", "--errors", "-h", "127.0.0.1", "-p", str(port), str(contract), stack.sms),
        env=os.environ | {"NODE_EXTRA_CA_CERTS": str(stack.ca)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        async with httpx.AsyncClient(base_url=address, headers=bearer(entra_of_module), timeout=30) as client:
            deadline = time.monotonic() + 30
            while True:
                try:
                    await client.get("/")
                    break
                except httpx.ConnectError:
                    assert time.monotonic() < deadline
                    await asyncio.sleep(0.1)
            yield client
    finally:
        process.terminate()
        await process.wait()


@pytest.fixture(scope="module")
def entra_of_module(shared: tuple[Resource, TinyEntra]) -> TinyEntra:
    return shared[1]


# mypy cannot follow the decorators of these.
SHAPE: list[Any] = [content_type_conformance, response_schema_conformance]


def bearer(entra: TinyEntra) -> dict[str, str]:
    return {"Authorization": f"Bearer {entra.token(AUDIENCE)}"}


VERSION = {"api-version": "2026-01-23"}
GOOD: Json = {
    "from": SENDER_NUMBER,
    "message": "Hello",
    "smsRecipients": [
        {
            "to": "+16085550143",
            "repeatabilityRequestId": "6f1d1c02-1f53-4d1e-9b1e-0d5a7c3e9a10",
            "repeatabilityFirstSent": "Tue, 26 Mar 2019 16:06:51 GMT",
        },
        {"to": "+1"},
    ],
    "smsSendOptions": {"enableDeliveryReport": True, "tag": "visit", "deliveryReportTimeoutInSeconds": 60},
}
OPT_OUT: Json = {"from": SENDER_NUMBER, "recipients": [{"to": "+13125550197"}, {"to": "+1"}]}


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/sms", GOOD, 202),
        ("/sms/optouts:add", OPT_OUT, 200),
        ("/sms/optouts:check", OPT_OUT, 200),
        ("/sms/optouts:remove", OPT_OUT, 200),
    ],
)
async def test_prism_finds_nothing_wrong_with_requests_and_answers(
    prism: httpx.AsyncClient, path: str, body: Json, status: int
) -> None:
    answer = await prism.post(path, params=VERSION, json=body)
    assert answer.status_code == status, answer.text
    assert "sl-violations" not in answer.headers


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/sms", {name: value for name, value in GOOD.items() if name != "from"}),
        ("/sms", GOOD | {"message": "x" * 2049}),
        ("/sms", GOOD | {"smsRecipients": [{}]}),
        ("/sms", GOOD | {"smsSendOptions": {"tag": "x"}}),
        ("/sms", GOOD | {"smsSendOptions": {"enableDeliveryReport": True, "deliveryReportTimeoutInSeconds": 59}}),
        ("/sms/optouts:add", OPT_OUT | {"recipients": []}),
        ("/sms/optouts:add", {"from": SENDER_NUMBER}),
    ],
)
async def test_what_prism_refuses_we_refuse(
    prism: httpx.AsyncClient, resource: Resource, path: str, body: Json
) -> None:
    assert (await prism.post(path, params=VERSION, json=body)).status_code == 422
    assert (await resource.post(path, body)).status_code == 400


def judged(contract: Json, mode: GenerationMode, send: Callable[[Any], Any], judge: Callable[[Any, Any], None]) -> None:
    """Sends made-up requests; the answers are judged by schemathesis and by `judge(case, answer)`."""
    schema: Any = schemathesis.openapi.from_dict(contract)

    @given(case=schema.as_strategy(generation_mode=mode))
    @settings(max_examples=50, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None)
    def play(case: Any) -> None:
        answer = send(case)
        # The contract documents no refusals, so their shape cannot be judged by it.
        shape = SHAPE if answer.status_code < 400 else []
        case.validate_response(answer, checks=[not_a_server_error, *shape])
        judge(case, answer)

    play()


@pytest.fixture(params=["acs-sms-2021-03-07", "acs-sms-2026-01-23"])
def contract(request: pytest.FixtureRequest) -> Json:
    read: Json = json.loads((CONTRACTS / f"{request.param}.json").read_text())
    return read


async def test_made_up_requests_that_keep_the_contract_get_answers_that_keep_it(
    stack: StackConfig, entra: TinyEntra, contract: Json
) -> None:
    statuses = set()

    def send(case: Any) -> Any:
        # What the contract leaves to words: which versions there are, who the sender is.
        case.query = {"api-version": contract["info"]["version"]}
        case.body["from"] = SENDER_NUMBER
        for each in case.body.get("smsRecipients", [])[1:]:
            each["to"] = "+13125550196"
        return case.call(base_url=stack.sms, headers=bearer(entra), verify=str(stack.bundle))

    def judge(_: Any, answer: Any) -> None:
        statuses.add(answer.status_code)

    await asyncio.to_thread(judged, contract, GenerationMode.POSITIVE, send, judge)
    assert 202 in statuses
    assert statuses <= {200, 202, 400}


async def test_made_up_requests_that_break_the_contract_are_refused(
    stack: StackConfig, entra: TinyEntra, contract: Json
) -> None:
    refused = []

    def send(case: Any) -> Any:
        # All that is right by the contract is made right by its words too, so that what is wrong decides.
        if isinstance(case.body, dict) and isinstance(case.body.get("from"), str) and case.body["from"]:
            case.body["from"] = SENDER_NUMBER
        case.query = {"api-version": contract["info"]["version"]}
        return case.call(base_url=stack.sms, headers=bearer(entra), verify=str(stack.bundle))

    def judge(case: Any, answer: Any) -> None:
        (body,) = (each for each in contract["paths"][case.path]["post"]["parameters"] if each["in"] == "body")
        validator = jsonschema_rs.Draft4Validator({**body["schema"], "definitions": contract["definitions"]})
        if not isinstance(case.body, dict) or not validator.is_valid(case.body):
            assert answer.status_code in {400, 415}, case.as_curl_command()
            refused.append(answer.status_code)

    await asyncio.to_thread(judged, contract, GenerationMode.NEGATIVE, send, judge)
    assert refused
