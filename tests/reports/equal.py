"""Holds every figure of every report against plain SQL over the same events."""

from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import batched
from typing import Any, cast

from msgspec import to_builtins

from shared.organisations.access import REPORTS, Caller
from shared.organisations.connection import Connection
from shared.organisations.connections import Connections
from shared.reports.allowance import Allowance
from shared.reports.listing import Listing
from shared.reports.reports import Reports
from shared.visits.visit import VisitKey
from tests.reports.facts import TENANT
from tests.reports.history import NOW, OFFSETS, Told, booked, happened, key_of
from tests.reports.keeping import Kept
from tests.reports.plain_sql import KIND, PERIODS, Plain, _average

ALLOWANCE = 30
MANY = 10_000
CALLER = Caller(TENANT, "a0000000-0000-4000-8000-0000000000aa", frozenset({REPORTS}))
INSTANTS = (
    "start", "ends", "patient_waiting", "patient_connected", "clinician_connected", "both_connected", "last_left",
)  # fmt: skip


class Known:
    """Connections that only know whose they are."""

    def __init__(self, connections: Mapping[str, Connection]) -> None:
        self._connections = connections

    async def get(self, connection_id: str) -> Connection | None:
        return self._connections.get(connection_id)


class Desk:
    """The reports over what was kept."""

    def __init__(self, kept: Kept) -> None:
        connections = cast("Connections", Known(kept.connections))
        allowance = Allowance(kept.days, ALLOWANCE)
        self.reports = Reports(kept.days, connections, allowance, lambda: NOW, quality_on=True)
        self.listing = Listing(kept.days, connections, _nobody, _no_keys, lambda: NOW)


async def _nobody(_: str, __: Any) -> dict[str, str]:
    return {}


async def _no_keys(_: str, __: str) -> list[VisitKey]:
    return []


async def keep_all(kept: Kept, all_told: list[Told]) -> None:
    """Everything that happened, kept as workers keep it: first the bookings, then what became of them, in batches."""
    kept.clock.now = NOW
    for connection_id, (zone, _) in OFFSETS.items():
        kept.connections[connection_id] = Connection(
            connection_id, TENANT, "https://fhir.example.org", "production", zone, ""
        )
    for some in batched(all_told, 16, strict=False):
        for told in some:
            kept.records[key_of(told)] = booked(told)
        await kept.keep(*map(key_of, some))
        for told in some:
            kept.records[key_of(told)] = happened(told, kept.records[key_of(told)])
        await kept.keep(*map(key_of, some))


async def compare(desk: Desk, plain: Plain, query: dict[str, str]) -> int:
    """Raises AssertionError where a figure differs; returns how many were compared."""
    compared = 0
    for by, expression in PERIODS.items():
        for report in ("usage", "sms", "quality"):
            answer = await getattr(desk.reports, report)(CALLER, query | {"by": by})
            shown = to_builtins(answer.report)
            compared += _same(shown["totals"], plain.figures(report), f"{report} totals")
            wanted = plain.by(report, expression)
            periods = {each["from"]: each for each in shown["periods"]}
            for begin, figures in wanted.items():
                compared += _same(periods.pop(begin), figures, f"{report} {begin}")
            assert not any(each[_first(report)] for each in periods.values()), periods
            departments = {each["department"]: each for each in shown["departments"]}
            for name, figures in plain.by(report, "department").items():
                compared += _same(departments.pop(name), figures, f"{report} {name}")
            assert not any(each[_first(report)] for each in departments.values()), departments
            if by == "day":
                compared += _parts(report, shown, plain)
    return compared + await _visits(desk, plain, query)


def _first(report: str) -> str:
    return {"usage": "visits", "sms": "texts", "quality": "streams"}[report]


def _parts(report: str, shown: dict[str, Any], plain: Plain) -> int:
    if report == "quality":
        compared = 0
        for part in ("device", "network"):
            found = {each[part]: each for each in shown[f"{part}s"]}
            wanted = plain.by(report, f"stream.{part}")
            assert set(found) == set(wanted)
            compared += sum(_same(found[name], wanted[name], f"{part} {name}") for name in wanted)
        return compared
    if report == "sms":
        found = {each["kind"]: each for each in shown["kinds"]}
        wanted = plain.by(report, KIND)
        assert set(found) == set(wanted)
        reasons = {each["reason"]: each["texts"] for each in shown["reasons"]}
        assert reasons == {name: count for name, count in plain.counts("text.reason", "sms").items() if name}
        return sum(_same(found[name], wanted[name], f"kind {name}") for name in wanted) + len(reasons)
    bands = {each["from_seconds"]: each["visits"] for each in shown["waiting"]}
    begins = " ".join(
        f"WHEN lobby_seconds >= {begin} THEN {begin}" for begin in (3600, 1800, 900, 600, 300, 120, 60, 0)
    )
    counted = plain.counts(f"CASE {begins} END", "usage")
    assert {band: visits for band, visits in bands.items() if visits} == {
        k: v for k, v in counted.items() if k is not None
    }
    used = {each["month"]: each["used"] for each in shown["allowance"]}
    assert {month: number for month, number in used.items() if number} == {m: n for m, n in plain.months().items() if n}
    for each in shown["allowance"]:
        assert each["remaining"] - each["exceeded"] == ALLOWANCE - each["used"]
        assert min(each["remaining"], each["exceeded"]) == 0
    return len(bands) + 3 * len(used)


async def _visits(desk: Desk, plain: Plain, query: dict[str, str]) -> int:
    wanted = plain.visits()
    rows: list[dict[str, Any]] = []
    page: dict[str, Any] = {"next": ""}
    while page["next"] is not None:
        # Many come as files do; a few as the portal asks for them.
        many = len(wanted) > MANY
        asked = query | {"limit": "50000" if many else "500"} | ({"cursor": page["next"]} if page["next"] else {})
        page = to_builtins(await desk.listing.page(CALLER, asked, csv=many))
        rows += page["visits"]
    assert [row["visit"] for row in rows] == [row["id"] for row in wanted]
    totals = plain.figures("usage")
    compared = _same(page["totals"], {name: totals[name] for name in page["totals"]}, "visits totals")
    for row, truth in zip(rows, wanted, strict=True):
        truth |= {name: _instant(truth[name]) for name in INSTANTS}
        truth["end"] = truth.pop("ends")
        same = {name: value for name, value in truth.items() if name in row}
        compared += _same(row, same, row["visit"])
        assert len(same) >= 31
    return compared


def _instant(seconds: int | None) -> str:
    return "" if seconds is None else datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _same(shown: Mapping[str, Any], wanted: Mapping[str, Any], where: str) -> int:
    for name, value in wanted.items():
        found = shown[name]
        if _average(name) and value is not None and found is not None:
            # Both round, and not always the same way.
            assert abs(found - value) <= (0.0011 if name in ("packet_loss_percent", "mos_degradation") else 0.11), (
                where,
                name,
            )
        else:
            assert found == value, (where, name, found, value)
    return len(wanted)
