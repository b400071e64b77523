"""Facts go when their time is over, and all of a tenant's when the tenant goes."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.reports.places import TABLE, VISITS
from shared.reports.retention import FactRetention
from tests.builders import NOW
from tests.reports.facts import TENANT
from tests.reports.keeping import Kept, dice, some_key
from tests.reports.test_facts import a_record

OTHER = "8c3a5e77-2b94-4d06-a1f8-3e9d0c6b7f21"


async def filled(months: tuple[int, ...]) -> Kept:
    """A visit in each of these months, counted from this one, and one of another tenant now."""
    kept, random = Kept(), dice(1)
    kept.connections["other0003"] = replace(kept.connections["one000001"], id="other0003", tenant=OTHER)
    for month in (*months, None):
        key = some_key(random, "other0003" if month is None else "one000001")
        start = NOW.replace(day=15) + timedelta(days=30.4 * (month or 0))
        record = a_record(random, key)
        kept.records[key] = replace(record, visit=replace(record.visit, start=start))
        await kept.keep(key)
    return kept


def months_of(kept: Kept, tenant: str) -> list[str]:
    rows = kept.tables.dump(TABLE)
    return sorted(
        {row["PartitionKey"].removeprefix(f"{tenant}-") for row in rows if row["PartitionKey"].startswith(tenant)}
    )


@pytest.mark.parametrize(("months", "left"), [(0, 5), (1, 3), (3, 4), (60, 5)])
async def test_what_is_older_than_the_setting_goes_and_nothing_else(months: int, left: int) -> None:
    kept = await filled((-4, -2, -1, 0, 2))
    await FactRetention(kept.tables, (TENANT, OTHER), months, kept.clock).expire()
    visits = [row for row in kept.tables.dump(TABLE) if row["RowKey"].startswith(VISITS)]
    index = [row for row in kept.tables.dump(TABLE) if row["PartitionKey"] == f"{TENANT}-index"]
    assert len(index) == left
    assert len(visits) == left + 1
    assert len(months_of(kept, TENANT)) == left + 1
    for key in kept.records:
        if key.connection == "one000001":
            found = await kept.days.of_visit(TENANT, key.connection, [key.visit])
            assert bool(found) == any(row["RowKey"] == f"{key.connection}_{key.visit}" for row in index)


async def test_a_tenant_that_goes_takes_all_facts_along_and_nobody_else_s() -> None:
    kept = await filled((-4, 0, 2))
    retention = FactRetention(kept.tables, (TENANT,), 0, kept.clock)
    assert await retention.erase(TENANT) > 0
    assert months_of(kept, TENANT) == []
    assert months_of(kept, OTHER) != []
    assert await retention.erase(TENANT) == 0
