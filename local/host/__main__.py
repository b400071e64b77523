"""`python -m local.host APPDIR --port P [--host H] [--enable-auth] [--keys FILE] [--state DIR] [--cors ORIGINS]`."""

import argparse
import asyncio
import json
import logging
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import AF_INET, AF_INET6, SO_REUSEADDR, SOL_SOCKET, socket
from typing import Any

import uvicorn

from local.host import logs
from local.host.app import App
from local.host.cors import Cors, origins_of
from local.host.host import PATIENCE_SECONDS, Host
from local.host.keys import Keys
from local.host.settings import AppError

# As long as the real host (Kestrel); a caller with a pool must not meet a connection that just closed.
KEEP_ALIVE_SECONDS = 130


class Server(uvicorn.Server):
    """Says when it listens, stops the triggers when it stops, and ends with status 0 when it is told to end."""

    def __init__(self, config: uvicorn.Config, host: Host, ready: str) -> None:
        super().__init__(config)
        self._host = host
        self._ready = ready

    async def startup(self, sockets: list[socket] | None = None) -> None:
        """Opens the port."""
        await super().startup(sockets)
        print(self._ready, file=sys.stderr, flush=True)

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        """Lets requests come to their end, while nothing new begins."""
        self._host.stop()
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """In place of uvicorn's, which raises the signal again in the end."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.handle_exit, number, None)
        yield


async def _serve(options: argparse.Namespace, state: Path) -> None:
    """Serves until told to end. Raises AppError."""
    keys: dict[str, Any] = json.loads(options.keys.read_text()) if options.keys else {}
    if os.environ.get("VISITBRIDGE_MASTER_KEY"):
        keys["master"] = os.environ["VISITBRIDGE_MASTER_KEY"]
    # The port first: a second host must not so much as look at the queues of the first.
    port = _bound(options.host, options.port)
    app = App(options.folder, state)
    await app.start()
    origins = origins_of(app.cors if options.cors is None else options.cors)
    host = Host(app, Keys(keys), enforce_keys=options.enable_auth)
    config = uvicorn.Config(
        Cors(host.asgi(), origins), lifespan="on",
        ws="none", log_config=None, log_level="warning", access_log=False, server_header=False,
        proxy_headers=False, timeout_keep_alive=KEEP_ALIVE_SECONDS, timeout_graceful_shutdown=int(PATIENCE_SECONDS),
    )  # fmt: skip
    ready = f"{len(app.functions)} functions on http://{options.host}:{options.port}"
    await Server(config, host, ready).serve([port])


def _bound(host: str, port: int) -> socket:
    """A socket that does not listen yet. Raises AppError."""
    bound = socket(AF_INET6 if ":" in host else AF_INET)
    bound.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError as error:
        raise AppError(f"nothing can listen on {host}:{port}: {error.strerror}") from None
    return bound


def main(arguments: list[str]) -> int:
    """Returns the exit status: 1 if the app cannot be run, for one because Microsoft's indexer refuses it."""
    parser = argparse.ArgumentParser(prog="python -m local.host", description="Runs an app of Azure Functions.")
    parser.add_argument("folder", type=Path, help="where function_app.py and host.json are")
    parser.add_argument("--port", type=int, default=7071)
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on")
    parser.add_argument("--enable-auth", action="store_true", help="ask for function keys, as in the cloud")
    parser.add_argument("--keys", type=Path, help='JSON: {"master": "...", "function": {...}, "system": {...}}')
    parser.add_argument("--cors", help="origins whose pages may call, by commas; else Host.CORS of local.settings.json")
    parser.add_argument("--state", type=Path, help="where timers keep their status; a temporary folder otherwise")
    options = parser.parse_args(arguments)
    logs.set_up()
    # The app's folder becomes the working directory, as in the cloud.
    state = options.state.resolve() if options.state else Path(tempfile.mkdtemp(prefix="functions-host-"))
    try:
        # Never closed: that would wait for a thread in which a synchronous function hangs.
        asyncio.Runner().run(_serve(options, state))
    except AppError as error:
        print(f"The app cannot be run: {error}", file=sys.stderr)
        return 1
    finally:
        if not options.state:
            shutil.rmtree(state, ignore_errors=True)
    return 0


if __name__ == "__main__":
    status = main(sys.argv[1:])
    logging.shutdown()
    sys.stdout.flush()
    # Not sys.exit, for the same reason: the host's end is the worker's end.
    os._exit(status)
