"""Statuses to the EHR: in order, at least once, never backwards; paused while it refuses; given up as a record, not silently."""

import logging
from dataclasses import replace
from random import Random
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.adapters.epic import EpicServers
from shared.errors import Refused, Unavailable
from shared.follow.epic_2018 import Epic2018
from shared.follow.pauses import LAST_PROBE, PAUSE_AFTER
from shared.follow.writeback import GIVE_UP_AFTER, due
from shared.organisations.connection import Writeback
from shared.visits.device import RESULTS, TESTED
from tests.builders import KEY, NOW, a_visit, at
from tests.follow.telling import DOCTOR, KEYS, Stamp, status

AWAY, REFUSING = Unavailable("ehr.not_answering"), Unavailable("ehr.sign_in_refused")
UNKNOWN, WRONG = Refused("ehr.appointment_unknown"), Refused("ehr.status_refused")


@pytest.fixture
def stamp() -> Stamp:
    return Stamp()


async def refused_until_paused(stamp: Stamp, error: Unavailable = AWAY) -> None:
    """The EHR is away for as many visits as it takes; each visit has a patient who is connected."""
    stamp.ehr.answers = {"": error}
    for number in range(PAUSE_AFTER):
        await stamp.run(await stamp.visit(status("connected", 0), number=number))
    assert await stamp.pauses.of(KEY.connection)


async def test_statuses_are_told_in_the_order_of_their_events(stamp: Stamp) -> None:
    key = await stamp.visit(status("connected", 0, DOCTOR), status("connected", 1), status("left", 2))
    await stamp.run(key)
    assert stamp.ehr.told == [("N0", "MBELL", "connected"), ("N0", "patient", "connected"), ("N0", "patient", "left")]
    assert (await stamp.record(key)).visit.outbox == ()


async def test_one_or_two_refusals_do_not_pause_a_connection(stamp: Stamp) -> None:
    key = await stamp.visit(status("connected", 0))
    for _ in range(PAUSE_AFTER - 1):
        stamp.ehr.answers = {"": AWAY}
        await stamp.run(key)
        stamp.later(await stamp.retry(key))
    assert await stamp.pauses.of(KEY.connection) is None
    stamp.ehr.answers = {}
    await stamp.run(key)
    assert stamp.ehr.told == [("N0", "patient", "connected")]
    assert not await stamp.tables.rows("work", "writeback"), "refusals count in a row only"


@pytest.mark.parametrize("error", [AWAY, REFUSING], ids=lambda error: error.code)
async def test_an_ehr_that_refuses_everything_is_asked_no_more_until_the_back_off_is_over(
    stamp: Stamp, error: Unavailable
) -> None:
    await refused_until_paused(stamp, error)
    pause = await stamp.pauses.of(KEY.connection)
    assert pause
    assert (pause.code, pause.since) == (error.code, NOW)
    asked = len(stamp.ehr.asked)
    other = await stamp.visit(status("connected", 0), number=PAUSE_AFTER)
    await stamp.run(other)
    assert len(stamp.ehr.asked) == asked, "nobody may be asked during a pause"
    assert await stamp.retry(other) == pause.probe


async def test_one_probe_goes_out_after_the_back_off_and_the_others_wait_for_it(stamp: Stamp) -> None:
    await refused_until_paused(stamp)
    asked = len(stamp.ehr.asked)
    for _ in range(6):
        pause = await stamp.pauses.of(KEY.connection)
        assert pause
        assert pause.probe - stamp.clock.now <= LAST_PROBE
        stamp.later(pause.probe)
        await stamp.run(*KEYS[:PAUSE_AFTER])
        asked += 1
        assert len(stamp.ehr.asked) == asked, "one probe for all visits that wait"


