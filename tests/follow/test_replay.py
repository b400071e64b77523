"""What was given up: seen by its own administrators only, written after all, and only where nothing newer was."""

from dataclasses import replace

import pytest

from shared.errors import CATALOGUE, Refused, Unavailable
from shared.follow.pauses import PAUSE_AFTER
from shared.follow.replay import Replays
from shared.follow.untold import KEPT
from shared.follow.writeback import GIVE_UP_AFTER
from shared.organisations.access import ADMIN, REPORTS, Caller
from shared.organisations.audit import Audit
from shared.organisations.connection import Connection, ConnectionState, Writeback
from shared.organisations.connections import Connections
from tests.builders import KEY, NOW
from tests.follow.telling import DOCTOR, KEYS, TENANT, Stamp, status

UNKNOWN = Refused("ehr.appointment_unknown")
ADMINISTRATOR = Caller(TENANT, "ada", frozenset({ADMIN}))
NOTHING = {"replayed": 0, "superseded": 0, "gone": 0, "left": 0}


class Known(Connections):
    """The stamp's one connection."""

    def __init__(self, stamp: Stamp) -> None:
        self._stamp = stamp

    async def get(self, connection_id: str, *, fresh: bool = False) -> Connection | None:
        return await self._stamp.connection_of(connection_id)


@pytest.fixture
def stamp() -> Stamp:
    return Stamp()


@pytest.fixture
def replays(stamp: Stamp) -> Replays:
    return Replays(Known(stamp), stamp.pauses, stamp.untold, Audit(stamp.tables, stamp.clock))


async def ids(replays: Replays) -> list[str]:
    return [one.id for one in (await replays.show(ADMINISTRATOR, KEY.connection, {})).not_written]


async def replay(replays: Replays, **body: str) -> dict[str, int]:
    came = await replays.replay(ADMINISTRATOR, KEY.connection, body)
    return {name: count for name in NOTHING if (count := getattr(came, name))}


async def test_the_list_says_which_status_of_which_visit_was_not_written_and_why(
    stamp: Stamp, replays: Replays
) -> None:
    stamp.ehr.answers = {"": UNKNOWN}
    key = await stamp.visit(status("connected", 0, DOCTOR), status("left", 1))
    await stamp.run(key)
    shown = await replays.show(ADMINISTRATOR, KEY.connection, {})
    assert shown.on
    assert shown.paused is None
    assert [(one.visit, one.role, one.status) for one in shown.not_written] == [
        (key.visit, "patient", "left"), (key.visit, "clinician", "connected"),
    ]  # fmt: skip
    problem = shown.not_written[0].problem
    assert (problem.code, problem.fix) == (UNKNOWN.code, CATALOGUE[UNKNOWN.code].fix)


async def test_the_list_comes_in_pages(stamp: Stamp, replays: Replays) -> None:
    stamp.ehr.answers = {"": UNKNOWN}
    await stamp.run(await stamp.visit(*(status("connected", minute, f"{minute}") for minute in range(5))))
    seen, cursor = [], ""
    while True:
        page = await replays.show(ADMINISTRATOR, KEY.connection, {"limit": "2", "cursor": cursor})
        seen += [one.id for one in page.not_written]
        assert len(page.not_written) <= 2
        if page.next is None:
            break
        cursor = page.next
    assert seen == await ids(replays)
    assert len(set(seen)) == 5


async def test_a_pause_is_shown_with_since_when_why_and_the_next_try(stamp: Stamp, replays: Replays) -> None:
    stamp.ehr.answers = {"": Unavailable("ehr.sign_in_refused")}
    for number in range(PAUSE_AFTER):
        await stamp.run(await stamp.visit(status("connected", 0), number=number))
    paused = (await replays.show(ADMINISTRATOR, KEY.connection, {})).paused
    assert paused
    assert paused.problem.code == "ehr.sign_in_refused"
    assert paused.since < paused.next_try_at


async def test_one_status_is_written_after_all_and_leaves_the_list(stamp: Stamp, replays: Replays) -> None:
    stamp.ehr.answers = {"": UNKNOWN}
    key = await stamp.visit(status("connected", 0, DOCTOR), status("left", 1))
    await stamp.run(key)
    left, connected = await ids(replays)
    stamp.ehr.answers = {}
    assert await replay(replays, id=connected) == {"replayed": 1}
    await stamp.run(key)
    assert stamp.ehr.told == [("N0", "MBELL", "connected")]
    assert await ids(replays) == [left]


async def test_to_replay_twice_is_as_once(stamp: Stamp, replays: Replays) -> None:
    stamp.ehr.answers = {"": UNKNOWN}
    key = await stamp.visit(status("connected", 0))
    await stamp.run(key)
    (one,) = await stamp.untold.of(KEY.connection)
    stamp.ehr.answers = {}
    assert await replay(replays, id=one.id) == {"replayed": 1}
    assert await replay(replays, id=one.id) == {}
    # Storage failed before the record went: it is there again when somebody asks once more.
    await stamp.untold.keep(key, [(one.item, one.code)])
    await replay(replays)
    assert len((await stamp.record(key)).visit.outbox) == 1
    await stamp.run(key)
    await stamp.untold.keep(key, [(one.item, one.code)])
    assert await replay(replays) == {"superseded": 1}
    await stamp.run(key)
    assert stamp.ehr.told == [("N0", "patient", "connected")]


