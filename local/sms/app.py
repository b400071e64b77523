"""Puts the stand-in together: who may call, which api-versions there are, and the routes of texts and numbers."""

import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.config import StackConfig
from local.sms import control, numbers, optouts, reports, sending
from local.sms.answers import AcsError, read_object
from local.sms.auth import Callers
from local.sms.carrier import Carrier
from local.sms.events import EventGrid
from local.sms.inventory import Inventory
from local.standin import StandIn

SENDING_VERSIONS = ("2021-03-07", "2026-01-23")
LATER_VERSIONS = ("2026-01-23",)
NUMBER_VERSIONS = ("2025-06-01",)
Endpoint = Callable[[Request], Awaitable[Response]]


def create(config: StackConfig) -> StandIn:
    """The communication resource of one stack, which owns SENDER_NUMBER."""
    carrier = Carrier(time.monotonic)
    inventory = Inventory(time.monotonic, carrier.unverified.add)
    events = EventGrid(config)
    callers = Callers(config)

    def framed(method: str, path: str, versions: tuple[str, ...], work: Endpoint) -> Route:
        async def endpoint(request: Request) -> Response:
            try:
                await callers.check(request)
                _check_version(request, versions)
                return await work(request)
            except AcsError as error:
                return error.answer()

        return Route(path, endpoint, methods=[method])

    async def send(request: Request) -> Response:
        body = await read_object(request)
        answer, texts = sending.send(carrier, inventory.owns, body, request.query_params["api-version"])
        for text in texts:
            reports.announce(events, text)
        return JSONResponse(answer, 202)

    async def opt_outs(request: Request) -> Response:
        action = request.path_params["action"]
        if action not in optouts.ACTIONS:
            raise AcsError(404, "NotFound", f"There is no action {action}.")
        return JSONResponse(optouts.act(carrier, action, await read_object(request)))

    async def delivery_report(request: Request) -> Response:
        text = carrier.find(request.path_params["message_id"])
        if text is None:
            problem = {"type": "https://tools.ietf.org/html/rfc9110#section-15.5.5", "title": "Not Found"}
            return JSONResponse({**problem, "status": 404, "traceId": f"00-{uuid.uuid4().hex}-{'0' * 15}1-00"}, 404)
        return JSONResponse(reports.report(text))

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        await events.close()

    app = Starlette(
        routes=[
            framed("POST", "/sms", SENDING_VERSIONS, send),
            framed("POST", "/sms/optouts:{action}", LATER_VERSIONS, opt_outs),
            framed("GET", "/deliveryReports/{message_id}", LATER_VERSIONS, delivery_report),
            *(framed(method, path, NUMBER_VERSIONS, work) for method, path, work in numbers.endpoints(inventory)),
        ],
        exception_handlers={HTTPException: _http_error},
        lifespan=lifespan,
    )
    return StandIn("sms", app, control.routes(carrier, inventory, events))


def _check_version(request: Request, versions: tuple[str, ...]) -> None:
    version = request.query_params.get("api-version")
    headers = {"api-supported-versions": ", ".join(versions)}
    if not version:
        raise AcsError(400, "ApiVersionUnspecified", "An API version is required, but was not specified.", "", headers)
    if version not in versions:
        text = f"{request.url.path} does not support the API version {version}."
        raise AcsError(400, "UnsupportedApiVersion", text, "", headers)


async def _http_error(_: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    headers = dict(error.headers or {}) if isinstance(error, HTTPException) else None
    return AcsError(status, "MethodNotAllowed" if status == 405 else "NotFound", str(error), "", headers).answer()