async def test_when_the_probe_succeeds_all_go_on_in_order_and_nothing_is_lost(stamp: Stamp) -> None:
    await refused_until_paused(stamp)
    await stamp.says(KEYS[1], status("connected", 1, DOCTOR))
    stamp.ehr.answers = {}
    for _ in range(3):
        stamp.later(minutes=6)
        await stamp.run(*KEYS[:PAUSE_AFTER])
    assert await stamp.pauses.of(KEY.connection) is None
    assert sorted(stamp.ehr.told) == sorted(
        [(f"N{number}", "patient", "connected") for number in range(PAUSE_AFTER)] + [("N1", "MBELL", "connected")]
    )
    assert stamp.ehr.told.index(("N1", "patient", "connected")) < stamp.ehr.told.index(("N1", "MBELL", "connected"))


async def test_a_prober_that_dies_is_followed_by_another_one(stamp: Stamp) -> None:
    await refused_until_paused(stamp)
    pause = await stamp.pauses.of(KEY.connection)
    assert pause
    stamp.later(pause.probe)
    assert (await stamp.pauses.ask(KEY.connection)).probe
    assert (await stamp.pauses.ask(KEY.connection)).wait
    stamp.later(minutes=1)
    assert (await stamp.pauses.ask(KEY.connection)).probe


async def test_after_a_pause_only_the_last_of_each_participant_is_told(stamp: Stamp) -> None:
    await refused_until_paused(stamp)
    await stamp.says(
        KEYS[0], status("left", 1), status("connected", 2), status("connected", 1.5, DOCTOR), status("left", 3)
    )
    stamp.ehr.answers = {}
    for _ in range(2):
        stamp.later(minutes=6)
        await stamp.run(*KEYS[:PAUSE_AFTER])
    assert [said for said in stamp.ehr.told if said[0] == "N0"] == [
        ("N0", "MBELL", "connected"), ("N0", "patient", "left"),
    ]  # fmt: skip


async def test_connected_is_never_told_after_a_later_left(stamp: Stamp) -> None:
    key = await stamp.visit(status("left", 5))
    await stamp.run(key)
    await stamp.says(key, status("connected", 4))
    await stamp.run(key)
    assert stamp.ehr.told == [("N0", "patient", "left")]
    assert (await stamp.record(key)).visit.outbox == ()


@pytest.mark.parametrize("refusal", [UNKNOWN, WRONG], ids=lambda error: error.code)
async def test_what_one_appointment_is_refused_pauses_nobody_and_is_given_up_as_a_record(
    stamp: Stamp, refusal: Refused
) -> None:
    stamp.ehr.answers = {"N0": refusal}
    first, second = await stamp.visit(status("connected", 0)), await stamp.visit(status("connected", 0), number=1)
    for _ in range(PAUSE_AFTER + 1):
        await stamp.run(first, second)
        await stamp.says(first, status("connected", 0))
    assert ("N1", "patient", "connected") in stamp.ehr.told
    assert await stamp.pauses.of(KEY.connection) is None
    (kept,) = await stamp.untold.of(KEY.connection)
    assert (kept.key, kept.item, kept.code) == (first, status("connected", 0), refusal.code)


async def test_a_refused_appointment_proves_that_the_ehr_listens(stamp: Stamp) -> None:
    await refused_until_paused(stamp)
    stamp.ehr.answers = {"": UNKNOWN}
    stamp.later(minutes=6)
    await stamp.run(KEYS[0])
    assert await stamp.pauses.of(KEY.connection) is None


async def test_an_appointment_that_is_being_changed_is_tried_again_and_pauses_nobody(stamp: Stamp) -> None:
    stamp.ehr.answers = {"": Unavailable("ehr.appointment_changing")}
    key = await stamp.visit(status("connected", 0))
    for _ in range(PAUSE_AFTER + 2):
        await stamp.run(key)
        stamp.later(await stamp.retry(key))
    assert await stamp.pauses.of(KEY.connection) is None
    stamp.ehr.answers = {}
    await stamp.run(key)
    assert stamp.ehr.told == [("N0", "patient", "connected")]


