"""Browsers that come from the EHR, and from Entra after a clinician's one sign-in."""

from collections.abc import Mapping
from urllib.parse import quote, urlencode

import azure.functions as func

from functions.answers import cookies_of, page, redirect, with_cookies
from functions.launch_page import FRAMES, own_window_page, posting_page
from functions.page_words import language_of
from shared.launch.browsers import fits
from shared.services import services
from shared.visits.joins import device_of

bp = func.Blueprint()


@bp.route("launch/epic/{audience}/{connection_id?}", methods=["GET"])
@page
async def launch_begin(req: func.HttpRequest) -> func.HttpResponse:
    """SMART App Launch 2.2, EHR launch: `?iss&launch`."""
    params = req.route_params
    language = language_of(req.headers.get("accept-language", ""))
    if req.headers.get("sec-fetch-dest") in FRAMES:
        return own_window_page(_again(params, req.params), language)
    departure = await services().launches.begin(params["audience"], req.params, params.get("connection_id"))
    if departure.form is None:
        return redirect(departure.url, departure.cookie)
    return with_cookies(posting_page(departure.url, departure.form, language), departure.cookie)


@bp.route("launch/callback/{audience}", methods=["GET"])
@page
async def launch_callback(req: func.HttpRequest) -> func.HttpResponse:
    """The EHR's authorization server sent the browser back."""
    agent = req.headers.get("user-agent", "")
    arrival = await services().launches.finish(
        req.route_params["audience"], req.params, cookies_of(req), device_of(agent), fits=fits(agent)
    )
    return redirect(arrival.url, *arrival.cookies)


@bp.route("signin/callback", methods=["GET"])
@page
async def signin_callback(req: func.HttpRequest) -> func.HttpResponse:
    """Entra sent the clinician back."""
    way = await services().clinician_sign_in.finish(req.params, cookies_of(req))
    return redirect(way.url, *way.cookies)


def _again(route: Mapping[str, str], query: Mapping[str, str]) -> str:
    """The address of the launch that was asked for, on this host."""
    parts = [quote(route[name], safe="") for name in ("audience", "connection_id") if route.get(name)]
    return f"/api/launch/epic/{'/'.join(parts)}?{urlencode({name: query.get(name, '') for name in ('iss', 'launch')})}"
