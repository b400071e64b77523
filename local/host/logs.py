"""How the host logs: to stderr, each line with the function it came from, never with what an exception says.

A message of an exception may quote what came in, and what came in may be about a patient. So a trace is cut down to
types and places, whoever logs it.
"""

import logging
import re
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import TracebackType

from azure_functions_runtime import invocation_id_cv

FORMAT = "%(asctime)s %(levelname)s [%(function)s] %(name)s: %(message)s"
# Their lines hold whole URLs.
TALKATIVE = ("azure", "httpx", "httpcore", "msal", "urllib3", "aiohttp.access")
PLACE = re.compile(r'\s*(?:\|\s*)*File "[^"]+", line \d+, in [\w.<>]+')

ExcInfo = tuple[type[BaseException] | None, BaseException | None, TracebackType | None]

_function: ContextVar[str] = ContextVar("function", default="")
_invocations: dict[str, str] = {}


@contextmanager
def named(function: str, invocation_id: str) -> Iterator[None]:
    """Lines logged within belong to this function, also from the worker's threads."""
    token = _function.set(function)
    _invocations[invocation_id] = function
    try:
        yield
    finally:
        _function.reset(token)
        del _invocations[invocation_id]


def current() -> str:
    """The function within which this is called; empty outside of any."""
    return _function.get()


def set_up() -> None:
    """Makes stderr the place of all logs of this process."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Formatter(FORMAT))
    handler.addFilter(_with_function)
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)


def places(trace: str) -> str:
    """The places in the text of a trace: no message, no line of code."""
    return "\n".join(line.strip(" |") for line in trace.splitlines() if PLACE.fullmatch(line))


class Formatter(logging.Formatter):
    """Shows of an exception its type and where it passed."""

    def formatException(self, ei: ExcInfo) -> str:  # noqa: N802, logging's own name
        """`ei` as `sys.exc_info()` gives it."""
        frames = "\n".join(f'File "{f.filename}", line {f.lineno}, in {f.name}' for f in traceback.extract_tb(ei[2]))
        return f"{frames}\n{ei[0].__name__ if ei[0] else 'no exception'}"


def _with_function(record: logging.LogRecord) -> bool:
    # A synchronous function runs in a thread of the worker, which has the library's variable but not ours.
    record.function = _function.get() or _invocations.get(invocation_id_cv.get() or "", "host")
    return True
