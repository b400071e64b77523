"""The pages for people: every word in every language, the right reader, nothing from elsewhere."""

import re
from string import Formatter

import pytest

from functions.page_words import RIGHT_TO_LEFT, WORDS, language_of
from functions.pages import error_page, waiting_page
from shared.errors import CATALOGUE, Refused

LANGUAGES = ["en", "es", "fr", "pt", "zh", "ar", "vi"]
WHEN = "Tue Nov 24 10:15 AM CST"


def text(page: object) -> str:
    return page.get_body().decode()  # type: ignore[attr-defined, no-any-return]


def test_the_pages_speak_the_languages_of_the_texts() -> None:
    assert list(WORDS) == LANGUAGES


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
    assert f'<html lang="{language}" dir="{direction}">' in text(waiting_page(language, WHEN))


def test_the_waiting_page_says_when_the_visit_is() -> None:
    assert WHEN in text(waiting_page("en", WHEN))


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


def test_a_page_loads_nothing_and_shows_what_came_from_outside_as_text() -> None:
    page = text(waiting_page("en", "<img src=x>"))
    assert "<img" not in page
    assert not re.search(r"<[^>]*(src|href)=", page)


@pytest.mark.parametrize(
    ("accept", "language"),
    [("", "en"), ("de-DE,es;q=0.5", "es"), ("zh-Hant-TW", "zh"), ("ar", "ar"), ("vi-VN,vi", "vi"), ("*", "en")],
)
def test_the_language_is_the_first_that_there_are_words_for(accept: str, language: str) -> None:
    assert language_of(accept) == language


def test_no_page_is_kept() -> None:
    page = waiting_page("en", WHEN)
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert 'name="robots" content="noindex"' in text(page)
