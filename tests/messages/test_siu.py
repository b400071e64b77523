"""From a message's fields to an appointment: fallbacks, answers to what is missing, group visits."""

from datetime import UTC, datetime

import pytest
from babel.core import get_global

from shared.messages import languages
from shared.messages.patients import Patient
from shared.messages.siu import Appointment, Ignored, Rejected
from tests.messages.make import a_message, read

START = datetime(2026, 11, 24, 16, 15, tzinfo=UTC)


def rejection(text: str, environment: str = "production") -> tuple[str, int, str]:
    """How a message is rejected."""
    with pytest.raises(Rejected) as rejected:
        read(text, environment=environment)
    found = rejected.value
    return found.acknowledgement, found.condition, found.location


def test_an_epic_shaped_booking_is_read_whole() -> None:
    assert read(a_message()) == Appointment(
        event="S12",
        control_id="SYN0001",
        session_id="900100001",
        sent_at=datetime(2026, 11, 23, 15, tzinfo=UTC),
        start=START,
        start_note="",
        duration_minutes=30,
        phone="+16085550143",
        phone_given=True,
        language=None,
        department="10501",
        patients=(Patient("900100001", "+16085550143", phone_given=True, language=None),),
    )


@pytest.mark.parametrize("event", ["S12", "S13", "S14", "S15", "S16", "S17", "S26"])
def test_the_seven_events_of_a_visit_are_read(event: str) -> None:
    found = read(a_message(event=event))
    assert (found.event, found.start) == (event, START)


@pytest.mark.parametrize("event", ["S18", "S19", "S20", "S21", "S22", "S23", "S24", "S27"])
def test_other_events_of_the_standard_are_taken_and_not_used(event: str) -> None:
    with pytest.raises(Ignored):
        read(a_message(event=event))


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"msh9": "ADT^A08"}, ("AR", 200, "MSH^1^9")),
        ({"msh9": "ADT^A60"}, ("AR", 200, "MSH^1^9")),
        ({"msh9": ""}, ("AR", 200, "MSH^1^9")),
        ({"msh9": "siu^S12"}, ("AR", 200, "MSH^1^9")),
        ({"msh9": "SIU^S99"}, ("AR", 201, "MSH^1^9")),
        ({"msh9": "SIU"}, ("AR", 201, "MSH^1^9")),
        ({"msh11": "T"}, ("AR", 202, "MSH^1^11")),
        ({"msh11": "D"}, ("AR", 202, "MSH^1^11")),
        ({"msh11": "X"}, ("AR", 202, "MSH^1^11")),
        ({"msh12": "3.0"}, ("AR", 203, "MSH^1^12")),
        ({"msh12": ""}, ("AR", 203, "MSH^1^12")),
        ({"msh12": "2.x"}, ("AR", 203, "MSH^1^12")),
        ({"msh10": ""}, ("AE", 101, "MSH^1^10")),
        ({"msh10": "  "}, ("AE", 101, "MSH^1^10")),
        ({"msh10": "9" * 200}, ("AE", 104, "MSH^1^10")),
        ({"sch2": "", "pv119": ""}, ("AE", 101, "SCH^1^2")),
        ({"sch2": '""', "pv119": '""'}, ("AE", 101, "SCH^1^2")),
        ({"sch2": "", "pv119": "", "sch1": "1"}, ("AE", 101, "SCH^1^2")),
        ({"sch2": "9" * 65}, ("AE", 104, "SCH^1^2")),
        ({"sch2": "9\\X00\\9"}, ("AE", 102, "SCH^1^2")),
        ({"sch11": "^^^"}, ("AE", 101, "SCH^1^11")),
        ({"sch11": '^^^""'}, ("AE", 101, "SCH^1^11")),
        ({"sch11": ""}, ("AE", 101, "SCH^1^11")),
        ({"sch11": "^^^next week"}, ("AE", 102, "SCH^1^11")),
        ({"sch11": "^^^20261124"}, ("AE", 102, "SCH^1^11")),  # a day is no time to text anyone for
    ],
)
def test_each_fault_has_its_answer_and_its_place(fields: dict[str, str], expected: tuple[str, int, str]) -> None:
    assert rejection(a_message(changes=fields)) == expected


@pytest.mark.parametrize(
    ("event", "sch25", "expected"),
    [
        ("S12", "Booked", "S12"), ("S12", "1^SCH", "S12"), ("S13", "Pending", "S13"), ("S14", "Started", "S14"),
        ("S14", "", "S14"), ("S14", "Cancelled", "S15"), ("S14", "Canceled^Canceled^HL70278", "S15"), ("S14", "^Deleted", "S17"),
        ("S13", "NOSHOW", "S26"),
        ("S14", "Dc", "S16"), ("S14", "Complete^Completed", "S16"), ("S12", "Cancelled", "S15"), ("S14", "3^CAN", "S14"),
        ("S14", '""', "S14"), ("S15", "Booked", "S15"), ("S17", "Cancelled", "S17"), ("S26", "1^SCH", "S26"),
    ],
)  # fmt: skip
def test_the_event_counts_and_then_the_status(event: str, sch25: str, expected: str) -> None:
    """SCH-25 in the words of table 0278. A hospital's own codes say nothing."""
    assert read(a_message(event=event, sch25=sch25)).event == expected


