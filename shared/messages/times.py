"""HL7's times into instants: own offset, the message's, or the hospital's time zone with its clock changes.

`YYYY[MM[DD[HH[MM[SS[.S...]]]]]][+/-ZZZZ]` (HL7 v2.5.1, 2.A.22 DTM). The header's offset is "the default time zone"
of the message (2.15.9.7), but it is the offset of the moment of sending, and wrong for an appointment beyond a clock
change. So where it is just what the hospital's zone says for that moment, the zone decides.
"""

import math
import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from shared.messages.hl7 import Hl7Error

_FORM = re.compile(r"([0-9]{4,32})(?:\.([0-9]*))?(?:([+-])([0-9]{2}):?([0-9]{2}))?")
_WIDEST_OFFSET = timedelta(hours=15, minutes=59)
_CLOCK_DIFFERENCE = timedelta(minutes=5)  # by which a sender's clock may be ahead of ours
_LENGTHS = frozenset({4, 6, 8, 10, 12, 14})
_HAS_HOUR = 10  # digits
_EARLIEST_YEAR, _LATEST_YEAR = 1900, 2200  # beyond them stand typing errors, and sums that leave the calendar
_LONGEST_MINUTES = 24 * 60  # of a visit; beyond it the two times are a window or a typing error

_UNIT_SECONDS = {
    **dict.fromkeys(("", "m", "min", "mins", "minute", "minutes", "mn", "MIN"), 60),
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), 3600),
    **dict.fromkeys(("d", "day", "days"), 86400),
}
_AMOUNT = re.compile(r" *[0-9]{1,6}(\.[0-9]{0,6})? *")
_TIMING_DURATION = re.compile(r"([SMHD]?)([0-9]{1,6})")


class BadTime(Hl7Error):
    """The text is not a time of the calendar in HL7's form."""

    code = "hl7.bad_time"


class When(NamedTuple):
    """An instant in UTC; `note` is "gap" or "fold" where the clock change made us choose; `has_hour` is False where
    the text named a day, a month or a year only (the instant is then its beginning)."""

    utc: datetime
    note: str
    has_hour: bool


class Sent(NamedTuple):
    """The header's moment (None if absent or unreadable), and the offset that times without one take from it: None
    where the hospital's zone decides."""

    utc: datetime | None
    offset: timedelta | None


def instant(text: str, zone: ZoneInfo, message_offset: timedelta | None = None) -> When:
    """The instant that `text` means. Raises BadTime.

    Its own offset counts first, then `message_offset` (from `sent`), then `zone`: a local time that a clock change
    leaves out is moved on by the gap, one that comes twice is taken the first time.
    """
    local, offset, has_hour = _parts(text)
    return _resolved(local, message_offset if offset is None else offset, zone, has_hour=has_hour)


def _resolved(local: datetime, offset: timedelta | None, zone: ZoneInfo, *, has_hour: bool) -> When:
    if offset is not None:
        return When((local - offset).replace(tzinfo=UTC), "", has_hour)
    # PEP 495: the two readings differ only around a clock change, and the first of a gap is the one shifted on.
    first, second = zone.utcoffset(local), zone.utcoffset(local.replace(fold=1))
    if first is None or second is None:
        raise BadTime("the time zone has no rule for this time")
    note = "" if first == second else "fold" if first > second else "gap"
    return When((local - first).replace(tzinfo=UTC), note, has_hour)


def sent(text: str, zone: ZoneInfo, received: datetime | None = None) -> Sent:
    """MSH-7 read once for the whole message. Never raises: a message without a readable time of sending is usable.

    In the hour that comes twice a local time says nothing of which of the two it is: with `received`, the later one
    unless it is still to come. Or each message of the second hour would look older than those of the first.
    """
    if not text:
        return Sent(None, None)
    try:
        local, offset, has_hour = _parts(text)
    except BadTime:
        return Sent(None, None)
    utc, note, _ = _resolved(local, offset, zone, has_hour=has_hour)
    if note == "fold" and received:
        later = local.replace(fold=1, tzinfo=zone).astimezone(UTC)
        utc = later if later <= received + _CLOCK_DIFFERENCE else utc
    if offset is not None and offset == utc.astimezone(zone).utcoffset():
        offset = None
    return Sent(utc, offset)


def _parts(text: str) -> tuple[datetime, timedelta | None, bool]:
    """The local time without zone, its own offset if it has one, and whether it names an hour."""
    digits, fraction, offset = text, "", None
    if not (text.isascii() and text.isdecimal()):
        digits, fraction, offset = _taken_apart(text)
    if len(digits) > 14:
        # A fraction without its point is seen in the field: sixteen digits, the last two hundredths of a second.
        digits, fraction = digits[:14], digits[14:] + fraction
    has_hour = len(digits) >= _HAS_HOUR
    if len(digits) not in _LENGTHS:
        raise BadTime("the time has an odd number of digits")
    day = digits[:8] if len(digits) >= 8 else (digits + "0101")[:8]
    try:
        local = datetime.fromisoformat(f"{day}T{digits[8:]}" if has_hour else day)
    except ValueError:
        raise BadTime("the time is not in the calendar") from None
    if not _EARLIEST_YEAR <= local.year <= _LATEST_YEAR:
        raise BadTime("the time is too far from now")
    if fraction:
        local = local.replace(microsecond=int(fraction[:6].ljust(6, "0")))
    return local, offset, has_hour


def _taken_apart(text: str) -> tuple[str, str, timedelta | None]:
    """Digits, fraction and offset of a time that is more than digits."""
    match = _FORM.fullmatch(text.strip())
    if not match:
        raise BadTime("the time is not in HL7's form")
    digits, fraction, sign, hours, minutes = match.groups()
    if not sign:
        return digits, fraction or "", None
    return digits, fraction or "", _offset(sign, hours, minutes)


@lru_cache(maxsize=64)
def _offset(sign: str, hours: str, minutes: str) -> timedelta:
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    if offset > _WIDEST_OFFSET or int(minutes) > 59:
        raise BadTime("the time's offset is outside any time zone")
    return offset if sign == "+" else -offset


def minutes_between(start: datetime, end: datetime) -> int | None:
    """Whole minutes, begun ones counted, if this can be the length of a visit (to 24 hours), else None."""
    return _plausible((end - start).total_seconds())


def minutes_of(amount: str, unit: str) -> int | None:
    """A duration field and its unit field: `30`, `MIN`. No unit means minutes; an unknown one, no answer."""
    if not amount:
        return None
    seconds = _UNIT_SECONDS.get(unit) or _UNIT_SECONDS.get(unit.strip().lower())
    if seconds is None or not _AMOUNT.fullmatch(amount):
        return None
    return _plausible(float(amount) * seconds)


def minutes_of_timing(text: str) -> int | None:
    """The duration component of a TQ field: `M30`, `S1800`, `H1`, or minutes without a letter (2.A.81.3)."""
    match = _TIMING_DURATION.fullmatch(text.strip().upper())
    return minutes_of(match[2], match[1]) if match else None


def _plausible(seconds: float) -> int | None:
    minutes = math.ceil(seconds / 60)
    return minutes if 0 < minutes <= _LONGEST_MINUTES else None
