"""Starts and ends the parts of the stack so that none is ever left behind.

Each part runs in a session of its own under a small guard (`local/guard.py`) that holds one end of a pipe: when this
process ends, by whatever means, the pipe closes and the guard ends the part with all its children.
"""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from local import guard

PATIENCE_SECONDS = 8
TAIL_BYTES = 3_000


class PartError(RuntimeError):
    """A part of the stack did not start or ended by itself; the message has the tail of its log."""


@dataclass
class Part:
    """One process of the stack."""

    name: str
    process: asyncio.subprocess.Process
    log: Path
    pipe: int

    @property
    def running(self) -> bool:
        return self.process.returncode is None

    def tail(self) -> str:
        """The last lines of its log."""
        return self.log.read_bytes()[-TAIL_BYTES:].decode(errors="replace") if self.log.exists() else ""

    async def end(self) -> None:
        """Ends the part and its children: first asked, then forced."""
        self._close_pipe()
        try:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.process.wait(), PATIENCE_SECONDS)
        finally:
            # Nothing, as a rule. Something, if the guard itself was killed, or the part ended and its children did not.
            await self.kill()

    async def kill(self) -> None:
        """Kills the part and its children at once (SIGKILL)."""
        # The group keeps its number for as long as anyone is in it. One that holds only the dead counts as not ours.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        await self.process.wait()
        self._close_pipe()

    def _close_pipe(self) -> None:
        if self.pipe >= 0:
            os.close(self.pipe)
            self.pipe = -1


async def run(name: str, command: Sequence[str], *, env: Mapping[str, str], logs: Path, cwd: Path) -> None:
    """Runs something to its end. Raises PartError with the tail of its log if that is not status 0."""
    part = await start(name, command, env=env, logs=logs, cwd=cwd)
    try:
        status = await part.process.wait()
    finally:
        await part.end()
    if status:
        raise PartError(f"{name} failed with status {status}\n{part.tail()}")


async def start(name: str, command: Sequence[str], *, env: Mapping[str, str], logs: Path, cwd: Path) -> Part:
    """Starts a part; what it prints goes to a log of its own."""
    logs.mkdir(parents=True, exist_ok=True)
    log = logs / f"{name}.log"
    reading, writing = os.pipe()
    try:
        with log.open("ab") as output:
            process = await asyncio.create_subprocess_exec(
                sys.executable, guard.__file__, str(reading), *command,
                stdin=asyncio.subprocess.DEVNULL, stdout=output, stderr=output, env=dict(env), cwd=cwd,
                pass_fds=(reading,), start_new_session=True,
            )  # fmt: skip
    finally:
        os.close(reading)
    return Part(name, process, log, writing)
