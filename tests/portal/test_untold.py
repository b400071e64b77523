"""The health page's section about statuses that the EHR was not told: a pause, what was given up, written after all."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.async_api import Locator, expect

from local.config import CONNECTION_ID
from local.demo.world import World
from tests.portal.browser import Visitor
from tests.portal.conftest import Arrive

PATH = f"/health/{CONNECTION_ID}"
TITLE = "Statuses that the EHR was not told"
NOW = datetime.now(UTC)


def text(instant: datetime) -> str:
    return f"{instant:%Y-%m-%dT%H:%M:%S.%fZ}"


def a_status(row: str, **changes: Any) -> dict[str, Any]:
    """A row as the worker writes it, of a visit that is not there."""
    return {
        "PartitionKey": f"untold-{CONNECTION_ID}", "RowKey": row, "visit": "v" * 20, "role": "patient", "person": "",
        "state": "left", "at": text(NOW - timedelta(hours=5)), "given_up": text(NOW - timedelta(hours=1)),
        "code": "ehr.appointment_unknown",
    } | changes  # fmt: skip


A_PAUSE: dict[str, Any] = {
    "PartitionKey": "writeback", "RowKey": CONNECTION_ID, "refusals": 3, "tries": 1, "paused": True,
    "since": text(NOW - timedelta(minutes=2)), "code": "ehr.sign_in_refused", "probe": text(NOW + timedelta(hours=1)),
}  # fmt: skip


@pytest.fixture
async def kept(world: World) -> AsyncIterator[None]:
    table = world.tables.get_table_client("work")
    rows = (a_status("first"), a_status("second", role="clinician", person="d", state="connected", code="ehr.too_late"))
    for row in rows:
        await table.upsert_entity(row)
    yield
    for row in rows:
        await table.delete_entity(row["PartitionKey"], row["RowKey"])


@pytest.fixture
async def paused(world: World) -> AsyncIterator[None]:
    table = world.tables.get_table_client("work")
    await table.upsert_entity(A_PAUSE)
    yield
    await table.delete_entity(A_PAUSE)


def section(here: Visitor) -> Locator:
    heading = here.page.get_by_role("heading", name=TITLE, exact=True)
    return here.page.locator("section").filter(has=heading)


def row(here: Visitor, words: str) -> Locator:
    return section(here).get_by_role("row").filter(has_text=words)


@pytest.mark.usefixtures("kept", "paused")
async def test_a_pause_and_what_was_given_up_are_shown_with_cause_and_fix(signed_in: Arrive) -> None:
    here = await signed_in("admin", PATH)
    await expect(section(here)).to_contain_text("Paused since")
    await expect(section(here)).to_contain_text("The EHR does not accept our sign-in for writing statuses.")
    await expect(section(here)).to_contain_text("Check the backend client id")
    await expect(row(here, "Patient: left")).to_contain_text("The EHR does not know the appointment.")
    await expect(row(here, "Clinician: connected")).to_contain_text("The status came too late to be told.")
    await expect(section(here).get_by_text("2 statuses not written")).to_be_visible()
    red = here.page.locator("section").filter(has=here.page.get_by_role("heading", name="Does not work", exact=True))
    await expect(red).to_contain_text("writeback.not_signed_in")
    await here.settled()
    await here.assert_accessible()
    await here.screenshot("health-untold")


@pytest.mark.usefixtures("kept")
async def test_write_after_all_takes_it_off_the_list_by_the_keyboard_and_the_focus_stays_near(
    signed_in: Arrive,
) -> None:
    here = await signed_in("admin", PATH)
    await row(here, "Patient: left").get_by_role("button", name="Write after all").focus()
    await here.page.keyboard.press("Enter")
    await expect(here.page.get_by_text("The visit is no longer kept. Nothing was written.")).to_be_visible()
    await expect(row(here, "Patient: left")).to_have_count(0)
    await expect(row(here, "Clinician: connected")).to_be_visible()
    await expect(section(here).locator(".health-failed")).to_be_focused()


@pytest.mark.usefixtures("kept")
async def test_all_are_written_after_all_at_once(signed_in: Arrive) -> None:
    here = await signed_in("admin", PATH)
    await section(here).get_by_role("button", name="Write all after all").click()
    await expect(section(here).get_by_text("Every status has been written, or waits for its turn.")).to_be_visible()


async def test_where_everything_was_written_the_section_says_so(signed_in: Arrive) -> None:
    here = await signed_in("admin", PATH)
    await expect(section(here).get_by_text("Every status has been written, or waits for its turn.")).to_be_visible()


async def test_an_answer_that_does_not_come_is_said_and_asked_for_again(signed_in: Arrive) -> None:
    here = await signed_in("admin", "/health")
    await here.page.route(f"**/connections/{CONNECTION_ID}/writeback", lambda route: route.abort())
    await here.page.goto(here.page.url.removesuffix("/health") + PATH)
    await expect(section(here).get_by_role("alert")).to_be_visible()
    await here.page.unroute(f"**/connections/{CONNECTION_ID}/writeback")
    await section(here).get_by_role("button", name="Try again").click()
    await expect(section(here).get_by_text("Every status has been written, or waits for its turn.")).to_be_visible()
    here.complaints.clear()


@pytest.mark.usefixtures("kept")
async def test_an_approver_is_not_asked_to_mend_it(signed_in: Arrive) -> None:
    here = await signed_in("approver", PATH)
    await expect(here.page.get_by_role("heading", level=1)).to_be_visible()
    await here.settled()
    await expect(section(here)).to_have_count(0)


@pytest.mark.usefixtures("kept", "paused")
@pytest.mark.parametrize(
    ("locale", "words"),
    [("es-MX", "Estados no comunicados a la historia clínica"), ("fr-CA", "Statuts non transmis au dossier médical")],
)
async def test_it_speaks_the_reader_s_language(signed_in: Arrive, locale: str, words: str) -> None:
    here = await signed_in("admin", PATH, locale=locale)
    await expect(here.page.get_by_role("heading", name=words, exact=True)).to_be_visible()
    await here.settled()
    await here.assert_accessible()
