"""A connection is added: by keyboard, as a draft, as a copy; what is refused says why and keeps what was typed."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Locator, Route, expect

from local.config import PEOPLE
from local.demo.world import World
from tests.portal.browser import SCREENSHOTS, Visitor
from tests.portal.conftest import Arrive
from tests.portal.connecting import CLIENT_IDS, Made, choose, group, making, note, pick, save, take_refusals, told, url

DRAFT_URL = "https://epic.northlake.example/interconnect-tst-oauth/api/FHIR/R4"


@pytest.fixture
async def made(world: World) -> AsyncIterator[Made]:
    async with making(world) as found:
        yield found


async def tab_to(here: Visitor, control: Locator) -> None:
    """Presses Tab until the control has the focus, as somebody without a mouse does."""
    for _ in range(40):
        if await control.evaluate("element => element === document.activeElement"):
            return
        await here.page.keyboard.press("Tab")
    raise AssertionError("no way there by keyboard")


async def test_a_connection_is_added_by_keyboard_alone(signed_in: Arrive, made: Made) -> None:
    here = await signed_in("admin", "/connections")
    press, type_ = here.page.keyboard.press, here.page.keyboard.type
    await tab_to(here, here.page.get_by_role("link", name="Add connection"))
    await press("Enter")
    await expect(here.page.get_by_role("heading", name="New connection")).to_be_focused()
    await tab_to(here, url(here))
    await type_(made.there + "/")
    await press("Tab")
    await expect(here.page.get_by_text("Usable: FHIR R4 (4.0.1)")).to_be_visible()
    await expect(here.page.get_by_text(f"It is kept as {made.there}")).to_be_visible()
    await expect(here.page.get_by_role("radio", name="Testing")).to_be_focused()
    await press("ArrowDown")
    await expect(here.page.get_by_role("radio", name="Production")).to_be_checked()
    zone = here.page.get_by_role("combobox", name="Time zone")
    await expect(zone).to_have_value("America/Chicago")  # the browser's
    await tab_to(here, zone)
    await type_("sao paulo")
    await expect(here.page.get_by_role("option", name="America/Sao_Paulo")).to_be_visible()
    await press("ArrowDown")
    await press("Enter")
    await expect(zone).to_have_value("America/Sao_Paulo")
    approver = here.page.get_by_role("combobox", name="Approver")
    await tab_to(here, approver)
    await type_("priya")
    found = here.page.get_by_role("listbox", name="Approver").get_by_role("option")
    await expect(found).to_contain_text("priya.raman@northlake.example · Epic analyst")
    await expect(found.locator(".combobox-mark")).to_have_text("PR")
    await here.page.screenshot(path=SCREENSHOTS / "connections-picker.png")
    await press("ArrowDown")
    await press("Enter")
    await tab_to(here, here.page.get_by_role("textbox", name="Clinicians"))
    await type_(CLIENT_IDS["provider"])
    await here.assert_accessible()
    await here.page.evaluate("scrollTo(0, 0)")
    await here.screenshot("connections-new")
    await tab_to(here, save(here, "Save and ask for approval"))
    await press("Enter")
    await told(here, "Saved. Approval asked for: Priya Raman")
    name = group(here, "Needs approval").locator("tbody th a[id]")
    await expect(name).to_have_text(made.there)
    await expect(name).to_be_focused()
    added = next(connection for connection in await made.all() if connection["fhir_base"] == made.there)
    assert (added["environment"], added["zone"], added["state"]) == (
        "production",
        "America/Sao_Paulo",
        "needs_approval",
    )
    assert added["approver"] == {"oid": PEOPLE["approver"].oid, "name": "Priya Raman"}
    assert added["client_ids"] == {"provider": CLIENT_IDS["provider"]}


@pytest.mark.parametrize(
    ("typed", "cause", "fix"),
    [
        ("http://epic.example/R4", "not a FHIR base URL we can use", "Use https"),
        ("https://10.0.0.1/api/FHIR/R4", "inside a private network", "the address that Epic publishes"),
        ("https://localhost:1/api/FHIR/R4", "did not answer", "firewall"),
    ],
)
async def test_a_url_that_will_not_do_says_why_and_what_to_do(
    signed_in: Arrive, typed: str, cause: str, fix: str
) -> None:
    here = await signed_in("admin", "/connections?new")
    await url(here).fill(typed)
    await url(here).blur()
    await expect(here.page.get_by_text("This URL cannot be used as it is.")).to_be_visible()
    findings = here.page.locator(".connections-findings")
    await expect(findings).to_contain_text(cause)
    await expect(findings).to_contain_text(fix)
    await expect(url(here)).to_have_attribute("aria-invalid", "true")
    await url(here).press("End")
    await url(here).press("1")
    await expect(findings).to_be_hidden()  # that was said of another URL


async def test_a_server_without_sign_in_is_refused_until_it_has_one(
    signed_in: Arrive, world: World, made: Made
) -> None:
    here = await signed_in("admin", "/connections?new")
    for path in ("/.well-known/smart-configuration", "/metadata"):
        route = f"epic:GET {made.here[made.here.index('/interconnect') :]}{path}"
        await world.control("PUT", "/faults", json={"route": route, "status": 200})
    try:
        await url(here).fill(made.there)
        await url(here).blur()
        findings = here.page.locator(".connections-findings")
        await expect(findings).to_contain_text("The server offers no SMART sign-in at this address.")
        await here.assert_accessible()
        await here.screenshot("connections-refused")
        await pick(here, "Approver", "priya", "Priya Raman")
        await save(here, "Save and ask for approval").click()
        await expect(url(here)).to_be_focused()
        await expect(findings).to_be_visible()
        take_refusals(here)
    finally:
        await world.control("DELETE", "/faults")
    await here.page.get_by_role("button", name="Check again").click()
    await expect(here.page.get_by_text("Usable: FHIR R4 (4.0.1)")).to_be_visible()


async def test_a_server_that_publishes_no_keys_is_refused(signed_in: Arrive, world: World, made: Made) -> None:
    here = await signed_in("admin", "/connections?new")
    await world.control("PUT", "/epic/discovery", json={"omit": ["issuer", "jwks_uri"], "openid_missing": True})
    try:
        await url(here).fill(made.there)
        await url(here).blur()
        await expect(here.page.locator(".connections-findings")).to_contain_text("enable OpenID Connect")
    finally:
        await world.control("PUT", "/epic/discovery", json={})


async def test_the_same_url_in_the_same_environment_is_refused(signed_in: Arrive, made: Made) -> None:
    here = await signed_in("admin", "/connections?new")
    await url(here).fill(made.here)
    await expect(here.page.get_by_text("This URL is already connected")).to_be_visible()
    await save(here, "Save as draft").click()
    await expect(here.page.get_by_text("Another connection has this URL in this environment.")).to_be_visible()
    await expect(url(here)).to_be_focused()
    take_refusals(here)
    await here.page.get_by_role("link", name="Open the other connection").click()
    await here.page.get_by_role("dialog").get_by_role("button", name="Leave").click()
    await expect(here.page.get_by_role("heading", name="Edit connection")).to_be_visible()


async def test_a_draft_needs_its_url_only_and_is_completed_later(signed_in: Arrive, made: Made) -> None:
    here = await signed_in("admin", "/connections?new")
    await save(here, "Save as draft").click()
    await expect(here.page.get_by_text("This is needed.")).to_have_count(1)
    await expect(url(here)).to_be_focused()
    await url(here).fill(DRAFT_URL)
    await save(here, "Save as draft").click()
    await told(here, "Draft saved")
    await here.page.reload()
    draft = next(connection for connection in await made.all() if connection["state"] == "draft")
    await expect(note(here, draft)).to_contain_text("Still missing: Approver")
    await note(here, draft).get_by_role("link", name="Complete it").click()
    await url(here).fill(made.there)
    await save(here, "Save and ask for approval").click()
    await expect(here.page.get_by_role("combobox", name="Approver")).to_be_focused()
    await expect(here.page.get_by_text("This is needed.")).to_have_count(1)
    await pick(here, "Approver", "priya.raman@", "Priya Raman")
    await expect(here.page.get_by_text("This is needed.")).to_have_count(0)
    await save(here, "Save and ask for approval").click()
    await told(here, "Approval asked for: Priya Raman")
    assert (await made.now(draft))["state"] == "needs_approval"


async def test_a_client_id_that_cannot_be_one_is_refused_before_it_is_sent(signed_in: Arrive, made: Made) -> None:
    here = await signed_in("admin", "/connections?new")
    await url(here).fill(DRAFT_URL)
    await here.page.get_by_role("textbox", name="Patients").fill("not one!")
    await save(here, "Save as draft").click()
    await expect(here.page.get_by_role("textbox", name="Patients")).to_be_focused()
    await expect(here.page.get_by_text("Letters, digits, hyphens")).to_be_visible()


async def test_a_lost_answer_does_not_make_a_second_connection(signed_in: Arrive, made: Made) -> None:
    here = await signed_in("admin", "/connections?new")
    keys: list[str | None] = []

    async def losing(route: Route) -> None:
        if route.request.method != "POST":
            return await route.fallback()
        keys.append(route.request.headers.get("idempotency-key"))
        if len(keys) > 1:
            return await route.fallback()
        await route.fetch()
        return await route.abort()

    await here.page.route("**/api/connections", losing)
    await url(here).fill(DRAFT_URL)
    await save(here, "Save as draft").click()
    await expect(here.page.get_by_role("alert")).to_contain_text("The service did not answer.")
    await expect(url(here)).to_have_value(DRAFT_URL)
    await save(here, "Save as draft").click()
    await told(here, "Draft saved")
    assert len(keys) == 2
    assert keys[0] == keys[1]
    assert len([connection for connection in await made.all() if connection["fhir_base"] == DRAFT_URL]) == 1
    here.complaints.clear()


async def test_a_production_copy_leaves_behind_what_belongs_to_testing(signed_in: Arrive, made: Made) -> None:
    room = {"lobby": "organizer", "chat": "enabled", "recording": True, "visit_page": True}
    room |= {"early_minutes": 45, "late_minutes": 0}
    original = await made.add(zone="Europe/Paris", room=room, organizers=[PEOPLE["clinician"].oid])
    await made.world.api("admin", "PUT", f"/connections/{original['id']}/sms", json={"reminders": [60]})
    here = await signed_in("admin", "/connections")
    await choose(here, original, "Duplicate as production")
    form = here.page.get_by_role("form", name="New production connection")
    await expect(form).to_contain_text("client ids and sender certificates do not: production has its own")
    await expect(url(here)).to_have_value("")
    await expect(here.page.get_by_role("textbox", name="Clinicians")).to_have_value("")
    await expect(here.page.get_by_role("radio", name="Production")).to_be_checked()
    await expect(form.get_by_role("list", name="Organisers")).to_contain_text("Marcus Bell")
    await here.assert_accessible()
    await url(here).fill(made.there)
    await save(here, "Save and ask for approval").click()
    await told(here, "Approval asked for")
    copy = next(connection for connection in await made.all() if connection["environment"] == "production")
    assert (copy["zone"], copy["room"], copy["organizers"]) == ("Europe/Paris", room, original["organizers"])
    assert (copy["client_ids"], copy["certificates"]) == ({}, [])
    assert (copy["sms"]["reminders"], copy["sms"]["enabled"]) == ([60], False)
