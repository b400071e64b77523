"""Graph's published contract and the stand-in: every kind of answer is held to it, and notifications too."""

import re

import pytest

from tests.contracts import csdl
from tests.local.graph.conftest import TYPES
from tests.local.graph.world import CLINICIAN, MEETINGS, SECOND, World, in_minutes

MISSING = "Graph's contract is not at hand: ../shared/contracts/graph-v1.0.csdl.xml"


@pytest.fixture
def contract() -> csdl.Csdl:
    found = csdl.graph()
    if not found:
        pytest.skip(MISSING)
    return found


async def test_every_kind_of_answer_keeps_the_contract(world: World, contract: csdl.Csdl) -> None:
    """The check itself is in the client that all tests use; here each kind is asked for, none forgotten."""
    assert contract
    meeting = await world.meeting(subject="Visit")
    url, asked = f"{MEETINGS}/{meeting['id']}", [f"POST {MEETINGS}/createOrGet"]

    async def ask(method: str, path: str, body: object = None) -> None:
        asked.append(f"{method} {path.partition('?')[0]}")
        answer = await world.graph.request(method, path, json=body)
        assert answer.is_success, answer.text

    subscription = await world.subscribe(meeting)
    attendees = {"attendees": [{"upn": SECOND.username, "role": "presenter"}, {"upn": "pat@elsewhere.example"}]}
    await ask("PATCH", url, {"participants": attendees, "lobbyBypassSettings": {"scope": "invited"}})
    for action, who in (("lobby", "Pat"), ("join", CLINICIAN.oid), ("join", "Pat"), ("end", "")):
        await world.roster(meeting, action, who)
    (record,) = (await world.graph.get("/v1.0/communications/callRecords")).json()["value"]
    await ask("POST", MEETINGS, {"subject": "Huddle"})
    await ask("GET", f"{MEETINGS}?$filter=JoinWebUrl eq '{meeting['joinWebUrl'].replace('%', '%25')}'")
    await ask("GET", f"{url}/attendanceReports")
    await ask("GET", f"{url}/attendanceReports/{record['id']}?$expand=attendanceRecords")
    await ask("GET", f"{url}/attendanceReports/{record['id']}/attendanceRecords")
    await ask("GET", "/beta/subscriptions")
    await ask("PATCH", f"/beta/subscriptions/{subscription['id']}", {"expirationDateTime": in_minutes(90)})
    await ask("GET", "/v1.0/communications/callRecords")
    await ask("GET", f"/v1.0/communications/callRecords/{record['id']}?$expand=sessions($expand=segments)")
    await ask("GET", "/v1.0/users")
    await ask("GET", f"/v1.0/users/{CLINICIAN.oid}")
    never = [pattern for pattern, _ in TYPES if not any(re.fullmatch(pattern, one) for one in asked)]
    assert never == []


async def test_notifications_and_their_participants_keep_the_contract(world: World, contract: csdl.Csdl) -> None:
    """The event itself is a type of the beta version, its participants are declared in v1.0."""
    meeting = await world.meeting()
    await world.subscribe(meeting)
    for action, who in (("lobby", "Pat"), ("join", CLINICIAN.oid), ("leave", "Pat"), ("end", "")):
        await world.roster(meeting, action, who)
    for body in world.subscriber.received:
        # This says what resource the notification is about: a type of the beta version.
        assert body["value"][0]["resourceData"].pop("@odata.type") == "#microsoft.graph.callevent"
        assert contract.problems(body, "graph.changeNotificationCollection") == []
    for event in world.events():
        for person in event.get("participants@delta", []):
            # Declared as the base type, shown as the one that has guests.
            person["info"]["identity"]["@odata.type"] = "#microsoft.graph.communicationsIdentitySet"
        assert contract.problems(event.get("participants@delta", []), "Collection(graph.participant)") == []


async def test_an_answer_that_broke_the_contract_would_be_noticed(world: World, contract: csdl.Csdl) -> None:
    meeting = await world.meeting()
    assert contract.problems(meeting, "graph.onlineMeeting") == []
    broken = meeting | {"colour": "red", "allowMeetingChat": "loud", "isBroadcast": "no", "chatInfo": {"thread": "a"}}
    assert len(contract.problems(broken, "graph.onlineMeeting")) == 4
