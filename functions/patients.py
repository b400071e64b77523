"""What a patient's link opens."""

from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import azure.functions as func

from functions.answers import api, json_answer, link_page, redirect
from functions.page_words import WORDS, language_of
from shared.clock import to_text
from shared.launch.browsers import fits
from shared.metrics import measure
from shared.services import services
from shared.visits.joins import FROM_PORTAL, HELD, Way, device_of

if TYPE_CHECKING:
    from shared.launch.standing import Standing

bp = func.Blueprint()

COUNTED, UNCOUNTED = FROM_PORTAL.partition("=")[2], HELD.partition("=")[2]


@bp.route("v/{token}", methods=["GET"])
@link_page
async def visit_link(req: func.HttpRequest) -> func.HttpResponse:
    """Into the room, or to the page that says why not yet, and goes on by itself."""
    standing = await _standing(req)
    if standing.join_url and _goes_on(req):
        return redirect(standing.join_url)
    # With the first patient who has to wait, and not at a cold start.
    from functions.device_page import allow, device_fold
    from functions.waiting_page import Seen, waiting_page

    language = _language(req, standing)
    state = "unfit" if standing.join_url else standing.state
    seen = Seen(
        state, _when(standing, language), standing.opens, _opens(standing, language), standing.moved, services().clock(),
        _query(req), _goes_on(req),
    )  # fmt: skip
    measure("visitbridge.patient.held", 1, state=state)
    if state == "unfit":
        return waiting_page(language, seen)
    code = await services().device_tests.code(req.route_params["token"])
    return allow(waiting_page(language, seen, check=device_fold(language, code)))


@bp.route("visits/{token}/status", methods=["GET"])
@api
async def visit_status(req: func.HttpRequest) -> func.HttpResponse:
    """What the waiting page asks: `early`, `waiting`, or `ready` with the room's address; 304 while nothing is new."""
    standing = await _standing(req)
    ready, language = bool(standing.join_url), _language(req, standing)
    answer = json_answer(
        {
            "state": standing.state,
            "join_url": standing.join_url or None,
            "when_text": None if ready else _when(standing, language),
            "opens": to_text(standing.opens) if standing.opens else None,
            "opens_text": _opens(standing, language) or None,
            "moved": standing.moved,
        }
    )
    etag = f'"{sha256(answer.get_body()).hexdigest()[:20]}"'
    if req.headers.get("if-none-match", "") == etag:
        answer = func.HttpResponse(status_code=304, headers={"Cache-Control": "no-store"})
    answer.headers["ETag"] = etag
    return answer


async def _standing(req: func.HttpRequest) -> "Standing":
    """What the link stands at. Who goes in by it, and was not counted at the portal, is with the kind of their device."""
    came = req.params.get("from", "")
    device = device_of(req.headers.get("user-agent", "")) if came != COUNTED and _goes_on(req) else ""
    way: Way = "portal" if came == UNCOUNTED else "text"
    return await services().entry.link(req.route_params["token"], req.headers.get("x-forwarded-for", ""), device, way)


def _goes_on(req: func.HttpRequest) -> bool:
    """Whether the browser is one for a call, by its name, or whoever sits there wants to go on in it all the same."""
    return bool(req.params.get("anyway")) or fits(req.headers.get("user-agent", ""))


def _language(req: func.HttpRequest, standing: "Standing") -> str:
    """The language that was chosen on the page, the patient's as the EHR told it, or the browser's."""
    known = (language for language in (req.params.get("lang", ""), standing.language) if language in WORDS)
    return next(known, language_of(req.headers.get("accept-language", "")))


def _query(req: func.HttpRequest) -> str:
    """What of the address the page's own links have to keep, with `&` behind."""
    kept = {"from": came} if (came := req.params.get("from", "")) in (COUNTED, UNCOUNTED) else {}
    kept |= {"anyway": "1"} if req.params.get("anyway") else {}
    return urlencode(kept) + "&" if kept else ""


def _when(standing: "Standing", language: str) -> str:
    from shared.messages.dates import local_time

    return local_time(standing.start, standing.zone, language)


def _opens(standing: "Standing", language: str) -> str:
    from shared.messages.dates import local_time

    return local_time(standing.opens, standing.zone, language) if standing.opens else ""