async def test_what_could_not_be_told_for_four_hours_is_given_up_as_a_record_that_says_why(
    stamp: Stamp, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "visitbridge.metrics")
    await refused_until_paused(stamp, REFUSING)
    stamp.later(NOW + GIVE_UP_AFTER)
    await stamp.run(*KEYS[:PAUSE_AFTER])
    kept = await stamp.untold.of(KEY.connection)
    assert sorted(one.key.visit for one in kept) == sorted(key.visit for key in KEYS[:PAUSE_AFTER])
    assert {(one.item.role, one.item.state, one.code) for one in kept} == {
        ("patient", "connected", "ehr.sign_in_refused")
    }
    assert [(await stamp.record(key)).visit.outbox for key in KEYS[:PAUSE_AFTER]] == [()] * PAUSE_AFTER
    given_up = [text for text in caplog.messages if "writeback.given_up" in text]
    assert given_up == ["metric visitbridge.writeback.given_up=1.000 unit={update} error.type=ehr.sign_in_refused"] * 3


async def test_the_record_of_a_given_up_status_tells_nothing_about_a_patient(stamp: Stamp) -> None:
    stamp.ehr.answers = {"": UNKNOWN}
    key = await stamp.visit(status("connected", 0), status("left", 1, DOCTOR))
    await stamp.run(key)
    rows = await stamp.tables.rows("work", f"untold-{key.connection}")
    assert {name for row in rows for name in row} == {
        "PartitionKey", "RowKey", "_etag", "visit", "role", "person", "state", "at", "given_up", "code",
    }  # fmt: skip
    assert "N0" not in str(rows)
    assert "MBELL" not in str(rows)


async def test_the_alert_s_metric_speaks_as_a_pause_begins_and_at_each_probe_that_fails(
    stamp: Stamp, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "visitbridge.metrics")

    def said() -> int:
        return sum("visitbridge.writeback.paused=" in text for text in caplog.messages)

    stamp.ehr.answers = {"": AWAY}
    for number in range(PAUSE_AFTER - 1):
        await stamp.run(await stamp.visit(status("connected", 0), number=number))
    assert said() == 0
    await stamp.run(await stamp.visit(status("connected", 0), number=PAUSE_AFTER))
    assert said() == 1
    stamp.later(minutes=6)
    await stamp.run(*KEYS[: PAUSE_AFTER - 1])
    assert said() == 2


async def test_a_token_that_was_withdrawn_is_asked_for_anew_before_anything_is_called_refused(stamp: Stamp) -> None:
    await stamp.run(await stamp.visit(status("connected", 0)))
    tell, refusals = stamp.ehr.tell, [REFUSING]

    async def tell_once_refused(*given: object) -> None:
        if refusals:
            raise refusals.pop()
        await tell(*given)  # type: ignore[arg-type]

    stamp.ehr.tell = tell_once_refused  # type: ignore[method-assign, assignment]
    await stamp.run(await stamp.visit(status("connected", 0), number=1))
    assert stamp.ehr.told[-1] == ("N1", "patient", "connected")
    assert not await stamp.tables.rows("work", "writeback")


async def test_a_state_that_the_hospital_has_no_value_for_is_not_told_and_hides_nothing(stamp: Stamp) -> None:
    stamp.ehr.dumb = ("waiting",)
    await refused_until_paused(stamp)
    await stamp.says(KEYS[0], status("left", 1), status("waiting", 2))
    stamp.ehr.answers = {}
    for _ in range(2):
        stamp.later(minutes=6)
        await stamp.run(*KEYS[:PAUSE_AFTER])
    assert [said[2] for said in stamp.ehr.told if said[0] == "N0"] == ["left"]


async def test_switched_off_nothing_is_kept_to_be_told(stamp: Stamp) -> None:
    key = await stamp.visit(status("connected", 0))
    stamp.connection = replace(stamp.connection, writeback=Writeback())
    await stamp.run(key)
    assert stamp.ehr.asked == []
    assert (await stamp.record(key)).visit.outbox == ()


