"""The clinician's and the guest's pages: every word in every language, nothing from elsewhere."""

import re
from string import Formatter

import pytest

from functions import guest_words, visit_words
from functions.guest_page import invitation_page
from functions.page_words import WORDS as COMMON
from functions.visit_page import gone_page, visit_page
from functions.visit_script import SCRIPT
from shared.visits.device import RESULTS
from shared.visits.guests import ROLES

SEEN = {"state": "open", "start": "2026-11-24T16:15:00Z", "people": [], "guests": []}


def placeholders(words: dict[str, str]) -> dict[str, list[str | None]]:
    return {name: [field for _, field, *_ in Formatter().parse(said)] for name, said in words.items()}


@pytest.mark.parametrize("language", list(visit_words.WORDS))
def test_the_visit_page_has_every_word_in_every_language(language: str) -> None:
    words = visit_words.WORDS[language]
    assert placeholders(words) == placeholders(visit_words.WORDS["en"])
    assert all(f"role_{role}" in words for role in ROLES)


def test_every_word_of_the_visit_page_is_said_somewhere_and_no_other_is() -> None:
    html = re.findall(r'said\("(\w+)"\)|said\(\'(\w+)\'\)', open_source("functions/visit_page.py"))
    used = {first or second for first, second in html} | set(re.findall(r"words\.(\w+)", SCRIPT))
    by_value = {"waiting", "connected", "left", "revoked", "expired", "over", "cancelled"}
    by_value |= {f"device_{result}" for result in RESULTS}
    given = set(visit_words.WORDS["en"]) - {f"role_{role}" for role in ROLES}
    assert used | by_value == given


def open_source(name: str) -> str:
    from local.node import ROOT

    return (ROOT / name).read_text()


def test_guests_are_spoken_to_in_the_languages_of_the_texts() -> None:
    assert list(guest_words.WORDS) == list(COMMON)
    for words in guest_words.WORDS.values():
        assert placeholders(words) == placeholders(guest_words.WORDS["en"])
        assert set(ROLES) <= set(words)


@pytest.mark.parametrize("language", list(guest_words.WORDS))
def test_an_invitation_says_as_whom_and_when_and_loads_nothing(language: str) -> None:
    page = invitation_page(language, "TOKEN", role="interpreter", when="<b>now</b>").get_body().decode()
    assert guest_words.WORDS[language]["interpreter"] in page
    assert "&lt;b&gt;now" in page
    assert 'href="TOKEN/join"' in page
    assert not re.search(r"<script|src=|https?:", page)


def test_a_page_in_a_language_without_words_is_english() -> None:
    page = visit_page("vi", "p", "c", roles=ROLES, texts=True, seen=SEEN).get_body().decode()
    assert '<html lang="en"' in page
    assert '<html lang="en"' in gone_page("vi").get_body().decode()


def test_what_the_page_holds_cannot_leave_its_place() -> None:
    seen = SEEN | {"start": '"><script>alert(1)</script>'}
    page = visit_page("en", "p", "c", roles=ROLES, texts=False, seen=seen).get_body().decode()
    assert "<script>alert" not in page
    assert page.count("<script>") == 1


def test_neither_page_is_kept_nor_framed() -> None:
    for page in (
        visit_page("en", "p", "c", roles=ROLES, texts=True, seen=SEEN),
        invitation_page("en", "t", role="family", when=""),
        gone_page("en"),
    ):
        assert page.headers["Cache-Control"] == "no-store"
        assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
        assert "unsafe" not in page.headers["Content-Security-Policy"]
