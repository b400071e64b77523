"""Work that failed five times: kept once, seen by its own tenant only, done again or dismissed, and gone in the end."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from shared.adapters.queues import DUE, NOTIFICATIONS, OPERATIONS
from shared.errors import CATALOGUE, Conflict, Refused, Unavailable
from shared.organisations.access import ADMIN, REPORTS, Caller
from shared.organisations.audit import Audit
from shared.organisations.connection import Connection
from shared.visits.visit import VisitKey
from shared.work.failures import CHARACTERS, KEPT, Failures, FailureShown
from shared.work.jobs import Job, to_message
from tests.builders import StillClock
from tests.memory import MemoryQueues, MemoryTables

NORTH, SOUTH = "a0000000-0000-4000-8000-000000000000", "b0000000-0000-4000-8000-000000000000"
ADMINISTRATOR = Caller(NORTH, "somebody", frozenset({ADMIN}))
STRANGER = Caller(SOUTH, "stranger", frozenset({ADMIN}))
FIRST, SECOND, FOREIGN = VisitKey("north", "v" * 20), VisitKey("north", "w" * 20), VisitKey("south", "x" * 20)


@dataclass
class Stamp:
    """A stamp of two tenants, with one connection each."""

    clock: StillClock = field(default_factory=StillClock)
    tables: MemoryTables = field(default_factory=MemoryTables)
    queues: MemoryQueues = field(default_factory=MemoryQueues)

    def __post_init__(self) -> None:
        audit = Audit(self.tables, self.clock)
        self.failures = Failures(self.tables, self.queues, self.connection_of, audit, self.clock)

    async def connection_of(self, connection_id: str) -> Connection | None:
        tenant = {"north": NORTH, "south": SOUTH}.get(connection_id)
        return Connection(connection_id, tenant, "https://ehr", "testing", "UTC", "") if tenant else None

    async def shown(self, caller: Caller = ADMINISTRATOR, **query: str) -> list[FailureShown]:
        return (await self.failures.page(caller, query)).failures

    def sent(self) -> list[tuple[str, Mapping[str, Any]]]:
        return [(queue, message) for queue, message, _ in self.queues.messages]

    def trail(self) -> list[tuple[str, str, str]]:
        return [(row["action"], row["by"], row["subject"]) for row in self.tables.dump("audit")]


def due(*keys: VisitKey) -> str:
    return json.dumps(to_message([Job(key) for key in keys]))


@pytest.fixture
def stamp() -> Stamp:
    return Stamp()


async def test_a_failure_says_what_where_since_when_and_why(stamp: Stamp) -> None:
    await stamp.failures.saw(DUE, due(FIRST), Unavailable())
    await stamp.failures.keep(DUE, due(FIRST))
    (shown,) = await stamp.shown()
    assert (shown.kind, shown.connection_id, shown.times) == ("visit", "north", 1)
    assert shown.problem
    assert (shown.problem.code, shown.problem.detail) == ("unavailable", CATALOGUE["unavailable"].detail)
    assert shown.since == shown.last_at
    assert not [row for row in stamp.tables.dump("work") if row["PartitionKey"] == "error"]


async def test_the_same_work_that_fails_again_is_one_failure_that_counts(stamp: Stamp) -> None:
    await stamp.failures.keep(DUE, due(FIRST))
    stamp.clock.now += timedelta(hours=1)
    await stamp.failures.saw(DUE, due(FIRST), ValueError("a phone number, +16085550143"))
    await stamp.failures.keep(DUE, due(FIRST))
    (shown,) = await stamp.shown()
    assert shown.times == 2
    assert shown.problem
    assert shown.problem.code == "internal"
    assert shown.since < shown.last_at
    assert "+1608" not in str(stamp.tables.dump("work"))


async def test_visits_of_one_message_are_failures_of_their_own_each_with_its_tenant(stamp: Stamp) -> None:
    await stamp.failures.keep(DUE, due(FIRST, SECOND, FOREIGN, FIRST))
    assert len(await stamp.shown()) == 2
    assert [shown.connection_id for shown in await stamp.shown(STRANGER)] == ["south"]


async def test_trying_again_puts_the_work_into_its_queue_and_into_the_trail(stamp: Stamp) -> None:
    await stamp.failures.keep(DUE, due(FIRST, SECOND))
    first, second = await stamp.shown()
    await stamp.failures.replay(ADMINISTRATOR, first.id)
    assert [shown.id for shown in await stamp.shown()] == [second.id]
    ((queue, message),) = stamp.sent()
    assert queue == DUE
    assert message in (to_message([Job(FIRST)]), to_message([Job(SECOND)]))
    assert stamp.trail() == [("failure.replayed", "somebody", "north")]


async def test_an_encrypted_notification_comes_back_as_it_was_however_long(stamp: Stamp) -> None:
    message = {"visit": str(FIRST), "content": {"data": "\U0001f9ea" * 3000 + "x" * CHARACTERS}}
    await stamp.failures.keep(NOTIFICATIONS, json.dumps(message))
    (shown,) = await stamp.shown()
    assert (shown.kind, shown.connection_id) == ("meeting_event", "north")
    assert all(len(str(value)) <= CHARACTERS for row in stamp.tables.dump("work") for value in row.values())
    await stamp.failures.replay(ADMINISTRATOR, shown.id)
    assert stamp.sent() == [(NOTIFICATIONS, message)]


async def test_two_events_of_one_meeting_are_two_failures(stamp: Stamp) -> None:
    for content in ("one", "two"):
        await stamp.failures.keep(NOTIFICATIONS, json.dumps({"visit": str(FIRST), "content": content}))
    assert len(await stamp.shown()) == 2


async def test_a_shorter_message_leaves_nothing_of_a_longer_one(stamp: Stamp) -> None:
    message = {"tenant": NORTH, "operation": "one"}
    await stamp.failures.keep(OPERATIONS, json.dumps(message))
    (shown,) = await stamp.shown()
    assert (shown.kind, shown.connection_id) == ("phone_number", None)
    await stamp.failures.replay(ADMINISTRATOR, shown.id)
    assert stamp.sent() == [(OPERATIONS, message)]


async def test_what_is_dismissed_is_forgotten_and_not_done(stamp: Stamp) -> None:
    await stamp.failures.keep(DUE, due(FIRST))
    (shown,) = await stamp.shown()
    await stamp.failures.dismiss(ADMINISTRATOR, shown.id)
    assert await stamp.shown() == []
    assert stamp.sent() == []
    assert stamp.trail() == [("failure.dismissed", "somebody", "north")]


async def test_another_tenant_sees_and_moves_nothing(stamp: Stamp) -> None:
    await stamp.failures.keep(DUE, due(FIRST))
    (shown,) = await stamp.shown()
    assert await stamp.shown(STRANGER) == []
    for act in (stamp.failures.replay, stamp.failures.dismiss):
        with pytest.raises(Refused, match="not_found"):
            await act(STRANGER, shown.id)
    assert stamp.sent() == []
    assert await stamp.shown() == [shown]


@pytest.mark.parametrize("failure_id", ["", "unknown", "a/b", "' or 1 eq 1", "\u0660", "../failed-"])
async def test_what_is_not_there_is_not_found(stamp: Stamp, failure_id: str) -> None:
    with pytest.raises(Refused, match="not_found"):
        await stamp.failures.replay(ADMINISTRATOR, failure_id)


async def test_only_an_administrator_may_look_try_again_or_dismiss(stamp: Stamp) -> None:
    reader = Caller(NORTH, "reader", frozenset({REPORTS}))
    with pytest.raises(Refused, match="role_missing"):
        await stamp.failures.page(reader, {})
    for act in (stamp.failures.replay, stamp.failures.dismiss):
        with pytest.raises(Refused, match="role_missing"):
            await act(reader, "unknown")


@pytest.mark.parametrize(
    "message", ["no json", "[]", '"text"', "{}", '{"visits": [["x"]]}', '{"visits": 1}', '{"visits": [[1, 2, 3, 4]]}']
)
async def test_a_message_that_is_none_of_ours_is_kept_for_the_operator(stamp: Stamp, message: str) -> None:
    await stamp.failures.keep(DUE, message)
    (row,) = stamp.tables.dump("work")
    assert (row["PartitionKey"], row["message0"]) == ("failed-", message)
    assert await stamp.shown() == []


async def test_work_of_a_removed_connection_is_nobody_s_but_not_lost(stamp: Stamp) -> None:
    await stamp.failures.keep(DUE, due(VisitKey("removed", "v" * 20)))
    (row,) = stamp.tables.dump("work")
    assert row["PartitionKey"] == "failed-"


async def test_after_seven_days_it_is_gone(stamp: Stamp) -> None:
    await stamp.failures.saw(DUE, "of a process that died", ValueError())
    await stamp.failures.keep(DUE, due(FIRST, FOREIGN))
    (shown,) = await stamp.shown()
    stamp.clock.now += KEPT
    assert await stamp.failures.expire() == 0
    stamp.clock.now += timedelta(seconds=1)
    assert await stamp.shown() == []
    with pytest.raises(Refused, match="not_found"):
        await stamp.failures.replay(ADMINISTRATOR, shown.id)
    assert await stamp.failures.expire() == 3
    assert stamp.tables.dump("work") == []


async def test_the_list_comes_in_pages(stamp: Stamp) -> None:
    await stamp.failures.keep(DUE, due(*(VisitKey("north", f"{number:020}") for number in range(5))))
    first = await stamp.failures.page(ADMINISTRATOR, {"limit": "3"})
    assert first.next
    rest = await stamp.failures.page(ADMINISTRATOR, {"limit": "3", "cursor": first.next})
    assert rest.next is None
    assert len({shown.id for shown in first.failures + rest.failures}) == 5


async def test_a_connection_s_page_has_its_own_failures_and_those_of_none(stamp: Stamp) -> None:
    await stamp.failures.keep(DUE, due(FIRST))
    await stamp.failures.keep(OPERATIONS, json.dumps({"tenant": NORTH, "operation": "one"}))
    assert {shown.kind for shown in await stamp.shown(connection="north")} == {"visit", "phone_number"}
    assert {shown.kind for shown in await stamp.shown(connection="south")} == {"phone_number"}


async def test_two_that_keep_the_same_failure_at_once_count_both(stamp: Stamp) -> None:
    await stamp.failures.keep(DUE, due(FIRST))
    met = False

    async def meeting(request: str) -> None:
        nonlocal met
        if request == "before replace" and not met:
            met = True
            await stamp.failures.keep(DUE, due(FIRST))

    stamp.tables.fault = meeting
    await stamp.failures.keep(DUE, due(FIRST))
    assert [shown.times for shown in await stamp.shown()] == [3]


async def test_a_failure_of_storage_leaves_the_message_in_its_queue(stamp: Stamp) -> None:
    async def away(request: str) -> None:
        if request == "before insert":
            raise Conflict

    stamp.tables.fault = away
    with pytest.raises(Conflict):
        await stamp.failures.keep(DUE, due(FIRST))


async def test_what_cannot_be_sent_stays_a_failure(stamp: Stamp) -> None:
    await stamp.failures.keep(DUE, due(FIRST))
    (shown,) = await stamp.shown()

    async def away(_: str) -> None:
        raise TimeoutError

    stamp.queues.fault = away
    with pytest.raises(TimeoutError):
        await stamp.failures.replay(ADMINISTRATOR, shown.id)
    assert await stamp.shown() == [shown]
