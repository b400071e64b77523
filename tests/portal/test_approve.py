"""The approver's page: the way through Epic's sign-in to a decision, what they see, and what came of it."""

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Locator, expect

from local.config import CONNECTION_ID, EPIC_CLIENT_IDS, PEOPLE
from local.demo.world import World
from tests.portal.browser import Visitor
from tests.portal.conftest import Arrive
from tests.portal.connecting import Made, making, take_refusals, told

ADMIN, APPROVER = PEOPLE["admin"], PEOPLE["approver"]
SIGN_IN = "Sign in to Epic"
LOCKED = "Sign in to Epic first, in step 1."
DEMO = f"/approve/{CONNECTION_ID}"


@pytest.fixture
async def made(world: World) -> AsyncIterator[Made]:
    async with making(world) as found:
        yield found


@pytest.fixture
async def asked(made: Made) -> AsyncIterator[dict[str, Any]]:
    """The story's own connection, which Epic's sign-in knows, waits for its approver; in the end it is as it was."""
    before = await made.now({"id": CONNECTION_ID})
    yield await made.change(before, state="needs_approval")
    again = await made.change(before, state="needs_approval", client_ids=before["client_ids"])
    await made.decide(again, {"decision": "approve"})


def at(connection: dict[str, Any]) -> str:
    return f"/approve/{connection['id']}"


def step(here: Visitor, title: str) -> Locator:
    return here.page.locator("section").filter(has=here.page.get_by_role("heading", name=title))


def field(here: Visitor, name: str) -> Locator:
    """What stands for one field of what is approved."""
    return here.page.locator(".approve-field").filter(has=here.page.locator("dt", has_text=re.compile(f"^{name}")))


async def enter_epic(here: Visitor, path: str) -> None:
    """Fills in Epic's own form and comes back."""
    await here.page.get_by_role("button", name=re.compile(SIGN_IN)).click()
    await expect(here.page.get_by_role("heading", name="Sign in to Epic")).to_be_visible()
    await here.page.get_by_label("User name").fill(APPROVER.epic_username)
    await here.page.get_by_label("Password").fill(APPROVER.epic_password)
    await here.page.get_by_role("button", name="Sign in").click()
    await here.page.wait_for_url(here.config.portal + path)
    await expect(here.page.get_by_text("You are signed in to Epic.")).to_be_visible()


async def test_the_approver_signs_in_to_epic_looks_and_approves(
    signed_in: Arrive, made: Made, asked: dict[str, Any]
) -> None:
    here = await signed_in("approver", DEMO)
    page = here.page
    await here.heading("Approve")
    await expect(page.get_by_text("nothing in Epic is read or changed")).to_be_visible()
    await expect(page.get_by_text(LOCKED)).to_be_visible()
    await expect(page.get_by_role("button", name="Approve", exact=True)).to_have_count(0)
    await here.assert_accessible()
    await here.screenshot("approve-waiting")

    await enter_epic(here, DEMO)
    await expect(page.get_by_text("It counts for another 14 minutes.")).to_be_visible()
    for name, value in asked["approval"]["covered"].items():
        shown = {"approver": APPROVER.name, "environment": "Testing"}.get(name, value)
        await expect(page.locator(".approve-fields").get_by_text(shown, exact=True).first).to_be_visible()
    await expect(page.get_by_text(re.compile("Nothing is different from what you approved on"))).to_be_visible()
    await here.assert_accessible()
    await here.screenshot("approve-signed-in")

    await page.get_by_role("button", name="Approve", exact=True).click()
    await told(here, "Connection approved")
    done = page.locator(".approve-focus")
    await expect(done).to_be_focused()
    await expect(done).to_contain_text("You approved this connection on")
    await here.assert_accessible()
    await here.screenshot("approve-approved")
    assert (await made.now(asked))["state"] == "approved"
    newest = (await made.world.api("admin", "GET", "/audit?limit=1"))["entries"][0]
    assert (newest["action"], newest["by"], newest["subject"]) == ("connection.approved", APPROVER.oid, CONNECTION_ID)

    await page.get_by_role("link", name="Get the records").click()
    await page.wait_for_url(f"**/records/{CONNECTION_ID}")


