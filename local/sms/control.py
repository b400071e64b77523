"""The control routes: what was sent, what a patient writes back, the quotas, and the phone page. Plain http."""

import json
from dataclasses import asdict, replace
from urllib.parse import parse_qs

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from local.config import SENDER_NUMBER
from local.sms import phone, reports
from local.sms.answers import Json
from local.sms.carrier import CODES, E164, Carrier
from local.sms.events import EventGrid
from local.sms.inventory import Course, Inventory


def routes(carrier: Carrier, inventory: Inventory, events: EventGrid) -> list[BaseRoute]:
    """The routes that tests, scripts and people use to look into the stand-in and to make it act."""

    async def messages(_: Request) -> Response:
        """Accepted texts, oldest first; `delivery` says whether the carrier passed them on."""
        return JSONResponse([text.shown() for text in carrier.texts])

    async def empty(_: Request) -> Response:
        carrier.empty()
        return Response(status_code=204)

    async def inbound(request: Request) -> Response:
        """A patient's text to our number, as JSON `{from, to?, message}` or from the form of the phone page."""
        is_form = "form" in request.headers.get("content-type", "")
        body = await _form(request) if is_form else await _object(request)
        sender, message = _number(body.get("from")), body.get("message")
        recipient = _number(body.get("to") or _answered(carrier, sender))
        if not isinstance(message, str):
            raise HTTPException(400, "message is needed")
        carrier.receive(recipient, sender, message)
        message_id = reports.inbound(events, sender, recipient, message)
        if is_form:
            return RedirectResponse(phone.address(sender), 303)
        return JSONResponse({"id": message_id}, 202)

    async def quotas(request: Request) -> Response:
        """`{texts_per_minute, searches, purchases}`: what is left; PUT sets those that it names."""
        body = await _object(request) if request.method == "PUT" else {}
        if any(type(number) is not int or number < 0 for number in body.values()):
            raise HTTPException(400, "quotas are whole numbers")
        carrier.texts_per_minute = body.get("texts_per_minute", carrier.texts_per_minute)
        inventory.searches_left = body.get("searches", inventory.searches_left)
        inventory.purchases_left = body.get("purchases", inventory.purchases_left)
        return JSONResponse(
            {
                "texts_per_minute": carrier.texts_per_minute,
                "searches": inventory.searches_left,
                "purchases": inventory.purchases_left,
            }
        )

    async def orders(request: Request) -> Response:
        """How orders of numbers go from now on: the fields of Course; PUT sets those that it names, DELETE all back."""
        if request.method == "DELETE":
            inventory.course = Course()
        elif request.method == "PUT":
            inventory.course = _course(inventory.course, await _object(request))
        return JSONResponse(asdict(inventory.course))

    async def verified(request: Request) -> Response:
        """`{number, verified}`: the outcome of a toll-free verification, which takes weeks in the cloud."""
        body = await _object(request)
        change = carrier.unverified.discard if body.get("verified") else carrier.unverified.add
        change(str(body.get("number")))
        return JSONResponse({"unverified": sorted(carrier.unverified)})

    async def outcomes(request: Request) -> Response:
        """What becomes of texts to a number from now on: PUT `{number, code}`, DELETE for all to arrive again."""
        if request.method == "DELETE":
            carrier.outcomes.clear()
        elif request.method == "PUT":
            body = await _object(request)
            number, code = _number(body.get("number")), body.get("code")
            if not isinstance(code, str) or code not in CODES:
                raise HTTPException(400, f"code must be one of {', '.join(CODES)}")
            carrier.outcomes[number] = code
        return JSONResponse(carrier.outcomes)

    async def page(request: Request) -> Response:
        """The phone of `?number=`, or of whoever got the last text."""
        return HTMLResponse(phone.page(carrier, request.query_params.get("number")))

    return [
        Route("/messages", messages, methods=["GET"]),
        Route("/messages", empty, methods=["DELETE"]),
        Route("/sms/inbound", inbound, methods=["POST"]),
        Route("/sms/quotas", quotas, methods=["GET", "PUT"]),
        Route("/sms/orders", orders, methods=["GET", "PUT", "DELETE"]),
        Route("/sms/verified", verified, methods=["PUT"]),
        Route("/sms/outcomes", outcomes, methods=["GET", "PUT", "DELETE"]),
        Route("/phone", page, methods=["GET"]),
    ]


async def _object(request: Request) -> Json:
    try:
        body = json.loads(await request.body())
    except ValueError as error:
        raise HTTPException(400, "a JSON object is needed") from error
    if not isinstance(body, dict):
        raise HTTPException(400, "a JSON object is needed")
    return body


def _course(before: Course, changes: Json) -> Course:
    """The course with these changes. Raises HTTPException."""
    checked: Json = {}
    for name, value in changes.items():
        known = getattr(before, name, None)
        if isinstance(known, float) and type(value) in (int, float) and value >= 0:
            checked[name] = float(value)
        elif isinstance(known, str) and isinstance(value, str):
            checked[name] = value
        elif isinstance(known, dict) and isinstance(value, dict) and value.keys() <= {"search", "purchase"}:
            checked[name] = {what: int(count) for what, count in value.items()}
        else:
            raise HTTPException(400, f"one of {', '.join(asdict(before))}, with a value of its kind")
    return replace(before, **checked)


async def _form(request: Request) -> Json:
    return {name: values[0] for name, values in parse_qs((await request.body()).decode(errors="replace")).items()}


def _number(value: object) -> str:
    if not isinstance(value, str) or not E164.fullmatch(value):
        raise HTTPException(400, "a phone number such as +16085550143 is needed")
    return value


def _answered(carrier: Carrier, patient: str) -> str:
    """The number that an answer without an address goes to: whose text the patient got last."""
    return next((text.sender for text in reversed(carrier.texts) if text.to == patient), SENDER_NUMBER)
