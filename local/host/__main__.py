"""`python -m local.host APPDIR --port P [--enable-auth] [--keys FILE] [--state DIR]`."""

import argparse
import asyncio
import json
import logging
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import uvicorn

from local.host.app import App
from local.host.host import Host
from local.host.worker import IndexingError


async def _serve(options: argparse.Namespace) -> int:
    keys: dict[str, Any] = json.loads(options.keys.read_text()) if options.keys else {}
    if os.environ.get("VISITBRIDGE_MASTER_KEY"):
        keys["master"] = os.environ["VISITBRIDGE_MASTER_KEY"]
    app = App(options.folder, options.state or Path(tempfile.mkdtemp(prefix="functions-host-")), keys)
    try:
        await app.start()
    except IndexingError as error:
        print(f"The app was refused:\n{error}", file=sys.stderr)
        return 1
    host = Host(app, enforce_keys=options.enable_auth)
    server = uvicorn.Server(
        uvicorn.Config(
            host.asgi(), host=options.host, port=options.port, log_level="warning", access_log=False,
            server_header=False, timeout_graceful_shutdown=5,
        )
    )  # fmt: skip
    print(f"{len(app.functions)} functions on http://{options.host}:{options.port}", file=sys.stderr, flush=True)
    await server.serve()
    return 0


def main() -> int:
    """Exit status 1 if Microsoft's indexer refuses the app."""
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
    options.state = options.state and options.state.resolve()
    return asyncio.run(_serve(options))


if __name__ == "__main__":
    sys.exit(main())