@pytest.mark.usefixtures("asked")
async def test_cancelled_at_epic_one_comes_back_to_the_page_which_says_so(signed_in: Arrive) -> None:
    here = await signed_in("approver", DEMO)
    await here.page.get_by_role("button", name=SIGN_IN).click()
    await here.page.get_by_role("button", name="Cancel").click()
    await here.page.wait_for_url(f"{here.config.portal}{DEMO}?refused=launch.ehr_refused")
    told_why = here.page.get_by_role("alert")
    await expect(told_why).to_contain_text("The sign-in to Epic came to nothing")
    await expect(told_why).to_contain_text("cancelled on Epic's page, or Epic did not let you in")
    await expect(told_why).to_contain_text("launch.ehr_refused")
    await expect(told_why.get_by_role("link", name="Health")).to_have_attribute("href", f"/health/{CONNECTION_ID}")
    await expect(here.page.get_by_text(LOCKED)).to_be_visible()
    await here.assert_accessible()
    await here.screenshot("approve-refused")
    await enter_epic(here, DEMO)
    await expect(here.page.get_by_role("alert")).to_have_count(0)


@pytest.mark.usefixtures("asked")
async def test_an_epic_that_does_not_know_us_is_told_as_such(signed_in: Arrive, world: World) -> None:
    rule = {"route": "epic:/interconnect-demo-oauth/oauth2/token", "status": 401}
    await world.control("PUT", "/faults", json=rule)
    try:
        here = await signed_in("approver", DEMO)
        await here.page.get_by_role("button", name=SIGN_IN).click()
        await here.page.get_by_label("User name").fill(APPROVER.epic_username)
        await here.page.get_by_label("Password").fill(APPROVER.epic_password)
        await here.page.get_by_role("button", name="Sign in").click()
        await expect(here.page.get_by_role("alert")).to_contain_text("The sign-in to Epic came to nothing")
        assert here.page.url.startswith(f"{here.config.portal}{DEMO}?refused=")
    finally:
        await world.control("DELETE", "/faults")


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("launch.identity_invalid", "could not be verified"), ("launch.wrong_role", "as a patient"),
        ("connection.changed", "changed while you signed in"), ("approval.not_approver", "names somebody else"),
        ("unavailable", "did not answer"), ("internal", "If it repeats, pass the code on"),
        ("<b>no code</b>", "If it repeats, pass the code on"),
    ],
)  # fmt: skip
async def test_whatever_epic_or_we_refuse_has_its_words(signed_in: Arrive, made: Made, code: str, says: str) -> None:
    here = await signed_in("approver", f"{at(await made.add())}?refused={code}")
    alert = here.page.get_by_role("alert")
    await expect(alert).to_contain_text(says)
    assert ("<b>" in code) == (await alert.locator(".code").text_content() == "")


async def test_an_address_that_tells_of_an_earlier_refusal_does_not_hide_what_was_decided_since(
    signed_in: Arrive, made: Made
) -> None:
    waiting = await made.add()
    await made.vouch(waiting)
    here = await signed_in("approver", f"{at(waiting)}?refused=launch.ehr_refused")
    await here.page.get_by_role("button", name="Approve", exact=True).click()
    await expect(here.page.locator(".approve-focus")).to_contain_text("You approved this connection on")
    await expect(here.page.get_by_role("alert")).to_have_count(0)


async def test_a_sign_in_that_this_browser_did_not_begin_leads_nowhere(someone: Arrive) -> None:
    here = await someone("/")
    await here.page.goto(f"{here.config.functions}/api/approval/callback?state=somebody-elses&code=stolen")
    await expect(here.page.get_by_role("alert")).to_contain_text("opened in another window")
    await expect(here.page.get_by_text("launch.state_invalid")).to_be_visible()
    here.complaints.clear()


async def test_a_rejection_needs_a_reason_by_keyboard_alone(signed_in: Arrive, made: Made) -> None:
    waiting = await made.add()
    await made.vouch(waiting)
    here = await signed_in("approver", at(waiting))
    page = here.page
    await page.get_by_role("button", name="Reject…").focus()
    await page.keyboard.press("Enter")
    reason = page.get_by_role("textbox", name="Reason")
    await expect(reason).to_be_focused()
    await expect(page.get_by_text("0 of 500 characters")).to_be_visible()
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("button", name="Reject connection")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(reason).to_be_focused()
    await expect(reason).to_have_attribute("aria-invalid", "true")
    await expect(page.get_by_text("Say what has to change.")).to_be_visible()
    await here.assert_accessible()
    await here.screenshot("approve-reject")
    await page.keyboard.type("Patients have the client id of clinicians.")
    await expect(page.get_by_text("42 of 500 characters")).to_be_visible()
    await expect(page.get_by_text("Say what has to change.")).to_have_count(0)
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await told(here, "Connection rejected")
    await expect(page.locator(".approve-focus")).to_be_focused()
    await expect(page.get_by_text("Your reason: Patients have the client id of clinicians.")).to_be_visible()
    await here.assert_accessible()
    await here.screenshot("approve-rejected")
    decision = (await made.now(waiting))["decision"]
    assert (decision["decision"], decision["reason"]) == ("reject", "Patients have the client id of clinicians.")


