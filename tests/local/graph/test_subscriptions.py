"""Subscriptions to a meeting's call events: what is asked of them, and the handshake."""

import base64
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from local.config import APP_CLIENT_ID, IDENTITY_CLIENT_ID
from local.graph.subscriptions import join_url_of, resource_of
from tests.local.graph.world import CLINICIAN, KEYS, MEETINGS, KeyPair, World, encoded, in_minutes, rsa_pair

# https://learn.microsoft.com/graph/changenotifications-for-onlinemeeting, its example of a join URL and its encoding.
EXAMPLE_THREAD = "19%3ameeting_ZmYwZTEyYjctZjA5MS00OTkzLWJhNzEtYzFiZDVjNGE0OGFj%40thread.v2"
EXAMPLE = (
    f"https://teams.microsoft.com/l/meetup-join/{EXAMPLE_THREAD}/0"
    "?context=%7b%22Tid%22%3a%22909c6581-5130-43e9-88f3-fcb3582cde37%22%2c%22Oid%22%3a%22"
    "048c94fb-dda6-48b8-9fc8-6740ee418fb9%22%7d"
)
EXAMPLE_ENCODED = (
    "https%3A%2F%2Fteams.microsoft.com%2Fl%2Fmeetup-join%2F19%253ameeting_"
    "ZmYwZTEyYjctZjA5MS00OTkzLWJhNzEtYzFiZDVjNGE0OGFj%2540thread.v2%2F0%3Fcontext%3D%257b%2522Tid%2522%253a%2522"
    "909c6581-5130-43e9-88f3-fcb3582cde37%2522%252c%2522Oid%2522%253a%2522"
    "048c94fb-dda6-48b8-9fc8-6740ee418fb9%2522%257d"
)


def a_resource(encoded_url: str) -> str:
    return f"communications/onlineMeetings(joinWebUrl='{encoded_url}')/meetingCallEvents"


def test_a_resource_is_encoded_as_in_microsofts_example() -> None:
    assert resource_of(EXAMPLE) == a_resource(EXAMPLE_ENCODED)
    assert encoded(EXAMPLE) == EXAMPLE_ENCODED
    for begin in ("", "/"):
        assert join_url_of(begin + a_resource(EXAMPLE_ENCODED)) == EXAMPLE


@pytest.mark.parametrize(
    "resource",
    [
        a_resource(EXAMPLE),
        a_resource(quote(EXAMPLE)),
        a_resource(quote(EXAMPLE_ENCODED, safe="")),
        a_resource(EXAMPLE_ENCODED.replace("%3A%2F%2F", "://")),
        f"/communications/onlineMeetings/?$filter=JoinWebUrl eq '{EXAMPLE}'",
    ],
    ids=["as it is", "slashes kept", "encoded twice", "begin kept", "older form"],
)
def test_a_resource_encoded_otherwise_names_no_meeting(resource: str) -> None:
    assert join_url_of(resource) != EXAMPLE


async def test_both_addresses_are_asked_before_the_subscription_exists(world: World) -> None:
    made = await world.subscribe(await world.meeting())
    assert world.subscriber.handshakes == ["good", "lifecycle"]
    assert (made["applicationId"], made["clientState"]) == (APP_CLIENT_ID, "our secret")
    # The certificate is not shown again; its name is.
    assert (made["encryptionCertificate"], made["encryptionCertificateId"]) == (None, "key-1")
    listed = (await world.graph.get("/beta/subscriptions")).json()["value"]
    assert [one["id"] for one in listed] == [made["id"]]


async def test_an_https_address_on_this_machine_is_asked_too(world: World) -> None:
    https = f"https://localhost:{world.config.ports['portal']}/good?code=1"
    await world.subscribe(await world.meeting(), notificationUrl=https)
    assert world.subscriber.handshakes == ["good", "lifecycle"]


@pytest.mark.parametrize("manner", ["undecoded", "json", "accepted", "quoted", "silent", "failing"])
@pytest.mark.parametrize("name", ["notificationUrl", "lifecycleNotificationUrl"])
async def test_an_address_that_fails_the_handshake_is_refused(world: World, name: str, manner: str) -> None:
    meeting = await world.meeting()
    broken: dict[str, Any] = {name: f"{world.hook}/{manner}"}
    body = world.subscription(meeting["joinWebUrl"], **broken)
    answer = await world.graph.post("/beta/subscriptions", json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "ValidationError")
    assert (await world.graph.get("/beta/subscriptions")).json()["value"] == []


async def test_an_address_where_nobody_listens_is_refused(world: World) -> None:
    nowhere = f"http://localhost:{world.config.ports['queue']}/good"
    body = world.subscription((await world.meeting())["joinWebUrl"], notificationUrl=nowhere)
    answer = await world.graph.post("/beta/subscriptions", json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "ValidationError")


async def test_the_released_version_does_not_know_the_resource(world: World) -> None:
    body = world.subscription((await world.meeting())["joinWebUrl"])
    assert (await world.graph.post("/v1.0/subscriptions", json=body)).status_code == 400
    assert world.subscriber.handshakes == []


def base64_of(data: bytes) -> str:
    return base64.b64encode(data).decode()


