"""What a launch waits for, what it costs us, and how many a second two cores bear, on the running stack.

`trips`: upstream calls of a launch that follow one another, from the launch URL to the answer that sends the browser on;
calls that overlap count once, and what we do beside the answer not at all. Upstream is whatever is not us: the EHR,
Graph, Entra, the vault, storage. `own_ms`: the time from request to answer in which no upstream call was under way,
with the time in which one was (`upstream_ms`) beside it, from the same launches. Measured at the client, so the local
host's and the client's own time count as ours; `own_ms_p10` is what a busy machine disturbs
least, and `processor_ms` what it does not: the host's processor time for a launch, with what is done beside the answer.

Then `--rate` launches a second for `--seconds`, started on time whether or not the others have ended; and steps of
higher rates until launches are late or fail, with the processor time of each process.
"""

import argparse
import asyncio
import json
import os
import ssl
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from benchmarks.launch_upstream import Calls, Window
from local.browser import Browser
from local.config import CONNECTION_ID, PEOPLE, StackConfig
from local.demo.world import World
from local.stack import Stack, running

LAUNCHES, RATE, SECONDS, STEP_SECONDS, VISITS = 60, 20.0, 60.0, 15.0, 24
WANTED_TRIPS = {"clinician": 3, "patient": 2, "sms_link": 1}
WANTED_OWN_MS = 15.0
WANTED_LATE_MS = 2_000.0
"""The 95th percentile beyond which a rate counts as too much."""
STEPS = (30, 40, 60, 80, 120, 160)
DOCTOR = PEOPLE["clinician"]


@dataclass
class Driver:
    """Browsers in front of one stack: launches step by step, with the time of each of our answers."""

    config: StackConfig
    world: World
    calls: Calls
    visits: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        trust = ssl.create_default_context(cafile=str(self.config.bundle))
        limits = httpx.Limits(max_connections=400, max_keepalive_connections=100)
        self.http = httpx.AsyncClient(verify=trust, timeout=30, limits=limits)

    async def prepare(self, visits: int) -> None:
        """Books visits, signs the doctor in to Microsoft once, and opens every visit's room."""
        start = (datetime.now(UTC) + timedelta(days=2)).replace(microsecond=0)
        people = {"patient": PEOPLE["patient"].epic_username, "clinician": DOCTOR.epic_username}
        for index in range(visits):
            csn = await self.world.book(start, phone=f"+1608555{2000 + index:04d}", **people)
            await self.world.send(csn, "S12", CONNECTION_ID)
            self.visits.append(csn)
        async with Browser(str(self.config.bundle)) as browser:
            for csn in self.visits:
                page = await browser.open(await self.launch_url("provider", csn))
                if str(page.url).startswith(self.config.entra):
                    await browser.submit(page, username=DOCTOR.username, password=DOCTOR.password)
        for text in await self.world.messages():
            if "/api/v/" in text["message"]:
                self.links.append(next(word for word in text["message"].split() if "/api/v/" in word))

    async def launch_url(self, audience: str, csn: str) -> str:
        """A launch URL, as Epic would open it."""
        body = {"audience": audience, "csn": csn} | ({"user": DOCTOR.epic_username} if audience == "provider" else {})
        answer = await self.http.post(f"{self.config.control}/epic/launches", json=body)
        return str(answer.json()["url"])

    async def launch(self, audience: str, csn: str) -> list[Window]:
        """One launch from the launch URL into the room. Raises RuntimeError if it ends elsewhere."""
        first, begun = await self._ours(await self.launch_url(audience, csn))
        back = (await self.http.get(first.headers["location"])).headers["location"]
        cookie = first.headers["set-cookie"].partition(";")[0]
        second, finished = await self._ours(back, cookie)
        if "/l/meetup-join/" not in second.headers.get("location", ""):
            raise RuntimeError(f"{audience}: {second.status_code}")
        return [begun, finished]

    async def link(self, url: str) -> list[Window]:
        """A text's link, into the room."""
        answer, window = await self._ours(url)
        if "/l/meetup-join/" not in answer.headers.get("location", ""):
            raise RuntimeError(f"link: {answer.status_code}")
        return [window]

    async def _ours(self, url: str, cookie: str = "") -> tuple[httpx.Response, Window]:
        begun = time.monotonic()
        answer = await self.http.get(url, headers={"Cookie": cookie} if cookie else {})
        self.http.cookies.clear()
        return answer, Window(begun, time.monotonic())


