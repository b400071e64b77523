"""NCRONTAB against its documentation, and against croniter where that one is right."""

from datetime import datetime, timedelta
from random import Random

import pytest
from croniter import croniter

from local.host.ncrontab import Schedule, seconds_of


def at(text: str) -> datetime:
    """A naive moment, as schedules use them."""
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("schedule", "after", "expected"),
    [
        ("0 */5 * * * *", "2026-01-01T00:00:00", "2026-01-01T00:05:00"),
        ("0 */5 * * * *", "2026-01-01T00:04:59.999", "2026-01-01T00:05:00"),
        ("0 30 9 * * Mon-Fri", "2026-01-02T09:30:00", "2026-01-05T09:30:00"),
        ("0 30 9 * * Fri-Mon", "2026-01-03T00:00:00", "2026-01-05T09:30:00"),  # a reversed range is turned round
        ("0 30 9 * January Monday", "2026-02-01T00:00:00", "2027-01-04T09:30:00"),
        ("0 0 0 13 * Fri", "2026-01-01T00:00:00", "2026-02-13T00:00:00"),  # both must match
        ("30 2 * * *", "2026-01-01T03:00:00", "2026-01-02T02:30:00"),  # five fields
        ("0 0 0 31 2-3 *", "2026-01-01T00:00:00", "2026-03-31T00:00:00"),
        ("0 0 0 29 2 *", "2026-01-01T00:00:00", "2028-02-29T00:00:00"),
        ("5/20 0 0 * * *", "2026-01-01T00:00:05", "2026-01-01T00:00:25"),
        ("0 0 0 1 1 *", "2026-12-31T23:59:59", "2027-01-01T00:00:00"),
        ("00:00:30", "2026-01-01T00:00:00", "2026-01-01T00:00:30"),
        ("1.02:03:04", "2026-01-01T00:00:00", "2026-01-02T02:03:04"),
    ],
)
def test_the_next_occurrence_is_found(schedule: str, after: str, expected: str) -> None:
    assert Schedule(schedule).next(at(after)) == at(expected)


@pytest.mark.parametrize(
    "text",
    [
        "* * * * * 7", "60 * * * * *", "0 0 0 ? * *", "0 0 0 L * *", "0 0 0 * * 1#2", "0 0 0 0 * *", "0 0 0 * 13 *",
        "0 0 0 * * Xyz", "*/0 * * * * *", "*/x * * * * *", "1,, * * * * *", "- * * * * *", "* * * *", "nonsense",
        "00:00:00", "24:00:00", "00:60:00", "",
    ],
)  # fmt: skip
def test_what_the_host_refuses_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        Schedule(text)


def test_a_day_that_never_comes_is_refused() -> None:
    with pytest.raises(ValueError, match="never occurs"):
        Schedule("0 0 0 31 2 *").next(at("2026-01-01"))


def test_a_time_span_may_have_fractions() -> None:
    assert seconds_of("00:00:00.5") == 0.5


def _field(random: Random, low: int, high: int) -> str:
    first, last = sorted((random.randint(low, high), random.randint(low, high)))
    # croniter takes a range of one value for "every".
    span = f"{first}-{last}" if first < last else str(first)
    return random.choice(["*", "*", f"*/{random.randint(2, (high - low) // 2)}", str(first), span, f"{first},{last}"])


def test_it_agrees_with_croniter_on_a_thousand_expressions() -> None:
    """Days up to 28 only: croniter gives up on days that come rarely."""
    random = Random(1)  # noqa: S311, the same expressions every time
    for _ in range(1000):
        bounds = ((0, 59), (0, 59), (0, 23), (1, 28), (1, 12), (0, 6))
        text = " ".join(_field(random, low, high) for low, high in bounds)
        after = at("2026-01-01") + timedelta(seconds=random.randint(0, 3 * 365 * 86_400))
        oracle = croniter(text, after, second_at_beginning=True, day_or=False, max_years_between_matches=100)
        assert Schedule(text).next(after) == oracle.get_next(datetime), (text, after)
