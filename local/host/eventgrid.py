"""Event Grid's webhook of the host: the validation handshake and the delivery of events.

https://learn.microsoft.com/azure/event-grid/end-point-validation-event-grid-events-schema
"""

import asyncio
import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from local.host import settings
from local.host.app import App
from local.host.keys import Keys

EXTENSION = "eventgrid_extension"


class EventGrid:
    """`POST /runtime/webhooks/eventgrid?functionName=NAME&code=KEY`; the key is asked for always."""

    def __init__(self, app: App, keys: Keys) -> None:
        self._app = app
        self._keys = keys

    async def answer(self, request: Request) -> Response:
        """Validates, delivers each event in a call of its own, or takes note of an unsubscription."""
        if not self._keys.opens(EXTENSION, request, "aeg-sas-key"):
            return Response(status_code=401)
        function = self._app.functions.get(request.query_params.get("functionName", "").lower())
        if function is None or function.kind != "eventGridTrigger" or settings.disabled(function.name):
            return PlainTextResponse("cannot find that function", 404)
        kind = request.headers.get("aeg-event-type", "").lower()
        if kind == "unsubscribe":
            return Response(status_code=202)
        events = await _events(request)
        if kind == "subscriptionvalidation":
            return _validation(events)
        if kind != "notification" or events is None:
            return Response(status_code=400)
        name = function.trigger["name"]
        results = await asyncio.gather(
            *(self._app.invoke(function, {name: ("json", json.dumps(event))}) for event in events)
        )
        # One failure and the whole batch comes again: functions must not mind an event twice.
        return Response(status_code=202 if all(result.ok for result in results) else 500)


async def _events(request: Request) -> list[dict[str, Any]] | None:
    """The events of a batch; one event may stand alone. None for what is neither."""
    try:
        payload = await request.json()
    except ValueError:
        return None
    events = payload if isinstance(payload, list) else [payload]
    return events if all(isinstance(event, dict) for event in events) else None


def _validation(events: list[dict[str, Any]] | None) -> Response:
    """The handshake's answer: the code of the first event."""
    data = events[0].get("data") if events else None
    if not isinstance(data, dict) or not isinstance(data.get("validationCode"), str):
        return Response(status_code=400)
    return JSONResponse({"validationResponse": data["validationCode"]})