async def test_a_reason_is_500_characters_at_most_and_can_be_called_off(signed_in: Arrive, made: Made) -> None:
    waiting = await made.add()
    await made.vouch(waiting)
    here = await signed_in("approver", at(waiting))
    await here.page.get_by_role("button", name="Reject…").click()
    reason = here.page.get_by_role("textbox", name="Reason")
    await reason.fill("x" * 499)
    await reason.press_sequentially("yz")
    await expect(reason).to_have_value("x" * 499 + "y")
    await expect(here.page.get_by_text("500 of 500 characters")).to_be_visible()
    await here.page.get_by_role("button", name="Cancel").click()
    await expect(here.page.get_by_role("button", name="Reject…")).to_be_focused()
    await expect(here.page.get_by_role("button", name="Approve", exact=True)).to_be_visible()


async def test_a_rejection_by_mistake_can_be_approved_after_all(signed_in: Arrive, made: Made) -> None:
    rejected = await made.decide(await made.add(), {"decision": "reject", "reason": "wrong environment"})
    here = await signed_in("approver", at(rejected))
    await here.page.get_by_role("button", name="Decide again").press("Enter")
    await expect(here.page.get_by_text(LOCKED)).to_be_visible()
    await expect(here.page.get_by_role("button", name=SIGN_IN)).to_be_focused()
    await made.vouch(rejected)
    await here.page.reload()
    await here.page.get_by_role("button", name="Approve", exact=True).click()
    await told(here, "Connection approved")
    assert (await made.now(rejected))["state"] == "approved"


async def test_an_approval_can_be_taken_back_after_a_question(signed_in: Arrive, made: Made) -> None:
    approved = await made.approved()
    await made.vouch(approved)
    here = await signed_in("approver", at(approved))
    page = here.page
    await expect(page.get_by_role("button", name="Approve", exact=True)).to_have_count(0)
    await page.get_by_role("button", name="Reject…").click()
    await page.get_by_role("textbox", name="Reason").fill("The app is being replaced.")
    await page.get_by_role("button", name="Reject connection").click()
    dialog = page.get_by_role("dialog", name="Take this connection out of service?")
    await expect(dialog).to_contain_text("visits can no longer be started from Epic")
    await here.assert_accessible()
    await here.screenshot("approve-withdraw")
    await page.keyboard.press("Escape")
    assert (await made.now(approved))["state"] == "approved"
    await page.get_by_role("button", name="Reject connection").click()
    await dialog.get_by_role("button", name="Reject it now").click()
    await told(here, "Connection rejected")
    await expect(page.locator(".approve-focus")).to_be_focused()
    assert (await made.now(approved))["state"] == "rejected"


async def test_what_changed_since_the_last_approval_is_marked_in_words(signed_in: Arrive, made: Made) -> None:
    ids = {"provider": EPIC_CLIENT_IDS["provider"], "patient": "old-patient-id", "devicetest": "old-test-id"}
    approved = await made.approved(client_ids=ids)
    new = {"provider": ids["provider"], "patient": "new-patient-id", "backend": "new-backend-id"}
    await made.change(approved, client_ids=new)
    here = await signed_in("approver", at(approved))
    await expect(here.page.get_by_text(re.compile("^3 things are different from what you approved on"))).to_be_visible()
    changed = field(here, "Client id for patients")
    await expect(changed).to_contain_text("Changed")
    await expect(changed).to_contain_text("new-patient-id")
    await expect(changed.locator("del")).to_have_text("old-patient-id")
    await expect(field(here, "Client id for write-back")).to_contain_text("New")
    removed = field(here, "Client id for the device test")
    await expect(removed).to_contain_text("Removed")
    await expect(removed.locator("del")).to_have_text("old-test-id")
    same = field(here, "Client id for clinicians")
    await expect(same.locator("del, .badge")).to_have_count(0)
    await here.assert_accessible()
    await here.screenshot("approve-changes")


async def test_the_first_approval_is_called_so(signed_in: Arrive, made: Made) -> None:
    here = await signed_in("approver", at(await made.add()))
    await expect(here.page.get_by_text("This is the first approval: everything is new.")).to_be_visible()
    await expect(here.page.locator(".approve-field del, .approve-field .badge")).to_have_count(0)


async def test_another_approver_before_is_named(signed_in: Arrive, made: Made, world: World) -> None:
    approved = await made.approved()
    nurse = PEOPLE["second_clinician"]
    await made.change(approved, approver={"oid": nurse.oid, "name": nurse.name})
    here = await signed_in("second_clinician", at(approved))
    await expect(here.page.get_by_text(f"1 thing is different from what {APPROVER.name} approved on")).to_be_visible()
    await expect(field(here, "Approver").locator("del")).to_have_text(APPROVER.name)
    take_refusals(here)
