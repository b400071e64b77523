"""The worker tends each room in Graph with the token of the tenant whose visit it is."""

from datetime import timedelta
from typing import Any, cast

import pytest

from shared.adapters.graph import Graph, Graphs
from shared.adapters.web import Answer, Web
from shared.organisations.connection import Connection
from shared.rooms.rooms import Rooms
from shared.rooms.tending import RoomTending
from shared.visits.visit import Record, Room, Watch
from shared.work.worker import Permit
from tests.builders import NOW, StillClock, a_visit

TENANTS = ("home", "affiliate")
SOON = NOW + timedelta(minutes=2)


class Wire(Web):
    """Notes who called what."""

    def __init__(self, tenant: str, calls: list[tuple[str, str]]) -> None:
        super().__init__()
        self._tenant = tenant
        self._calls = calls

    async def send(self, method: str, path: str, **_: Any) -> Answer:
        self._calls.append((self._tenant, method))
        return Answer(
            200, {"id": "again", "joinWebUrl": "https://teams", "expirationDateTime": "2026-11-26T00:00:00Z"}, {}
        )


def a_room(due: str) -> Record:
    """A room that is watched, by a subscription that soon ends."""
    return a_visit(room=Room("doctor", "x", "ready", "meeting", "https://teams", due), watch=Watch("w", SOON))


async def tended(record: Record, tenant: str | None) -> tuple[Record, list[tuple[str, str]]]:
    calls: list[tuple[str, str]] = []
    graphs = Graphs(TENANTS, lambda name: Graph(Wire(name, calls)))

    async def connection_of(connection_id: str) -> Connection | None:
        return Connection(connection_id, tenant, "https://ehr", "testing", "UTC", "") if tenant else None

    doer = RoomTending(cast("Rooms", None), graphs, connection_of, StillClock())
    return (await doer.act(record, Permit(), SOON))(record), calls


@pytest.mark.parametrize("tenant", TENANTS)
async def test_a_room_is_moved_renewed_and_deleted_in_its_own_tenant(tenant: str) -> None:
    moved, calls = await tended(a_room("move"), tenant)
    assert calls == [(tenant, "PATCH"), (tenant, "PATCH")]
    assert moved.visit.room is not None
    assert moved.visit.room.due == ""
    gone, calls = await tended(a_room("delete"), tenant)
    assert calls == [(tenant, "DELETE"), (tenant, "DELETE")]
    assert (gone.visit.room, gone.visit.watch) == (None, None)


@pytest.mark.parametrize("due", ["", "move", "delete"])
async def test_a_room_whose_connection_is_gone_is_let_go_without_a_call(due: str) -> None:
    record, calls = await tended(a_room(due), None)
    assert calls == []
    assert (record.visit.room, record.visit.watch, record.visit.watch_retry) == (None, None, None)


async def test_a_room_of_a_tenant_that_is_not_served_is_left_alone_until_it_is_again() -> None:
    before = a_room("delete")
    record, calls = await tended(before, "foreign")
    assert calls == []
    assert (record.visit.room, record.visit.watch) == (before.visit.room, before.visit.watch)
    assert record.visit.watch_retry is not None
