"""The catalogues of the portal's words: no language lags behind, no word is idle, none hides in the source."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.node import PORTAL
from shared.errors import CATALOGUE

SOURCE = PORTAL / "src"
AREAS = sorted(path for path in (SOURCE / "words").iterdir() if (path / "en.json").exists())
LANGUAGES = ("en", "fr", "es")
PLACEHOLDER = re.compile(r"\{(\w+)\}")
SCRIPTS = [path for ending in ("ts", "tsx") for path in SOURCE.rglob(f"*.{ending}") if path.name != "schema.d.ts"]
# Words of JSX: text between tags, and attributes that people read or hear.
BETWEEN_TAGS = re.compile(r">([^<>{}]*[A-Za-zÀ-ÿ]{2,}[^<>{}]*)</")
READ_ALOUD = re.compile(
    r"""\b(?:label|title|lead|over|hint|caption|legend|placeholder|alt|aria-label|confirm)=["'`]([^"'`]*[A-Za-z]{2}[^"'`]*)["'`]"""
)
# Names are the same in every language.
NAMES = {"VisitBridge"}


def read(area: Path, language: str) -> dict[str, str]:
    """One catalogue."""
    content: dict[str, str] = json.loads((area / f"{language}.json").read_text())
    return content


def base(key: str) -> str:
    """A key without its plural category."""
    return key.partition("#")[0]


def named(path: Path) -> str:
    return path.name


@pytest.mark.parametrize("area", AREAS, ids=named)
@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_every_language_has_the_same_keys_and_placeholders(area: Path, language: str) -> None:
    english, other = read(area, "en"), read(area, language)
    assert {base(key) for key in other} == {base(key) for key in english}
    for key, text in other.items():
        example = english.get(key) or english[f"{base(key)}#other"]
        assert set(PLACEHOLDER.findall(text)) == set(PLACEHOLDER.findall(example)), key


@pytest.mark.parametrize("area", AREAS, ids=named)
def test_every_plural_has_a_form_for_the_rest(area: Path) -> None:
    for language in LANGUAGES:
        words = read(area, language)
        assert all(f"{base(key)}#other" in words for key in words if "#" in key)
        assert all(base(key) not in words for key in words if "#" in key)


def test_no_value_is_empty_or_has_space_around_it() -> None:
    for area in AREAS:
        for language in LANGUAGES:
            for key, text in read(area, language).items():
                assert text == text.strip() != "", (area.name, language, key)


def test_each_file_says_every_sentence_in_its_own_language() -> None:
    """A sentence of several words that two languages share was forgotten when they were translated."""
    for area in AREAS:
        english = read(area, "en")
        for language in LANGUAGES[1:]:
            same = [
                key for key, text in read(area, language).items()
                if text == english.get(key) and len(re.findall(r"[A-Za-zÀ-ÿ]{2,}", PLACEHOLDER.sub("", text))) > 3
            ]  # fmt: skip
            assert same == [], (area.name, language)


def used_by() -> tuple[set[str], list[re.Pattern[str]]]:
    """Every literal of the source, and a pattern for each template literal."""
    # Comments have apostrophes, which would turn what is inside and outside of quotes around.
    text = "\n".join(re.sub(r"(?m)^\s*(?://|\*|/\*).*$|(?<!:)//[^\n'\"]*$", "", path.read_text()) for path in SCRIPTS)
    literals = {one or other for one, other in re.findall(r"""'([^'\n]*)'|"([^"\n]*)\"""", text)}
    templates = [
        re.compile(".+".join(re.escape(part) for part in re.split(r"\$\{[^}]*\}", found)))
        for found in re.findall(r"`((?:[\w.]|\$\{[^`{}]*\})+)`", text)
        # One without a fixed part that could be of a key would use everything.
        if "${" in found and (re.match(r"[a-z_]+\.", found) or re.search(r"\}\.[a-z_]+$", found))
    ]
    return literals, templates


def test_every_word_is_used() -> None:
    literals, templates = used_by()
    for area in AREAS:
        idle = {
            key for key in map(base, read(area, "en"))
            if key not in literals and not any(template.fullmatch(key) for template in templates)
        }  # fmt: skip
        assert idle == set(), area.name


def written(path: Path) -> Iterator[str]:
    """What a component's source says to people by itself."""
    text = re.sub(r"//[^\n]*|/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
    # Arrow functions and comparisons are no tags.
    text = text.replace("=>", "")
    for found in [*BETWEEN_TAGS.findall(text), *READ_ALOUD.findall(text)]:
        if found.strip() and found.strip() not in NAMES and not re.search(r"[;=(&|]", found):
            yield found.strip()


@pytest.mark.parametrize("path", [path for path in SCRIPTS if path.suffix == ".tsx"], ids=lambda path: path.stem)
def test_no_component_speaks_by_itself(path: Path) -> None:
    assert list(written(path)) == []


def test_the_look_for_written_words_finds_them(tmp_path: Path) -> None:
    file = tmp_path / "A.tsx"
    file.write_text('<p>Hello you</p><Field label="Your name" />{items.map((a) => <b>{t("x")}</b>)}')
    assert sorted(written(file)) == ["Hello you", "Your name"]


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_every_problem_of_the_api_has_words(language: str) -> None:
    """English comes from the API; a code without a translation would speak English to others."""
    words: dict[str, Any] = json.loads((SOURCE / "words" / "problems" / f"{language}.json").read_text())
    assert words.keys() == CATALOGUE.keys()
    for code, text in words.items():
        assert text.keys() == {"detail", "fix"}, code
        assert all(text.values()), code
