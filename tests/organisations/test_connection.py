"""FHIR base URLs, and what an approval covers."""

from dataclasses import replace
from typing import Any

import pytest

from shared.adapters.epic import Endpoints, interconnect_of
from shared.adapters.tables import ETAG
from shared.errors import Refused
from shared.messages.words import KINDS, LANGUAGES
from shared.organisations import connections
from shared.organisations.connection import Connection, SmsRules, normal_fhir_base

BASE = "https://epic.example.org/Interconnect-PRD/api/FHIR/R4"
CONNECTION = Connection(
    "demo2amer", "tenant", BASE, "testing", "UTC", "oid", client_ids={"provider": "p", "patient": "q"}
)


@pytest.mark.parametrize(
    "text", [BASE, BASE + "/", "HTTPS://EPIC.example.org:443/Interconnect-PRD/api/FHIR/R4/", f" {BASE} "]
)
def test_one_server_has_one_form(text: str) -> None:
    assert normal_fhir_base(text) == BASE


@pytest.mark.parametrize(
    "text",
    [
        "http://epic.example.org/R4", "epic.example.org/R4", "https:///R4", "https://a@epic.example.org/R4",
        BASE + "?x=1", BASE + "#x", "https://epic.example.org/a%2fb", "https://epic.example.org//R4", "https://epic/R4",
        "https://epic.example.org:99999/R4", "https://épic.example.org/R4", "https://epic.example.org/\nR4", "", "x" * 600,
    ],
)  # fmt: skip
def test_what_cannot_be_compared_plainly_is_refused(text: str) -> None:
    with pytest.raises(Refused, match=r"connection.url_invalid"):
        normal_fhir_base(text)


def test_the_path_keeps_its_case() -> None:
    assert normal_fhir_base("https://e.example/Api/fhir/R4") != normal_fhir_base("https://e.example/api/FHIR/R4")


def test_the_interconnect_is_what_stands_before_the_api() -> None:
    assert interconnect_of(BASE) == "https://epic.example.org/Interconnect-PRD"


@pytest.mark.parametrize(
    "changes",
    [
        {"fhir_base": BASE + "2"},
        {"environment": "production"},
        {"approver_oid": "other"},
        {"client_ids": {"provider": "p2"}},
        {"endpoints": Endpoints("https://elsewhere", "t")},
    ],
    ids=str,
)
def test_what_an_approval_covers_changes_its_digest(changes: dict[str, Any]) -> None:
    assert replace(CONNECTION, **changes).configuration != CONNECTION.configuration


def test_sms_settings_need_no_new_approval() -> None:
    assert replace(CONNECTION, sms=SmsRules(enabled=True)).configuration == CONNECTION.configuration


def test_a_connection_is_read_as_it_was_written_with_every_text_in_its_own_words() -> None:
    """The longest of all of them, in any script, fits the 32 Ki characters that a string of a row holds."""
    texts = {language: dict.fromkeys(KINDS, "\U0001f642\n" + "ế" * 610) for language in LANGUAGES}
    sms = SmsRules(templates=texts, quiet=("21:00", "08:00"))
    row = connections._row(replace(CONNECTION, sms=sms))
    assert connections.read_row(row | {ETAG: "1"}).sms == sms
    assert len(row["document"].encode("utf-16-le")) < 64 * 1024 * 0.8


def test_a_connection_of_before_there_were_templates_has_none() -> None:
    row = connections._row(CONNECTION)
    row["document"] = row["document"].replace(', "templates": {}', "")
    assert "templates" not in row["document"]
    assert connections.read_row(row | {ETAG: "1"}).sms == SmsRules()
