"""Acknowledgements: what the sender gets, checked also by a parser that is not ours."""

from datetime import UTC, datetime, timedelta, timezone

import hl7 as python_hl7
import pytest

from shared.messages import ack, hl7, siu
from shared.messages.hl7 import Message
from shared.messages.siu import Rejected
from tests.messages.make import CHICAGO, a_message

NOW = datetime(2026, 11, 23, 15, 0, 7, tzinfo=UTC)
NO_START = Rejected("AE", 101, "SCH^1^11", "The message has no start of the appointment.")


def acknowledged(text: str, code: str = "AA", error: Rejected | None = None) -> str:
    """The acknowledgement of a message's text."""
    return ack.acknowledge(Message.parse(text), code, now=NOW, control_id="OUR1", error=error)


def test_a_message_is_acknowledged_with_the_parties_exchanged() -> None:
    assert acknowledged(a_message()) == (
        "MSH|^~\\&|BRIDGE|LAMNA|EPICSCH|LAMNA-TST|20261123150007+0000||ACK^S12|OUR1|P|2.3\rMSA|AA|SYN0001\r"
    )


def test_the_time_has_its_offset() -> None:
    local = NOW.astimezone(timezone(timedelta(hours=-6)))
    text = ack.acknowledge(Message.parse(a_message()), "AA", now=local, control_id="OUR1")
    assert "|20261123090007-0600|" in text


@pytest.mark.parametrize(
    ("version", "event", "expected"),
    [
        ("2.3", "SIU^S12", "ACK^S12"),
        ("2.3.1", "SIU^S13", "ACK^S13^ACK"),
        ("2.5.1", "SIU^S12^SIU_S12", "ACK^S12^ACK"),
        ("2.8", "ADT^A08", "ACK^A08^ACK"),
        ("2.5", "SIU", "ACK"),
        ("2.5", "", "ACK"),
        ("odd", "SIU^S12", "ACK^S12^ACK"),
    ],
)
def test_the_type_names_the_event_and_from_2_3_1_the_structure(version: str, event: str, expected: str) -> None:
    assert f"|{expected}|OUR1|" in acknowledged(a_message(msh9=event, msh12=version))


def test_from_2_5_an_error_stands_in_err() -> None:
    assert acknowledged(a_message(msh12="2.5.1"), error=NO_START).split("\r")[1:] == [
        "MSA|AE|SYN0001",
        "ERR||SCH^1^11|101^Required field missing^HL70357|E||||The message has no start of the appointment.",
        "",
    ]


@pytest.mark.parametrize("version", ["2.1", "2.3", "2.4"])
def test_before_2_5_the_text_stands_in_msa_3_and_the_place_in_err_1(version: str) -> None:
    assert acknowledged(a_message(msh12=version), error=NO_START).split("\r")[1:] == [
        "MSA|AE|SYN0001|The message has no start of the appointment.",
        "ERR|SCH^1^11^101&Required field missing&HL70357",
        "",
    ]


@pytest.mark.parametrize(
    ("accept", "application", "good", "bad"),
    [
        ("", "", "AA", "AE"),
        ("AL", "", "CA", "CE"),
        ("AL", "NE", "CA", "CE"),
        ("AL", "AL", "CA", "CE"),
        ("ER", "NE", "", "CE"),
        ("SU", "NE", "CA", ""),
        ("NE", "NE", "", ""),
        ("NE", "AL", "AA", "AE"),
        ("", "AL", "AA", "AE"),
        ("", "ER", "", "AE"),
        ("NE", "SU", "AA", ""),
        ("ER", "AL", "AA", "CE"),
        ("??", "", "CA", "CE"),
        ("al", "", "CA", "CE"),
        (" NE ", "AL", "AA", "AE"),
        ('""', "", "AA", "AE"),
        ('""', '""', "AA", "AE"),
        ('""', "NE", "", ""),
        ("AL", "SU", "CA", "CE"),
        ("SU", "ER", "CA", "AE"),
    ],
)
def test_enhanced_mode_answers_as_msh_15_and_16_wish(accept: str, application: str, good: str, bad: str) -> None:
    text = a_message(msh15=accept, msh16=application)
    for expected, error in ((good, None), (bad, NO_START)):
        answer = acknowledged(text, error=error)
        assert (answer.split("\r")[1].split("|")[1] if answer else "") == expected


def test_a_rejection_is_cr_in_enhanced_mode() -> None:
    answer = acknowledged(a_message(msh15="AL"), error=Rejected("AR", 200, "MSH^1^9", "Not a scheduling message."))
    assert "\rMSA|CR|SYN0001|Not a scheduling message.\r" in answer


@pytest.mark.parametrize("control_id", [" 123", "1\\T\\2", "a^b&c~d", "x" * 199, "Ünï", ""])
def test_mirth_1441_the_control_id_comes_back_to_the_character(control_id: str) -> None:
    """Mirth #1441, #2070: an acknowledgement taken for another message's lost patient data."""
    answer = acknowledged(a_message(msh10=control_id))
    assert answer.split("\r")[1].split("|")[2] == control_id


@pytest.mark.parametrize("facility", ["^^", "^^ISO", "&&", "~", "A\\T\\B^1.2.3^ISO", '""', "\\"])
def test_mirth_4382_a_facility_of_bare_separators_does_not_break_the_answer(facility: str) -> None:
    header = acknowledged(a_message(msh6=facility)).split("\r")[0].split("|")
    assert header[3] == facility


