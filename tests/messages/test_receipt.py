"""The whole intake over storage in memory: what is answered, what is stored, what a replay and a repetition do, at what cost."""

import gzip
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any, cast

import pytest

from local.epic.cms import hl7_signature
from shared.errors import Refused
from shared.messages.receipt import Receipt, Receipts
from shared.messages.transport import MEDIA_TYPES
from shared.organisations.connection import SmsRules
from shared.organisations.sightings import Sightings
from shared.visits.store import Visits
from shared.visits.visit import VisitKey
from shared.work.alarms import TableAlarms
from shared.work.moments import Rules
from tests.builders import NOW, RING, RULES, StillClock
from tests.memory import MemoryQueues, MemoryTables
from tests.messages.feed import CONNECTION, URL, Feed
from tests.messages.make import a_message
from tests.messages.test_verify_token import RSA, a_token
from tests.work.simulation import StillKeys

WAYS = ["token", "cms"]
SMS = SmsRules(enabled=True, sender="+18445550100", organisation="Lamna")


class Seen:
    """What the health page is told."""

    def __init__(self) -> None:
        self.refusals: list[str] = []

    def message(self, _: str) -> None:
        """One was taken."""

    def refused_message(self, _: str | None, code: str) -> None:
        self.refusals.append(code)


class Intake:
    """One connection's intake; `signed` makes the headers of a body in either way, each a second after the last."""

    def __init__(self) -> None:
        self.clock = StillClock()
        self.tables, self.queues, self.seen = MemoryTables(), MemoryQueues(), Seen()
        feed = Feed(self.clock, RSA[1], sms=SMS)
        self.visits = Visits(self.tables, TableAlarms(self.tables, self.queues, self._rules), self.clock)
        self._receipts = Receipts(feed.verifier, self.visits, StillKeys(RING), cast("Sightings", self.seen), self.clock)

    async def _rules(self, _: str) -> Rules:
        return RULES

    def signed(self, body: bytes, way: str) -> dict[str, str]:
        self.clock.pass_time(seconds=1)
        if way == "cms":
            return {"hl7-signature": hl7_signature(body, *RSA, now=self.clock().timestamp())}
        token = a_token(now=self.clock(), body_sha256=sha256(body).hexdigest())
        return {"authorization": f"Bearer {token}"}

    async def post(
        self, body: bytes | str, way: str = "token", headers: Mapping[str, str] | None = None, **more: str
    ) -> Receipt:
        """Posts it, signed unless `headers` bring their own proof."""
        data = body.encode() if isinstance(body, str) else body
        proof = self.signed(data, way) if headers is None else headers
        kind = {"content-type": "application/hl7-v2; charset=utf-8"}
        given = {**kind, **proof, **{name.replace("_", "-"): value for name, value in more.items()}}
        sent = gzip.compress(data) if "gzip" in given.get("content-encoding", "") else data
        return await self._receipts.receive(sent, given, URL, CONNECTION)

    async def tell_all(self) -> None:
        """As if the texts that are due had been sent."""
        for key in {VisitKey(row["PartitionKey"][:9], row["RowKey"][:20]) for row in self.tables.dump("visits")}:
            await self.visits.change(key, lambda record: record and replace(record, texts={}))

    def texts(self) -> list[str]:
        """Which texts stand in storage."""
        return sorted(row["kind"] for row in self.tables.dump("visits") if ":text:" in row["RowKey"])

    def everything(self) -> Any:
        return [self.tables.dump(table) for table in ("visits", "work")], list(self.queues.messages)


def booking(event: str = "S12", csn: str = "900100001", **fields: str) -> str:
    """A message sent at NOW about a visit two days later; `fields` as of `a_message`."""
    usual = {"msh7": f"{NOW:%Y%m%d%H%M%S%z}", "sch2": csn, "pv119": csn}
    return a_message(event=event, start=f"{NOW + timedelta(days=2):%Y%m%d%H%M%S%z}", changes=usual | fields)


@pytest.fixture
def intake() -> Intake:
    return Intake()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("media", MEDIA_TYPES)
@pytest.mark.parametrize("coding", ["", "gzip"])
async def test_a_message_is_answered_in_its_own_type_compressed_or_not(
    intake: Intake, way: str, media: str, coding: str
) -> None:
    answer = await intake.post(booking(), way, content_type=f"{media}; charset=utf-8", content_encoding=coding)
    assert (answer.status, answer.media_type) == (200, f"{media}; charset=utf-8")
    assert "\rMSA|AA|SYN0001\r" in answer.body
    assert intake.texts() == ["scheduled"]


