"""The page of integration records: everything to copy, what each is for, and what Epic seems to hold instead."""

import csv
import io
from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Locator, expect

from local.config import CONNECTION_ID
from local.demo.world import World
from tests.portal.browser import SCREENSHOTS, Visitor
from tests.portal.conftest import Arrive
from tests.portal.connecting import Made, making
from tests.portal.launches import drifted

PATH = f"/records/{CONNECTION_ID}"
NAMES = {
    "provider": "Clinician launch", "patient": "Patient launch", "group-provider": "Group visit: clinician launch",
    "group-patient": "Group visit: patient launch", "direct-sms": "Direct SMS", "device-test": "Device test",
    "sms-configuration": "SMS configuration",
}  # fmt: skip


@pytest.fixture
async def made(world: World) -> AsyncIterator[Made]:
    async with making(world) as making_now:
        yield making_now


async def issued(world: World, connection: str = CONNECTION_ID) -> list[dict[str, Any]]:
    records: list[dict[str, Any]] = (await world.api("admin", "GET", f"/connections/{connection}/records"))["records"]
    return records


def disarmed(value: str) -> str:
    """As the file has it: one fingerprint in 64 begins as a formula does."""
    return f"'{value}" if value.startswith("-") else value


async def at_records(signed_in: Arrive, person: str = "admin", path: str = PATH, **options: Any) -> Visitor:
    """The page, with the clipboard in reach."""
    here = await signed_in(person, path, **options)
    await here.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await here.settled()
    return here


def card(here: Visitor, name: str) -> Locator:
    return here.page.get_by_role("article", name=name, exact=True)


async def clipboard(here: Visitor) -> str:
    text: str = await here.page.evaluate("navigator.clipboard.readText()")
    return text


@pytest.mark.parametrize("person", ["admin", "approver"])
async def test_every_record_has_what_goes_into_epic_and_its_version(
    world: World, signed_in: Arrive, person: str
) -> None:
    here = await at_records(signed_in, person)
    for record in await issued(world):
        shown = card(here, NAMES[record["name"]])
        for value in (
            record["launch_url"],
            record["client_id"],
            *(record["context"].split() if record["name"] == "sms-configuration" else [record["context"]]),
        ):
            await expect(shown.get_by_text(value, exact=True)).to_be_visible()
        await expect(shown.get_by_text(f"Version {record['version']}")).to_be_visible()
        assert await shown.get_by_role("button").count() == 3
    await here.assert_accessible()
    await here.screenshot(f"records-{person}")


async def test_who_has_no_role_sees_no_record(signed_in: Arrive) -> None:
    here = await signed_in("nobody", PATH)
    await expect(here.page.get_by_text("Your account has no role in this portal.")).to_be_visible()
    await expect(here.page.get_by_role("article")).to_have_count(0)


@pytest.mark.parametrize("field", ["Launch URL", "Client id", "Context token"])
async def test_a_field_is_copied_whole_and_that_is_said(world: World, signed_in: Arrive, field: str) -> None:
    here = await at_records(signed_in)
    record = next(one for one in await issued(world) if one["name"] == "group-patient")
    button = here.page.get_by_role("button", name=f"Copy: Group visit: patient launch, {field}")
    await button.focus()
    await here.page.keyboard.press("Enter")
    await expect(here.page.locator("[aria-live=assertive]")).to_have_text("Copied")
    key = {"Launch URL": "launch_url", "Client id": "client_id", "Context token": "context"}[field]
    assert await clipboard(here) == record[key]
    await expect(button).to_be_focused()


async def test_all_are_copied_as_text(world: World, signed_in: Arrive) -> None:
    here = await at_records(signed_in)
    await here.page.get_by_role("button", name="Copy all").click()
    await expect(here.page.get_by_role("button", name="Copy all")).to_have_text("Copied")
    first, *parts = (await clipboard(here)).split("\n\n")
    assert first == f"{here.config.fhir_base} · Testing"
    assert len(parts) == len(NAMES)
    for record in await issued(world):
        part = next(part for part in parts if part.startswith(f"{NAMES[record['name']]} · Version"))
        assert record["version"] in part
        assert all(record[key] in part for key in ("launch_url", "client_id"))
        assert all(thumbprint in part for thumbprint in record["context"].split())