BAD: dict[str, dict[str, Any]] = {
    "created": {"changeType": "created"},
    "no change type": {"changeType": None},
    "unknown meeting": {"resource": a_resource(EXAMPLE_ENCODED)},
    "other resource": {"resource": "/communications/callRecords/7"},
    "no resource": {"resource": None},
    "no certificate": {"encryptionCertificate": None},
    "no certificate id": {"encryptionCertificateId": None},
    "long certificate id": {"encryptionCertificateId": "x" * 129},
    "no base64": {"encryptionCertificate": "not base64!"},
    "pem": {"encryptionCertificate": base64_of(KEYS.pem)},
    "small key": {"encryptionCertificate": base64_of(rsa_pair(1024).der)},
    "curve": {"encryptionCertificate": base64_of(KeyPair(ec.generate_private_key(ec.SECP256R1())).der)},
    "long client state": {"clientState": "x" * 129},
    "no expiry": {"expirationDateTime": None},
    "expired": {"expirationDateTime": in_minutes(-1)},
    "too long": {"expirationDateTime": in_minutes(4_240)},
    "no lifecycle address": {"lifecycleNotificationUrl": None},
    "no address": {"notificationUrl": None},
    "plain http elsewhere": {"notificationUrl": "http://visits.example/good"},
    "no url": {"notificationUrl": "good"},
    "data as text": {"includeResourceData": "true"},
    "unknown property": {"colour": "red"},
    "id": {"id": "mine"},
}


@pytest.mark.parametrize("change", BAD.values(), ids=BAD.keys())
async def test_a_subscription_is_refused(world: World, change: dict[str, Any]) -> None:
    body = world.subscription((await world.meeting())["joinWebUrl"], **change)
    answer = await world.graph.post("/beta/subscriptions", json=body)
    assert answer.status_code == 400, answer.text
    assert world.subscriber.handshakes == []


async def test_a_join_url_pasted_in_unencoded_is_refused(world: World) -> None:
    meeting = await world.meeting()
    body = world.subscription(meeting["joinWebUrl"], resource=a_resource(meeting["joinWebUrl"]))
    answer = await world.graph.post("/beta/subscriptions", json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "ExtensionError")


async def test_an_hour_needs_no_lifecycle_address(world: World) -> None:
    await world.subscribe(await world.meeting(), minutes=59, lifecycleNotificationUrl=None)
    assert world.subscriber.handshakes == ["good"]


async def test_a_short_life_is_made_45_minutes(world: World) -> None:
    made = await world.subscribe(await world.meeting(), minutes=5)
    lasts = datetime.fromisoformat(made["expirationDateTime"]) - datetime.now(UTC)
    assert timedelta(minutes=44) < lasts <= timedelta(minutes=45)


async def test_an_application_has_one_subscription_for_a_meeting(world: World) -> None:
    meeting = await world.meeting()
    await world.subscribe(meeting)
    same = await world.graph.post("/beta/subscriptions", json=world.subscription(meeting["joinWebUrl"]))
    other = world.subscription(meeting["joinWebUrl"], notificationUrl=f"{world.hook}/other")
    second = await world.graph.post("/beta/subscriptions", json=other)
    assert (same.status_code, same.json()["error"]["code"]) == (409, "Conflict")
    assert (second.status_code, second.json()["error"]["code"]) == (403, "Forbidden")
    await world.subscribe(await world.meeting("visit-2"))


async def test_another_application_has_its_own_and_sees_no_others(world: World) -> None:
    meeting = await world.meeting()
    made = await world.subscribe(meeting)
    headers = {"authorization": f"Bearer {world.entra.app_token(azp=IDENTITY_CLIENT_ID)}"}
    assert (await world.graph.get("/beta/subscriptions", headers=headers)).json()["value"] == []
    for method, body in (("GET", None), ("PATCH", {"expirationDateTime": in_minutes(60)}), ("DELETE", None)):
        answer = await world.graph.request(method, f"/beta/subscriptions/{made['id']}", json=body, headers=headers)
        assert answer.status_code == 404
    body = world.subscription(meeting["joinWebUrl"])
    assert (await world.graph.post("/beta/subscriptions", json=body, headers=headers)).status_code == 201


async def test_a_subscription_is_renewed_and_ended(world: World) -> None:
    meeting = await world.meeting()
    url = f"/beta/subscriptions/{(await world.subscribe(meeting))['id']}"
    later = in_minutes(4_000)
    renewed = await world.graph.patch(url, json={"expirationDateTime": later})
    assert renewed.status_code == 200
    assert datetime.fromisoformat(renewed.json()["expirationDateTime"]) == datetime.fromisoformat(later)
    assert (await world.graph.post(f"{url}/reauthorize")).status_code == 204
    assert (await world.graph.delete(url)).status_code == 204
    assert (await world.graph.get(url)).status_code == 404
    await world.subscribe(meeting)


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"lifecycleNotificationUrl": "https://visits.example/late"},
        {"clientState": "other"},
        {"expirationDateTime": "2020-01-01T00:00:00Z"},
        {"encryptionCertificateId": "key-2"},
    ],
    ids=["nothing", "late lifecycle address", "client state", "expired", "certificate id alone"],
)
async def test_an_update_of_a_subscription_is_refused(world: World, change: dict[str, Any]) -> None:
    made = await world.subscribe(await world.meeting())
    answer = await world.graph.patch(f"/beta/subscriptions/{made['id']}", json=change)
    assert answer.status_code == 400
    assert (await world.graph.get(f"/beta/subscriptions/{made['id']}")).json() == made


async def test_the_access_policy_covers_subscriptions(world: World) -> None:
    meeting = await world.meeting()
    await world.control.put("/graph/access-policy", json={"granted": False})
    body = world.subscription(meeting["joinWebUrl"])
    assert (await world.graph.post("/beta/subscriptions", json=body)).status_code == 403


async def test_a_deleted_meeting_cannot_be_watched(world: World) -> None:
    meeting = await world.meeting()
    await world.graph.delete(f"{MEETINGS}/{meeting['id']}")
    body = world.subscription(meeting["joinWebUrl"])
    assert CLINICIAN.oid in body["resource"]
    assert (await world.graph.post("/beta/subscriptions", json=body)).status_code == 400
