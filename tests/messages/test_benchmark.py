"""Our reader beside python-hl7, where that one is right; and the benchmark's own run in small."""

import json

import pytest

from benchmarks import hl7_parse
from benchmarks.siu_messages import Generated, hostile, messages

CASES = messages(300, seed=4)


def test_the_generated_messages_are_varied() -> None:
    assert len({case.appointment.event for case in CASES}) >= 6
    assert len({case.text[:9] for case in CASES}) == 2
    assert {bool(case.appointment.phone) for case in CASES} == {True, False}
    assert not all(case.text.isascii() for case in CASES)


def test_every_field_of_every_generated_message_is_as_it_was_made() -> None:
    assert [hl7_parse.read_ours(case.text.encode()) for case in CASES] == [case.appointment for case in CASES]


@pytest.mark.parametrize("case", CASES[:100], ids=lambda case: case.wanted["control_id"])
def test_python_hl7_finds_the_same_fields(case: Generated) -> None:
    assert hl7_parse.read_fields(case.text) == hl7_parse.read_python_hl7(case.text) == case.wanted


def test_hostile_bodies_are_as_long_as_was_asked_and_none_of_a_large_size_is_taken() -> None:
    for shape, body in hostile(20_000).items():
        assert 19_900 < len(body) <= 20_000, shape
    assert not any(map(hl7_parse.intake, hostile(1_600_000).values()))


def test_the_benchmark_prints_its_ratios(capsys: pytest.CaptureFixture[str]) -> None:
    assert hl7_parse.main(["--json", "--messages", "40"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["ours_wrong"] == 0
    assert figures["refused"]
    assert figures.keys() >= {"ratio", "ratio_whole", "refused_ms", "growth"}  # what they are, a loaded machine decides
