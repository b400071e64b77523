"""The page of linked clinicians: who they are, finding one, unlinking one, and why no patient is listed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.async_api import Locator, Route, expect

from local.config import CONNECTION_ID, PEOPLE
from local.demo.world import World
from tests.portal.browser import Visitor
from tests.portal.conftest import Arrive

GONE = "dead0000-0000-4000-8000-000000000001"
SINCE = datetime(2026, 11, 20, 16, 15, tzinfo=UTC)


def a_link(user: str, oid: str, connection: str = CONNECTION_ID) -> dict[str, Any]:
    """A row as a clinician's first sign-in writes it."""
    stamp = f"{SINCE:%Y-%m-%dT%H:%M:%S.%fZ}"
    tenant = PEOPLE["admin"].tenant
    return {"PartitionKey": connection, "RowKey": user, "tid": tenant, "oid": oid, "linked_at": stamp}


@asynccontextmanager
async def linked(world: World, *rows: dict[str, Any]) -> AsyncIterator[None]:
    """Only these clinicians are linked, for a while."""
    table = world.tables.get_table_client("clinicians")

    async def clear() -> None:
        async for row in table.list_entities():
            await table.delete_entity(row["PartitionKey"], row["RowKey"])

    await clear()
    for row in rows:
        await table.upsert_entity(row)
    yield
    await clear()


@pytest.fixture
async def three(world: World) -> AsyncIterator[None]:
    """Two of the story and one whose account is gone."""
    rows = (
        a_link("IMOREAU", PEOPLE["second_clinician"].oid), a_link("MBELL", PEOPLE["clinician"].oid),
        a_link("OLDHAND", GONE),
    )  # fmt: skip
    async with linked(world, *rows):
        yield


@pytest.fixture
async def paris(world: World) -> AsyncIterator[str]:
    """A second connection, in another zone."""
    body = {
        "fhir_base": f"{world.config.epic}/paris/api/FHIR/R4", "environment": "production", "zone": "Europe/Paris",
        "state": "draft",
    }  # fmt: skip
    made = await world.api("admin", "POST", "/connections", json=body)
    yield made["id"]
    await world.api("admin", "DELETE", f"/connections/{made['id']}")


def row(here: Visitor, text: str) -> Locator:
    """The table's row with this text."""
    return here.page.get_by_role("row").filter(has_text=text)


@pytest.mark.usefixtures("three")
async def test_clinicians_have_name_epic_user_connection_and_the_time_in_the_connection_s_zone(
    signed_in: Arrive,
) -> None:
    here = await signed_in("admin", "/people", timezone_id="Asia/Tokyo")
    await expect(row(here, "MBELL")).to_contain_text("Marcus Bell")
    await expect(row(here, "MBELL")).to_contain_text("marcus.bell@northlake.example")
    await expect(row(here, "MBELL")).to_contain_text("November 20, 2026 at 10:15 AM CST")
    await expect(row(here, "MBELL")).to_contain_text("Testing")
    link = row(here, "MBELL").get_by_role("link", name=here.config.fhir_base.removeprefix("https://"))
    assert await link.get_attribute("href") == f"/health/{CONNECTION_ID}"
    await expect(here.page.get_by_text("3 linked clinicians")).to_be_visible()
    await here.assert_accessible()
    await here.screenshot("people")


@pytest.mark.usefixtures("three")
async def test_who_left_the_directory_is_shown_as_such(signed_in: Arrive) -> None:
    here = await signed_in("admin", "/people")
    await expect(row(here, "OLDHAND")).to_contain_text("No longer in the directory")
    await expect(row(here, "OLDHAND")).to_contain_text(GONE)


async def test_without_anybody_linked_the_page_says_how_that_comes_about(world: World, signed_in: Arrive) -> None:
    async with linked(world):
        here = await signed_in("admin", "/people")
        await expect(here.page.get_by_role("heading", name="No clinician is linked yet")).to_be_visible()
        await expect(here.page.get_by_text("they sign in to Microsoft once")).to_be_visible()
        await here.assert_accessible()
        await here.screenshot("people-empty")


