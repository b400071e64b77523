"""The integration records: what is issued, its versions, its CSV, and in what a launch differs from it."""

import csv
import io
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.contract.diagnosis import RecordList
from shared.organisations.connection import Connection
from shared.organisations.drift import Launched, differs, shown_by
from shared.organisations.records import AUDIENCES, CONTEXTS, Record, as_csv, context_names, issued, records
from shared.organisations.taking import take
from tests.builders import NOW

US = "https://us.example"
CONNECTION = Connection(
    "demo2amer", "tenant", "https://ehr.example/api/FHIR/R4", "testing", "UTC", "oid",
    client_ids={"provider": "p", "patient": "q"},
)  # fmt: skip
NAMES = ["provider", "patient", "group-provider", "group-patient", "direct-sms", "device-test", "sms-configuration"]


def record_of(name: str, connection: Connection = CONNECTION, public_url: str = US) -> Record:
    return next(record for record in issued(connection, public_url) if record.name == name)


def launched(record: Record, *, without: str = "", more: tuple[str, ...] = (), with_id: bool = True) -> Launched:
    """What a launch shows whose record was pasted as issued, but for what is said."""
    names = {part.partition("=")[0] for part in record.context.split("&")} | {"patient", "need_patient_banner", *more}
    marker = record.context.rpartition("record=")[2]
    return shown_by(CONTEXTS[record.name][0], names - {without}, marker, with_id=with_id, at=NOW)


def test_every_record_is_issued_and_each_launch_has_its_audience() -> None:
    assert [record.name for record in issued(CONNECTION, US)] == NAMES
    assert {"provider", "patient", "devicetest", "directsms"} == AUDIENCES


def test_a_launch_record_has_the_connection_in_its_url_its_audience_s_client_and_its_own_marker() -> None:
    provider, group = record_of("provider"), record_of("group-patient")
    assert provider.launch_url == f"{US}/api/launch/epic/provider/demo2amer"
    assert (provider.client_id, group.client_id) == ("p", "q")
    assert provider.context.startswith("sessionId=%CSN%&departmentId=%PERFDEPID;;; ; ;;NONE;%&")
    assert group.context == f"sessionId=%CONFERENCEID%&userType=2&record=group-patient.{group.version}"


def test_what_the_api_shows_is_what_its_contract_says() -> None:
    take(RecordList, {"records": records(CONNECTION, US), "drift": []})


@pytest.mark.parametrize(
    ("connection", "public_url", "names"),
    [
        (replace(CONNECTION, client_ids={"provider": "other", "patient": "q"}), US, {"provider", "group-provider", "direct-sms"}),
        (CONNECTION, "https://eu.example", set(NAMES)),
        (replace(CONNECTION, zone="America/Chicago"), US, set()),
    ],
    ids=["client id", "public address", "something else"],
)  # fmt: skip
def test_a_version_changes_with_what_is_pasted_and_with_nothing_else(
    connection: Connection, public_url: str, names: set[str]
) -> None:
    before = {record.name: record.version for record in issued(CONNECTION, US)}
    after = {record.name: record.version for record in issued(connection, public_url)}
    assert {name for name in NAMES if before[name] != after[name]} == names
    assert all(re.fullmatch(r"\d+\.[0-9a-f]{12}", version) for version in after.values())


def test_a_launch_with_the_record_as_issued_does_not_differ() -> None:
    for name in CONTEXTS:
        record = record_of(name)
        assert differs(launched(record), record) == []


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (launched(record_of("provider"), without="departmentId"), ["context:departmentId"]),
        (launched(record_of("provider"), with_id=False), ["launch_url"]),
        (launched(record_of("provider"), more=("organizerId",)), ["context:organizerId"]),
        (launched(record_of("provider", replace(CONNECTION, client_ids={"provider": "old"}))), ["client_id"]),
        (launched(record_of("provider", public_url="https://old.example")), ["launch_url"]),
        (shown_by("provider", ["sessionId", "departmentId", "userId", "userType"], "", with_id=True, at=NOW), ["version"]),
    ],
    ids=["a parameter lost", "the id lost", "the former product's", "an old client id", "an old address", "no marker"],
)  # fmt: skip
def test_a_launch_tells_in_what_it_differs(seen: Launched, expected: list[str]) -> None:
    assert differs(seen, record_of("provider")) == expected


def test_an_earlier_form_is_told_from_a_changed_value() -> None:
    record = record_of("patient")
    seen = replace(launched(record), version="1." + record.version.partition(".")[2])
    assert differs(seen, record) == ["version"]


def test_a_group_launch_is_told_from_an_ordinary_one_by_its_marker_only() -> None:
    assert launched(record_of("group-provider")).record == "group-provider"
    seen = shown_by("provider", ["sessionId"], "", with_id=True, at=NOW)
    assert seen.record == "provider"


def test_the_record_of_another_audience_is_named_as_such() -> None:
    marker = record_of("patient").context.rpartition("record=")[2]
    seen = shown_by("provider", ["sessionId", "departmentId", "userId", "userType"], marker, with_id=True, at=NOW)
    assert (seen.record, differs(seen, record_of("provider"))) == ("provider", ["version", "context:record"])


@given(marker=st.text(), names=st.lists(st.text()))
def test_nothing_of_a_launch_is_kept_but_known_names_and_a_marker_in_our_form(marker: str, names: list[str]) -> None:
    seen = shown_by("provider", names, marker, with_id=True, at=NOW)
    assert seen.version == "" or re.fullmatch(r"[0-9]{1,4}\.[0-9a-f]{12}", seen.version)
    known = frozenset[str]().union(*(context_names(context) for _, context in CONTEXTS.values()))
    former = {"tenantId", "upn", "organizerId", "subject", "applicationInstances"}
    assert {seen.record, *seen.missing, *seen.extra} <= known | former | set(CONTEXTS)


def test_a_value_in_the_marker_s_place_is_not_kept() -> None:
    for marker in ("7000000123", "provider.7000000123", "provider.2.7000000123", "provider.2.%CSN%"):
        assert "7000000123" not in str(shown_by("provider", ["sessionId"], marker, with_id=True, at=NOW))


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_the_csv_has_crlf_and_one_line_a_record() -> None:
    text = as_csv(records(CONNECTION, US))
    assert text.startswith("name,version,launch_url,client_id,context\r\n")
    assert text.count("\r\n") == len(NAMES) + 1
    assert [row["name"] for row in rows_of(text)] == NAMES
    assert rows_of(text)[0]["context"] == record_of("provider").context


@pytest.mark.parametrize("value", ["=1+1", "+18335550100", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_cell_that_a_spreadsheet_would_run_is_disarmed(value: str) -> None:
    row: dict[str, Any] = records(CONNECTION, US)[0] | {"client_id": value}
    assert rows_of(as_csv([row]))[0]["client_id"] == f"'{value}"


def test_quotes_commas_and_line_ends_survive() -> None:
    row: dict[str, Any] = records(CONNECTION, US)[0] | {"client_id": 'a"b,c\nd'}
    assert rows_of(as_csv([row]))[0]["client_id"] == 'a"b,c\nd'
