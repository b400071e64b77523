"""The minute tick, the worker behind its queue, and the daily look."""

import azure.functions as func

from functions.failures import noted, unquoted
from shared.adapters.queues import DUE
from shared.services import services

bp = func.Blueprint()


@bp.timer_trigger(arg_name="timer", schedule="0 * * * * *", run_on_startup=False)
@unquoted
async def reminder_tick(timer: func.TimerRequest) -> None:  # noqa: ARG001
    """Hands out everything owed up to now; late, missed and doubled ticks are normal."""
    await services().tick.run()


@bp.timer_trigger(arg_name="timer", schedule="0 20 6 * * *", run_on_startup=False)
@unquoted
async def daily_look(timer: func.TimerRequest) -> None:  # noqa: ARG001
    """Measures what changes by the day; once more or once less does no harm."""
    await services().expiry.measure()


@bp.queue_trigger(arg_name="msg", queue_name="due", connection="AzureWebJobsStorage")
@unquoted
@noted(DUE)
async def visit_worker(msg: func.QueueMessage) -> None:
    """Does what a few visits owe."""
    from shared.work.jobs import from_message

    await services().worker.run(from_message(msg.get_json()))
