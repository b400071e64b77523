"""All stand-ins that are written in Python, in one process: `python -m local.standins CONFIG.json`.

Each has a TLS port of its own; their control routes stand together on one plain port. Faults can be put in front of any.
"""

import asyncio
import contextlib
import importlib
import signal
import sys
from collections.abc import Callable, Iterator
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

from local.config import StackConfig
from local.faults import Faults
from local.standin import StandIn

NAMES = ("epic", "graph", "sms", "vault")
# As long as the front ends of the real services; a caller with a pool must not meet a connection that just closed.
KEEP_ALIVE_SECONDS = 120


class Server(uvicorn.Server):
    """A server that leaves signals to whoever runs several, and says when it listens."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Nothing: the process has one handler for all its servers."""
        yield

    async def ready(self) -> None:
        """Returns when the port is open."""
        while not self.started:
            if self.should_exit:
                raise RuntimeError(f"nothing listens on port {self.config.port}")
            await asyncio.sleep(0.01)


def control_routes(
    config: StackConfig, standins: list[StandIn], faults: Faults, ready: Callable[[], bool] = lambda: True
) -> list[BaseRoute]:
    """Everything on the control address. `ready` says whether every stand-in listens; `/` answers 503 until then."""
    from local.entra import control

    async def health(_: Request) -> JSONResponse:
        return JSONResponse({"status": "up"}) if ready() else JSONResponse({"status": "starting"}, 503)

    routes: list[BaseRoute] = [Route("/", health), *faults.routes(), *control.routes(config)]
    for standin in standins:
        routes += standin.control
    return routes


async def serve(config: StackConfig) -> None:
    """Serves until SIGTERM or SIGINT."""
    standins: list[StandIn] = [importlib.import_module(f"local.{name}.app").create(config) for name in NAMES]
    faults = Faults()
    options: dict[str, Any] = {
        "host": "127.0.0.1", "log_level": "warning", "lifespan": "on", "access_log": False,
        "server_header": False, "timeout_graceful_shutdown": 2,
        "timeout_keep_alive": KEEP_ALIVE_SECONDS,
    }  # fmt: skip
    servers = [
        Server(
            uvicorn.Config(
                faults.around(standin.service, standin.app),
                port=config.ports[standin.service],
                ssl_certfile=str(config.server_certificate),
                ssl_keyfile=str(config.server_key),
                **options,
            )
        )
        for standin in standins
    ]

    def ready() -> bool:
        # The control port may open before the others do.
        return all(server.started for server in servers)

    control = Starlette(routes=control_routes(config, standins, faults, ready))
    servers.append(Server(uvicorn.Config(control, port=config.ports["control"], **options)))

    def end() -> None:
        for server in servers:
            server.should_exit = True

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, end)
    await asyncio.gather(*(server.serve() for server in servers))


if __name__ == "__main__":
    asyncio.run(serve(StackConfig.load(sys.argv[1])))
