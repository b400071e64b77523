"""Changes of connections on the running stack: versions, drafts, copies, what asks first, pages of lists."""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from local.config import CONNECTION_ID, PEOPLE
from local.demo.steps import until
from tests.stack.conftest import Hospital
from tests.stack.optouts import kinds
from tests.stack.test_configuration import a_connection, added, call, token_of

__all__ = ["added"]


@pytest.fixture
async def admin(hospital: Hospital) -> str:
    return await token_of(hospital, "admin")


async def shown(hospital: Hospital, token: str, connection: str) -> dict[str, Any]:
    answer = await call(hospital, "GET", f"/connections/{connection}", token)
    found: dict[str, Any] = answer.json()
    return found


def said(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def test_a_change_of_what_is_no_longer_so_is_refused_and_names_what_changed(
    hospital: Hospital, added: str, admin: str
) -> None:
    seen = (await shown(hospital, admin, added))["etag"]
    first = await call(
        hospital, "PATCH", f"/connections/{added}", admin, {"zone": "America/Denver"}, **{"If-Match": seen}
    )
    assert first.status_code == 200
    late = await call(
        hospital, "PATCH", f"/connections/{added}", admin, {"room": {"chat": "disabled"}}, **{"If-Match": seen}
    )
    assert said(late) == (412, "precondition.failed")
    assert late.json()["fields"] == {"zone": "changed meanwhile"}
    for method, path in (("DELETE", f"/connections/{added}"), ("PUT", f"/connections/{added}/sms")):
        assert said(await call(hospital, method, path, admin, {}, **{"If-Match": seen})) == (412, "precondition.failed")
    assert (await shown(hospital, admin, added))["room"]["chat"] == "limited"


async def test_what_was_answered_is_the_version_for_the_next_change(hospital: Hospital, added: str, admin: str) -> None:
    etag = (await shown(hospital, admin, added))["etag"]
    for reminders in ([60], [30]):
        answer = await call(
            hospital, "PUT", f"/connections/{added}/sms", admin, {"reminders": reminders}, **{"If-Match": etag}
        )
        assert answer.status_code == 200, answer.text
        etag = answer.json()["etag"]
    assert (await shown(hospital, admin, added))["etag"] == etag


async def test_a_repeated_create_with_the_same_key_makes_one_connection(hospital: Hospital, admin: str) -> None:
    key = {"Idempotency-Key": "one-of-a-kind-1"}
    body = a_connection(hospital)
    made = [await call(hospital, "POST", "/connections", admin, body, **key) for _ in range(2)]
    try:
        assert [answer.status_code for answer in made] == [201, 201]
        assert made[0].json()["id"] == made[1].json()["id"]
        other = await call(hospital, "POST", "/connections", admin, body | {"environment": "testing"}, **key)
        assert said(other) == (422, "request.key_reused")
    finally:
        await call(hospital, "DELETE", f"/connections/{made[0].json()['id']}", admin)


async def test_a_draft_is_kept_unchecked_and_submitted_later(hospital: Hospital, admin: str) -> None:
    draft = {"fhir_base": "https://epic.example.org/api/FHIR/R4", "environment": "production", "state": "draft"}
    made = (await call(hospital, "POST", "/connections", admin, draft)).json()
    path = f"/connections/{made['id']}"
    try:
        assert (made["state"], made["approver"], made["endpoints"]) == ("draft", None, None)
        early = await call(hospital, "PATCH", path, admin, {"state": "needs_approval"})
        assert set(early.json()["fields"]) == {"zone", "approver"}
        rest = {"zone": "America/Chicago", "approver": {"oid": PEOPLE["approver"].oid}}
        kept = await call(hospital, "PATCH", path, admin, rest)
        assert kept.json()["state"] == "draft"
        asked = await call(hospital, "PATCH", path, admin, {"state": "needs_approval"})
        assert said(asked) == (422, "connection.url_unreachable")
        base = hospital.config.fhir_base
        asked = await call(hospital, "PATCH", path, admin, {"fhir_base": base, "state": "needs_approval"})
        assert (asked.json()["state"], asked.json()["endpoints"]["fhir_release"]) == ("needs_approval", "4.0.1")
    finally:
        assert (await call(hospital, "DELETE", path, admin)).status_code == 204


async def test_a_testing_connection_is_copied_for_production(hospital: Hospital, admin: str) -> None:
    original = await shown(hospital, admin, CONNECTION_ID)
    body = {
        "copy_of": CONNECTION_ID, "fhir_base": hospital.config.fhir_base, "environment": "production", "state": "draft",
    }  # fmt: skip
    copy = (await call(hospital, "POST", "/connections", admin, body)).json()
    try:
        for field in ("zone", "approver", "room", "organizers", "writeback", "assertion"):
            assert copy[field] == original[field]
        assert copy["sms"] == original["sms"] | {"enabled": False}
        assert (copy["client_ids"], copy["certificates"]) == ({}, [])
    finally:
        await call(hospital, "DELETE", f"/connections/{copy['id']}", admin)
    elsewhere = await call(hospital, "POST", "/connections", admin, body | {"copy_of": "unknown99"})
    assert said(elsewhere) == (404, "not_found")


async def test_to_take_the_approver_away_asks_first(hospital: Hospital, added: str, admin: str) -> None:
    path = f"/connections/{added}"
    assert said(await call(hospital, "PATCH", path, admin, {"approver": None})) == (409, "approval.last_approver")
    gone = await call(hospital, "PATCH", f"{path}?confirm=true", admin, {"approver": None})
    assert (gone.json()["approver"], gone.json()["state"]) == (None, "draft")


async def test_what_takes_visits_of_today_out_of_service_asks_first(hospital: Hospital, admin: str) -> None:
    await hospital.scheduled(start=datetime.now(UTC).replace(microsecond=0), phone="+16085557801")
    for method, body in (
        ("PATCH", {"client_ids": {"provider": "another"}}),
        ("PATCH", {"state": "disabled"}),
        ("DELETE", {}),
    ):
        answer = await call(hospital, method, f"/connections/{CONNECTION_ID}", admin, body)
        assert said(answer) == (409, "connection.in_use")
        assert int(answer.json()["fields"]["visits_today"]) >= 1
    assert (await shown(hospital, admin, CONNECTION_ID))["state"] == "approved"


async def test_an_approver_never_approves_what_they_did_not_see(hospital: Hospital, added: str, admin: str) -> None:
    approver = await token_of(hospital, "approver")
    seen = (await shown(hospital, approver, added))["approval"]["configuration"]
    await call(hospital, "PATCH", f"/connections/{added}", admin, {"client_ids": {"provider": "another"}})
    body = {"decision": "approve", "configuration": seen}
    answer = await call(hospital, "POST", f"/connections/{added}/approval", approver, body)
    assert said(answer) == (412, "precondition.failed")


async def test_lists_come_page_by_page(hospital: Hospital, added: str, admin: str) -> None:
    first = (await call(hospital, "GET", "/connections?limit=1", admin)).json()
    assert len(first["connections"]) == 1
    assert first["next"]
    found = [first["connections"][0]["id"]]
    following = first["next"]
    while following:
        page = (await call(hospital, "GET", f"/connections?limit=1&cursor={following}", admin)).json()
        found += [item["id"] for item in page["connections"]]
        following = page["next"]
    assert len(found) == len(set(found))
    assert {added, CONNECTION_ID} <= set(found)


async def test_clinicians_come_page_by_page_over_connections(hospital: Hospital, added: str, admin: str) -> None:
    table = hospital.world.tables.get_table_client("clinicians")
    rows = [(added, f"ePage{index}") for index in range(3)] + [(CONNECTION_ID, "ePageOther")]
    for connection, user in rows:
        await table.upsert_entity(
            {"PartitionKey": connection, "RowKey": user, "tid": "t", "oid": "o", "linked_at": "2026"}
        )
    found: list[str] = []
    cursor = ""
    while True:
        page = (await call(hospital, "GET", f"/clinicians?limit=2&cursor={cursor}", admin)).json()
        assert len(page["clinicians"]) <= 2
        found += [item["id"] for item in page["clinicians"]]
        if page["next"] is None:
            break
        cursor = page["next"]
    assert {f"{connection}:{user}" for connection, user in rows} <= set(found)
    assert len(found) == len(set(found))
    await table.delete_entity(CONNECTION_ID, "ePageOther")


async def test_the_trail_is_filtered_paged_and_exported(hospital: Hospital, added: str, admin: str) -> None:
    for name in ("Denver", "Chicago", "Phoenix"):
        await call(hospital, "PATCH", f"/connections/{added}", admin, {"zone": f"America/{name}"})
    query = f"/audit?subject={added}&action=connection.changed"
    found = (await call(hospital, "GET", query, admin)).json()["entries"]
    assert [entry["action"] for entry in found] == ["connection.changed"] * 3
    assert found == sorted(found, key=lambda entry: entry["at"], reverse=True)
    assert {entry["changed"] for entry in found} == {"zone"}
    first = (await call(hospital, "GET", f"{query}&limit=2", admin)).json()
    rest = (await call(hospital, "GET", f"{query}&limit=2&cursor={first['next']}", admin)).json()
    assert first["entries"] + rest["entries"] == found
    assert rest["next"] is None
    assert (await call(hospital, "GET", f"{query}&to=2020-01-01", admin)).json()["entries"] == []
    csv = await call(hospital, "GET", query, admin, Accept="text/csv")
    assert csv.content.startswith(b"\xef\xbb\xbfat,by,action,subject,changed\r\n")
    assert len(csv.text.splitlines()) == 4


async def test_everyone_may_ask_who_they_are(hospital: Hospital, added: str) -> None:
    me = {
        person: (await call(hospital, "GET", "/me", await token_of(hospital, person))).json()
        for person in ("admin", "approver", "nobody")
    }
    assert me["admin"]["admin"] is True
    assert me["admin"]["geography"] == "amer"
    assert (me["approver"]["admin"], me["approver"]["approver_of"] >= 1) == (False, True)
    assert (me["nobody"]["roles"], me["nobody"]["connections"]) == ([], 0)


async def test_texts_are_previewed_before_they_are_saved(hospital: Hospital, added: str, admin: str) -> None:
    answer = await call(hospital, "POST", f"/connections/{added}/sms/preview", admin, {"organisation": "Hill Street"})
    texts = answer.json()["texts"]
    assert {text["language"] for text in texts} == {"en", "es", "fr", "pt", "zh", "ar", "vi"}
    assert all("Hill Street" in text["text"] and text["segments"] >= 1 for text in texts)
    assert (await shown(hospital, admin, added))["sms"]["organisation"] == ""


async def test_texts_in_ones_own_words_are_saved_and_taken_back(hospital: Hospital, added: str, admin: str) -> None:
    path = f"/connections/{added}/sms"
    own = {
        "es": {"reminder": "{organisation}: le esperamos {when}\n{link}"},
        "ar": {"cancelled": "أُلغي {when} {organisation}"},
    }
    saved = await call(hospital, "PUT", path, admin, {"templates": own})
    assert saved.json()["templates"] == own
    assert (await shown(hospital, admin, added))["sms"]["templates"] == own
    taken = await call(hospital, "PUT", path, admin, {"templates": {"es": {"reminder": None}}})
    assert taken.json()["templates"] == {"ar": own["ar"]}


async def test_a_text_that_would_not_do_is_not_saved(hospital: Hospital, added: str, admin: str) -> None:
    wrong = {"templates": {"es": {"reminder": "{organisation} {when} {patient} https://bit.ly/x"}}}
    answer = await call(hospital, "PUT", f"/connections/{added}/sms", admin, wrong)
    assert (answer.status_code, answer.json()["code"]) == (422, "request.invalid")
    assert set(answer.json()["fields"]) == {"templates.es.reminder"}
    assert "bit.ly" not in answer.text
    assert (await shown(hospital, admin, added))["sms"]["templates"] == {}


async def test_a_number_of_another_tenant_is_refused(hospital: Hospital, added: str, admin: str) -> None:
    table = hospital.world.tables.get_table_client("tenants")
    await table.upsert_entity(
        {"PartitionKey": "numbers", "RowKey": "+18335559999", "tenant": "another", "operation": ""}
    )
    answer = await call(hospital, "PUT", f"/connections/{added}/sms", admin, {"sender": "+18335559999"})
    assert said(answer) == (409, "sms.number_taken")


async def test_a_withdrawn_consent_stops_texts_at_once(hospital: Hospital, admin: str) -> None:
    """The message is taken and acknowledged as ever; its text is withheld."""
    assert (await call(hospital, "PUT", "/sms/consents", admin, {"patient_consent": False})).status_code == 200
    before = await kinds(hospital, "withheld")
    try:
        await hospital.scheduled(phone="+16085557802")

        async def withheld() -> bool:
            return await kinds(hospital, "withheld") == before + 1

        await until(withheld, "the withheld text")
        assert "+16085557802" not in {text["to"] for text in await hospital.world.messages()}
    finally:
        assert (await call(hospital, "PUT", "/sms/consents", admin, {"patient_consent": True})).status_code == 200
