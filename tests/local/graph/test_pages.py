"""The meeting's page: whoever follows the join URL can play the visit by hand."""

import httpx
import pytest

from local.config import PEOPLE
from tests.local.graph.world import CLINICIAN, MEETINGS, SECOND, Json, World


async def press(world: World, meeting: Json, button: str, who: str = "") -> httpx.Response:
    form = {"action": button, "participant": who}
    return await world.graph.post(meeting["joinWebUrl"], data=form, headers={"authorization": ""})


async def test_the_join_url_leads_to_the_meetings_page(world: World) -> None:
    meeting = await world.meeting(subject="<Virtual> visit")
    await world.roster(meeting, "lobby", "Pat <b>")
    page = await world.graph.get(meeting["joinWebUrl"], headers={"authorization": ""})
    assert page.status_code == 200
    assert "stand-in of the meeting client" in page.text
    assert "&lt;Virtual&gt; visit" in page.text
    assert "Pat &lt;b&gt;: waiting in the lobby" in page.text


@pytest.mark.parametrize("change", [("meeting_", "meeting_x"), ("%22Oid%22", "%22oid%22"), ("?context", "?Context")])
async def test_a_join_url_that_was_changed_on_the_way_leads_nowhere(world: World, change: tuple[str, str]) -> None:
    url = (await world.meeting())["joinWebUrl"]
    assert (await world.graph.get(url.replace(*change))).status_code == 404


async def test_a_visit_can_be_played_by_hand(world: World) -> None:
    meeting = await world.meeting()
    await world.graph.patch(f"{MEETINGS}/{meeting['id']}", json={"lobbyBypassSettings": {"scope": "organizer"}})
    await world.subscribe(meeting)
    for button, who in (("join", "Pat"), ("join", CLINICIAN.username), ("admit", ""), ("end", "")):
        answer = await press(world, meeting, button, who)
        assert (answer.status_code, answer.headers["location"]) == (303, meeting["joinWebUrl"])
    lobby = [[p["isInLobby"] for p in event.get("participants@delta", [])] for event in world.events()]
    assert lobby == [[], [True], [False], [False], [False, False], []]


@pytest.mark.parametrize(
    ("scope", "who", "waits"),
    [
        ("organizer", CLINICIAN.username, False),
        ("organizer", SECOND.username, True),
        ("organization", SECOND.username, False),
        ("organization", "Pat", True),
        ("organization", PEOPLE["affiliate_clinician"].username, True),
        ("organizationAndFederated", PEOPLE["affiliate_clinician"].username, False),
        ("invited", SECOND.username, True),
        ("everyone", "Pat", False),
    ],
)
async def test_who_waits_in_the_lobby_follows_the_meetings_settings(
    world: World, scope: str, who: str, waits: bool
) -> None:
    meeting = await world.meeting()
    await world.graph.patch(f"{MEETINGS}/{meeting['id']}", json={"lobbyBypassSettings": {"scope": scope}})
    await press(world, meeting, "join", who)
    shown = (await world.control.get(f"/meetings/{meeting['id']}")).json()
    assert (len(shown["lobby"]), len(shown["in_call"])) == ((1, 0) if waits else (0, 1))


async def test_what_cannot_be_done_is_said_on_the_page(world: World) -> None:
    answer = await press(world, await world.meeting(), "leave", "Pat")
    assert answer.status_code == 409
    assert 'role="alert">Pat is not in this meeting' in answer.text
