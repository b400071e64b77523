"""Delivery reports: the nine statuses, and that a report may come late, twice, in any order or for nothing."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import permutations
from typing import Any, get_args

import pytest

from local.sms.carrier import BLOCKED, CODES, UNVERIFIED
from local.sms.carrier import DELIVERED as ARRIVED
from shared.adapters.gateway import Reason
from shared.messages.reports import DELIVERED, GatewayReports
from shared.messages.sending import tag
from shared.messages.statuses import NO_REPORT, REASONS, status_of
from shared.visits.visit import Record, Text, TextState, VisitKey
from tests.builders import KEY, a_notice, at, heeded

EXPECTED: Mapping[str, tuple[TextState, Reason]] = {
    "2000": (TextState.DELIVERED, ""),
    "4000": (TextState.FAILED, "spam"),
    "4001": (TextState.FAILED, "other"),
    "4002": (TextState.FAILED, "invalid_number"),
    "4003": (TextState.FAILED, "other"),
    "4004": (TextState.FAILED, "no_such_number"),
    "4005": (TextState.FAILED, "barred"),
    "4006": (TextState.FAILED, "unreachable"),
    "4007": (TextState.FAILED, "opted_out"),
    "4008": (TextState.FAILED, "other"),
    "4009": (TextState.FAILED, "blocked_number"),
    "4010": (TextState.FAILED, "other"),
    "5000": (TextState.FAILED, "other"),
    "5001": (TextState.FAILED, "other"),
    "5002": (TextState.SENT, ""),
    "9999": (TextState.FAILED, "other"),
}


class OneVisit:
    """The store, with one visit in it."""

    def __init__(self, *texts: Text) -> None:
        record = heeded(None, a_notice())
        assert record is not None
        self.record = replace(record, texts={text.name: text for text in texts})
        self.writes = 0

    async def change(self, key: VisitKey, apply: Callable[[Record | None], Record | None]) -> Record | None:
        after = apply(self.record if key == KEY else None)
        if after is not None and after != self.record:
            self.writes += 1
            self.record = after
        return self.record

    def text(self) -> Text:
        (text,) = self.record.texts.values()
        return text


def a_text(state: TextState, message_id: str = "") -> Text:
    return Text(at(48), "scheduled", 1, state, useful_until=at(48), first_attempt=at(), message_id=message_id)


def a_report(
    code: str = "2000", message_id: str = "Outgoing_1", *, name: str = "Tag", text: str = ""
) -> dict[str, Any]:
    return {
        "messageId": message_id,
        "deliveryStatus": "Delivered" if code == "2000" else "Failed",
        "deliveryStatusDetails": code,
        name: text or tag(KEY, a_text(TextState.SENT)),
    }


async def noted(visits: OneVisit, *reports: dict[str, Any]) -> Text:
    everything: Any = visits
    for report in reports:
        await GatewayReports(everything, None).note(DELIVERED, report)  # type: ignore[arg-type]
    return visits.text()


def test_every_documented_code_has_its_status() -> None:
    assert set(EXPECTED) == set(CODES) == {*REASONS, NO_REPORT, "2000"}


@pytest.mark.parametrize("code", EXPECTED)
def test_a_code_its_sentence_and_both_mean_the_same(code: str) -> None:
    status = "Delivered" if code == "2000" else "Failed"
    for details in (code, CODES[code], f"{code}: {CODES[code]}.", f"{CODES[code]} ({code})"):
        assert status_of(status, details) == EXPECTED[code], details


def test_the_nine_statuses_can_all_be_told() -> None:
    told = {reason or state.value for state, reason in EXPECTED.values()} - {"sent"}
    assert told == {"delivered", *(reason for reason in get_args(Reason) if reason)}
    assert len(told) == 9


def test_what_the_stand_in_says_by_itself_is_understood() -> None:
    assert status_of(*ARRIVED) == (TextState.DELIVERED, "")
    assert status_of(*BLOCKED) == (TextState.FAILED, "opted_out")
    assert status_of(*UNVERIFIED) == (TextState.FAILED, "other")


@pytest.mark.parametrize(
    ("status", "details"), [("Failed", ""), ("", ""), ("Expired", "?"), ("Failed", "+16085554007"), ("Failed", "14007")]
)
def test_what_is_not_known_is_another_failure(status: str, details: str) -> None:
    """Digits of a number or of a longer code are no code."""
    assert status_of(status, details) == (TextState.FAILED, "other")


def test_a_typographic_apostrophe_is_one() -> None:
    assert status_of("Failed", "Destination number doesn\N{RIGHT SINGLE QUOTATION MARK}t exist")[1] == "no_such_number"


@pytest.mark.parametrize("state", [TextState.SENDING, TextState.SENT, TextState.UNKNOWN])
@pytest.mark.parametrize("code", EXPECTED)
async def test_a_report_ends_what_is_open(state: TextState, code: str) -> None:
    visits = OneVisit(a_text(state))
    text = await noted(visits, a_report(code))
    assert (text.state, text.reason, text.message_id) == (*EXPECTED[code], "Outgoing_1")
    assert visits.record.visit.facts_due


@pytest.mark.parametrize("name", ["Tag", "tag"])
async def test_the_tag_is_found_under_both_of_its_names(name: str) -> None:
    assert (await noted(OneVisit(a_text(TextState.SENT)), a_report(name=name))).state is TextState.DELIVERED


@pytest.mark.parametrize("code", EXPECTED)
async def test_nhs_the_same_report_again_is_taken_and_writes_nothing(code: str) -> None:
    visits = OneVisit(a_text(TextState.SENT))
    await noted(visits, a_report(code))
    writes = visits.writes
    await noted(visits, a_report(code), a_report(code))
    assert visits.writes == writes == 1


@pytest.mark.parametrize(
    "state",
    [
        TextState.DUE,
        TextState.MISSED,
        TextState.OPTED_OUT,
        TextState.SUPERSEDED,
        TextState.WITHHELD,
        TextState.DELIVERED,
    ],
)
async def test_a_report_about_what_is_not_open_changes_nothing(state: TextState) -> None:
    visits = OneVisit(a_text(state))
    assert (await noted(visits, a_report("4004"), a_report())).state is state
    assert visits.writes == 0


async def test_reports_of_two_attempts_end_in_one_state_in_any_order() -> None:
    """The gateway had forgotten the id: the text left a second time, and that one arrived."""
    first, second = a_report("4006", "Outgoing_1"), a_report("2000", "Outgoing_2")
    for order in permutations((first, second, first)):
        for standing in ("", "Outgoing_2"):
            text = await noted(OneVisit(a_text(TextState.SENT, standing)), *order)
            assert (text.state, text.reason, text.message_id) == (TextState.DELIVERED, "", "Outgoing_2")


async def test_the_failure_of_an_earlier_attempt_is_not_that_of_the_text() -> None:
    visits = OneVisit(a_text(TextState.SENT, "Outgoing_2"))
    assert (await noted(visits, a_report("4006", "Outgoing_1"))).state is TextState.SENT


@pytest.mark.parametrize(
    "text", ["a visit", "demo2amer/BBBBBBBBBBBBBBBBBBBB/x:scheduled:1", f"{KEY}/other", "//", "\x00"]
)
async def test_a_tag_that_is_of_no_text_of_ours_is_nothing_to_us(text: str) -> None:
    visits = OneVisit(a_text(TextState.SENT))
    await noted(visits, a_report(text=text), {"deliveryStatus": "Delivered"}, {})
    assert visits.writes == 0
