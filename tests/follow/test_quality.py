"""When call records are asked for, of whose calls, and what becomes of the answer."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, cast

import pytest

from shared.adapters.call_records import Sound
from shared.adapters.graph import Graphs
from shared.errors import BridgeError, Refused, Unavailable
from shared.follow.quality import Quality, begun, measured, witness
from shared.organisations.connection import Connection
from shared.visits.visit import Presence, Record, Room, Stream, Times
from shared.work.moments import Rules, next_moment, quality_due
from shared.work.worker import Permit
from tests.builders import NOW, a_visit

DOCTOR, SECOND = "a0000000-0000-4000-8000-000000000003", "a0000000-0000-4000-8000-000000000004"
ROOM = Room(DOCTOR, "x", "ready", "m", "https://teams.example/join")
SOUND = Sound("browser", "wifi", 10.0, 0.01, 50.0, 0.2)
RULES = Rules(quality_on=True)
HALF_AN_HOUR = timedelta(minutes=30)


def ended(at: datetime = NOW, **changes: Any) -> Record:
    """A visit whose call ended then."""
    return a_visit(**({"room": ROOM, "call_ended": at} | changes))


class Teams:
    """Graph, with one answer; what was asked is kept."""

    def __init__(self, answer: Sequence[Sound] | BridgeError = ()) -> None:
        self.answer = answer
        self.asked: list[tuple[Any, ...]] = []

    def of(self, tenant: str) -> "Teams":
        assert tenant == "tenant"
        return self

    async def sounds(self, *asked: Any) -> Sequence[Sound]:
        self.asked.append(asked)
        if isinstance(self.answer, BridgeError):
            raise self.answer
        return self.answer


class Home:
    tenant = "tenant"


async def the_connection(_: str) -> Connection:
    return cast("Connection", Home())


async def acted(record: Record, teams: Teams, *, after: timedelta = HALF_AN_HOUR) -> Record:
    """The record after the doer has acted so long after the call's end."""
    assert record.visit.call_ended
    now = record.visit.call_ended + after
    doer = Quality(cast("Graphs", teams), the_connection, lambda: now)
    outcome = await doer.act(record, Permit(), now + timedelta(minutes=2))
    return outcome(record)


def test_records_are_asked_for_half_an_hour_after_a_call_where_that_is_on() -> None:
    assert quality_due(ended(), RULES) == NOW + HALF_AN_HOUR
    assert quality_due(ended(), Rules()) is None
    assert quality_due(a_visit(room=ROOM), RULES) is None
    assert quality_due(ended(room=None), RULES) is None
    moment = next_moment(ended(reconciled=NOW + timedelta(hours=9)), RULES, NOW)
    assert moment is not None
    assert (moment.at, moment.paced) == (NOW + HALF_AN_HOUR, False)


def test_a_call_that_was_read_is_read_again_only_if_it_went_on() -> None:
    read = ended(measured=NOW + HALF_AN_HOUR)
    assert quality_due(read, RULES) is None
    later = replace(read, visit=replace(read.visit, call_ended=NOW + timedelta(hours=1)))
    assert quality_due(later, RULES) == NOW + timedelta(hours=1) + HALF_AN_HOUR


async def test_what_was_measured_is_kept_and_the_report_is_to_have_it() -> None:
    teams = Teams([SOUND])
    times = Times(patient_waiting=NOW - timedelta(minutes=20))
    record = await acted(ended(times=times), teams)
    assert record.visit.streams == (Stream("browser", "wifi", 10.0, 0.01, 50.0, 0.2),)
    assert record.visit.facts_due
    assert quality_due(record, RULES) is None
    assert teams.asked == [("https://teams.example/join", DOCTOR, NOW - timedelta(minutes=50), NOW)]


@pytest.mark.parametrize("answer", [(), Unavailable()])
async def test_what_is_not_there_yet_is_asked_for_again_for_three_hours(answer: Sequence[Sound] | BridgeError) -> None:
    record = await acted(ended(), Teams(answer))
    assert record.visit.measured is None
    assert quality_due(record, RULES) == NOW + timedelta(hours=1)
    record = await acted(record, Teams(answer), after=timedelta(hours=3))
    assert record.visit.measured == NOW + timedelta(hours=3)
    assert (record.visit.streams, record.visit.facts_due) == ((), ended().visit.facts_due)
    assert quality_due(record, RULES) is None


async def test_a_refusal_is_not_asked_about_again() -> None:
    record = await acted(ended(), Teams(Refused("room.refused")))
    assert quality_due(record, RULES) is None


async def test_nothing_is_asked_when_the_lease_is_nearly_over() -> None:
    teams, record = Teams([SOUND]), ended()
    doer = Quality(cast("Graphs", teams), the_connection, lambda: NOW)
    outcome = await doer.act(record, Permit(), NOW + timedelta(seconds=10))
    assert outcome(record) == record
    assert teams.asked == []


def test_the_same_answer_again_changes_nothing_in_the_report() -> None:
    once = measured(ended(), [SOUND], NOW)
    once = replace(once, visit=replace(once.visit, facts_due=False))
    assert not measured(once, [SOUND], NOW).visit.facts_due
    assert measured(once, [], NOW).visit.streams == once.visit.streams


def test_a_record_is_found_by_a_clinician_who_was_there() -> None:
    def there(oid: str, role: str = "clinician") -> Presence:
        return Presence(role, "left", NOW, oid)

    assert witness(ended()) == DOCTOR
    assert witness(ended(people={"a": there(DOCTOR), "b": there(SECOND)})) == DOCTOR
    assert witness(ended(people={"b": there(SECOND)})) == SECOND
    assert witness(ended(people={"p": there("", "patient")})) == DOCTOR


def test_without_any_event_the_calls_of_a_day_are_looked_through() -> None:
    assert begun(ended()) == NOW - timedelta(hours=24)
