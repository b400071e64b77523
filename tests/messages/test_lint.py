"""What a template may hold: every finding, at its place, and that our own texts have none."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.messages.lint import FINDINGS, lint, wrong_templates
from shared.messages.segments import size
from shared.messages.templates import fill
from shared.messages.words import KINDS, LANGUAGES, STOP, TEXTS
from shared.organisations.connection import SmsRules

GOOD = "{organisation}: see you {when}\n{link}"


def codes(template: str, kind: str = "reminder", language: str = "en") -> list[str]:
    return [finding.code for finding in lint(language, kind, template)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_our_own_texts_have_nothing_to_complain_of(kind: str, language: str) -> None:
    assert lint(language, kind, TEXTS[language][kind]) == []


@pytest.mark.parametrize(
    ("template", "kind", "expected"),
    [
        ("see you {when} {link}", "reminder", ["template.organisation_missing"]),
        ("{organisation} {link}", "reminder", ["template.when_missing"]),
        ("{organisation} {when}", "reminder", ["template.link_missing"]),
        ("{organisation} {when}", "cancelled", []),
        ("{organisation} {when} {link}", "cancelled", ["template.link_cancelled"]),
        ("{organisation} {organisation} {when} {link}", "reminder", ["template.organisation_twice"]),
        ("{organisation} {when} {when} {link}", "reminder", ["template.when_twice"]),
        ("{organisation} {when} {link} {link} {link}", "reminder", ["template.link_twice", "template.link_twice"]),
        ("{organisation} {when} {link} {stop}", "reminder", []),
        ("{organisation} {when} {link} {stop} {stop}", "reminder", ["template.stop_twice"]),
        ("{organisation} {when} {link} Reply STOP", "reminder", ["template.stop_twice"]),
        ("{organisation}: we stop at {when} {link}", "reminder", []),
        ("{organisation} {when} {link} {patient}", "reminder", ["template.placeholder_unknown"]),
        ("{organisation} {when} {link} {birthdate} {reason}", "reminder", ["template.placeholder_unknown"] * 2),
        ("{organisation} {when} {link} {link.__class__}", "reminder", ["template.placeholder_unknown"]),
        ("{organisation} {when!r} {link}", "reminder", ["template.when_missing", "template.placeholder_unknown"]),
        ("{organisation} {when} {link} {0}", "reminder", ["template.placeholder_unknown"]),
        ("{organisation} {when} {link} {}", "reminder", ["template.placeholder_unknown"]),
        ("{organisation} {when} {link} {ORGANISATION}", "reminder", ["template.placeholder_unknown"]),
        ("{organisation} {when} {link} }", "reminder", ["template.brace"]),
        ("{organisation} {{when}} {link}", "reminder", ["template.brace", "template.brace"]),
        ("{organisation} {when} {link} https://bit.ly/x", "reminder", ["template.address"]),
        ("{organisation} {when} {link} bit.ly/x", "reminder", ["template.address"]),
        ("{organisation} {when} {link} www.example.com", "reminder", ["template.address"]),
        ("{organisation} {when} {link} HTTP://EXAMPLE", "reminder", ["template.address"]),
        ("{organisation} {when} {link} tinyurl.com.", "reminder", ["template.address"]),
        ("{organisation} {when} {link} me@example.org", "reminder", ["template.address"]),
        ("{organisation} {when} {link} münchen.example", "reminder", ["template.address"]),
        ("{organisation} {when} {link} tel:+16085550143", "reminder", []),
        ("{organisation} {when} 9 a.m. 1.5 {link}", "reminder", []),
        ("{organisation} {when}\n{link}.", "reminder", ["template.link_joined"]),
        ("{organisation} {when} go:{link}", "reminder", ["template.link_joined"]),
        ("{organisation} {when}{link}", "reminder", ["template.link_joined"]),
        ("{organisation}\u200b {when} {link}", "reminder", ["template.control"]),
        ("{organisation}\t{when} {link}", "reminder", ["template.control"]),
        ("{organisation} \u202e{when} {link}", "reminder", ["template.control"]),
        ("{organisation} \x00 {when} {link}", "reminder", ["template.control"]),
        ("{organisation}\n\n{when}\n{link}", "reminder", []),
        ("{organisation}\n\n\n{when}\n{link}", "reminder", ["template.blank"]),
        ("{organisation} {when} {link}\n", "reminder", ["template.blank"]),
        (" {organisation} {when} {link}", "reminder", ["template.blank"]),
        ("{organisation}\n1\n2\n3\n4\n{when}\n{link}", "reminder", []),
        ("{organisation}\n1\n2\n3\n4\n5\n{when}\n{link}", "reminder", ["template.lines"]),
        ("{organisation} {when} {link} " + "word " * 20 + "end", "reminder", ["template.segments"]),
        ("{organisation} {when} {link} " + "word " * 110 + "end", "reminder", ["template.too_long"]),
        ("{organisation} {when} {link} 🙂", "reminder", ["template.segments", "template.ucs2"]),
        ("{organisation}\u2019s visit \u2013 {when} {link}", "reminder", []),
        ("{organisation}: cancer {when} {link}", "reminder", ["template.health"]),
        ("{organisation}: test results, {when} {link}", "reminder", ["template.health"]),
        ("", "reminder", [f"template.{name}_missing" for name in ("organisation", "when", "link")]),
    ],
)  # fmt: skip
def test_each_thing_that_will_not_do_is_found(template: str, kind: str, expected: list[str]) -> None:
    assert sorted(codes(template, kind)) == sorted(expected)


def test_every_code_is_found_by_a_case_above() -> None:
    table = test_each_thing_that_will_not_do_is_found.pytestmark[0].args[1]  # type: ignore[attr-defined]
    assert {code for _, _, expected in table for code in expected} == set(FINDINGS)


@pytest.mark.parametrize(
    ("language", "word"),
    [
        ("es", "su terapia"),
        ("fr", "vos résultats"),
        ("pt", "seu exame"),
        ("zh", "化疗"),
        ("ar", "نتائج"),
        ("vi", "xét nghiệm"),
    ],
)
def test_words_about_health_are_warned_of_in_each_language(language: str, word: str) -> None:
    assert "template.health" in codes(f"{{organisation}} {word} {{when}} {{link}}", language=language)


def test_a_finding_says_where_it_is_in_characters() -> None:
    template = "🙂 {organisation} {when} {link} {nome} bit.ly/x"
    places = {
        finding.code: template[finding.start : finding.start + finding.length]
        for finding in lint("en", "reminder", template)
    }
    assert places == {"template.placeholder_unknown": "{nome}", "template.address": "bit.ly/x"}


def test_errors_come_first() -> None:
    found = lint("en", "reminder", "cancer {organisation} {when} {link} {name}")
    assert [finding.level for finding in found] == ["error", "warning"]


def test_a_language_of_other_letters_is_measured_against_our_own_text_in_it() -> None:
    """Three segments are what Vietnamese takes; a warning that nobody can heed would be noise."""
    assert codes("{organisation}: hẹn gặp {when}\n{link}", language="vi") == []
    assert codes("{organisation}: hẹn gặp {when}\n{link} " + "rất vui " * 8 + "!", language="vi") == [
        "template.segments"
    ]


def test_what_keeps_templates_from_being_saved_is_named_by_field_and_warnings_do_not() -> None:
    rules = SmsRules(
        organisation="Lakeside", templates={"es": {"reminder": "{organisation} {when}"}, "en": {"reminder": GOOD}}
    )
    assert set(wrong_templates(rules)) == {"templates.es.reminder"}
    assert wrong_templates(replace(rules, templates={"en": {"reminder": GOOD + " surgery"}})) == {}
    assert wrong_templates(SmsRules()) == {}


def test_what_is_found_never_repeats_what_was_typed() -> None:
    typed = "secret-of-somebody"
    found = lint("en", "reminder", f"{{{typed}}} {typed}.example/x")
    assert typed not in json.dumps([(one.code, one.detail, one.fix) for one in found])


@given(
    st.text(alphabet="{}organisationwhenlinkstop STOP.\n:é🙂/-", max_size=120),
    st.sampled_from(KINDS),
    st.sampled_from(LANGUAGES),
)
def test_whatever_passes_leaves_as_one_good_text(template: str, kind: str, language: str) -> None:
    """The promise of the linter: who, when, our link alone where there is one, how to stop once, four segments at most."""
    for whole in (template, template + GOOD, GOOD + template):
        found = lint(language, kind, whole)
        assert all(0 <= one.start <= one.start + one.length <= len(whole) for one in found)
        if any(one.level == "error" for one in found):
            continue
        link = "" if kind == "cancelled" else "https://v.example/api/v/x"
        said = fill(whole, language, organisation="Lakeside", when="Tue", link=link)
        assert said.count("STOP") == STOP[language].count("STOP")
        assert "Lakeside" in said
        assert said.split().count(link) == (kind != "cancelled")
        assert not set(said) & set("{}")
        assert size(said).segments <= 4