@pytest.mark.usefixtures("three")
async def test_why_no_patient_is_listed_is_said(signed_in: Arrive) -> None:
    here = await signed_in("admin", "/people")
    section = here.page.locator("section").filter(
        has=here.page.get_by_role("heading", name="Why there are no patients")
    )
    await expect(section).to_contain_text("keeps no list of patients")
    await expect(section).to_contain_text("is deleted when the visit has ended or was cancelled")


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize("typed", ["marcus", "BELL mar", "mbell", "marcus.bell@"])
async def test_one_finds_by_name_user_name_or_epic_user(signed_in: Arrive, typed: str) -> None:
    here = await signed_in("admin", "/people")
    await here.page.get_by_label("Find").fill(typed)
    await expect(here.page.get_by_text("1 clinician found").first).to_be_visible()
    await expect(row(here, "MBELL")).to_be_visible()
    await expect(row(here, "IMOREAU")).to_have_count(0)


@pytest.mark.usefixtures("three")
async def test_what_nobody_fits_can_be_cleared(signed_in: Arrive) -> None:
    here = await signed_in("admin", "/people")
    await here.page.get_by_label("Find").fill("nobody like this")
    await expect(here.page.get_by_role("heading", name="Nobody fits")).to_be_visible()
    await here.page.get_by_role("button", name="Clear the filter").click()
    await expect(row(here, "MBELL")).to_be_visible()
    assert "nobody" not in here.page.url


@pytest.mark.usefixtures("three")
async def test_one_connection_s_clinicians_can_be_picked_out(signed_in: Arrive, world: World, paris: str) -> None:
    await world.tables.get_table_client("clinicians").upsert_entity(a_link("PDUPONT", GONE, paris))
    here = await signed_in("admin", "/people")
    await expect(row(here, "PDUPONT")).to_contain_text("November 20, 2026 at 5:15 PM GMT+1")
    await here.page.get_by_label("Connection").select_option(paris)
    await expect(row(here, "MBELL")).to_have_count(0)
    await expect(row(here, "PDUPONT")).to_be_visible()


async def test_a_long_list_comes_in_pages_and_one_searches_all_of_it(world: World, signed_in: Arrive) -> None:
    rows = [a_link(f"USER{index:03}", f"feed0000-0000-4000-8000-{index:012}") for index in range(130)]
    async with linked(world, *rows):
        here = await signed_in("admin", "/people")
        await expect(here.page.get_by_text("100 linked clinicians")).to_be_visible()
        await here.page.get_by_label("Find").fill("USER129")
        await expect(here.page.get_by_text("Only the 100 loaded so far were searched.")).to_be_visible()
        await here.page.get_by_role("button", name="Search everyone").click()
        await expect(row(here, "USER129")).to_be_visible()

        await here.page.reload()
        await expect(here.page.get_by_text("100 linked clinicians")).to_be_visible()
        more = here.page.get_by_role("button", name="Load more")
        await more.focus()
        await here.page.keyboard.press("Enter")
        await expect(here.page.get_by_text("130 linked clinicians")).to_be_focused()
        await expect(row(here, "USER129")).to_be_visible()
        await expect(more).to_have_count(0)


@pytest.mark.usefixtures("three")
async def test_unlinking_asks_says_what_follows_and_is_in_the_trail(signed_in: Arrive, world: World) -> None:
    here = await signed_in("admin", "/people")
    button = here.page.get_by_role("button", name="Unlink MBELL")
    await button.click()
    dialog = here.page.get_by_role("dialog", name="Unlink Marcus Bell?")
    await expect(dialog).to_contain_text("asked for the Microsoft sign-in once and is linked again")
    await here.assert_accessible()
    await here.screenshot("people-unlink")
    await here.page.keyboard.press("Escape")
    await expect(button).to_be_focused()
    await expect(row(here, "MBELL")).to_be_visible()

    await here.page.keyboard.press("Enter")
    await expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    await dialog.get_by_role("button", name="Unlink").focus()
    await here.page.keyboard.press("Enter")
    await expect(here.page.get_by_text("Marcus Bell is unlinked")).to_be_visible()
    await expect(row(here, "MBELL")).to_have_count(0)
    await expect(here.page.locator(".people-list")).to_be_focused()

    await here.page.reload()
    await expect(row(here, "IMOREAU")).to_be_visible()
    await expect(row(here, "MBELL")).to_have_count(0)
    newest = (await world.api("admin", "GET", "/audit?limit=1"))["entries"][0]
    assert (newest["action"], newest["by"]) == ("clinician.unlinked", PEOPLE["admin"].oid)


