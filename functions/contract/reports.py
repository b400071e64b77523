"""Reports: what the portal's Reports page and scripts call."""

from functions.contract.operation import CSV, Operation
from shared.reports import requests, shown

REFUSES = ("request.invalid", "not_found")

OPERATIONS = {
    "reports_visits": Operation(
        "Visits one by one, in order of day and start, page by page", "reports", {200: (shown.VisitsReport, CSV)},
        query=requests.VisitsQuery, refuses=REFUSES,
    ),
    "reports_find": Operation(
        "The visit under an appointment number, which is not kept", "reports", {200: shown.FoundVisits},
        takes=requests.FindVisit, refuses=("not_found",),
    ),
    "reports_usage": Operation(
        "How visits went: totals, periods, departments, waiting times, the allowance", "reports",
        {200: (shown.UsageReport, CSV)}, query=requests.UsageQuery, refuses=REFUSES,
    ),
    "reports_sms": Operation(
        "What became of texts", "reports", {200: (shown.SmsReport, CSV)}, query=requests.SmsQuery, refuses=REFUSES
    ),
    "reports_quality": Operation(
        "How well people heard each other", "reports", {200: (shown.QualityReport, CSV)}, query=requests.QualityQuery,
        refuses=REFUSES,
    ),
    "reports_connections": Operation(
        "The connections by which reports can be filtered", "reports", {200: shown.ReportConnections}
    ),
    "reports_definitions": Operation(
        "What every word and figure of the reports means, in English", "reports", {200: shown.DefinitionsShown}
    ),
}  # fmt: skip
