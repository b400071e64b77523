"""The list of connections: grouped, warned about, found, opened by its address, in three languages."""

import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Route, expect

from local.config import CONNECTION_ID
from local.demo.world import World
from tests.portal.browser import Visitor
from tests.portal.conftest import Arrive
from tests.portal.connecting import ADMIN, Made, group, making, note, row, take_refusals

DEMO = {"id": CONNECTION_ID}
MANY = 9


@pytest.fixture
async def made(world: World) -> AsyncIterator[Made]:
    async with making(world) as found:
        yield found


async def test_an_empty_tenant_is_told_what_it_needs_and_has_one_button(signed_in: Arrive) -> None:
    here = await signed_in("admin", "/activity")

    async def nothing(route: Route) -> None:
        answer = await route.fetch()
        await route.fulfill(response=answer, json={"connections": [], "next": None})

    await here.page.route("**/api/connections?*", nothing)
    await here.page.get_by_role("link", name="Connections").click()
    await expect(here.page.get_by_role("heading", name="Connect your Epic")).to_be_visible()
    needs = here.page.get_by_role("main").get_by_role("listitem")
    await expect(needs).to_contain_text(["The FHIR base URL", "An approver", "The client ids"])
    await here.assert_accessible()
    await here.screenshot("connections-empty")
    await expect(here.page.get_by_role("table")).to_have_count(0)
    await here.page.get_by_role("main").get_by_role("link", name="Add connection").click()
    await expect(here.page.get_by_role("heading", name="New connection")).to_be_focused()


async def test_connections_are_grouped_by_state_with_counts(signed_in: Arrive, made: Made) -> None:
    mine = await made.add(client_ids={}, approver={"oid": ADMIN.oid, "name": ADMIN.name})
    waiting = await made.add(environment="production", client_ids={"provider": "one"})
    draft = await made.add(fhir_base="https://epic.northlake.example/tst/api/FHIR/R4", state="draft", client_ids={})
    disabled = await made.add(fhir_base=made.here, environment="production")
    await made.change(disabled, state="disabled")
    here = await signed_in("admin", "/connections")
    headings = here.page.locator("section h2")
    await expect(headings).to_have_text(["Needs approval (2)", "Approved (1)", "Disabled (1)", "Draft (1)"])
    await expect(group(here, "Needs approval").locator("tbody tr th")).to_have_count(2)
    cells = row(here, DEMO).get_by_role("cell")
    await expect(cells).to_contain_text(["Testing", "R4", "America/Chicago", "Priya Raman", "On", "Edit"])
    await expect(row(here, mine)).to_contain_text("No client ids: nobody can start a visit")
    await expect(row(here, waiting)).to_contain_text("No client id for patients")
    await expect(note(here, mine)).to_contain_text("You are the approver")
    await expect(note(here, waiting)).to_contain_text("Priya Raman must approve this connection")
    await expect(note(here, draft)).to_contain_text("Still missing: Approver and Time zone")
    await expect(note(here, disabled)).to_contain_text("must be approved again")
    await here.assert_accessible()
    await no_sideways(here)
    await here.screenshot("connections")
    await group(here, "Approved").locator("summary").click()
    await expect(row(here, DEMO)).to_be_hidden()


async def test_the_approver_s_link_can_be_copied_and_leads_to_the_connection(signed_in: Arrive, made: Made) -> None:
    waiting = await made.add()
    here = await signed_in("admin", "/connections", permissions=["clipboard-read", "clipboard-write"])
    await note(here, waiting).get_by_role("button", name="Copy the approval link").click()
    await expect(note(here, waiting).get_by_text("Copied")).to_be_visible()
    copied = await here.page.evaluate("navigator.clipboard.readText()")
    assert copied == f"{here.config.portal}/approve/{waiting['id']}"


@pytest.mark.parametrize(("warning", "text"), [("soon", "expires on"), ("expired", "expired on")])
async def test_a_certificate_near_its_end_is_warned_of(signed_in: Arrive, warning: str, text: str) -> None:
    here = await signed_in("admin", "/activity")

    async def ageing(route: Route) -> None:
        answer = await route.fetch()
        body = await answer.json()
        for connection in body["connections"]:
            for certificate in connection["certificates"]:
                certificate.update(warning=warning, not_after="2026-12-03T18:00:00.000000Z")
        await route.fulfill(response=answer, json=body)

    await here.page.route("**/api/connections?*", ageing)
    await here.page.get_by_role("link", name="Connections").click()
    await expect(row(here, DEMO)).to_contain_text(f"Sender certificate {text} December 3, 2026")
    link = row(here, DEMO).get_by_role("link", name=re.compile("Sender certificate"))
    await expect(link).to_have_attribute("href", f"/sms/{CONNECTION_ID}")