async def test_the_csv_has_every_record_as_the_api_gives_it(world: World, signed_in: Arrive) -> None:
    here = await at_records(signed_in)
    async with here.page.expect_download() as coming:
        await here.page.get_by_role("button", name="Download CSV").click()
    download = await coming.value
    assert download.suggested_filename == "visitbridge-records-testing-localhost.csv"
    text = (await download.path()).read_text("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert rows == [{name: disarmed(value) for name, value in record.items()} for record in await issued(world)]
    await expect(here.page.locator(".toasts")).to_contain_text("The records are downloaded")


async def test_a_download_that_fails_says_so_and_can_be_repeated(signed_in: Arrive) -> None:
    here = await at_records(signed_in)
    await here.page.route("**/records", lambda route: route.abort(), times=1)
    button = here.page.get_by_role("button", name="Download CSV")
    await button.click()
    await expect(here.page.get_by_role("alert")).to_contain_text("The service did not answer.")
    async with here.page.expect_download():
        await button.click()
    await expect(here.page.get_by_role("alert")).to_have_count(0)
    here.complaints.clear()


async def test_group_visits_and_the_device_test_are_explained(signed_in: Arrive) -> None:
    here = await at_records(signed_in)
    groups = here.page.locator("section").filter(has=here.page.get_by_role("heading", name="Group visits", exact=True))
    await expect(groups).to_contain_text("%CONFERENCEID%, the number of the group, in place of %CSN%")
    await expect(groups.get_by_role("article")).to_have_count(2)
    await expect(card(here, "Device test")).to_contain_text("camera, microphone, speaker and connection from MyChart")


async def test_the_sms_configuration_names_feed_connection_and_certificates(world: World, signed_in: Arrive) -> None:
    here = await at_records(signed_in)
    connection = await world.api("admin", "GET", f"/connections/{CONNECTION_ID}")
    shown = card(here, "SMS configuration")
    await expect(shown.locator("dt")).to_have_text(["Feed URL", "Connection id", "Certificate thumbprint"])
    values = [f"{here.config.functions}/api/hl7/{CONNECTION_ID}", CONNECTION_ID]
    values += [certificate["thumbprint"] for certificate in connection["certificates"]]
    await expect(shown.locator("dd .code")).to_have_text(values)


async def test_a_launch_that_differs_is_told_at_its_record_with_what_to_do(world: World, signed_in: Arrive) -> None:
    async with drifted(world):
        here = await at_records(signed_in)
        await here.page.get_by_role("link", name="Clinician launch").click()
        await expect(here.page.get_by_role("heading", name="Clinician launch", exact=True)).to_be_focused()
        note = card(here, "Clinician launch")
        await expect(note.get_by_text("did not fit this record")).to_contain_text(" CST did not fit")
        await expect(note.get_by_role("listitem")).to_have_text([
            "The launch URL is an earlier one, or lacks the connection's id at its end.",
            "The context token does not end with the record's name and version.",
            "The context token lacks “departmentId”.",
            "The context token lacks “userId”.",
            "The context token has “organizerId”, which does not belong there.",
        ])  # fmt: skip
        await expect(note).to_contain_text("Open the record in Epic, in the Testing environment")
        await expect(card(here, "Patient launch").get_by_role("listitem")).to_have_count(0)
        await here.assert_accessible()
        await here.screenshot("records-drift")


async def test_before_approval_records_can_be_prepared_and_what_is_missing_is_said(
    made: Made, signed_in: Arrive
) -> None:
    connection = await made.add(client_ids={"provider": "0b1f6a3e-5d0c-4f1a-9a77-2f4f1d7c8e01"})
    here = await at_records(signed_in, path=f"/records/{connection['id']}")
    await expect(here.page.get_by_text("every launch is refused until the connection is approved")).to_be_visible()
    await expect(here.page.get_by_role("link", name="Go to the approval")).to_have_attribute(
        "href", f"/approve/{connection['id']}"
    )
    patient = card(here, "Patient launch")
    await expect(patient).to_contain_text("There is no client id for this audience yet")
    link = patient.get_by_role("link", name="Enter it in the connection")
    await expect(link).to_have_attribute("href", f"/connections?open={connection['id']}")
    certificate = card(here, "SMS configuration").get_by_role("link", name="Upload it in the SMS set-up")
    await expect(certificate).to_have_attribute("href", f"/sms/{connection['id']}")
    await here.assert_accessible()
    await here.screenshot("records-prepared")
    await link.click()
    await here.page.wait_for_url(f"{here.config.portal}/connections?open={connection['id']}")


async def test_an_approver_is_told_who_enters_what_is_missing(made: Made, signed_in: Arrive) -> None:
    connection = await made.add(client_ids={"provider": "0b1f6a3e-5d0c-4f1a-9a77-2f4f1d7c8e01"})
    here = await at_records(signed_in, "approver", f"/records/{connection['id']}")
    await expect(card(here, "Patient launch")).to_contain_text("An administrator enters it in the connection.")
    await expect(here.page.get_by_role("article").get_by_role("link")).to_have_count(0)


async def test_one_changes_to_another_connection(made: Made, signed_in: Arrive) -> None:
    connection = await made.add()
    here = await at_records(signed_in, path="/records")
    await here.page.get_by_role("link", name="Needs approval").click()
    await expect(card(here, "Clinician launch")).to_contain_text(connection["id"])
    await here.page.get_by_label("Connection", exact=True).select_option(CONNECTION_ID)
    await here.page.wait_for_url(f"{here.config.portal}{PATH}")
    await expect(card(here, "Clinician launch")).to_contain_text(CONNECTION_ID)


async def test_on_paper_there_is_what_goes_into_epic_and_nothing_to_press(signed_in: Arrive) -> None:
    here = await at_records(signed_in)
    await here.page.evaluate("window.print = () => { window.printed = true }")
    await here.page.get_by_role("button", name="Print", exact=True).click()
    assert await here.page.evaluate("window.printed") is True
    await here.page.emulate_media(media="print")
    await expect(here.page.get_by_role("button")).to_have_count(0)
    await expect(here.page.locator(".records-printed")).to_contain_text(f"{here.config.fhir_base}")
    await expect(here.page.locator(".records-printed")).to_contain_text("Testing · Approved · As of ")
    await expect(card(here, "SMS configuration")).to_be_visible()
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    # A4 at 96 dots an inch, less its margins.
    await here.page.set_viewport_size({"width": 718, "height": 1047})
    await here.page.screenshot(path=SCREENSHOTS / "records-print.png", full_page=True)


async def test_what_cannot_be_loaded_says_so_and_can_be_tried_again(signed_in: Arrive) -> None:
    here = await signed_in("admin", "/people")
    await here.page.route("**/records", lambda route: route.abort(), times=1)
    await here.open(PATH)
    await expect(here.page.get_by_role("alert")).to_contain_text("The service did not answer.")
    await here.page.get_by_role("button", name="Try again").click()
    await expect(card(here, "Clinician launch")).to_be_visible()
    await expect(here.page.get_by_role("alert")).to_have_count(0)
    here.complaints.clear()


@pytest.mark.parametrize(
    ("locale", "name", "heading"),
    [("fr-FR", "Lancement clinicien", "Visites de groupe"), ("es-ES", "Inicio del profesional", "Visitas de grupo")],
)
async def test_it_speaks_the_language(signed_in: Arrive, locale: str, name: str, heading: str) -> None:
    here = await at_records(signed_in, locale=locale)
    await expect(card(here, name)).to_be_visible()
    await expect(here.page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
