"""How a host starts and ends, and what it leaves in its log."""

import asyncio
import sys
import time
from pathlib import Path
from typing import Any

import httpx

from local import guard
from tests.local.host.running import SAMPLE, Site, running, spawned, until

# Other tests' messages are not for the hosts of these.
QUIET = {"AzureWebJobs.work.Disabled": "true", "AzureWebJobs.late.Disabled": "true"}
SECRET = "Mustermann 1970-01-01"  # pragma: allowlist secret


async def _in_flight(site: Site, path: str, what: str) -> "asyncio.Task[httpx.Response]":
    """A request that the function has begun to answer."""

    async def request() -> httpx.Response:
        async with site.client as client:
            return await client.get(path)

    task = asyncio.create_task(request())

    async def begun() -> list[Any]:
        return await site.seen(what)

    await until(begun, f"{what} to begin")
    return task


async def test_a_host_that_is_told_to_end_finishes_what_it_has_begun(ours: Site, tmp_path: Path) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    async with running(tmp_path, ours.storage, env=QUIET | {"TMPDIR": str(temporary)}) as host:
        assert host.process
        answer = await _in_flight(host, "/api/slow/700", "slow")
        assert list(temporary.iterdir())
        host.process.terminate()
        assert (await answer).text == "done"
        assert await asyncio.wait_for(host.process.wait(), 3) == 0
    assert not list(temporary.iterdir())


async def test_a_function_that_hangs_does_not_keep_the_host(ours: Site, tmp_path: Path) -> None:
    """Nor longer than the stack waits before it kills the host."""
    async with running(tmp_path, ours.storage, env=QUIET) as host:
        assert host.process
        answer = await _in_flight(host, "/api/stuck", "stuck")
        began = time.monotonic()
        host.process.terminate()
        assert await asyncio.wait_for(host.process.wait(), 15) == 0
        assert time.monotonic() - began < guard.PATIENCE_SECONDS
    await asyncio.wait([answer])
    assert answer.exception() or (await answer).status_code >= 500


async def test_the_log_says_what_ran_and_nothing_of_what_came_in(ours: Site) -> None:
    async with ours.client as client:
        secrets = {"params": {"q": SECRET, "code": SECRET}, "headers": {"X-Name": SECRET, "Cookie": f"a={SECRET}"}}
        for path in ("boom", "boom-in-thread"):
            await client.post(f"/api/{path}", content=SECRET, **secrets)  # type: ignore[arg-type]
        invocation = (await client.get("/api/things", params={"q": SECRET})).json()["invocation"]
        await client.get(f"/api/nowhere/{SECRET}")

    async def written() -> bool:
        return invocation in ours.logged()

    await until(written, "the invocation in the log")
    log = ours.logged()
    assert "Mustermann" not in log
    assert "1970-01-01" not in log
    ended = next(line for line in log.splitlines() if invocation in line)
    assert "[things]" in ended
    assert "succeeded in" in ended


async def test_a_failure_is_logged_with_its_type_and_its_place(ours: Site) -> None:
    async with ours.client as client:
        await client.post("/api/boom", content=b"x")
        await client.post("/api/boom-in-thread", content=b"x")

    async def written() -> bool:
        return "in boom_in_thread" in ours.logged()

    await until(written, "both failures in the log")
    log = ours.logged()
    assert "[boom] host: failed in" in log
    assert ": ValueError\n" in log
    assert ", in boom\nValueError" in log  # the app's own log.exception, cut down likewise
    assert 'function_app.py", line' in log
    assert "[boom_in_thread] sample: on a thread" in log


async def test_a_port_that_is_taken_ends_the_host_with_a_reason(ours: Site, tmp_path: Path) -> None:
    port = httpx.URL(ours.url).port
    command = [sys.executable, "-m", "local.host", str(SAMPLE), "--port", str(port)]
    env = {"AzureWebJobsStorage": ours.storage, "NIGHTLY_SCHEDULE": "0 30 2 * * *"}
    async with spawned(command, tmp_path / "host.log", env) as process:
        assert await asyncio.wait_for(process.wait(), 30) == 1
    assert f"nothing can listen on 127.0.0.1:{port}" in (tmp_path / "host.log").read_text()


async def test_the_ready_line_says_where(ours: Site) -> None:
    assert f"functions on {ours.url}" in ours.logged()
