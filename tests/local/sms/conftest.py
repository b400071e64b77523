"""One communication resource, an Entra and a receiver of its events, for all tests of the SMS stand-in."""

import asyncio
import json
import ssl
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import count
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.config import SENDER_NUMBER, StackConfig
from local.sms.app import create
from local.standin import StandIn
from tests.local.azure_side import TinyEntra, running
from tests.local.configs import a_config
from tests.local.serving import serving

AUDIENCE = "https://communication.azure.com/"
Json = dict[str, Any]


class Receiver:
    """The Functions host reduced to its Event Grid endpoint.

    `answers` holds the statuses of the next answers, None for an ordinary one; after them all is accepted.
    """

    def __init__(self) -> None:
        self.events: list[Json] = []
        self.calls: list[tuple[str, Json, list[Json]]] = []
        self.answers: list[int | None] = []

    async def _take(self, request: Request) -> Response:
        kind, events = request.headers["aeg-event-type"], json.loads(await request.body())
        self.calls.append((kind, dict(request.query_params), events))
        status = self.answers.pop(0) if self.answers else None
        if status:
            return Response(status_code=status)
        if kind == "SubscriptionValidation":
            return JSONResponse({"validationResponse": events[0]["data"]["validationCode"]})
        self.events += events
        return Response(status_code=202)

    @asynccontextmanager
    async def listening(self, config: StackConfig) -> AsyncIterator[None]:
        """Serves the endpoint where the stack's Functions host would be."""
        route = Route("/runtime/webhooks/eventgrid", self._take, methods=["POST"])
        ports = {**config.ports, "control": config.ports["functions"]}
        async with serving(StandIn("blob", Starlette(), [route]), replace(config, ports=ports)):
            yield

    async def event(self, wanted: Callable[[Json], bool]) -> Json:
        """The first event that `wanted` takes, as soon as it is there."""
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline:
            for event in self.events:
                if wanted(event):
                    return event
            await asyncio.sleep(0.02)
        raise AssertionError(f"no such event among {[event['eventType'] for event in self.events]}")


class Resource:
    """The resource as a caller with a good token sees it, and its control address."""

    def __init__(self, http: httpx.AsyncClient, control: httpx.AsyncClient) -> None:
        self.http, self.control = http, control

    async def post(self, path: str, body: Any, version: str = "2026-01-23") -> httpx.Response:
        return await self.http.post(path, json=body, params={"api-version": version})

    async def send(self, to: str | list[Json], message: str = "See you at 10:15.", **options: Any) -> httpx.Response:
        recipients = [{"to": to}] if isinstance(to, str) else to
        body: Json = {"from": SENDER_NUMBER, "message": message, "smsRecipients": recipients}
        if options:
            body["smsSendOptions"] = options
        return await self.post("/sms", body)

    async def texts(self, to: str) -> list[Json]:
        """What the control address shows for one recipient."""
        every: list[Json] = (await self.control.get("/messages")).json()
        return [text for text in every if text["to"] == to]


@asynccontextmanager
async def a_resource(config: StackConfig) -> AsyncIterator[tuple[Resource, TinyEntra]]:
    """A resource of its own, for tests that use up what all share."""
    trust = ssl.create_default_context(cafile=str(config.bundle))
    async with running(config, create(config)) as entra:
        headers = {"Authorization": f"Bearer {entra.token(AUDIENCE)}"}
        async with (
            httpx.AsyncClient(base_url=config.sms, verify=trust, headers=headers) as http,
            httpx.AsyncClient(base_url=config.control) as control,
        ):
            yield Resource(http, control), entra


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> StackConfig:
    return a_config(tmp_path_factory.mktemp("sms"))


@pytest.fixture(scope="session")
async def receiver(stack: StackConfig) -> AsyncIterator[Receiver]:
    receiver = Receiver()
    async with receiver.listening(stack):
        yield receiver


@pytest.fixture(scope="session")
async def shared(stack: StackConfig, receiver: Receiver) -> AsyncIterator[tuple[Resource, TinyEntra]]:
    async with a_resource(stack) as both:
        # The pace is tested with a resource of its own; here it would only make tests depend on each other.
        await both[0].control.put("/sms/quotas", json={"texts_per_minute": 100_000})
        yield both


@pytest.fixture
def resource(shared: tuple[Resource, TinyEntra]) -> Resource:
    return shared[0]


@pytest.fixture
def entra(shared: tuple[Resource, TinyEntra]) -> TinyEntra:
    return shared[1]


_numbers = count(1)


@pytest.fixture
def patient() -> str:
    """A phone number that no other test writes to."""
    return f"+1608555{next(_numbers):04d}"
