"""What one visit's whole life asks of storage, functions, Graph, the vault, texts and telemetry; what that comes to a month.

Measured on the running stack: real storage, the real worker, stand-ins for the rest. Visits go through their life step by
step, several at once; each step's counts are divided by their number. The hours after a visit are not waited for: the
app's clock is set ahead. Counts carry over to the cloud, times do not.

`--counts FILE` reads counts that were measured before; `--prices FILE` gives prices; what follows is `capacity_model.py`.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.capacity_counts import Counts, Notes
from benchmarks.capacity_model import Use, geography, prices_of
from benchmarks.launch import DOCTOR, Driver
from benchmarks.launch_upstream import Calls
from local.config import CONNECTION_ID, PEOPLE
from local.demo.steps import until
from local.demo.world import World
from local.stack import running
from shared.messages.segments import size

VISITS, IDLE_TICKS, IDLE_SECONDS, QUIET_SECONDS = 10, 10, 20, 3.0
SIZES = (1_000, 50_000, 1_000_000)
AHEAD = {"attendance": timedelta(minutes=11), "closed": timedelta(hours=6), "forgotten": timedelta(days=3, hours=12)}
PRICES = Path(__file__).with_name("capacity_prices.toml")


class Life:
    """Visits on one stack, and what each step of their life cost."""

    def __init__(self, driver: Driver, notes: Notes, clock: Path) -> None:
        self.driver, self.world = driver, driver.world
        self.notes, self.clock = notes, clock
        self.steps: dict[str, Any] = {}
        self._texts = 0

    async def begin(self) -> None:
        """What came before is not counted."""
        self._texts = len(await self.world.messages())

    @asynccontextmanager
    async def step(self, name: str, number: int) -> AsyncIterator[None]:
        """Counts what happens within, until nothing happens any more, for each of `number`."""
        await self._counted()
        yield
        visits, _ = await self._counted()
        messages = await self.world.messages()
        visits.segments = sum(size(text["message"]).segments for text in messages[self._texts :])
        self._texts = len(messages)
        self.steps[name] = visits.per(number)
        print(f"  .. {name}: {self.steps[name]}", file=sys.stderr)

    async def _counted(self) -> tuple[Counts, Counts]:
        """What was noted since the last time, up to a moment after which nothing is."""
        visits, timers = Counts(), Counts()
        quiet, deadline = time.monotonic(), time.monotonic() + 90
        while time.monotonic() - quiet < QUIET_SECONDS:
            if time.monotonic() > deadline:
                raise RuntimeError("the stack does not come to rest")
            for total, new in zip((visits, timers), self.notes.take()[:2], strict=True):
                if new.calls or new.executions:
                    quiet = time.monotonic()
                total.calls += new.calls
                total.executions += new.executions
                total.busy_ms += new.busy_ms
                total.operations += new.operations
                total.lines += new.lines
                total.characters += new.characters
            await asyncio.sleep(0.25)
        return visits, timers

    async def play(self, number: int) -> None:
        """A visit from its message to the end of its record, `number` times."""
        world, driver = self.world, self.driver
        people = {"patient": PEOPLE["patient"].epic_username, "clinician": DOCTOR.epic_username}
        soon = (datetime.now(UTC) + timedelta(minutes=15, seconds=45)).replace(microsecond=0)
        csns, links = [], []
        async with self.step("booked", number):
            for index in range(number):
                phone = f"+1608556{index:04d}"
                csns.append(await world.book(soon, phone=phone, duration_minutes=20, **people))
                await world.send(csns[-1], "S12", CONNECTION_ID)
            texts = await self._arrived(number)
            links = [next(word for word in text["message"].split() if "/api/v/" in word) for text in texts]
        async with self.step("reminded", number):
            await asyncio.sleep(max(0.0, (soon - timedelta(minutes=15) - datetime.now(UTC)).total_seconds()))
            await self._arrived(number, tick=True)
        async with self.step("link opened", number):
            for link in links:
                await self._page(link)
        async with self.step("waiting page asks", number):
            for link in links:
                url = f"{world.config.functions}/api/visits/{link.rpartition('/')[2]}/status"
                (await driver.http.get(url)).raise_for_status()
        rooms = []
        async with self.step("clinician launches", number):
            rooms = [await self._launched("provider", csn) for csn in csns]
        async with self.step("clinician launches again", number):
            for csn in csns:
                await self._launched("provider", csn)
        async with self.step("patient enters by link", number):
            for link in links:
                await driver.link(link)
        async with self.step("patient launches from the portal", number):
            for csn in csns:
                await self._launched("patient", csn)
        meetings = {item["joinWebUrl"]: item["id"] for item in await world.control("GET", "/meetings")}
        async with self.step("call", number):
            for room in rooms:
                for who, what in (("Guest", "lobby"), (DOCTOR.username, "join"), ("Guest", "join")):
                    await world.roster(meetings[room], who, what)
            await self._told(csns, 2)
            for room in rooms:
                await world.roster(meetings[room], DOCTOR.username, "end")
            await self._told(csns, 4)
        for name, ahead in AHEAD.items():
            async with self.step(name, number):
                self.clock.write_text(str(ahead.total_seconds()))
                await asyncio.sleep(1.1)  # the world runs one tick a second
                await world.run_tick()

    async def change(self, number: int) -> None:
        """Appointments that are moved, and then cancelled."""
        people = {"patient": PEOPLE["patient"].epic_username, "clinician": DOCTOR.epic_username}
        later = (datetime.now(UTC) + timedelta(days=2)).replace(microsecond=0)
        csns = []
        for index in range(number):
            csns.append(await self.world.book(later, phone=f"+1608557{index:04d}", **people))
            await self.world.send(csns[-1], "S12", CONNECTION_ID)
        await self._counted()
        await self.begin()
        for name, event in (("moved", "S13"), ("cancelled", "S15")):
            async with self.step(name, number):
                for csn in csns:
                    if event == "S13":
                        start = (later + timedelta(hours=3)).isoformat()
                        await self.world.control("PATCH", f"/epic/appointments/{csn}", json={"start": start})
                    await self.world.send(csn, event, CONNECTION_ID)

    async def idle(self) -> dict[str, Any]:
        """What is done although nothing happens: a tick, and how often the host looks for work in a second."""
        await self._counted()
        ticks = Counts()
        for _ in range(IDLE_TICKS):
            await asyncio.sleep(1.1)
            await self.world.run_tick()
        _, ticks = await self._counted()
        self.notes.take()
        begun, polls = time.monotonic(), 0
        while (passed := time.monotonic() - begun) < IDLE_SECONDS:
            await asyncio.sleep(0.5)
            polls += self.notes.take()[2]
        runs = ticks.executions["reminder_tick"]
        return {"tick": ticks.per(runs), "ticks": runs, "polls_per_second": round(polls / passed, 2)}

    async def _arrived(self, number: int, *, tick: bool = False) -> list[dict[str, Any]]:
        async def all_there() -> list[dict[str, Any]] | None:
            if tick:
                await self.world.run_tick()
            new = (await self.world.messages())[self._texts :]
            return new if len(new) >= number else None

        return await until(all_there, f"{number} texts", seconds=90)

    async def _told(self, csns: list[str], each: int) -> None:
        async def all_told() -> bool:
            return sum(item["conference_id"] in csns for item in await self.world.statuses()) >= each * len(csns)

        await until(all_told, "the statuses in Epic", seconds=60)

    async def _page(self, url: str) -> None:
        answer = await self.driver.http.get(url)
        if answer.status_code != 200:
            raise RuntimeError(f"the link's page answered {answer.status_code}")

    async def _launched(self, audience: str, csn: str) -> str:
        """A launch to its end. Returns the meeting's address."""
        http = self.driver.http
        first = await http.get(await self.driver.launch_url(audience, csn))
        back = (await http.get(first.headers["location"])).headers["location"]
        cookie = first.headers["set-cookie"].partition(";")[0]
        http.cookies.clear()
        second = await http.get(back, headers={"Cookie": cookie})
        room = str(second.headers.get("location", ""))
        if "/l/meetup-join/" not in room:
            raise RuntimeError(f"{audience}: {second.status_code}")
        return room