@pytest.mark.parametrize("marks", ["#*~\\&", ":;~\\&", "!@%?$", "|^~\\&#", "|^~", "|^"])
def test_mirth_3065_the_answer_speaks_in_the_sender_s_separators(marks: str) -> None:
    bar, component = marks[0], marks[1]
    text = bar.join(["MSH", marks[1:], "A", "B", "C", "D", "", "", f"SIU{component}S12", "ID1", "P", "2.5"]) + "\r"
    lines = acknowledged(text, error=NO_START).split("\r")
    old = acknowledged(text.replace("2.5", "2.3"), error=NO_START).split("\r")[2].split(bar)
    condition = ["101", "Required field missing", "HL70357"] if len(marks) > 4 else ["101"]
    assert old == ["ERR", component.join(["SCH", "1", "11", marks[4:5].join(condition)])]
    assert lines[0].startswith(f"MSH{marks}{bar}C{bar}D{bar}A{bar}B{bar}")
    assert lines[1] == bar.join(["MSA", "AE", "ID1"])
    assert lines[2].split(bar)[2] == component.join(["SCH", "1", "11"])
    assert Message.parse("\r".join(lines)).control_id == "OUR1"


def test_our_own_text_is_escaped_in_the_sender_s_way() -> None:
    odd = Rejected("AE", 101, "SCH^1^2", "a|b^c&d~e\\f\rg")
    assert (
        acknowledged(a_message(msh12="2.3"), error=odd).split("\r")[1]
        == "MSA|AE|SYN0001|a\\F\\b\\S\\c\\T\\d\\R\\e\\E\\f g"
    )
    assert acknowledged(a_message(msh12="2.5"), error=odd).split("\r")[2].endswith("|a\\F\\b\\S\\c\\T\\d\\R\\e\\E\\f g")
    without_escape = "MSH|^~|A|B|C|D|||SIU^S12|SYN0001|P|2.3\r"
    assert acknowledged(without_escape, error=odd).split("\r")[1] == "MSA|AE|SYN0001|a b c&d e\\f g"


@pytest.mark.parametrize("version", ["2.3", "2.5.1", "2.8"])
@pytest.mark.parametrize("error", [None, NO_START])
@pytest.mark.parametrize("escaped_id", ["SYN0001", "A\\T\\1"])
def test_python_hl7_reads_the_answer(version: str, error: Rejected | None, escaped_id: str) -> None:
    text = a_message(msh12=version, msh10=escaped_id, msh3="APP^1.2^ISO")
    answer = python_hl7.parse(acknowledged(text, error=error))
    asked = python_hl7.parse(text)
    header, verdict = answer.segment("MSH"), answer.segment("MSA")
    assert str(verdict[2]) == str(asked.segment("MSH")[10]) == escaped_id
    assert str(verdict[1]) == ("AE" if error else "AA")
    assert str(header[5]) == "APP^1.2^ISO"
    assert str(header[9]).startswith("ACK^S12")
    assert str(header[12]) == version


def test_a_batch_is_answered_by_a_batch_with_one_acknowledgement_each() -> None:
    body = (
        f"FHS|^~\\&|A\rBHS|^~\\&|A||||2026||||B7\r{a_message(msh10='M1')}{a_message(msh10='M2')}BTS|2\rFTS|1\r".encode()
    )
    requests = [Message.parse(text) for text in hl7.split(body)]
    answers = [ack.acknowledge(each, "AA", now=NOW, control_id=f"OUR{number}") for number, each in enumerate(requests)]
    text = ack.batch(answers, requests[0], now=NOW, control_id="OURB", batch_id=hl7.batch_id(body) or "")
    lines = text.split("\r")
    assert lines[0] == "FHS|^~\\&|BRIDGE|LAMNA|EPICSCH|LAMNA-TST|20261123150007+0000||||OURB|B7"
    assert lines[1] == lines[0].replace("FHS", "BHS")
    assert lines[-3:] == ["BTS|2", "FTS|1", ""]
    (inner,) = python_hl7.parse_file(text)
    assert [str(each["MSA.F2"]) for each in inner] == ["M1", "M2"]
    assert [Message.parse(each).control_id for each in hl7.split(text.encode())] == ["OUR0", "OUR1"]


def test_messages_that_want_no_answer_are_missing_from_the_batch_s_answer() -> None:
    quiet = Message.parse(a_message(msh15="NE", msh16="NE"))
    nothing = ack.acknowledge(quiet, "AA", now=NOW, control_id="X")
    assert nothing == ""
    assert "\rBTS|0\r" in ack.batch([nothing], quiet, now=NOW, control_id="OURB")


@pytest.mark.parametrize("version", ["2.3", "2.4", "2.5.1", "2.8"])
def test_no_answer_quotes_the_message(version: str) -> None:
    patient = "ZZPATIENTZZ"
    text = a_message(
        msh7=patient, msh8=patient, msh13=patient, msh14=patient, msh18=patient, msh12=version,
        pid3=patient, pid5=patient, pid13=patient, sch2=patient, sch6=patient, sch11=f"^^^{patient}", pv13=patient,
    )  # fmt: skip
    message = Message.parse(text)
    for environment in ("production", "testing"):
        with pytest.raises(Rejected) as rejected:
            siu.read(message, zone=CHICAGO, region="US", environment=environment)
        answer = ack.acknowledge(message, "AA", now=NOW, control_id="OUR1", error=rejected.value)
        assert "\rMSA|AE|SYN0001" in answer
        assert "\rERR|" in answer
        assert patient not in answer


def test_what_is_not_ascii_is_declared_and_comes_back_as_it_was() -> None:
    header = acknowledged(a_message(msh4="CLÍNICA")).split("\r")[0].split("|")
    assert (header[5], header[17]) == ("CLÍNICA", "UNICODE UTF-8")
    assert len(acknowledged(a_message()).split("\r")[0].split("|")) == 12
