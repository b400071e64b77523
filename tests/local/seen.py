"""Looks at this machine's processes from outside, for tests that none is left behind."""

import asyncio
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

PROC = Path("/proc")


def commands() -> dict[int, str]:
    """Number and command line of every process that runs; one that is dead and not yet buried does not."""
    if not (PROC / "self" / "stat").exists():
        lines = subprocess.run(
            ["ps", "axww", "-o", "pid=,stat=,args="], capture_output=True, text=True, check=True
        ).stdout
        parts = [line.split(maxsplit=2) for line in lines.splitlines()]
        return {int(part[0]): part[2] for part in parts if len(part) == 3 and not part[1].startswith("Z")}
    found = {}
    for folder in PROC.iterdir():
        if folder.name.isdigit():
            try:
                state = (folder / "stat").read_text().rpartition(")")[2].split()[0]
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except (FileNotFoundError, ProcessLookupError):
                continue
            if state not in "ZX":
                found[int(folder.name)] = command
    return found


def having(text: str) -> dict[int, str]:
    """Processes with a text in their command line."""
    return {number: command for number, command in commands().items() if text in command}


async def eventually(holds: Callable[[], bool], what: str, seconds: float = 10) -> None:
    """Waits until a condition holds."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"waited {seconds} s for {what}"
        await asyncio.sleep(0.02)
