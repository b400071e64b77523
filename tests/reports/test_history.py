"""A made-up history of 2,000 visits: every figure of every report is what plain SQL makes of the same events.

`scripts/bench reports` does the same with 100,000.
"""

from contextlib import closing
from datetime import date, timedelta

import pytest

from shared.errors import Refused
from tests.reports.equal import CALLER, Desk, compare, keep_all
from tests.reports.history import DAYS, NOW, history, to_sqlite
from tests.reports.keeping import Kept
from tests.reports.plain_sql import SOURCES, Plain, prepared

COUNT = 2_000
LAST = NOW.date() + timedelta(days=3)
RANGES: list[tuple[date, date, dict[str, str]]] = [
    (LAST - timedelta(days=DAYS + 5), LAST, {}),
    (LAST - timedelta(days=30), LAST, {"connection": "two000002"}),
    (LAST - timedelta(days=60), LAST - timedelta(days=7), {"department": "Cardiology"}),
    (LAST - timedelta(days=60), LAST, {"department": "=Children's", "connection": "one000001"}),
    (LAST - timedelta(days=20), LAST - timedelta(days=20), {"without_department": "true"}),
]


async def test_every_figure_is_that_of_plain_sql() -> None:
    told = list(history(COUNT))
    kept = Kept()
    await keep_all(kept, told)
    desk, compared = Desk(kept), 0
    with closing(prepared(to_sqlite(told))) as db:
        for first, last, filters in RANGES:
            query = {"from": first.isoformat(), "to": last.isoformat(), **filters}
            plain = Plain(db, query["from"], query["to"], filters.get("connection"), department_of(filters))
            compared += await compare(desk, plain, query)
        whole = Plain(db, RANGES[0][0].isoformat(), RANGES[0][1].isoformat())
        for report in SOURCES:
            figures = whole.figures(report)
            assert all(figures.values()), "a figure that is 0 all the time is equal to anything"
    assert compared > 30 * COUNT


def department_of(filters: dict[str, str]) -> str | None:
    """As SQL is asked for it."""
    return "" if "without_department" in filters else filters.get("department")


async def test_a_department_and_none_cannot_both_be_asked_for() -> None:
    desk, query = Desk(Kept()), {"department": "Cardiology", "without_department": "true"}
    for asked in (desk.reports.usage, desk.reports.sms, desk.reports.quality, desk.listing.page):
        with pytest.raises(Refused) as refused:
            await asked(CALLER, query)
        assert set(refused.value.fields) == {"without_department"}


async def test_an_empty_department_is_as_none_given() -> None:
    """Hosts drop an empty parameter or hand it on."""
    report = (await Desk(Kept()).reports.usage(CALLER, {"department": ""})).report
    assert report.department is None
