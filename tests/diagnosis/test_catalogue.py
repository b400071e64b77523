"""The catalogue, its page, and the known problems that it must be able to tell."""

import re
from string import Formatter

import pytest

from shared.diagnosis.findings import CATALOGUE, finding
from tests.diagnosis.symptoms import SYMPTOMS
from tests.docs.pages import DOCS, plain, rows

PAGE = DOCS / "diagnosis.md"


def named(text: str) -> set[str]:
    """The values that a text names."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_the_page_has_every_code_with_its_level_and_texts_and_no_other() -> None:
    told = {
        plain(code): (level, *(text.replace("\\<", "<") for text in texts))
        for code, level, *texts in rows(PAGE, columns=4)
    }
    assert told == {code: (entry.level, entry.detail, entry.fix) for code, entry in CATALOGUE.items()}


def test_the_page_tells_every_known_problem_and_every_one_has_a_code() -> None:
    told = {
        cells[0]: tuple(re.findall(r"`([\w.]+)`", cells[1]))
        for cells in rows(PAGE, columns=2)
    }  # fmt: skip
    assert told == SYMPTOMS
    assert {code for codes in SYMPTOMS.values() for code in codes} <= set(CATALOGUE)
    assert all(SYMPTOMS.values())


@pytest.mark.parametrize("code", CATALOGUE)
def test_a_finding_says_what_mends_it_and_keeps_its_values(code: str) -> None:
    entry = CATALOGUE[code]
    values = dict.fromkeys(named(entry.detail) | named(entry.fix), "x")
    made = finding(code, **values)
    assert (made.level, made.values) == (entry.level, values)
    assert "{" not in made.detail + made.fix
    assert made.detail.endswith((".", "x"))
    if entry.level in ("warning", "error", "unknown"):
        assert made.fix, "a problem without a fix"
    if entry.level in ("ok", "info"):
        assert made.action is None or entry.level == "info"


def test_powershell_survives_being_filled_in() -> None:
    assert "-BlockedAnonymousJoinClientTypes $null" in finding("join.browser").fix
    assert "-AppIds the-app;" in finding("policy.missing", names="Marcus Bell", app="the-app").fix
