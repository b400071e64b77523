"""The device test: its page, what the page measures with, what it found."""

from os import urandom

import azure.functions as func

from functions.answers import api, json_answer, json_body, link_page
from functions.page_words import WORDS, language_of
from shared.errors import Refused
from shared.services import services

bp = func.Blueprint()

CODE = "x-visitbridge-code"


@bp.route("device-test/{token}", methods=["GET"])
@link_page
async def device_test(req: func.HttpRequest) -> func.HttpResponse:
    """The page, in the patient's language."""
    from functions.device_page import device_page

    bench = await services().device_tests.open(req.route_params["token"], _forwarded_for(req))
    known = (language for language in (req.params.get("lang", ""), bench.language) if language in WORDS)
    language = next(known, language_of(req.headers.get("accept-language", "")))
    return device_page(language, bench.code, kept=bench.kept)


@bp.route("device-test/{token}/probe", methods=["GET"])
@api
async def device_test_down(req: func.HttpRequest) -> func.HttpResponse:
    """Octets that no proxy can make smaller: how long an answer takes, and how fast one comes."""
    await _check(req)
    octets = urandom(_bytes(req.params.get("bytes", "0")))
    headers = {"Cache-Control": "no-store, no-transform", "X-Content-Type-Options": "nosniff"}
    return func.HttpResponse(octets, mimetype="application/octet-stream", headers=headers)


@bp.route("device-test/{token}/probe", methods=["POST"])
@api
async def device_test_up(req: func.HttpRequest) -> func.HttpResponse:
    """Takes octets, to see how fast they go, and forgets them."""
    await _check(req)
    from shared.launch.device_test import MOST_BYTES

    if len(req.get_body()) > MOST_BYTES:
        raise Refused("request.too_large")
    return func.HttpResponse(status_code=204, headers={"Cache-Control": "no-store"})


@bp.route("device-test/{token}/result", methods=["PUT"])
@api
async def device_test_result(req: func.HttpRequest) -> func.HttpResponse:
    """Keeps what a test found: `{"checks": {check: outcome}}`. The last one counts."""
    device_tests = services().device_tests
    checks = json_body(req).get("checks")
    if not isinstance(checks, dict):
        raise Refused("request.invalid", fields={"checks": "missing"})
    result = await device_tests.keep(req.route_params["token"], checks, _forwarded_for(req))
    return json_answer({"result": result})


async def _check(req: func.HttpRequest) -> None:
    await services().device_tests.check(req.route_params["token"], req.headers.get(CODE, ""))


def _bytes(text: str) -> int:
    from shared.launch.device_test import MOST_BYTES

    if not (text.isascii() and text.isdigit() and len(text) <= 6 and int(text) <= MOST_BYTES):
        raise Refused("request.invalid", fields={"bytes": f"a number up to {MOST_BYTES}"})
    return int(text)


def _forwarded_for(req: func.HttpRequest) -> str:
    return str(req.headers.get("x-forwarded-for", ""))
