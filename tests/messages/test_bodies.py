"""From a request's body to single messages: framing, character sets, batches, limits, and what is no HL7 at all."""

import codecs

import pytest

from shared.messages import charsets, hl7
from shared.messages.hl7 import Message, NotHl7, TooLarge
from tests.messages.make import a_message, read

TEXT = a_message()


@pytest.mark.parametrize(
    "body",
    [
        TEXT.encode(),
        b"\x0b" + TEXT.encode() + b"\x1c\r",
        b"\x0b" + TEXT.encode() + b"\x1c",
        TEXT.encode() + b"\x1c",
        codecs.BOM_UTF8 + TEXT.encode(),
        TEXT.encode("utf-16"),
        TEXT.replace("\r", "\n").encode(),
        TEXT.replace("\r", "\r\n").encode(),
        TEXT.rstrip("\r").encode(),
        b"\r\n\r\n" + TEXT.encode() + b"\r\n\r\n",
        TEXT.replace("\r", "\r\r").encode(),
        TEXT.encode() + b"\x00\x00",
    ],
    ids=[
        "CR",
        "MLLP",
        "MLLP-no-CR",
        "stray-FS",
        "BOM",
        "UTF-16",
        "LF",
        "CRLF",
        "no-last-CR",
        "blank-lines",
        "doubled-CR",
        "NULs",
    ],
)
def test_every_way_of_framing_a_message_reads_the_same(body: bytes) -> None:
    assert read(body) == read(TEXT)


@pytest.mark.parametrize(
    ("sent_as", "msh18", "parameter"),
    [
        ("utf-8", "", None),
        ("utf-8", "", "utf-8"),
        ("utf-8", "", '"UTF-8"'),
        ("utf-8", "UNICODE UTF-8", None),
        ("utf-8", "UNICODE", None),
        ("utf-8", "8859/1", "UTF-8"),  # HL7 over HTTP: the parameter wins
        ("iso8859-1", "8859/1", None),
        ("iso8859-1", "8859/1~UNICODE UTF-8", None),
        ("iso8859-1", "", "ISO-8859-1"),
        ("iso8859-15", "8859/15", None),
        ("cp1252", "", None),  # nothing declared, and not UTF-8
        ("cp1252", "", "utf-8"),  # declared and wrong
        ("cp1252", "ASCII", None),  # declared and wrong
        ("utf-8", "ASCII", None),
        ("cp1252", "NO SUCH SET", "nor-this"),
        ("utf-16-le", "", "utf-16"),
    ],
)
def test_the_declared_character_set_is_used_unless_the_bytes_contradict_it(
    sent_as: str, msh18: str, parameter: str | None
) -> None:
    text = a_message(pv13="10501^^^CARDIOLOGÍA", msh18=msh18)
    (found,) = hl7.split(text.encode(sent_as), parameter)
    assert Message.parse(found).each("PV1")[0].component(3, 4) == "CARDIOLOGÍA"


@pytest.mark.parametrize("part", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15])
def test_every_latin_set_of_table_0211_is_known(part: int) -> None:
    letter = bytes([0xE1]).decode(f"iso8859-{part}")
    assert charsets.decode(f"MSH|^~\\&|{'|' * 15}8859/{part}\rNTE|{letter}".encode(f"iso8859-{part}")).endswith(letter)


@pytest.mark.parametrize("name", ["utf-7", "unicode_escape", "idna", "zlib", "rot13", "hex", "", "8859/12", "8859/99"])
def test_a_sender_cannot_choose_among_all_codecs(name: str) -> None:
    assert charsets.codec_named(name) is None
    assert charsets.decode(b"MSH|+AHw-", name) == "MSH|+AHw-"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\r\n",
        b"hello",
        b"{}",
        b"MSA|AA|1",
        b"PID|1\rMSH|^~\\&|A|B\r",
        b"FHS|^~\\&|A\rFTS|0",
        b"MSH",
        b"MSHABCDEFG",
        b"\x0b\x1c\r",
        bytes(range(256)),
    ],
)
def test_what_does_not_begin_as_hl7_is_refused_whole(body: bytes) -> None:
    with pytest.raises(NotHl7) as refused:
        hl7.split(body)
    assert refused.value.code == "hl7.not_hl7"


