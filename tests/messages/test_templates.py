"""What texts say, in each language."""
# ruff: noqa: RUF001 - Chinese has a colon of its own, Arabic letters look like others

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from babel.core import get_global
from hypothesis import given
from hypothesis import strategies as st

from shared.messages.segments import outside, size
from shared.messages.templates import render, spoken
from shared.messages.words import KINDS, LANGUAGES, PLAIN_LETTERS, STOP, TEXTS
from tests.messages.bidi import base_level, displayed

START = datetime(2026, 11, 24, 16, 15, tzinfo=UTC)
LINK = "https://v.example/api/v/Ab-_9" + "x" * 25 + "-"
# The longest that English has to fit: 30 characters of host, 31 of code.
LONG_LINK = f"https://{'visits.northlake-health.example'[:30]}/api/v/{'A' * 31}"
CLOCKS_CHANGE = (datetime(2026, 10, 30, tzinfo=UTC), datetime(2027, 3, 12, tzinfo=UTC))


def text(
    kind: str, language: str = "en", *, start: datetime = START, zone: str = "America/Chicago", **other: str
) -> str:
    organisation = other.get("organisation", "Northlake Health")
    return render(kind, language, organisation=organisation, start=start, zone=zone, link=other.get("link", LINK))


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "Northlake Health: video visit\nTue Nov 24 10:15 AM CST\nLINK\nReply STOP to opt out"),
        ("es", ("Northlake Health: su cita por video\nmar, 24 de nov, 10:15 a.m. CST\nLINK\n"
         "Responda STOP para dejar de recibir mensajes")),
        ("fr", ("Northlake Health : votre rendez-vous vidéo\nmar. 24 nov., 10:15 CST\nLINK\n"
         "Répondez STOP pour ne plus recevoir de messages")),
        ("pt", ("Northlake Health: seu atendimento por videochamada\nter., 24 de nov. 10:15 CST\nLINK\n"
         "Responda STOP para parar de receber mensagens")),
        ("zh", "Northlake Health：您的视频预约\n11月24日周二 10:15 北美中部标准时间\nLINK\n回复 STOP 退订"),
        ("ar", "موعدك بالفيديو مع Northlake Health\nالثلاثاء، 24 نوفمبر، 10:15 ص CST\nLINK\nلإيقاف الرسائل يرجى الرد بكلمة STOP"),
        ("vi", "Northlake Health: lịch hẹn qua video\n10:15 CST Th 3, 24 tháng 11\nLINK\nTrả lời STOP để ngừng nhận tin nhắn"),
    ],
)  # fmt: skip
def test_a_confirmation_says_who_when_where_to_click_and_how_to_stop(language: str, expected: str) -> None:
    assert text("scheduled", language) == expected.replace("LINK", LINK)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", [*KINDS, "reminder-15", "direct"])
def test_each_part_stands_once_and_whole_on_every_day_around_a_change_of_clocks(kind: str, language: str) -> None:
    for first in CLOCKS_CHANGE:
        for hours in range(0, 24 * 6, 5):
            start = first + timedelta(hours=hours, minutes=10)
            local = start.astimezone(ZoneInfo("America/Chicago"))
            lines = text(kind, language, start=start).split("\n")
            whole = "\n".join(lines)
            assert whole.count("STOP") == 1
            assert lines[-1] == STOP[language]
            assert whole.count("Northlake Health") == 1
            assert not set(whole) & set("{}")
            assert lines.count(LINK) == (kind != "cancelled"), "the link has a line of its own"
            assert ("https" in whole) == (kind != "cancelled")
            assert re.search(rf"(?<!\d){local.day}(?!\d)", whole), "the day is the facility's, not Greenwich's"
            assert re.search(rf"(?<!\d)0?({local.hour}|{local.hour % 12 or 12}):10", whole)
            if language != "zh":
                assert ("CDT" if local.dst() else "CST") in whole
            else:
                assert ("北美中部夏令时间" if local.dst() else "北美中部标准时间") in whole


def test_the_hour_that_comes_twice_is_told_apart_by_the_zone() -> None:
    first = datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
    assert "1:30 AM CDT" in text("scheduled", start=first)
    assert "1:30 AM CST" in text("scheduled", start=first + timedelta(hours=1))


