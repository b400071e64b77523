"""The preview shows what patients would get, in every language there is."""

import re
from datetime import UTC, datetime

import pytest

from shared.errors import Refused
from shared.messages.preview import preview
from shared.messages.segments import size
from shared.messages.words import KINDS, LANGUAGES, TEXTS
from shared.organisations.connection import Connection, SmsRules

NOW = datetime(2026, 11, 24, 15, 20, tzinfo=UTC)
CONNECTION = Connection(
    "demo2amer", "tenant", "https://epic.example.org/R4", "testing", "America/Chicago", "oid",
    sms=SmsRules(organisation="Lakeside Clinic"),
)  # fmt: skip


def test_every_kind_in_every_language_with_its_size() -> None:
    texts = preview(CONNECTION, {}, "https://us.example.org", NOW).texts
    assert {(text.language, text.kind) for text in texts} == {(lang, kind) for lang in LANGUAGES for kind in KINDS}
    for text in texts:
        assert "Lakeside Clinic" in text.text
        assert (text.encoding, text.characters, text.segments) == size(text.text)
        assert "CST" in text.text or text.language == "zh"
        assert text.template == text.ours == TEXTS[text.language][text.kind]
        assert not text.findings
        assert not text.outside


def test_what_is_not_saved_yet_is_shown_and_what_is_wrong_is_refused() -> None:
    texts = preview(CONNECTION, {"organisation": "Hill Street"}, "https://us.example.org", NOW).texts
    assert all("Hill Street" in text.text for text in texts)
    with pytest.raises(Refused, match=r"request\.invalid"):
        preview(CONNECTION, {"organisation": "x" * 41}, "https://us.example.org", NOW)


def test_the_example_link_is_as_long_as_a_real_one_and_is_none() -> None:
    link = re.search(
        r"https://us\.example\.org/api/v/(\S+)", preview(CONNECTION, {}, "https://us.example.org", NOW).texts[0].text
    )
    assert link
    assert len(link[1]) == 31


def test_ones_own_words_are_shown_as_they_would_leave_with_what_is_wrong_about_them() -> None:
    templates = {"es": {"reminder": "{organisation}: {name}, el {when}"}}
    texts = preview(CONNECTION, {"templates": templates}, "https://us.example.org", NOW).texts
    changed = [text for text in texts if text.template != text.ours]
    assert [(text.language, text.kind) for text in changed] == [("es", "reminder")]
    assert changed[0].text.startswith("Lakeside Clinic: {name}, el mar, 1 de dic")
    assert [(one.code, one.level, one.start, one.length) for one in changed[0].findings] == [
        ("template.placeholder_unknown", "error", 16, 6),
        ("template.link_missing", "error", 33, 0),
    ]


def test_a_character_that_makes_texts_dear_is_named_where_the_language_needs_none() -> None:
    texts = preview(CONNECTION, {"organisation": "Hôpital Ŵest 🏥"}, "https://us.example.org", NOW).texts
    assert {text.language for text in texts if text.outside == ["🏥"]} == {"en", "es", "fr", "pt"}
    assert all(text.outside == [] for text in texts if text.language in ("zh", "ar", "vi"))