def test_a_batch_is_split_into_its_messages() -> None:
    one, two = a_message(msh10="B1"), a_message(msh10="B2", event="S15")
    body = f"FHS|^~\\&|A\rBHS|^~\\&|A|B|C|D|2026||||BATCH1\r{one}{two}BTS|2\rFTS|1\r".encode()
    assert [Message.parse(text).control_id for text in hl7.split(body)] == ["B1", "B2"]
    assert hl7.batch_id(body) == "BATCH1"
    assert all("BTS" not in text for text in hl7.split(body))


@pytest.mark.parametrize("glue", ["", "\r", "\n", "\x1c\r\x0b", "\x1c\x0b", "\x1c\r\n\x0b"])
def test_messages_sent_one_behind_the_other_are_split(glue: str) -> None:
    body = (
        f"{a_message(msh10='G1')}{glue}{a_message(msh10='G2').replace('|', '#')}{glue}{a_message(msh10='G3')}".encode()
    )
    assert [Message.parse(text).control_id for text in hl7.split(body)] == ["G1", "G2", "G3"]


def test_files_put_together_keep_their_byte_order_marks_and_all_their_messages() -> None:
    one, two = a_message(msh10="G1").encode(), a_message(msh10="G2").encode()
    body = codecs.BOM_UTF8 + one + codecs.BOM_UTF8 + two
    assert [Message.parse(text).control_id for text in hl7.split(body)] == ["G1", "G2"]


def test_bytes_of_a_set_that_nothing_tells_are_read_with_a_warning_that_quotes_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    hl7.split(a_message(pv13="10501^^^CARDIOLOGÍA").encode("utf-8"))
    assert not caplog.records
    hl7.split(a_message(pv13="10501^^^CARDIOLOGÍA").encode("cp1252"))
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "cp1252" in caplog.text
    assert "CARDIO" not in caplog.text


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("FHS|^~\\&|A|B|C|D|2026||||F9\r", "F9"),
        ("BHS|^~\\&\r", ""),
        ("", None),
        ("FHS|^~\\&\rBHS#*~\\&#A#B#C#D#E###Y#X#\r", "X"),
    ],
)
def test_a_batch_is_known_by_its_header(start: str, expected: str | None) -> None:
    assert hl7.batch_id(start.encode() + TEXT.encode()) == expected


def test_mirth_1665_a_message_of_1_6_mb_is_refused_before_it_is_read() -> None:
    """Mirth took about 15 minutes, python-hl7 14 seconds. Refusing reads nothing, so it is the same for 100 times that."""
    body = TEXT.encode() + b"NTE|1||note\r" * 140_000
    assert len(body) > 1_600_000
    with pytest.raises(TooLarge) as refused:
        hl7.split(body)
    assert refused.value.code == "hl7.too_large"


def test_a_body_of_more_messages_than_one_request_can_answer_for_is_refused() -> None:
    one = a_message().encode()
    assert len(hl7.split(one * hl7.MAX_MESSAGES)) == hl7.MAX_MESSAGES
    with pytest.raises(TooLarge):
        hl7.split(one * (hl7.MAX_MESSAGES + 1))


def test_the_limits_are_exact() -> None:
    filled = TEXT.encode() + b"NTE|" + b"x" * (hl7.MAX_BYTES - len(TEXT) - 4)
    assert read(filled) == read(TEXT)
    with pytest.raises(TooLarge):
        hl7.split(filled + b"x")
    lines = TEXT.count("\r")
    assert read(TEXT + "NTE|1\r" * (hl7.MAX_SEGMENTS - lines)) == read(TEXT)
    with pytest.raises(TooLarge):
        read(TEXT + "NTE|1\r" * (hl7.MAX_SEGMENTS - lines + 1))
