"""The trail: every code has words, filters stand in the address, the file holds all of it."""

import csv
import io
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.async_api import Locator, Route, expect

from local.config import CONNECTION_ID, PEOPLE
from local.demo.world import World
from tests.portal.browser import Visitor
from tests.portal.conftest import Arrive

ADMIN, APPROVER = PEOPLE["admin"].oid, PEOPLE["approver"].oid
BUYING = "0" * 32
THUMBPRINT = "q1lHBZ5a6yV9Tg8gq2mK0Nf3XcOe7RrUuJw4DdPiSsE"  # pragma: allowlist secret
# What the tests look for: days before now, who, action, subject, what changed.
STORY: tuple[tuple[float, str, str, str, str], ...] = (
    (0.0, ADMIN, "sms.changed", CONNECTION_ID, "quiet_hours,reminders"),
    (3, ADMIN, "connection.changed", CONNECTION_ID, "approver,client_ids,fhir_base,room,zone"),
    (4, APPROVER, "connection.approved", CONNECTION_ID, ""),
    (5, ADMIN, "certificate.added", CONNECTION_ID, THUMBPRINT),
    (6, ADMIN, "number.bought", "+18335550100", ""),
    (6, ADMIN, "number.requested", BUYING, "US tollFree"),
    (20, ADMIN, "number.verification", "+18335550100", "submitted"),
    (21, ADMIN, "number.failed", BUYING, "number.none_found"),
    (22, ADMIN, "consent.given", "sms_terms", ""),
    (40, PEOPLE["clinician"].oid, "clinician.linked", CONNECTION_ID, ""),
    (41, "dead0000-0000-4000-8000-000000000001", "connection.removed", "gone4ever", ""),
    (80, ADMIN, "something.new", CONNECTION_ID, "new_field"),
)


def a_row(moment: datetime, index: int, by: str, action: str, subject: str, changed: str) -> dict[str, Any]:
    """An entry as the product writes it, at another time."""
    return {
        "PartitionKey": f"{PEOPLE['admin'].tenant}-{moment:%Y%m}",
        "RowKey": f"{moment:%Y-%m-%dT%H:%M:%S.%fZ}_{index:08x}",
        "by": by, "action": action, "subject": subject, "changed": changed,
    }  # fmt: skip


@pytest.fixture
async def story(world: World) -> AsyncIterator[None]:
    """The trail holds this story and nothing else, for a while."""
    table = world.tables.get_table_client("audit")
    before = await world.rows("audit")
    for row in before:
        await table.delete_entity(row["PartitionKey"], row["RowKey"])
    now = datetime.now(UTC)
    for index, (days, *rest) in enumerate(STORY):
        await table.upsert_entity(a_row(now - timedelta(days=days, seconds=index), index, *rest))
    yield
    for row in await world.rows("audit"):
        await table.delete_entity(row["PartitionKey"], row["RowKey"])
    for row in before:
        await table.upsert_entity({name: value for name, value in row.items() if name != "Timestamp"})


def rows(here: Visitor) -> Locator:
    """The table's rows, without its head."""
    return here.page.get_by_role("row").filter(has=here.page.get_by_role("rowheader"))


async def shown(here: Visitor, count: int) -> None:
    """Waits until so many entries are listed."""
    words = "1 entry" if count == 1 else f"{count} entries"
    await expect(here.page.get_by_text(words, exact=True)).to_be_visible()
    await expect(rows(here)).to_have_count(count)


@pytest.mark.usefixtures("story")
async def test_each_entry_says_when_who_what_and_about_what_in_words(signed_in: Arrive) -> None:
    here = await signed_in("admin", "/activity?range=90")
    await shown(here, len(STORY))
    await here.settled()
    texts = [" ".join(text.split()) for text in await rows(here).all_inner_texts()]
    assert "SMS set-up changed Quiet hours and reminders" in texts[0]
    assert "Ada Okafor ada.okafor@northlake.example" in texts[0]
    assert "Approver, client ids, FHIR base URL, meeting room, and time zone" in texts[1]
    assert "Connection approved" in texts[2]
    assert "Priya Raman" in texts[2]
    assert THUMBPRINT in texts[3]
    assert "Phone number obtained" in texts[4]
    assert "+1 833 555 0100" in texts[4]
    assert "Phone number requested United States, Toll-free" in texts[5]
    assert BUYING not in texts[5]
    assert "Verification pending" in texts[6]
    assert "number.none_found" in texts[7]
    assert "Sending texts on your behalf" in texts[8]
    assert "Marcus Bell" in texts[9]
    assert "No longer in the directory" in texts[10]
    assert "Removed connection gone4ever" in texts[10]
    assert "something.new New_field" in texts[11]
    assert all("CST" in text or "CDT" in text for text in texts)
    await expect(here.page.get_by_text("those of your time zone: Central Time")).to_be_visible()
    link = rows(here).first.get_by_role("link")
    assert await link.get_attribute("href") == f"/health/{CONNECTION_ID}"
    await here.assert_accessible()
    await here.screenshot("activity")


