"""What a row's menu does with a connection, and what it asks before."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import expect

from local.config import CONNECTION_ID
from local.demo.world import World
from tests.portal.conftest import Arrive
from tests.portal.connecting import Made, choose, group, making, note, row, take_refusals, told

DEMO = {"id": CONNECTION_ID}


@pytest.fixture
async def made(world: World) -> AsyncIterator[Made]:
    async with making(world) as found:
        yield found


async def test_the_menu_works_by_keyboard_alone(signed_in: Arrive) -> None:
    here = await signed_in("admin", "/connections")
    button = row(here, DEMO).get_by_role("button", name="Actions")
    await button.focus()
    await here.page.keyboard.press("Enter")
    item = here.page.get_by_role("menuitem")
    await expect(item.first).to_be_focused()
    await expect(button).to_have_attribute("aria-expanded", "true")
    await here.assert_accessible()
    await here.page.keyboard.press("ArrowUp")
    await expect(here.page.get_by_role("menuitem", name="Remove")).to_be_focused()
    await here.page.keyboard.press("r")
    await expect(here.page.get_by_role("menuitem", name="Records")).to_be_focused()
    await here.page.keyboard.press("Escape")
    await expect(button).to_be_focused()
    await expect(item.first).to_be_hidden()
    await here.page.keyboard.press("ArrowDown")
    await here.page.keyboard.press("Enter")
    await expect(here.page.get_by_role("heading", name="Edit connection")).to_be_focused()


async def test_a_rejection_says_why_and_can_be_asked_again(signed_in: Arrive, made: Made) -> None:
    asked = await made.add()
    reason = "The client id of patients belongs to another app."
    await made.decide(asked, {"decision": "reject", "reason": reason})
    here = await signed_in("admin", "/connections")
    await expect(group(here, "Rejected")).to_contain_text(reason)
    await expect(note(here, asked)).to_contain_text("Priya Raman ·")
    await here.assert_accessible()
    await here.screenshot("connections-rejected")
    await note(here, asked).get_by_role("button", name="Ask again").click()
    await told(here, "Approval asked for: Priya Raman")
    await expect(group(here, "Needs approval").locator(f"#connection-{asked['id']}")).to_be_focused()
    assert (await made.now(asked))["state"] == "needs_approval"


async def test_a_connection_is_disabled_after_a_question_and_enabled_again(signed_in: Arrive, made: Made) -> None:
    approved = await made.approved()
    here = await signed_in("admin", "/connections")
    await choose(here, approved, "Disable")
    dialog = here.page.get_by_role("dialog")
    await expect(dialog).to_contain_text("the approver must approve it again")
    await dialog.get_by_role("button", name="Cancel").click()
    await expect(row(here, approved).get_by_role("button", name="Actions")).to_be_focused()
    assert (await made.now(approved))["state"] == "approved"
    await choose(here, approved, "Disable")
    await dialog.get_by_role("button", name="Disable connection").click()
    await told(here, "Connection disabled")
    await expect(group(here, "Disabled").locator(f"#connection-{approved['id']}")).to_be_focused()
    await choose(here, approved, "Enable again")
    await told(here, "Approval asked for: Priya Raman")
    assert (await made.now(approved))["state"] == "needs_approval"


async def test_a_connection_is_removed_after_a_question(signed_in: Arrive, made: Made) -> None:
    added = await made.add()
    here = await signed_in("admin", "/connections")
    await choose(here, added, "Remove")
    dialog = here.page.get_by_role("dialog", name="Remove this connection?")
    await expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    await here.assert_accessible()
    await dialog.get_by_role("button", name="Remove connection").click()
    await told(here, "Connection removed")
    await expect(row(here, added)).to_have_count(0)
    await expect(here.page.get_by_role("heading", level=1)).to_be_focused()
    assert added["id"] not in {connection["id"] for connection in await made.all()}


async def test_a_connection_with_visits_today_asks_a_second_time(signed_in: Arrive, made: Made) -> None:
    used = await made.with_a_visit_today()
    here = await signed_in("admin", "/connections")
    await choose(here, used, "Remove")
    await here.page.get_by_role("button", name="Remove connection").click()
    question = here.page.get_by_role("dialog", name="1 visit today")
    await expect(question).to_contain_text("out of service at once")
    await here.screenshot("connections-in-use")
    await question.get_by_role("button", name="Cancel").click()
    assert (await made.now(used))["state"] == "approved"
    await choose(here, used, "Remove")
    await here.page.get_by_role("button", name="Remove connection").click()
    await question.get_by_role("button", name="Remove anyway").click()
    await told(here, "Connection removed")
    assert used["id"] not in {connection["id"] for connection in await made.all()}
    take_refusals(here)


async def test_what_was_seen_is_removed_and_nothing_newer(signed_in: Arrive, made: Made) -> None:
    added = await made.add()
    here = await signed_in("admin", "/connections")
    await expect(row(here, added)).to_contain_text("America/Chicago")
    await made.change(added, zone="Europe/Paris")
    await choose(here, added, "Remove")
    await here.page.get_by_role("button", name="Remove connection").click()
    await expect(note(here, added)).to_contain_text("This was changed by someone else since you saw it.")
    await expect(row(here, added)).to_contain_text("Europe/Paris")
    await choose(here, added, "Remove")
    await here.page.get_by_role("button", name="Remove connection").click()
    await told(here, "Connection removed")
    take_refusals(here)