async def measure(visits: int) -> dict[str, Any]:
    """The counts of every step, for one visit; of an idle tick; and how often an idle host asks for work."""
    with tempfile.TemporaryDirectory() as folder:
        calls, clock = Path(folder) / "calls", Path(folder) / "clock"
        calls.touch()
        clock.write_text("0")
        os.environ |= {"LAUNCH_CALLS": str(calls), "LAUNCH_CLOCK": str(clock)}
        os.environ["PYTHONPATH"] = str(Path(__file__).parent / "launch_calls")
        async with running() as stack, World(stack.config) as world:
            driver = Driver(stack.config, world, Calls(calls))
            await driver.prepare(1)  # the doctor has signed in once; connections are open, caches full
            notes = Notes(calls, stack.config.run_dir / "logs" / "functions.log", stack.config.ports)
            life = Life(driver, notes, clock)
            await life.begin()
            await life.change(visits)
            idle = await life.idle()
            await life.play(visits)
            await driver.http.aclose()
    return {"measured": datetime.now(UTC).date().isoformat(), "visits": visits, "steps": life.steps, "idle": idle}


def main() -> int:
    """Prints the counts, and a month of each size."""
    parser = argparse.ArgumentParser(prog="scripts/bench capacity", description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--visits", type=int, default=VISITS, help="that are measured")
    parser.add_argument("--counts", type=Path, help="counts measured before, instead of measuring")
    parser.add_argument("--prices", type=Path, default=PRICES, help="a TOML file as benchmarks/capacity_prices.toml")
    parser.add_argument("--use", action="append", default=[], help="NAME=NUMBER of the model's Use, such as peak=5")
    parser.add_argument("--a-day", type=int, nargs="*", default=SIZES, help="visits a day of a geo")
    options = parser.parse_args()
    counts = json.loads(options.counts.read_text()) if options.counts else asyncio.run(measure(options.visits))
    prices = prices_of(options.prices)
    given: dict[str, Any] = {name: float(value) for name, _, value in (each.partition("=") for each in options.use)}
    months = {str(size): geography(counts, Use(size, **given), prices) for size in options.a_day}
    if options.json:
        print(json.dumps({**counts, "months": months}, indent=2))
        return 0
    for name, step in counts["steps"].items():
        print(f"{name:34}", step["calls"], step["executions"])
    for number, month in months.items():
        print(f"\n{number} visits a day")
        for name, value in month.items():
            print(f"  {name:30} {value}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
