"""Two tenants in one Graph: the token's tenant is all that a call can see, and what is sent out is signed for it."""

from typing import Any

import jwt
import pytest

from local.config import AFFILIATE_TENANT_ID, PEOPLE, TENANT_ID
from tests.local.graph.world import CLINICIAN, MEETINGS, Json, World, eventually

OWEN = PEOPLE["affiliate_clinician"]
THEIRS = f"/v1.0/users/{OWEN.oid}/onlineMeetings"


def of_affiliate(world: World) -> dict[str, str]:
    """What makes a call the affiliate's."""
    issuer = f"{world.config.authority_of(AFFILIATE_TENANT_ID)}/v2.0"
    return {"authorization": f"Bearer {world.entra.app_token(tid=AFFILIATE_TENANT_ID, iss=issuer)}"}


async def their_meeting(world: World) -> Json:
    answer = await world.graph.post(
        f"{THEIRS}/createOrGet", json={"externalId": "visit-1"}, headers=of_affiliate(world)
    )
    assert answer.status_code == 201, answer.text
    found: Json = answer.json()
    return found


@pytest.mark.parametrize(
    "claims",
    [
        {"tid": "11111111-2222-4333-8444-555555555555"},
        {"tid": AFFILIATE_TENANT_ID},
        {"iss": f"https://sts.windows.net/{AFFILIATE_TENANT_ID}/"},
        {"tid": None},
    ],
    ids=str,
)
async def test_a_token_whose_tenant_and_issuer_do_not_belong_together_is_refused(
    world: World, claims: dict[str, Any]
) -> None:
    headers = {"authorization": f"Bearer {world.entra.app_token(**claims)}"}
    assert (await world.graph.get("/v1.0/users", headers=headers)).status_code == 401


async def test_a_tenant_sees_its_own_people_only(world: World) -> None:
    theirs = (await world.graph.get("/v1.0/users", headers=of_affiliate(world))).json()["value"]
    ours = (await world.graph.get("/v1.0/users")).json()["value"]
    for found, tenant in ((theirs, AFFILIATE_TENANT_ID), (ours, TENANT_ID)):
        assert {p["id"] for p in found} == {p.oid for p in PEOPLE.values() if p.oid and p.tenant == tenant}
    for name in (OWEN.oid, OWEN.username):
        assert (await world.graph.get(f"/v1.0/users/{name}")).status_code == 404


async def test_a_meeting_of_one_tenant_does_not_exist_for_the_other(world: World) -> None:
    ours, theirs = await world.meeting(), await their_meeting(world)
    assert ours["id"] != theirs["id"]
    assert (await world.graph.post(f"{THEIRS}/createOrGet", json={"externalId": "visit-2"})).status_code == 404
    for path, headers in ((f"{THEIRS}/{theirs['id']}", {}), (f"{MEETINGS}/{ours['id']}", of_affiliate(world))):
        for method in ("GET", "DELETE"):
            assert (await world.graph.request(method, path, headers=headers)).status_code == 404
    body = world.subscription(theirs["joinWebUrl"])
    refused = await world.graph.post("/beta/subscriptions", json=body)
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "ExtensionError")


async def test_only_the_tenant_s_own_people_can_be_presenters(world: World) -> None:
    body = {
        "externalId": "visit-1",
        "participants": {"attendees": [{"identity": {"user": {"id": OWEN.oid}}, "role": "presenter"}]},
    }
    assert (await world.graph.post(f"{MEETINGS}/createOrGet", json=body)).status_code == 400


async def test_a_subscription_belongs_to_the_tenant_and_tells_so(world: World) -> None:
    theirs = await their_meeting(world)
    body, headers = world.subscription(theirs["joinWebUrl"]), of_affiliate(world)
    made = await world.graph.post("/beta/subscriptions", json=body, headers=headers)
    assert made.status_code == 201, made.text
    path = f"/beta/subscriptions/{made.json()['id']}"
    assert (await world.graph.get(path, headers=headers)).status_code == 200
    assert (await world.graph.get(path)).status_code == 404
    assert (await world.graph.delete(path)).status_code == 404
    assert (await world.graph.get("/beta/subscriptions")).json()["value"] == []
    await world.roster(theirs, "join", OWEN.oid)
    await eventually(lambda: world.subscriber.received)
    (note,) = {item["tenantId"] for told in world.subscriber.received for item in told["value"]}
    assert note == AFFILIATE_TENANT_ID
    joined = next(event for event in world.events() if event["eventType"] == "rosterUpdated")
    user = joined["participants@delta"][0]["info"]["identity"]["user"]
    assert user == {"id": OWEN.oid, "displayName": OWEN.name, "tenantId": AFFILIATE_TENANT_ID}
    for token in {token for told in world.subscriber.received for token in told["validationTokens"]}:
        claims = decoded(token)
        assert claims["tid"] == AFFILIATE_TENANT_ID
        assert claims["iss"] == f"{world.config.authority_of(AFFILIATE_TENANT_ID)}/v2.0"


async def test_call_records_are_the_tenant_s_own(world: World) -> None:
    ours, theirs = await world.meeting(), await their_meeting(world)
    for meeting in (ours, theirs):
        await world.roster(meeting, "join", CLINICIAN.oid)
        await world.roster(meeting, "end")
    path = "/v1.0/communications/callRecords"
    (own,) = (await world.graph.get(path)).json()["value"]
    (other,) = (await world.graph.get(path, headers=of_affiliate(world))).json()["value"]
    assert (own["joinWebUrl"], other["joinWebUrl"]) == (ours["joinWebUrl"], theirs["joinWebUrl"])
    whole = (await world.graph.get(f"{path}/{other['id']}", headers=of_affiliate(world))).json()
    assert whole["organizer_v2"]["identity"]["user"]["tenantId"] == AFFILIATE_TENANT_ID
    assert (await world.graph.get(f"{path}/{other['id']}")).status_code == 404


def decoded(token: str) -> dict[str, Any]:
    """The claims as they stand."""
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims
