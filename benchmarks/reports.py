"""Reports: 100,000 visits against plain SQL, what a report of 90 days costs, and how soon an event is in it."""

import argparse
import asyncio
import json
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from local.browser import Browser
from local.config import CONNECTION_ID, PEOPLE
from local.demo.steps import until
from local.demo.world import World
from local.stack import running
from tests.reports.equal import CALLER, Desk, compare, keep_all
from tests.reports.history import DAYS, NOW, history, to_sqlite
from tests.reports.keeping import Kept
from tests.reports.plain_sql import Plain, prepared

FEW, MANY = 1_000, 100_000
LAST = NOW.date()
RANGE = {"from": (LAST - timedelta(days=DAYS - 1)).isoformat(), "to": LAST.isoformat()}
WIDE = {"from": (LAST - timedelta(days=DAYS + 5)).isoformat(), "to": (LAST + timedelta(days=4)).isoformat()}
MOST_RATIO, MOST_MEDIAN_S, MOST_P99_S = 1.5, 5.0, 60.0
DOCTOR = PEOPLE["clinician"]
VISITS, AT_ONCE = 34, 4


def say(text: str) -> None:
    """Progress, out of the way of the figures."""
    print(f"  .. {text}", file=sys.stderr, flush=True)


async def cost(kept: Kept) -> dict[str, int]:
    """Requests and rows read for each report of 90 days, and for the first page of visits."""
    desk, tables = Desk(kept), kept.tables
    reports: dict[str, Callable[..., Awaitable[Any]]] = {
        "usage": desk.reports.usage,
        "sms": desk.reports.sms,
        "quality": desk.reports.quality,
    }
    found: dict[str, int] = {}
    for name in (*reports, "visits"):
        tables.requests.clear()
        tables.read.clear()
        await (reports[name](CALLER, RANGE) if name in reports else desk.listing.page(CALLER, RANGE))
        found |= {f"{name}_requests": tables.requests.total(), f"{name}_rows": tables.read.total()}
    return found


async def made(count: int) -> tuple[Kept, dict[str, Any]]:
    """A history told to the product and to SQLite, and whether they agree."""
    say(f"{count} visits")
    # As a hospital's days go by: what changes at one time is mostly of one day.
    told, kept = sorted(history(count), key=lambda each: each.start), Kept()
    began = time.perf_counter()
    await keep_all(kept, told)
    kept_in = time.perf_counter() - began
    say("comparing with plain SQL")
    compared, desk = 0, Desk(kept)
    with closing(prepared(to_sqlite(told))) as db:
        for filters in ({}, {"connection": "two000002"}, {"department": "Cardiology"}):
            plain = Plain(db, WIDE["from"], WIDE["to"], filters.get("connection"), filters.get("department"))
            compared += await compare(desk, plain, WIDE | filters)
    kept.tables.requests.clear()
    return kept, {"visits": count, "figures_equal": compared, "kept_ms_a_visit": round(1000 * kept_in / count, 2)}


async def freshness() -> dict[str, Any]:
    """Seconds from a roster event at Teams' side until the report has it, on the whole stack."""
    async with running() as stack, World(stack.config) as world:
        say(f"{VISITS} visits on the stack, {AT_ONCE} at a time")
        gate, seen = asyncio.Semaphore(AT_ONCE), []

        async def one() -> None:
            async with gate:
                seen.extend(await _visit(world))

        await one()  # signs the clinician in
        await asyncio.gather(*(one() for _ in range(VISITS - 1)))
    centiles = statistics.quantiles(seen, n=100)
    return {
        "events": len(seen),
        "median_s": round(statistics.median(seen), 2),
        "p99_s": round(centiles[98], 2),
        "most_s": round(max(seen), 2),
    }


async def _visit(world: World) -> list[float]:
    start = (datetime.now(UTC) + timedelta(minutes=5)).replace(microsecond=0)
    csn = await world.book(start, patient=PEOPLE["patient"].epic_username, clinician=DOCTOR.epic_username)
    answer = await world.send(csn, "S12", CONNECTION_ID)
    assert answer["status"] == 200, answer
    before = {meeting["id"] for meeting in await world.control("GET", "/meetings")}
    async with Browser(str(world.config.bundle)) as browser:
        launch = await world.control("POST", "/epic/launches", json={"audience": "provider", "csn": csn})
        page = await browser.open(str(launch["url"]))
        if str(page.url).startswith(world.config.entra):
            page = await browser.submit(page, username=DOCTOR.username, password=DOCTOR.password)
    meetings = await world.control("GET", "/meetings")
    meeting = next(m for m in meetings if m["id"] not in before and m["joinWebUrl"] == str(page.url))
    body = {"connection": CONNECTION_ID, "number": csn}
    seconds = []
    for events, status in (
        ([("Guest", "lobby")], "waiting"),
        ([(DOCTOR.username, "join"), ("Guest", "join")], "in_progress"),
        ([(DOCTOR.username, "end")], "completed"),
    ):
        began = time.perf_counter()
        for person, action in events:
            path = f"/meetings/{quote(meeting['id'], safe='')}/roster"
            await world.control("POST", path, json={"participant": person, "action": action})
        began = time.perf_counter() if len(events) > 1 else began

        async def there(status: str = status) -> bool | None:
            found = await world.api("reader", "POST", "/reports/visits/find", json=body)
            return any(row["status"] == status for row in found["visits"]) or None

        await until(there, f"the report to say {status}", seconds=90)
        seconds.append(time.perf_counter() - began)
    return seconds


async def measure(*, stack: bool) -> dict[str, Any]:
    """All figures."""
    few, _ = await made(FEW)
    many, equal = await made(MANY)
    costs = {str(FEW): await cost(few), str(MANY): await cost(many)}
    ratios = {name: round(costs[str(MANY)][name] / costs[str(FEW)][name], 2) for name in costs[str(FEW)]}
    figures: dict[str, Any] = {"equal": equal, "cost": costs, "ratio": ratios}
    held = max(ratios.values()) <= MOST_RATIO
    if stack:
        figures["freshness"] = fresh = await freshness()
        held = held and fresh["median_s"] < MOST_MEDIAN_S and fresh["p99_s"] < MOST_P99_S
    figures["wanted"] = {"ratio": MOST_RATIO, "median_s": MOST_MEDIAN_S, "p99_s": MOST_P99_S}
    return figures | {"held": held}


def main() -> int:
    """Prints the figures; the exit status says whether they hold."""
    parser = argparse.ArgumentParser(prog="scripts/bench reports", description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--no-stack", action="store_true", help="leave out how soon an event is in the report")
    options = parser.parse_args()
    figures = asyncio.run(measure(stack=not options.no_stack))
    if options.json:
        print(json.dumps(figures, indent=2))
    else:
        for name in ("equal", "ratio", "freshness"):
            if name in figures:
                print(f"{name:10}", "  ".join(f"{key} {value}" for key, value in figures[name].items()))
        print("held" if figures["held"] else f"not held: wanted {figures['wanted']}")
    return 0 if figures["held"] else 1


if __name__ == "__main__":
    sys.exit(main())