async def test_a_worker_that_dies_after_telling_tells_again_and_loses_nothing(stamp: Stamp) -> None:
    key = await stamp.visit(status("connected", 0), status("left", 1))
    tell, dying = stamp.ehr.tell, [RuntimeError()]

    async def tell_and_die(*given: object) -> None:
        await tell(*given)  # type: ignore[arg-type]
        if dying:
            raise dying.pop()

    stamp.ehr.tell = tell_and_die  # type: ignore[method-assign, assignment]
    with pytest.raises(RuntimeError):
        await stamp.run(key)
    await stamp.run(key)
    assert [said[2] for said in stamp.ehr.told] == ["connected", "connected", "left"]


@given(st.randoms(use_true_random=False))
async def test_whatever_fails_and_whenever_each_participant_s_last_status_is_told_and_no_older_one_after_it(
    chance: Random,
) -> None:
    stamp = Stamp()
    key = await stamp.visit()
    people = ("", DOCTOR)
    last: dict[str, str] = {}
    for minute in range(12):
        person, state = chance.choice(people), chance.choice(("waiting", "connected", "left"))
        last["MBELL" if person else "patient"] = state
        stamp.ehr.answers = {"": chance.choice((AWAY, REFUSING))} if chance.random() < 0.5 else {}
        stamp.later(at(minutes=minute))
        # Events may be late by a little, and are put where they belong.
        await stamp.says(key, status(state, minute, person))
        for _ in range(chance.randrange(3)):
            await stamp.run(key)
            stamp.later(seconds=chance.randrange(90))
    stamp.ehr.answers = {}
    for _ in range(4):
        stamp.later(minutes=11)
        await stamp.run(key)
    told = {who: state for _, who, state in stamp.ehr.told}
    assert told == last
    assert await stamp.untold.of(KEY.connection) == []
    assert (await stamp.record(key)).visit.outbox == ()


def test_without_a_wait_every_status_is_told() -> None:
    outbox = (status("connected", 0), status("left", 1), status("connected", 2))
    assert due(a_visit(outbox=outbox), outbox) == list(outbox)
    assert due(a_visit(outbox=outbox, outbox_tries=1), outbox) == [status("connected", 2)]


async def test_a_device_test_is_told_beside_what_happens_in_the_call(stamp: Stamp) -> None:
    """An adapter that has a word for it hears the last result, and neither makes the other old."""
    key = await stamp.visit(status("device_passed", 5), status("waiting", 3))
    stamp.ehr.answers = {"": AWAY}
    await stamp.run(key)
    stamp.later(await stamp.retry(key))
    stamp.ehr.answers = {}
    await stamp.run(key)
    assert sorted(stamp.ehr.told) == [("N0", "patient", "device_passed"), ("N0", "patient", "waiting")]
    assert (await stamp.record(key)).visit.outbox == ()


async def test_an_ehr_without_a_word_for_device_tests_is_not_asked(stamp: Stamp) -> None:
    """`epic-2018`: Epic publishes no field for it, and whatever a hospital's values are, they name the call's states."""
    values = Writeback(
        "epic-2018", {"waiting": "1", "connected": "2", "disconnected": "3"}, {"patient": "P", "provider": "U"}
    )
    connection = replace(stamp.connection, writeback=values)
    adapter = Epic2018(cast("EpicServers", None))
    assert adapter.speaks(connection, status("connected", 0))
    assert not any(adapter.speaks(connection, status(TESTED + result, 0)) for result in RESULTS)
    stamp.ehr.dumb = tuple(TESTED + result for result in RESULTS)
    key = await stamp.visit(status("device_failed", 0))
    await stamp.run(key)
    assert (stamp.ehr.asked, (await stamp.record(key)).visit.outbox) == ([], ())
