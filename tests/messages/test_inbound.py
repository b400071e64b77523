"""What becomes of a patient's reply."""

from dataclasses import dataclass, field
from typing import cast

import pytest

from shared.adapters.gateway import Outgoing, Sent
from shared.messages.inbound import HELP, Replies
from shared.messages.optouts import OptOuts
from shared.messages.words import TEXTS
from shared.organisations.connection import Connection, ConnectionState, SmsRules
from shared.organisations.connections import Connections
from tests.builders import RING, StillClock
from tests.memory import MemoryTables
from tests.work.simulation import SENDER, TENANT, StillKeys

PHONE = "+16085550143"


@dataclass
class Counter:
    """A gateway that takes each id once, as the real one does."""

    repeatable: bool = True
    sent: dict[str, Outgoing] = field(default_factory=dict)

    async def send(self, text: Outgoing) -> Sent:
        known = self.sent.setdefault(text.id, text)
        assert known.first_attempt == text.first_attempt, "the same id again must be the same request"
        return Sent("message")


@dataclass
class Some:
    """The connections of a stamp."""

    found: list[Connection]

    async def sending(self) -> list[Connection]:
        return self.found


class Patient:
    """Who writes back, and what they get."""

    def __init__(self) -> None:
        self.clock, self.gateway, self.tables = StillClock(), Counter(), MemoryTables()
        keys = StillKeys(RING)
        self.optouts = OptOuts(self.tables, keys, self.clock)
        connection = Connection(
            "demo2amer", TENANT, "https://ehr.example.org", "production", "America/Chicago", "",
            state=ConnectionState.APPROVED,
            sms=SmsRules(enabled=True, sender=SENDER, organisation="Lakeside Clinic"),
        )  # fmt: skip
        connections = cast("Connections", Some([connection]))
        self.replies = Replies(self.optouts, connections, lambda _: self.gateway, keys, self.clock)

    async def writes(self, message: str, **more: str) -> None:
        # As Event Grid tells it, without the plus signs.
        await self.replies.heed({"from": PHONE[1:], "to": SENDER[1:], "message": message} | more)

    async def stopped(self) -> bool:
        return await self.optouts.stopped(SENDER, PHONE)


@pytest.mark.parametrize("message", ["STOP", "Stop.", "please stop", "alto", "arrêt", "parar", "停止", "توقف", "dừng"])
async def test_sinch_stop_holds_for_a_number_never_seen_and_is_not_answered(message: str) -> None:
    patient = Patient()
    await patient.writes(message)
    assert await patient.stopped()
    assert patient.gateway.sent == {}


async def test_stop_again_changes_nothing_and_start_undoes_it() -> None:
    patient = Patient()
    await patient.writes("stop")
    await patient.writes("STOP")
    await patient.writes("START")
    assert not await patient.stopped()


async def test_sinch_a_family_that_shares_a_phone_is_stopped_once_for_all() -> None:
    """The opt-out is the number's: it does not ask which patient wrote."""
    patient = Patient()
    await patient.writes("stop")
    assert await patient.optouts.stopped(SENDER, PHONE)
    assert not await patient.optouts.stopped("+18445550999", PHONE)


@pytest.mark.parametrize("message", ["I can't stop coughing", "see you at the bus stop", "thanks", "yes", ""])
async def test_what_asks_for_nothing_changes_nothing_and_leaves_no_trace(message: str) -> None:
    patient = Patient()
    await patient.writes(message)
    assert patient.tables.dump("optouts") == []
    assert patient.gateway.sent == {}


@pytest.mark.parametrize(("word", "language"), [("HELP", "en"), ("ayuda", "es"), ("aide", "fr"), ("帮助", "zh")])
async def test_help_is_answered_in_its_language_with_the_organisation_and_the_way_out(word: str, language: str) -> None:
    patient = Patient()
    await patient.writes(word)
    (text,) = patient.gateway.sent.values()
    assert text.to == PHONE
    assert text.sender == SENDER
    assert "Lakeside Clinic" in text.text
    assert text.text.count("STOP") == 1
    assert HELP[language].split()[-1] in text.text


async def test_help_is_answered_once_in_ten_minutes_however_often_the_event_comes() -> None:
    patient = Patient()
    for _ in range(3):
        await patient.writes("help")
    assert len(patient.gateway.sent) == 1
    patient.clock.pass_time(minutes=11)
    await patient.writes("help")
    assert len(patient.gateway.sent) == 2


async def test_an_event_that_comes_again_much_later_is_not_answered_again() -> None:
    """Event Grid delivers at least once, for up to a day."""
    patient = Patient()
    await patient.writes("help", receivedTimestamp="2026-11-23T10:09:59.1234567Z")
    patient.clock.pass_time(hours=3)
    await patient.writes("help", receivedTimestamp="2026-11-23T10:09:59.1234567Z")
    assert len(patient.gateway.sent) == 1


async def test_help_without_a_readable_time_is_answered_all_the_same() -> None:
    patient = Patient()
    await patient.writes("help", receivedTimestamp="today")
    assert len(patient.gateway.sent) == 1


async def test_who_opted_out_gets_no_help_either() -> None:
    patient = Patient()
    await patient.writes("stop")
    await patient.writes("help")
    assert patient.gateway.sent == {}


def test_help_is_there_in_every_language_of_the_texts() -> None:
    assert set(HELP) == set(TEXTS)


async def test_sinch_no_number_of_a_patient_is_at_rest_or_in_a_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    patient = Patient()
    await patient.writes("stop")
    assert PHONE[2:] not in str(patient.tables.dump("optouts"))
    assert PHONE[2:] not in caplog.text
