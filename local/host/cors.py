"""Cross-origin requests, answered in front of the app as App Service and `func start --cors` do.

Both go by ASP.NET Core's middleware: a preflight is always answered here and never reaches a function, allowed or not;
a request from a stranger is served, without the headers that would let its page read the answer. No header of an
answer is exposed, and there are no credentials.
https://learn.microsoft.com/azure/azure-functions/functions-how-to-use-azure-function-app-settings#cors
https://learn.microsoft.com/aspnet/core/security/cors
"""

import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from local.host.settings import AppError

ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?")


def origins_of(text: str) -> list[str]:
    """`https://a.example,https://b.example`. Raises AppError for what no browser would ever send as its origin."""
    origins = [origin.strip() for origin in text.split(",") if origin.strip()]
    for origin in origins:
        if origin != "*" and not ORIGIN.fullmatch(origin):
            raise AppError(f"{origin} is no origin: scheme, host and port in small letters, no slash at the end")
    if "*" in origins and len(origins) > 1:
        raise AppError("* allows every origin: name it alone")
    return origins


class Cors:
    """The middleware. `origins` are the allowed ones, `*` alone for all; without any it does nothing."""

    def __init__(self, app: ASGIApp, origins: list[str]) -> None:
        self._app = app
        self._origins = origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a preflight, or adds what allows the page to read the answer."""
        headers = Headers(scope=scope) if scope["type"] == "http" else Headers()
        origin = headers.get("origin")
        if not self._origins or not origin:
            await self._app(scope, receive, send)
            return
        allowed = self._allowed(origin)
        wanted = headers.get("access-control-request-method")
        if scope["method"] == "OPTIONS" and wanted:
            if allowed:
                allowed |= {"access-control-allow-methods": wanted}
                if asked := headers.get("access-control-request-headers"):
                    allowed |= {"access-control-allow-headers": asked}
            await Response(status_code=204, headers=allowed)(scope, receive, send)
            return

        async def send_allowed(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = MutableHeaders(scope=message)
                for name, value in allowed.items():
                    if name == "vary":
                        answer.add_vary_header(value)
                    else:
                        answer[name] = value
            await send(message)

        await self._app(scope, receive, send_allowed)

    def _allowed(self, origin: str) -> dict[str, str]:
        if self._origins == ["*"]:
            return {"access-control-allow-origin": "*"}
        if origin not in self._origins:
            return {}
        vary = {"vary": "Origin"} if len(self._origins) > 1 else {}
        return {"access-control-allow-origin": origin} | vary
