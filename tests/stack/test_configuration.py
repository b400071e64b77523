"""Configuring and approving on the running stack: who may do what, and what is said to those who may not."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from local.config import CONNECTION_ID, PEOPLE
from shared.adapters.schema import LEAST, VERSION
from tests.messages.signing import a_pair, pem_of
from tests.stack.conftest import Hospital

APPROVER = PEOPLE["approver"]


async def call(
    hospital: Hospital, method: str, path: str, token: str | None = None, body: Any = None, **headers: str
) -> httpx.Response:
    """A call of the API with any token."""
    if token:
        headers["Authorization"] = f"Bearer {token}"
    return await hospital.world.http.request(
        method, f"{hospital.config.functions}/api{path}", headers=headers, json=body
    )


async def token_of(hospital: Hospital, person: str, **changes: Any) -> str:
    """A portal token, spoilt by `changes`."""
    answer = await hospital.world.control("POST", "/tokens", json={"person": person} | changes)
    return str(answer["access_token"])


def a_connection(hospital: Hospital, **changes: Any) -> dict[str, Any]:
    return {
        "fhir_base": hospital.config.fhir_base,
        "environment": "production",
        "zone": "America/Chicago",
        "approver": {"oid": APPROVER.oid, "name": APPROVER.name},
        "client_ids": {"provider": "0b1f6a3e-5d0c-4f1a-9a77-2f4f1d7c8e01"},
    } | changes


@pytest.fixture
async def added(hospital: Hospital) -> AsyncIterator[str]:
    """A connection of its own, removed afterwards, for the FHIR base URL and environment must be free again."""
    token = await token_of(hospital, "admin")
    answer = await call(hospital, "POST", "/connections", token, a_connection(hospital))
    assert answer.status_code == 201, answer.text
    yield str(answer.json()["id"])
    assert (await call(hospital, "DELETE", f"/connections/{answer.json()['id']}", token)).status_code == 204


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"expires_in": -300}, 401, "auth.token_invalid"),
        ({"audience": "https://graph.microsoft.com"}, 401, "auth.token_invalid"),
        ({"claims": {"tid": "another"}}, 401, "auth.token_invalid"),
        ({"claims": {"iss": "https://login.microsoftonline.com/another/v2.0"}}, 401, "auth.token_invalid"),
        ({"claims": {"scp": "Another.Scope"}}, 401, "auth.token_invalid"),
        ({"claims": {"roles": ["Reports.Read"]}}, 403, "auth.role_missing"),
    ],
    ids=str,
)
async def test_a_token_that_is_not_an_administrator_s_is_refused(
    hospital: Hospital, changes: dict[str, Any], status: int, code: str
) -> None:
    token = await token_of(hospital, "admin", **changes)
    answer = await call(hospital, "POST", "/connections", token, a_connection(hospital))
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert {"detail", "fix", "trace_id"} <= set(answer.json())


async def test_a_global_administrator_may_begin(hospital: Hospital) -> None:
    wids = {"wids": ["62e90394-69f5-4237-9190-012177145e10"]}
    token = await token_of(hospital, "nobody", claims=wids)
    assert (await call(hospital, "GET", "/audit", token)).status_code == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/connections"), ("POST", "/connections"), ("GET", f"/connections/{CONNECTION_ID}"),
        ("PATCH", f"/connections/{CONNECTION_ID}"), ("DELETE", f"/connections/{CONNECTION_ID}"),
        ("POST", "/connections/check"), ("PUT", f"/connections/{CONNECTION_ID}/sms"),
        ("GET", f"/connections/{CONNECTION_ID}/certificates"), ("POST", f"/connections/{CONNECTION_ID}/certificates"),
        ("GET", f"/connections/{CONNECTION_ID}/records"), ("POST", f"/connections/{CONNECTION_ID}/approval/start"),
        ("POST", f"/connections/{CONNECTION_ID}/approval"), ("PUT", "/sms/consents"), ("GET", "/clinicians"),
        ("GET", "/audit"), ("GET", "/reports/visits"), ("POST", "/reports/visits/find"), ("GET", "/reports/usage"),
        ("GET", "/reports/sms"), ("GET", "/reports/quality"), ("GET", "/reports/definitions"),
        ("GET", "/reports/connections"),
    ],
)  # fmt: skip
async def test_every_portal_route_wants_a_sign_in(hospital: Hospital, method: str, path: str) -> None:
    answer = await call(hospital, method, path, None, {})
    assert (answer.status_code, answer.json()["code"]) == (401, "auth.token_missing")


@pytest.mark.parametrize(
    ("discovery", "usable"),
    [
        ({}, True),
        ({"omit": ["issuer", "jwks_uri", "grant_types_supported", "code_challenge_methods_supported"]}, True),
        ({"missing": True}, True),
        ({"omit": ["issuer", "jwks_uri"], "openid_missing": True}, False),
    ],
    ids=["Epic of 2026", "Epic of 2023", "Epic of 2018: /metadata only", "no keys anywhere"],
)
async def test_an_epic_of_any_age_is_discovered(hospital: Hospital, discovery: dict[str, Any], *, usable: bool) -> None:
    await hospital.world.control("PUT", "/epic/discovery", json=discovery)
    token = await token_of(hospital, "admin")
    try:
        answer = await call(
            hospital, "POST", "/connections/check", token, {"fhir_base": hospital.config.fhir_base + "/"}
        )
    finally:
        await hospital.world.control("PUT", "/epic/discovery", json={})
    assert answer.json()["usable"] is usable, answer.text


@pytest.mark.parametrize(
    ("fhir_base", "code"),
    [
        ("http://localhost/R4", "connection.url_invalid"),
        ("https://localhost:1/api/FHIR/R4", "connection.url_unreachable"),
        ("https://10.0.0.1/api/FHIR/R4", "connection.url_private"),
        ("https://169.254.169.254/api/FHIR/R4", "connection.url_private"),
        ("https://[fd00::1]/api/FHIR/R4", "connection.url_private"),
    ],
)
async def test_a_url_that_will_not_do_is_explained(hospital: Hospital, fhir_base: str, code: str) -> None:
    token = await token_of(hospital, "admin")
    found = (await call(hospital, "POST", "/connections/check", token, {"fhir_base": fhir_base})).json()
    assert found["usable"] is False
    assert [finding["code"] for finding in found["findings"]] == [code]
    assert found["findings"][0]["fix"]


async def test_the_same_server_and_environment_twice_is_a_conflict(hospital: Hospital) -> None:
    token = await token_of(hospital, "admin")
    answer = await call(hospital, "POST", "/connections", token, a_connection(hospital, environment="testing"))
    assert (answer.status_code, answer.json()["code"]) == (409, "connection.exists")


@pytest.mark.parametrize("body", [{}, {"environment": "prod"}, {"zone": "CST"}, {"approver": "x"}, {"odd": 1}], ids=str)
async def test_a_bad_form_names_its_fields(hospital: Hospital, body: dict[str, Any]) -> None:
    token = await token_of(hospital, "admin")
    given = a_connection(hospital, **body) if body else {}
    answer = await call(hospital, "POST", "/connections", token, given)
    assert (answer.status_code, answer.json()["code"]) == (422, "request.invalid")
    assert set(body) <= set(answer.json()["fields"])


@pytest.mark.parametrize("content", [b"", b"x", b"[]", b"7", b"\xff"])
async def test_a_body_that_is_no_json_object_is_refused(hospital: Hospital, content: bytes) -> None:
    token = await token_of(hospital, "admin")
    answer = await hospital.world.http.post(
        f"{hospital.config.functions}/api/connections", content=content, headers={"Authorization": f"Bearer {token}"}
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "request.not_json")


async def test_an_approval_needs_the_named_person_and_their_sign_in_at_epic(hospital: Hospital, added: str) -> None:
    admin, approver = await token_of(hospital, "admin"), await token_of(hospital, "approver")
    path = f"/connections/{added}/approval"
    answer = await call(hospital, "POST", f"{path}/start", admin)
    assert answer.json()["code"] == "approval.not_approver"
    answer = await call(hospital, "POST", path, approver, {"decision": "approve"})
    assert answer.json()["code"] == "approval.evidence_missing"
    answer = await call(hospital, "POST", path, approver, {"decision": "reject"})
    assert answer.json()["code"] == "approval.reason_missing"


async def test_a_changed_configuration_needs_approval_again_and_sms_settings_do_not(
    hospital: Hospital, added: str
) -> None:
    admin = await token_of(hospital, "admin")
    sms = await call(hospital, "PUT", f"/connections/{added}/sms", admin, {"reminders": [60]})
    assert sms.json()["reminders"] == [60]
    answer = await call(hospital, "PATCH", f"/connections/{added}", admin, {"client_ids": {"provider": "another"}})
    assert answer.json()["state"] == "needs_approval"
    answer = await call(hospital, "PATCH", f"/connections/{added}", admin, {"state": "disabled"})
    assert answer.json()["state"] == "disabled"


async def test_an_approver_sees_what_is_theirs_and_nobody_sees_anything(hospital: Hospital, added: str) -> None:
    seen = (await call(hospital, "GET", "/connections", await token_of(hospital, "approver"))).json()["connections"]
    assert added in {item["id"] for item in seen}
    nobody = await token_of(hospital, "nobody")
    assert (await call(hospital, "GET", "/connections", nobody)).json() == {"connections": [], "next": None}
    assert (await call(hospital, "GET", f"/connections/{added}", nobody)).status_code == 403
    assert (await call(hospital, "GET", "/connections/unknown99", nobody)).status_code == 404


async def test_records_come_as_csv_too(hospital: Hospital) -> None:
    token = await token_of(hospital, "admin")
    answer = await call(hospital, "GET", f"/connections/{CONNECTION_ID}/records", token, Accept="text/csv")
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.text.splitlines()[0].lstrip("\ufeff").startswith("name,version,launch_url,client_id,context")


async def test_every_change_is_in_the_audit_trail(hospital: Hospital, added: str) -> None:
    token = await token_of(hospital, "admin")
    entries = (await call(hospital, "GET", "/audit", token)).json()["entries"]
    mine = [entry for entry in entries if entry["subject"] == added]
    assert [entry["action"] for entry in mine] == ["connection.added"]
    assert mine[0]["by"] == PEOPLE["admin"].oid


async def test_a_certificate_can_be_added_removed_and_added_again(hospital: Hospital, added: str) -> None:
    token = await token_of(hospital, "admin")
    url = f"{hospital.config.functions}/api/connections/{added}/certificates"
    headers = {"Authorization": f"Bearer {token}"}
    shared = await hospital.world.http.post(
        url, content=hospital.config.sender_certificate.read_bytes(), headers=headers
    )
    assert (shared.status_code, shared.json()["code"]) == (409, "certificate.other_environment")
    pem = pem_of(a_pair()[1])
    first = await hospital.world.http.post(url, content=pem, headers=headers)
    again = await hospital.world.http.post(url, content=pem, headers=headers)
    assert (first.status_code, again.json()) == (201, first.json())
    key = await hospital.world.http.post(url, content=hospital.config.sender_key.read_bytes(), headers=headers)
    assert (key.status_code, key.json()["code"]) == (422, "certificate.private_key")
    thumbprint = first.json()["thumbprint"]
    assert (await hospital.world.http.delete(f"{url}/{thumbprint}", headers=headers)).status_code == 204
    assert (await hospital.world.http.delete(f"{url}/{thumbprint}", headers=headers)).status_code == 404
    back = await hospital.world.http.post(url, content=pem, headers=headers)
    assert (back.status_code, back.json()) == (201, first.json())


async def test_a_clinician_can_be_unlinked(hospital: Hospital) -> None:
    token = await token_of(hospital, "admin")
    row = {"PartitionKey": CONNECTION_ID, "RowKey": "eUnlinkMe3", "tid": "t", "oid": "o", "linked_at": "2026"}
    await hospital.world.tables.get_table_client("clinicians").create_entity(row)
    listed = (await call(hospital, "GET", "/clinicians", token)).json()["clinicians"]
    assert f"{CONNECTION_ID}:eUnlinkMe3" in {item["id"] for item in listed}
    assert (await call(hospital, "DELETE", f"/clinicians/{CONNECTION_ID}:eUnlinkMe3", token)).status_code == 204
    listed = (await call(hospital, "GET", "/clinicians", token)).json()["clinicians"]
    assert f"{CONNECTION_ID}:eUnlinkMe3" not in {item["id"] for item in listed}


async def test_a_removed_connection_takes_its_clinicians_along(hospital: Hospital) -> None:
    token = await token_of(hospital, "admin")
    added_id = (await call(hospital, "POST", "/connections", token, a_connection(hospital))).json()["id"]
    row = {"PartitionKey": added_id, "RowKey": "eSomeone3", "tid": "t", "oid": "o", "linked_at": "2026"}
    await hospital.world.tables.get_table_client("clinicians").create_entity(row)
    assert (await call(hospital, "DELETE", f"/connections/{added_id}", token)).status_code == 204
    assert added_id not in {row["PartitionKey"] for row in await hospital.world.rows("clinicians")}


async def test_the_report_takes_a_range_and_gives_csv(hospital: Hospital) -> None:
    token = await token_of(hospital, "reader")
    answer = await call(hospital, "GET", "/reports/visits?format=csv", token)
    assert answer.text.startswith("\ufeffvisit,connection,")
    for query in ("from=yesterday", "from=2020-01-01&to=2026-01-01", "from=2026-02-01&to=2026-01-01"):
        assert (await call(hospital, "GET", f"/reports/visits?{query}", token)).status_code == 422


async def test_our_public_keys_are_public_and_cacheable(hospital: Hospital) -> None:
    answers = [await call(hospital, "GET", f"/jwks/{name}") for name in ("testing", "production", "nowhere")]
    assert [answer.status_code for answer in answers] == [200, 200, 404]
    assert answers[0].headers["cache-control"] == "public, max-age=300"
    keys = [key for answer in answers[:2] for key in answer.json()["keys"]]
    assert len({key["kid"] for key in keys}) == 4
    assert not any({"d", "p", "q"} & set(key) for key in keys)


async def test_health_says_up_and_nothing_else(hospital: Hospital) -> None:
    answer = await call(hospital, "GET", "/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "up"})


async def test_health_tells_an_administrator_by_what_it_was_told_and_nobody_else(hospital: Hospital) -> None:
    told = await hospital.world.api("admin", "GET", "/health")
    assert told.pop("ticked_at") > "2026"
    assert told == {"status": "up", "release": VERSION, "tables": {"version": VERSION, "least": LEAST}}
    url = f"{hospital.config.functions}/api/health"
    for headers, status in (
        ({"Authorization": "Bearer nonsense"}, 401),
        ({"Authorization": f"Bearer {await hospital.world.token('approver')}"}, 403),
    ):
        assert (await hospital.world.http.get(url, headers=headers)).status_code == status
