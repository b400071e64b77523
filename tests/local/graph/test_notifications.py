"""Notifications: what a subscriber can decrypt, believe and count on."""

import asyncio
import base64
import hashlib
from typing import Any

import jwt
import pytest

from local.config import APP_CLIENT_ID, TENANT_ID
from tests.local.graph.world import CLINICIAN, KEYS, SECOND, Json, World, encoded, eventually, opened, rsa_pair

CHANGE_TRACKING_APP = "0bf30f3b-4a52-48df-9a82-234910c4a086"
LEFT = {"reason": "Participant has left the meeting call."}


def told(world: World) -> list[tuple[str, list[tuple[str, bool, bool]]]]:
    """Of each event its type, and of each participant in it: name, in the lobby, gone."""

    def names(person: Json) -> tuple[str, bool, bool]:
        (who,) = person["info"]["identity"].values()
        return who["displayName"], person["isInLobby"], "removedState" in person

    return [(event["eventType"], [names(p) for p in event.get("participants@delta", [])]) for event in world.events()]


async def test_a_visit_is_told_from_the_first_arrival_to_the_end(world: World) -> None:
    meeting = await world.meeting()
    await world.subscribe(meeting)
    await world.roster(meeting, "lobby", "Pat")
    await world.roster(meeting, "join", CLINICIAN.username)
    await world.roster(meeting, "join", "Pat")
    await world.roster(meeting, "leave", "Pat")
    report = await world.roster(meeting, "end")
    bell = CLINICIAN.name
    assert told(world) == [
        ("callStarted", []),
        ("rosterUpdated", [("Pat", True, False)]),
        ("rosterUpdated", [(bell, False, False)]),
        ("rosterUpdated", [("Pat", False, False)]),
        ("rosterUpdated", [("Pat", False, True)]),
        ("rosterUpdated", [(bell, False, True)]),
        ("callEnded", []),
    ]
    assert report["delivered"]
    assert [note["event_type"] for note in report["notifications"]] == ["rosterUpdated", "callEnded"]
    assert report["notification_id"] == world.events()[-1]["id"]


async def test_participants_are_shown_as_documented(world: World) -> None:
    meeting = await world.meeting()
    await world.subscribe(meeting)
    at = "2026-11-23T15:01:02Z"
    await world.roster(meeting, "join", SECOND.oid, participant_id="p-1", event_time=at)
    await world.roster(meeting, "lobby", "Pat", participant_id="p-2", event_time=at)
    await world.roster(meeting, "leave", "Pat", event_time=at)
    _, joined, waiting, left = world.events()
    user = {"id": SECOND.oid, "displayName": SECOND.name, "tenantId": TENANT_ID}
    assert joined["participants@delta"] == [{"info": {"identity": {"user": user}}, "isInLobby": False, "id": "p-1"}]
    (pat,) = waiting["participants@delta"]
    assert (pat["id"], pat["isInLobby"]) == ("p-2", True)
    assert pat["info"]["identity"].keys() == {"guest"}
    assert left["participants@delta"] == [{**pat, "isInLobby": False, "removedState": LEFT}]
    assert {event["eventDateTime"] for event in world.events()} == {"2026-11-23T15:01:02.0000000Z"}
    assert len({event["id"] for event in world.events()}) == 4


async def test_a_notification_has_the_documented_envelope(world: World) -> None:
    meeting = await world.meeting()
    subscription = await world.subscribe(meeting)
    await world.roster(meeting, "lobby", "Pat")
    body = world.subscriber.received[0]
    assert body.keys() == {"value", "validationTokens"}
    (note,) = body["value"]
    resource = f"communications/onlineMeetings(joinWebUrl='{encoded(meeting['joinWebUrl'])}')/meetingCallEvents"
    event = opened(note["encryptedContent"])
    assert {name: note[name] for name in note if name != "encryptedContent"} == {
        "subscriptionId": subscription["id"],
        "changeType": "updated",
        "clientState": "our secret",
        "tenantId": TENANT_ID,
        "resource": resource,
        "subscriptionExpirationDateTime": subscription["expirationDateTime"],
        "resourceData": {"@odata.id": resource, "@odata.type": "#microsoft.graph.callevent", "id": event["id"]},
    }
    content = note["encryptedContent"]
    assert content["encryptionCertificateId"] == "key-1"
    assert content["encryptionCertificateThumbprint"] == hashlib.sha1(KEYS.der).hexdigest().upper()  # noqa: S324
    # Each item has a key of its own.
    assert content["dataKey"] != world.subscriber.received[1]["value"][0]["encryptedContent"]["dataKey"]


