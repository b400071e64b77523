"""NCRONTAB schedules as the Functions timer reads them.

Six fields, seconds first (five are taken too), or a time span. Day of month and day of week must both match, week days are
0 to 6 only, names match by their beginning, a reversed range is turned round; `?`, `L`, `W` and `#` do not exist.
https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer#ncrontab-expressions
"""

import calendar
import re
from datetime import datetime, timedelta

MONTHS = tuple(name.lower() for name in calendar.month_name[1:])
DAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
FIELDS: tuple[tuple[str, int, int, tuple[str, ...]], ...] = (
    ("second", 0, 59, ()),
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day", 1, 31, ()),
    ("month", 1, 12, MONTHS),
    ("day of week", 0, 6, DAYS),
)
SPAN = re.compile(r"(?:([0-9]+)\.)?([01]?[0-9]|2[0-3]):([0-5]?[0-9])(?::([0-5]?[0-9](?:\.[0-9]+)?))?")
YEARS_AHEAD = 100


class Schedule:
    """When a timer fires. Raises ValueError for an expression that the host would refuse, or that never occurs."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._every: timedelta | None = None
        self._sets: list[set[int]] = []
        parts = text.split()
        if len(parts) in (5, 6):
            parts = parts if len(parts) == 6 else ["0", *parts]
            self._sets = [_field(part, *spec) for part, spec in zip(parts, FIELDS, strict=True)]
        else:
            self._every = timedelta(seconds=seconds_of(text))
            if not self._every:
                raise ValueError(f"{text!r} would fire without a pause")

    def next(self, after: datetime) -> datetime:
        """The first occurrence strictly after an instant. Raises ValueError if there is none."""
        if self._every is not None:
            return after + self._every
        second, minute, hour, day, month, weekday = self._sets
        moment = after.replace(microsecond=0) + timedelta(seconds=1)
        while moment.year < after.year + YEARS_AHEAD:
            if moment.month not in month:
                year, following = divmod(moment.year * 12 + moment.month, 12)
                moment = moment.replace(year=year, month=following + 1, day=1, hour=0, minute=0, second=0)
            elif moment.day not in day or (moment.weekday() + 1) % 7 not in weekday:
                moment = (moment + timedelta(days=1)).replace(hour=0, minute=0, second=0)
            elif moment.hour not in hour:
                moment = (moment + timedelta(hours=1)).replace(minute=0, second=0)
            elif moment.minute not in minute:
                moment = (moment + timedelta(minutes=1)).replace(second=0)
            elif moment.second not in second:
                moment += timedelta(seconds=1)
            else:
                return moment
        raise ValueError(f"{self.text!r} never occurs")


def seconds_of(text: str) -> float:
    """The seconds of a `[d.]hh:mm[:ss[.fff]]` time span. Raises ValueError, also for 24 hours, which .NET reads as days."""
    match = SPAN.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is neither a cron expression nor a time span")
    days, hours, minutes, seconds = (float(part or 0) for part in match.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds).total_seconds()


def _field(text: str, kind: str, low: int, high: int, names: tuple[str, ...]) -> set[int]:
    values: set[int] = set()
    for item in text.split(","):
        span, slash, step = item.partition("/")
        if span == "*":
            first, last = low, high
        elif "-" in span[1:]:
            begin, _, end = span.partition("-")
            first, last = sorted((_value(begin, kind, low, names), _value(end, kind, low, names)))
        else:
            first = _value(span, kind, low, names)
            last = high if slash else first
        if first < low or last > high:
            raise ValueError(f"{text!r}: {kind} must be from {low} to {high}")
        if slash and (not (step.isascii() and step.isdigit()) or int(step) == 0):
            raise ValueError(f"{text!r}: the step of {kind} must be a number above 0")
        values.update(range(first, last + 1, int(step) if slash else 1))
    return values


def _value(text: str, kind: str, low: int, names: tuple[str, ...]) -> int:
    if text.isascii() and text.isdigit():
        return int(text)
    for index, name in enumerate(names):
        if text and name.startswith(text.lower()):
            return index + low
    raise ValueError(f"{text!r} is no {kind}")
