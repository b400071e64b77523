"""The four reports: what was asked, the counts behind it, the answer. A caller sees their own tenant's visits only."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from msgspec import Struct

from shared.clock import Clock, to_text
from shared.errors import Refused
from shared.organisations.access import ADMIN, REPORTS, Caller
from shared.organisations.connections import Connections
from shared.organisations.taking import take
from shared.reports import figures, shown
from shared.reports.allowance import Allowance
from shared.reports.days import DayCounts, FactDays
from shared.reports.ranges import Days, days_of
from shared.reports.requests import QualityQuery, ReportQuery, SmsQuery, UsageQuery
from shared.reports.sheets import as_csv

Counts = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Answer[R: Struct]:
    """A report, and the table of it that a CSV file holds."""

    report: R
    sheet: str


class Reports:
    """Usage, texts and quality, from counts by day."""

    def __init__(
        self, days: FactDays, connections: Connections, allowance: Allowance, clock: Clock, *, quality_on: bool
    ) -> None:
        self._days = days
        self._connections = connections
        self._allowance = allowance
        self._clock = clock
        self._quality_on = quality_on

    async def usage(self, caller: Caller, query: Mapping[str, str]) -> Answer[shown.UsageReport]:
        """How visits went. Raises `Refused`."""
        asked = take(UsageQuery, query, strict=False)
        days, found = await self._find(caller, asked)
        totals = total(found)
        report = shown.UsageReport(
            **self._head(asked, days),
            by=asked.by,
            totals=figures.usage(totals),
            periods=[
                shown.UsagePeriod(**_span(span), **figures.fields(figures.usage(counts)))
                for span, counts in _by_period(found, days, asked.by)
            ],
            departments=[
                shown.UsageDepartment(department=name, **figures.fields(figures.usage(counts)))
                for name, counts in _by_department(found)
            ],
            waiting=figures.waiting(totals),
            allowance=await self._allowance.months(caller.tenant, days),
        )
        models: dict[str, type[Struct]] = {
            "periods": shown.UsagePeriod, "departments": shown.UsageDepartment, "waiting": shown.WaitingBand,
            "allowance": shown.AllowanceMonth,
        }  # fmt: skip
        return Answer(report, as_csv(models[asked.table], getattr(report, asked.table)))

    async def sms(self, caller: Caller, query: Mapping[str, str]) -> Answer[shown.SmsReport]:
        """What became of texts. Raises `Refused`."""
        asked = take(SmsQuery, query, strict=False)
        days, found = await self._find(caller, asked)
        totals = total(found)
        report = shown.SmsReport(
            **self._head(asked, days),
            by=asked.by,
            totals=figures.sms(totals),
            periods=[
                shown.SmsPeriod(**_span(span), **figures.fields(figures.sms(counts)))
                for span, counts in _by_period(found, days, asked.by)
            ],
            departments=[
                shown.SmsDepartment(department=name, **figures.fields(figures.sms(counts)))
                for name, counts in _by_department(found)
            ],
            kinds=figures.kinds(totals),
            reasons=figures.reasons(totals),
        )
        models: dict[str, type[Struct]] = {
            "periods": shown.SmsPeriod, "departments": shown.SmsDepartment, "kinds": shown.KindCount,
            "reasons": shown.ReasonCount,
        }  # fmt: skip
        return Answer(report, as_csv(models[asked.table], getattr(report, asked.table)))

    async def quality(self, caller: Caller, query: Mapping[str, str]) -> Answer[shown.QualityReport]:
        """How well people heard each other. Raises `Refused`."""
        asked = take(QualityQuery, query, strict=False)
        days, found = await self._find(caller, asked)
        totals = total(found)
        report = shown.QualityReport(
            **self._head(asked, days),
            by=asked.by,
            enabled=self._quality_on,
            totals=figures.quality(totals),
            periods=[
                shown.QualityPeriod(**_span(span), **figures.fields(figures.quality(counts)))
                for span, counts in _by_period(found, days, asked.by)
            ],
            departments=[
                shown.QualityDepartment(department=name, **figures.fields(figures.quality(counts)))
                for name, counts in _by_department(found)
            ],
            devices=figures.devices(totals),
            networks=figures.networks(totals),
        )
        models: dict[str, type[Struct]] = {
            "periods": shown.QualityPeriod, "departments": shown.QualityDepartment, "devices": shown.DeviceQuality,
            "networks": shown.NetworkQuality,
        }  # fmt: skip
        return Answer(report, as_csv(models[asked.table], getattr(report, asked.table)))

    async def _find(self, caller: Caller, asked: ReportQuery) -> tuple[Days, list[DayCounts]]:
        await allowed(caller, asked.connection, self._connections)
        days = days_of(asked, self._clock().date())
        found = await self._days.read(caller.tenant, asked.connection, days)
        return days, of_department(found, asked)

    def _head(self, asked: ReportQuery, days: Days) -> dict[str, Any]:
        return head(asked, days, self._clock)


async def allowed(caller: Caller, connection_id: str, connections: Connections) -> None:
    """Raises `Refused` unless the caller may read reports, of this connection if one is named."""
    caller.require(REPORTS, ADMIN)
    if connection_id:
        connection = await connections.get(connection_id)
        if connection is not None and connection.tenant != caller.tenant:
            raise Refused("not_found")


def head(asked: ReportQuery, days: Days, clock: Clock) -> dict[str, Any]:
    """What every report begins with."""
    return {
        "range": shown.RangeShown(**_span(days)),
        "as_of": to_text(clock()),
        "connection": asked.connection,
        "department": department_of(asked),
    }


def department_of(asked: ReportQuery) -> str | None:
    """The department asked for, "" for visits without one; None: all.

    A flag of its own asks for those without, because hosts drop a query parameter that is empty.
    Raises `Refused("request.invalid")` if both are asked for.
    """
    if asked.without_department and asked.department:
        raise Refused("request.invalid", fields={"without_department": "not together with `department`"})
    return "" if asked.without_department else asked.department or None


def of_department(found: Sequence[DayCounts], asked: ReportQuery) -> list[DayCounts]:
    """The counts of the department asked for, or of all."""
    wanted = department_of(asked)
    if wanted is None:
        return list(found)
    return [
        DayCounts(each.day, {name: counts for name, counts in each.departments.items() if name == wanted})
        for each in found
    ]


def _span(days: Days) -> dict[str, Any]:
    return {"since": days.first.isoformat(), "until": days.last.isoformat()}


def total(found: Sequence[DayCounts]) -> Counter[str]:
    """All counts together."""
    summed: Counter[str] = Counter()
    for each in found:
        for counts in each.departments.values():
            summed.update(counts)
    return summed


def _by_period(found: Sequence[DayCounts], days: Days, by: str) -> list[tuple[Days, Counts]]:
    return [
        (span, total([each for each in found if span.first.isoformat() <= each.day <= span.last.isoformat()]))
        for span in days.periods(by)
    ]


def _by_department(found: Sequence[DayCounts]) -> list[tuple[str, Counts]]:
    departments: dict[str, Counter[str]] = {}
    for each in found:
        for name, counts in each.departments.items():
            departments.setdefault(name, Counter()).update(counts)
    return sorted(departments.items())
