"""`scripts/smoke` asks the local stack what it will ask a deployment; and it notices what is wrong."""

import asyncio
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import AsyncIterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from local.demo.world import World
from tests.docs.pages import ROOT


async def smoke(*words: str) -> tuple[int | None, str]:
    """Its exit status and what it printed."""
    process = await asyncio.create_subprocess_exec("scripts/smoke", *words, cwd=ROOT, stdout=PIPE, stderr=STDOUT)
    output, _ = await process.communicate()
    return process.returncode, output.decode()


@pytest.mark.stack
async def test_the_stack_passes(world: World) -> None:
    status, output = await smoke(world.config.functions, "--portal", world.config.portal, "--wait", "60")
    assert status == 0, output
    assert output.count(" ok ") == 14
    assert "all checks hold" in output


@pytest.mark.stack
async def test_another_portal_is_noticed(world: World) -> None:
    """It is not the origin that may call, and what is served there is no portal of this API."""
    status, output = await smoke(world.config.functions, "--portal", world.config.control)
    assert status == 1
    assert "FAIL  the portal's page may call the API" in output


class Careless(BaseHTTPRequestHandler):
    """Says yes to everything."""

    def do_GET(self) -> None:
        """200, and what the browser likes to hear."""
        self.send_response(200)
        self.send_header("Access-Control-Allow-Origin", "*")
        self.end_headers()
        self.wfile.write(b'{"status": "up"}')

    do_POST = do_OPTIONS = do_GET  # noqa: N815, the base class's names

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
async def careless() -> AsyncIterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Careless)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


async def test_a_server_that_says_yes_to_everything_fails_every_check_but_the_address(careless: str) -> None:
    status, output = await smoke(careless)
    assert status == 1
    assert output.count(" ok ") == 1, output


async def test_nobody_there_is_a_failure() -> None:
    status, output = await smoke("http://127.0.0.1:9")
    assert status == 1
    assert "no answer" in output
