"""Who cannot decide and why, and what happens when something changes under the approver."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.async_api import Route, expect

from local.config import CONNECTION_ID, PEOPLE
from local.demo.world import World
from tests.portal.browser import Visitor
from tests.portal.conftest import Arrive
from tests.portal.connecting import CLIENT_IDS, Made, making, take_refusals, told

ADMIN, APPROVER, OTHER = PEOPLE["admin"], PEOPLE["approver"], PEOPLE["second_clinician"]
BY_ADMIN = {"oid": ADMIN.oid, "name": ADMIN.name}
BY_OTHER = {"oid": OTHER.oid, "name": OTHER.name}
LOCKED = "Sign in to Epic first, in step 1."


@pytest.fixture
async def made(world: World) -> AsyncIterator[Made]:
    async with making(world) as found:
        yield found


def at(connection: dict[str, Any]) -> str:
    return f"/approve/{connection['id']}"


async def signed_in_to_epic(signed_in: Arrive, made: Made, **fields: Any) -> tuple[Visitor, dict[str, Any]]:
    """The approver, ready to decide."""
    waiting = await made.add(**fields)
    await made.vouch(waiting)
    here = await signed_in("approver", at(waiting))
    await expect(here.page.get_by_text("You are signed in to Epic.")).to_be_visible()
    return here, waiting


async def approve(here: Visitor) -> None:
    await here.page.get_by_role("button", name="Approve", exact=True).click()


async def test_the_list_has_what_names_one_and_nothing_else_the_waiting_first(signed_in: Arrive, made: Made) -> None:
    waiting = await made.add()
    theirs = await made.add(environment="production", approver=BY_OTHER)
    here = await signed_in("approver", "/approve")
    rows = here.page.get_by_role("row")
    await expect(rows).to_have_count(3)
    await expect(rows.nth(1)).to_contain_text("Waits for your decision")
    await expect(rows.nth(1)).to_contain_text("Testing")
    await expect(rows.nth(1).locator("svg")).to_have_count(1)
    await expect(rows.nth(2)).to_contain_text(re.compile("Approved on .+ 20"))
    await expect(here.page.locator(f'[href="{at(theirs)}"]')).to_have_count(0)
    await here.assert_accessible()
    await here.screenshot("approve-list")
    await rows.nth(1).get_by_role("link", name=re.compile("^Sign in and decide the connection https:")).click()
    await here.page.wait_for_url(f"**{at(waiting)}")
    options = here.page.get_by_label("Connection").get_by_role("option")
    await expect(options).to_have_count(2)


async def test_an_administrator_named_by_one_sees_that_one(signed_in: Arrive, made: Made) -> None:
    own = await made.add(approver=BY_ADMIN)
    here = await signed_in("admin", "/approve")
    await here.page.wait_for_url(f"**{at(own)}")
    await expect(here.page.get_by_text(LOCKED)).to_be_visible()


async def test_an_administrator_whom_none_names_sees_who_approves(signed_in: Arrive, made: Made) -> None:
    await made.add()
    await made.add(environment="production", state="draft", client_ids={})
    here = await signed_in("admin", "/approve")
    await expect(here.page.get_by_role("heading", name="No connection names you as approver")).to_be_visible()
    rows = here.page.get_by_role("table", name="Who approves instead").get_by_role("row")
    await expect(rows.filter(has_text=APPROVER.name)).to_have_count(2)
    await expect(rows.filter(has_text="Nobody yet")).to_have_count(1)
    await expect(rows.filter(has_text="Waits for its approver")).to_have_count(1)
    await here.assert_accessible()
    await here.screenshot("approve-list-admin")


async def test_an_administrator_cannot_decide_for_the_approver_and_gets_the_link_for_them(
    signed_in: Arrive, made: Made
) -> None:
    waiting = await made.add()
    await made.vouch(waiting)
    here = await signed_in("admin", at(waiting), permissions=["clipboard-read", "clipboard-write"])
    page = here.page
    await expect(page.get_by_text(f"{APPROVER.name} approves this connection, not you")).to_be_visible()
    await expect(page.get_by_text("an administrator cannot do it for them")).to_be_visible()
    await expect(page.get_by_role("button", name=re.compile("Approve|Reject|Sign in to Epic"))).to_have_count(0)
    await expect(page.get_by_text(f"What {APPROVER.name} sees. You cannot decide here.")).to_be_visible()
    await here.assert_accessible()
    await here.screenshot("approve-not-you")
    await page.get_by_role("button", name=f"Copy the link for {APPROVER.name}").click()
    await expect(page.get_by_text("Copied").first).to_be_visible()
    assert await page.evaluate("navigator.clipboard.readText()") == here.config.portal + at(waiting)
    await page.get_by_role("link", name="Name another approver").click()
    await expect(page.get_by_role("heading", name="Edit connection")).to_be_visible()


async def test_an_administrator_sees_who_decided_when_and_why(signed_in: Arrive, made: Made) -> None:
    approved = await made.approved(zone="Asia/Tokyo")
    rejected = await made.add(environment="production")
    await made.decide(rejected, {"decision": "reject", "reason": "Not our client id."})
    here = await signed_in("admin", at(approved))
    told_who = here.page.get_by_text(re.compile(f"^{APPROVER.name} approved it on .+ GMT\\+9\\.$"))
    await expect(told_who).to_be_visible()
    await here.page.goto(here.config.portal + at(rejected))
    told_why = here.page.get_by_text(re.compile(f"^{APPROVER.name} rejected it on .+ CST\\."))
    await expect(told_why).to_contain_text("The reason: Not our client id.")
    await here.assert_accessible()
    await here.screenshot("approve-not-you-rejected")


async def test_a_browser_that_forbids_copying_says_so(signed_in: Arrive) -> None:
    here = await signed_in("admin", f"/approve/{CONNECTION_ID}")
    await here.page.evaluate(
        "() => { navigator.clipboard.writeText = () => Promise.reject(new DOMException('no', 'NotAllowedError')); }"
    )
    await here.page.get_by_role("button", name=f"Copy the link for {APPROVER.name}").click()
    await told(here, "This browser does not allow copying here.")


async def test_a_connection_without_an_approver_says_so(signed_in: Arrive, made: Made) -> None:
    draft = await made.add(state="draft")
    here = await signed_in("admin", at(draft))
    await expect(here.page.get_by_text("Nobody is named as approver yet")).to_be_visible()
    await expect(here.page.get_by_role("link", name="Name the approver")).to_have_attribute(
        "href", f"/connections?open={draft['id']}"
    )


async def test_whom_a_connection_does_not_name_sees_nothing_of_it(signed_in: Arrive, made: Made) -> None:
    theirs = await made.add(approver=BY_OTHER)
    here = await signed_in("approver", at(theirs))
    await expect(here.page.get_by_role("heading", name="This connection does not name you")).to_be_visible()
    await expect(here.page.get_by_text(theirs["fhir_base"])).to_have_count(0)
    await here.assert_accessible()
    await here.screenshot("approve-stranger")
    await here.page.get_by_role("link", name="To the connections that name you").click()
    await here.page.wait_for_url(f"**/approve/{CONNECTION_ID}")
    take_refusals(here)


async def test_who_has_no_role_gets_no_further_than_the_portal_s_door(signed_in: Arrive) -> None:
    here = await signed_in("nobody", f"/approve/{CONNECTION_ID}")
    await expect(here.page.get_by_role("heading", name=re.compile("there is nothing for you here yet"))).to_be_visible()
    await expect(here.page.get_by_text("To approve: ask an administrator")).to_be_visible()


async def test_a_connection_that_is_not_there_is_called_so(signed_in: Arrive) -> None:
    here = await signed_in("approver", "/approve/nosuchone")
    await expect(here.page.get_by_role("heading", name="There is no such connection")).to_be_visible()
    take_refusals(here)


@pytest.mark.parametrize(
    ("state", "says"),
    [("draft", "This connection is not ready for approval"), ("disabled", "This connection is disabled")],
)
async def test_what_is_not_to_be_decided_says_when_it_will_be(
    signed_in: Arrive, made: Made, state: str, says: str
) -> None:
    whole = {"zone": "America/Chicago", "approver": {"oid": APPROVER.oid, "name": APPROVER.name}}
    connection = await made.add(**({"state": "draft", **whole} if state == "draft" else {}))
    if state == "disabled":
        await made.change(connection, state="disabled")
    here = await signed_in("approver", at(connection))
    await expect(here.page.get_by_text(says)).to_be_visible()
    await expect(here.page.get_by_role("button", name="Sign in to Epic")).to_have_count(0)
    await here.assert_accessible()


async def test_a_change_under_the_approver_is_shown_and_nothing_is_decided(signed_in: Arrive, made: Made) -> None:
    here, waiting = await signed_in_to_epic(signed_in, made)
    await made.change(waiting, client_ids=CLIENT_IDS | {"patient": "someone-elses-id"})
    await approve(here)
    stale = here.page.locator(".approve-focus")
    await expect(stale).to_be_focused()
    await expect(stale).to_contain_text("This connection was changed while you looked at it")
    await expect(stale).to_contain_text("Nothing was decided.")
    await expect(stale).to_contain_text("someone-elses-id")
    await expect(stale.locator("del")).to_have_text(CLIENT_IDS["patient"])
    await expect(stale).to_contain_text("sign in again, then decide")
    await expect(here.page.get_by_text(LOCKED)).to_be_visible()
    await here.assert_accessible()
    await here.screenshot("approve-stale")
    await stale.get_by_role("button", name="Close").press("Enter")
    await expect(stale).to_have_count(0)
    await expect(here.page.get_by_role("heading", level=1)).to_be_focused()
    newest = await made.now(waiting)
    assert (newest["state"], newest["decision"]) == ("needs_approval", None)
    await made.vouch(newest)
    await here.page.reload()
    await approve(here)
    await told(here, "Connection approved")
    take_refusals(here)


async def test_whoever_is_no_longer_named_learns_it_at_once(signed_in: Arrive, made: Made) -> None:
    here, waiting = await signed_in_to_epic(signed_in, made)
    await made.change(waiting, approver=BY_OTHER)
    await approve(here)
    await expect(here.page.get_by_role("heading", name="This connection does not name you")).to_be_visible()
    take_refusals(here)


async def test_what_was_removed_meanwhile_is_not_decided(signed_in: Arrive, made: Made) -> None:
    here, waiting = await signed_in_to_epic(signed_in, made)
    await made.world.api("admin", "DELETE", f"/connections/{waiting['id']}")
    await approve(here)
    await expect(here.page.get_by_role("heading", name="There is no such connection")).to_be_visible()
    take_refusals(here)


async def test_what_was_disabled_meanwhile_is_not_decided(signed_in: Arrive, made: Made) -> None:
    here, waiting = await signed_in_to_epic(signed_in, made)
    await made.change(waiting, state="disabled")
    await approve(here)
    await expect(here.page.get_by_text("This connection is disabled")).to_be_visible()
    take_refusals(here)


async def test_the_sign_in_cannot_begin_for_what_was_disabled_meanwhile(signed_in: Arrive, made: Made) -> None:
    waiting = await made.add()
    here = await signed_in("approver", at(waiting))
    await expect(here.page.get_by_text(LOCKED)).to_be_visible()
    await made.change(waiting, state="disabled")
    await here.page.get_by_role("button", name="Sign in to Epic").click()
    await expect(here.page.get_by_text("This connection is disabled")).to_be_visible()
    take_refusals(here)


async def test_a_sign_in_that_is_too_old_for_the_api_must_be_repeated_and_the_reason_stays(
    signed_in: Arrive, made: Made
) -> None:
    here, waiting = await signed_in_to_epic(signed_in, made)
    await here.page.get_by_role("button", name="Reject…").click()
    await here.page.get_by_role("textbox", name="Reason").fill("The patients' client id is wrong.")
    await made.vouch(waiting, ago=timedelta(minutes=16))
    await here.page.get_by_role("button", name="Reject connection").click()
    await expect(here.page.get_by_text("Your sign-in to Epic no longer counts")).to_be_visible()
    await expect(here.page.get_by_role("button", name="Sign in to Epic again")).to_be_focused()
    await here.assert_accessible()
    await here.screenshot("approve-over")
    await made.vouch(waiting)
    await here.page.reload()
    await expect(here.page.get_by_role("textbox", name="Reason")).to_have_value("The patients' client id is wrong.")
    take_refusals(here)


async def test_a_reason_in_which_the_api_finds_none_is_asked_for_at_the_field(signed_in: Arrive, made: Made) -> None:
    here, waiting = await signed_in_to_epic(signed_in, made)
    await here.page.get_by_role("button", name="Reject…").click()
    reason = here.page.get_by_role("textbox", name="Reason")
    # A space to the API, none to the browser.
    await reason.fill("\x1f")
    await here.page.get_by_role("button", name="Reject connection").click()
    await expect(reason).to_be_focused()
    await expect(reason).to_have_attribute("aria-invalid", "true")
    await expect(here.page.get_by_text("Say what has to change.")).to_have_count(1)
    await reason.fill("Not our client id.")
    await expect(here.page.get_by_text("Say what has to change.")).to_have_count(0)
    await here.page.get_by_role("button", name="Reject connection").click()
    await told(here, "Connection rejected")
    assert ((await made.now(waiting))["decision"] or {})["reason"] == "Not our client id."
    take_refusals(here)


async def test_the_time_left_is_told_and_ends_by_itself(signed_in: Arrive, made: Made) -> None:
    waiting = await made.add()
    here = await signed_in("approver", at(waiting))
    await here.page.clock.install()
    await made.vouch(waiting)
    await here.page.reload()
    await expect(here.page.get_by_text(re.compile("It counts for another 1[45] minutes."))).to_be_visible()
    await here.page.clock.fast_forward("08:00")
    await expect(here.page.get_by_text(re.compile("It counts for another [67] minutes."))).to_be_visible()
    # A browser that slept has no tick at each second.
    await here.page.clock.fast_forward("05:30")
    await expect(here.page.get_by_text("counts for at most two more minutes")).to_have_count(1)
    # What the API says by then, whose clock nobody turns.
    await made.vouch(waiting, ago=timedelta(minutes=16))
    await here.page.clock.fast_forward("02:00")
    await expect(here.page.get_by_text("Your sign-in to Epic no longer counts")).to_be_visible()
    await expect(here.page.get_by_role("button", name="Approve", exact=True)).to_have_count(0)


async def test_a_clock_that_is_wrong_locks_nobody_out(signed_in: Arrive, made: Made) -> None:
    here, _ = await signed_in_to_epic(signed_in, made)
    await here.page.clock.install()
    await here.page.clock.fast_forward("20:00")
    await here.page.reload()
    await expect(here.page.get_by_text("You are signed in to Epic.")).to_be_visible()
    await expect(here.page.get_by_text("It counts for another")).to_have_count(0)
    await approve(here)
    await told(here, "Connection approved")


async def test_a_decision_that_does_not_get_through_can_be_repeated(signed_in: Arrive, made: Made) -> None:
    here, _ = await signed_in_to_epic(signed_in, made)
    await here.page.route("**/approval", lambda route: route.abort(), times=1)
    await approve(here)
    await expect(here.page.get_by_role("alert")).to_contain_text("The service did not answer.")
    here.complaints.clear()
    await approve(here)
    await told(here, "Connection approved")


async def test_a_list_that_does_not_come_can_be_asked_for_again(signed_in: Arrive) -> None:
    here = await signed_in("approver", "/health")
    await here.settled()
    await here.page.route("**/api/connections?*", lambda route: route.abort(), times=1)
    await here.page.goto(here.config.portal + "/approve")
    await here.page.get_by_role("button", name="Try again").click()
    await here.page.wait_for_url(f"**/approve/{CONNECTION_ID}")
    here.complaints.clear()


async def test_a_list_that_comes_late_takes_nobody_back_to_a_page_they_have_left(signed_in: Arrive) -> None:
    here = await signed_in("approver", "/records")
    await here.settled()
    asked, listed, loaded = asyncio.Event(), asyncio.Event(), asyncio.Event()

    def held(until: asyncio.Event) -> Callable[[Route], Awaitable[None]]:
        async def hold(route: Route) -> None:
            if until is listed:
                asked.set()
            await until.wait()
            await route.continue_()

        return hold

    await here.page.route("**/api/connections?*", held(listed))
    await here.page.route("**/assets/health-*.js", held(loaded))
    async with here.page.expect_response("**/api/connections?*") as answer:
        await here.page.goto(here.config.portal + "/approve")
        async with asyncio.timeout(15):
            await asked.wait()
        await here.page.get_by_role("link", name="Health").click()
        await here.page.wait_for_url("**/health**")
        listed.set()
    await (await answer.value).finished()
    loaded.set()
    await here.heading("Health")
    assert "/health" in here.page.url


@pytest.mark.parametrize(
    ("locale", "button", "says"),
    [
        ("fr-FR", "Approuver", "Vous êtes connecté à Epic."), ("es-ES", "Aprobar", "Ha iniciado sesión en Epic."),
    ],
)  # fmt: skip
async def test_it_speaks_the_reader_s_language(
    signed_in: Arrive, made: Made, locale: str, button: str, says: str
) -> None:
    waiting = await made.add()
    await made.vouch(waiting)
    here = await signed_in("approver", at(waiting), locale=locale)
    await expect(here.page.get_by_text(says)).to_be_visible()
    await expect(here.page.get_by_role("button", name=button, exact=True)).to_be_visible()
    await here.assert_accessible()
    await here.screenshot(f"approve-{locale[:2]}")