@pytest.mark.parametrize("way", WAYS)
async def test_a_signature_over_the_compressed_bytes_is_not_one_of_the_message(intake: Intake, way: str) -> None:
    """HL7 over HTTP, 3.0: what is signed is the message before compression."""
    body = booking().encode()
    with pytest.raises(Refused, match=r"hl7\.signature_invalid"):
        await intake.post(body, headers=intake.signed(gzip.compress(body), way), content_encoding="gzip")
    assert intake.everything() == ([[], []], [])


@pytest.mark.parametrize("way", WAYS)
async def test_the_same_message_signed_anew_is_acknowledged_and_changes_nothing(intake: Intake, way: str) -> None:
    first = await intake.post(booking(), way)
    before = intake.everything()
    for other in WAYS:
        again = await intake.post(booking(), other)
        assert again.body.split("\r")[1] == first.body.split("\r")[1] == "MSA|AA|SYN0001"
    assert intake.everything() == before
    assert intake.texts() == ["scheduled"]


@pytest.mark.parametrize("way", WAYS)
async def test_the_same_proof_again_is_refused(intake: Intake, way: str) -> None:
    body = booking().encode()
    proof = intake.signed(body, way)
    await intake.post(body, headers=proof)
    before = intake.everything()
    with pytest.raises(Refused, match=r"hl7\.replayed"):
        await intake.post(body, headers=proof)
    assert intake.everything() == before
    assert intake.seen.refusals == ["hl7.replayed"]


@pytest.mark.parametrize("way", WAYS)
async def test_a_replay_is_refused_for_as_long_as_its_proof_is_good(intake: Intake, way: str) -> None:
    """Whether by the token seen or by the times, and also after other messages have come for the visit."""
    body = booking().encode()
    proof = intake.signed(body, way)
    await intake.post(body, headers=proof)
    for minute in range(12):
        intake.clock.pass_time(minutes=1)
        later = (NOW + timedelta(minutes=minute + 5)).strftime("%Y%m%d%H%M%S+0000")
        await intake.post(
            booking(event="S14", pid15=("spa", "eng")[minute % 2]).replace("|20261124150000", f"|{later[:14]}")
        )
        with pytest.raises(Refused, match=r"hl7\.(replayed|signature_invalid)"):
            await intake.post(body, headers=proof)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("envelope", [True, False], ids=["batch", "glued"])
async def test_each_message_of_a_body_gets_its_acknowledgement_in_order(
    intake: Intake, way: str, *, envelope: bool
) -> None:
    parts = [
        booking(msh10="M1", csn="900100001"),
        booking(msh10="M2", msh9="ADT^A08"),
        booking(msh10="M3", csn=""),
        booking(msh10="M4", csn="900100004"),
    ]
    whole = "".join(parts)
    if envelope:
        whole = f"FHS|^~\\&|A\rBHS|^~\\&|A||||2026||||B7\r{whole}BTS|4\rFTS|1\r"
    body = whole.encode()
    proof = intake.signed(body, way)
    answer = (await intake.post(body, headers=proof)).body.split("\r")
    assert [line for line in answer if line.startswith("MSA")] == [
        "MSA|AA|M1",
        "MSA|AR|M2|Only scheduling messages (SIU) are taken here.",
        "MSA|AE|M3|The message has no visit number (SCH-2, PV1-19 or SCH-1).",
        "MSA|AA|M4",
    ]
    assert (answer[0].split("|")[-1], answer[-3:]) == ("B7" if envelope else "", ["BTS|4", "FTS|1", ""])
    assert intake.texts() == ["scheduled", "scheduled"]
    before = intake.everything()
    with pytest.raises(Refused, match=r"hl7\.replayed"):
        await intake.post(body, headers=proof)
    assert intake.everything() == before


async def test_who_wants_no_answer_gets_an_empty_one(intake: Intake) -> None:
    answer = await intake.post(booking(msh15="NE", msh16="NE"))
    assert (answer.status, answer.body) == (200, "")
    assert intake.texts() == ["scheduled"]


@pytest.mark.parametrize("way", WAYS)
async def test_an_intake_costs_few_requests(intake: Intake, way: str) -> None:
    """New: read, alarm, transaction; after that the old alarm goes too. One more tells a worker of a text that is due."""
    costs = []
    later = f"^^^{NOW + timedelta(days=3):%Y%m%d%H%M%S%z}"
    for message in (booking(), booking("S13", sch11=later), booking("S15")):
        intake.tables.requests, intake.queues.requests = Counter(), Counter()
        assert "|AA|" in (await intake.post(message, way)).body
        costs.append((intake.tables.requests.total(), intake.queues.requests.total()))
        await intake.tell_all()
    assert all(cost <= most for cost, most in zip(costs, [(3, 1), (4, 1), (4, 1)], strict=True))
