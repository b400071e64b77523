"""What a patient's link opens."""

from typing import TYPE_CHECKING

import azure.functions as func

from functions.answers import api, json_answer, page, redirect
from functions.page_words import WORDS, language_of
from functions.pages import waiting_page
from shared.services import services
from shared.visits.joins import FROM_PORTAL, device_of

if TYPE_CHECKING:
    from shared.launch.entry import Standing

bp = func.Blueprint()


@bp.route("v/{token}", methods=["GET"])
@page
async def visit_link(req: func.HttpRequest) -> func.HttpResponse:
    """Into the room, or to the waiting page while there is none."""
    standing = await _standing(req)
    if standing.join_url:
        return redirect(standing.join_url)
    # With the first patient who has to wait, and not at a cold start.
    from shared.messages.dates import local_time

    language = standing.language or language_of(req.headers.get("accept-language", ""))
    language = language if language in WORDS else "en"
    return waiting_page(language, local_time(standing.start, standing.zone, language))


@bp.route("visits/{token}/status", methods=["GET"])
@api
async def visit_status(req: func.HttpRequest) -> func.HttpResponse:
    """What the waiting page asks: `waiting`, or `ready` with the room's address."""
    standing = await _standing(req)
    return json_answer({"state": standing.state, "join_url": standing.join_url or None})


async def _standing(req: func.HttpRequest) -> "Standing":
    """What the link stands at. Whoever came by it, and not from the portal, is counted with the kind of their device."""
    name, _, value = FROM_PORTAL.partition("=")
    device = "" if req.params.get(name) == value else device_of(req.headers.get("user-agent", ""))
    return await services().entry.link(req.route_params["token"], req.headers.get("x-forwarded-for", ""), device)
