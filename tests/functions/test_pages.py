"""The pages for people: every word in every language, the right reader, nothing from elsewhere."""

import re
from string import Formatter

import pytest

from functions.page_words import LANGUAGES as NAMES
from functions.page_words import RIGHT_TO_LEFT, WORDS, language_of
from functions.pages import error_page
from shared.errors import CATALOGUE, Refused

LANGUAGES = ["en", "es", "fr", "pt", "zh", "ar", "vi"]


def text(page: object) -> str:
    return page.get_body().decode()  # type: ignore[attr-defined, no-any-return]


def test_the_pages_speak_the_languages_of_the_texts() -> None:
    assert list(WORDS) == list(NAMES) == LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_word_and_every_placeholder(language: str) -> None:
    def placeholders(words: dict[str, str]) -> dict[str, list[str | None]]:
        return {name: [field for _, field, *_ in Formatter().parse(said)] for name, said in words.items()}

    assert placeholders(WORDS[language]) == placeholders(WORDS["en"])
    assert len(set(WORDS[language].values())) == len(WORDS["en"])


def test_every_code_that_a_patient_may_meet_has_words_and_no_other_code_does() -> None:
    codes = {code for code in CATALOGUE if code.startswith("link.")} | {"launch.state_invalid", "launch.used"}
    assert {name for name in WORDS["en"] if "." in name} == codes


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_says_its_language_and_its_direction(language: str) -> None:
    direction = "rtl" if language in RIGHT_TO_LEFT else "ltr"
    page = text(error_page(Refused("link.off"), "0" * 32, language, "patient"))
    assert f'<html lang="{language}" dir="{direction}">' in page


def test_a_patient_is_told_to_call_the_clinic_and_staff_are_not() -> None:
    error = Refused("approval.not_yours") if "approval.not_yours" in CATALOGUE else Refused("not_found")
    patient, staff = (text(error_page(error, "0" * 32, "en", reader)) for reader in ("patient", "staff"))
    assert "call the clinic" in patient
    assert "call the clinic" not in staff
    assert error.code in patient
    assert error.code in staff


@pytest.mark.parametrize("code", sorted(code for code in CATALOGUE if code.startswith("link.")))
def test_a_links_refusal_is_a_page_in_plain_words_with_its_status(code: str) -> None:
    page = error_page(Refused(code), "0" * 32, "en", "patient")
    assert page.status_code == CATALOGUE[code].status
    assert WORDS["en"][code] in text(page)
    assert CATALOGUE[code].fix not in text(page)


@pytest.mark.parametrize("code", ["link.over", "link.cancelled"])
def test_a_visit_that_is_gone_says_so_first_and_then_what_one_can_do(code: str) -> None:
    page = text(error_page(Refused(code), "0" * 32, "en", "patient", choice=True))
    assert f"<h1>{WORDS['en'][code]}</h1>" in page
    assert WORDS["en"][code.removeprefix("link.") + "_next"] in page
    assert "We could not open" not in page


def test_a_link_s_page_has_each_other_language_and_no_page_of_a_launch_has() -> None:
    assert 'lang=fr"' not in text(error_page(Refused("link.invalid"), "0" * 32, "fr", "patient", choice=True))
    mine = text(error_page(Refused("link.off"), "0" * 32, "fr", "patient", choice=True))
    assert re.findall(r'href="\?lang=(\w+)">', mine) == ["fr", *(name for name in LANGUAGES if name != "fr")]
    assert "?lang=" not in text(error_page(Refused("launch.used"), "0" * 32, "fr", "patient"))


@pytest.mark.parametrize(
    ("accept", "language"),
    [("", "en"), ("de-DE,es;q=0.5", "es"), ("zh-Hant-TW", "zh"), ("ar", "ar"), ("vi-VN,vi", "vi"), ("*", "en")],
)
def test_the_language_is_the_first_that_there_are_words_for(accept: str, language: str) -> None:
    assert language_of(accept) == language


def test_no_page_is_kept() -> None:
    page = error_page(Refused("link.off"), "0" * 32, "en", "patient")
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert 'name="robots" content="noindex"' in text(page)


def test_staff_are_led_to_the_code_s_page_where_there_is_one() -> None:
    error, about = Refused("approval.not_approver"), "https://portal.example.org/errors/approval.not_approver"
    assert f'<a href="{about}">{error.code}</a>' in text(error_page(error, "0" * 32, "en", "staff", about=about))
    for nowhere in ("", "about:blank"):
        assert "<a " not in text(error_page(error, "0" * 32, "en", "staff", about=nowhere))
