"""Two tenants share one deployment and one FHIR base URL: each has its own connections, people, rooms and trail."""

import json
import re
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from local.browser import Browser
from local.config import AFFILIATE_TENANT_ID, PEOPLE, TENANT_ID
from local.demo.steps import until
from local.demo.world import World
from local.stack import running
from tests.stack.affiliation import Both
from tests.stack.conftest import Hospital, silent
from tests.stack.test_graph import Meeting as Watched
from tests.stack.test_graph import delivery, post, signed
from tests.stack.test_launch import code_of

GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"


@pytest.fixture(scope="module")
async def both() -> AsyncIterator[Both]:
    """Both, configured and approved from nothing on a stack of their own: a second connection to the FHIR base URL would
    make the plain launches of other tests ambiguous.
    """
    async with running(say=silent, seed_connection=False) as stack, World(stack.config) as world:
        made = Both(Hospital(world))
        for one in (made.home, made.affiliate):
            await made.add(one)
        for one in (made.home, made.affiliate):
            await made.approve(one)
        for one in (made.home, made.affiliate):
            await made.enter(one)
        yield made


async def test_both_have_the_same_fhir_base_url_approved_and_see_their_own_only(both: Both) -> None:
    for one in (both.home, both.affiliate):
        shown = (await both.call(one.admin, "GET", "/connections")).json()["connections"]
        (mine,) = shown
        assert (mine["id"], mine["state"]) == (one.connection, "approved")
        assert mine["fhir_base"] == both.hospital.config.fhir_base
        assert (await both.call(one.approver, "GET", "/connections")).json()["connections"] == shown


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "", None),
        ("PATCH", "", {"zone": "UTC"}),
        ("PATCH", "?confirm=true", {"state": "disabled"}),
        ("DELETE", "?confirm=true", None),
        ("GET", "/records", None),
        ("GET", "/diagnosis", None),
        ("GET", "/certificates", None),
        ("POST", "/certificates", "file"),
        ("DELETE", "/certificates/AAAA", None),
        ("PUT", "/sms", {"reminders": [60]}),
        ("POST", "/sms/preview", {"reminders": [60]}),
        ("POST", "/approval/start", None),
        ("POST", "/approval", {"decision": "approve"}),
    ],
    ids=lambda value: json.dumps(value) if isinstance(value, dict) else value,
)
async def test_the_other_s_connection_does_not_exist(both: Both, method: str, path: str, body: Any) -> None:
    for one, other in both.pairs:
        before = (await both.call(other.admin, "GET", f"/connections/{other.connection}")).json()
        for person in (one.admin, one.approver):
            options: dict[str, Any] = {"json": body} if isinstance(body, dict) else {}
            if body == "file":
                options = {"content": both.hospital.config.sender_certificate.read_bytes()}
            answer = await both.call(person, method, f"/connections/{other.connection}{path}", **options)
            assert (answer.status_code, answer.json()["code"]) in [(404, "not_found"), (403, "auth.role_missing")]
            if person == one.admin:
                assert answer.json()["code"] == "not_found"
        assert (await both.call(other.admin, "GET", f"/connections/{other.connection}")).json() == before


async def test_a_connection_is_no_pattern_for_another_tenant_s(both: Both) -> None:
    body = {"state": "draft", "fhir_base": "https://ehr.riverside.example/api/FHIR/R4", "environment": "testing"}
    answer = await both.call("affiliate_admin", "POST", "/connections", json=body | {"copy_of": both.home.connection})
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_the_same_idempotency_key_of_two_tenants_makes_two_things(both: Both) -> None:
    body = {"state": "draft", "fhir_base": "https://ehr.shared.example/api/FHIR/R4", "environment": "testing"}
    made = {}
    for one in (both.home, both.affiliate):
        answer = await both.call(one.admin, "POST", "/connections", json=body, headers={"Idempotency-Key": "the-same"})
        assert answer.status_code == 201, answer.text
        made[one.admin] = answer.json()["id"]
    assert len(set(made.values())) == 2
    for admin, connection in made.items():
        assert (await both.call(admin, "DELETE", f"/connections/{connection}")).status_code == 204


