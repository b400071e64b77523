"""Work that failed five times: kept from the poison queues, shown, done again or dismissed."""

import logging
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any

import azure.functions as func

from functions.answers import api, json_answer, places
from shared.adapters.queues import DUE, NOTIFICATIONS, OPERATIONS
from shared.services import services

log = logging.getLogger(__name__)
bp = func.Blueprint()

MOST_DELIVERIES = 5  # maxDequeueCount of host.json
Worker = Callable[[func.QueueMessage], Awaitable[None]]


class WorkFailedError(RuntimeError):
    """What the platform is told of a failure, by which it tries again: a type's name, nothing that was read or sent."""


def unquoted[T](trigger: Callable[[T], Awaitable[None]]) -> Callable[[T], Awaitable[None]]:
    """For every trigger but HTTP: a failure is logged by its type and places, and raised without its words.

    The platform exports what a function raises, with its message, past whatever we do to our own log.
    """

    @wraps(trigger)
    async def told(*given: Any, **named: Any) -> None:
        try:
            await trigger(*given, **named)
        except Exception as error:  # noqa: BLE001, the edge: whatever it is, the platform gets its type alone
            kind, where = type(error).__name__, places(error)
        else:
            return
        # Outside of the handler: the first failure would go along as this one's context.
        log.error("%s failed: %s\n%s", trigger.__name__, kind, where)
        raise WorkFailedError(kind)

    return told


def noted(queue: str) -> Callable[[Worker], Worker]:
    """For a worker behind a queue: the last failure of a message is remembered by its code, and raised all the same."""

    def decorate(worker: Worker) -> Worker:
        @wraps(worker)
        async def watched(msg: func.QueueMessage) -> None:
            try:
                await worker(msg)
            except Exception as error:
                if (msg.dequeue_count or 0) >= MOST_DELIVERIES:
                    await services().failures.saw(queue, msg.get_body().decode(), error)
                raise

        return watched

    return decorate


@bp.queue_trigger(arg_name="msg", queue_name="due-poison", connection="AzureWebJobsStorage")
@unquoted
async def visit_failed(msg: func.QueueMessage) -> None:
    """Keeps visits whose work failed five times."""
    await services().failures.keep(DUE, msg.get_body().decode())


@bp.queue_trigger(arg_name="msg", queue_name="notifications-poison", connection="AzureWebJobsStorage")
@unquoted
async def graph_event_failed(msg: func.QueueMessage) -> None:
    """Keeps an event of a meeting that could not be taken in."""
    await services().failures.keep(NOTIFICATIONS, msg.get_body().decode())


@bp.queue_trigger(arg_name="msg", queue_name="operations-poison", connection="AzureWebJobsStorage")
@unquoted
async def operation_failed(msg: func.QueueMessage) -> None:
    """Keeps a step of getting a phone number."""
    await services().failures.keep(OPERATIONS, msg.get_body().decode())


@bp.timer_trigger(arg_name="timer", schedule="0 17 3 * * *", run_on_startup=False)
@unquoted
async def failures_expire(timer: func.TimerRequest) -> None:  # noqa: ARG001
    """Removes, once a day, what is older than seven days."""
    await services().failures.expire()


@bp.route("failures", methods=["GET"])
@api
async def failures_list(req: func.HttpRequest) -> func.HttpResponse:
    """The tenant's work that failed."""
    caller = await services().access.caller(req.headers)
    return json_answer(await services().failures.page(caller, req.params))


@bp.route("failures/{id}/replay", methods=["POST"])
@api
async def failures_replay(req: func.HttpRequest) -> func.HttpResponse:
    """Has it done again."""
    caller = await services().access.caller(req.headers)
    await services().failures.replay(caller, req.route_params["id"])
    return func.HttpResponse(status_code=204)


@bp.route("failures/{id}", methods=["DELETE"])
@api
async def failures_dismiss(req: func.HttpRequest) -> func.HttpResponse:
    """Forgets it."""
    caller = await services().access.caller(req.headers)
    await services().failures.dismiss(caller, req.route_params["id"])
    return func.HttpResponse(status_code=204)
