"""The doctor's findings have words in the portal: none is added to the product without them."""

import json
import re
from typing import Any, get_args

import pytest

from local.node import PORTAL
from shared.adapters.probe import Reach
from shared.diagnosis import ehr, texts, trust
from shared.diagnosis.doctor import CLIENTS
from shared.diagnosis.findings import CATALOGUE
from shared.diagnosis.shown import ActionKind

WORDS = PORTAL / "src" / "words" / "health"
LANGUAGES = ("en", "fr", "es")
PLACEHOLDER = re.compile(r"\{(\w+)\}")


def read(path: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((WORDS / path).read_text())
    return content


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_every_finding_has_words_with_the_same_placeholders(language: str) -> None:
    words = read(f"findings/{language}.json")
    assert words.keys() == CATALOGUE.keys()
    for code, entry in CATALOGUE.items():
        assert words[code].keys() == {"detail", "fix"}, code
        for name, english in (("detail", entry.detail), ("fix", entry.fix)):
            text = words[code][name]
            assert sorted(PLACEHOLDER.findall(text)) == sorted(PLACEHOLDER.findall(english)), code
            assert (text == "") == (english == ""), code
            assert text == text.strip(), code
            assert text != english or not english, code


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_value_that_is_a_code_of_ours_has_words(language: str) -> None:
    words = read(f"{language}.json")
    # That it answers, or what is wrong with its certificate, are findings of their own.
    reasons = set(get_args(Reach)) - {"answers", "tls"}
    wanted = {f"reason.{reason}" for reason in reasons}
    wanted |= {f"audience.{audience}" for audience in CLIENTS} | {f"check.{audience} client" for audience in CLIENTS}
    wanted |= {f"fields.{name}" for name in ehr.PINNED}
    wanted |= {f"missing.{name}" for name in (*texts.STATUSES, *texts.ID_TYPES)}
    wanted |= {f"environment.{name}" for name in ("testing", "production")}
    assert set(trust.NEEDED) <= set(CLIENTS)
    assert wanted <= words.keys()


def test_every_check_by_its_name_has_words() -> None:
    source = (PORTAL.parent / "shared" / "diagnosis" / "doctor.py").read_text()
    names = set(re.findall(r'^ +\("([a-z ]+)", \w+', source, re.MULTILINE)) | {"texts"}
    assert {"settings", "server keys", "what was seen", "tick"} <= names
    assert {f"check.{name}" for name in names} <= read("en.json").keys()


def test_every_action_has_a_button() -> None:
    kinds = {f"do.{kind}" for kind in get_args(ActionKind)}
    assert kinds <= read("en.json").keys()
