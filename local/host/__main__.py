"""`python -m local.host APPDIR --port P [--enable-auth] [--keys FILE] [--state DIR]`."""

import argparse
import asyncio
import contextlib
import json
import logging
import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import uvicorn

from local.host.app import App
from local.host.host import PATIENCE_SECONDS, Host
from local.host.worker import IndexingError


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Nothing: a signal must stop timers and queues at once, not only when the last request is answered."""
        yield


async def _serve(options: argparse.Namespace, state: Path) -> int:
    try:
        app = App(options.folder, state, _keys(options.keys))
        await app.start()
        host = Host(app, enforce_keys=options.enable_auth)
    except (IndexingError, ValueError, OSError) as error:
        print(f"The app was refused:\n{error}", file=sys.stderr)
        return 1
    server = _Server(
        uvicorn.Config(
            host.asgi(), host=options.host, port=options.port, log_level="warning", access_log=False,
            server_header=False, timeout_graceful_shutdown=PATIENCE_SECONDS,
        )
    )  # fmt: skip

    def end() -> None:
        host.retire()
        server.should_exit = True

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, end)
    print(f"{len(app.functions)} functions on http://{options.host}:{options.port}", file=sys.stderr, flush=True)
    try:
        await server.serve()
    except SystemExit:
        # How uvicorn says that the port is taken; it has logged why.
        return 1
    return 0


def _keys(file: Path | None) -> dict[str, Any]:
    keys: dict[str, Any] = json.loads(file.read_text()) if file else {}
    if os.environ.get("VISITBRIDGE_MASTER_KEY"):
        keys["master"] = os.environ["VISITBRIDGE_MASTER_KEY"]
    return keys


def main() -> int:
    """Exit status 1 if Microsoft's indexer refuses the app, or the host could not start with it."""
    parser = argparse.ArgumentParser(prog="python -m local.host")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--port", type=int, default=7071)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--enable-auth", action="store_true", help="ask for function keys, as in the cloud")
    parser.add_argument("--keys", type=Path, help='JSON: {"master": "...", "function": {...}, "system": {...}}')
    parser.add_argument("--state", type=Path, help="where timers keep their status")
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # Their lines hold whole URLs.
    for name in ("azure", "httpx", "msal", "urllib3"):
        logging.getLogger(name).setLevel(logging.WARNING)
    options = parser.parse_args()
    options.keys = options.keys and options.keys.resolve()
    with contextlib.ExitStack() as kept:
        state = options.state or Path(kept.enter_context(tempfile.TemporaryDirectory(prefix="functions-host-")))
        # Not asyncio.run: at its end it waits for threads, and a thread of the app's may never end.
        return asyncio.Runner().run(_serve(options, state.resolve()))


if __name__ == "__main__":
    status = main()
    logging.shutdown()
    sys.stdout.flush()
    # The interpreter's own way out waits for the thread of a synchronous function, however long that runs.
    os._exit(status)
