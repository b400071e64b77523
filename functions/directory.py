"""The tenant's people, for the portal's pickers and names."""

import azure.functions as func

from functions.answers import api, json_answer
from shared.services import services

bp = func.Blueprint()


@bp.route("directory/people", methods=["GET"])
@api
async def directory_people(req: func.HttpRequest) -> func.HttpResponse:
    """Who a search finds, or who object ids are."""
    caller = await services().access.caller(req.headers)
    return json_answer(await services().colleagues.find(caller, req.params))
