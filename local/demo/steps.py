"""Saying steps as they pass, and waiting for what can be observed: never for time alone."""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

POLL_SECONDS = 0.1


class StepFailedError(Exception):
    """A step of the story did not hold; the message says what was seen instead."""


def _print(line: str) -> None:
    print(line, flush=True)


class Steps:
    """Prints one line a step: number, what happened, its proof, how long it took."""

    def __init__(self, say: Callable[[str], None] = _print) -> None:
        self.count = 0
        self._say = say
        self._colour = sys.stdout.isatty()

    @contextmanager
    def step(self, title: str) -> Iterator[list[str]]:
        """A step; what is appended to the list is its proof. An error marks it as failed and goes on up."""
        self.count += 1
        proof: list[str] = []
        began = time.monotonic()
        try:
            yield proof
        except BaseException:
            self._say(f"{self._paint('31', 'FAIL')} {self.count:2}  {title}")
            raise
        seconds = time.monotonic() - began
        self._say(f"{self._paint('32', ' ok ')} {self.count:2}  {title}  ({seconds:.1f} s)")
        for line in proof:
            self._say(f"         {line}")

    def _paint(self, colour: str, text: str) -> str:
        return f"\x1b[{colour}m{text}\x1b[0m" if self._colour else text


async def until[T](look: Callable[[], Awaitable[T | None]], what: str, *, seconds: float = 30) -> T:
    """Looks until there is something, and returns it. Raises `StepFailedError` after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        found = await look()
        if found:
            return found
        if time.monotonic() > deadline:
            raise StepFailedError(f"waited {seconds:.0f} s for {what}")
        await asyncio.sleep(POLL_SECONDS)


def holds(condition: object, what: str) -> None:
    """Raises `StepFailedError` unless the condition holds."""
    if not condition:
        raise StepFailedError(what)