async def one_by_one(driver: Driver, stack: Stack, launches: int) -> dict[str, Any]:
    """Each kind of launch, nothing else under way: trips, our share, the upstream's share."""
    kinds: dict[str, Callable[[int], Awaitable[list[Window]]]] = {
        "clinician": lambda n: driver.launch("provider", driver.visits[n % len(driver.visits)]),
        "patient": lambda n: driver.launch("patient", driver.visits[n % len(driver.visits)]),
        "sms_link": lambda n: driver.link(driver.links[n % len(driver.links)]),
    }
    found = {}
    for kind, once in kinds.items():
        for number in range(5):  # connections are opened and caches filled
            await once(number)
        before = _processor(stack).get("functions", 0.0)
        seen = [await once(number) for number in range(launches)]
        used = _processor(stack).get("functions", 0.0) - before
        found[kind] = _figures([driver.calls.within(windows) for windows in seen])
        found[kind]["processor_ms"] = round(used / launches * 1000, 1)
    # A clinician who came before, at a visit that has no room: it is made on the way.
    fresh = []
    for index in range(max(5, launches // 6)):
        start = (datetime.now(UTC) + timedelta(days=3, minutes=index)).replace(microsecond=0)
        csn = await driver.world.book(start, patient=PEOPLE["patient"].epic_username, clinician=DOCTOR.epic_username)
        await driver.world.send(csn, "S12", CONNECTION_ID)
        fresh.append(driver.calls.within(await driver.launch("provider", csn)))
    found["clinician_first_of_a_visit"] = _figures(fresh)
    return found


def _figures(each: list[tuple[list[str], float, float]]) -> dict[str, Any]:
    trips = [len(chain) for chain, _, _ in each]
    shown = Counter(" > ".join(chain) for chain, _, _ in each).most_common(1)[0][0]
    own, upstream = [own * 1000 for _, own, _ in each], [up * 1000 for _, _, up in each]
    return {
        "launches": len(each),
        "trips": int(statistics.median_high(trips)),
        "trips_most": max(trips),
        "way": shown,
        "own_ms_median": round(statistics.median(own), 1),
        "own_ms_p10": round(statistics.quantiles(own, n=10)[0], 1),
        "own_ms_p95": round(statistics.quantiles(own, n=20)[-1], 1),
        "upstream_ms_median": round(statistics.median(upstream), 1),
    }


async def at_rate(driver: Driver, stack: Stack, rate: float, seconds: float) -> dict[str, Any]:
    """Launches started `rate` times a second: four of five by patients, one by clinicians."""
    took: list[float] = []
    wrong: Counter[str] = Counter()

    async def one(number: int) -> None:
        audience = "provider" if number % 5 == 0 else "patient"
        begun = time.monotonic()
        try:
            await driver.launch(audience, driver.visits[number % len(driver.visits)])
        except (RuntimeError, httpx.HTTPError, KeyError) as error:
            wrong[f"{type(error).__name__} {error}"[:80]] += 1
        took.append(time.monotonic() - begun)

    before, begun = _processor(stack), time.monotonic()
    tasks = []
    for number in range(int(rate * seconds)):
        await asyncio.sleep(max(0.0, begun + number / rate - time.monotonic()))
        tasks.append(asyncio.create_task(one(number)))
    await asyncio.gather(*tasks)
    whole = time.monotonic() - begun
    after = _processor(stack)
    centiles = statistics.quantiles([value * 1000 for value in took], n=100)
    return {
        "rate": rate,
        "launches": len(took),
        "errors": sum(wrong.values()),
        "kinds_of_error": dict(wrong),
        "done_per_second": round(len(took) / whole, 1),
        "ms_p50": round(centiles[49]),
        "ms_p95": round(centiles[94]),
        "ms_p99": round(centiles[98]),
        "cores": {name: round((after[name] - before[name]) / whole, 2) for name in after},
    }


def _processor(stack: Stack) -> dict[str, float]:
    """Seconds of processor time that each part of the stack, and this process, has used. Linux only; empty elsewhere."""
    parts = {name: [pid, *_descendants(pid)] for name, pid in stack.pids.items()}
    return {name: sum(map(_used, pids)) for name, pids in ({**parts, "driver": [os.getpid()]}).items()}


def _descendants(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children")
    found = [int(each) for each in children.read_text().split()] if children.exists() else []
    return found + [each for child in found for each in _descendants(child)]


def _used(pid: int) -> float:
    stat = Path(f"/proc/{pid}/stat")
    fields = stat.read_text().rpartition(")")[2].split() if stat.exists() else ["0"] * 13
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def saturation(driver: Driver, stack: Stack, seconds: float) -> dict[str, Any]:
    """Rates upwards until launches are late or fail."""
    steps = []
    for rate in STEPS:
        step = await at_rate(driver, stack, rate, seconds)
        print(f"  .. {rate} a second: {step}", file=sys.stderr)
        steps.append(step)
        if step["errors"] or step["ms_p95"] > WANTED_LATE_MS:
            break
    bearable = [step["rate"] for step in steps if not step["errors"] and step["ms_p95"] <= WANTED_LATE_MS]
    busiest = max(steps[-1]["cores"], key=steps[-1]["cores"].get, default="")
    most = max(step["done_per_second"] for step in steps)
    return {"steps": steps, "bears": max(bearable, default=0), "most_done": most, "first_to_saturate": busiest}


async def measure(options: argparse.Namespace) -> dict[str, Any]:
    """All figures."""
    with tempfile.TemporaryDirectory() as folder:
        calls = Calls(Path(folder) / "calls")
        os.environ["LAUNCH_CALLS"] = str(calls.path)
        os.environ["PYTHONPATH"] = str(Path(__file__).parent / "launch_calls")
        async with running() as stack, World(stack.config) as world:
            calls.name(stack.config.ports)
            driver = Driver(stack.config, world, calls)
            await driver.prepare(options.visits)
            figures: dict[str, Any] = {"load_before": os.getloadavg()[0], "cores": os.cpu_count()}
            figures["one_by_one"] = await one_by_one(driver, stack, options.launches)
            print(f"  .. {figures['one_by_one']}", file=sys.stderr)
            figures["at_rate"] = await at_rate(driver, stack, options.rate, options.seconds)
            print(f"  .. {figures['at_rate']}", file=sys.stderr)
            if options.step_seconds:
                figures["saturation"] = await saturation(driver, stack, options.step_seconds)
            await driver.http.aclose()
    kinds = figures["one_by_one"]
    own = {kind: kinds[kind]["own_ms_median"] for kind in WANTED_TRIPS}
    held = {
        "trips": all(kinds[kind]["trips"] <= most for kind, most in WANTED_TRIPS.items()),
        "own_ms": max(own.values()) < WANTED_OWN_MS,
        "no_errors": figures["at_rate"]["errors"] == 0,
    }
    wanted = {"trips": WANTED_TRIPS, "own_ms": WANTED_OWN_MS, "rate": options.rate, "errors": 0}
    return figures | {"wanted": wanted, "holds": held, "held": all(held.values())}


def main() -> int:
    """Prints the figures; the exit status says whether they hold."""
    parser = argparse.ArgumentParser(prog="scripts/bench launch", description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--launches", type=int, default=LAUNCHES, help="of each kind, one by one")
    parser.add_argument("--visits", type=int, default=VISITS)
    parser.add_argument("--rate", type=float, default=RATE, help="launches a second")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="at that rate")
    parser.add_argument("--step-seconds", type=float, default=STEP_SECONDS, help="at each higher rate; 0 for none")
    figures = asyncio.run(measure(options := parser.parse_args()))
    if options.json:
        print(json.dumps(figures, indent=2))
    else:
        for kind, row in figures["one_by_one"].items():
            print(f"{kind:28}", "  ".join(f"{name} {value}" for name, value in row.items()))
        print("at the rate", figures["at_rate"])
        print("saturation", figures.get("saturation", "not measured"))
        print("held" if figures["held"] else f"not held: {figures['holds']}, wanted {figures['wanted']}")
    return 0 if figures["held"] else 1


if __name__ == "__main__":
    sys.exit(main())
