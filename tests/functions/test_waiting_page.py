"""The patient's page: each state in each language, with nothing from elsewhere, and of use without a script."""

import json
import re
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from html import unescape

import pytest

from functions.page_words import LANGUAGES, RIGHT_TO_LEFT, WORDS
from functions.waiting_page import Seen, waiting_page

WHEN, OPENS = "Tue Nov 24 10:15 AM CST", "Tue Nov 24 9:45 AM CST"
NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
WAITING = Seen("waiting", WHEN, None, "", moved=False, now=NOW, query="", fits=True)
EARLY = replace(WAITING, state="early", opens=NOW + timedelta(minutes=45), opens_text=OPENS)
UNFIT = replace(WAITING, state="unfit", fits=False)


def text(seen: Seen, language: str = "en", **more: str) -> str:
    return waiting_page(language, seen, **more).get_body().decode()


def shown(page: str) -> str:
    """What one reads: without what is hidden, what only the script reads, and the tags."""
    page = re.sub(r"<(script|style|noscript|title)\b.*?</\1>", "", page, flags=re.DOTALL)
    page = re.sub(r"<(\w+)[^>]* hidden>.*?</\1>", "", page, flags=re.DOTALL)
    return unescape(re.sub(r"<[^>]+>", " ", page))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("seen", "said"),
    [
        (WAITING, ("waiting", "waiting_text", "waiting_next")),
        (EARLY, ("early", "early_next")),
        (UNFIT, ("browser", "browser_text", "browser_how", "anyway")),
        (replace(WAITING, moved=True), ("waiting", "moved")),
        (replace(WAITING, fits=False), ("waiting", "browser", "browser_android")),
    ],
    ids=["waiting", "early", "unfit", "moved", "waiting unfit"],
)
def test_each_state_says_what_it_is_in_each_language(seen: Seen, said: tuple[str, ...], language: str) -> None:
    page = text(seen, language)
    for name in said:
        assert WORDS[language][name] in shown(page), name
    direction = "rtl" if language in RIGHT_TO_LEFT else "ltr"
    assert f'<html lang="{language}" dir="{direction}">' in page


def test_early_says_when_one_may_come_in_and_when_the_visit_is() -> None:
    assert WHEN in shown(text(EARLY))
    assert OPENS in shown(text(EARLY))
    assert WORDS["en"]["early_next"] not in shown(text(WAITING))


def test_what_is_not_the_matter_is_not_shown() -> None:
    page = shown(text(WAITING))
    assert not [name for name in ("browser", "blocked", "moved", "offline", "trouble") if WORDS["en"][name] in page]


@pytest.mark.parametrize("seen", [WAITING, EARLY, UNFIT])
def test_every_script_and_style_is_allowed_by_its_hash_and_nothing_comes_from_elsewhere(seen: Seen) -> None:
    answer = waiting_page("en", replace(seen, when="<img src=x>"))
    page, policy = answer.get_body().decode(), answer.headers["Content-Security-Policy"]
    for kind in ("script", "style"):
        for inside in re.findall(rf"<{kind}>(.*?)</{kind}>", page, re.DOTALL):
            assert b64encode(sha256(inside.encode()).digest()).decode() in policy
    assert "unsafe" not in policy
    assert "<img" not in page
    assert not re.findall(r"""(?:href|src)="(?![?])""", page)
    assert not re.search(r"<[^>]* (?:on[a-z]+|style)=", page)


@pytest.mark.parametrize(
    ("seen", "seconds"),
    [
        (WAITING, 10),
        (EARLY, 60),
        (replace(EARLY, opens=NOW + timedelta(seconds=20)), 21),
        (replace(EARLY, opens=NOW - timedelta(seconds=5)), 1),
    ],
    ids=["waiting", "early", "soon", "just now"],
)
def test_without_a_script_the_page_looks_again_by_itself(seen: Seen, seconds: int) -> None:
    page = text(seen)
    head = page[: page.index("</head>")]
    assert f'<noscript><meta http-equiv="refresh" content="{seconds}"></noscript>' in head
    assert WORDS["en"]["again"] in "".join(re.findall("<noscript>.*?</noscript>", page))


def test_a_browser_that_does_not_fit_is_not_asked_again_and_again() -> None:
    assert "http-equiv" not in text(UNFIT)


def test_the_links_of_the_page_keep_how_one_came() -> None:
    page = unescape(text(replace(UNFIT, query="from=held&")))
    assert set(re.findall(r'href="([^"]+)"', page)) == {
        "?from=held&anyway=1&lang=en", *(f"?from=held&lang={each}" for each in LANGUAGES if each != "en")
    }  # fmt: skip


def test_the_script_has_all_its_words() -> None:
    page = text(WAITING, "ar")
    words = json.loads(unescape(next(iter(re.findall(r'data-words="([^"]+)"', page)))))
    used = set(re.findall(r"words\.(\w+)", page))
    assert used
    assert used <= set(words) == {name for name in words if words[name] == WORDS["ar"][name]}


def test_the_device_check_has_its_place_on_the_page() -> None:
    page = text(WAITING, check='<section id="check"></section>')
    assert page.index("</h1>") < page.index('id="check"') < page.index("<nav")
