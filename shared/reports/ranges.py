"""The days of a report and the periods that they fall into. Pure."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from shared.errors import Refused
from shared.reports.requests import ReportQuery

MOST_DAYS = 366
BY_DEFAULT = 30


class Days(NamedTuple):
    """From the first day to the last, both included."""

    first: date
    last: date

    def months(self) -> Iterator[date]:
        """The first day of every month that the range touches."""
        month = self.first.replace(day=1)
        while month <= self.last:
            yield month
            month = following(month, "month")

    def periods(self, by: str) -> Iterator["Days"]:
        """Days, weeks or months, those at the ends as far as they are in the range."""
        begin = self.first
        while begin <= self.last:
            end = min(following(begin, by) - timedelta(days=1), self.last)
            yield Days(begin, end)
            begin = end + timedelta(days=1)


def following(day: date, by: str) -> date:
    """The first day of the next period."""
    match by:
        case "month":
            return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
        case "week":
            return day + timedelta(days=7 - day.weekday())
        case _:
            return day + timedelta(days=1)


def days_of(query: ReportQuery, today: date) -> Days:
    """The range asked for. `today` is that of UTC: its tomorrow has begun somewhere, so that the default ends with it.

    Raises `Refused("request.invalid")`.
    """
    last = _date("to", query.until) if isinstance(query.until, str) else today + timedelta(days=1)
    first = _date("from", query.since) if isinstance(query.since, str) else last - timedelta(days=BY_DEFAULT)
    if first > last:
        raise Refused("request.invalid", fields={"from": "not after `to`"})
    if (last - first).days >= MOST_DAYS:
        raise Refused("request.invalid", fields={"from": f"at most {MOST_DAYS} days with `to`"})
    return Days(first, last)


def _date(name: str, text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Refused("request.invalid", fields={name: "not a day of the calendar"}) from None
    if not 2000 <= day.year <= 9000:
        raise Refused("request.invalid", fields={name: "not a year of ours"})
    return day
