"""The doctor on the running stack: a healthy connection, then one fault after the other by the stand-ins' controls."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest

from functions.contract.diagnosis import RecordList
from local.browser import Browser
from local.config import CONNECTION_ID, PEOPLE, SENDER_NUMBER, TENANT_ID
from local.demo.steps import until
from shared.diagnosis.shown import Diagnosis
from shared.organisations.taking import take
from tests.stack.conftest import Hospital

DOCTOR, SECOND, APPROVER = PEOPLE["clinician"], PEOPLE["second_clinician"], PEOPLE["approver"]
PATH = f"/connections/{CONNECTION_ID}"
Findings = dict[str, dict[str, Any]]


async def diagnosed(hospital: Hospital, connection_id: str = CONNECTION_ID, person: str = "admin") -> Findings:
    """The findings by code; of several with one code the last."""
    return {finding["code"]: finding for finding in await findings(hospital, connection_id, person)}


async def findings(
    hospital: Hospital, connection_id: str = CONNECTION_ID, person: str = "admin"
) -> list[dict[str, Any]]:
    """All findings: of launches and drift there is one for each record, of which tests before may have used any."""
    answer = await hospital.world.api(person, "GET", f"/connections/{connection_id}/diagnosis")
    take(Diagnosis, answer)
    return list(answer["findings"])


async def finds(hospital: Hospital, code: str, holds: Callable[[dict[str, Any]], bool] = bool) -> dict[str, Any]:
    """The finding, once it is there: what a launch showed is written beside it, not before it."""

    async def look() -> dict[str, Any] | None:
        return next((each for each in await findings(hospital) if each["code"] == code and holds(each)), None)

    return await until(look, code)


@asynccontextmanager
async def fault(hospital: Hospital, rule: dict[str, Any]) -> AsyncIterator[None]:
    await hospital.world.control("PUT", "/faults", json=rule)
    try:
        yield
    finally:
        await hospital.world.control("DELETE", "/faults")


@pytest.fixture(autouse=True)
async def verified(hospital: Hospital) -> None:
    """The demo number's verification, as an administrator would have recorded it."""
    row = {"PartitionKey": TENANT_ID, "RowKey": f"number:{SENDER_NUMBER}", "verification": "verified"}
    await hospital.world.tables.get_table_client("tenants").upsert_entity(row)


@pytest.fixture
async def browser(hospital: Hospital) -> AsyncIterator[Browser]:
    """A fresh browser."""
    async with Browser(str(hospital.config.bundle)) as fresh:
        yield fresh


@pytest.fixture
async def pasted(hospital: Hospital) -> AsyncIterator[dict[str, Any]]:
    """The records as issued are in Epic; what was there before comes back afterwards."""
    before = await hospital.world.control("GET", "/epic/records")
    shown = await hospital.world.api("admin", "GET", f"{PATH}/records")
    records = {record["name"]: record for record in shown["records"]}
    named = {
        name: {"context": records[name]["context"], "url": records[name]["launch_url"]}
        for name in before
        if name in records
    }
    await hospital.world.control("PUT", "/epic/records", json=named)
    yield named
    await hospital.world.control("PUT", "/epic/records", json=before)


@pytest.fixture
async def production(hospital: Hospital) -> AsyncIterator[str]:
    """A second connection, for production, at the same FHIR base URL; nobody has approved it."""
    body = {
        "fhir_base": hospital.config.fhir_base,
        "environment": "production",
        "zone": "America/Chicago",
        "approver": {"oid": APPROVER.oid, "name": APPROVER.name},
        "client_ids": {"provider": "0b1f6a3e-5d0c-4f1a-9a77-2f4f1d7c8e01"},
    }
    added = await hospital.world.api("admin", "POST", "/connections", json=body)
    yield str(added["id"])
    if added["id"] in {row["PartitionKey"] for row in await hospital.world.rows("connections")}:
        await hospital.world.api("admin", "DELETE", f"/connections/{added['id']}?confirm=true")


async def enter(hospital: Hospital, browser: Browser, launch: str) -> None:
    """A clinician's launch, with the Microsoft sign-in if it is asked for."""
    page = await browser.open(launch)
    if str(page.url).startswith(hospital.config.entra):
        await browser.submit(page, username=DOCTOR.username, password=DOCTOR.password)