async def test_what_the_ehr_has_been_told_newer_of_is_not_written(stamp: Stamp, replays: Replays) -> None:
    stamp.ehr.answers = {"": UNKNOWN}
    key = await stamp.visit(status("connected", 0))
    await stamp.run(key)
    stamp.ehr.answers = {}
    await stamp.says(key, status("left", 5), status("connected", 1, DOCTOR))
    await stamp.run(key)
    assert await replay(replays) == {"superseded": 1}
    await stamp.run(key)
    assert [said[2] for said in stamp.ehr.told if said[1] == "patient"] == ["left"]
    assert await ids(replays) == []


async def test_of_several_of_one_participant_only_the_last_is_written(stamp: Stamp, replays: Replays) -> None:
    stamp.ehr.answers = {"": UNKNOWN}
    key = await stamp.visit(status("connected", 0), status("left", 1), status("connected", 2), status("left", 3))
    await stamp.run(key)
    stamp.ehr.answers = {}
    assert await replay(replays) == {"replayed": 1, "superseded": 3}
    await stamp.run(key)
    assert stamp.ehr.told == [("N0", "patient", "left")]


async def test_what_was_too_old_is_not_given_up_at_once_again(stamp: Stamp, replays: Replays) -> None:
    stamp.ehr.answers = {"": Unavailable("ehr.not_answering")}
    key = await stamp.visit(status("connected", 0))
    await stamp.run(key)
    stamp.later(NOW + GIVE_UP_AFTER)
    await stamp.run(key)
    assert await replay(replays) == {"replayed": 1}
    await stamp.run(key)
    stamp.later(hours=1)
    stamp.ehr.answers = {}
    await stamp.run(key)
    assert stamp.ehr.told == [("N0", "patient", "connected")]


async def test_during_a_pause_it_is_the_probe(stamp: Stamp, replays: Replays) -> None:
    stamp.ehr.answers = {"": UNKNOWN}
    given_up = await stamp.visit(status("connected", 0), number=5)
    await stamp.run(given_up)
    stamp.ehr.answers = {"": Unavailable("ehr.not_answering")}
    for number in range(PAUSE_AFTER):
        await stamp.run(await stamp.visit(status("connected", 0), number=number))
    stamp.ehr.answers = {}
    await stamp.run(*KEYS[:PAUSE_AFTER])
    assert stamp.ehr.told == []
    assert await replay(replays) == {"replayed": 1}
    await stamp.run(given_up)
    assert stamp.ehr.told == [("N5", "patient", "connected")]
    assert await stamp.pauses.of(KEY.connection) is None


async def test_a_visit_that_is_forgotten_is_told_as_gone(stamp: Stamp, replays: Replays) -> None:
    await stamp.untold.keep(KEY, [(status("connected", 0), UNKNOWN.code)])
    assert await replay(replays) == {"gone": 1}
    assert await ids(replays) == []


async def test_it_is_in_the_audit_trail_and_only_if_there_was_something_to_do(stamp: Stamp, replays: Replays) -> None:
    assert await replay(replays) == {}
    assert stamp.tables.dump("audit") == []
    await stamp.untold.keep(KEY, [(status("connected", 0), UNKNOWN.code)])
    await replay(replays)
    (entry,) = stamp.tables.dump("audit")
    assert (entry["action"], entry["by"], entry["subject"]) == ("failure.status_replayed", "ada", KEY.connection)


@pytest.mark.parametrize(
    "change",
    [{"writeback": Writeback()}, {"state": ConnectionState.NEEDS_APPROVAL}],
    ids=lambda change: next(iter(change)),
)
async def test_where_nothing_would_be_written_nothing_is_taken_off_the_list(
    stamp: Stamp, replays: Replays, change: dict[str, object]
) -> None:
    await stamp.untold.keep(KEY, [(status("connected", 0), UNKNOWN.code)])
    stamp.connection = replace(stamp.connection, **change)  # type: ignore[arg-type]
    with pytest.raises(Refused, match=r"ehr\.writeback_off"):
        await replays.replay(ADMINISTRATOR, KEY.connection, {})
    assert len(await stamp.untold.of(KEY.connection)) == 1


@pytest.mark.parametrize(
    ("caller", "code"),
    [
        (Caller(TENANT, "eve", frozenset({REPORTS})), "auth.role_missing"),
        (Caller("another tenant", "eve", frozenset({ADMIN})), "not_found"),
    ],
    ids=["reader", "stranger"],
)
async def test_only_the_tenant_s_own_administrators_see_and_replay_it(
    stamp: Stamp, replays: Replays, caller: Caller, code: str
) -> None:
    await stamp.untold.keep(KEY, [(status("connected", 0), UNKNOWN.code)])
    with pytest.raises(Refused, match=code):
        await replays.show(caller, KEY.connection, {})
    with pytest.raises(Refused, match=code):
        await replays.replay(caller, KEY.connection, {})
    assert len(await stamp.untold.of(KEY.connection)) == 1


async def test_records_are_removed_after_seven_days_and_pauses_nobody_asks_about_after_one(stamp: Stamp) -> None:
    await stamp.untold.keep(KEY, [(status("connected", 0), UNKNOWN.code)])
    await stamp.pauses.refused(KEY.connection, "ehr.not_answering", await stamp.pauses.ask(KEY.connection))
    stamp.later(days=1, seconds=1)
    await stamp.untold.expire()
    await stamp.pauses.expire()
    assert len(stamp.tables.dump("work")) == 1
    stamp.later(NOW + KEPT)
    stamp.later(seconds=1)
    await stamp.untold.expire()
    assert stamp.tables.dump("work") == []
