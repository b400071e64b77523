"""What the report routes answer: the contract from which `docs/openapi.json` is made. The words are `definitions.py`'s."""

from typing import Annotated

from msgspec import Meta

from shared.organisations.requests import EnvironmentName
from shared.organisations.shown import Instant, Shown
from shared.reports.definitions import column, told

Average = float | None
"""Of what there is; None where there is nothing."""


class RangeShown(Shown, rename={"since": "from", "until": "to"}):
    """The days of a report, both included."""

    since: str
    until: str


class VisitRow(Shown):
    """One visit. CSV has the same columns in the same order; new ones come last."""

    visit: Annotated[str, column("visit")]
    connection: Annotated[str, column("connection")]
    department: Annotated[str, column("department")]
    day: Annotated[str, column("day")]
    start: Annotated[str, column("start")]
    end: Annotated[str, column("end")]
    kind: Annotated[str, column("kind")]
    status: Annotated[str, column("status")]
    patient_waiting: Annotated[str, column("patient_waiting")]
    patient_connected: Annotated[str, column("patient_connected")]
    clinician_connected: Annotated[str, column("clinician_connected")]
    both_connected: Annotated[str, column("both_connected")]
    last_left: Annotated[str, column("last_left")]
    lobby_seconds: Annotated[int | None, column("lobby_seconds")]
    lobby_total_seconds: Annotated[int, column("lobby_total_seconds")]
    call_seconds: Annotated[int, column("call_seconds")]
    people: Annotated[int, column("people")]
    most_people: Annotated[int, column("most_people")]
    organizer: Annotated[str, column("organizer")]
    organizer_name: Annotated[str, column("organizer_name")]
    texts_sent: Annotated[int, column("texts_sent")]
    texts_delivered: Annotated[int, column("texts_delivered")]
    joins_portal: Annotated[int, column("joins_portal")]
    joins_text: Annotated[int, column("joins_text")]
    joins_guest: Annotated[int, column("joins_guest")]
    joins_phone: Annotated[int, column("joins_phone")]
    joins_tablet: Annotated[int, column("joins_tablet")]
    joins_desktop: Annotated[int, column("joins_desktop")]
    device_test: Annotated[str, column("device_test")]
    quality_streams: Annotated[int, column("quality_streams")]
    jitter_ms: Annotated[Average, column("jitter_ms")]
    packet_loss_percent: Annotated[Average, column("packet_loss_percent")]
    round_trip_ms: Annotated[Average, column("round_trip_ms")]
    mos_degradation: Annotated[Average, column("mos_degradation")]
    times_from: Annotated[str, column("times_from")]
    times_attended: Annotated[str, column("times_attended")]


class StatusCounts(Shown):
    """Visits by status."""

    visits: Annotated[int, told("visits")]
    scheduled: Annotated[int, told("scheduled")]
    waiting: Annotated[int, told("waiting")]
    in_progress: Annotated[int, told("in_progress")]
    completed: Annotated[int, told("completed")]
    patient_no_show: Annotated[int, told("patient_no_show")]
    clinician_no_show: Annotated[int, told("clinician_no_show")]
    abandoned_in_lobby: Annotated[int, told("abandoned_in_lobby")]
    nobody_came: Annotated[int, told("nobody_came")]
    technical_failure: Annotated[int, told("technical_failure")]
    cancelled: Annotated[int, told("cancelled")]


class UsageFigures(StatusCounts):
    """How visits went."""

    single: Annotated[int, told("single")]
    group: Annotated[int, told("group")]
    with_guest: Annotated[int, told("with_guest")]
    lobby_visits: Annotated[int, told("lobby_visits")]
    lobby_seconds: Annotated[int, told("lobby_seconds")]
    lobby_average_seconds: Annotated[Average, told("lobby_average_seconds")]
    lobby_total_seconds: Annotated[int, told("lobby_total_seconds")]
    calls: Annotated[int, told("calls")]
    call_seconds: Annotated[int, told("call_seconds")]
    call_average_seconds: Annotated[Average, told("call_average_seconds")]
    people: Annotated[int, told("people")]
    joins_portal: Annotated[int, told("joins_portal")]
    joins_text: Annotated[int, told("joins_text")]
    joins_guest: Annotated[int, told("joins_guest")]
    joins_phone: Annotated[int, told("joins_phone")]
    joins_tablet: Annotated[int, told("joins_tablet")]
    joins_desktop: Annotated[int, told("joins_desktop")]
    tests_passed: Annotated[int, told("tests_passed")]
    tests_warnings: Annotated[int, told("tests_warnings")]
    tests_failed: Annotated[int, told("tests_failed")]