async def test_each_doctor_meets_in_a_room_of_their_own_tenant(both: Both) -> None:
    assert both.home.room != both.affiliate.room
    for one in (both.home, both.affiliate):
        context = json.loads(parse_qs(urlsplit(one.room).query)["context"][0])
        assert context == {"Tid": one.tenant, "Oid": one.doctor.oid}
        meeting = await both.meeting(one)
        assert meeting["participants"]["organizer"]["identity"]["user"]["id"] == one.doctor.oid
        assert meeting["lobbyBypassSettings"]["scope"] == "invited"
        assert len(meeting["subscriptions"]) == 1, "nobody watches the room"


async def test_the_same_visit_launched_by_both_is_two_visits(both: Both) -> None:
    """Affiliates share their Epic: the number of an appointment says nothing of whose visit it is."""
    csn, rooms = await both.book(), set()
    for one in (both.home, both.affiliate):
        launch = await both.hospital.launch(csn, user=one.doctor.epic_username, connection_id=one.connection)
        async with Browser(str(both.hospital.config.bundle)) as browser:
            rooms.add(str((await browser.open(launch)).url))
    assert len({json.loads(parse_qs(urlsplit(room).query)["context"][0])["Tid"] for room in rooms}) == 2


async def test_a_launch_that_does_not_say_whose_it_is_is_refused_and_says_what_to_do(both: Both) -> None:
    launch = await both.hospital.launch(await both.book())
    assert re.search(r"/launch/epic/provider\?", launch)
    async with Browser(str(both.hospital.config.bundle)) as browser:
        page = await browser.step(launch)
    assert code_of(page) == (400, "launch.connection_ambiguous")
    assert "set-cookie" not in page.headers


async def test_a_launch_with_the_id_of_a_connection_to_another_ehr_is_refused(both: Both) -> None:
    launch = await both.hospital.launch(await both.book(), connection_id=both.affiliate.connection)
    other = launch.replace(quote(both.hospital.config.fhir_base, safe=""), quote("https://ehr.example/R4", safe=""))
    assert other != launch
    async with Browser(str(both.hospital.config.bundle)) as browser:
        assert code_of(await browser.step(other)) == (403, "launch.issuer_unknown")


async def test_an_account_of_the_other_tenant_is_linked_to_nobody(both: Both) -> None:
    newcomer = PEOPLE["second_clinician"]
    launch = await both.hospital.launch(
        await both.book(), user=newcomer.epic_username, connection_id=both.affiliate.connection
    )
    async with Browser(str(both.hospital.config.bundle)) as browser:
        page = await browser.open(launch)
        assert page.url.path.startswith(f"/{AFFILIATE_TENANT_ID}/")
        page = await browser.submit(page, username=newcomer.username, password=newcomer.password)
        assert page.status_code == 401
    links = await both.hospital.world.rows("clinicians")
    assert newcomer.fhir_id not in {row["RowKey"] for row in links if row["PartitionKey"] == both.affiliate.connection}


