"""Reports of visits."""

import azure.functions as func

from functions.answers import api, json_answer
from shared.organisations.access import ADMIN, REPORTS
from shared.reports.visits import as_csv
from shared.services import services

bp = func.Blueprint()


@bp.route("reports/visits", methods=["GET"])
@api
async def reports_visits(req: func.HttpRequest) -> func.HttpResponse:
    """Visits in a range: `?from&to&format=json|csv`."""
    caller = await services().access.caller(req.headers)
    caller.require(REPORTS, ADMIN)
    rows = await services().visit_report.rows(caller.tenant, req.params)
    if req.params.get("format") == "csv":
        return func.HttpResponse(as_csv(rows), mimetype="text/csv", charset="utf-8")
    return json_answer({"visits": rows})
