"""Counts are told apart by what caused them, the model's arithmetic is that of its page, and the page's that of the counts."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from benchmarks.capacity_counts import Notes
from benchmarks.capacity_model import (
    LIMITS,
    MEETINGS_OF_A_USER,
    ONCE,
    SHORT_CODE_A_MINUTE,
    TOLL_FREE_A_MINUTE,
    Use,
    geography,
    of_a_day,
    of_a_visit,
    prices_of,
)
from tests.docs.pages import DOCS, ROOT

PORTS = {"table": 1, "queue": 2, "graph": 3, "vault": 4}
COUNTS: dict[str, Any] = json.loads((ROOT / "benchmarks/capacity.json").read_text())
PRICES = prices_of(ROOT / "benchmarks/capacity_prices.toml")
PAGE = (DOCS / "operator/capacity.md").read_text()
SIZES = (1_000, 50_000, 1_000_000)
NOTHING: dict[str, Any] = {"calls": {}, "operations": 0, "executions": {}, "busy_ms": {}, "lines": 0, "segments": 0}
OPTIONAL = (
    "reminded", "waiting page asks", "clinician launches again", "patient launches from the portal", "moved", "cancelled",
)  # fmt: skip


def noted(*calls: str, log: tuple[str, ...] = ()) -> Any:
    return Notes(Path(), Path(), PORTS).count(calls, log)


def test_a_call_is_counted_by_its_kind_and_without_the_names_in_its_path() -> None:
    visits, _, _ = noted(
        "1 2 1 GET f 1 /account/visits(PartitionKey='a',RowKey='b')",
        "1 2 1 POST f 7 /account/$batch",
        "1 2 1 PATCH f 1 /account/work(PartitionKey='a',RowKey='b')",
        "1 2 3 PATCH f 1 /v1.0/users/7c1/onlineMeetings/MSo1N2Y",
    )
    assert visits.calls == {
        "table read": 1, "table transaction": 1, "table write": 1, "graph PATCH users/onlineMeetings": 1,
    }  # fmt: skip
    assert visits.operations == 8


def test_what_a_timer_does_is_not_a_visit_s_and_looking_for_work_is_neither_s() -> None:
    visits, timers, polls = noted(
        "1 2 1 GET reminder_tick 1 /account/work()",
        "1 2 2 GET host 1 /account/due/messages",
        "1 2 2 DELETE host 1 /account/due/messages/1",
        log=(
            "2026-11-23 18:00:00,000 INFO [reminder_tick] host: succeeded in 20 ms, 1",
            "2026-11-23 18:00:00,000 INFO [visit_worker] host: succeeded in 30 ms, 2",
            "2026-11-23 18:00:00,000 INFO [visit_worker] shared.work.worker: metric a=1",
            "2026-11-23 18:00:00,000 INFO [host] host: up",
        ),
    )
    assert (visits.calls, timers.calls, polls) == ({"queue delete": 1}, {"table read": 1}, 1)
    assert (visits.executions, timers.executions) == ({"visit_worker": 1}, {"reminder_tick": 1})
    assert (visits.lines, visits.characters, visits.busy_ms["visit_worker"]) == (1, len("metric a=1"), 30)


def test_a_line_that_is_being_written_is_read_when_it_is_whole(tmp_path: Path) -> None:
    calls, log = tmp_path / "calls", tmp_path / "log"
    calls.write_text("1 2 1 GET f 1 /account/vis")
    log.touch()
    notes = Notes(calls, log, PORTS)
    assert notes.take()[0].calls == {}
    with calls.open("a") as file:
        file.write("its()\n")
    assert notes.take()[0].calls == {"table read": 1}
    assert notes.take()[0].calls == {}


def made_up() -> dict[str, Any]:
    """Counts one can work out by hand: a message with one text, a call with two decryptions, an empty rest."""
    steps = dict.fromkeys([*ONCE, *OPTIONAL], NOTHING)
    steps["booked"] = NOTHING | {
        "calls": {"table read": 2, "table transaction": 1, "queue delete": 1, "sms POST sms": 1},
        "operations": 4, "executions": {"hl7_receipt": 1, "sms_events": 1}, "segments": 2, "lines": 1,
    }  # fmt: skip
    steps["reminded"] = NOTHING | {"calls": {"sms POST sms": 1}, "segments": 2}
    steps["call"] = NOTHING | {"calls": {"vault POST decrypt": 2, "graph GET a": 1}}
    tick = NOTHING | {"calls": {"table read": 1, "table write": 1}, "executions": {"reminder_tick": 1}, "lines": 2}
    return {"steps": steps, "idle": {"tick": tick, "polls_per_second": 10}}


def test_a_visit_is_the_sum_of_its_steps_each_as_often_as_it_happens() -> None:
    visit = of_a_visit(made_up(), Use(1, reminders=3, cancelled=0))
    assert visit["table requests"] == 3
    assert visit["entities"] == 6
    assert visit["texts"] == 4
    assert visit["segments"] == 8
    assert visit["vault calls"] == 2
    assert visit["queue operations"] == 3
    assert visit["telemetry items"] == 3 * 2 + 1
    assert of_a_visit(made_up(), Use(1, reminders=0, cancelled=0.5))["texts"] == 1.5


def test_an_idle_day_is_its_ticks_and_the_host_s_looking() -> None:
    assert of_a_day(made_up()) == {
        "table requests": 2 * 1440, "queue operations": 864_000, "executions": 1440, "telemetry items": 5 * 1440,
    }  # fmt: skip


def test_a_month_has_its_paces_what_is_needed_and_its_cost() -> None:
    use = Use(36_000, reminders=3, cancelled=0, busy_hours=10, peak=2, http_concurrency=1, always_ready=0)
    month = geography(made_up(), use, PRICES | {"sms_segment": 0.5})
    assert month["a second at the peak"]["vault operations"] == 4
    assert month["share of the limit"]["vault operations"] == 0.01
    assert month["texts a minute at the peak"] == 480
    assert month["needed"] == {"toll-free numbers": 3, "short codes": 1, "pool organisers": 540, "instances": 4}
    assert month["a month"]["segments"] == 36_000 * 8 * 30
    assert month["cost"]["texts"] == 36_000 * 8 * 30 * 0.5
    assert month["cost"]["total"] == pytest.approx(sum(month["cost"].values()) - month["cost"]["total"], abs=0.1)


@pytest.mark.parametrize("field", ["reminders", "asks", "moved", "cancelled", "second_launches", "portal_launches"])
def test_more_of_anything_is_never_less_use(field: str) -> None:
    least = Use(1)
    more = replace(least, **{field: getattr(least, field) + 1})
    assert of_a_visit(COUNTS, more)["executions"] > of_a_visit(COUNTS, least)["executions"]


def test_prices_without_a_place_or_with_one_missing_are_refused(tmp_path: Path) -> None:
    good = (ROOT / "benchmarks/capacity_prices.toml").read_text()
    for line in ("region = ", "source = ", "date = ", "sms_segment = "):
        file = tmp_path / "prices.toml"
        file.write_text("\n".join(each for each in good.splitlines() if not each.startswith(line)))
        with pytest.raises(ValueError, match=line.partition(" ")[0]):
            prices_of(file)


def table(heading: str) -> dict[str, list[str]]:
    """The rows of the first table under a heading, by their first cell."""
    part = PAGE.split(f"## {heading}\n", 1)[1].split("\n## ")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in part.splitlines() if line.startswith("|")]
    return {row[0]: row[1:] for row in rows[2:]}


def figures(cells: list[str]) -> list[float]:
    return [float(re.sub(r"[,%]", "", cell)) for cell in cells]


def test_the_page_has_the_counts_that_were_measured() -> None:
    shown = table("What one visit asks for")
    assert set(shown) == set(COUNTS["steps"])
    for name, cells in shown.items():
        step = COUNTS["steps"][name]
        calls = step["calls"]

        def of(service: str, calls: dict[str, float] = calls) -> float:
            return sum(count for kind, count in calls.items() if kind.partition(" ")[0] == service)

        wanted = [
            calls.get("table read", 0), calls.get("table write", 0), calls.get("table transaction", 0),
            step["operations"], calls.get("queue delete", 0), sum(step["executions"].values()), of("graph"), of("vault"),
            of("epic"), step["segments"], step["lines"],
        ]  # fmt: skip
        assert figures(cells) == [round(value, 1) for value in wanted], name
    assert COUNTS["measured"] in PAGE
    assert f"{COUNTS['idle']['polls_per_second']:g} times a second" in PAGE


def test_the_page_s_example_is_the_model_s() -> None:
    shown = table("Three sizes")
    months = [geography(COUNTS, Use(size), PRICES) for size in SIZES]
    rows: dict[str, list[float]] = {
        "executions a month, millions": [round(month["a month"]["executions"] / 1e6, 1) for month in months],
        "table requests a month, millions": [round(month["a month"]["table requests"] / 1e6, 1) for month in months],
        "queue operations a month, millions": [
            round(month["a month"]["queue operations"] / 1e6, 1) for month in months
        ],
        "vault operations a month, millions": [round(month["a month"]["vault calls"] / 1e6, 1) for month in months],
        "Graph calls a month, millions": [round(month["a month"]["graph calls"] / 1e6, 1) for month in months],
        "SMS segments a month, millions": [round(month["a month"]["segments"] / 1e6, 2) for month in months],
        "texts a minute at the peak": [month["texts a minute at the peak"] for month in months],
    }
    rows |= {
        f"of the limit: {name}, %": [round(m["share of the limit"][name] * 100, 1) for m in months] for name in LIMITS
    }
    rows |= {f"needed: {name}": [month["needed"][name] for month in months] for name in months[0]["needed"]}
    assert {name: figures(cells) for name, cells in shown.items()} == rows


def test_the_page_names_every_limit_s_value_and_source() -> None:
    shown = table("Limits")
    assert set(shown) == {*LIMITS, "toll-free number", "short code", "meetings of one organiser"}
    for name, limit in LIMITS.items():
        assert figures(shown[name][:1]) == [limit.a_second], name
        assert limit.source in shown[name][2], name
    assert figures([shown[name][0] for name in ("toll-free number", "short code", "meetings of one organiser")]) == [
        TOLL_FREE_A_MINUTE, SHORT_CODE_A_MINUTE, MEETINGS_OF_A_USER,
    ]  # fmt: skip
