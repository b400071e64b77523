"""The reader of HL7's form: delimiters, escapes, segments and fields, and headers that make no sense."""

import pytest

from shared.messages.fields import NULL, Segment
from shared.messages.hl7 import Message, NotHl7
from tests.messages.make import a_message, read

TEXT = a_message()


def segment(line: str, marks: str = "|^~\\&") -> Segment:
    """A segment within a message that declares `marks`."""
    found = Message.parse(f"MSH{marks}{marks[0]}A\r{line}").first(line[:3])
    assert found
    return found


@pytest.mark.parametrize("marks", ["|^~\\&", "#*~\\&", ":;~\\&", "|^~\\&#", "!@%?*", "|^~\\", "|^~", "|^", "$+-/_"])
def test_the_delimiters_are_those_of_the_message(marks: str) -> None:
    padded = marks.ljust(5, "\x00")
    bar, component, repetition, _, subcomponent = list(padded[:5])
    line = bar.join(["PV1", f"A{component}B{subcomponent}C{component}D{repetition}E", "", "F"])
    found = segment(line, marks)
    assert found.field(0) == "PV1"
    assert found.component(1) == "A"
    assert found.component(1, 2) == ("B" if len(marks) > 4 else "B\x00C")
    assert found.component(1, 3) == ("D" if len(marks) > 2 else "D\x00E")
    assert found.component(3) == "F"
    assert len(found.repetitions(1)) == (2 if len(marks) > 2 else 1)


def test_mirth_3065_a_message_with_other_separators_is_read_and_answered_in_them() -> None:
    text = a_message().replace("|", ":").replace("^", ";")
    assert read(text) == read(a_message())


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("a\\F\\b", "a|b"),
        ("a\\S\\b", "a^b"),
        ("a\\T\\b", "a&b"),
        ("a\\R\\b", "a~b"),
        ("a\\E\\b", "a\\b"),
        ("\\E\\T\\E\\", "\\T\\"),  # an escaped escape is not an escape
        ("\\F\\\\S\\\\T\\", "|^&"),
        ("\\X48\\\\X49\\", "HI"),
        ("\\X4849\\", "HI"),
        ("\\XC3A9\\", "é"),
        ("\\XE9\\", "é"),
        ("\\X4\\", "\\X4\\"),
        ("\\XZZ\\", "\\XZZ\\"),
        ("\\X\\", "\\X\\"),
        ("a\\.br\\b", "a\nb"),
        ("\\H\\bold\\N\\ plain", "bold plain"),
        ("\\C2842\\", "\\C2842\\"),
        ("\\M2842AA\\", "\\M2842AA\\"),
        ("\\Zlocal\\", "\\Zlocal\\"),
        ("\\.sp3\\", "\\.sp3\\"),
        ("\\P\\", "\\P\\"),  # no truncation character is declared
        (
            "C:\\TEMP and 50\\Zunknown\\ end",
            "C:\\TEMP and 50\\Zunknown\\ end",
        ),  # python-hl7 drops text here, and logs it
        ("C:\\TEMP\\F\\x", "C:\\TEMP|x"),
        ("50\\", "50\\"),
        ("\\", "\\"),
        ("\\\\", "\\\\"),
        ("\\f\\", "\\f\\"),
        ("plain", "plain"),
    ],
)
def test_escapes_mean_what_the_standard_says_and_everything_else_stays(raw: str, expected: str) -> None:
    assert segment(f"NTE|1||{raw}").component(3) == expected


def test_escapes_follow_the_message_s_own_delimiters() -> None:
    assert segment("NTE#a?F?b?S?c?T?d?R?e?E?f\\F\\", "#*%?@").component(1) == "a#b*c@d%e?f\\F\\"


def test_the_truncation_escape_works_where_2_7_declares_it() -> None:
    assert segment("NTE|a\\P\\b", "|^~\\&#").component(1) == "a#b"


def test_a_message_without_an_escape_character_keeps_its_backslashes() -> None:
    assert segment("NTE|a\\F\\b", "|^~").component(1) == "a\\F\\b"


def test_what_is_absent_is_empty_and_null_is_told_from_it() -> None:
    found = segment('PID|1||""|^^|A')
    assert found.field(2) == ""
    assert found.field(3) == NULL
    assert found.component(3) == NULL
    assert found.component(4, 2) == ""
    assert found.component(5, 2) == ""
    assert found.field(99) == ""
    assert found.component(99, 3) == ""
    assert found.repetitions(99) == []


def test_fields_of_msh_are_counted_as_the_standard_counts_them() -> None:
    header = Message.parse(TEXT).header
    assert header.field(1) == "|"
    assert header.field(2) == "^~\\&"
    assert header.field(3) == "EPICSCH"
    assert header.field(12) == "2.3"


def test_the_header_s_facts() -> None:
    text = "MSH|^~\\&|APP^1.2^ISO|FAC|OUR|HOSP|20261123||SIU^S12^SIU_S12| id&1^x|T^A|2.5.1^USA|||AL|NE|\r"
    message = Message.parse(text)
    assert message.control_id == " id&1^x"  # exactly as sent: a public sample begins with a space
    assert message.message_type == ("SIU", "S12")
    assert (message.version, message.processing_id) == ("2.5.1", "T")
    assert (message.accept_ack, message.application_ack) == ("AL", "NE")


def test_segments_come_in_the_order_sent_and_only_under_their_whole_name() -> None:
    message = Message.parse("MSH|^~\\&|A\rPIDX|0\rPV1|0\rPID|1\rPV1|1\rPID\rPID|2\rNTE|1|PID|9\r")
    assert [found.field(1) for found in message.each("PID")] == ["1", "2"]
    assert [found.field(1) for found in message.each("PV1")] == ["0", "1"]
    first = message.first("PID")
    assert first
    assert first.field(1) == "1"
    assert message.first("SCH") is None
    assert message.each("SCH") == []
    header = message.first("MSH")
    assert header
    assert header.field(0) == "MSH"


def test_a_group_goes_from_one_segment_of_a_name_to_the_next() -> None:
    message = Message.parse("MSH|^~\\&|A\rPV1|0\rPID|1\rPV1|1\rPID|2\rPID|3\rNTE|1\rPV1|3")
    groups = message.groups("PID")
    assert [[found.field(1) for found in group.each("PV1")] for group in groups] == [["1"], [], ["3"]]
    assert message.groups("SCH") == []


@pytest.mark.parametrize(
    "text",
    [
        "MSH|", "MSH|^", "MSH|^~\\&", "MSH||A|B", "MSH|^^~|A", "MSH|^~\\&|".replace("^", "|"), "MSH|abc|A", "MSH|^~\\&#%|A",
        'MSH|"~\\&|A', "MSH ^~\\& A", "MSH|^~ &|A", "MSH|^~\rPID|A", "", "PID|1",
    ],
)  # fmt: skip
def test_python_hl7_index_errors_a_header_cut_short_or_without_sense_is_not_hl7(text: str) -> None:
    """python-hl7 0.4.5 raises IndexError on `MSH` and `MSH|`, and takes `MSH|^` for a message."""
    with pytest.raises(NotHl7):
        Message.parse(text)
