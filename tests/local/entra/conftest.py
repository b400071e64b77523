"""One Entra stand-in, started as the stack starts it, for all tests of this folder."""

import json
import ssl
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from local.config import StackConfig
from local.entra import settings
from local.node import node
from tests.local.configs import a_config
from tests.local.entra.visitor import Visitor

SERVER = Path(__file__).parents[3] / "local" / "entra" / "server.mjs"


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> StackConfig:
    return a_config(tmp_path_factory.mktemp("entra"))


@pytest.fixture(scope="session")
def trust(stack: StackConfig) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(stack.ca))


@pytest.fixture(scope="session")
def log(stack: StackConfig) -> Path:
    """Everything that the server has printed."""
    return stack.run_dir / "entra.log"


@pytest.fixture(scope="session", autouse=True)
def entra(stack: StackConfig, trust: ssl.SSLContext, log: Path) -> Iterator[StackConfig]:
    settings.write(stack)
    with log.open("w") as out:
        server = subprocess.Popen([str(node()), str(SERVER), str(stack.save())], stdout=out, stderr=subprocess.STDOUT)
        try:
            _wait_until_healthy(stack, trust, server, log)
            yield stack
        finally:
            server.terminate()
            server.wait(timeout=5)


def _wait_until_healthy(stack: StackConfig, trust: ssl.SSLContext, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 20
    with httpx.Client(verify=trust, transport=httpx.HTTPTransport(verify=trust, retries=3)) as client:
        while True:
            assert server.poll() is None, f"the server has ended: {log.read_text()}"
            try:
                assert client.get(stack.entra).json()["healthy"]
                return
            except httpx.ConnectError:
                assert time.monotonic() < deadline, f"the server does not answer: {log.read_text()}"


@pytest.fixture
async def http(stack: StackConfig, trust: ssl.SSLContext) -> AsyncIterator[httpx.AsyncClient]:
    """A client for the tenant's addresses: `oauth2/v2.0/token` and the like."""
    async with httpx.AsyncClient(verify=trust, base_url=f"{stack.authority}/") as client:
        yield client


@pytest.fixture
async def visitor(stack: StackConfig, trust: ssl.SSLContext) -> AsyncIterator[Visitor]:
    """A browser of someone who has not signed in yet."""
    async with httpx.AsyncClient(verify=trust, base_url=f"{stack.authority}/") as client:
        yield Visitor(client, stack)


@pytest.fixture(scope="session")
def keys(stack: StackConfig, trust: ssl.SSLContext) -> dict[str, Any]:
    """The key set as the tenant publishes it."""
    with httpx.Client(verify=trust) as client:
        found: dict[str, Any] = json.loads(client.get(f"{stack.authority}/discovery/v2.0/keys").text)
    return found
