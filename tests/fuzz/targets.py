"""What is fuzzed: everything that is done with a stranger's bytes before anything is stored.

Each target takes any bytes and returns; what it asserts, and that nothing but an `Hl7Error` escapes from the readers, is
the test. Shared by the fuzzer (`scripts/fuzz`), the replay of its seeds and the tests with Hypothesis.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import phonenumbers

from shared.messages import ack, charsets, hl7, phones, siu, times
from shared.messages.hl7 import Hl7Error, Message

NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)
ZONES = tuple(ZoneInfo(name) for name in ("America/Chicago", "Australia/Lord_Howe", "Pacific/Apia", "UTC"))
CHARSETS = (None, "utf-8", "utf-16", "8859/1", "big5", "gb18030", "nonsense")
REGIONS = ("US", "GB", "DE", "IN", "")


def read_body(data: bytes) -> None:
    """A request's body, from its bytes to the acknowledgements. The first byte chooses what a request has beside it."""
    choice, body = data[0] if data else 0, data[1:]
    charset = CHARSETS[choice % len(CHARSETS)]
    zone = ZONES[choice // 8 % len(ZONES)]
    try:
        messages = [Message.parse(text) for text in hl7.split(body, charset)]
        batch_id = hl7.batch_id(body, charset)
    except Hl7Error:
        return
    answers = [_handle(message, zone, environment="testing" if choice % 2 else "production") for message in messages]
    if any(answers):
        answer = ack.batch(answers, messages[0], now=NOW, control_id="OUR2", batch_id=batch_id or "")
        assert len(hl7.split(answer.encode())) == sum(map(bool, answers))


def _handle(message: Message, zone: ZoneInfo, *, environment: str) -> str:
    error = None
    try:
        found = siu.read(message, zone=zone, region="US", environment=environment, landlines=True, received=NOW)
    except siu.Rejected as rejected:
        error = rejected
    except siu.Ignored:
        pass
    else:
        _sound(found)
    answer = ack.acknowledge(message, "AA", now=NOW, control_id="OUR1", error=error)
    if answer:
        # Whatever the message holds, its answer is one that its sender can read.
        back = Message.parse(answer)
        assert back.delimiters == message.delimiters
        said = back.first("MSA")
        assert said is not None
        assert said.field(2) == message.control_id
        assert answer.count("\r") == (3 if back.first("ERR") else 2)
    return answer


def _sound(found: siu.Appointment) -> None:
    """What the rest of the product relies on."""
    assert found.session_id
    assert len(found.session_id) <= 64
    assert found.session_id.isprintable()
    assert 0 < found.duration_minutes <= 24 * 60
    assert found.start is not None or found.event in {"S15", "S16", "S17", "S26"}
    for moment in (found.start, found.sent_at):
        assert moment is None or (moment.tzinfo is UTC and 1899 <= moment.year <= 2201)
    assert found.department is None or 0 < len(found.department) <= 64
    for patient in found.patients:
        assert patient.language is None or (len(patient.language) == 2 and patient.language.isascii())
        assert patient.phone is None or patient.phone_given
        assert patient.phone is None or phonenumbers.is_valid_number(phonenumbers.parse(patient.phone))
    names = [patient.session_id for patient in found.patients]
    assert len(set(names)) == len(names)


def read_time(data: bytes) -> None:
    """One time, as text, in each zone."""
    text = data.decode("utf-8", "replace")
    for zone in ZONES:
        sent = times.sent(text, zone, NOW)
        try:
            when = times.instant(text, zone, sent.offset)
        except times.BadTime:
            assert sent.utc is None
            continue
        assert when.utc.tzinfo is UTC
        assert when.note in {"", "gap", "fold"}
        # A gap moves a time on by less than a day; all else comes back to the same local time.
        assert sent.utc is not None
        assert abs(sent.utc - when.utc) <= timedelta(days=1)
    times.minutes_of(text, "MIN")
    times.minutes_of_timing(text)


def choose_phone(data: bytes) -> None:
    """The phone fields of a patient."""
    region = REGIONS[data[0] % len(REGIONS)] if data else "US"
    text = charsets.decode(data[1:]).replace("\r", " ").replace("|", " ")
    person = Message.parse(f"MSH|^~\\&|A\rPID|{'|' * 12}{text}|{text[::-1]}").first("PID")
    assert person is not None
    for landlines in (False, True):
        choice = phones.choose(person, region, landlines=landlines)
        if choice.number is not None:
            assert choice.given
            assert phonenumbers.is_valid_number(phonenumbers.parse(choice.number))


TARGETS: dict[str, Callable[[bytes], None]] = {"body": read_body, "time": read_time, "phone": choose_phone}
