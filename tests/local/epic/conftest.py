"""One vendor's address for all tests of the Epic stand-in; an Epic, a clock and a vendor for each."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette

from local.config import StackConfig
from local.epic.app import create
from local.standins import Server
from tests.local.configs import a_config
from tests.local.epic.vendor import Clock, Listener, Vendor


@pytest.fixture(scope="session")
def config(tmp_path_factory: pytest.TempPathFactory) -> StackConfig:
    return a_config(tmp_path_factory.mktemp("epic"))


@pytest.fixture(scope="session")
async def shared_listener(config: StackConfig) -> AsyncIterator[Listener]:
    listener = Listener()
    settings = uvicorn.Config(
        listener.app(), host="127.0.0.1", port=config.ports["functions"], log_level="warning", lifespan="off"
    )
    server = Server(settings)
    running = asyncio.create_task(server.serve())
    await server.ready()
    yield listener
    server.should_exit = True
    await running


@pytest.fixture
def listener(shared_listener: Listener) -> Listener:
    """The address, as new."""
    shared_listener.__dict__.update(Listener().__dict__)
    return shared_listener


@pytest.fixture
async def vendor(config: StackConfig, listener: Listener) -> AsyncIterator[Vendor]:
    clock = Clock()
    epic = create(config, clock)
    control = Starlette(routes=epic.control)
    async with (
        epic.app.router.lifespan_context(epic.app),
        httpx.AsyncClient(transport=httpx.ASGITransport(epic.app), base_url=f"{config.epic}/") as to_epic,
        httpx.AsyncClient(transport=httpx.ASGITransport(control), base_url=config.control) as to_control,
    ):
        yield Vendor(config, to_epic, to_control, clock, listener)
