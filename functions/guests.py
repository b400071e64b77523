"""What a guest's link opens."""

import azure.functions as func

from functions.answers import page, redirect
from functions.guest_page import invitation_page
from functions.page_words import language_of
from shared.services import services
from shared.visits.joins import device_of

bp = func.Blueprint()


@bp.route("g/{token}", methods=["GET"])
@page
async def guest_link(req: func.HttpRequest) -> func.HttpResponse:
    """What the link is for, and the way on."""
    from shared.messages.dates import local_time

    token, forwarded_for = req.route_params["token"], req.headers.get("x-forwarded-for", "")
    invitation = await services().guest_links.look(token, forwarded_for)
    language = language_of(req.headers.get("accept-language", ""))
    when = local_time(invitation.start, invitation.zone, language)
    return invitation_page(language, token, role=invitation.role, when=when)


@bp.route("g/{token}/join", methods=["GET"])
@page
async def guest_join(req: func.HttpRequest) -> func.HttpResponse:
    """Into the room, through its lobby."""
    token, forwarded_for = req.route_params["token"], req.headers.get("x-forwarded-for", "")
    device = device_of(req.headers.get("user-agent", ""))
    return redirect(await services().guest_links.enter(token, forwarded_for, device))
