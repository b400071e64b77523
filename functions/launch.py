"""Browsers that come from the EHR, and from Entra after a clinician's one sign-in."""

import azure.functions as func

from functions.answers import cookies_of, page, redirect
from shared.services import services

bp = func.Blueprint()


@bp.route("launch/epic/{audience}/{connection_id?}", methods=["GET"])
@page
async def launch_begin(req: func.HttpRequest) -> func.HttpResponse:
    """SMART App Launch 2.2, EHR launch: `?iss&launch`."""
    params = req.route_params
    departure = await services().launches.begin(params["audience"], req.params, params.get("connection_id"))
    return redirect(departure.url, departure.cookie)


@bp.route("launch/callback/{audience}", methods=["GET"])
@page
async def launch_callback(req: func.HttpRequest) -> func.HttpResponse:
    """The EHR's authorization server sent the browser back."""
    arrival = await services().launches.finish(req.route_params["audience"], req.params, cookies_of(req))
    return redirect(arrival.url, *arrival.cookies)


@bp.route("signin/callback", methods=["GET"])
@page
async def signin_callback(req: func.HttpRequest) -> func.HttpResponse:
    """Entra sent the clinician back."""
    way = await services().clinician_sign_in.finish(req.params, cookies_of(req))
    return redirect(way.url, *way.cookies)
