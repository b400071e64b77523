"""Who is signed in, linked clinicians, the audit trail. There are no patients to list."""

import azure.functions as func

from functions.answers import api, csv_answer, json_answer, wants_csv
from functions.failures import unquoted
from shared.organisations import audit
from shared.services import services

bp = func.Blueprint()


@bp.route("me", methods=["GET"])
@api
async def me(req: func.HttpRequest) -> func.HttpResponse:
    """Who is signed in, and what they may do."""
    caller = await services().access.caller(req.headers)
    return json_answer(await services().overview.me(caller))


@bp.route("clinicians", methods=["GET"])
@api
async def clinicians_list(req: func.HttpRequest) -> func.HttpResponse:
    """Who is linked, over all of the tenant's connections."""
    caller = await services().access.caller(req.headers)
    return json_answer(await services().overview.clinicians(caller, req.params))


@bp.route("clinicians/{id}", methods=["DELETE"])
@api
async def clinicians_unlink(req: func.HttpRequest) -> func.HttpResponse:
    """Unlinks a clinician: `{id}` is `connection:EHR user id`."""
    caller = await services().access.caller(req.headers)
    await services().overview.unlink(caller, req.route_params["id"])
    return func.HttpResponse(status_code=204)


@bp.timer_trigger(arg_name="timer", schedule="0 53 3 * * *", run_on_startup=False)
@unquoted
async def audit_expire(timer: func.TimerRequest) -> None:  # noqa: ARG001
    """Removes, once a day, what is older in the trail than the setting says."""
    await services().audit_retention.expire()


@bp.route("audit", methods=["GET"])
@api
async def audit_list(req: func.HttpRequest) -> func.HttpResponse:
    """The trail, newest first; all of it as CSV if the Accept header asks for that."""
    caller = await services().access.caller(req.headers)
    found = await services().overview.trail(caller, req.params, whole=wants_csv(req))
    return csv_answer(audit.as_csv(found.entries)) if wants_csv(req) else json_answer(found)