def test_a_change_into_a_cancelled_visit_needs_no_start() -> None:
    assert read(a_message(event="S14", start="", sch25="Cancelled")).start is None


def test_a_message_without_sch_names_the_segment() -> None:
    assert rejection(a_message().replace("SCH|", "ZCH|")) == ("AE", 101, "SCH^1")


def test_no_answer_quotes_the_message() -> None:
    with pytest.raises(Rejected) as rejected:
        read(a_message(sch2="SECRET" * 20))
    assert "SECRET" not in str(rejected.value) + repr(rejected.value) + rejected.value.text


@pytest.mark.parametrize("processing", ["P", "T", "D", ""])
def test_a_connection_for_testing_takes_every_processing_id(processing: str) -> None:
    assert read(a_message(msh11=processing), environment="testing").session_id == "900100001"


def test_a_sender_without_processing_id_is_taken_in_production() -> None:
    assert read(a_message(msh11="")).session_id == "900100001"


@pytest.mark.parametrize("version", ["2", "2.1", "2.3", "2.3.1", "2.5.1", "2.8", "2.9", "2.5.1^USA", " 2.3"])
def test_every_version_2_is_taken(version: str) -> None:
    assert read(a_message(msh12=version)).start == START


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"sch2": "A1"}, "A1"),
        ({"sch2": "2196178^2196178"}, "2196178"),
        ({"sch2": " A1 "}, "A1"),
        ({"sch2": "A\\T\\1"}, "A&1"),
        ({"sch2": "A1&ns&ISO^x"}, "A1"),
        ({"sch2": "", "pv119": "B2^^^ACC"}, "B2"),
        ({"sch2": '""', "pv119": "B2"}, "B2"),
        ({"sch2": "", "pv119": "", "sch1": "C3^APP"}, "C3"),
        ({"sch2": "A1", "pv119": "B2", "sch1": "C3"}, "A1"),
        ({"sch2": "000123"}, "000123"),
    ],
)
def test_the_visit_number_comes_from_sch_2_else_pv1_19_else_sch_1(fields: dict[str, str], expected: str) -> None:
    found = read(a_message(changes=fields))
    assert found.session_id == expected
    assert found.patients[0].session_id == expected


@pytest.mark.parametrize(
    ("pid15", "expected"),
    [
        ("", None), ("en", "en"), ("EN", "en"), ("eng", "en"), ("spa^Spanish^ISO639", "es"), ("es-MX", "es"), ("pt_BR", "pt"),
        ("ger", "de"), ("deu", "de"), ("Vietnamese", "vi"), ("1^English^LOCAL", "en"), ("17^Spanish; Castilian", "es"),
        ("ara^^HL70296^eng^English-us^HL70296", "ar"), ("99^^L^fre^French", "fr"), ("99^^L^^French", "fr"), ("XX", None),
        ("99", None), ('""', None), ("Chinese (Mandarin)", "zh"), ("cmn", "zh"), ("Haitian Creole", "ht"), ("tgl", "tl"),
        ("x" * 1000, None), ("-", None), ("english~spa", "en"),
    ],
)  # fmt: skip
def test_the_language_is_found_by_code_or_name(pid15: str, expected: str | None) -> None:
    assert read(a_message(pid15=pid15)).language == expected


def test_every_language_code_agrees_with_the_unicode_cldr() -> None:
    """`language_aliases` of CLDR has the ISO 639-2 codes of every ISO 639-1 language, both kinds."""
    aliases = get_global("language_aliases")
    ours = {code: two for code, two in languages._KNOWN.items() if len(code) == 3 and code in aliases}
    assert len(ours) > 180
    # Where CLDR has another view (Twi as Akan, Tagalog as Filipino, Dari as Afghan Persian), ISO 639-2's own stands.
    assert {code for code, two in ours.items() if aliases[code] != two} == {"twi", "tgl", "prs"}


@pytest.mark.parametrize(
    ("pv13", "more", "expected"),
    [
        ("10501^^^LAMNA CARDIOLOGY", (), "10501"),
        ("^^^LAMNA CARDIOLOGY", (), "LAMNA CARDIOLOGY"),
        ("CARD\\T\\VASC", (), "CARD&VASC"),
        ("", ("RGS|1||10777", "AIL|1||10888"), "10777"),
        ("", ("RGS|1||", "AIL|1||10888^^^WEST"), "10888"),
        ("", ("AIL|1||^^^WEST",), "WEST"),
        ('""', (), None),
        ("", (), None),
        ("x" * 100, (), "x" * 64),
        ("a\\.br\\b", (), None),
    ],
)
def test_the_department_is_short_printable_text(pv13: str, more: tuple[str, ...], expected: str | None) -> None:
    assert read(a_message(pv13=pv13, more=more)).department == expected


def test_a_message_without_patients_or_resources_is_still_an_appointment() -> None:
    text = "\r".join(a_message().split("\r")[:2])
    found = read(text)
    assert (found.patients, found.phone, found.phone_given, found.department) == ((), None, False, None)
