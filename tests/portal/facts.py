"""Visits whose figures are known, put into the facts as the product keeps them: a row each, and what it counts for."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from local.config import CONNECTION_ID, PEOPLE
from local.demo.world import World
from shared.reports.fact import Fact, to_row
from shared.reports.figures import counts_of
from shared.reports.places import CHANGES, TABLE, month_partition, place_of, visit_row
from shared.visits.visit import Stream

TENANT = PEOPLE["admin"].tenant
ZONE = ZoneInfo("America/Chicago")
HEART, SKIN = "Cardiology", "Dermatology"


def today() -> date:
    """The day it is for the browsers of these tests."""
    return datetime.now(ZONE).date()


def a_visit(number: int, days_ago: int, department: str, status: str, **given: Any) -> Fact:
    """One visit; `waited` is how long its first patient was in the lobby, in seconds, `called` how long the call was."""
    day = today() - timedelta(days=days_ago)
    start = datetime(day.year, day.month, day.day, 15, tzinfo=UTC) + timedelta(minutes=number)
    waited, called = given.pop("waited", None), given.pop("called", None)
    if waited is not None:
        entered = start + timedelta(seconds=waited)
        given |= {"patient_waiting": _text(start), "patient_connected": _text(entered), "lobby_seconds": waited}
        given |= {"lobby_total_seconds": waited}
    if called is not None:
        met = start + timedelta(minutes=20)
        given |= {
            "both_connected": _text(met),
            "last_left": _text(met + timedelta(seconds=called)),
            "call_seconds": called,
        }
    place: dict[str, Any] = {
        "tenant": TENANT,
        "connection": CONNECTION_ID,
        "visit": f"{number:022d}",
        "day": day.isoformat(),
    }
    times: dict[str, Any] = {"start": _text(start), "end": _text(start + timedelta(minutes=30))}
    return Fact(**place, **times, department=department, status=status, **given)


def story() -> list[Fact]:
    """Fourteen visits: 6 of today, 5 three days ago, 2 twenty days ago, 1 sixty days ago."""
    wifi = Stream("phone", "wifi", 10.0, 0.01, 50.0, 0.2)
    cable = Stream("desktop", "wired", 4.0, 0.0, 20.0, None)
    delivered = {"scheduled:delivered": 1, "reminder:failed": 1}
    later = {"reminder:delivered": 2, "reminder:opted_out": 1}
    return [
        a_visit(1, 0, HEART, "completed", waited=90, called=600, people=2, streams=(wifi, cable), texts=delivered,
                reasons={"unreachable": 1}),
        a_visit(2, 0, HEART, "completed", waited=150, called=1200, people=3),
        a_visit(3, 0, HEART, "waiting", people=1),
        a_visit(4, 0, HEART, "in_progress", people=2),
        a_visit(5, 0, HEART, "scheduled"),
        a_visit(6, 0, HEART, "patient_no_show", people=1),
        a_visit(7, 3, HEART, "completed", waited=400, called=900, people=2),
        a_visit(8, 3, HEART, "clinician_no_show", people=1),
        a_visit(9, 3, SKIN, "completed", waited=30, called=300, people=2, texts=later),
        a_visit(10, 3, SKIN, "patient_no_show", people=1),
        a_visit(11, 3, SKIN, "patient_no_show", people=1),
        a_visit(12, 20, "", "cancelled"),
        a_visit(13, 20, SKIN, "technical_failure"),
        a_visit(14, 60, HEART, "completed", waited=60, called=600, people=2),
    ]  # fmt: skip


async def put(world: World, facts: Sequence[Fact]) -> None:
    """Adds visits."""
    table = world.tables.get_table_client(TABLE)
    for fact in facts:
        partition = month_partition(fact.tenant, fact.day)
        row = {"PartitionKey": partition, "RowKey": visit_row(place_of(fact), fact.connection, fact.visit)}
        changes = json.dumps({fact.day: {fact.connection: {fact.department: dict(counts_of(fact))}}})
        change = {"PartitionKey": partition, "RowKey": f"{CHANGES}{fact.start}_{fact.visit[-12:]}", "changes": changes}
        await table.submit_transaction([("upsert", row | to_row(fact)), ("upsert", change)])


async def put_days(world: World, days: int, departments: Sequence[str], times: int) -> None:
    """So many visits of each day and department, as counts alone: what a report of them reads."""
    table = world.tables.get_table_client(TABLE)
    texts = {"scheduled:delivered": 1, "reminder:failed": 1}
    for ago in range(days):
        streams = (Stream("phone", "wifi", 10.0, 0.01, 50.0, 0.2),)
        fact = a_visit(1, ago, "", "completed", waited=90, called=600, people=2, texts=texts, streams=streams)
        counts = {name: count * times for name, count in counts_of(fact).items()}
        changes = json.dumps({fact.day: {fact.connection: dict.fromkeys(departments, counts)}})
        keys = {"PartitionKey": month_partition(TENANT, fact.day), "RowKey": f"{CHANGES}{fact.start}_many"}
        await table.upsert_entity(keys | {"changes": changes})


async def clear(world: World) -> None:
    """No visits at all."""
    table = world.tables.get_table_client(TABLE)
    for row in await world.rows(TABLE):
        await table.delete_entity(row["PartitionKey"], row["RowKey"])


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
