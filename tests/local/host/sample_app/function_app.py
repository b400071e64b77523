"""Functions of every kind the local host runs; what a trigger saw is read back at `GET /api/seen/{what}`.

To run the tests against the real host: `func start` in this folder with the settings AzureWebJobsStorage,
NIGHTLY_SCHEDULE=0 30 2 * * *, AzureWebJobs.off.Disabled=true and AzureWebJobs.late.Disabled=true.
"""

import asyncio
import json
import logging
import threading
import time
from collections import defaultdict
from typing import Any, List  # noqa: UP035, Microsoft's indexer refuses Out[list[str]]

import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.FUNCTION)
log = logging.getLogger("sample")

ANYONE = func.AuthLevel.ANONYMOUS
SEEN: dict[str, list[Any]] = defaultdict(list)
RELEASED = asyncio.Event()
FAILURES = {"nightly": 0}


def _json(value: Any) -> func.HttpResponse:
    return func.HttpResponse(json.dumps(value), mimetype="application/json")


@app.route("seen/{what}", methods=["GET"], auth_level=ANYONE)
async def seen(req: func.HttpRequest) -> func.HttpResponse:
    return _json(SEEN[req.route_params["what"]])


@app.route("things/{id:int?}", methods=["GET"], auth_level=ANYONE)
def things(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    return _json(
        {
            "route": dict(req.route_params),
            "query": dict(req.params),
            "headers": {name: value for name, value in req.headers.items() if name.startswith("x-")},
            "url": req.url,
            "function": context.function_name,
            "invocation": context.invocation_id,
            "trace": context.trace_context.trace_parent,
        }
    )


@app.route("files/{folder}/{*rest}", methods=["POST", "PUT"])
async def files(req: func.HttpRequest) -> func.HttpResponse:
    answer = func.HttpResponse(req.get_body()[::-1], status_code=201, mimetype="application/octet-stream")
    answer.headers["X-Rest"] = req.route_params.get("rest", "none")
    return answer


@app.route("admins", methods=["GET"], auth_level=func.AuthLevel.ADMIN)
def admins(req: func.HttpRequest) -> str:
    return "for the master only"


@app.function_name("rank_any")
@app.route("rank/{name}", methods=["GET"], auth_level=ANYONE)
async def rank_any(req: func.HttpRequest) -> str:
    return "any"


@app.function_name("rank_best")
@app.route("rank/best", methods=["GET"], auth_level=ANYONE)
async def rank_best(req: func.HttpRequest) -> str:
    return "best"


@app.function_name("rank_all")
@app.route("rank/{number:int}", methods=["GET"], auth_level=ANYONE)
async def rank_all(req: func.HttpRequest) -> str:
    return "number"


@app.route("cookies", methods=["GET", "HEAD"], auth_level=ANYONE)
async def cookies(req: func.HttpRequest) -> func.HttpResponse:
    answer = func.HttpResponse("", status_code=302, headers={"Location": "/elsewhere"})
    answer.headers.add("Set-Cookie", "one=abc; Max-Age=600; Path=/api; Secure; HttpOnly; SameSite=None")
    answer.headers.add("Set-Cookie", "two=a/b; SameSite=Lax")
    answer.headers.add("Set-Cookie", "three=; Max-Age=0; Path=/; Expires=Thu, 01 Jan 1970 00:00:10 GMT")
    return answer


@app.route("boom", methods=["POST"], auth_level=ANYONE)
async def boom(req: func.HttpRequest) -> func.HttpResponse:
    try:
        int(req.get_body())
    except ValueError:
        log.exception("caught")
    raise ValueError(req.get_body().decode())


@app.route("boom-in-thread", methods=["POST"], auth_level=ANYONE)
def boom_in_thread(req: func.HttpRequest) -> func.HttpResponse:
    log.warning("on %s", "a thread" if threading.current_thread() is not threading.main_thread() else "the loop")
    raise ValueError(req.get_body().decode())


@app.route("nothing", auth_level=ANYONE)
async def nothing(req: func.HttpRequest) -> func.HttpResponse:
    return None  # type: ignore[return-value]  # what the tests want to see answered


@app.route("unsendable", auth_level=ANYONE)
async def unsendable(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse("x", headers={"X-Name": "\u0416"})


@app.route("empty", methods=["GET"], auth_level=ANYONE)
async def empty(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse("not to be seen", status_code=204)


@app.route("teapot", auth_level=ANYONE)
async def teapot(req: func.HttpRequest) -> str:
    return '{"status": 418, "body": "short and stout", "headers": {"X-Kind": "teapot"}}'


@app.route("off", auth_level=ANYONE)
async def off(req: func.HttpRequest) -> str:
    return "this function is disabled"


@app.route("itself", methods=["GET"], auth_level=ANYONE)
async def itself(req: func.HttpRequest) -> func.HttpResponse:
    """Calls this app and answers with its answer."""
    import aiohttp

    async with aiohttp.ClientSession() as session, session.get(req.params["url"]) as answer:
        return _json({"status": answer.status, "body": await answer.json()})


@app.route("meet/{count:int}", methods=["GET"], auth_level=ANYONE)
async def meet(req: func.HttpRequest) -> str:
    """Answers once so many requests are here at the same time."""
    SEEN["meet"].append(1)
    if len(SEEN["meet"]) >= int(req.route_params["count"]):
        RELEASED.set()
    await asyncio.wait_for(RELEASED.wait(), 10)
    return "met"


@app.route("slow/{milliseconds:int}", methods=["GET"], auth_level=ANYONE)
async def slow(req: func.HttpRequest) -> str:
    SEEN["slow"].append(1)
    await asyncio.sleep(int(req.route_params["milliseconds"]) / 1000)
    return "done"


@app.route("stuck", methods=["GET"], auth_level=ANYONE)
def stuck(req: func.HttpRequest) -> str:
    SEEN["stuck"].append(1)
    time.sleep(3600)
    return "never"


@app.route("enqueue", methods=["POST"], auth_level=ANYONE)
@app.queue_output(arg_name="out", queue_name="work", connection="AzureWebJobsStorage")
async def enqueue(req: func.HttpRequest, out: func.Out[List[str]]) -> func.HttpResponse:  # noqa: UP006
    out.set(req.get_body().decode().split(","))
    return func.HttpResponse(status_code=202)


@app.queue_trigger(arg_name="msg", queue_name="work", connection="AzureWebJobsStorage")
@app.queue_output(arg_name="$return", queue_name="done", connection="AzureWebJobsStorage")
async def work(msg: func.QueueMessage) -> str:
    body = msg.get_body().decode()
    assert msg.insertion_time
    assert msg.pop_receipt
    SEEN["work"].append({"body": body, "count": msg.dequeue_count})
    if body.startswith("bad"):
        raise ValueError(body)
    return f"done: {body}"


@app.queue_trigger(arg_name="msg", queue_name="late", connection="AzureWebJobsStorage")
def late(msg: func.QueueMessage) -> None:
    SEEN["late"].append({"body": msg.get_body().decode(), "count": msg.dequeue_count})


@app.timer_trigger(arg_name="timer", schedule="* * * * * *", run_on_startup=False)
async def tick(timer: func.TimerRequest) -> None:
    SEEN["tick"].append({"past_due": timer.past_due})


@app.route("fail/{times:int}", methods=["POST"], auth_level=ANYONE)
async def fail(req: func.HttpRequest) -> func.HttpResponse:
    """Makes the next calls of `nightly` fail."""
    FAILURES["nightly"] = int(req.route_params["times"])
    return func.HttpResponse(status_code=202)


@app.timer_trigger(arg_name="timer", schedule="%NIGHTLY_SCHEDULE%")
@app.retry(strategy="fixed_delay", max_retry_count="2", delay_interval="00:00:00")
def nightly(timer: func.TimerRequest, context: func.Context) -> None:
    SEEN["nightly"].append({"past_due": timer.past_due, "retry": context.retry_context.retry_count})
    if FAILURES["nightly"]:
        FAILURES["nightly"] -= 1
        raise RuntimeError("told to fail")


@app.event_grid_trigger(arg_name="event")
async def on_event(event: func.EventGridEvent) -> None:
    SEEN["events"].append({"id": event.id, "type": event.event_type, "data": event.get_json()})
    if event.subject == "bad":
        raise ValueError("told to fail")
