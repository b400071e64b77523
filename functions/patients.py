"""What a patient's link opens."""

import azure.functions as func

from functions.answers import api, json_answer, page, redirect
from functions.pages import waiting_page
from shared.services import services

bp = func.Blueprint()


@bp.route("v/{token}", methods=["GET"])
@page
async def visit_link(req: func.HttpRequest) -> func.HttpResponse:
    """Into the room, or to the waiting page while there is none."""
    standing = await services().entry.link(req.route_params["token"])
    return redirect(standing.join_url) if standing.join_url else waiting_page(standing.language)


@bp.route("visits/{token}/status", methods=["GET"])
@api
async def visit_status(req: func.HttpRequest) -> func.HttpResponse:
    """What the waiting page asks: `waiting`, or `ready` with the room's address."""
    standing = await services().entry.link(req.route_params["token"])
    return json_answer({"state": standing.state, "join_url": standing.join_url or None})
