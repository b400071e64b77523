"""Loaded by Python at the start of a process that has this folder on its path: notes each call that the Functions host
makes to something else, with the time at which it began and ended.

One line a call: begin and end in seconds of the machine's monotonic clock, port, method, the function within which it was
made (`host` for none), how many operations its body holds (a batch of Table Storage has several), path. With
`LAUNCH_CLOCK` the app's clock runs ahead by the seconds in that file, so that nobody waits for the hours after a visit.
"""

import os
import sys
import time
from datetime import datetime, timedelta, tzinfo
from typing import Any

CLOCK = os.environ.get("LAUNCH_CLOCK", "")
NOTES = os.environ.get("LAUNCH_CALLS", "")


def _note(path: str) -> None:
    import aiohttp

    whole = aiohttp.ClientSession._request  # noqa: SLF001, what every call of it goes through
    notes = open(path, "a", buffering=1, encoding="utf-8")  # noqa: SIM115, PTH123, for the life of the process

    async def noted(self: Any, method: str, url: Any, **options: Any) -> Any:
        from local.host import logs  # the folder of the command is not on the path yet when this file is loaded

        if CLOCK:
            _run_ahead()
        begun = time.monotonic()
        try:
            return await whole(self, method, url, **options)
        finally:
            place = self._build_url(url)
            within = logs.current() or "host"
            notes.write(
                f"{begun} {time.monotonic()} {place.port} {method} {within} {_operations(options)} {place.path}\n"
            )

    aiohttp.ClientSession._request = noted  # type: ignore[method-assign, assignment]  # noqa: SLF001


class Ahead(datetime):
    """Gives the time as it will be."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Any:
        """Later than it is, by as much as the file says."""
        with open(CLOCK, encoding="utf-8") as file:  # noqa: PTH123, nothing more is loaded here than need be
            return datetime.now(tz) + timedelta(seconds=float(file.read() or 0))


def _run_ahead() -> None:
    from shared import clock

    vars(clock)["datetime"] = Ahead


def _operations(options: Any) -> int:
    body = options.get("data")
    return max(1, body.count(b" HTTP/1.1")) if isinstance(body, bytes) else 1


if NOTES and "local.host" in sys.orig_argv:
    _note(NOTES)