@pytest.mark.usefixtures("story")
async def test_the_last_30_days_are_shown_first_and_other_ranges_on_demand(signed_in: Arrive) -> None:
    here = await signed_in("admin", "/activity")
    await shown(here, 9)
    for value, count in (("today", 1), ("7", 6), ("90", 12)):
        await here.page.get_by_label("Range").select_option(value)
        await shown(here, count)
        assert here.page.url.endswith(f"?range={value}")
    await here.page.get_by_label("Range").select_option("30")
    assert here.page.url.endswith("/activity")


@pytest.mark.usefixtures("story")
async def test_a_range_of_one_s_own_includes_both_its_days(signed_in: Arrive) -> None:
    here = await signed_in("admin", "/activity", timezone_id="UTC")
    await here.page.get_by_label("Range").select_option("own")
    await shown(here, 9)
    today = datetime.now(UTC).date()
    assert await here.page.get_by_label("To", exact=True).input_value() == today.isoformat()
    day = (today - timedelta(days=5)).isoformat()
    await here.page.get_by_label("From", exact=True).fill((today - timedelta(days=4)).isoformat())
    await here.page.get_by_label("To", exact=True).fill(day)
    await expect(here.page.get_by_text("This day is before the first one.")).to_be_visible()
    await expect(here.page.get_by_role("button", name="Download CSV")).to_be_disabled()
    await here.page.get_by_label("From", exact=True).fill(day)
    await shown(here, 1)
    await expect(rows(here)).to_contain_text("Sender certificate added")
    assert here.page.url.endswith(f"?range=own&from={day}&to={day}")


@pytest.mark.usefixtures("story")
async def test_filters_narrow_and_a_reload_keeps_them(signed_in: Arrive) -> None:
    here = await signed_in("admin", "/activity?range=90")
    await here.page.get_by_label("What").select_option("connection")
    await shown(here, 3)
    await here.page.get_by_role("combobox", name="Who").fill("priya")
    await here.page.get_by_role("option", name="Priya Raman").click()
    await shown(here, 1)
    await here.page.get_by_label("Connection").select_option(CONNECTION_ID)
    assert here.page.url.endswith(f"?range=90&group=connection&by={APPROVER}&connection={CONNECTION_ID}")
    await here.page.reload()
    await shown(here, 1)
    await expect(here.page.get_by_role("combobox", name="Who")).to_have_value("Priya Raman")
    await expect(here.page.get_by_label("What")).to_have_value("connection")
    await expect(here.page.get_by_label("Connection")).to_have_value(CONNECTION_ID)
    await expect(rows(here)).to_contain_text("Connection approved")
    await here.page.get_by_role("combobox", name="Who").fill("")
    await shown(here, 2)
    await here.assert_accessible()


@pytest.mark.usefixtures("story")
async def test_what_nothing_fits_can_be_cleared(signed_in: Arrive) -> None:
    here = await signed_in("admin", f"/activity?group=clinician&by={APPROVER}")
    await expect(here.page.get_by_role("heading", name="No entry fits")).to_be_visible()
    await here.assert_accessible()
    await here.screenshot("activity-no-match")
    await here.page.get_by_role("button", name="Clear the filters").click()
    await shown(here, 9)
    assert here.page.url.endswith("/activity")


@pytest.mark.usefixtures("story")
async def test_an_address_that_makes_no_sense_is_taken_for_what_does(signed_in: Arrive) -> None:
    here = await signed_in("admin", "/activity?range=never&group=x&by=1' or 1&from=2026-02-31&connection=../x")
    await shown(here, 9)


@pytest.mark.usefixtures("story")
async def test_one_finds_what_was_done_to_a_connection_that_is_gone(signed_in: Arrive) -> None:
    here = await signed_in("admin", "/activity?range=90&connection=gone4ever")
    await shown(here, 1)
    await expect(here.page.get_by_label("Connection").locator("option:checked")).to_have_text(
        "Removed connection · gone4ever"
    )


