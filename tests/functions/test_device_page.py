"""The device test's page: its words in seven languages, its policy, nothing from elsewhere."""

import re
from base64 import b64encode
from hashlib import sha256

import pytest

from functions.device_page import SCRIPT_HASH, STYLE_HASH, allow, device_fold, device_page
from functions.device_words import words_of
from functions.page_words import WORDS
from functions.waiting_page import Seen, waiting_page
from shared.visits.device import CHECKS, RESULTS
from tests.builders import NOW

BROWSERS = ("chrome", "edge", "safari_mac", "safari_ios", "ios", "android", "samsung", "firefox", "embedded", "other")
PLACES = re.compile(r"\{\w+\}")


def text(language: str, *, kept: bool = True) -> str:
    return device_page(language, "CODE", kept=kept).get_body().decode()


@pytest.mark.parametrize("language", WORDS)
def test_every_language_has_words_for_every_outcome_and_every_browser(language: str) -> None:
    words = words_of(language)
    needed = {f"{check}_{outcome}" for check, outcomes in CHECKS.items() for outcome in outcomes}
    needed |= {f"help_{browser}" for browser in BROWSERS} | set(RESULTS)
    assert needed - words.keys() == set()
    english = words_of("en")
    assert words.keys() == english.keys()
    assert {name: sorted(PLACES.findall(said)) for name, said in words.items()} == {
        name: sorted(PLACES.findall(said)) for name, said in english.items()
    }
    # A word of another language is one that was forgotten; names of things may be the same.
    assert language == "en" or len([name for name in words if words[name] == english[name]]) <= 2


@pytest.mark.parametrize("language", WORDS)
def test_the_page_is_whole_in_every_language(language: str) -> None:
    page = text(language)
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in page
    assert page.count('role="status"') == len(CHECKS) + 2
    assert all(f'id="check-{check}"' in page for check in CHECKS)


def test_the_policy_knows_the_page_s_own_scripts_and_styles_and_no_others() -> None:
    answer = device_page("en", "CODE", kept=True)
    policy = answer.headers["Content-Security-Policy"]
    own = re.findall(r"<(script|style)>(.*?)</\1>", answer.get_body().decode(), re.DOTALL)
    assert len(own) == 3
    for kind, content in own:
        digest = b64encode(sha256(content.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in re.search(rf"{kind}-src ([^;]*)", policy)[1]  # type: ignore[index]
    assert policy.count("sha256-") == 3
    assert "default-src 'none'" in policy
    assert "connect-src 'self'" in policy
    assert answer.headers["Permissions-Policy"] == "camera=(self), microphone=(self)"
    linked = re.findall(r'(?:src|href)="([^"]*)"', answer.get_body().decode())
    assert {link.removesuffix(link[-2:]) for link in linked} == {"?lang="}


def test_the_waiting_page_s_policy_lets_the_folded_test_run_and_nothing_else() -> None:
    seen = Seen("waiting", "soon", None, "", moved=False, now=NOW, query="", fits=True)
    plain = waiting_page("vi", seen)
    answer = allow(waiting_page("vi", seen, check=device_fold("vi", "CODE")))
    added = answer.headers["Content-Security-Policy"]
    for digest in (STYLE_HASH, SCRIPT_HASH):
        assert added.count(digest) == 1
        added = added.replace(f"{digest} ", "")
    assert added == plain.headers["Content-Security-Policy"]
    own = re.findall(r"<(?:script|style)>(.*?)</(?:script|style)>", answer.get_body().decode(), re.DOTALL)
    policy = answer.headers["Content-Security-Policy"]
    assert all(b64encode(sha256(content.encode()).digest()).decode() in policy for content in own)
    assert answer.headers["Permissions-Policy"] == "camera=(self), microphone=(self)"


def test_a_page_without_a_visit_promises_no_care_team_anything() -> None:
    assert "care team" in text("en")
    assert 'data-keep="no"' in text("en", kept=False)
    shown = re.sub(r'data-words="[^"]*"', "", text("en", kept=False))
    assert "care team" not in shown
