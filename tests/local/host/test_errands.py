"""What a host owes to work that it has begun, or missed, when it ends and when it comes back."""

import asyncio
import base64
import json
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from local import guard
from tests.local.host.running import EVENT_GRID, KEYS, Site, running, until
from tests.local.host.test_eventgrid import an_event, deliver

APP = Path(__file__).parent / "errands_app"
OWN = "errands-own"
THIS_YEAR = datetime.now(UTC).year
Start = Callable[..., AbstractAsyncContextManager[Site]]


@pytest.fixture(scope="module")
async def host(ours: Site, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    """A host of the errands app that stays."""
    folder = tmp_path_factory.mktemp("errands")
    (folder / "keys.json").write_text(json.dumps(KEYS))
    arguments = ("--state", str(folder), "--keys", str(folder / "keys.json"))
    async with running(folder, ours.storage, *arguments, app=APP, env={"ERRANDS": "errands"}) as site:
        yield site


@pytest.fixture
def start(ours: Site, tmp_path: Path) -> Start:
    """Starts a host of the errands app with a queue of its own; its state stays when it is started again."""

    def starter(storage: str = ours.storage) -> AbstractAsyncContextManager[Site]:
        return running(tmp_path, storage, "--state", str(tmp_path), app=APP, env={"ERRANDS": OWN})

    return starter


async def ask(site: Site, **errand: Any) -> str:
    """Sends an errand; its id."""
    number = str(uuid4())
    async with site.client as client:
        assert (await client.post("/api/errands", json={"id": number, **errand})).status_code == 202
    return number


async def calls(site: Site, number: str, count: int) -> list[dict[str, Any]]:
    """The calls for an errand, when there are so many."""

    async def look() -> list[dict[str, Any]]:
        return [call for call in await site.seen("run") if call["id"] == number][count - 1 :]

    await until(look, f"{count} calls")
    return [call for call in await site.seen("run") if call["id"] == number]


async def end(site: Site, number: int = signal.SIGTERM) -> None:
    """Tells a host to end and asserts that it does, in the time that the stack gives it."""
    assert site.process
    site.process.send_signal(number)
    assert await asyncio.wait_for(site.process.wait(), guard.PATIENCE_SECONDS) == 0


async def test_a_failed_message_comes_again_after_the_time_that_host_json_names(host: Site) -> None:
    first, second = await calls(host, await ask(host, failures=1), 2)
    assert (first["count"], second["count"]) == (1, 2)
    assert 0.9 < second["at"] - first["at"] < 5


async def test_a_message_steps_aside_after_as_many_tries_as_host_json_names(host: Site) -> None:
    number = await ask(host, failures=9)

    async def aside() -> bool:
        return number in str(await host.bodies("errands-poison"))

    await until(aside, "the message in the poison queue")
    assert [call["count"] for call in await calls(host, number, 3)] == [1, 2, 3]


async def test_messages_are_handled_side_by_side(host: Site) -> None:
    numbers = await asyncio.gather(*(ask(host, seconds=1) for _ in range(3)))
    moments = [(await calls(host, number, 1))[0]["at"] for number in numbers]
    assert max(moments) - min(moments) < 1


async def test_a_message_in_hand_is_finished_and_settled_when_the_host_ends(start: Start) -> None:
    async with start() as host:
        number = await ask(host, seconds=1)
        await calls(host, number, 1)
        await end(host)
        assert number in await host.bodies(f"{OWN}-done")
        async with host.queue(OWN) as queue:
            # Counts those too that are hidden because someone has them in hand.
            assert (await queue.get_queue_properties()).approximate_message_count == 0


async def test_no_message_is_fetched_once_the_host_was_told_to_end(start: Start) -> None:
    """It lies there for the next host, visible."""
    async with start() as host:
        await calls(host, await ask(host, seconds=2), 1)
        ending = asyncio.create_task(end(host))

        async def closed() -> bool:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", int(host.url.rpartition(":")[2]))
            except OSError:
                return True
            writer.close()
            return False

        await until(closed, "the port to close")
        number = str(uuid4())
        async with host.queue(OWN) as queue:
            await queue.send_message(base64.b64encode(json.dumps({"id": number}).encode()).decode())
            await ending
            assert number in str(await host.bodies(OWN))
            await queue.clear_messages()


async def test_an_output_that_cannot_be_written_fails_the_function(start: Start) -> None:
    """Nobody listens at this storage's port; the caller must not be told that all went well."""
    nowhere = "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=YQ==;QueueEndpoint=http://127.0.0.1:9/a;"
    async with start(nowhere) as host, host.client as client:
        answer = await client.post("/api/errands", json={"id": "1"})
        assert (answer.status_code, answer.content) == (500, b"")
        assert (await client.get("/api/seen/run")).json() == []


async def test_synchronous_functions_do_not_wait_for_each_other(host: Site) -> None:
    async with host.client as client:
        room = uuid4().hex
        answers = await asyncio.gather(*(client.get(f"/api/meet/{room}/3") for _ in range(3)))
    assert [answer.text for answer in answers] == ["met", "met", "met"]


def leave(folder: Path, last: str, following: str) -> None:
    """The status of the yearly timer that a host left behind."""
    (folder / "timers").mkdir()
    status = {"Last": last, "Next": following, "LastUpdated": last}
    (folder / "timers/yearly.json").write_text(json.dumps(status))


async def late(site: Site) -> list[bool]:
    """Whether the calls of the yearly timer were late, when all that fires at the start has fired."""

    async def look() -> list[Any]:
        return await site.seen("at_start")

    await until(look, "the timer that fires at the start")
    return [call["late"] for call in await site.seen("yearly")]


async def test_years_that_were_missed_are_one_late_call_and_none_at_the_next_start(
    start: Start, tmp_path: Path
) -> None:
    leave(tmp_path, f"{THIS_YEAR - 3}-01-01T00:00:00", f"{THIS_YEAR - 2}-01-01T00:00:00")
    async with start() as host:

        async def called() -> list[Any]:
            return await host.seen("yearly")

        await until(called, "the late call")
        await end(host)
    status = json.loads((tmp_path / "timers/yearly.json").read_text())
    assert status["Next"] == f"{THIS_YEAR + 1}-01-01T00:00:00"
    async with start() as host:
        assert await late(host) == []


async def test_a_changed_schedule_starts_anew(start: Start, tmp_path: Path) -> None:
    """What was due by the old one, at noon and long ago, is nobody's business any more."""
    leave(tmp_path, f"{THIS_YEAR - 3}-01-01T12:00:00", f"{THIS_YEAR - 3}-01-02T12:00:00")
    async with start() as host:
        assert await late(host) == []
    status = json.loads((tmp_path / "timers/yearly.json").read_text())
    assert status["Next"] == f"{THIS_YEAR + 1}-01-01T00:00:00"


async def test_a_timer_that_runs_on_startup_is_not_late_and_without_monitor_keeps_no_status(
    start: Start, tmp_path: Path
) -> None:
    async with start() as host:
        assert await late(host) == []
        assert [call["late"] for call in await host.seen("at_start")] == [False]
        await end(host, signal.SIGINT)
    assert [path.name for path in (tmp_path / "timers").iterdir()] == ["yearly.json"]


async def test_nothing_of_a_message_or_an_event_is_in_the_log(host: Site) -> None:
    """The functions fail with messages that quote all they got."""
    secret = uuid4().hex
    await calls(host, await ask(host, failures=9, patient=secret), 3)
    site = Site(host.url, host.storage, host.master, EVENT_GRID, host.log)
    assert (await deliver(site, "Notification", [an_event() | {"data": {"patient": secret}}])).status_code == 500
    async with host.client as client:
        given = {"input": json.dumps({"patient": secret})}
        assert (await client.post("/admin/functions/run", json=given, headers=host.admin)).status_code == 202

    async def refused() -> bool:
        return ": KeyError" in host.logged()

    await until(refused, "the call by hand to fail")
    assert secret not in host.logged()
    assert "[run] host: failed in" in host.logged()
    assert "[on_event] host: failed in" in host.logged()
