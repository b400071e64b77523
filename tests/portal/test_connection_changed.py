"""A connection is changed: what follows is said before it is saved, and nothing is overwritten or lost."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from playwright.async_api import Route, expect

from local.config import PEOPLE
from local.demo.world import World
from tests.portal.browser import SCREENSHOTS, Visitor
from tests.portal.conftest import Arrive
from tests.portal.connecting import Made, making, note, pick, row, save, take_refusals, told

Open = Callable[..., Awaitable[Visitor]]


@pytest.fixture
async def made(world: World) -> AsyncIterator[Made]:
    async with making(world) as found:
        yield found


@pytest.fixture
async def editing(signed_in: Arrive) -> Open:
    """The form of a connection, open."""

    async def open_form(connection: dict[str, Any]) -> Visitor:
        here = await signed_in("admin", f"/connections?open={connection['id']}")
        await expect(here.page.get_by_role("form", name="Edit connection")).to_be_visible()
        return here

    return open_form


async def test_a_change_of_the_room_counts_at_once(editing: Open, made: Made) -> None:
    approved = await made.approved()
    here = await editing(approved)
    await here.page.get_by_role("radio", name="The organiser only").check()
    await expect(here.page.get_by_text("These changes count at once; the approval stays.")).to_be_visible()
    await save(here, "Save").click()
    await told(here, "Connection saved")
    after = await made.now(approved)
    assert (after["state"], after["room"]["lobby"]) == ("approved", "organizer")


async def test_when_patients_may_come_in_is_chosen_and_keeps_what_no_list_offers(editing: Open, made: Made) -> None:
    approved = await made.approved(room={"late_minutes": 45})
    here = await editing(approved)
    early = here.page.get_by_role("combobox", name="Patients may come in from")
    late = here.page.get_by_role("combobox", name="Patients may come in until")
    assert await early.locator(":checked").inner_text() == "30 minutes before the start"
    assert await late.locator(":checked").inner_text() == "45 minutes after the scheduled end"
    await early.select_option("any time before")
    await expect(here.page.get_by_text("These changes count at once; the approval stays.")).to_be_visible()
    await here.assert_accessible()
    await save(here, "Save").click()
    await told(here, "Connection saved")
    after = await made.now(approved)
    assert (after["state"], after["room"]["early_minutes"], after["room"]["late_minutes"]) == ("approved", None, 45)


async def test_a_change_of_what_was_approved_says_so_before_it_is_saved(editing: Open, made: Made) -> None:
    approved = await made.approved()
    here = await editing(approved)
    await here.page.get_by_role("textbox", name="Patients").fill("another-client")
    warning = here.page.locator(".banner", has_text="Needs approval again: Client ids")
    await expect(warning).to_contain_text("out of service until Priya Raman has approved it")
    await here.assert_accessible()
    await here.page.evaluate("scrollTo(0, 0)")
    await here.screenshot("connections-edit")
    await save(here, "Save and ask for approval again").click()
    await told(here, "Approval asked for: Priya Raman")
    await expect(note(here, approved)).to_contain_text("Changed since it was approved on")
    await expect(note(here, approved)).to_contain_text("Client ids")
    after = await made.now(approved)
    assert (after["state"], after["client_ids"]["patient"]) == ("needs_approval", "another-client")


async def test_a_change_on_a_day_with_visits_asks_first(editing: Open, made: Made) -> None:
    used = await made.with_a_visit_today()
    here = await editing(used)
    await here.page.get_by_role("textbox", name="Patients").fill("another-client")
    await save(here, "Save and ask for approval again").click()
    question = here.page.get_by_role("dialog", name="1 visit today")
    await question.get_by_role("button", name="Cancel").click()
    await expect(here.page.get_by_role("textbox", name="Patients")).to_have_value("another-client")
    assert (await made.now(used))["state"] == "approved"
    await save(here, "Save and ask for approval again").click()
    await question.get_by_role("button", name="Save anyway").click()
    await told(here, "Approval asked for")
    assert (await made.now(used))["state"] == "needs_approval"
    take_refusals(here)


async def test_to_save_without_an_approver_asks_first(editing: Open, made: Made) -> None:
    approved = await made.approved()
    here = await editing(approved)
    await here.page.get_by_role("combobox", name="Approver").fill("")
    await expect(here.page.get_by_text("Without an approver the connection goes out of service")).to_be_visible()
    await save(here, "Save and ask for approval again").click()
    question = here.page.get_by_role("dialog", name="Save without an approver?")
    await question.get_by_role("button", name="Save anyway").click()
    await told(here, "Draft saved")
    after = await made.now(approved)
    assert (after["state"], after["approver"]) == ("draft", None)
    take_refusals(here)


async def test_another_s_change_is_shown_and_nothing_typed_is_lost(editing: Open, made: Made) -> None:
    added = await made.add()
    here = await editing(added)
    await here.page.get_by_label("Record every visit").check()
    await here.page.get_by_label("Show clinicians a page of the visit before Teams").check()
    await here.page.get_by_role("textbox", name="Patients").fill("mine")
    await made.change(added, zone="Europe/Paris", client_ids={"patient": "theirs"})
    await save(here, "Save").click()
    changed = here.page.get_by_role("alert").filter(has_text="Someone else has changed this connection meanwhile")
    await expect(changed.get_by_role("listitem")).to_have_text(
        ["Time zone · now: Europe/Paris", "Client ids · you changed it too"]
    )
    await here.assert_accessible()
    await changed.scroll_into_view_if_needed()
    await here.page.screenshot(path=SCREENSHOTS / "connections-overtaken.png")
    await changed.get_by_role("button", name="Keep my entries and go on").click()
    await expect(here.page.get_by_role("combobox", name="Time zone")).to_have_value("Europe/Paris")
    await expect(here.page.get_by_role("textbox", name="Patients")).to_have_value("mine")
    await save(here, "Save").click()
    await told(here, "Saved")
    after = await made.now(added)
    assert (after["zone"], after["client_ids"]["patient"]) == ("Europe/Paris", "mine")
    assert (after["room"]["recording"], after["room"]["visit_page"]) == (True, True)
    take_refusals(here)


async def test_another_s_change_can_be_taken_instead(editing: Open, made: Made) -> None:
    added = await made.add()
    here = await editing(added)
    await here.page.get_by_label("Record every visit").check()
    await made.change(added, room={"chat": "disabled"})
    await save(here, "Save").click()
    await here.page.get_by_role("button", name="Load the newest").click()
    await expect(here.page.get_by_label("Record every visit")).not_to_be_checked()
    await expect(here.page.get_by_role("radio", name="Off").first).to_be_checked()
    take_refusals(here)


async def test_organisers_are_added_and_removed(editing: Open, made: Made) -> None:
    added = await made.add(organizers=[PEOPLE["second_clinician"].oid])
    here = await editing(added)
    chips = here.page.get_by_role("list", name="Organisers").get_by_role("listitem")
    await expect(chips).to_have_text(["Ines Moreau"])
    await pick(here, "Organisers", "marcus", "Marcus Bell")
    await expect(chips).to_have_text(["Ines Moreau", "Marcus Bell"])
    await here.page.get_by_role("button", name="Remove Ines Moreau").press("Enter")
    await expect(chips).to_have_text(["Marcus Bell"])
    await expect(here.page.get_by_role("combobox", name="Organisers")).to_be_focused()
    await save(here, "Save").click()
    await told(here, "Saved")
    assert (await made.now(added))["organizers"] == [PEOPLE["clinician"].oid]


async def test_a_directory_that_finds_nobody_or_may_not_be_asked_says_so(
    editing: Open, world: World, made: Made
) -> None:
    here = await editing(await made.add())
    approver = here.page.get_by_role("combobox", name="Approver")
    await approver.fill("zzzz")
    await expect(here.page.locator(".combobox-none")).to_have_text("Nothing found")
    await world.control("PUT", "/faults", json={"route": "graph:GET /v1.0/users", "status": 403})
    try:
        await approver.fill("priya")
        await expect(here.page.get_by_text("Grant it the Graph permission User.Read.All")).to_be_visible()
    finally:
        await world.control("DELETE", "/faults")
    here.complaints.clear()
    await approver.press("Escape")
    await expect(approver).to_have_value("Priya Raman")


async def test_write_back_takes_the_hospital_s_own_values(editing: Open, made: Made) -> None:
    added = await made.add()
    here = await editing(added)
    await here.page.get_by_role("heading", name="Advanced").click()
    await here.page.get_by_role("radio", name="Epic, as of 2018").check()
    await here.page.get_by_role("textbox", name="Joined").fill("1")
    await here.page.get_by_role("textbox", name="Left").fill("2")
    await here.page.get_by_role("textbox", name="Of a patient").fill("FHIR")
    await here.page.get_by_role("combobox", name="Signature").select_option("RS384")
    await here.assert_accessible()
    await save(here, "Save").click()
    await told(here, "Saved")
    after = await made.now(added)
    assert after["writeback"] == {
        "kind": "epic-2018", "statuses": {"connected": "1", "disconnected": "2"}, "id_types": {"patient": "FHIR"},
    }  # fmt: skip
    assert after["assertion"] == "RS384"


async def test_write_back_into_oracle_health_takes_statuses_of_an_appointment(editing: Open, made: Made) -> None:
    added = await made.add()
    here = await editing(added)
    await here.page.get_by_role("heading", name="Advanced").click()
    await here.page.get_by_role("radio", name="Oracle Health").check()
    await here.page.get_by_role("combobox", name="When the patient is connected").select_option("checked-in")
    await here.page.get_by_role("combobox", name="When the patient waits").select_option("arrived")
    await here.assert_accessible()
    await save(here, "Save").click()
    await told(here, "Saved")
    after = await made.now(added)
    assert after["writeback"] == {
        "kind": "oracle-health", "statuses": {"waiting": "arrived", "connected": "checked-in"}, "id_types": {},
    }  # fmt: skip


async def test_values_of_write_back_that_are_missing_are_asked_for(editing: Open, made: Made) -> None:
    added = await made.add()
    here = await editing(added)
    await here.page.get_by_role("heading", name="Advanced").click()
    await here.page.get_by_role("radio", name="Epic, as of 2018").check()
    await here.page.get_by_role("textbox", name="Joined").fill("1")
    await save(here, "Save").click()
    await expect(here.page.get_by_role("group", name="Write-back")).to_contain_text("disconnected")
    here.complaints.clear()


async def test_entries_are_not_lost_without_a_question(editing: Open, made: Made) -> None:
    added = await made.add()
    here = await editing(added)
    await here.page.get_by_label("Record every visit").check()
    await save(here, "Cancel").click()
    question = here.page.get_by_role("dialog", name="Leave without saving?")
    await question.get_by_role("button", name="Cancel").click()
    await expect(here.page.get_by_label("Record every visit")).to_be_checked()
    await save(here, "Cancel").click()
    await question.get_by_role("button", name="Leave").click()
    await expect(here.page.get_by_role("form")).to_have_count(0)
    await expect(row(here, added).locator("th a").first).to_be_focused()


async def test_only_what_was_changed_is_sent_with_what_was_seen(editing: Open, made: Made) -> None:
    added = await made.add()
    here = await editing(added)
    async with here.page.expect_request(lambda request: request.method == "PATCH") as sent:
        await here.page.get_by_role("radio", name="Always").check()
        await save(here, "Save").click()
    assert (await sent.value).headers["if-match"] == added["etag"]
    await told(here, "Saved")
    entries = (await made.world.api("admin", "GET", f"/audit?subject={added['id']}"))["entries"]
    assert [entry["changed"] for entry in entries if entry["action"] == "connection.changed"] == ["room"]


async def test_what_the_api_says_of_a_field_stands_at_the_field(editing: Open, made: Made) -> None:
    here = await editing(await made.add())

    async def refusing(route: Route) -> None:
        if route.request.method != "PATCH":
            return await route.fallback()
        problem = {"code": "request.invalid", "detail": "", "fix": "", "fields": {"zone": "no such zone any more"}}
        headers = {"Access-Control-Allow-Origin": here.config.portal}
        return await route.fulfill(status=422, json=problem, headers=headers)

    await here.page.route("**/api/connections/*", refusing)
    await here.page.get_by_label("Record every visit").check()
    await save(here, "Save").click()
    zone = here.page.get_by_role("combobox", name="Time zone")
    await expect(zone).to_be_focused()
    await expect(zone).to_have_accessible_description(re.compile("no such zone any more"))
    await expect(here.page.get_by_label("Record every visit")).to_be_checked()
    take_refusals(here)
