"""What is kept of launches and messages: little, seldom, and never at their expense."""

from typing import Any, cast

import pytest

from functions.contract.diagnosis import RecordList
from shared.adapters.tables import Tables
from shared.organisations.connection import Connection
from shared.organisations.connections import Connections
from shared.organisations.records import issued
from shared.organisations.sightings import Seen, Sightings
from shared.organisations.taking import take
from tests.builders import NOW, StillClock

US = "https://us.example"
CONNECTION = Connection(
    "demo2amer", "tenant", "https://ehr.example/api/FHIR/R4", "testing", "UTC", "oid",
    client_ids={"provider": "p", "patient": "q"},
)  # fmt: skip
CSN, CODE = "7000000123", "link.over"


class OnePartition:
    """Table storage, as far as sightings use it."""

    def __init__(self) -> None:
        self.held: dict[str, dict[str, Any]] = {}
        self.writes = 0
        self.broken = False

    async def upsert(self, table: str, entity: dict[str, Any]) -> None:
        if self.broken:
            raise ConnectionError(CSN)
        self.writes += 1
        assert (table, entity["PartitionKey"]) == ("connections", CONNECTION.id)
        self.held[entity["RowKey"]] = dict(entity)

    async def rows(self, table: str, partition: str, prefix: str = "") -> list[dict[str, Any]]:
        return [row for key, row in sorted(self.held.items()) if key.startswith(prefix)]

    async def delete(self, table: str, partition: str, row: str) -> None:
        del self.held[row]


class OneConnection:
    async def get(self, connection_id: str, *, fresh: bool = False) -> Connection | None:
        return CONNECTION if connection_id == CONNECTION.id else None


class World:
    """Sightings over a table of one partition, with a clock that stands still."""

    def __init__(self) -> None:
        self.clock, self.tables = StillClock(), OnePartition()
        self.sightings = Sightings(
            cast("Tables", self.tables), cast("Connections", OneConnection()), US, self.clock
        )  # fmt: skip

    def answer(self, name: str = "provider", **changes: Any) -> dict[str, Any]:
        """A token response as the record makes it."""
        record = next(record for record in issued(CONNECTION, US) if record.name == name)
        pairs = (part.partition("=") for part in record.context.split("&"))
        filled = {name: value.replace("%CSN%", CSN) for name, _, value in pairs}
        return {"patient": "ePat", **filled, **changes}

    async def launch(self, **changes: Any) -> None:
        self.sightings.launch(CONNECTION.id, "provider", self.answer(**changes), with_id=True)
        await self.sightings.settle()

    async def seen(self) -> Seen:
        await self.sightings.settle()
        return await self.sightings.of(CONNECTION.id)


@pytest.fixture
def world() -> World:
    return World()


async def test_nothing_was_seen_at_first(world: World) -> None:
    assert await world.seen() == Seen()


async def test_a_launch_is_kept_by_its_record_without_any_value(world: World) -> None:
    await world.launch()
    seen = await world.seen()
    assert seen.launches["provider"].at == NOW
    assert CSN not in str(world.tables.held)
    assert "ePat" not in str(world.tables.held)


async def test_the_same_is_written_once_in_five_minutes(world: World) -> None:
    await world.launch()
    world.clock.pass_time(minutes=4, seconds=59)
    await world.launch()
    assert world.tables.writes == 1
    world.clock.pass_time(seconds=1)
    await world.launch()
    assert world.tables.writes == 2
    assert (await world.seen()).launches["provider"].at == world.clock()


async def test_launches_at_the_same_moment_are_written_once(world: World) -> None:
    for _ in range(20):
        world.sightings.launch(CONNECTION.id, "provider", world.answer(), with_id=True)
    await world.sightings.settle()
    assert world.tables.writes == 1


async def test_something_else_is_written_at_once(world: World) -> None:
    await world.launch()
    answer = world.answer()
    del answer["departmentId"]
    world.sightings.launch(CONNECTION.id, "provider", answer, with_id=True)
    assert (await world.seen()).launches["provider"].missing == ("departmentId",)


async def test_a_write_that_fails_is_logged_by_type_and_tried_again_with_the_next(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.tables.broken = True
    await world.launch()
    assert "ConnectionError" in caplog.text
    assert CSN not in caplog.text
    world.tables.broken = False
    await world.launch()
    assert world.tables.writes == 1


async def test_an_id_that_is_no_connection_s_leaves_nothing_and_is_not_remembered(world: World) -> None:
    for index in range(50):
        world.sightings.refused_launch(f"unknown{index}", "launch.issuer_unknown")
    await world.sightings.settle()
    assert (world.tables.writes, world.sightings._written) == (0, {})


async def test_messages_and_refusals_are_kept_by_time_and_code(world: World) -> None:
    world.sightings.message(CONNECTION.id)
    world.sightings.refused_message(CONNECTION.id, "hl7.signature_invalid")
    world.sightings.refused_launch(CONNECTION.id, "launch.wrong_role")
    seen = await world.seen()
    assert seen.message_at == NOW
    assert seen.refused_message is not None
    assert seen.refused_launch is not None
    assert (seen.refused_message.code, seen.refused_launch.code) == ("hl7.signature_invalid", "launch.wrong_role")


@pytest.mark.parametrize("code", [CODE, "link.cancelled", "launch.state_invalid"])
async def test_what_speaks_of_one_visit_or_one_browser_is_not_kept(world: World, code: str) -> None:
    world.sightings.refused_launch(CONNECTION.id, code)
    assert await world.seen() == Seen()


async def test_the_overview_has_the_records_and_the_drift_in_the_contract_s_form(world: World) -> None:
    world.sightings.launch(CONNECTION.id, "provider", {"sessionId": CSN, "userType": "1"}, with_id=False)
    await world.sightings.settle()
    shown = await world.sightings.overview(CONNECTION)
    take(RecordList, shown)
    differences = ["launch_url", "version", "context:departmentId", "context:userId"]
    assert [drift["record"] for drift in shown["drift"]] == ["provider"]
    assert (shown["drift"][0]["version_seen"], shown["drift"][0]["differs"]) == (None, differences)


async def test_without_drift_the_overview_has_none(world: World) -> None:
    await world.launch()
    assert (await world.sightings.overview(CONNECTION))["drift"] == []


async def test_all_of_it_goes_with_the_connection(world: World) -> None:
    await world.launch()
    world.sightings.message(CONNECTION.id)
    await world.sightings.settle()
    await world.sightings.forget(CONNECTION.id)
    assert world.tables.held == {}
