"""Parts of the stack end with all that they started, however they and whoever started them end."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from local import processes
from local.node import ROOT
from tests.local.seen import commands, eventually, having

# Each says that it is up, and waits. The mark makes it findable.
WAITS = "import signal; print('up', flush=True); signal.pause()"
DEAF = (
    "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True)\nwhile True: signal.pause()"
)
PARENT = f"""
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", {DEAF!r}, sys.argv[1]], stdout=subprocess.PIPE)
child.stdout.readline()
{WAITS}
"""
SOURCES = {"waits": WAITS, "deaf": DEAF, "parent": PARENT}
CRASHES = PARENT.replace(WAITS, "print('up', flush=True); sys.exit(7)")


@pytest.fixture
def mark(tmp_path: Path) -> str:
    """In the command line of every process of a test."""
    return f"mark-{os.getpid()}-{tmp_path.name}"


@pytest.fixture
async def parts(tmp_path: Path) -> AsyncIterator[list[processes.Part]]:
    """What a test started; killed at its end, whatever it proved."""
    started: list[processes.Part] = []
    yield started
    for part in started:
        await part.kill()


async def up(parts: list[processes.Part], folder: Path, source: str, mark: str) -> processes.Part:
    """Starts a part and waits until it says that it is up."""
    command = [sys.executable, "-c", source, mark]
    part = await processes.start("part", command, env=os.environ, logs=folder, cwd=ROOT)
    parts.append(part)
    await eventually(lambda: "up" in part.tail(), "the part")
    return part


async def test_a_part_ends_when_it_is_asked(parts: list[processes.Part], tmp_path: Path, mark: str) -> None:
    part = await up(parts, tmp_path, WAITS, mark)
    assert part.process.returncode is None
    began = time.monotonic()
    await part.end()
    assert time.monotonic() - began < 3
    assert not part.running
    assert having(mark) == {}


async def test_a_part_that_ignores_sigterm_is_killed(parts: list[processes.Part], tmp_path: Path, mark: str) -> None:
    part = await up(parts, tmp_path, DEAF, mark)
    began = time.monotonic()
    await part.end()
    assert time.monotonic() - began < processes.PATIENCE_SECONDS + 1
    assert having(mark) == {}


async def test_the_children_of_a_part_end_with_it(parts: list[processes.Part], tmp_path: Path, mark: str) -> None:
    """The part obeys, its child is deaf."""
    part = await up(parts, tmp_path, PARENT, mark)
    assert len(having(mark)) == 3
    await part.end()
    await eventually(lambda: having(mark) == {}, "the child to end")


async def test_a_killed_part_takes_its_children_with_it(parts: list[processes.Part], tmp_path: Path, mark: str) -> None:
    part = await up(parts, tmp_path, PARENT, mark)
    await part.kill()
    await eventually(lambda: having(mark) == {}, "all to end", 2)


async def test_a_part_that_ends_by_itself_shows_it_and_leaves_nothing(
    parts: list[processes.Part], tmp_path: Path, mark: str
) -> None:
    part = await up(parts, tmp_path, CRASHES, mark)
    assert await part.process.wait() == 7
    assert not part.running
    assert len(having(mark)) == 1
    await part.end()
    await eventually(lambda: having(mark) == {}, "the child to end", 2)


async def test_a_part_whose_guard_was_killed_still_ends(parts: list[processes.Part], tmp_path: Path, mark: str) -> None:
    part = await up(parts, tmp_path, WAITS, mark)
    os.kill(part.process.pid, signal.SIGKILL)
    await part.process.wait()
    assert len(having(mark)) == 1
    await part.end()
    await eventually(lambda: having(mark) == {}, "the part to end", 2)


async def test_nothing_is_left_when_whoever_started_the_parts_is_killed(tmp_path: Path, mark: str) -> None:
    """SIGKILL gives no time to clean up. One part obeys, one is deaf, one has a deaf child."""
    source = f"""
import asyncio, os, sys
from pathlib import Path
from local import processes
async def main():
    folder = Path({str(tmp_path)!r})
    for name, source in {SOURCES!r}.items():
        command = [sys.executable, "-c", source, {mark!r}]
        await processes.start(name, command, env=os.environ, logs=folder, cwd=folder)
    await asyncio.Event().wait()
asyncio.run(main())
"""
    starter = await asyncio.create_subprocess_exec(sys.executable, "-c", source, cwd=ROOT)
    logs = [tmp_path / f"{name}.log" for name in SOURCES]
    try:
        await eventually(lambda: all(log.exists() and "up" in log.read_text() for log in logs), "three parts")
        left = set(having(mark)) - {starter.pid}
        # A guard and a command each, and the child.
        assert len(left) == 7
    finally:
        starter.kill()
        await starter.wait()
    await eventually(lambda: not left & set(commands()), "all seven to end", 10)


async def test_a_command_that_does_not_exist_is_named_in_the_log(parts: list[processes.Part], tmp_path: Path) -> None:
    part = await processes.start("part", ["/no/such/command"], env=os.environ, logs=tmp_path, cwd=ROOT)
    parts.append(part)
    assert await part.process.wait() == 1
    assert "/no/such/command" in part.tail()


async def test_what_runs_to_its_end_tells_why_it_failed(tmp_path: Path) -> None:
    good, bad = "print('done')", "import sys; print('no table'); sys.exit(3)"
    for source in (good, bad):
        command = [sys.executable, "-c", source]
        running = processes.run("job", command, env=os.environ, logs=tmp_path, cwd=ROOT)
        if source == good:
            await running
            continue
        with pytest.raises(processes.PartError, match=r"job failed with status 3\n(.|\n)*no table"):
            await running


async def test_what_runs_to_its_end_ends_when_it_is_cancelled(tmp_path: Path, mark: str) -> None:
    command = [sys.executable, "-c", PARENT, mark]
    job = asyncio.create_task(processes.run("job", command, env=os.environ, logs=tmp_path, cwd=ROOT))
    await eventually(lambda: len(having(mark)) == 3, "the job")
    job.cancel()
    with pytest.raises(asyncio.CancelledError):
        await job
    await eventually(lambda: having(mark) == {}, "the job to end")