@pytest.mark.parametrize("kind", KINDS)
def test_english_fits_one_segment_wherever_the_zone_has_an_abbreviation(kind: str) -> None:
    countries = {"US", "PR", "VI", "GU", "CA", "GB", "IE", "AU", "NZ", "IN"}
    served = [zone for zone, country in get_global("zone_territories").items() if country in countries]
    starts = [datetime(2026, month, 23, hour, 55, tzinfo=UTC) for month in range(1, 13) for hour in range(0, 24, 3)]
    assert len(served) > 60
    for zone in served:
        for start in starts:
            said = text(kind, start=start, zone=zone, organisation="N" * 20, link=LONG_LINK)
            local = start.astimezone(ZoneInfo(zone))
            if (local.tzname() or "").isalpha():
                assert size(said).segments == 1, said
                assert size(said).encoding == "GSM-7"


def test_a_date_far_off_shows_its_year_and_still_fits() -> None:
    def said(days: int) -> str:
        return render(
            "reminder-15", "en", organisation="N" * 20, start=START + timedelta(days=days), zone="America/Chicago",
            link=LONG_LINK, now=START,
        )  # fmt: skip

    assert "202" not in said(300)
    assert "Sep 21 2027" in said(301)
    assert size(said(301)).segments == 1


@pytest.mark.parametrize(
    ("zone", "language", "expected"),
    [
        ("America/Indiana/Indianapolis", "en", "11:15 AM EST"),
        ("America/Kentucky/Louisville", "es", "11:15 a.m. EST"),
        ("America/Phoenix", "en", "9:15 AM MST"),
        ("Pacific/Honolulu", "en", "6:15 AM HST"),
        ("America/St_Johns", "en", "12:45 PM NST"),
        ("America/Montreal", "fr", "11 h 15 HNE"),
        ("America/Indiana/Indianapolis", "zh", "11:15 北美东部标准时间"),
        ("Europe/London", "en", "Tue 24 Nov 16:15 GMT"),
        ("Europe/Paris", "fr", "17:15 CET"),
        ("Asia/Dubai", "en", "8:15 PM GMT+4"),
        ("America/Sao_Paulo", "pt", "13:15 GMT-3"),
        ("America/Sao_Paulo", "fr", "13:15 UTC-3"),
        ("Asia/Kathmandu", "en", "10:00 PM GMT+5:45"),
        ("Pacific/Marquesas", "en", "6:45 AM GMT-9:30"),
        ("UTC", "en", "4:15 PM UTC"),
        ("US/Central", "en", "10:15 AM CST"),
    ],
)
def test_a_time_is_written_as_its_place_writes_it_with_the_zone_named(zone: str, language: str, expected: str) -> None:
    assert expected in text("scheduled", language, zone=zone)


@pytest.mark.parametrize("language", sorted(PLAIN_LETTERS))
@pytest.mark.parametrize("kind", KINDS)
def test_a_language_of_latin_letters_stays_in_gsm_7_on_every_day_of_the_year(kind: str, language: str) -> None:
    for day in range(366):
        assert not outside(text(kind, language, start=START + timedelta(days=day))), day


@pytest.mark.parametrize("language", ["es", "fr", "pt"])
def test_our_own_words_need_no_letter_that_gsm_7_has_not(language: str) -> None:
    assert not outside("".join(TEXTS[language].values()).translate({ord("{"): None, ord("}"): None}) + STOP[language])


def test_other_scripts_keep_their_letters() -> None:
    assert "lịch hẹn" in text("scheduled", "vi")
    assert size(text("scheduled", "vi")).encoding == "UCS-2"


@pytest.mark.parametrize(
    ("wanted", "default", "expected"),
    [("vi", "es", "vi"), ("tl", "es", "es"), ("", "ar", "ar"), ("tl", "tl", "en"), ("", "", "en"), ("en", "es", "en")],
)
def test_the_language_is_the_patients_if_we_have_it_else_the_connections(
    wanted: str, default: str, expected: str
) -> None:
    assert spoken(wanted, default) == expected


def test_an_unknown_language_is_english() -> None:
    assert text("scheduled", "tlh") == text("scheduled", "en")