async def test_the_validation_token_proves_who_sent_it_and_for_whom(world: World) -> None:
    meeting = await world.meeting()
    await world.subscribe(meeting)
    await world.roster(meeting, "lobby", "Pat")
    (token,) = world.subscriber.received[0]["validationTokens"]
    claims = jwt.decode(
        token,
        world.entra.key.public_key(),
        algorithms=["RS256"],
        audience=APP_CLIENT_ID,
        issuer=f"{world.config.authority}/v2.0",
        options={"require": ["exp", "iat", "nbf", "aud", "iss"]},
    )
    assert (claims["azp"], claims["tid"], claims["ver"]) == (CHANGE_TRACKING_APP, TENANT_ID, "2.0")


async def test_a_call_that_started_before_the_subscription_is_not_told(world: World) -> None:
    """As observed with the real service: who subscribes late hears nothing until the next call."""
    meeting = await world.meeting()
    await world.roster(meeting, "lobby", "Pat")
    await world.subscribe(meeting)
    late = await world.roster(meeting, "join", "Pat")
    assert late == {"notification_id": None, "delivered": False, "status": None, "notifications": []}
    await world.roster(meeting, "end")
    await world.roster(meeting, "lobby", "Pat")
    assert [event["eventType"] for event in world.events()] == ["callStarted", "rosterUpdated"]


async def test_a_failed_delivery_is_tried_again_and_holds_up_no_other(world: World) -> None:
    meeting = await world.meeting()
    await world.subscribe(meeting)
    world.subscriber.answers[:] = [503]
    report = await world.roster(meeting, "lobby", "Pat")
    assert [(note["attempts"], note["status"]) for note in report["notifications"]] == [(2, 202), (1, 202)]
    assert [event["eventType"] for event in world.events()] == ["rosterUpdated", "callStarted"]


