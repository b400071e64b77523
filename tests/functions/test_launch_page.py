"""The pages between the chart and the sign-in."""

import re
from typing import Any

import pytest

from functions.launch_page import POST_SCRIPT, own_window_page, posting_page
from functions.page_words import RIGHT_TO_LEFT, WORDS

URL = "/api/launch/epic/provider?iss=https%3A%2F%2Fehr.example&launch=a%22b"
HOSTILE = {"launch": '"><script>alert(1)</script>', "state": "s"}


def body(page: Any) -> str:
    return str(page.get_body().decode())


@pytest.mark.parametrize("language", WORDS)
def test_each_speaks_every_language_in_its_direction(language: str) -> None:
    for page in (own_window_page(URL, language), posting_page("https://ehr.example/a", {}, language)):
        assert f'dir="{"rtl" if language in RIGHT_TO_LEFT else "ltr"}"' in body(page)
        assert page.status_code == 200


def test_a_framed_launch_is_offered_in_a_window_that_knows_nothing_of_the_frame() -> None:
    page = own_window_page(URL, "en")
    assert f'href="{URL.replace("&", "&amp;")}" target="_blank" rel="noopener noreferrer"' in body(page)
    assert "script" not in body(page)
    assert "frame-ancestors https:" in page.headers["Content-Security-Policy"]
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in page.headers


def test_what_is_posted_cannot_leave_its_field() -> None:
    page = posting_page('https://ehr.example/a?x="y"', HOSTILE, "en")
    assert re.findall(r"<script>(.*?)</script>", body(page)) == [POST_SCRIPT]
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert page.headers["Cache-Control"] == "no-store"
