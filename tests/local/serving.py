"""Serves one stand-in for a test, as the stack does: TLS on its own port, control routes on plain http."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from starlette.applications import Starlette

from local.config import StackConfig
from local.standin import StandIn
from local.standins import Server


@asynccontextmanager
async def serving(standin: StandIn, config: StackConfig) -> AsyncIterator[StandIn]:
    """Runs until the block ends; everything answers when it begins."""
    options: dict[str, Any] = {"host": "127.0.0.1", "log_level": "warning", "lifespan": "on", "access_log": False}
    apps = [
        uvicorn.Config(
            standin.app,
            port=config.ports[standin.service],
            ssl_certfile=str(config.server_certificate),
            ssl_keyfile=str(config.server_key),
            **options,
        )
    ]
    if standin.control:
        apps.append(uvicorn.Config(Starlette(routes=standin.control), port=config.ports["control"], **options))
    servers = [Server(app) for app in apps]
    tasks = [asyncio.create_task(server.serve()) for server in servers]
    try:
        for server in servers:
            await server.ready()
        yield standin
    finally:
        for server in servers:
            server.should_exit = True
        await asyncio.gather(*tasks)