async def test_the_control_answers_while_delivery_still_goes_on(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    meeting = await world.meeting()
    await world.subscribe(meeting)
    monkeypatch.setattr("local.graph.control.WAIT_SECONDS", 0.1)
    world.subscriber.answers[:] = [500, 500, 500]
    report = await world.roster(meeting, "lobby", "Pat")
    assert not report["delivered"]
    assert world.events() == []
    await world.subscriber.until(lambda: len(world.subscriber.received) == 2)

    async def all_delivered() -> bool:
        return all(note["delivered"] for note in (await world.control.get("/graph/notifications")).json())

    await eventually(all_delivered)


async def test_a_notification_can_come_twice_and_is_the_same(world: World) -> None:
    meeting = await world.meeting()
    await world.subscribe(meeting)
    await world.roster(meeting, "lobby", "Pat")
    await world.roster(meeting, "join", "Pat", duplicate=2)
    first, *more = world.subscriber.received[2:]
    assert more == [first, first]


async def test_notifications_held_back_can_come_in_another_order(world: World) -> None:
    meeting = await world.meeting()
    await world.subscribe(meeting)
    await world.roster(meeting, "lobby", "Pat", hold=True)
    await world.roster(meeting, "join", "Pat", hold=True)
    assert world.events() == []
    await world.control.post("/graph/release", json={"reverse": True})
    assert told(world) == [
        ("rosterUpdated", [("Pat", False, False)]),
        ("rosterUpdated", [("Pat", True, False)]),
        ("callStarted", []),
    ]


async def test_after_a_change_of_certificate_the_new_key_opens_notifications(world: World) -> None:
    meeting = await world.meeting()
    subscription = await world.subscribe(meeting)
    pair = rsa_pair(3072)
    with_it = world.subscription(
        "", encryptionCertificate=base64.b64encode(pair.der).decode(), encryptionCertificateId="key-2"
    )
    change = {name: with_it[name] for name in ("encryptionCertificate", "encryptionCertificateId")}
    assert (await world.graph.patch(f"/beta/subscriptions/{subscription['id']}", json=change)).status_code == 200
    await world.roster(meeting, "lobby", "Pat")
    content = world.subscriber.received[0]["value"][0]["encryptedContent"]
    assert content["encryptionCertificateId"] == "key-2"
    assert opened(content, pair)["eventType"] == "callStarted"


async def test_a_basic_subscription_hears_that_something_happened_and_no_more(world: World) -> None:
    meeting = await world.meeting()
    names = ("includeResourceData", "encryptionCertificate", "encryptionCertificateId")
    await world.subscribe(meeting, **dict.fromkeys(names))
    await world.roster(meeting, "lobby", "Pat")
    for body in world.subscriber.received:
        assert body.keys() == {"value"}
        assert "encryptedContent" not in body["value"][0]


async def test_an_ended_subscription_hears_nothing_more(world: World) -> None:
    meeting = await world.meeting()
    subscription = await world.subscribe(meeting)
    await world.roster(meeting, "lobby", "Pat")
    await world.graph.delete(f"/beta/subscriptions/{subscription['id']}")
    assert (await world.roster(meeting, "join", "Pat"))["notifications"] == []


async def test_a_reauthorization_is_asked_for_at_the_lifecycle_address(world: World) -> None:
    subscription = await world.subscribe(await world.meeting())
    answer = await world.control.post("/graph/lifecycle", json={"subscription_id": subscription["id"]})
    assert answer.json()["delivered"]
    assert world.subscriber.lifecycle == [
        {
            "value": [
                {
                    "subscriptionId": subscription["id"],
                    "subscriptionExpirationDateTime": subscription["expirationDateTime"],
                    "tenantId": TENANT_ID,
                    "clientState": "our secret",
                    "lifecycleEvent": "reauthorizationRequired",
                }
            ]
        }
    ]


@pytest.mark.parametrize(
    ("moves", "impossible"),
    [
        ([], {"action": "leave", "participant": "Pat"}),
        ([], {"action": "end"}),
        ([("lobby", "Pat")], {"action": "lobby", "participant": "Pat"}),
        ([("join", "Pat")], {"action": "join", "participant": "Pat"}),
        ([("join", "Pat"), ("leave", "Pat")], {"action": "leave", "participant": "Pat"}),
        ([("join", "Pat")], {"action": "dance", "participant": "Pat"}),
        ([("join", "Pat")], {"action": "join"}),
    ],
)
async def test_what_cannot_happen_in_a_meeting_does_not(world: World, moves: list[Any], impossible: Json) -> None:
    meeting = await world.meeting()
    for action, who in moves:
        await world.roster(meeting, action, who)
    answer = await world.control.post(f"/meetings/{meeting['id']}/roster", json=impossible)
    assert answer.status_code == 409, answer.text


async def test_who_comes_back_is_a_new_participant(world: World) -> None:
    meeting = await world.meeting()
    await world.subscribe(meeting)
    for action in ("join", "leave", "join"):
        await world.roster(meeting, action, "Pat")
    first, left, second = (event["participants@delta"][0]["id"] for event in world.events()[1:])
    assert first == left != second


async def test_the_control_shows_who_is_where_and_admits_the_waiting(world: World) -> None:
    meeting = await world.meeting()
    subscription = await world.subscribe(meeting)
    for name in ("Pat", "Sam"):
        await world.roster(meeting, "lobby", name)
    await world.roster(meeting, "join", CLINICIAN.oid)
    (shown,) = (await world.control.get("/meetings")).json()
    assert (shown["id"], shown["joinWebUrl"]) == (meeting["id"], meeting["joinWebUrl"])
    assert [one["id"] for one in shown["subscriptions"]] == [subscription["id"]]
    assert [(p["name"], p["kind"]) for p in shown["lobby"]] == [("Pat", "guest"), ("Sam", "guest")]
    assert [(p["name"], p["kind"], p["oid"]) for p in shown["in_call"]] == [(CLINICIAN.name, "user", CLINICIAN.oid)]
    await world.control.post(f"/meetings/{meeting['id']}/admit")
    shown = (await world.control.get(f"/meetings/{meeting['id']}")).json()
    assert (len(shown["lobby"]), len(shown["in_call"])) == (0, 3)


async def test_calls_made_side_by_side_make_one_subscription(world: World) -> None:
    """Both ask the address before either subscription exists; one of them must find itself too late."""
    body = world.subscription((await world.meeting())["joinWebUrl"])
    answers = await asyncio.gather(*(world.graph.post("/beta/subscriptions", json=body) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
