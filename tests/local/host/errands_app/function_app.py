"""Errands come as JSON: `{"id", "seconds"?, "failures"?}`. What ran is read back at `GET /api/seen/{what}`.

The setting ERRANDS names the queue, so that two hosts can stand side by side.
"""

import asyncio
import json
import time
from typing import Any

import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)

STORAGE = "AzureWebJobsStorage"
NEW_YEAR = "0 0 0 1 1 *"
SEEN: list[dict[str, Any]] = []


@app.route("seen/{what}", methods=["GET"])
async def seen(req: func.HttpRequest) -> func.HttpResponse:
    found = [call for call in SEEN if call["what"] == req.route_params["what"]]
    return func.HttpResponse(json.dumps(found), mimetype="application/json")


@app.route("errands", methods=["POST"])
@app.queue_output(arg_name="out", queue_name="%ERRANDS%", connection=STORAGE)
async def ask(req: func.HttpRequest, out: func.Out[str]) -> func.HttpResponse:
    out.set(req.get_body().decode())
    return func.HttpResponse(status_code=202)


@app.queue_trigger(arg_name="msg", queue_name="%ERRANDS%", connection=STORAGE)
@app.queue_output(arg_name="$return", queue_name="%ERRANDS%-done", connection=STORAGE)
async def run(msg: func.QueueMessage) -> str:
    errand = json.loads(msg.get_body())
    SEEN.append({"what": "run", "id": errand["id"], "count": msg.dequeue_count, "at": time.time()})
    await asyncio.sleep(errand.get("seconds", 0))
    if (msg.dequeue_count or 1) <= errand.get("failures", 0):
        raise ValueError(f"told to fail: {errand}")
    return str(errand["id"])


@app.timer_trigger(arg_name="timer", schedule=NEW_YEAR)
async def yearly(timer: func.TimerRequest) -> None:
    SEEN.append({"what": "yearly", "late": timer.past_due})


@app.timer_trigger(arg_name="timer", schedule=NEW_YEAR, run_on_startup=True, use_monitor=False)
def at_start(timer: func.TimerRequest) -> None:
    SEEN.append({"what": "at_start", "late": timer.past_due})


@app.event_grid_trigger(arg_name="event")
async def on_event(event: func.EventGridEvent) -> None:
    raise ValueError(f"told to fail: {event.get_json()}")


@app.route("meet/{room}/{count:int}", methods=["GET"])
def meet(req: func.HttpRequest) -> func.HttpResponse:
    """Answers once so many requests are here at the same time, each in a thread."""
    room, deadline = req.route_params["room"], time.monotonic() + 5
    SEEN.append({"what": room})
    while len([call for call in SEEN if call["what"] == room]) < int(req.route_params["count"]):
        if time.monotonic() > deadline:
            return func.HttpResponse(status_code=504)
        time.sleep(0.01)
    return func.HttpResponse("met")
