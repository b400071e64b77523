"""Made-up requests over every portal route, by the published contract: none ends in a server error, none in a status or
a shape that docs/openapi.json does not name.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from local.config import PEOPLE
from local.demo.world import World
from local.stack import running
from tests.stack.conftest import silent

CONTRACT: dict[str, Any] = json.loads((Path(__file__).parents[2] / "docs" / "openapi.json").read_text())
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
EXAMPLES = 20
PORTAL = [
    (method, path)
    for path, item in CONTRACT["paths"].items()
    for method, operation in item.items()
    if operation["security"]
]


@pytest.fixture(scope="module")
async def world() -> AsyncIterator[World]:
    """A stack of its own: made-up requests leave it in any state."""
    async with running(say=silent) as stack, World(stack.config) as seen:
        yield seen


@pytest.fixture(scope="module")
async def token(world: World) -> str:
    answer = await world.control("POST", "/tokens", json={"person": "admin"})
    return str(answer["access_token"])


class Caller:
    """Sends made-up requests; a path's id is mostly that of a connection that exists."""

    def __init__(self, api: str, token: str, http: httpx.Client) -> None:
        self.api = api
        self.headers = {"Authorization": f"Bearer {token}"}
        self.http = http
        self.sent = 0

    def connection(self) -> str:
        """A draft that exists now: made anew when a request removed it."""
        found = self.http.get(f"{self.api}/connections", headers=self.headers).json()["connections"]
        drafts = [item["id"] for item in found if item["state"] == "draft"]
        if drafts:
            return str(drafts[0])
        body = {
            "fhir_base": "https://epic.example.org/api/FHIR/R4", "environment": "testing", "state": "draft",
            "zone": "America/Chicago", "approver": {"oid": PEOPLE["admin"].oid},
        }  # fmt: skip
        return str(self.http.post(f"{self.api}/connections", json=body, headers=self.headers).json()["id"])

    def send(self, case: Any) -> None:
        self.sent += 1
        if "/connections/{id}" in case.operation.path and self.sent % 4:
            case.path_parameters["id"] = self.connection()
        answer = case.call(base_url=self.api, headers=self.headers)
        if answer.status_code == 404 and "text/plain" in str(answer.headers.get("content-type")):
            # The platform's own: a path with control characters is no function's.
            return
        case.validate_response(answer, checks=CHECKS)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["as told", "not as told"])
@pytest.mark.parametrize(("method", "path"), PORTAL, ids=[f"{method.upper()} {path}" for method, path in PORTAL])
async def test_no_made_up_request_ends_in_what_is_not_told(
    world: World, token: str, method: str, path: str, mode: GenerationMode
) -> None:
    schema: Any = schemathesis.openapi.from_dict(CONTRACT)

    def whole() -> int:
        with httpx.Client(timeout=30) as http:
            caller = Caller(f"{world.config.functions}/api", token, http)

            @given(case=schema[path][method.upper()].as_strategy(generation_mode=mode))
            @settings(
                max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck),
                database=None,
            )  # fmt: skip
            def play(case: Any) -> None:
                caller.send(case)

            play()
            return caller.sent

    assert await asyncio.to_thread(whole)
