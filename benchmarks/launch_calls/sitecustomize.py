"""Loaded by Python at the start of a process that has this folder on its path: notes each call that the Functions host
makes to something else, with the time at which it began and ended.

One line a call: begin and end in seconds of the machine's monotonic clock, port, method, path.
"""

import os
import sys
import time
from typing import Any

NOTES = os.environ.get("LAUNCH_CALLS", "")


def _note(path: str) -> None:
    import aiohttp

    whole = aiohttp.ClientSession._request  # noqa: SLF001, what every call of it goes through
    notes = open(path, "a", buffering=1, encoding="utf-8")  # noqa: SIM115, PTH123, for the life of the process

    async def noted(self: Any, method: str, url: Any, **options: Any) -> Any:
        begun = time.monotonic()
        try:
            return await whole(self, method, url, **options)
        finally:
            place = self._build_url(url)
            notes.write(f"{begun} {time.monotonic()} {place.port} {method} {place.path}\n")

    aiohttp.ClientSession._request = noted  # type: ignore[method-assign, assignment]  # noqa: SLF001


if NOTES and "local.host" in sys.orig_argv:
    _note(NOTES)
