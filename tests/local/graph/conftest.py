"""A fresh Graph for each test; Entra and the subscriber, real servers over TLS and http, last for the whole run."""

import importlib
import re
import warnings
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace

import httpx
import pytest
import pytest_asyncio
from starlette.applications import Starlette

from local.config import StackConfig
from local.graph.app import create
from tests.contracts import csdl
from tests.local.configs import a_config
from tests.local.graph.world import Entra, Subscriber, World
from tests.local.serving import serving

with warnings.catch_warnings():
    # The SDK's base warns of a class of its own as it is imported; imported once, here, it warns of nothing else.
    warnings.filterwarnings("ignore", "GetQueryParameters is deprecated", DeprecationWarning)
    importlib.import_module("kiota_abstractions.default_query_parameters")

# What Graph's contract calls the answer at each path.
TYPES = (
    (r"POST .*/onlineMeetings/createOrGet", "graph.onlineMeeting"),
    (r"POST .*/onlineMeetings", "graph.onlineMeeting"),
    (r"GET .*/onlineMeetings", "Collection(graph.onlineMeeting)"),
    (r"\w+ .*/onlineMeetings/[^/]+", "graph.onlineMeeting"),
    (r"GET .*/attendanceReports", "Collection(graph.meetingAttendanceReport)"),
    (r"GET .*/attendanceReports/[^/]+", "graph.meetingAttendanceReport"),
    (r"GET .*/attendanceRecords", "Collection(graph.attendanceRecord)"),
    (r"GET .*/subscriptions", "Collection(graph.subscription)"),
    (r"\w+ .*/subscriptions(/[^/]+)?", "graph.subscription"),
    (r"GET .*/callRecords", "Collection(microsoft.graph.callRecords.callRecord)"),
    (r"GET .*/callRecords/[^/]+", "microsoft.graph.callRecords.callRecord"),
    (r"GET .*/users", "Collection(graph.user)"),
    (r"GET .*/users/[^/]+", "graph.user"),
)


async def hold_to_contract(response: httpx.Response) -> None:
    """Every good answer of every test is held against Graph's contract, where that is at hand."""
    contract = csdl.graph()
    await response.aread()
    if not contract or not response.is_success or not response.content:
        return
    what = f"{response.request.method} {response.request.url.path}"
    if "/l/meetup-join/" in what:
        return
    name = next(name for pattern, name in TYPES if re.fullmatch(pattern, what))
    body = response.json()
    assert body["@odata.context"].startswith("https://localhost:")
    assert contract.problems(body["value"] if name.startswith("Collection(") else body, name) == []


@pytest.fixture(scope="session")
def config(tmp_path_factory: pytest.TempPathFactory) -> StackConfig:
    """A stack's configuration with certificates."""
    return a_config(tmp_path_factory.mktemp("graph"))


@pytest_asyncio.fixture(scope="session")
async def entra(config: StackConfig) -> AsyncIterator[Entra]:
    """Entra, served."""
    tiny = Entra(config)
    async with serving(tiny.stand_in(), replace(config, ports={**config.ports, "control": config.ports["blob"]})):
        yield tiny


@pytest_asyncio.fixture(scope="session")
async def address(config: StackConfig) -> AsyncIterator[Subscriber]:
    """The subscriber, served: http on the port of the functions, https on that of the portal."""
    subscriber = Subscriber()
    elsewhere = {**config.ports, "functions": config.ports["portal"], "control": config.ports["functions"]}
    async with serving(subscriber.stand_in(), replace(config, ports=elsewhere)):
        yield subscriber


@pytest.fixture
def subscriber(address: Subscriber) -> Subscriber:
    """The subscriber, with nothing received."""
    for noted in (address.received, address.lifecycle, address.handshakes, address.answers):
        noted.clear()
    return address


@pytest_asyncio.fixture
async def world(config: StackConfig, entra: Entra, subscriber: Subscriber) -> AsyncIterator[World]:
    """A fresh Graph with its clients."""
    stand_in = create(config)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(stand_in.app.router.lifespan_context(stand_in.app))
        graph = httpx.AsyncClient(
            transport=httpx.ASGITransport(stand_in.app),
            base_url=config.graph,
            headers={"authorization": f"Bearer {entra.app_token()}"},
            event_hooks={"response": [hold_to_contract]},
        )
        control = httpx.AsyncClient(
            transport=httpx.ASGITransport(Starlette(routes=stand_in.control)), base_url=config.control
        )
        yield World(
            config,
            entra,
            subscriber,
            await stack.enter_async_context(graph),
            await stack.enter_async_context(control),
        )
