"""The health page's section about work that failed: what, since when and why, done again or dismissed by a button."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.async_api import Locator, expect

from local.config import CONNECTION_ID, PEOPLE
from local.demo.world import World
from tests.portal.browser import Visitor
from tests.portal.conftest import Arrive

PATH = f"/health/{CONNECTION_ID}"
SINCE = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
STAMP = f"{SINCE:%Y-%m-%dT%H:%M:%S.%fZ}"


def a_failure(row: str, **changes: Any) -> dict[str, Any]:
    """A row as the functions on the poison queues write it: a visit that is not there, so that to do it again is easy."""
    message = f'{{"visits":[["{CONNECTION_ID}/{"v" * 20}","","",""]]}}'
    return {
        "PartitionKey": f"failed-{PEOPLE['admin'].tenant}", "RowKey": row, "queue": "due", "kind": "visit",
        "connection": CONNECTION_ID, "since": STAMP, "at": STAMP, "times": 3, "code": "unavailable", "message0": message,
    } | changes  # fmt: skip


@pytest.fixture
async def two(world: World) -> AsyncIterator[None]:
    table = world.tables.get_table_client("work")
    rows = (a_failure("first"), a_failure("second", kind="phone_number", connection="", code="", times=1))
    for row in rows:
        await table.upsert_entity(row)
    yield
    for row in rows:
        await table.delete_entity(row["PartitionKey"], row["RowKey"])


def section(here: Visitor) -> Locator:
    heading = here.page.get_by_role("heading", name="Work that failed", exact=True)
    return here.page.locator("section").filter(has=heading)


def row(here: Visitor, text: str) -> Locator:
    return section(here).get_by_role("row").filter(has_text=text)


@pytest.mark.usefixtures("two")
async def test_failed_work_is_listed_with_what_since_when_how_often_and_why(signed_in: Arrive) -> None:
    here = await signed_in("admin", PATH)
    visit = row(here, "A visit")
    await expect(visit).to_contain_text("3 times")
    await expect(visit).to_contain_text("A service we depend on does not answer now.")
    await expect(visit).to_contain_text("unavailable")
    await expect(row(here, "Getting a phone number")).to_contain_text("Not known")
    await expect(section(here).get_by_text("2 things failed")).to_be_visible()
    await here.settled()
    await here.assert_accessible()
    await here.screenshot("health-failures")


@pytest.mark.usefixtures("two")
async def test_try_again_takes_it_off_the_list_and_the_focus_stays_near(signed_in: Arrive) -> None:
    here = await signed_in("admin", PATH)
    await row(here, "A visit").get_by_role("button", name="Try again").click()
    await expect(here.page.get_by_text("It is being done again.")).to_be_visible()
    await expect(row(here, "A visit")).to_have_count(0)
    await expect(section(here).locator(".health-failed")).to_be_focused()
    await here.page.reload()
    await expect(row(here, "Getting a phone number")).to_be_visible()
    await expect(row(here, "A visit")).to_have_count(0)


@pytest.mark.usefixtures("two")
async def test_dismiss_asks_first(signed_in: Arrive) -> None:
    here = await signed_in("admin", PATH)
    await row(here, "Getting a phone number").get_by_role("button", name="Dismiss").click()
    dialog = here.page.get_by_role("dialog")
    await dialog.get_by_role("button", name="Cancel").click()
    await expect(row(here, "Getting a phone number")).to_be_visible()
    await row(here, "Getting a phone number").get_by_role("button", name="Dismiss").click()
    await dialog.get_by_role("button", name="Dismiss").click()
    await expect(row(here, "Getting a phone number")).to_have_count(0)
    await expect(section(here).get_by_text("1 thing failed")).to_be_visible()


async def test_where_nothing_failed_the_page_says_so(signed_in: Arrive) -> None:
    here = await signed_in("admin", PATH)
    await expect(section(here).get_by_text("Nothing has failed in the last seven days.")).to_be_visible()


@pytest.mark.usefixtures("two")
async def test_an_approver_is_not_asked_to_mend_it(signed_in: Arrive) -> None:
    here = await signed_in("approver", PATH)
    await expect(here.page.get_by_role("heading", level=1)).to_be_visible()
    await here.settled()
    await expect(section(here)).to_have_count(0)


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize(("locale", "words"), [("es-MX", "Trabajo que falló"), ("fr-CA", "Tâches échouées")])
async def test_it_speaks_the_reader_s_language(signed_in: Arrive, locale: str, words: str) -> None:
    here = await signed_in("admin", PATH, locale=locale)
    await expect(here.page.get_by_role("heading", name=words, exact=True)).to_be_visible()
    await here.settled()