async def test_the_demo_connection_is_healthy_and_its_launches_and_messages_are_seen(
    hospital: Hospital, browser: Browser, pasted: dict[str, Any]
) -> None:
    csn = await hospital.scheduled()
    await enter(hospital, browser, await hospital.launch(csn))
    async with Browser(str(hospital.config.bundle)) as patient:
        await patient.open(await hospital.launch(csn, "patient"))
    seen = await finds(hospital, "launch.seen", lambda each: each["values"]["record"] == "patient")
    assert seen["level"] == "ok"
    others = {"group-provider", "group-patient", "device-test"}
    listed = [each for each in await findings(hospital) if each["values"].get("record") not in others]
    found = {each["code"]: each for each in listed}
    wrong = {code: each["detail"] for code, each in found.items() if each["level"] in ("warning", "error")}
    refused = {"launch.refused", "messages.refused", "environment.mixed_up"}
    assert set(wrong) <= refused, wrong
    assert {code for code, each in found.items() if each["level"] == "unknown"} == {"join.anonymous", "join.browser"}
    assert {
        "state.approved", "approver.active", "ehr.reachable", "ehr.release_fits", "ehr.keys_readable", "keys.published",
        "assertion.accepted", "clients.complete", "policy.granted", "sms.sender_known", "certificate.current",
        "messages.last", "writeback.configured", "tick.alive",
    } <= set(found)  # fmt: skip
    shown = await hospital.world.api("admin", "GET", f"{PATH}/records")
    assert [drift for drift in shown["drift"] if drift["record"] in ("provider", "patient")] == []


async def test_its_approver_may_ask_and_nobody_else(hospital: Hospital) -> None:
    assert "state.approved" in await diagnosed(hospital, person="approver")
    headers = {"Authorization": f"Bearer {await hospital.world.token('nobody')}"}
    url = f"{hospital.config.functions}/api{PATH}/diagnosis"
    assert (await hospital.world.http.get(url, headers=headers)).status_code == 403
    assert (await hospital.world.http.get(url)).status_code == 401


async def test_an_ehr_that_hangs_does_not_keep_the_others_waiting(hospital: Hospital) -> None:
    async with fault(hospital, {"route": "epic:/", "delay_ms": 20_000}):
        began = time.monotonic()
        found = await diagnosed(hospital)
        took = time.monotonic() - began
    assert found["ehr.unreachable"]["values"] == {"reason": "timeout"}
    assert {"ehr.keys_unreadable", "state.approved", "policy.granted", "sms.sender_known"} <= set(found)
    assert took < 6, f"took {took:.1f} s"


async def test_an_ehr_that_drops_connections_is_unreachable(hospital: Hospital) -> None:
    async with fault(hospital, {"route": "epic:/", "drop": True}):
        found = await diagnosed(hospital)
    assert found["ehr.unreachable"]["level"] == "error"
    assert found["assertion.unclear"]["level"] == "unknown"


async def test_a_graph_that_fails_leaves_the_accounts_unknown(hospital: Hospital) -> None:
    async with fault(hospital, {"route": "graph:/", "status": 500}):
        found = await diagnosed(hospital)
    assert found["organisers.unreadable"]["level"] == "unknown"
    assert "ehr.reachable" in found


async def test_sms_numbers_that_cannot_be_listed_are_an_unknown(hospital: Hospital) -> None:
    async with fault(hospital, {"route": "sms:GET /phoneNumbers", "status": 500}):
        found = await diagnosed(hospital)
    assert found["check.failed"]["values"]["check"] == "texts"


async def test_an_ehr_that_changed_its_addresses_is_told(hospital: Hospital) -> None:
    await hospital.world.control(
        "PUT", "/epic/discovery", json={"omit": ["issuer", "jwks_uri"], "openid_missing": True}
    )
    try:
        found = await diagnosed(hospital)
    finally:
        await hospital.world.control("PUT", "/epic/discovery", json={})
    assert found["ehr.endpoints_changed"]["values"] == {"fields": "issuer, jwks"}
    assert found["ehr.endpoints_changed"]["action"] == {"kind": "submit_for_approval"}


async def test_organisers_without_account_licence_or_policy_are_named(hospital: Hospital) -> None:
    control, api = hospital.world.control, hospital.world.api
    await api("admin", "PATCH", PATH, json={"organizers": [SECOND.oid, APPROVER.oid]})
    try:
        await control("PUT", "/graph/accounts", json={"user": SECOND.oid, "licensed": False})
        await control("PUT", "/graph/accounts", json={"user": APPROVER.oid, "enabled": False})
        await control("PUT", "/graph/access-policy", json={"granted": False, "users": [SECOND.oid]})
        found = await diagnosed(hospital)
        await control("PUT", "/graph/accounts", json={"user": APPROVER.oid, "exists": False})
        gone = await diagnosed(hospital)
    finally:
        for person in (SECOND, APPROVER):
            await control("PUT", "/graph/accounts", json={"user": person.oid})
        await control("PUT", "/graph/access-policy", json={"granted": True})
        await api("admin", "PATCH", PATH, json={"organizers": []})
    assert found["organisers.unlicensed"]["values"] == {"names": SECOND.name}
    assert found["organisers.disabled"]["values"] == {"names": APPROVER.name}
    assert found["policy.missing"]["values"]["names"] == SECOND.name
    assert found["approver.disabled"]["values"] == {"name": APPROVER.name}
    assert {"approver.gone", "organisers.gone"} <= set(gone)