async def test_many_connections_can_be_filtered(signed_in: Arrive, made: Made) -> None:
    for number in range(MANY):
        await made.add(fhir_base=f"https://epic{number}.northlake.example/api/FHIR/R4", state="draft", client_ids={})
    here = await signed_in("admin", "/connections")
    await expect(group(here, "Draft").locator("h2")).to_have_text(f"Draft ({MANY})")
    box = here.page.get_by_label("Filter by URL")
    await box.fill("EPIC7")
    await expect(here.page.locator("tbody th")).to_have_count(1)
    await box.fill("nothing like it")
    await expect(here.page.get_by_role("heading", name="No connection fits the filter")).to_be_visible()
    await here.page.get_by_role("button", name="Clear the filter").click()
    await expect(here.page.locator("tbody th")).to_have_count(MANY + 1)


async def test_more_than_a_page_comes_page_by_page(signed_in: Arrive, made: Made) -> None:
    for number in range(3):
        await made.add(fhir_base=f"https://epic{number}.northlake.example/api/FHIR/R4", state="draft", client_ids={})
    here = await signed_in("admin", "/activity")

    async def by_twos(route: Route) -> None:
        await route.continue_(url=route.request.url.replace("limit=100", "limit=2"))

    await here.page.route("**/api/connections?*", by_twos)
    await here.page.get_by_role("link", name="Connections").click()
    await expect(here.page.locator("tbody th")).to_have_count(2)
    await expect(here.page.get_by_text("2 connections shown; there are more.")).to_be_visible()
    await here.page.get_by_role("button", name="Load more").click()
    await expect(here.page.locator("tbody th")).to_have_count(4)


async def test_a_list_that_does_not_come_can_be_asked_for_again(signed_in: Arrive) -> None:
    here = await signed_in("admin", "/activity")
    await here.page.route("**/api/connections?*", lambda route: route.abort())
    await here.page.get_by_role("link", name="Connections").click()
    await expect(here.page.get_by_role("alert")).to_contain_text("The service did not answer.")
    await here.assert_accessible()
    await here.page.unroute("**/api/connections?*")
    await here.page.get_by_role("button", name="Try again").click()
    await expect(row(here, DEMO)).to_be_visible()
    here.complaints.clear()


async def test_an_address_opens_a_connection_and_says_so_if_there_is_none(signed_in: Arrive, made: Made) -> None:
    added = await made.add()
    here = await signed_in("admin", f"/connections?open={added['id']}")
    form = here.page.get_by_role("form", name="Edit connection")
    await expect(form.get_by_label("FHIR base URL")).to_have_value(made.there)
    await here.page.reload()
    await expect(form).to_be_visible()
    name = row(here, added).get_by_role("link").first
    await name.click()
    await expect(form).to_have_count(0)
    await expect(name).to_be_focused()
    await here.page.go_back()
    await expect(form).to_be_visible()
    await here.page.goto(f"{here.config.portal}/connections?open=nobody1")
    await expect(here.page.get_by_role("alert")).to_contain_text("There is nothing here.")
    await expect(row(here, added)).to_be_visible()
    take_refusals(here)


@pytest.mark.parametrize(
    ("locale", "title", "groups", "form"),
    [
        ("fr-FR", "Connexions", "Approuvée", "Modifier la connexion"),
        ("es-ES", "Conexiones", "Aprobada", "Editar la conexión"),
    ],
)
async def test_the_page_speaks_other_languages(
    signed_in: Arrive, locale: str, title: str, groups: str, form: str
) -> None:
    here = await signed_in("admin", "/connections", locale=locale)
    await here.heading(title)
    await expect(group(here, groups)).to_be_visible()
    await row(here, DEMO).get_by_role("link").first.click()
    await expect(here.page.get_by_role("heading", name=form)).to_be_visible()
    await here.settled()
    await no_sideways(here)
    await here.screenshot(f"connections-edit-{locale[:2]}")


async def no_sideways(here: Visitor) -> None:
    """Nothing reaches out of the narrowest screen."""
    size = here.page.viewport_size
    await here.page.set_viewport_size({"width": 320, "height": 700})
    assert await here.page.evaluate("document.documentElement.scrollWidth") <= 320
    await here.page.set_viewport_size(size or {"width": 1280, "height": 800})
