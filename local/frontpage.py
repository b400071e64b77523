"""A start page on the portal's address until the portal itself exists: where everything is."""

import asyncio
import signal
import sys
from html import escape

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from local.config import StackConfig

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>VisitBridge, local stack</title>
<meta name="viewport" content="width=device-width,initial-scale=1"><style>
:root{{color-scheme:light dark}}body{{font:1.0625rem/1.6 system-ui,sans-serif;max-width:40rem;margin:3rem auto;padding:0 1rem}}
dt{{font-weight:600}}dd{{margin:0 0 .75rem}}</style></head><body><h1>VisitBridge, local stack</h1>
<p>The administrator's portal is not built yet: connections are made through the API (<code>docs/api.md</code>).</p>
<dl>{links}</dl></body></html>"""


def create(config: StackConfig) -> Starlette:
    """The page, at every path, for the approver comes back to `/approve/...`."""
    links = {
        "Epic, the clinician's chart": f"{config.epic}/hyperspace",
        "Epic, the patient's portal": f"{config.epic}/mychart",
        "The patient's phone": f"{config.control}/phone",
        "Health of the functions": f"{config.functions}/api/health",
    }
    items = "".join(f'<dt>{escape(name)}</dt><dd><a href="{url}">{url}</a></dd>' for name, url in links.items())

    async def page(_: Request) -> HTMLResponse:
        return HTMLResponse(PAGE.format(links=items))

    return Starlette(routes=[Route("/{path:path}", page)])


async def serve(config: StackConfig) -> None:
    """Serves until SIGTERM."""
    server = uvicorn.Server(
        uvicorn.Config(
            create(config), host="127.0.0.1", port=config.ports["portal"], log_level="warning", access_log=False
        )
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, lambda: setattr(server, "should_exit", True))
    await server.serve()


if __name__ == "__main__":
    asyncio.run(serve(StackConfig.load(sys.argv[1])))
