"""The trail goes when its time is over, by whole months, and never before."""

from datetime import UTC, datetime
from functools import partial

import pytest

from shared.organisations.audit import Audit
from shared.organisations.audit_retention import TABLE, AuditRetention
from tests.memory import MemoryTables

TENANT, OTHER = "5b1d7c1e-0001-4c7e-9a11-2f0c6a5e9d01", "5b1d7c1e-0002-4c7e-9a11-2f0c6a5e9d02"
NOW = datetime(2032, 3, 15, 4, 0, tzinfo=UTC)
WHEN = (
    datetime(2026, 2, 28, 23, 59, tzinfo=UTC),
    datetime(2026, 3, 1, tzinfo=UTC),
    datetime(2031, 12, 31, tzinfo=UTC),
    NOW,
)


def clock_at(instant: datetime) -> datetime:
    return instant


async def written(tenants: tuple[str, ...] = (TENANT, OTHER)) -> MemoryTables:
    """An entry at each of these instants for each tenant."""
    tables = MemoryTables()
    for tenant in tenants:
        for at in WHEN:
            await Audit(tables, partial(clock_at, at)).note(tenant, "someone", "connection.approved", "demo00001")
    return tables


def left(tables: MemoryTables, tenant: str) -> list[str]:
    return [row["PartitionKey"][-6:] for row in tables.dump(TABLE) if row["PartitionKey"].startswith(tenant)]


@pytest.mark.parametrize(
    ("years", "months"),
    [(0, ["202602", "202603", "203112", "203203"]), (6, ["202603", "203112", "203203"]), (1, ["203112", "203203"])],
)
async def test_months_that_ended_so_many_years_ago_go(years: int, months: list[str]) -> None:
    tables = await written()
    removed = await AuditRetention(tables, (TENANT, OTHER), years, lambda: NOW).expire()
    assert (left(tables, TENANT), left(tables, OTHER)) == (months, months)
    assert removed == 2 * (len(WHEN) - len(months))


async def test_only_the_tenants_that_are_served_are_looked_at() -> None:
    tables = await written()
    await AuditRetention(tables, (TENANT,), 1, lambda: NOW).expire()
    assert (len(left(tables, TENANT)), len(left(tables, OTHER))) == (2, len(WHEN))


async def test_a_leap_day_is_a_day_like_others() -> None:
    tables = await written()
    await AuditRetention(tables, (TENANT,), 1, lambda: datetime(2032, 2, 29, tzinfo=UTC)).expire()
    assert left(tables, TENANT) == ["203112", "203203"]


async def test_a_thousand_and_more_go_in_one_night() -> None:
    tables = MemoryTables()
    rows = [{"PartitionKey": f"{TENANT}-202001", "RowKey": f"{number:05}"} for number in range(2_345)]
    await tables.upsert_many(TABLE, rows)
    assert await AuditRetention(tables, (TENANT,), 6, lambda: NOW).expire() == len(rows)
    assert tables.dump(TABLE) == []