async def test_a_trail_without_entries_says_what_will_be_there(world: World, signed_in: Arrive) -> None:
    here = await signed_in("admin", "/health")

    async def nothing(route: Route) -> None:
        headers = {"Access-Control-Allow-Origin": here.config.portal}
        await route.fulfill(json={"entries": [], "next": None}, headers=headers)

    await here.page.route("**/api/audit*", nothing)
    await here.page.get_by_role("link", name="Activity").click()
    await expect(here.page.get_by_role("heading", name="Nothing has happened yet")).to_be_visible()
    await expect(here.page.get_by_role("button", name="Clear the filters")).to_have_count(0)


@pytest.mark.usefixtures("story")
async def test_a_long_trail_comes_in_pages_and_the_file_holds_all_of_it(world: World, signed_in: Arrive) -> None:
    table = world.tables.get_table_client("audit")
    now = datetime.now(UTC) - timedelta(days=1)
    for index in range(620):
        # Their month must not begin between them.
        moment = now - timedelta(seconds=index)
        await table.upsert_entity(a_row(moment, index, ADMIN, "connection.changed", CONNECTION_ID, "zone"))
    here = await signed_in("admin", "/activity?group=connection")
    await shown(here, 100)
    await here.page.get_by_role("button", name="Load more").click()
    await shown(here, 200)
    async with here.page.expect_download() as coming:
        await here.page.get_by_role("button", name="Download CSV").click()
    file = await coming.value
    today = datetime.now().astimezone().date()
    assert file.suggested_filename.startswith("visitbridge-activity-20")
    assert file.suggested_filename.endswith(".csv")
    assert str(today.year) in file.suggested_filename
    text = (await file.path()).read_text(encoding="utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(text)))
    assert len(lines) == 622
    assert {line["action"].partition(".")[0] for line in lines} == {"connection"}
    assert lines[0].keys() == {"at", "by", "action", "subject", "changed"}
    await expect(here.page.get_by_text("The file is in your downloads")).to_be_visible()


@pytest.mark.usefixtures("story")
async def test_a_file_s_name_has_its_range(signed_in: Arrive) -> None:
    here = await signed_in("admin", "/activity?range=own&from=2026-01-05&to=2026-11-20")
    async with here.page.expect_download() as coming:
        await here.page.get_by_role("button", name="Download CSV").click()
    assert (await coming.value).suggested_filename == "visitbridge-activity-2026-01-05-2026-11-20.csv"


@pytest.mark.usefixtures("story")
async def test_a_file_or_a_list_that_does_not_come_says_why(signed_in: Arrive) -> None:
    here = await signed_in("admin", "/activity")
    await shown(here, 9)
    await here.page.route("**/api/audit*", lambda route: route.abort())
    await here.page.get_by_role("button", name="Download CSV").click()
    await expect(here.page.get_by_role("alert")).to_contain_text("The service did not answer.")
    await here.page.get_by_label("Range").select_option("90")
    await expect(here.page.get_by_role("button", name="Try again")).to_be_visible()
    await here.page.unroute("**/api/audit*")
    await here.page.get_by_role("button", name="Try again").click()
    await shown(here, 12)
    here.complaints.clear()


@pytest.mark.usefixtures("story")
async def test_it_can_be_filtered_by_keyboard_alone(signed_in: Arrive) -> None:
    here = await signed_in("admin", "/activity?range=90")
    await shown(here, 12)
    await here.page.get_by_label("What").focus()
    await here.page.keyboard.press("Tab")
    await here.page.keyboard.type("Pri")
    await expect(here.page.get_by_role("option", name="Priya Raman")).to_be_visible()
    await here.page.keyboard.press("ArrowDown")
    await here.page.keyboard.press("Enter")
    await shown(here, 1)
    await expect(here.page.get_by_role("combobox", name="Who")).to_be_focused()


@pytest.mark.usefixtures("story")
@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("fr-FR", ["Connexion approuvée", "URL de base FHIR", "Numéro de téléphone obtenu", "États-Unis"]),
        ("es-ES", ["Conexión aprobada", "URL base FHIR", "Número de teléfono obtenido", "Estados Unidos"]),
    ],
)
async def test_it_speaks_the_reader_s_language(signed_in: Arrive, locale: str, words: list[str]) -> None:
    here = await signed_in("admin", "/activity?range=90", locale=locale)
    for text in words:
        await expect(rows(here).filter(has_text=text).first).to_be_visible()
