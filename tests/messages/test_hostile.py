"""What nobody meant to send: no input makes anything but our own errors escape, or takes more than its length's time."""

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
PHONES = b"PID|1||||||||||||"


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


@pytest.mark.parametrize(
    ("lead", "unit", "tail"),
    [
        (b"NTE|1||", b"\\F\\", b""),
        (b"NTE|1||", b"\\X4", b""),
        (PHONES, b"(608)555-0143^PRN^CP~", b""),
        (PHONES, b"~", b""),
        (PHONES, b"^", b""),
        (PHONES, b"\\F\\", b"^PRN^CP"),
        (PHONES, b"\\", b"^PRN^CP"),
        (PHONES, b"\\X", b"^PRN^CP"),
        (PHONES, b"\\X4", b"^PRN^CP"),
        (PHONES, b"\\X44", b"^PRN^CP"),
        (PHONES, b"1 ", b"^PRN^CP"),
        (PHONES, b"(", b"^PRN^CP"),
        (PHONES, b"x", b"^PRN^CP"),
        (b"AIS|1||", b"|", b""),
        (b"PID|1|||||||||||||||", b"a", b""),
        (b"PID|1|||||||||||||||", b"\\X44", b""),
        (b"TQ1|1||||||", b"2", b""),
        (b"TQ1|1||||||202611241015.", b"2", b"-06"),
        (b"AIS|1||X|||||", b"2", b"|MIN"),
        (b"", b"\r", b""),
        (b"", b"PID|1\r", b""),
        (b"", b"MSH|^~\\&|A\r", b""),
        (b"NTE|1||", b"\xff", b""),
        (b"NTE|1||", b"\xc3\xa9", b""),
    ],
)
def test_the_longest_body_of_any_shape_is_read_in_its_length_s_time(lead: bytes, unit: bytes, tail: bytes) -> None:
    """Processor time of the largest body beside that of a quarter of it: in linear time four times, never sixteen."""
    head = a_message(phone="", schedule="SCH||900100001|||||||||").encode() + lead

    def seconds(size: int) -> float:
        body = head + unit * ((size - len(head) - len(tail)) // len(unit)) + tail
        rounds = []
        for _ in range(3):
            begun = time.process_time()
            intake(body)
            rounds.append(time.process_time() - begun)
        return min(rounds)

    assert seconds(hl7.MAX_BYTES) < 10 * seconds(hl7.MAX_BYTES // 4) + 0.01


def test_a_control_id_of_another_line_cannot_be_smuggled_into_the_answer() -> None:
    message = Message.parse(hl7.split(a_message(msh10="1\\X0D\\MSA", msh12="2.5").encode())[0])
    assert ack.acknowledge(message, "AA", now=NOW, control_id="O").count("\r") == 2