class SmsFigures(Shown):
    """Texts by state. Each text is in one."""

    texts: Annotated[int, told("texts")]
    texts_due: Annotated[int, told("texts_due")]
    texts_sending: Annotated[int, told("texts_sending")]
    texts_sent: Annotated[int, told("texts_sent")]
    texts_delivered: Annotated[int, told("texts_delivered")]
    texts_failed: Annotated[int, told("texts_failed")]
    texts_missed: Annotated[int, told("texts_missed")]
    texts_opted_out: Annotated[int, told("texts_opted_out")]
    texts_superseded: Annotated[int, told("texts_superseded")]
    texts_withheld: Annotated[int, told("texts_withheld")]
    texts_unknown: Annotated[int, told("texts_unknown")]


class QualityFigures(Shown):
    """How well people heard each other, from Teams' call records."""

    streams: Annotated[int, told("streams")]
    jitter_ms: Annotated[Average, told("jitter_ms")]
    packet_loss_percent: Annotated[Average, told("packet_loss_percent")]
    round_trip_ms: Annotated[Average, told("round_trip_ms")]
    mos_degradation: Annotated[Average, told("mos_degradation")]


class UsagePeriod(UsageFigures, rename={"since": "from", "until": "to"}):
    """A day, a week or a month, as far as it is in the range. Periods without visits are there too."""

    since: str
    until: str


class SmsPeriod(SmsFigures, rename={"since": "from", "until": "to"}):
    """A day, a week or a month, as far as it is in the range."""

    since: str
    until: str


class QualityPeriod(QualityFigures, rename={"since": "from", "until": "to"}):
    """A day, a week or a month, as far as it is in the range."""

    since: str
    until: str


class UsageDepartment(UsageFigures):
    """One department. `department` is empty for visits without one."""

    department: str


class SmsDepartment(SmsFigures):
    """One department."""

    department: str


class QualityDepartment(QualityFigures):
    """One department."""

    department: str


class WaitingBand(Shown):
    """Visits whose first patient waited from `from_seconds` to less than `to_seconds` (None: or longer)."""

    from_seconds: int
    to_seconds: int | None
    visits: int


class AllowanceMonth(Shown):
    """A month of the allowance, over all connections, whatever the report is filtered by."""

    month: Annotated[str, Meta(examples=["2026-11"])]
    allowance: Annotated[int, told("allowance")]
    used: Annotated[int, told("used")]
    remaining: Annotated[int, told("remaining")]
    exceeded: Annotated[int, told("exceeded")]


class KindCount(SmsFigures):
    """Texts of one kind: `scheduled`, `updated`, `cancelled`, `reminder`, `direct`."""

    kind: str


class ReasonCount(Shown):
    """Why texts failed: one of the eight words of docs/admin/sms.md."""

    reason: str
    texts: int


class DeviceQuality(QualityFigures):
    """What people used: `phone`, `desktop`, `browser`, `other`, as Teams names their client."""

    device: str


class NetworkQuality(QualityFigures):
    """How they were connected: `wifi`, `wired`, `mobile`, `other`."""

    network: str


class Report(Shown):
    """What every report begins with. `as_of`: when it was made; what happened seconds before is in it."""

    range: RangeShown
    as_of: Instant
    connection: str
    department: str | None


class VisitsReport(Report):
    """Visits one by one. `totals` are of the whole range and do not follow `status` or the page."""

    status: str | None
    totals: StatusCounts
    visits: list[VisitRow]
    next: str | None


class UsageReport(Report):
    """How visits went. `allowance` is empty where none is set."""

    by: str
    totals: UsageFigures
    periods: list[UsagePeriod]
    departments: list[UsageDepartment]
    waiting: list[WaitingBand]
    allowance: list[AllowanceMonth]


class SmsReport(Report):
    """What became of texts. A text counts on the day of the visit that it is about."""

    by: str
    totals: SmsFigures
    periods: list[SmsPeriod]
    departments: list[SmsDepartment]
    kinds: list[KindCount]
    reasons: list[ReasonCount]


class QualityReport(Report):
    """How well people heard each other. `enabled`: whether the deployment reads call records at all."""

    by: str
    enabled: bool
    totals: QualityFigures
    periods: list[QualityPeriod]
    departments: list[QualityDepartment]
    devices: list[DeviceQuality]
    networks: list[NetworkQuality]


class FoundVisits(Shown):
    """The visits under an appointment number: none, or one."""

    visits: list[VisitRow]


class ReportConnection(Shown):
    """A connection by which reports can be filtered. `zone`: the IANA zone in which its days are counted."""

    id: str
    fhir_base: str
    environment: EnvironmentName
    zone: str


class ReportConnections(Shown):
    """The tenant's connections."""

    connections: list[ReportConnection]


class DefinitionShown(Shown):
    """What a name means, and its unit: `count`, `seconds`, `milliseconds`, `percent`, `instant`, `day`, `id` or none."""

    name: str
    unit: str
    says: str


class DefinitionsShown(Shown):
    """Every word and figure of the reports, in English."""

    rules: list[str]
    statuses: list[DefinitionShown]
    kinds: list[DefinitionShown]
    columns: list[DefinitionShown]
    figures: list[DefinitionShown]
    texts: list[DefinitionShown]
    quality: list[DefinitionShown]
    allowance: list[DefinitionShown]
