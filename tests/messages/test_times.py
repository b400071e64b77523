"""HL7's times: every precision, offsets, the header's offset, and both clock changes."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from shared.messages import times
from shared.messages.times import BadTime
from tests.messages.make import CHICAGO


def utc(text: str) -> datetime:
    """An instant from ISO form."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("202611241015", "2026-11-24T16:15"),
        ("20261124101530", "2026-11-24T16:15:30"),
        ("2026112410", "2026-11-24T16:00"),
        ("20261124", "2026-11-24T06:00"),
        ("202611", "2026-11-01T05:00"),
        ("2026", "2026-01-01T06:00"),
        ("20261124101530.1", "2026-11-24T16:15:30.100000"),
        ("20261124101530.1234", "2026-11-24T16:15:30.123400"),
        ("20261124101530.123456789", "2026-11-24T16:15:30.123456"),
        ("2010052711090000", "2010-05-27T16:09:00"),  # sixteen digits, as Epic's own sample of MSH-7
        ("2010052711090050", "2010-05-27T16:09:00.500000"),
        ("20100527110900123", "2010-05-27T16:09:00.123000"),
        ("20261124101530.", "2026-11-24T16:15:30"),
        ("20261124101530.00000000000000000", "2026-11-24T16:15:30"),
        ("202611241015.5", "2026-11-24T16:15:00.500000"),
        ("202611241015-0600", "2026-11-24T16:15"),
        ("202611241015+0000", "2026-11-24T10:15"),
        ("202611241015-0000", "2026-11-24T10:15"),
        ("20210924093000+0215", "2021-09-24T07:15"),  # Microsoft's own samples have such offsets
        ("20210924093000+0214", "2021-09-24T07:16"),
        ("20261124101500.00-06:00", "2026-11-24T16:15"),
        (" 202611241015 ", "2026-11-24T16:15"),
    ],
)
def test_every_precision_is_an_instant(text: str, expected: str) -> None:
    when = times.instant(text, CHICAGO)
    assert when.utc == utc(expected)
    assert when.note == ""
    assert when.has_hour == (len(text.strip()) >= 10)


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "x", "202", "20261", "2026112", "202611241", "20261124101", "2026112410151", "20261324", "20260230",
        "202611242400", "202611242515", "202611241060", "20261124101560", "202611241015+2500", "202611241015+0260",
        "202611241015+06", "202611241015Z", "2026-11-24T10:15", '""', "-20261124", "00000101", "99991231235959", "18000101",
        "22010101", "\uff12\uff10\uff12\uff16\uff11\uff11\uff12\uff14", "202611241015+1600", "1" * 40, "20261124101530.5x",
        "20261124 1015",
    ],
)  # fmt: skip
def test_what_is_not_a_time_of_the_calendar_is_a_bad_time(text: str) -> None:
    with pytest.raises(BadTime) as refused:
        times.instant(text, CHICAGO)
    assert not text.strip() or text not in str(refused.value)


def test_a_time_that_the_clock_change_leaves_out_is_moved_on_and_marked() -> None:
    when = times.instant("202703140230", CHICAGO)
    assert (when.utc, when.note) == (utc("2027-03-14T08:30"), "gap")  # 03:30 by the new time
    assert times.instant("202703140159", CHICAGO) == (utc("2027-03-14T07:59"), "", True)
    assert times.instant("202703140300", CHICAGO) == (utc("2027-03-14T08:00"), "", True)


def test_a_time_that_comes_twice_is_taken_the_first_time_and_marked() -> None:
    when = times.instant("202611010130", CHICAGO)
    assert (when.utc, when.note) == (utc("2026-11-01T06:30"), "fold")
    assert times.instant("202611010059", CHICAGO).note == ""
    assert times.instant("202611010200", CHICAGO) == (utc("2026-11-01T08:00"), "", True)


def test_an_own_offset_leaves_nothing_to_choose_at_a_clock_change() -> None:
    assert times.instant("202611010130-0600", CHICAGO) == (utc("2026-11-01T07:30"), "", True)
    assert times.instant("202703140230-0600", CHICAGO) == (utc("2027-03-14T08:30"), "", True)


@pytest.mark.parametrize(
    "zone", ["Europe/London", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Phoenix", "Pacific/Apia"]
)
def test_other_zones_follow_their_own_rules(zone: str) -> None:
    place = ZoneInfo(zone)
    when = times.instant("202607011200", place)
    assert when.utc.astimezone(place).replace(tzinfo=None) == datetime(2026, 7, 1, 12)  # noqa: DTZ001
    assert when.note == ""


def test_the_header_s_offset_counts_where_it_is_not_the_hospital_s() -> None:
    sent = times.sent("20261123090000-0500", CHICAGO)
    assert sent.utc == utc("2026-11-23T14:00")
    assert sent.offset == timedelta(hours=-5)
    assert times.instant("202611241015", CHICAGO, sent.offset).utc == utc("2026-11-24T15:15")
    assert times.instant("202611241015-0600", CHICAGO, sent.offset).utc == utc("2026-11-24T16:15")


def test_the_trap_of_msh_7_an_appointment_beyond_the_clock_change_keeps_its_local_time() -> None:
    """Sent in winter time for a day in summer time: 10:15 on the hospital's clock is 15:15 UTC, not 16:15."""
    sent = times.sent("20270301090000-0600", CHICAGO)
    assert sent.offset is None
    assert times.instant("202703201015", CHICAGO, sent.offset).utc == utc("2027-03-20T15:15")


@pytest.mark.parametrize("text", ["", "x", "20269999", "2026112309000", '""'])
def test_a_header_without_a_readable_time_leaves_the_zone_to_decide(text: str) -> None:
    assert times.sent(text, CHICAGO) == (None, None)


@pytest.mark.parametrize(
    ("amount", "unit", "expected"),
    [
        ("30", "MIN", 30), ("30", "", 30), ("30", "min", 30), ("15", "m", 15), ("60", "s", 1), ("90", "sec", 2), ("1", "HR", 60),
        ("1.5", "hours", 90), ("1", "D", 1440), (" 30 ", " Min ", 30), ("0", "MIN", None), ("2", "D", None), ("x", "MIN", None),
        ("", "MIN", None), ("30", "fortnight", None), ("-30", "MIN", None), ("1e3", "MIN", None), ("9999999", "S", None),
        ('""', '""', None), ("٣٠", "MIN", None),
    ],
)  # fmt: skip
def test_durations_are_minutes_that_a_visit_can_have(amount: str, unit: str, expected: int | None) -> None:
    assert times.minutes_of(amount, unit) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("60", 60), ("M30", 30), ("S1800", 30), ("h1", 60), ("W1", None), ("", None), ("M", None), ("D1", 1440)],
)
def test_the_duration_of_a_timing_quantity_has_its_unit_in_front(text: str, expected: int | None) -> None:
    assert times.minutes_of_timing(text) == expected


def test_two_times_that_cannot_be_one_visit_give_no_duration() -> None:
    start = utc("2026-11-24T16:15")
    assert times.minutes_between(start, start + timedelta(minutes=50)) == 50
    assert times.minutes_between(start, start + timedelta(seconds=61)) == 2
    assert times.minutes_between(start, start) is None
    assert times.minutes_between(start, start - timedelta(minutes=1)) is None
    assert times.minutes_between(start, start + timedelta(days=4)) is None
