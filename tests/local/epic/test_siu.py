"""The appointment messages, read back by python-hl7."""

from dataclasses import replace
from datetime import UTC, datetime

import hl7
import pytest

from local.config import PEOPLE
from local.epic.schedule import Appointment
from local.epic.siu import EVENTS, siu

APPOINTMENT = Appointment("900100001", datetime.fromisoformat("2026-11-24T10:15:00-06:00"), language="es")
SENT_AT = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


def read(appointment: Appointment = APPOINTMENT, event: str = "S12") -> hl7.Message:
    """The message as python-hl7 sees it."""
    return hl7.parse(siu(appointment, event, "SYN0001", SENT_AT).decode())


def test_a_booking_says_what_and_when_where_epic_says_it() -> None:
    message = read()
    expected = {
        "MSH.F7": "20261123090000",
        "MSH.F9.R1.C1": "SIU",
        "MSH.F9.R1.C2": "S12",
        "MSH.F10": "SYN0001",
        "MSH.F11": "T",
        "MSH.F12": "2.3",
        "SCH.F2": "900100001",
        "SCH.F9": "30",
        "SCH.F10": "MIN",
        "SCH.F11.R1.C4": "202611241015",
        "SCH.F25.R1.C2": "SCH",
        "PID.F5.R1.C1": "TESTER",
        "PID.F5.R1.C2": "PAT",
        "PID.F13.R1.C1": "(608)555-0142",
        "PID.F13.R1.C2": "PRN",
        "PID.F13.R1.C3": "PH",
        "PID.F13.R2.C1": "(608)555-0143",
        "PID.F13.R2.C2": "PRN",
        "PID.F13.R2.C3": "CP",
        "PID.F15": "es",
        "PV1.F3.R1.C1": "10501",
        "PV1.F3.R1.C4": "NORTHLAKE CARDIOLOGY",
        "PV1.F19": "900100001",
        "RGS.F3": "10501",
        "AIS.F4": "202611241015",
        "AIG.F3.R1.C1": "MBELL",
        "AIG.F3.R1.C2": "BELL",
        "AIG.F8": "202611241015",
        "AIG.F12": "MIN",
        "AIP.F6": "202611241015",
        "AIP.F10": "MIN",
    }
    assert {path: message[path] for path in expected} == expected
    assert " ".join(str(segment[0]) for segment in message) == "MSH SCH NTE PID PV1 RGS AIS AIG AIL AIP"


@pytest.mark.parametrize(
    ("event", "status"), [("S13", "SCH"), ("S14", "SCH"), ("S15", "CAN"), ("S17", "Deleted"), ("S26", "NOS")]
)
def test_every_event_has_its_status(event: str, status: str) -> None:
    message = read(event=event)
    assert message["MSH.F9.R1.C2"] == event
    assert message["SCH.F25.R1.C2"] == status


def test_no_other_event_is_made() -> None:
    assert set(EVENTS) == {"S12", "S13", "S14", "S15", "S17", "S26"}
    with pytest.raises(KeyError):
        siu(APPOINTMENT, "S16", "1", SENT_AT)


def test_the_start_is_told_by_the_facilitys_clock() -> None:
    other = replace(APPOINTMENT, start=datetime(2026, 7, 1, 8, 30, 45, tzinfo=UTC), zone="Europe/Paris")
    message = read(other)
    assert message["SCH.F11.R1.C4"] == "20260701103045"
    assert message["MSH.F7"] == "20261123160000"


def test_delimiters_in_names_do_not_break_the_message() -> None:
    patient = replace(PEOPLE["patient"], name=r"Zo|é O^Neil&~\Rhys")
    raw = siu(replace(APPOINTMENT, patient=patient), "S12", "1", SENT_AT).decode()
    message = hl7.parse(raw)
    assert message.unescape(str(message["PID"][0][5][0][0])) == r"O^NEIL&~\RHYS"
    assert message["PID.F5.R1.C2"] == "ZO|É"


@pytest.mark.parametrize(
    ("phone", "home", "expected"),
    [
        ("", "+16085550142", "(608)555-0142^PRN^PH"),
        ("+447700900123", "", "+447700900123^PRN^CP"),
        ("", "", ""),
    ],
)
def test_phones_are_told_as_far_as_there_are_any(phone: str, home: str, expected: str) -> None:
    assert str(read(replace(APPOINTMENT, phone=phone, home_phone=home))["PID"][0][13]) == expected


def test_segments_end_in_a_carriage_return() -> None:
    raw = siu(APPOINTMENT, "S12", "1", SENT_AT)
    assert raw.endswith(b"\r")
    assert b"\n" not in raw
