"""The preview shows what patients would get, in every language there is."""

import re
from datetime import UTC, datetime

import pytest

from shared.errors import Refused
from shared.messages.preview import KINDS, preview
from shared.messages.segments import size
from shared.messages.templates import WORDS
from shared.organisations.connection import Connection, SmsRules

NOW = datetime(2026, 11, 24, 15, 20, tzinfo=UTC)
CONNECTION = Connection(
    "demo2amer", "tenant", "https://epic.example.org/R4", "testing", "America/Chicago", "oid",
    sms=SmsRules(organisation="Lakeside Clinic"),
)  # fmt: skip


def test_every_kind_in_every_language_with_its_size() -> None:
    texts = preview(CONNECTION, {}, "https://us.example.org", NOW).texts
    assert {(text.language, text.kind) for text in texts} == {(lang, kind) for lang in WORDS for kind in KINDS}
    for text in texts:
        assert text.text.startswith("Lakeside Clinic")
        assert (text.encoding, text.characters, text.segments) == size(text.text)
        assert "CST" in text.text


def test_what_is_not_saved_yet_is_shown_and_what_is_wrong_is_refused() -> None:
    texts = preview(CONNECTION, {"organisation": "Hill Street"}, "https://us.example.org", NOW).texts
    assert all(text.text.startswith("Hill Street") for text in texts)
    with pytest.raises(Refused, match=r"request\.invalid"):
        preview(CONNECTION, {"organisation": "x" * 41}, "https://us.example.org", NOW)


def test_the_example_link_is_as_long_as_a_real_one_and_is_none() -> None:
    link = re.search(
        r"https://us\.example\.org/api/v/(\S+)", preview(CONNECTION, {}, "https://us.example.org", NOW).texts[0].text
    )
    assert link
    assert len(link[1]) == 48
