"""The clinician's visit page: opened by a launch, alive while the visit is."""

from __future__ import annotations

from dataclasses import asdict
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import azure.functions as func

from functions.answers import api, cookies_of, json_answer, json_body, redirect, staff_page
from functions.page_words import language_of
from functions.visit_page import gone_page, visit_page
from shared.errors import Refused
from shared.services import services

if TYPE_CHECKING:
    from shared.launch.page_session import PageSession

bp = func.Blueprint()

CODE = "x-visitbridge-code"


@bp.route("visit/{page}", methods=["GET"])
@staff_page
async def visit_page_open(req: func.HttpRequest) -> func.HttpResponse:
    """The page itself."""
    from shared.visits.guests import ROLES

    language = language_of(req.headers.get("accept-language", ""))
    try:
        session = await _session(req)
        seen, texts = await services().visit_pages.seen(session), await services().visit_pages.texts(session)
    except Refused as refusal:
        if refusal.code != "visit.page_invalid":
            raise
        return gone_page(language)
    return visit_page(language, session.page, session.code, roles=ROLES, texts=texts, seen=asdict(seen))


@bp.route("visit/{page}/status", methods=["GET"])
@api
async def visit_page_status(req: func.HttpRequest) -> func.HttpResponse:
    """What the page asks each second; 304 while nothing is new."""
    answer = json_answer(asdict(await services().visit_pages.seen(await _session(req))))
    etag = f'"{sha256(answer.get_body()).hexdigest()[:20]}"'
    if req.headers.get("if-none-match", "") == etag:
        answer = func.HttpResponse(status_code=304, headers={"Cache-Control": "no-store"})
    answer.headers["ETag"] = etag
    return answer


@bp.route("visit/{page}/join", methods=["GET"])
@staff_page
async def visit_page_join(req: func.HttpRequest) -> func.HttpResponse:
    """Into the room."""
    return redirect(await services().visit_pages.join(await _session(req)))


@bp.route("visit/{page}/text", methods=["GET"])
@staff_page
async def visit_page_text(req: func.HttpRequest) -> func.HttpResponse:
    """To the form that texts the visit's link."""
    url, cookie = await services().visit_pages.text(await _session(req))
    return redirect(url, cookie)


@bp.route("visit/{page}/guests", methods=["POST"])
@api
async def visit_page_invite(req: func.HttpRequest) -> func.HttpResponse:
    """Makes a link for a guest: `{"role"}`."""
    session = await _session(req, changes=True)
    seen = await services().visit_pages.invite(session, str(json_body(req).get("role", "")))
    return json_answer(asdict(seen), 201)


@bp.route("visit/{page}/guests/{guest}", methods=["DELETE"])
@api
async def visit_page_revoke(req: func.HttpRequest) -> func.HttpResponse:
    """Takes a guest's link back."""
    session = await _session(req, changes=True)
    return json_answer(asdict(await services().visit_pages.revoke(session, req.route_params["guest"])))


@bp.route("visit/{page}/end", methods=["POST"])
@api
async def visit_page_end(req: func.HttpRequest) -> func.HttpResponse:
    """Ends the visit for all; `teams` says whether Teams was told."""
    seen, told = await services().visit_pages.end(await _session(req, changes=True))
    body: dict[str, Any] = asdict(seen) | {"teams": told}
    return json_answer(body)


async def _session(req: func.HttpRequest, *, changes: bool = False) -> PageSession:
    """The session in the browser's cookie; what changes something carries the page's code besides."""
    from shared.launch.page_session import page_cookie

    page = req.route_params["page"]
    code = req.headers.get(CODE, "") if changes else None
    return await services().visit_pages.session(page, cookies_of(req).get(page_cookie(page), ""), code)
