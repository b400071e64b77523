"""The pool of organisers: even shares, none beyond a month's meetings."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

from shared.keys.keyring import encode
from shared.rooms.pool import MOST_PER_MONTH, spread
from shared.visits.visit import VisitKey
from tests.builders import KEY
from tests.rooms.teams import CONNECTION, TENANT, Clinic

POOL = tuple(f"organiser-{number}" for number in range(5))
POOLED = replace(CONNECTION, organizers=POOL)


def a_key(number: int) -> VisitKey:
    return VisitKey(KEY.connection, encode(number.to_bytes(15, "big")))


def test_visits_are_spread_evenly() -> None:
    shares = Counter(spread(POOL, a_key(number))[0] for number in range(5_000))
    assert min(shares.values()) > 900
    assert max(shares.values()) < 1_100


def test_the_share_of_one_who_is_passed_over_is_spread_over_all_others() -> None:
    shares = Counter(
        spread(POOL, a_key(number))[1] for number in range(5_000) if spread(POOL, a_key(number))[0] == POOL[0]
    )
    assert len(shares) == len(POOL) - 1
    assert min(shares.values()) > 200


async def test_an_organiser_is_passed_over_from_the_limit_on_until_the_next_month() -> None:
    clinic = Clinic()
    clinic.clock.now = datetime(2026, 11, 30, 12, tzinfo=UTC)
    first, second = spread(POOL, KEY)[:2]
    clinic.tables.put("tenants", counted(first, MOST_PER_MONTH - 1))
    assert await clinic.pool.choose(POOLED, KEY) == first
    await clinic.pool.count(TENANT, first)
    assert await clinic.pool.choose(POOLED, KEY) == second
    clinic.clock.pass_time(days=1)
    assert await clinic.pool.choose(POOLED, KEY) == first
    await clinic.pool.count(TENANT, first)
    row = await clinic.tables.get("tenants", TENANT, f"organizer:{first}")
    assert row is not None
    assert (row["month"], row["meetings"]) == ("202612", 1)


async def test_meetings_made_at_once_are_all_counted() -> None:
    clinic = Clinic()
    await asyncio.gather(*(clinic.pool.count(TENANT, "a") for _ in range(4)))
    row = await clinic.tables.get("tenants", TENANT, "organizer:a")
    assert row is not None
    assert row["meetings"] == 4


async def test_a_meeting_is_counted_once_however_many_come() -> None:
    clinic = Clinic()
    await clinic.booked()
    record = await clinic.load()
    room = await clinic.rooms.open(record, POOLED, None)
    await clinic.rooms.open(record, POOLED, None)
    assert room is not None
    row = await clinic.tables.get("tenants", TENANT, f"organizer:{room.organizer}")
    assert row is not None
    assert row["meetings"] == 1


def counted(oid: str, meetings: int) -> dict[str, object]:
    return {"PartitionKey": TENANT, "RowKey": f"organizer:{oid}", "month": "202611", "meetings": meetings}
