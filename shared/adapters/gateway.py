"""Sending a text: the one protocol that every gateway speaks, its records and its errors.

`communication_services.py` and `sns.py` implement it; docs/sns.md says what a gateway without idempotency costs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Literal, Protocol

Reason = Literal[
    "", "opted_out", "invalid_number", "no_such_number", "blocked_number", "unreachable", "spam", "barred", "other"
]
"""Why a text failed; with `delivered`, the nine statuses that a text can end in. `opted_out`: the recipient wants none;
`invalid_number`: not a number of that country; `no_such_number`: nobody has it; `blocked_number`: on the gateway's own
list; `unreachable`: off or out of coverage; `spam`: taken for it; `barred`: the carrier lets nothing through."""

# Where a gateway does not say for how long; their limits are counted by the second or the minute.
RETRY_AFTER = timedelta(seconds=10)
# No pause that it may ask for is longer: a header that went wrong must not silence a number for a day.
LONGEST_RETRY_AFTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A text to send. `id` is derived from what it is about, so that the same text twice is sent once; `tag` comes back
    in the delivery report. `first_attempt` is that of the first attempt with this id.
    """

    id: str
    first_attempt: datetime
    sender: str
    to: str
    text: str
    tag: str


@dataclass(frozen=True, slots=True)
class Sent:
    """The gateway's word: `message_id` if accepted, else refused for good, and `reason` says why."""

    message_id: str
    reason: Reason = ""

    @property
    def accepted(self) -> bool:
        return bool(self.message_id)


class Throttled(Exception):
    """The gateway did not take the text: it may be offered again after `retry_after`."""

    def __init__(self, retry_after: timedelta) -> None:
        super().__init__()
        self.retry_after = retry_after


class OutcomeUnknown(Exception):
    """The text may have been sent, and a gateway without idempotency must not be asked again."""


class Gateway(Protocol):
    """Sends texts. `repeatable`: the same id twice is sent once."""

    repeatable: bool

    async def send(self, text: Outgoing) -> Sent:
        """Raises `Throttled`, `Unavailable` (a repeatable gateway may be asked again with the same id; another has surely
        not sent) and `OutcomeUnknown`.
        """


def retry_after(headers: Mapping[str, str]) -> timedelta:
    """The pause that an answer asks for: seconds or a date (RFC 9110 §10.2.3), from a second to a quarter of an hour.

    A date counts from the answer's own `Date`, so that no clock but the gateway's matters.
    """
    asked = headers.get("retry-after", "").strip()
    if asked.isascii() and asked.isdigit():
        # A number too long for a pause is the longest one.
        pause = timedelta(seconds=min(int(asked[:9]), LONGEST_RETRY_AFTER.total_seconds()))
    else:
        until, said = _date(asked), _date(headers.get("date", ""))
        pause = until - said if until and said else RETRY_AFTER
    return min(max(pause, timedelta(seconds=1)), LONGEST_RETRY_AFTER)


def _date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
