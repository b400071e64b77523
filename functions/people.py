"""Linked clinicians and the audit trail. There are no patients to list."""

import azure.functions as func

from functions.answers import api, json_answer
from shared.errors import Refused
from shared.organisations.access import ADMIN
from shared.services import services

bp = func.Blueprint()


@bp.route("clinicians", methods=["GET"])
@api
async def clinicians_list(req: func.HttpRequest) -> func.HttpResponse:
    """Who is linked, over all of the tenant's connections."""
    caller = await services().access.caller(req.headers)
    caller.require(ADMIN)
    found = []
    for connection in await services().administration.visible(caller):
        found += await services().clinicians.of_connection(connection.id)
    return json_answer({"clinicians": found})


@bp.route("clinicians/{id}", methods=["DELETE"])
@api
async def clinicians_unlink(req: func.HttpRequest) -> func.HttpResponse:
    """Unlinks a clinician: `{id}` is `connection:EHR user id`."""
    caller = await services().access.caller(req.headers)
    caller.require(ADMIN)
    connection_id, _, user = req.route_params["id"].partition(":")
    if not user:
        raise Refused("not_found")
    connection = await services().administration.show(caller, connection_id)
    await services().clinicians.unlink(connection.id, user)
    await services().audit.note(caller.tenant, caller.oid, "clinician.unlinked", connection.id)
    return func.HttpResponse(status_code=204)


@bp.route("audit", methods=["GET"])
@api
async def audit_month(req: func.HttpRequest) -> func.HttpResponse:
    """One month of the trail, `?month=YYYYMM`, this month if not given."""
    caller = await services().access.caller(req.headers)
    caller.require(ADMIN)
    month = req.params.get("month", f"{services().clock():%Y%m}")
    if not (month.isdigit() and len(month) == 6):
        raise Refused("request.invalid", fields={"month": "YYYYMM"})
    return json_answer({"entries": await services().audit.month(caller.tenant, month)})
