"""The minute tick and the worker behind its queue."""

import azure.functions as func

from shared.services import services
from shared.visits.visit import VisitKey

bp = func.Blueprint()


@bp.timer_trigger(arg_name="timer", schedule="0 * * * * *", run_on_startup=False)
async def reminder_tick(timer: func.TimerRequest) -> None:  # noqa: ARG001
    """Hands out everything owed up to now; late, missed and doubled ticks are normal."""
    await services().tick.run()


@bp.queue_trigger(arg_name="msg", queue_name="due", connection="AzureWebJobsStorage")
async def visit_worker(msg: func.QueueMessage) -> None:
    """Does what one visit owes."""
    message = msg.get_json()
    alarm = message.get("alarm")
    await services().worker.run(VisitKey.parse(message["visit"]), (alarm[0], alarm[1]) if alarm else None)
