"""What leaves this process as a log line is scrubbed here, before any handler or exporter sees it.

Queries of URLs can carry launch tokens and codes, so whatever follows a question mark in a line is cut. Paths can carry the
code of a link or a patient's id, so whatever follows the first word after `/api/` is cut too, ours and an EHR's. An
exception is told by its type and the places it passed, never by its message, which may quote what was sent. Libraries that
log each request are silent below a warning. The platform's own side is host.json; docs/operator/deploy.md has the whole
chain.
"""

import logging
import re
from typing import Any

QUERY = re.compile(r"\?[^\s\"'<>]+")
# Whatever route comes later, its code is not in the log.
LINK = re.compile(r"(/api/[\w-]+/)[\w.~:%/-]+")
TALKATIVE = ("aiohttp", "asyncio", "azure", "botocore", "msal", "urllib3")


class Scrubbed(logging.LogRecord):
    """A record that gives its text without queries and its exception without words."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        if self.exc_info and self.exc_info[0]:
            self.exc_text = _told(self.exc_info[0], self.exc_info[2])
            self.exc_info = None

    def getMessage(self) -> str:  # noqa: N802, logging's own name
        """The text, with every query cut to its question mark and every path of an API after its first word."""
        return LINK.sub(r"\1...", QUERY.sub("?", super().getMessage()))


def install() -> None:
    """From here on every record of this process is scrubbed. Installing it again changes nothing."""
    logging.setLogRecordFactory(Scrubbed)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)


def _told(kind: type[BaseException], trace: Any) -> str:
    import traceback

    places = (f"  {place.filename}:{place.lineno} {place.name}" for place in traceback.extract_tb(trace))
    return "\n".join([kind.__name__, *places])
