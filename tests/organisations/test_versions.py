"""Versions of a connection: which fields changed since somebody looked."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.adapters.epic import Endpoints
from shared.errors import Refused
from shared.organisations.connection import Certificate, Connection, ConnectionState, Decision, SmsRules, Writeback
from shared.organisations.versions import FIELDS, changed_fields, check_seen, etag_of

NOW = datetime(2026, 11, 24, tzinfo=UTC)
CONNECTION = Connection("demo2amer", "tenant", "https://epic.example.org/R4", "testing", "UTC", "oid")
CHANGES: dict[str, dict[str, Any]] = {
    "fhir_base": {"fhir_base": "https://other.example.org/R4"},
    "environment": {"environment": "production"},
    "zone": {"zone": "America/Chicago"},
    "state": {"state": ConnectionState.APPROVED},
    "approver": {"approver_oid": "another"},
    "client_ids": {"client_ids": {"provider": "p"}},
    "assertion": {"assertion": "RS384"},
    "organizers": {"organizers": ("o",)},
    "room": {"recording": True},
    "sms": {"sms": SmsRules(quiet=("21:00", "08:00"))},
    "writeback": {"writeback": Writeback("epic-2018")},
    "endpoints": {"endpoints": Endpoints("a", "t")},
    "certificates": {"certificates": (Certificate("t", "CN=x", NOW, NOW, "oid"),)},
    "decision": {"decision": Decision(approved=True, reason="", by="oid", at=NOW, configuration="")},
}


def test_every_field_is_told_apart() -> None:
    assert set(CHANGES) == set(FIELDS)
    for name, change in CHANGES.items():
        assert changed_fields(etag_of(CONNECTION), etag_of(replace(CONNECTION, **change))) == [name]


def test_a_stale_version_is_refused_and_says_what_changed() -> None:
    seen = etag_of(CONNECTION)
    now = replace(CONNECTION, zone="America/Chicago", recording=True)
    with pytest.raises(Refused, match=r"precondition\.failed") as caught:
        check_seen({"if-match": f'"{seen}"'}, now)
    assert set(caught.value.fields) == {"zone", "room"}


@pytest.mark.parametrize("header", ["", "*", "{}", '"{}"', 'W/"{}"'])
def test_the_version_that_stands_passes_and_so_does_none(header: str) -> None:
    check_seen({"if-match": header.format(etag_of(CONNECTION))} if header else {}, CONNECTION)


@pytest.mark.parametrize("header", ["x", '"', "é" * 112])
def test_a_version_that_never_was_is_refused(header: str) -> None:
    with pytest.raises(Refused, match=r"precondition\.failed"):
        check_seen({"if-match": header}, CONNECTION)


def test_what_passes_with_time_alone_makes_no_new_version() -> None:
    assert etag_of(replace(CONNECTION, etag="row version")) == etag_of(CONNECTION)