async def test_linked_clinicians_are_the_tenant_s_own(both: Both) -> None:
    for one, other in both.pairs:
        shown = (await both.call(one.admin, "GET", "/clinicians")).json()["clinicians"]
        assert one.doctor.oid in {item["oid"] for item in shown}
        assert other.doctor.oid not in {item["oid"] for item in shown}
        link = quote(f"{other.connection}:{other.doctor.fhir_id}", safe="")
        answer = await both.call(one.admin, "DELETE", f"/clinicians/{link}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_each_trail_tells_of_its_own_tenant_only(both: Both) -> None:
    for one, other in both.pairs:
        trail = (await both.call(one.admin, "GET", "/audit?limit=500")).json()["entries"]
        assert {"connection.added", "connection.approved", "clinician.linked"} <= {
            entry["action"] for entry in trail if entry["subject"] == one.connection
        }
        assert other.connection not in {entry["subject"] for entry in trail}
        assert {PEOPLE[other.admin].oid, PEOPLE[other.approver].oid, other.doctor.oid}.isdisjoint(
            entry["by"] for entry in trail
        )


async def test_a_consent_is_given_for_the_own_tenant(both: Both) -> None:
    before = (await both.call("admin", "GET", "/sms/consents")).json()
    given = {"sms_terms": True, "patient_consent": True}
    answer = await both.call("affiliate_admin", "PUT", "/sms/consents", json=given)
    assert answer.json()["sms_terms"]["by"] == PEOPLE["affiliate_admin"].oid
    withdrawn = dict.fromkeys(given, False)
    answer = await both.call("affiliate_admin", "PUT", "/sms/consents", json=withdrawn)
    assert answer.json()["sms_terms"]["given"] is False
    assert (await both.call("admin", "GET", "/sms/consents")).json() == before


async def test_reports_hold_the_tenant_s_own_visits(both: Both) -> None:
    await both.hospital.at_rest()
    for one, other in both.pairs:
        connections = {
            row["connection"] for row in (await both.call(one.admin, "GET", "/reports/visits")).json()["visits"]
        }
        assert one.connection in connections
        assert other.connection not in connections


async def test_the_directory_is_the_own_tenant_s(both: Both) -> None:
    for one, other in both.pairs:
        for person, found in ((one.doctor, True), (other.doctor, False)):
            path = f"/directory/people?search={quote(person.name.split()[0])}"
            shown = (await both.call(one.admin, "GET", path)).json()["people"]
            assert (person.oid in {item["oid"] for item in shown}) is found
            path = f"/directory/people?ids={person.oid}"
            shown = (await both.call(one.admin, "GET", path)).json()["people"]
            assert bool(shown) is found


async def test_a_global_administrator_of_one_tenant_is_nobody_in_the_other(both: Both) -> None:
    control = both.hospital.world.control
    body = {"person": "affiliate_clinician", "claims": {"wids": [GLOBAL_ADMINISTRATOR]}}
    token = (await control("POST", "/tokens", json=body))["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    me = await both.call("nobody", "GET", "/connections", headers=headers)
    assert {item["id"] for item in me.json()["connections"]} == {both.affiliate.connection}
    answer = await both.call("nobody", "GET", f"/connections/{both.home.connection}", headers=headers)
    assert answer.status_code == 404


@pytest.mark.parametrize("claims", [{"tid": TENANT_ID}, {"iss": "home"}, {"tid": None}], ids=str)
async def test_a_token_that_speaks_of_both_tenants_is_of_neither(both: Both, claims: dict[str, Any]) -> None:
    if claims.get("iss"):
        claims = {"iss": f"{both.hospital.config.authority}/v2.0"}
    body = {"person": "affiliate_admin", "claims": claims}
    token = (await both.hospital.world.control("POST", "/tokens", json=body))["access_token"]
    answer = await both.call("nobody", "GET", "/connections", headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json()["code"]) == (401, "auth.token_invalid")


async def test_graph_s_events_count_with_the_visit_s_own_tenant_only(both: Both) -> None:
    hospital, theirs = both.hospital, both.affiliate
    watched = Watched(hospital, theirs.csn, await both.meeting(theirs))
    issuer = f"{hospital.config.authority_of(AFFILIATE_TENANT_ID)}/v2.0"
    affiliate = await signed(hospital, tid=AFFILIATE_TENANT_ID, iss=issuer)
    home = await signed(hospital)
    before = await hospital.at_rest()
    assert await post(hospital, delivery(watched, [home])) == 401
    assert await post(hospital, delivery(watched, [home], tenantId=AFFILIATE_TENANT_ID)) == 401
    assert await post(hospital, delivery(watched, [affiliate, home])) == 401
    assert await hospital.at_rest() == before
    told = await watched.roster(theirs.doctor.username, "join")
    assert (told["delivered"], told["status"]) == (True, 202)

    async def reported() -> bool:
        visits = (await both.call(theirs.admin, "GET", "/reports/visits")).json()["visits"]
        return any(visit["clinician_connected"] for visit in visits)

    await until(reported, "the doctor's arrival in the affiliate's report")
    ours = (await both.call(both.home.admin, "GET", "/reports/visits")).json()["visits"]
    assert not any(visit["clinician_connected"] for visit in ours)
