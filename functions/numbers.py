"""Phone numbers: those there are, getting another one, and the worker behind it."""

import azure.functions as func

from functions.answers import api, json_answer, json_body
from functions.failures import noted, unquoted
from shared.adapters.queues import OPERATIONS
from shared.services import services

bp = func.Blueprint()


@bp.route("phone-numbers", methods=["GET"])
@api
async def phone_numbers_list(req: func.HttpRequest) -> func.HttpResponse:
    """The tenant's numbers, what is under way, and what can be had."""
    caller = await services().access.caller(req.headers)
    return json_answer(await services().numbers.page(caller))


@bp.route("phone-numbers", methods=["POST"])
@api
async def phone_numbers_add(req: func.HttpRequest) -> func.HttpResponse:
    """Begins to get a number."""
    caller = await services().access.caller(req.headers)
    key = req.headers.get("idempotency-key", "")
    return json_answer(await services().purchases.start(caller, json_body(req), key), 202)


@bp.route("phone-numbers/{number}/verification", methods=["PUT"])
@api
async def phone_numbers_verification(req: func.HttpRequest) -> func.HttpResponse:
    """Records how far a number's registration with the carriers is."""
    caller = await services().access.caller(req.headers)
    return json_answer(await services().numbers.record(caller, req.route_params["number"], json_body(req)))


@bp.route("operations/{id}", methods=["GET"])
@api
async def operations_show(req: func.HttpRequest) -> func.HttpResponse:
    """How an operation stands."""
    caller = await services().access.caller(req.headers)
    return json_answer(await services().purchases.show(caller, req.route_params["id"]))


@bp.queue_trigger(arg_name="msg", queue_name="operations", connection="AzureWebJobsStorage")
@unquoted
@noted(OPERATIONS)
async def operation_step(msg: func.QueueMessage) -> None:
    """Does the next thing of one operation."""
    await services().purchases.step(msg.get_json())