async def test_an_ehr_that_does_not_know_our_keys_is_told_from_one_that_does(
    hospital: Hospital, production: str
) -> None:
    """The stand-in knows the testing keys only: this connection signs with those for production."""
    found = await diagnosed(hospital, production)
    refused = found["assertion.refused"]
    assert refused["values"]["error"] == "invalid_client"
    assert refused["values"]["url"].endswith("/api/jwks/production")
    assert {"state.needs_approval", "clients.missing", "environment.shared_base", "sms.off"} <= set(found)
    assert found["environment.shared_base"]["values"] == {"other": "testing"}


async def test_a_launch_that_differs_from_its_record_shows_up_in_the_records_and_the_diagnosis(
    hospital: Hospital, browser: Browser
) -> None:
    context = "sessionId=%CSN%&userType=1&organizerId=%EPICUSERID%&record=%CSN%"
    csn = await hospital.scheduled()
    await enter(hospital, browser, await hospital.launch(csn, context=context))
    differences = ["launch_url", "version", "context:departmentId", "context:userId", "context:organizerId"]
    found = await finds(hospital, "records.drift", lambda each: "organizerId" in each["values"]["differs"])
    assert found["values"]["differs"] == ", ".join(differences)
    shown = await hospital.world.api("admin", "GET", f"{PATH}/records")
    take(RecordList, shown)
    drift = next(each for each in shown["drift"] if each["record"] == "provider")
    assert (drift["version_seen"], drift["differs"]) == (None, differences)
    assert csn not in str(await hospital.world.rows("connections"))


async def test_a_launch_from_another_environment_is_told_as_a_mix_up(hospital: Hospital, browser: Browser) -> None:
    launch = await hospital.launch(await hospital.scheduled(), connection_id=CONNECTION_ID)
    other = launch.replace("FHIR%2FR4", "FHIR%2FDSTU2")
    assert other != launch
    assert (await browser.step(other)).status_code == 403
    found = await finds(hospital, "environment.mixed_up")
    assert (found["level"], found["action"]) == ("warning", {"kind": "open_records"})


async def test_a_launch_with_the_wrong_record_is_kept_by_its_code(hospital: Hospital, browser: Browser) -> None:
    launch = await hospital.launch(await hospital.scheduled(), fhir_user="Patient/ePatTesterPatient3")
    assert (await browser.open(launch)).status_code == 403
    found = await finds(hospital, "launch.refused", lambda each: each["values"]["code"] == "launch.wrong_role")
    assert "docs/errors.md" in found["fix"]


@pytest.mark.parametrize(
    ("change", "signed", "code"),
    [((b"", b""), False, "hl7.unsigned"), ((b"|T|2.3", b"|X|2.3"), True, "AR-202")],
    ids=["unsigned", "an odd processing id"],
)  # fmt: skip
async def test_a_message_that_was_refused_is_kept_by_its_code(
    hospital: Hospital, change: tuple[bytes, bytes], *, signed: bool, code: str
) -> None:
    body = hospital.message(hospital.appointment()).replace(*change, 1)
    await hospital.post(body, hospital.token(body) if signed else None)
    found = await finds(hospital, "messages.refused", lambda each: each["values"]["code"] == code)
    assert found["level"] == "warning"


async def test_what_was_seen_goes_with_the_connection(hospital: Hospital, browser: Browser, production: str) -> None:
    url = f"{hospital.config.functions}/api/launch/epic/provider/{production}?iss=https://other.example/R4&launch=x"
    assert urlsplit(str((await browser.step(url)).url)).path.endswith(production)

    async def kept() -> bool:
        rows = await hospital.world.rows("connections")
        return any(row["PartitionKey"] == production and row["RowKey"].startswith("seen:") for row in rows)

    await until(kept, "the sighting")
    await hospital.world.api("admin", "DELETE", f"/connections/{production}?confirm=true")
    assert production not in {row["PartitionKey"] for row in await hospital.world.rows("connections")}