def test_a_text_sent_by_hand_says_what_a_new_visit_says() -> None:
    assert text("direct", "es") == text("scheduled", "es")


def test_ones_own_words_are_used_for_their_language_and_kind_alone() -> None:
    def said(kind: str, language: str) -> str:
        return render(
            kind, language, organisation="Northlake", start=START, zone="America/Chicago", link=LINK,
            templates={"es": {"reminder": "{organisation}: le esperamos {when}\n{link}", "updated": ""}},
        )  # fmt: skip

    assert said("reminder-15", "es").startswith("Northlake: le esperamos mar, 24 de nov")
    assert said("reminder-15", "es").endswith(f"\n{LINK}\n{STOP['es']}")
    assert said("updated", "es") == text("updated", "es", organisation="Northlake")
    assert said("reminder-15", "en") == text("reminder", organisation="Northlake")


def test_the_line_about_stop_stands_where_a_template_puts_it_and_nowhere_else() -> None:
    templates = {"en": {"reminder": "{stop}. {organisation} {when} {link}"}}
    said = render("reminder-5", "en", organisation="N", start=START, zone="UTC", link=LINK, templates=templates)
    assert said == f"Reply STOP to opt out. N Tue Nov 24 4:15 PM UTC {LINK}"


@given(st.text(alphabet="{}link.whenstop_0!r%s$organisation ", max_size=40))
def test_what_is_filled_in_is_never_read_as_a_template(name: str) -> None:
    assert render("cancelled", "en", organisation=name, start=START, zone="UTC", link=LINK).startswith(name)


@pytest.mark.parametrize(
    "trick", ["{0}", "{link.__class__}", "{when!r}", "{organisation:>99}", "%(link)s", "$link", "{{when}}"]
)
def test_a_trick_of_format_strings_is_but_letters(trick: str) -> None:
    templates = {"en": {"cancelled": f"{trick} {{organisation}}"}}
    said = render("cancelled", "en", organisation="N", start=START, zone="UTC", link=LINK, templates=templates)
    assert said.startswith(trick.replace("{{when}}", "{Tue Nov 24 4:15 PM UTC}"))


@pytest.mark.parametrize("kind", KINDS)
def test_arabic_runs_from_right_to_left_and_keeps_its_numbers_and_names(kind: str) -> None:
    lines = text(kind, "ar").split("\n")
    said = [line for line in lines if line != LINK]
    assert all(base_level(line) == 1 for line in said)
    first, when, last = (displayed(line) for line in said)
    assert first.startswith("Northlake Health "), "the name is at the left end, whole, after the Arabic on its right"
    assert when.startswith("CST ص 10:15"), when
    assert "24" in when
    assert last.startswith("STOP ")


def test_the_link_is_one_run_whatever_it_ends_with_and_nothing_invisible_is_in_it() -> None:
    """A line of its own is a paragraph of its own, which its first strong letter makes left to right."""
    for end in ("-", "_", "9", "a", "--", "-9"):
        link = f"https://v.example/api/v/{'x' * 20}{end}"
        line = text("scheduled", "ar", link=link).split("\n")[2]
        assert line == link
        assert displayed(line) == link
    # Where an app gives the whole text one direction, the letters still stay together.
    assert displayed("https://v.example/api/v/4-x_9b", base=1) == "https://v.example/api/v/4-x_9b"


@pytest.mark.parametrize(
    "name", ["St. Mary's Inc.", "3 Rivers Clinic", "Clinic 24", "A & B", "Lakeside!", "عيادة البحيرة"]
)
def test_an_organisations_name_is_shown_whole_in_an_arabic_line(name: str) -> None:
    line = text("scheduled", "ar", organisation=name).split("\n")[0]
    shown = displayed(line)
    assert (name if name.isascii() else name[::-1]) in shown
    isolated = name in ("St. Mary's Inc.", "3 Rivers Clinic", "Lakeside!")
    assert ("\u2066" in line) == isolated, "nothing is added, or paid for, where nothing is needed"


def test_without_isolation_such_a_name_would_be_torn() -> None:
    """What the isolation is for; this also checks the checker."""
    assert displayed("مع St. Mary's Inc.").startswith(".St. Mary's Inc")
    assert displayed("مع 3 Rivers Clinic").startswith("Rivers Clinic 3")
