"""Whole messages: our own samples, and, where the folder lies beside the repository, the shared public ones."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import hl7 as python_hl7
import pytest

from shared.messages import ack, hl7, siu
from shared.messages.hl7 import Message, NotHl7
from tests.messages.make import CHICAGO, SAMPLES

NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)
BOOKED, MOVED = datetime(2026, 12, 1, 20, tzinfo=UTC), datetime(2026, 12, 3, 22, 30, tzinfo=UTC)
SHARED = Path(__file__).parents[3] / "shared" / "hl7-samples"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="../shared/hl7-samples is not beside this clone")

# Each own sample: what differs from a booking of 770001001 at BOOKED with the cell phone +1 414 555 0111.
READ: dict[str, dict[str, Any]] = {
    "book": {},
    "reschedule": {"event": "S13", "start": MOVED},
    "change-phone": {"event": "S14", "phone": "+14145550122"},
    "cancel": {"event": "S15"},
    "discontinue": {"event": "S16"},
    "delete": {"event": "S17"},
    "no-show": {"event": "S26"},
    "null-phone": {"event": "S14", "phone": None, "phone_given": True},
    "no-phone": {"phone": None, "phone_given": False},
    "no-mobile": {"phone": None, "phone_given": True},
    "gap": {"start": datetime(2027, 3, 14, 8, 15, tzinfo=UTC), "start_note": "gap"},
    "fold": {"start": datetime(2026, 11, 1, 6, 45, tzinfo=UTC), "start_note": "fold"},
    "escapes": {},
    "other-delimiters": {},
    "line-feeds": {},
    "crlf": {},
    "mllp": {},
    "bom": {"language": "es"},
    "latin-1": {},
    "cp1252-undeclared": {},
    "v251-offset-xtn12-enhanced": {"language": "vi"},
    "v28-tq1-pid40": {"duration_minutes": 45},
    "production": {},
    "msh7-offset-of-other-zone": {
        "start": datetime(2026, 12, 1, 19, tzinfo=UTC),
        "sent_at": datetime(2026, 11, 20, 13, 15, tzinfo=UTC),
    },
    "msh7-sixteen-digits": {},
}
REJECTED = {
    "adt": ("AR", 200),
    "unknown-event": ("AR", 201),
    "no-start": ("AE", 101),
    "no-visit-number": ("AE", 101),
}
NAMES_IN_THE_CLEAR = {
    "bom": "NUÑEZ",
    "latin-1": "NUÑEZ",
    "cp1252-undeclared": "O\u2019NEIL",
    "v251-offset-xtn12-enhanced": "NGUYỄN",
}
OTHERS = {"group", "batch", "glued", "block-slot", "not-hl7", "cut-in-msh"}


def parsed(path: Path) -> list[Message]:
    """The messages in a file."""
    return [Message.parse(text) for text in hl7.split(path.read_bytes())]


def read(message: Message) -> siu.Appointment:
    """As a testing connection in Chicago reads it."""
    return siu.read(message, zone=CHICAGO, region="US", environment="testing")


def own(name: str) -> list[Message]:
    """The messages of an own sample."""
    return parsed(SAMPLES / f"{name}.hl7")


def test_every_own_sample_is_tested_here() -> None:
    assert {path.stem for path in SAMPLES.glob("*.hl7")} == READ.keys() | REJECTED.keys() | OTHERS


@pytest.mark.parametrize("name", READ)
def test_an_own_sample_is_read(name: str) -> None:
    (message,) = own(name)
    found = read(message)
    expected = {
        "event": "S12", "session_id": "770001001", "sent_at": datetime(2026, 11, 20, 14, 15, tzinfo=UTC), "start": BOOKED,
        "start_note": "", "duration_minutes": 20, "phone": "+14145550111", "phone_given": True, "language": None,
        "department": "20440", **READ[name],
    }  # fmt: skip
    assert {key: getattr(found, key) for key in expected} == expected
    assert found.control_id.startswith("HB")


@pytest.mark.parametrize(("name", "family_name"), NAMES_IN_THE_CLEAR.items())
def test_names_are_decoded_by_the_right_set(name: str, family_name: str) -> None:
    """No name is taken out of a message; that it can be read shows that the bytes were understood."""
    assert own(name)[0].each("PID")[0].component(5) == family_name


@pytest.mark.parametrize(("name", "answer"), REJECTED.items())
def test_an_own_sample_is_rejected(name: str, answer: tuple[str, int]) -> None:
    with pytest.raises(siu.Rejected) as rejected:
        read(own(name)[0])
    assert (rejected.value.acknowledgement, rejected.value.condition) == answer


def test_a_blocked_slot_is_ignored() -> None:
    with pytest.raises(siu.Ignored):
        read(own("block-slot")[0])


@pytest.mark.parametrize("name", ["not-hl7", "cut-in-msh"])
def test_what_is_no_message_is_not_hl7(name: str) -> None:
    with pytest.raises(NotHl7):
        own(name)


@pytest.mark.parametrize("name", ["batch", "glued"])
def test_two_messages_in_a_body_are_two_appointments(name: str) -> None:
    found = [read(message) for message in own(name)]
    assert [(each.event, each.session_id) for each in found] == [("S12", "770001003"), ("S15", "770001004")]


def test_the_group_has_two_patients() -> None:
    found = read(own("group")[0])
    assert [(each.session_id, each.phone, each.language) for each in found.patients] == [
        ("770001001", "+14145550111", None),
        ("770001002", "+14145550133", "bn"),
    ]


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.hl7")), ids=lambda path: path.stem)
def test_every_sample_that_is_hl7_gets_an_answer_that_python_hl7_can_match(path: Path) -> None:
    if path.stem in {"not-hl7", "cut-in-msh"}:
        return
    for message in parsed(path):
        answer = python_hl7.parse(ack.acknowledge(message, "AA", now=NOW, control_id="OUR1"))
        assert str(answer["MSA.F2"]) == message.control_id
        assert str(answer["MSA.F1"]) == ("CA" if message.accept_ack == "AL" else "AA")


# --- the shared samples -------------------------------------------------------------------------------------------

EPIC_SHAPED: dict[str, tuple[str, str, str | None]] = {
    "01": ("900100001", "2026-11-24T16:15", "+16085550143"),
    "02": ("900100001", "2026-11-25T20:30", "+16085550143"),
    "03": ("900100001", "2026-11-24T16:15", "+16085550199"),
    "04": ("900100001", "2026-11-24T16:15", "+16085550143"),
    "05": ("900100001", "2026-11-24T16:15", "+16085550143"),
    "06": ("900100001", "2026-11-24T16:15", "+16085550143"),
    "07": ("900100001", "2026-11-24T16:15", "+16085550143"),
    "08": ("900100002", "2026-11-24T16:15", "+16085550143"),
    "09": ("900199999", "2026-11-24T16:15", "+16085550143"),
    "10": ("900100010", "2026-11-24T16:15", "+16085550143"),
    "13": ("900100013", "2026-11-24T16:15", "+16085550143"),
    "14": ("900100014", "2027-03-14T08:30", "+16085550143"),
    "16": ("900100016", "2026-11-24T16:15", None),
    "17": ("900100017", "2026-11-24T16:15", None),
    "22": ("900100022", "2026-11-24T16:15", "+16085550143"),
    "24": ("900100024", "2026-11-24T16:15", "+16085550143"),
    "28": ("900100028", "2026-11-24T16:15", "+16085550143"),
    "34": ("900100001", "2026-11-24T16:15", None),
}


@needs_shared
@pytest.mark.parametrize(("number", "expected"), EPIC_SHAPED.items())
def test_a_shared_epic_shaped_sample(number: str, expected: tuple[str, str, str | None]) -> None:
    (path,) = (SHARED / "synthetic-epic-shaped").glob(f"{number}-*.hl7")
    found = read(parsed(path)[0])
    start = datetime.fromisoformat(expected[1]).replace(tzinfo=UTC)
    assert (found.session_id, found.start, found.phone) == (expected[0], start, expected[2])
    assert found.event == (
        path.stem.split("-")[1] if path.stem.split("-")[1].startswith("S") and number != "34" else found.event
    )


@needs_shared
@pytest.mark.parametrize(("number", "condition"), [("19", 101), ("25", 200)])
def test_a_shared_epic_shaped_sample_is_rejected(number: str, condition: int) -> None:
    (path,) = (SHARED / "synthetic-epic-shaped").glob(f"{number}-*.hl7")
    with pytest.raises(siu.Rejected) as rejected:
        read(parsed(path)[0])
    assert rejected.value.condition == condition


@needs_shared
def test_every_shared_epic_shaped_sample_is_tested_here() -> None:
    numbers = {path.stem[:2] for path in (SHARED / "synthetic-epic-shaped").glob("*.hl7")}
    assert numbers == EPIC_SHAPED.keys() | {"19", "25", "30"}
    assert len(parsed(next((SHARED / "synthetic-epic-shaped").glob("30-*.hl7")))) == 2


@needs_shared
def test_the_converters_appointments_agree_with_ours() -> None:
    """Microsoft's FHIR-Converter made these from the same messages: filler id, start and end by its own reading."""
    compared = 0
    for path in sorted((SHARED / "ms-fhir-converter" / "expected").glob("*.json")):
        entries = json.loads(path.read_text())["entry"]
        (oracle,) = [entry["resource"] for entry in entries if entry["resource"]["resourceType"] == "Appointment"]
        (message,) = parsed(path.parent.parent / f"{path.stem.removesuffix('-expected')}.hl7")
        found = read(message)
        filler = next(each["value"] for each in oracle["identifier"] if each["type"]["coding"][0]["code"] == "FILL")
        start, end = datetime.fromisoformat(oracle["start"]), datetime.fromisoformat(oracle["end"])
        assert (found.session_id, found.start) == (filler, start)
        assert found.duration_minutes * 60 == (end - start).total_seconds()
        compared += 1
    assert compared == 14


@needs_shared
def test_the_other_public_samples() -> None:
    with pytest.raises(siu.Rejected) as rejected:
        read(parsed(SHARED / "ms-fhir-converter" / "SIU_12.hl7")[0])  # it says ADT^A60 in MSH-9
    assert rejected.value.condition == 200
    windows = read(parsed(SHARED / "ms-fhir-converter" / "SIU-S12_1.hl7")[0])  # TQ1 is four days long: SCH-9 counts
    assert (windows.session_id, windows.duration_minutes) == ("36996", 70)
    (message,) = parsed(SHARED / "hl7-v2-to-fhir" / "SIU_S12_test_conversions.hl7")
    found = read(message)
    assert (found.session_id, found.start, found.duration_minutes) == (
        "13030",
        datetime(2015, 6, 13, 13, tzinfo=UTC),
        15,
    )
    assert "\rMSA|CA|48907-45\r" in ack.acknowledge(message, "AA", now=NOW, control_id="OUR1")
