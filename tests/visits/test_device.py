"""What a device test comes to, and what is kept and told of it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, Literal, get_args, get_origin

import msgspec
import pytest

from functions.contract.device import DeviceChecks
from shared.errors import Refused
from shared.reports.fact import fact_of
from shared.reports.figures import counts_of
from shared.visits.device import CHECKS, result_of, with_device
from shared.visits.guests import closed
from shared.visits.visit import Announcement, Device, State
from tests.builders import NOW, a_visit, at
from tests.rooms.teams import CONNECTION

FINE = {"browser": "ok", "network": "good", "camera": "ok", "microphone": "ok", "speaker": "heard"}


def told(outbox: tuple[Announcement, ...]) -> list[tuple[str, str]]:
    return [(item.role, item.state) for item in outbox]


@pytest.mark.parametrize(
    ("check", "outcome"), [(check, outcome) for check, outcomes in CHECKS.items() for outcome in outcomes]
)
def test_the_worst_outcome_is_the_result(check: str, outcome: str) -> None:
    assert result_of(FINE | {check: outcome}) == CHECKS[check][outcome]
    assert result_of(dict.fromkeys(FINE, "unsupported") | {"network": "offline", check: outcome}) == "failed"


@pytest.mark.parametrize(
    "checks",
    [
        {}, {"camera": "ok"}, FINE | {"camera": "good"}, FINE | {"camera": ["ok"]}, FINE | {"camera": None},
        FINE | {"name": "Pat"}, dict.fromkeys(FINE, ""),
    ],
)  # fmt: skip
def test_nothing_but_the_words_of_the_checks_is_taken(checks: dict[str, Any]) -> None:
    with pytest.raises(Refused, match=r"request\.invalid"):
        with_device(a_visit(), checks, NOW)


def test_the_api_takes_the_outcomes_that_there_are() -> None:
    declared = {}
    for field in msgspec.structs.fields(DeviceChecks):
        assert get_origin(field.type) is Literal
        declared[field.name] = set(get_args(field.type))
    assert declared == {check: set(outcomes) for check, outcomes in CHECKS.items()}


def test_the_last_test_counts_and_is_told_to_the_reports_and_the_ehr() -> None:
    record = with_device(a_visit(), FINE | {"camera": "denied"}, NOW)
    assert record.visit.device == Device(NOW, "failed", FINE | {"camera": "denied"})
    assert record.visit.facts_due
    assert told(record.visit.outbox) == [("patient", "device_failed")]
    fact = fact_of(record, CONNECTION)
    assert (fact.device_test, counts_of(fact)["tests_failed"]) == ("failed", 1)

    again = with_device(record, FINE, at(1))
    assert again.visit.device == Device(at(1), "passed", FINE)
    # The EHR had not been told of the first yet: it is past.
    assert told(again.visit.outbox) == [("patient", "device_passed")]
    assert fact_of(again, CONNECTION).device_test == "passed"


def test_who_never_tested_is_no_test_in_the_reports() -> None:
    fact = fact_of(a_visit(), CONNECTION)
    assert fact.device_test == ""
    assert not [name for name in counts_of(fact) if name.startswith("tests_")]


def test_the_same_again_changes_nothing_and_another_reason_tells_nobody() -> None:
    record = with_device(a_visit(), FINE | {"camera": "denied"}, NOW)
    assert with_device(record, FINE | {"camera": "denied"}, at(1)) == record
    settled = replace(record, visit=replace(record.visit, outbox=(), facts_due=False))
    other = with_device(settled, FINE | {"camera": "busy"}, at(1))
    assert other.visit.device == Device(at(1), "failed", FINE | {"camera": "busy"})
    assert (other.visit.outbox, other.visit.facts_due) == ((), False)


def test_what_waits_to_be_told_of_the_call_stays_in_its_order() -> None:
    waits = Announcement("patient", "waiting", NOW - timedelta(minutes=1))
    record = with_device(a_visit(outbox=(waits,)), FINE, NOW)
    assert told(record.visit.outbox) == [("patient", "waiting"), ("patient", "device_passed")]


@pytest.mark.parametrize(
    ("state", "code"),
    [(State.CANCELLED, "link.cancelled"), (State.OVER, "link.over"), (State.NO_SHOW, "link.over"), (State.DELETED, "link.over")],
)  # fmt: skip
def test_nothing_is_kept_of_a_visit_that_is_gone(state: State, code: str) -> None:
    with pytest.raises(Refused, match=code):
        with_device(a_visit(state=state), FINE, NOW)


def test_nothing_is_kept_of_a_visit_that_was_ended_for_all() -> None:
    with pytest.raises(Refused, match=r"link\.over"):
        with_device(closed(a_visit(), NOW), FINE, NOW)
