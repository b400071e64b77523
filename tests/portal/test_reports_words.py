"""What the page Reports says comes from the product's definitions: none is without words, none outlives its original."""

import json
from typing import get_args

import pytest

from local.node import PORTAL
from shared.adapters.gateway import Reason
from shared.messages.words import KINDS
from shared.reports import definitions
from shared.reports.figures import DEVICES, NETWORKS, STATUSES, TEXT_STATES
from shared.visits.changes import DIRECT

WORDS = PORTAL / "src" / "words" / "reports"
SHOWN = (
    *definitions.STATUSES, *definitions.KINDS, *definitions.FIGURES, *definitions.TEXTS, *definitions.QUALITY,
    *definitions.ALLOWANCE,
)  # fmt: skip


def read(path: str) -> dict[str, str]:
    content: dict[str, str] = json.loads((WORDS / path).read_text())
    return content


@pytest.mark.parametrize("language", ["fr", "es"])
def test_every_definition_is_translated_and_no_translation_is_of_an_older_one(language: str) -> None:
    words = read(f"definitions/{language}.json")
    assert words.keys() == {*definitions.RULES, *(each.says for each in SHOWN)}
    for english, text in words.items():
        assert text.strip() == text != english


def test_every_code_of_the_reports_has_a_name() -> None:
    words = read("en.json").keys()
    assert {f"status.{name}" for name in STATUSES} <= words
    assert {f"kind.{each.name}" for each in definitions.KINDS} <= words
    assert {f"figure.{each.name}" for each in definitions.FIGURES} <= words
    assert {f"text.{name}" for name in TEXT_STATES} <= words
    assert {f"quality.{each.name}" for each in definitions.QUALITY} <= words
    assert {f"allowance.{each.name}" for each in definitions.ALLOWANCE} <= words
    assert {f"device.{name}" for name in DEVICES} | {f"network.{name}" for name in NETWORKS} <= words
    assert {f"sent.{name}" for name in (*KINDS, DIRECT)} <= words
    assert {f"reason.{name}" for name in get_args(Reason) if name} <= words
