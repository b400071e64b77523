"""The doctor: what is wrong with a connection, why, and what mends it."""

import azure.functions as func

from functions.answers import api, json_answer
from shared.services import services

bp = func.Blueprint()


@bp.route("connections/{id}/diagnosis", methods=["GET"])
@api
async def connections_diagnosis(req: func.HttpRequest) -> func.HttpResponse:
    """Checks a connection from end to end, now."""
    caller = await services().access.caller(req.headers)
    connection = await services().administration.find(caller, req.route_params["id"])
    return json_answer(await services().doctor.diagnose(connection))
