"""When an appointment is and how long: which field counts, whose offset, and what the clock changes do."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from tests.messages.make import a_message, read

START = datetime(2026, 11, 24, 16, 15, tzinfo=UTC)
NO_TIMES = "SCH||900100001||||||VIDEO VISIT|||^^^"


@pytest.mark.parametrize("event", ["S15", "S16", "S17", "S26"])
@pytest.mark.parametrize("start", ["", "next week", "20261124"])
def test_the_end_of_a_visit_needs_no_start(event: str, start: str) -> None:
    found = read(a_message(event=event, start=start))
    assert (found.start, found.start_note, found.duration_minutes) == (None, "", 30)


@pytest.mark.parametrize(
    ("segments", "hour"),
    [
        (("TQ1|1||||||202611240900", "AIS|1||X|202611241000"), 9),
        (("AIS|1||X|202611241000", "AIG|1||X|||||202611241100"), 10),
        (("AIS|1||X|", "AIG|1||X|||||202611241100", "AIP|1||X|||202611241200"), 11),
        (("AIP|1||X|||202611241200", "AIL|1||X|||202611241300"), 12),
        (("AIL|1||X|||202611241300",), 13),
        (("TQ1|1||||||soon", "AIS|1||X|202611241000"), 10),  # unreadable gives way to the next
        (("AIS|1||X|", "AIS|2||X|202611241000"), 10),  # the first of its kind that has one
        (('TQ1|1||||||""', "TQ1|2||||||202611240900"), 9),
        (("TQ1|1||||||202611240900^M",), 9),
    ],
)
def test_the_start_is_looked_for_from_the_most_telling_place_on(segments: tuple[str, ...], hour: int) -> None:
    found = read(a_message(schedule=NO_TIMES, more=segments))
    assert found.start == datetime(2026, 11, 24, hour + 6, tzinfo=UTC)


def test_tq1_goes_before_sch_11_and_this_before_the_resources() -> None:
    assert read(a_message(more=("AIS|1||X|202611241000",))).start == START
    found = read(a_message(more=("TQ1|1||||||202611240900|202611240920",)))
    assert (found.start, found.duration_minutes) == (datetime(2026, 11, 24, 15, tzinfo=UTC), 20)


@pytest.mark.parametrize(
    ("fields", "more", "expected"),
    [
        ({}, (), 30),
        ({"sch9": "45"}, (), 45),
        ({"sch9": "60", "sch10": "s"}, (), 1),
        ({"sch9": "1", "sch10": "HR"}, (), 60),
        ({"sch11": "^^^202611241015^202611241105"}, (), 50),
        ({"sch11": "^^^202611241015^202711241105", "sch9": "45"}, (), 45),  # a year is no visit
        ({"sch11": "^^^202611241015^202611241000", "sch9": "45"}, (), 45),
        ({"sch11": "^^^202611241015^20261125", "sch9": "45"}, (), 45),
        ({"sch9": "", "sch11": "^^60^202611241015"}, (), 60),
        ({"sch9": "", "sch11": "^^M20^202611241015"}, (), 20),
        ({"sch9": ""}, ("AIS|1||X||||25|MIN",), 25),
        ({"sch9": ""}, ("AIG|1||X||||||||26|MIN",), 26),
        ({"sch9": ""}, ("AIP|1||X||||||27|MIN",), 27),
        ({"sch9": ""}, ("AIL|1||X||||||28|MIN",), 28),
        ({"sch9": ""}, ("AIS|1||X||||", "AIS|2||X||||29|MIN"), 29),
        ({"sch9": '""', "sch10": '""'}, ("AIS|1||X||||25|MIN",), 25),
        ({"sch9": "20", "sch11": "^^60^202611241015"}, (), 20),
        ({"sch9": "", "sch10": ""}, (), 30),
        ({"sch9": "many"}, (), 30),
        ({"sch9": "0"}, (), 30),
    ],
)
def test_the_length_of_a_visit(fields: dict[str, str], more: tuple[str, ...], expected: int) -> None:
    assert read(a_message(more=more, changes=fields)).duration_minutes == expected


def test_the_clock_changes_are_marked_on_the_appointment() -> None:
    gap, fold = read(a_message(start="202703140230")), read(a_message(start="202611010130"))
    assert (gap.start, gap.start_note) == (datetime(2027, 3, 14, 8, 30, tzinfo=UTC), "gap")
    assert (fold.start, fold.start_note) == (datetime(2026, 11, 1, 6, 30, tzinfo=UTC), "fold")


@pytest.mark.parametrize(
    ("msh7", "start", "expected"),
    [
        (
            "20261123090000-0600",
            "202703201015",
            datetime(2027, 3, 20, 15, 15, tzinfo=UTC),
        ),  # the zone's own: zone decides
        ("20261123090000-0500", "202611241015", datetime(2026, 11, 24, 15, 15, tzinfo=UTC)),  # another's: it decides
        ("20261123090000-0500", "202611241015-0700", datetime(2026, 11, 24, 17, 15, tzinfo=UTC)),  # own offset first
        ("unreadable", "202611241015", START),
    ],
)
def test_the_header_s_offset_is_weighed_against_the_zone(msh7: str, start: str, expected: datetime) -> None:
    assert read(a_message(msh7=msh7, start=start)).start == expected


def test_the_moment_of_sending_is_none_where_it_cannot_be_read() -> None:
    assert read(a_message(msh7="yesterday")).sent_at is None
    assert read(a_message(msh7="2026112309000000")).sent_at == datetime(2026, 11, 23, 15, tzinfo=UTC)


def test_the_same_message_means_another_instant_in_another_zone() -> None:
    assert read(a_message(), zone=ZoneInfo("Europe/Berlin")).start == datetime(2026, 11, 24, 9, 15, tzinfo=UTC)


def test_ottehr_and_medplum_the_hour_is_the_facility_s_all_year() -> None:
    """Medplum's reminder bot used one zone, and the letters PST, for everyone, all year."""
    summer, winter = read(a_message(start="202707011015")), read(a_message(start="202701151015"))
    assert [found.start.hour if found.start else None for found in (summer, winter)] == [15, 16]


def test_the_hour_that_comes_twice_does_not_make_later_messages_look_older() -> None:
    """At 01:10 in the second hour the header says less than it did at 01:50 in the first."""
    first = datetime(2026, 11, 1, 6, 50, tzinfo=UTC)
    second = datetime(2026, 11, 1, 7, 10, tzinfo=UTC)
    sent = [
        read(a_message(msh7="20261101015000"), received=first).sent_at,
        read(a_message(msh7="20261101011000"), received=second).sent_at,
    ]
    assert sent == [first, second]


def test_in_the_hour_that_comes_twice_a_time_still_to_come_is_the_first() -> None:
    received = datetime(2026, 11, 1, 6, 50, tzinfo=UTC)
    assert read(a_message(msh7="20261101015200"), received=received).sent_at == datetime(2026, 11, 1, 6, 52, tzinfo=UTC)
    assert read(a_message(msh7="20261101015000-0600"), received=received).sent_at == datetime(
        2026, 11, 1, 7, 50, tzinfo=UTC
    )
    assert read(a_message(msh7="20261101015000")).sent_at == received
