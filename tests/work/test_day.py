"""The simulated day in small: `scripts/bench day` plays it with ten thousand appointments."""

import asyncio
from datetime import timedelta

import pytest

from benchmarks.day import Day, account

APPOINTMENTS = 40


@pytest.fixture(scope="module")
def day() -> Day:
    played = Day(APPOINTMENTS, seed=7)
    asyncio.run(played.play())
    return played


def test_a_day_ends_with_nothing_lost_doubled_late_or_kept(day: Day) -> None:
    assert not any(account(day).values()), account(day)
    assert len(day.web.left) > 2 * APPOINTMENTS
    assert day.restarts > 5


def test_the_account_would_show_each_thing_that_can_go_wrong(day: Day) -> None:
    left = list(day.web.left)
    at, text = left[-1]
    known = next(each for each in day.known if each.phone == text.to)
    try:
        day.web.left = [*left, (at, text)]
        assert account(day)["doubled"] == 1
        day.web.left = [each for each in left if each[1].to != text.to]
        assert account(day)["lost"] > 0
        day.web.left = [*left[:-1], (known.said[-1][2] + timedelta(minutes=1), text)]
        assert account(day)["after the start"] == 1
        day.web.left, known.stopped = left, at - timedelta(hours=1)
        assert account(day)["to an opted-out number"] > 0
        known.stopped = None
        acknowledged, word, start = known.said[-1]
        known.said[-1] = acknowledged, word, start + timedelta(minutes=15)
        assert account(day)["of the past, or at a wrong hour"] > 0
    finally:
        day.web.left = left
