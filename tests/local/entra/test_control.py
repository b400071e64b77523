"""The control route in Python that passes requests for tokens on to the Node server."""

from dataclasses import replace
from typing import Any

import httpx
from starlette.applications import Starlette

from local.config import APP_CLIENT_ID, StackConfig
from local.entra.control import routes
from tests.local.entra.visitor import ADMIN, verified


def caller(stack: StackConfig) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=Starlette(routes=routes(stack)))
    return httpx.AsyncClient(transport=transport, base_url="http://control")


async def test_a_script_gets_a_portal_token_without_the_secret(stack: StackConfig, keys: dict[str, Any]) -> None:
    async with caller(stack) as client:
        answer = await client.post("/tokens", json={"person": ADMIN.username})
    assert answer.status_code == 200
    assert verified(answer.json()["access_token"], keys, APP_CLIENT_ID, f"{stack.authority}/v2.0")["oid"] == ADMIN.oid


async def test_what_is_wrong_with_the_request_is_passed_on(stack: StackConfig) -> None:
    async with caller(stack) as client:
        unknown = await client.post("/tokens", json={"person": "stranger"})
        rubbish = await client.post("/tokens", content=b"{")
    assert (unknown.status_code, rubbish.status_code) == (404, 400)
    assert "person" in unknown.json()["error"]


async def test_a_stand_in_that_is_not_there_is_unavailable(stack: StackConfig) -> None:
    nobody = replace(stack, ports={**stack.ports, "entra": stack.ports["vault"]})
    async with caller(nobody) as client:
        answer = await client.post("/tokens", json={"person": "admin"})
    assert answer.status_code == 503
