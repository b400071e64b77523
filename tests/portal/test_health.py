"""The page of the doctor: what is wrong first, with its fix; buttons that mend it; looked at again when asked."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from playwright.async_api import Locator, Route, expect

from local.config import CONNECTION_ID, PEOPLE
from local.demo.world import World
from tests.portal.browser import Visitor
from tests.portal.conftest import Arrive
from tests.portal.connecting import Made, making, take_refusals, told
from tests.portal.launches import drifted

PATH = f"/health/{CONNECTION_ID}"
AGAIN = "Check again"
RAW_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT")
# Another answer of the EHR about where one signs in than the one that was approved.
MOVED = {"omit": ["issuer", "jwks_uri"], "openid_missing": True}


@pytest.fixture
async def made(world: World) -> AsyncIterator[Made]:
    async with making(world) as making_now:
        yield making_now


def finding(here: Visitor, code: str) -> Locator:
    return here.page.get_by_role("listitem").filter(has=here.page.get_by_text(code, exact=True))


def verdict(here: Visitor) -> Locator:
    return here.page.locator(".health-verdict")


async def checked(here: Visitor) -> None:
    """Waits for what was found."""
    await expect(verdict(here).get_by_role("heading", level=2)).to_be_visible()
    await here.settled()


async def at_health(signed_in: Arrive, person: str = "admin", path: str = PATH, **options: Any) -> Visitor:
    here = await signed_in(person, path, **options)
    await checked(here)
    return here


async def broken_one(made: Made) -> dict[str, Any]:
    """Beside the demo connection: not approved, without a client id, with keys that the EHR does not know."""
    client_ids = {"provider": "0b1f6a3e-5d0c-4f1a-9a77-2f4f1d7c8e01"}
    return await made.add(fhir_base=made.here, environment="production", client_ids=client_ids)


def path_of(connection: dict[str, Any]) -> str:
    return f"/health/{connection['id']}"


async def levels(here: Visitor) -> list[str]:
    return await here.page.locator(".card h2").all_inner_texts()


async def test_the_demo_connection_is_healthy(signed_in: Arrive) -> None:
    here = await at_health(signed_in)
    assert await finding(here, "state.approved").is_visible() is False
    fold = here.page.locator(".health-fold")
    await expect(fold.locator("summary")).to_contain_text("In order (")
    await fold.locator("summary").focus()
    await here.page.keyboard.press("Enter")
    await expect(finding(here, "state.approved")).to_be_visible()
    await expect(finding(here, "state.approved")).to_contain_text(
        re.compile(r"approved on \w+ \d+, \d{4} at .+ C[SD]T")
    )
    await expect(finding(here, "assertion.accepted")).to_have_count(3)
    await expect(here.page.locator(".findings-error")).to_have_count(0)
    text = await here.page.locator("main").inner_text()
    assert not RAW_INSTANT.search(text), RAW_INSTANT.search(text)
    await expect(verdict(here)).to_contain_text(re.compile(r"Checked on .+ C[SD]T"))
    await here.assert_accessible()
    await here.screenshot("health")


async def test_what_no_machine_can_see_is_there_as_help(signed_in: Arrive) -> None:
    here = await at_health(signed_in)
    hints = here.page.locator("section").filter(has=here.page.get_by_role("heading", name="What no machine can see"))
    summary = hints.get_by_text("On Citrix or another virtual desktop video is poor or missing.")
    fix = hints.get_by_text("use Teams' optimisation for VDI")
    await expect(fix).to_be_hidden()
    await summary.focus()
    await here.page.keyboard.press("Enter")
    await expect(fix).to_be_visible()
    await expect(hints.locator("details")).to_have_count(8)
    await expect(here.page.locator(".findings").get_by_text("hint.")).to_have_count(0)


async def test_errors_come_first_with_cause_fix_and_a_way_there(made: Made, signed_in: Arrive) -> None:
    connection = await broken_one(made)
    here = await at_health(signed_in, path=path_of(connection))
    assert (await levels(here))[:3] == [
        await verdict(here).locator("h2").inner_text(),
        "Does not work",
        "Needs attention",
    ]
    await expect(verdict(here)).to_contain_text("3 things do not work")
    await expect(verdict(here)).to_contain_text("3 errors")
    waits, missing = finding(here, "state.needs_approval"), finding(here, "clients.missing")
    await expect(waits).to_contain_text("launches and messages are refused until then")
    await expect(missing).to_contain_text("There is no client id for patients: their launches are refused.")
    await expect(missing.get_by_role("link", name="Open the connection")).to_have_attribute(
        "href", f"/connections?open={connection['id']}"
    )
    # The stand-in knows the testing keys only: this connection signs with those for production.
    await expect(finding(here, "assertion.refused")).to_contain_text("/api/jwks/production is set there")
    await expect(finding(here, "sms.off").get_by_role("link")).to_have_attribute("href", f"/sms/{connection['id']}")
    await here.assert_accessible()
    await here.screenshot("health-broken")
    link = waits.get_by_role("link", name="Go to the approval")
    await expect(link).to_have_accessible_description(re.compile("waits for its approver"))
    await link.click()
    await here.page.wait_for_url(f"{here.config.portal}/approve/{connection['id']}")


async def test_an_approver_sees_the_same_and_who_can_mend_it(made: Made, signed_in: Arrive) -> None:
    connection = await broken_one(made)
    here = await at_health(signed_in, "approver", path_of(connection))
    missing = finding(here, "clients.missing")
    await expect(missing).to_contain_text("An administrator can mend this.")
    await expect(missing.get_by_role("link")).to_have_count(0)
    await expect(finding(here, "state.needs_approval").get_by_role("link")).to_have_count(1)
    await expect(finding(here, "assertion.refused").get_by_role("button", name=AGAIN)).to_be_visible()


async def test_who_has_no_role_sees_nothing(signed_in: Arrive) -> None:
    here = await signed_in("nobody", PATH)
    await expect(here.page.get_by_text("Your account has no role in this portal.")).to_be_visible()


async def test_one_that_is_not_there_is_told(signed_in: Arrive) -> None:
    here = await signed_in("admin", "/health/nowhere")
    await expect(here.page.get_by_role("alert")).to_contain_text("not_found")
    take_refusals(here)


async def test_a_connection_is_switched_on_and_looked_at_again(made: Made, signed_in: Arrive) -> None:
    connection = await made.change(await made.add(), state="disabled")
    here = await at_health(signed_in, path=path_of(connection))
    off = finding(here, "state.disabled")
    await off.get_by_role("button", name="Switch on").focus()
    await here.page.keyboard.press("Enter")
    await told(here, f"{PEOPLE['approver'].name} is asked to decide")
    await expect(finding(here, "state.needs_approval")).to_be_visible()
    await expect(off).to_have_count(0)
    await expect(here.page.locator(".connection-bar")).to_contain_text("Needs approval")
    # The button is gone with its finding.
    await expect(here.page.locator(".health-head")).to_be_focused()
    assert (await made.now(connection))["state"] == "needs_approval"


async def test_what_someone_else_changed_meanwhile_is_not_overtaken(made: Made, signed_in: Arrive) -> None:
    connection = await made.change(await made.add(), state="disabled")
    here = await at_health(signed_in, path=path_of(connection))
    await made.change(
        connection, client_ids=connection["client_ids"] | {"backend": "9d3f9a52-0c1b-4d6e-8a77-2f4f1d7c8e09"}
    )
    button = here.page.get_by_role("button", name="Switch on")
    await button.click()
    await expect(here.page.get_by_role("alert")).to_contain_text("precondition.failed")
    assert (await made.now(connection))["state"] == "disabled"
    await button.click()
    await expect(finding(here, "state.needs_approval")).to_be_visible()
    take_refusals(here)


@asynccontextmanager
async def moved(world: World) -> AsyncIterator[None]:
    """The EHR changed its addresses."""
    await world.control("PUT", "/epic/discovery", json=MOVED)
    try:
        yield
    finally:
        await world.control("PUT", "/epic/discovery", json={})


async def test_what_takes_visits_out_of_service_asks_first(made: Made, world: World, signed_in: Arrive) -> None:
    connection = await made.with_a_visit_today()
    async with moved(world):
        here = await at_health(signed_in, path=path_of(connection))
    changed = finding(here, "ehr.endpoints_changed")
    await expect(changed).to_contain_text("not those that were approved: issuer and address of the keys.")
    button = changed.get_by_role("button", name="Submit for approval")
    await button.click()
    dialog = here.page.get_by_role("dialog")
    await expect(dialog).to_contain_text("Launches and messages are refused from now on")
    await here.page.keyboard.press("Escape")
    await expect(button).to_be_focused()
    await button.click()
    await dialog.get_by_role("button", name="Submit for approval").click()
    await expect(dialog.get_by_role("status")).to_have_text("There is a visit today that this would interrupt.")
    assert (await made.now(connection))["state"] == "approved"
    await here.assert_accessible()
    await dialog.get_by_role("button", name="Submit anyway").click()
    await told(here, "is asked to decide")
    assert (await made.now(connection))["state"] == "needs_approval"
    take_refusals(here)


async def test_what_cannot_be_submitted_is_told_at_the_finding(made: Made, world: World, signed_in: Arrive) -> None:
    connection = await made.approved()
    async with moved(world):
        here = await at_health(signed_in, path=path_of(connection))
        changed = finding(here, "ehr.endpoints_changed")
        await changed.get_by_role("button", name="Submit for approval").click()
        await here.page.get_by_role("dialog").get_by_role("button", name="Submit for approval").click()
        await expect(changed.get_by_role("alert")).to_contain_text("connection.no_keys")
        await expect(changed.get_by_role("alert").get_by_role("link", name="Open the connection")).to_be_visible()
        await expect(here.page.get_by_role("dialog")).to_have_count(0)
    assert (await made.now(connection))["state"] == "approved"
    take_refusals(here)


async def test_it_is_looked_at_again_when_asked_and_what_was_found_stays_meanwhile(signed_in: Arrive) -> None:
    here = await at_health(signed_in)
    going, asked = asyncio.Event(), asyncio.Event()

    async def hold(route: Route) -> None:
        asked.set()
        await going.wait()
        await route.continue_()

    await here.page.route("**/diagnosis", hold)
    again = verdict(here).get_by_role("button", name=AGAIN)
    await again.click()
    await asked.wait()
    await expect(verdict(here).get_by_role("progressbar")).to_be_visible()
    await expect(again).to_have_attribute("aria-disabled", "true")
    await expect(finding(here, "join.anonymous")).to_be_visible()
    going.set()
    await expect(verdict(here).get_by_role("progressbar")).to_have_count(0)
    await expect(here.page.locator("[aria-live=assertive]")).to_contain_text("Checked.")
    await expect(again).to_be_focused()


async def test_the_first_look_shows_that_it_takes_its_time(signed_in: Arrive) -> None:
    here = await signed_in("admin", "/people")
    going = asyncio.Event()

    async def hold(route: Route) -> None:
        await going.wait()
        await route.continue_()

    await here.page.route("**/diagnosis", hold)
    await here.open(PATH)
    await expect(here.page.get_by_role("progressbar")).to_have_accessible_name(re.compile("up to six seconds"))
    going.set()
    await checked(here)


async def test_a_check_that_cannot_be_made_says_so_and_can_be_tried_again(signed_in: Arrive) -> None:
    here = await signed_in("admin", "/people")
    await here.page.route("**/diagnosis", lambda route: route.abort(), times=1)
    await here.open(PATH)
    await expect(here.page.get_by_role("alert")).to_contain_text("The service did not answer.")
    await here.page.get_by_role("button", name="Try again").click()
    await checked(here)
    await expect(here.page.get_by_role("alert")).to_have_count(0)
    here.complaints.clear()


async def test_an_upstream_that_fails_is_named_and_the_rest_is_there(world: World, signed_in: Arrive) -> None:
    await world.control("PUT", "/faults", json={"route": "graph:/", "status": 500})
    try:
        here = await at_health(signed_in)
    finally:
        await world.control("DELETE", "/faults")
    unread = finding(here, "organisers.unreadable")
    await expect(unread).to_contain_text("User.Read.All")
    await unread.get_by_role("button", name=AGAIN).click()
    await expect(unread).to_have_count(0)
    await expect(here.page.locator(".health-head")).to_be_focused()


async def test_drift_leads_to_the_records(world: World, signed_in: Arrive) -> None:
    async with drifted(world, version="2.000000000000"):
        here = await at_health(signed_in)
        drift = finding(here, "records.drift")
        await expect(drift).to_contain_text(
            "did not fit the Clinician launch record as issued: launch URL, client id, version"
        )
        await expect(drift).to_contain_text("“organizerId” of the context")
        await drift.get_by_role("link", name="Open the records").click()
        await here.page.wait_for_url(f"{here.config.portal}/records/{CONNECTION_ID}")


@pytest.mark.parametrize(
    ("locale", "waits", "missing", "button"),
    [
        ("fr-FR", "La connexion attend son approbateur", "un identifiant client pour : patients.", "Ouvrir la connexion"),
        ("es-ES", "La conexión espera a quien la aprueba", "el identificador de cliente para pacientes", "Abrir la conexión"),
    ],
)  # fmt: skip
async def test_findings_speak_the_language(
    made: Made, signed_in: Arrive, locale: str, waits: str, missing: str, button: str
) -> None:
    connection = await broken_one(made)
    here = await at_health(signed_in, path=path_of(connection), locale=locale)
    await expect(finding(here, "state.needs_approval")).to_contain_text(waits)
    await expect(finding(here, "clients.missing")).to_contain_text(missing)
    await expect(finding(here, "clients.missing").get_by_role("link", name=button)).to_be_visible()
    text = await here.page.locator("main").inner_text()
    assert not re.search(r"\{\w+\}", text)
    assert not RAW_INSTANT.search(text)
    assert not re.search(r"\b(the|is|are|was)\b", text), text
    await here.screenshot(f"health-{locale}")


async def test_each_of_several_is_looked_at_when_asked_and_what_was_found_stays(
    made: Made, world: World, signed_in: Arrive
) -> None:
    connection = await broken_one(made)
    here = await signed_in("admin", "/health")
    rows = here.page.get_by_role("row")
    well, broken = rows.filter(has_text="Approved"), rows.filter(has_text="Needs approval")
    await expect(here.page.get_by_text("Not looked at yet")).to_have_count(2)
    await here.assert_accessible()
    check = broken.get_by_role("button", name=re.compile("^Check https:"))
    await check.focus()
    await here.page.keyboard.press("Enter")
    await expect(broken).to_contain_text(re.compile(r"\d+ things do not work"))
    await expect(check).to_be_focused()
    await expect(well).to_contain_text("Not looked at yet")
    await here.page.get_by_role("button", name="Check all").click()
    await expect(well).to_contain_text(re.compile("Everything that can be checked works|needs? attention"))
    await here.assert_accessible()
    await here.screenshot("health-list")
    await broken.get_by_role("link").click()
    await here.page.wait_for_url(f"{here.config.portal}{path_of(connection)}")
    await checked(here)
    await here.page.go_back()
    await expect(well).to_contain_text(re.compile("works|attention"))


async def test_a_look_from_the_list_that_fails_says_so_and_can_be_repeated(made: Made, signed_in: Arrive) -> None:
    await made.add()
    here = await signed_in("admin", "/health")
    row = here.page.get_by_role("row").filter(has_text="Approved")
    await here.page.route("**/diagnosis", lambda route: route.abort(), times=1)
    await row.get_by_role("button").click()
    await expect(row).to_contain_text("The service did not answer.")
    here.complaints.clear()
    await row.get_by_role("button").click()
    await expect(row).to_contain_text(re.compile("works|attention"))


async def test_there_are_several_and_one_chooses(made: Made, signed_in: Arrive) -> None:
    connection = await made.add()
    here = await signed_in("admin", "/health")
    waiting = here.page.get_by_role("row").filter(has_text="Needs approval")
    await waiting.get_by_role("link").click()
    await here.page.wait_for_url(f"{here.config.portal}{path_of(connection)}")
    await checked(here)
