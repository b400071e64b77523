"""What nobody meant to send: no input makes anything but our own errors escape, or takes more than its length's time."""

import sys
from datetime import UTC, datetime
from types import FrameType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.siu_messages import hostile
from shared.messages import ack, hl7, siu
from shared.messages.hl7 import Hl7Error, Message
from tests.messages.make import CHICAGO, SAMPLES, a_message

NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)
BODIES = [path.read_bytes() for path in sorted(SAMPLES.glob("*.hl7"))]
PIECES = [
    b"|",
    b"^",
    b"~",
    b"\\",
    b"&",
    b"\r",
    b"\n",
    b"\x0b",
    b"\x1c",
    b'""',
    b"\\F\\",
    b"\\X",
    b"\\E\\",
    b"MSH",
    b"MSH|^~\\&|",
]
PIECES += [
    b"PID|",
    b"BHS|",
    b"\xff",
    b"\x00",
    b"~" * 60,
    b"9" * 30,
    b"20261332",
    b"\xef\xbb\xbf",
    b"+2599",
    b"-",
    b"(011)",
]
WANTED = [
    "msh7",
    "msh9",
    "msh10",
    "msh11",
    "msh12",
    "msh15",
    "msh18",
    "sch1",
    "sch2",
    "sch9",
    "sch10",
    "sch11",
    "pid13",
    "pid14",
    "pid15",
    "pid40",
    "pv13",
    "pv119",
]


def intake(body: bytes, charset: str | None = None) -> int:
    """All that is done with a body before anything is stored; the number of messages that were answered."""
    answered = 0
    try:
        messages = [Message.parse(text) for text in hl7.split(body, charset)]
    except Hl7Error:
        return 0
    for message in messages:
        error = None
        try:
            siu.read(message, zone=CHICAGO, region="US", environment="testing")
        except siu.Rejected as rejected:
            error = rejected
        except siu.Ignored:
            pass
        answer = ack.acknowledge(message, "AA", now=NOW, control_id="OUR1", error=error)
        if answer:
            assert answer.split("\r")[1].split(message.delimiters.field)[2] == message.control_id
        answered += 1
    hl7.batch_id(body, charset)
    return answered


@given(st.binary(max_size=400), st.sampled_from([None, "utf-8", "utf-16", "8859/1", "big5", "nonsense"]))
def test_any_bytes_are_read_or_refused(body: bytes, charset: str | None) -> None:
    intake(body, charset)
    intake(b"MSH|^~\\&|" + body, charset)


@settings(max_examples=400)
@given(st.data())
def test_a_message_broken_anywhere_is_read_or_refused(data: st.DataObject) -> None:
    body = bytearray(data.draw(st.sampled_from(BODIES)))
    for _ in range(data.draw(st.integers(1, 6))):
        start = data.draw(st.integers(0, len(body)))
        end = min(len(body), start + data.draw(st.integers(0, 30)))
        body[start:end] = data.draw(st.sampled_from(PIECES) | st.binary(max_size=8))
    intake(bytes(body))


@settings(max_examples=200)
@given(st.dictionaries(st.sampled_from(WANTED), st.text(max_size=40), max_size=6))
def test_any_text_in_any_wanted_field_is_read_or_refused(fields: dict[str, str]) -> None:
    intake(a_message(changes=fields).encode("utf-8", "surrogatepass"))


def test_a_message_cut_anywhere_is_read_or_refused() -> None:
    body = a_message(more=("TQ1|1||||||202611241015",)).encode()
    for end in range(len(body)):
        intake(body[:end])


@pytest.mark.parametrize("end", [20, 60, 90, 150])
def test_a_message_cut_short_is_not_taken_for_a_whole_one(end: int) -> None:
    text = a_message()
    with pytest.raises(Hl7Error):
        siu.read(Message.parse(hl7.split(text[:end].encode())[0]), zone=CHICAGO, region="US", environment="production")


def calls(body: bytes) -> int:
    """How many functions, ours and Python's own, are called to read a body."""
    count = 0

    def counted(frame: FrameType, event: str, arg: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    sys.setprofile(counted)
    try:
        intake(body)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("shape", hostile(0))
def test_four_times_the_length_takes_at_most_four_times_the_work(shape: str) -> None:
    """Counted, not timed. What a call costs in time is for `scripts/bench hl7_parse`, which has these same bodies."""
    large, small = hostile(hl7.MAX_BYTES)[shape], hostile(hl7.MAX_BYTES // 4)[shape]
    assert hl7.MAX_BYTES - 100 < len(large) <= hl7.MAX_BYTES
    assert calls(large) <= 4 * calls(small) + 100


def test_what_is_too_large_is_refused_without_work() -> None:
    sizes = (hl7.MAX_BYTES + 1, 1_600_000, 16_000_000)
    assert {calls(b"MSH|^~\\&|" + b"x" * size) for size in sizes} == {calls(b"y" * sizes[0])}
    assert calls(b"y" * sizes[0]) < 20


def test_a_control_id_of_another_line_cannot_be_smuggled_into_the_answer() -> None:
    message = Message.parse(hl7.split(a_message(msh10="1\\X0D\\MSA", msh12="2.5").encode())[0])
    assert ack.acknowledge(message, "AA", now=NOW, control_id="O").count("\r") == 2
