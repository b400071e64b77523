"""Event Grid's webhook of the host: the validation handshake and the delivery of events.

https://learn.microsoft.com/azure/event-grid/end-point-validation-event-grid-events-schema
"""

import asyncio
import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from local.host.app import App

KEY = "eventgrid_extension"


class EventGrid:
    """`POST /runtime/webhooks/eventgrid?functionName=NAME&code=KEY`."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def answer(self, request: Request) -> Response:
        """Validates, delivers each event in a call of its own, or takes note of an unsubscription."""
        key = (
            request.query_params.get("code")
            or request.headers.get("x-functions-key")
            or request.headers.get("aeg-sas-key")
        )
        if not key or key not in (self._app.keys["system"].get(KEY), self._app.keys["master"]):
            return Response(status_code=401)
        function = self._app.functions.get(request.query_params.get("functionName", "").lower())
        if function is None or function.trigger["type"] != "eventGridTrigger" or self._app.disabled(function):
            return PlainTextResponse("cannot find that function", 404)
        kind = request.headers.get("aeg-event-type", "").lower()
        if kind == "unsubscribe":
            return Response(status_code=202)
        if kind not in ("subscriptionvalidation", "notification"):
            return Response(status_code=400)
        try:
            payload: Any = await request.json()
        except ValueError:
            return Response(status_code=400)
        events = payload if isinstance(payload, list) else [payload]
        if kind == "subscriptionvalidation":
            try:
                return JSONResponse({"validationResponse": events[0]["data"]["validationCode"]})
            except (LookupError, TypeError):
                return Response(status_code=400)
        name = function.trigger["name"]
        results = await asyncio.gather(
            *(self._app.invoke(function, {name: ("json", json.dumps(event))}) for event in events)
        )
        # One failure and the whole batch comes again: functions must not mind an event twice.
        return Response(status_code=202 if all(result.ok for result in results) else 500)
