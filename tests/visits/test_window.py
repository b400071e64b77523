"""When patients may come in: the same length of time in every zone, over every change of clocks."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.messages.dates import local_time
from shared.visits.visit import Presence, Visit
from shared.visits.window import Window
from tests.builders import a_visit

HALF = Window(30, 120)
# Hours in which clocks change somewhere: Chicago, Paris, Lord Howe by half an hour, Apia a whole day.
CHANGES = [
    datetime(2027, 3, 14, 8, tzinfo=UTC), datetime(2026, 11, 1, 7, tzinfo=UTC), datetime(2027, 3, 28, 1, tzinfo=UTC),
    datetime(2026, 10, 3, 15, 30, tzinfo=UTC), datetime(2011, 12, 30, 10, tzinfo=UTC),
]  # fmt: skip
ZONES = st.sampled_from(sorted(available_timezones() - {"localtime"}))
STARTS = st.one_of(
    st.integers(0, 1_000_000).map(lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)),
    st.builds(lambda at, minutes: at + timedelta(minutes=minutes), st.sampled_from(CHANGES), st.integers(-180, 180)),
)


def visit(**changes: object) -> Visit:
    return replace(a_visit().visit, **changes)  # type: ignore[arg-type]


@given(STARTS, ZONES, st.integers(0, 1440), st.integers(0, 240), st.integers(1, 480))
def test_the_window_is_as_long_as_it_says_in_every_zone(
    start: datetime, zone: str, early: int, late: int, length: int
) -> None:
    booked, window = visit(start=start, zone=zone, duration=timedelta(minutes=length)), Window(early, late)
    opens, closes = window.opens(booked), window.closes(booked)
    assert opens is not None
    assert closes.astimezone(UTC) - opens.astimezone(UTC) == timedelta(minutes=early + length + late)
    moment = timedelta(microseconds=1)
    assert window.too_early(booked, opens - moment) == opens
    assert window.too_early(booked, opens) is None
    assert not window.too_late(booked, closes - moment)
    assert window.too_late(booked, closes)


@given(STARTS, ZONES, st.integers(0, 1440), st.integers(0, 240), st.integers(-3000, 3000))
def test_nobody_is_too_early_and_too_late_at_once(start: datetime, zone: str, early: int, late: int, off: int) -> None:
    booked, window, now = visit(start=start, zone=zone), Window(early, late), start + timedelta(minutes=off)
    assert not (window.too_early(booked, now) and window.too_late(booked, now))


@given(STARTS, ZONES, st.integers(0, 1440))
def test_the_page_tells_the_clock_of_the_facility(start: datetime, zone: str, early: int) -> None:
    opens = Window(early, 0).opens(visit(start=start, zone=zone))
    assert opens is not None
    wall = opens.astimezone(ZoneInfo(zone))
    twelve, twenty_four = f"{wall.hour % 12 or 12}:{wall:%M}", f"{wall:%H:%M}"
    # English of Indonesia writes 07.00.
    said = re.sub(r"(\d)\.(\d\d)", r"\1:\2", local_time(opens, zone, "en"))
    assert twelve in said or twenty_four in said or f"{wall.hour}:{wall:%M}" in said
    assert re.search(rf"\b0?{wall.day}\b", said)


@pytest.mark.parametrize(
    ("start", "said"),
    [
        # The night in which two o'clock does not come, and the one in which one o'clock comes twice.
        (datetime(2027, 3, 14, 8, 15, tzinfo=UTC), "Sun Mar 14 1:45 AM CST"),
        (datetime(2026, 11, 1, 7, 15, tzinfo=UTC), "Sun Nov 1 1:45 AM CDT"),
    ],
)
def test_half_an_hour_before_is_half_an_hour_over_a_change_of_clocks(start: datetime, said: str) -> None:
    opens = HALF.opens(visit(start=start, zone="America/Chicago"))
    assert opens is not None
    assert local_time(opens, "America/Chicago", "en") == said


def test_without_a_limit_nobody_is_too_early() -> None:
    booked = visit()
    assert Window(None, 0).too_early(booked, booked.start - timedelta(days=400)) is None


@pytest.mark.parametrize(
    ("role", "state", "open_"),
    [
        ("clinician", "connected", True),
        ("clinician", "waiting", False),
        ("clinician", "left", False),
        ("patient", "connected", False),
    ],
)
def test_where_a_clinician_is_in_the_meeting_patients_may_come_in(role: str, state: str, open_: bool) -> None:
    booked = visit()
    there = replace(booked, people={"p": Presence(role, state, booked.start)})
    assert (HALF.too_early(there, booked.start - timedelta(hours=3)) is None) is open_
    assert HALF.too_late(there, booked.end + timedelta(hours=3)) is not open_