@pytest.mark.usefixtures("three")
async def test_an_unlink_that_fails_says_so_where_it_was_asked_and_can_be_repeated(signed_in: Arrive) -> None:
    here = await signed_in("admin", "/people")
    await here.page.route("**/api/clinicians/*", lambda route: route.abort(), times=1)
    await here.page.get_by_role("button", name="Unlink IMOREAU").click()
    dialog = here.page.get_by_role("dialog")
    await dialog.get_by_role("button", name="Unlink").click()
    await expect(dialog.get_by_role("alert")).to_contain_text("The service did not answer.")
    await expect(row(here, "IMOREAU")).to_have_count(1)
    here.complaints.clear()
    await dialog.get_by_role("button", name="Unlink").click()
    await expect(here.page.get_by_text("Ines Moreau is unlinked")).to_be_visible()


@pytest.mark.usefixtures("three")
async def test_who_was_unlinked_meanwhile_is_no_error(signed_in: Arrive, world: World) -> None:
    here = await signed_in("admin", "/people")
    await here.page.get_by_role("button", name="Unlink OLDHAND").click()
    await world.api("admin", "DELETE", f"/clinicians/{CONNECTION_ID}:OLDHAND")
    await here.page.get_by_role("dialog").get_by_role("button", name="Unlink").click()
    await expect(here.page.get_by_text("OLDHAND had been unlinked already")).to_be_visible()
    await expect(row(here, "OLDHAND")).to_have_count(0)
    here.complaints.clear()


@pytest.mark.usefixtures("three")
async def test_without_the_directory_the_list_stands_and_the_names_can_be_asked_for_again(signed_in: Arrive) -> None:
    here = await signed_in("admin", "/health")

    async def refuse(route: Route) -> None:
        body = {"code": "directory.permission_missing", "detail": "No permission.", "fix": "Grant it."}
        await route.fulfill(status=503, json=body, headers={"Access-Control-Allow-Origin": here.config.portal})

    await here.page.route("**/api/directory/people*", refuse)
    await here.page.get_by_role("link", name="People").click()
    await expect(here.page.get_by_role("alert")).to_contain_text("No permission.")
    await expect(row(here, "MBELL")).to_contain_text(PEOPLE["clinician"].oid)
    await expect(row(here, "MBELL")).not_to_contain_text("No longer in the directory")
    await here.page.unroute("**/api/directory/people*")
    await here.page.get_by_role("button", name="Try again").click()
    await expect(row(here, "MBELL")).to_contain_text("Marcus Bell")
    here.complaints.clear()


@pytest.mark.usefixtures("three")
async def test_a_list_that_does_not_come_can_be_asked_for_again(signed_in: Arrive) -> None:
    here = await signed_in("admin", "/health")
    await here.page.route("**/api/clinicians", lambda route: route.abort(), times=1)
    await here.page.get_by_role("link", name="People").click()
    await here.page.get_by_role("button", name="Try again").click()
    await expect(row(here, "MBELL")).to_be_visible()
    here.complaints.clear()


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(
    ("locale", "heading", "button"),
    [("fr-FR", "Soignants liés", "Délier MBELL"), ("es-ES", "Profesionales vinculados", "Desvincular MBELL")],
)
async def test_it_speaks_the_reader_s_language(signed_in: Arrive, locale: str, heading: str, button: str) -> None:
    here = await signed_in("admin", "/people", locale=locale)
    await expect(here.page.get_by_role("heading", name=heading)).to_be_visible()
    await expect(here.page.get_by_role("button", name=button)).to_be_visible()
