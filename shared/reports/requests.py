"""What the report routes take. Names and limits are the contract: `docs/openapi.json` is made from them."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from shared.organisations.requests import LINE, ConnectionId, Request

Date = Annotated[str, Meta(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$", examples=["2026-11-24"])]
Department = Annotated[str, Meta(max_length=64, pattern=LINE, description="Exactly as the EHR names it.")]
Format = Annotated[Literal["json", "csv"], Meta(description="`Accept: text/csv` asks for CSV too.")]
Step = Annotated[Literal["day", "week", "month"], Meta(description="What a period is. Weeks begin on Monday.")]
StatusName = Literal[
    "scheduled", "waiting", "in_progress", "completed", "patient_no_show", "clinician_no_show", "abandoned_in_lobby",
    "nobody_came", "technical_failure", "cancelled",
]  # fmt: skip


class ReportQuery(Request, rename={"since": "from", "until": "to"}):
    """A range of days, both included, at most 366; the last 30 until tomorrow if not given."""

    since: Date | UnsetType = UNSET
    until: Date | UnsetType = UNSET
    connection: ConnectionId = ""
    department: Department = ""
    without_department: Annotated[
        bool, Meta(description="Only visits for which the EHR names no department; not together with `department`.")
    ] = False
    format: Format = "json"


class VisitsQuery(ReportQuery, rename={"since": "from", "until": "to"}):
    """Visits page by page, in order of day and start. As CSV up to 50,000 rows a file, then a `Link` to the next one."""

    status: StatusName | UnsetType = UNSET
    limit: (
        Annotated[int, Meta(ge=1, le=50_000, description="JSON: 500 at most, else 100. CSV: else 50,000.")] | UnsetType
    ) = UNSET
    cursor: Annotated[str, Meta(max_length=512)] = ""


class UsageQuery(ReportQuery, rename={"since": "from", "until": "to"}):
    """`table`: which part of the report is wanted as CSV."""

    by: Step = "day"
    table: Literal["periods", "departments", "waiting", "allowance"] = "periods"


class SmsQuery(ReportQuery, rename={"since": "from", "until": "to"}):
    """`table`: which part of the report is wanted as CSV."""

    by: Step = "day"
    table: Literal["periods", "departments", "kinds", "reasons"] = "periods"


class QualityQuery(ReportQuery, rename={"since": "from", "until": "to"}):
    """`table`: which part of the report is wanted as CSV."""

    by: Step = "day"
    table: Literal["periods", "departments", "devices", "networks"] = "periods"


class FindVisit(Request):
    """The appointment number (CSN or conference id) as the EHR shows it. It is hashed, looked up and forgotten."""

    connection: ConnectionId
    number: Annotated[str, Meta(min_length=1, max_length=200, pattern=LINE)]
