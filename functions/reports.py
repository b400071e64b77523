"""Reports of visits: JSON, or CSV by `?format=csv` or the Accept header."""

from urllib.parse import urlencode

import azure.functions as func

from functions.answers import api, csv_answer, json_answer, json_body, wants_csv
from functions.failures import unquoted
from shared.services import services

bp = func.Blueprint()


@bp.timer_trigger(arg_name="timer", schedule="0 41 3 * * *", run_on_startup=False)
@unquoted
async def reports_expire(timer: func.TimerRequest) -> None:  # noqa: ARG001
    """Removes, once a day, facts that are older than the setting says."""
    await services().fact_retention.expire()


@bp.route("reports/visits", methods=["GET"])
@api
async def reports_visits(req: func.HttpRequest) -> func.HttpResponse:
    """Visits one by one, page by page."""
    from shared.reports.listing import listed

    caller = await services().access.caller(req.headers)
    found = await services().listing.page(caller, req.params, csv=_csv(req))
    if not _csv(req):
        return json_answer(found)
    answer = csv_answer(listed(found.visits))
    if found.next:
        following = urlencode({**req.params, "cursor": found.next})
        answer.headers["Link"] = f'<?{following}>; rel="next"'
        answer.headers["Access-Control-Expose-Headers"] = "Link"
    return answer


@bp.route("reports/visits/find", methods=["POST"])
@api
async def reports_find(req: func.HttpRequest) -> func.HttpResponse:
    """The visit under an appointment number, which is in the body so that no log of addresses has it."""
    caller = await services().access.caller(req.headers)
    return json_answer(await services().listing.find(caller, json_body(req)))


@bp.route("reports/usage", methods=["GET"])
@api
async def reports_usage(req: func.HttpRequest) -> func.HttpResponse:
    """How visits went: totals, periods, departments, waiting, the allowance."""
    caller = await services().access.caller(req.headers)
    answer = await services().reports.usage(caller, req.params)
    return csv_answer(answer.sheet) if _csv(req) else json_answer(answer.report)


@bp.route("reports/sms", methods=["GET"])
@api
async def reports_sms(req: func.HttpRequest) -> func.HttpResponse:
    """What became of texts."""
    caller = await services().access.caller(req.headers)
    answer = await services().reports.sms(caller, req.params)
    return csv_answer(answer.sheet) if _csv(req) else json_answer(answer.report)


@bp.route("reports/quality", methods=["GET"])
@api
async def reports_quality(req: func.HttpRequest) -> func.HttpResponse:
    """How well people heard each other."""
    caller = await services().access.caller(req.headers)
    answer = await services().reports.quality(caller, req.params)
    return csv_answer(answer.sheet) if _csv(req) else json_answer(answer.report)


@bp.route("reports/connections", methods=["GET"])
@api
async def reports_connections(req: func.HttpRequest) -> func.HttpResponse:
    """The connections by which reports can be filtered."""
    from shared.reports.among import among

    caller = await services().access.caller(req.headers)
    return json_answer(await among(caller, services().connections))


@bp.route("reports/definitions", methods=["GET"])
@api
async def reports_definitions(req: func.HttpRequest) -> func.HttpResponse:
    """What every word and figure of the reports means."""
    from shared.reports.defined import defined

    await services().access.caller(req.headers)
    return json_answer(defined())


def _csv(req: func.HttpRequest) -> bool:
    return req.params.get("format") == "csv" or wants_csv(req)
