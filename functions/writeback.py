"""Statuses on their way to the EHR: whether they are paused, which were given up, and writing these after all."""

import azure.functions as func

from functions.answers import api, json_answer, json_body
from functions.failures import unquoted
from shared.services import services

bp = func.Blueprint()


@bp.route("connections/{id}/writeback", methods=["GET"])
@api
async def writeback_show(req: func.HttpRequest) -> func.HttpResponse:
    """How a connection's write-back goes."""
    caller = await services().access.caller(req.headers)
    return json_answer(await services().replays.show(caller, req.route_params["id"], req.params))


@bp.route("connections/{id}/writeback/replay", methods=["POST"])
@api
async def writeback_replay(req: func.HttpRequest) -> func.HttpResponse:
    """Has statuses that were given up written after all."""
    caller = await services().access.caller(req.headers)
    return json_answer(await services().replays.replay(caller, req.route_params["id"], json_body(req)))


@bp.timer_trigger(arg_name="timer", schedule="0 27 3 * * *", run_on_startup=False)
@unquoted
async def writeback_expire(timer: func.TimerRequest) -> None:  # noqa: ARG001
    """Removes, once a day, what was given up more than seven days ago."""
    await services().untold.expire()
    await services().pauses.expire()
