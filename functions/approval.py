"""The approver's steps: start, the sign-in at the EHR, the decision."""

import azure.functions as func

from functions.answers import api, cookies_of, json_answer, json_body, redirect, staff_page
from shared.services import services

bp = func.Blueprint()


@bp.route("connections/{id}/approval/start", methods=["POST"])
@api
async def approval_start(req: func.HttpRequest) -> func.HttpResponse:
    """Gives the address to open for the sign-in at the EHR."""
    caller = await services().access.caller(req.headers)
    return json_answer({"url": await services().approvals.start(caller, req.route_params["id"])})


@bp.route("approval/begin", methods=["GET"])
@staff_page
async def approval_begin(req: func.HttpRequest) -> func.HttpResponse:
    """Sends the approver's browser to the EHR's sign-in."""
    departure = await services().approvals.begin(req.params.get("ticket", ""))
    return redirect(departure.url, departure.cookie)


@bp.route("approval/callback", methods=["GET"])
@staff_page
async def approval_callback(req: func.HttpRequest) -> func.HttpResponse:
    """The EHR sent the approver back."""
    url, cookies = await services().approvals.come_back(req.params, cookies_of(req))
    return redirect(url, *cookies)


@bp.route("connections/{id}/approval", methods=["POST"])
@api
async def approval_decide(req: func.HttpRequest) -> func.HttpResponse:
    """`{"decision": "approve"}` or `{"decision": "reject", "reason": "..."}`."""
    caller = await services().access.caller(req.headers)
    decided = await services().approvals.decide(caller, req.route_params["id"], json_body(req))
    return json_answer(decided)
