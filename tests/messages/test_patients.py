"""The patients of a message: one, or the PATIENT groups of a group visit, each with what is theirs."""

from shared.messages.patients import Patient
from tests.messages.make import SAMPLES, a_message, read

SECOND = (
    "PID|2||E2||SECOND^SAM||19750101|M|||||(608)555-0177^PRN^CP||spa",
    "PV1|2|O|10501||||||||||||||||900100025",
)


def test_a_group_visit_has_each_patient_with_number_phone_and_language() -> None:
    third = ('PID|3||E3||THIRD^KIM||19700101|F|||||""', "PV1|3|O|||||||||||||||||900100026")
    found = read(a_message(pid15="vi", more=SECOND + third))
    assert found.session_id == "900100001"
    assert found.patients == (
        Patient("900100001", "+16085550143", phone_given=True, language="vi"),
        Patient("900100025", "+16085550177", phone_given=True, language="es"),
        Patient("900100026", None, phone_given=True, language=None),
    )
    assert (found.phone, found.language) == ("+16085550143", "vi")


def test_segments_between_the_patients_do_not_part_a_patient_from_the_visit_number() -> None:
    """PD1, PV2, OBX and DG1 may stand in a PATIENT group, and the resources follow the last."""
    group = (SECOND[0], "PD1||||5678^WELBY", SECOND[1], "PV2|||", "OBX|1|NM|8867-4", "DG1|1", "RGS|1", "AIS|1||X")
    assert [each.session_id for each in read(a_message(more=group)).patients] == ["900100001", "900100025"]


def test_no_two_patients_of_a_group_go_by_one_number() -> None:
    """Who has no number, or another's, goes by it and by the place: else one would overwrite the other's phone."""
    third = ("PID|3||E3||THIRD^KIM||19700101|F|||||(608)555-0178^PRN^CP",)
    fourth = ("PID|4||E4||FOURTH^LEE||19700101|F|||||(608)555-0179^PRN^CP", "PV1|4|O|||||||||||||||||900100025")
    found = read(a_message(more=SECOND + third + fourth))
    assert [(each.session_id, each.phone) for each in found.patients] == [
        ("900100001", "+16085550143"),
        ("900100025", "+16085550177"),
        ("900100001#3", "+16085550178"),
        ("900100025#4", "+16085550179"),
    ]


def test_a_patient_s_number_that_cannot_be_one_is_as_good_as_none() -> None:
    for odd in ("9" * 65, "9\\X00\\9", '""'):
        group = (SECOND[0], f"PV1|2|O|||||||||||||||||{odd}")
        assert read(a_message(more=group)).patients[1].session_id == "900100001#2"


def test_bahmni_one_patient_without_a_phone_does_not_cost_the_others_theirs() -> None:
    """Bahmni's ReminderForAppointment returns from its loop at the first patient without a number."""
    found = read(a_message(phone="", more=SECOND))
    assert [(each.phone, each.phone_given) for each in found.patients] == [(None, False), ("+16085550177", True)]
    assert (found.phone, found.phone_given) == (None, False)


def test_the_one_patient_of_a_visit_goes_by_the_visit_s_number() -> None:
    assert read(a_message(pv119="5001")).patients[0].session_id == "900100001"


def test_nothing_else_of_a_patient_is_kept() -> None:
    """No name, no record number, no address, no birth date, no reason, no provider, no note."""
    notes = (
        "NTE|1||Bring the SECRETLIST",
        "AIG|1||5678^WELBYSECRET^MARCUS",
        "OBX|1|NM|8867-4^SECRETRATE",
        "DG1|1||SECRETCODE",
    )
    text = a_message(sch6="^SECRETREASON", sch7="SECRETPURPOSE", sch8="SECRETKIND", more=notes)
    said = repr(read(text))
    assert not any(word in said for word in ("SECRET", "TESTER", "E4000123", "MADISON", "19800229", "LEE"))
    group = repr(read((SAMPLES / "group.hl7").read_bytes(), environment="testing"))
    assert "^" not in group
