"""Microsoft Graph's change notifications: the door, the life cycle, and the worker behind the queue."""

import azure.functions as func

from functions.answers import api, json_body
from functions.failures import noted, unquoted
from shared.adapters.queues import NOTIFICATIONS
from shared.services import services

bp = func.Blueprint()

MOST_TOKEN = 2_000


@bp.route("graph/notifications", methods=["POST"])
@api
async def graph_notifications(req: func.HttpRequest) -> func.HttpResponse:
    """Answers Graph's validation, or checks and queues a delivery within three seconds."""
    if "validationToken" in req.params:
        return _validation(req)
    await services().notifications.accept(json_body(req))
    return func.HttpResponse(status_code=202)


@bp.route("graph/lifecycle", methods=["POST"])
@api
async def graph_lifecycle(req: func.HttpRequest) -> func.HttpResponse:
    """Graph asks to renew a subscription."""
    if "validationToken" in req.params:
        return _validation(req)
    await services().notifications.lifecycle(json_body(req))
    return func.HttpResponse(status_code=202)


@bp.queue_trigger(arg_name="msg", queue_name="notifications", connection="AzureWebJobsStorage")
@unquoted
@noted(NOTIFICATIONS)
async def graph_event(msg: func.QueueMessage) -> None:
    """Opens one notification and folds it into its visit."""
    await services().notifications.open(msg.get_json())


def _validation(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse(
        req.params["validationToken"][:MOST_TOKEN],
        mimetype="text/plain",
        headers={"X-Content-Type-Options": "nosniff"},
    )
