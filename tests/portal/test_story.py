"""The whole story in the portal: from an empty tenant to records in the clipboard, by two people in two browsers.

Each test has a stack of its own: an empty tenant is empty once.
"""

import csv
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.async_api import Browser, Locator, expect

from local.config import EPIC_CLIENT_IDS, PEOPLE
from local.demo.steps import until
from local.demo.world import World
from local.stack import Stack, running
from tests.portal.browser import Visitor, visitor

Person = Callable[..., Awaitable[Visitor]]
CLIPBOARD = ["clipboard-read", "clipboard-write"]
BUYING_MS = 60_000
CLIENTS = ("provider", "patient")
ADA, PRIYA = PEOPLE["admin"].name, PEOPLE["approver"].name
# What the trail tells in the end, newest first: what, by whom, about what.
TRAIL = (
    ("Connection approved", PRIYA, "Testing"),
    ("Sender certificate added", ADA, "Testing"),
    ("SMS set-up changed", ADA, "Testing"),
    ("Number verification recorded", ADA, "NUMBER"),
    ("Phone number obtained", ADA, "NUMBER"),
    ("Phone number requested", ADA, "United States, Toll-free"),
    ("Consent given", ADA, "Patients agree to texts"),
    ("Consent given", ADA, "Sending texts on your behalf"),
    ("Connection added", ADA, "Testing"),
)


@pytest.fixture
async def empty() -> AsyncIterator[Stack]:
    """A stack on which nobody has set up anything."""
    async with running(seed_connection=False, say=lambda _: None) as stack:
        yield stack


@pytest.fixture
async def world(empty: Stack) -> AsyncIterator[World]:
    """The same from outside: the hospital's Epic, the carrier."""
    async with World(empty.config) as seen:
        yield seen


@pytest.fixture
async def person(empty: Stack, chromium: Browser) -> AsyncIterator[Person]:
    """Someone's own browser. In the end no page of theirs has complained."""
    people: list[Visitor] = []

    async def comes(*, mouse: bool = True) -> Visitor:
        here = await visitor(chromium, empty.config, permissions=CLIPBOARD)
        if not mouse:
            await here.page.add_init_script("onpointerdown = () => console.error('a mouse was used')")
        people.append(here)
        return here

    yield comes
    for here in people:
        await here.context.close()
    assert [complaint for here in people for complaint in here.complaints] == []


async def clipboard(here: Visitor) -> str:
    text: str = await here.page.evaluate("navigator.clipboard.readText()")
    return text


def section(here: Visitor, title: str) -> Locator:
    return here.page.locator("section").filter(has=here.page.get_by_role("heading", name=title))


async def to(here: Visitor, page: str) -> None:
    """Goes on by the navigation."""
    await here.page.get_by_role("navigation", name="Pages").get_by_role("link", name=page).click()
    await here.heading(page)


async def connect(admin: Visitor) -> None:
    """The first connection, with the approver picked as one types. It asks for approval."""
    page = admin.page
    await expect(page.get_by_role("heading", name="Connect your Epic")).to_be_visible()
    await admin.screenshot("story-1-empty")
    await page.get_by_role("main").get_by_role("link", name="Add connection").click()
    await page.get_by_label("FHIR base URL").fill(admin.config.fhir_base)
    await page.get_by_label("FHIR base URL").press("Tab")
    await expect(page.get_by_text(re.compile("Usable: FHIR R4"))).to_be_visible()
    await expect(page.get_by_role("radio", name="Testing")).to_be_checked()
    await page.get_by_role("combobox", name="Time zone").fill("Chicago")
    await page.get_by_role("option", name="Chicago").first.click()
    await page.get_by_role("combobox", name="Approver").fill("priya")
    await page.get_by_role("option", name=re.compile("Priya Raman")).click()
    await page.get_by_role("textbox", name=re.compile("^Clinicians")).fill(EPIC_CLIENT_IDS["provider"])
    await page.get_by_role("textbox", name=re.compile("^Patients")).fill(EPIC_CLIENT_IDS["patient"])
    await admin.assert_accessible()
    await page.get_by_role("button", name="Save and ask for approval").click()
    await expect(page.get_by_role("heading", name="Needs approval (1)")).to_be_visible()
    await admin.screenshot("story-2-waiting")


async def consent_and_get_a_number(admin: Visitor, world: World) -> str:
    """Both consents, then a number, over a reload in the middle; the carriers verify it. Returns the number."""
    page = admin.page
    await to(admin, "SMS notifications")
    consents = section(admin, "Consents").get_by_role("checkbox")
    await expect(consents).to_have_count(2)
    for box in await consents.all():
        await box.click()
    await expect(page.get_by_text("Texts may be sent")).to_be_visible()
    await world.control("PUT", "/sms/orders", json={"seconds": 3600})
    await page.get_by_role("button", name="Get a new number").click()
    await page.get_by_role("dialog").get_by_role("button", name="Get the number").click()
    await expect(page.get_by_role("progressbar")).to_be_visible()
    await page.reload()
    await expect(page.get_by_role("progressbar")).to_be_visible()
    await admin.screenshot("story-3-number")
    await world.control("PUT", "/sms/orders", json={"seconds": 0.1})
    bought = page.get_by_role("alert").filter(has_text="is yours")
    await expect(bought).to_be_visible(timeout=BUYING_MS)
    shown = ((await bought.text_content()) or "").partition(" is yours")[0].strip()
    await page.get_by_role("row").filter(has_text=shown).get_by_role("button", name="Record the verification").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("radio", name="Verified", exact=True).check()
    await dialog.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("row").filter(has_text=shown)).to_contain_text("Verified")
    return re.sub(r"[^+\d]", "", shown)


async def set_up_texts(admin: Visitor, number: str) -> None:
    """The number, the rules and the certificate of the hospital's interface engine."""
    page = admin.page
    await to(admin, "SMS set-up")
    await page.get_by_label("Phone number").select_option(number)
    await page.get_by_label("Organisation name").fill("Northlake Health")
    await page.get_by_role("checkbox", name="Send texts to patients of this connection").check()
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(page.get_by_text("Everything is saved.")).to_be_visible()
    await page.get_by_label("Upload a certificate").set_input_files(admin.config.sender_certificate)
    await expect(page.get_by_text("Certificate added")).to_be_visible()
    await admin.screenshot("story-4-texts")


async def approval_link(admin: Visitor) -> str:
    """What the admin sends to the analyst. Returns its path."""
    await to(admin, "Connections")
    await admin.page.get_by_role("button", name="Copy the approval link").click()
    await expect(admin.page.get_by_text("Copied").first).to_be_visible()
    link = await clipboard(admin)
    assert link.startswith(f"{admin.config.portal}/approve/")
    return link.removeprefix(admin.config.portal)


async def sign_in_to_epic(analyst: Visitor) -> None:
    """On Epic's own page, with the analyst's account there."""
    page = analyst.page
    await page.get_by_role("button", name="Sign in to Epic").click()
    await page.get_by_label("User name").fill(PEOPLE["approver"].epic_username)
    await page.get_by_label("Password").fill(PEOPLE["approver"].epic_password)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_text("You are signed in to Epic.")).to_be_visible()


async def approve(analyst: Visitor) -> None:
    """Sees everything that will be approved, only then approves it."""
    page = analyst.page
    await expect(page.get_by_text("Sign in to Epic first, in step 1.")).to_be_visible()
    await sign_in_to_epic(analyst)
    look = section(analyst, "See what is approved")
    for text in (analyst.config.fhir_base, "Testing", "Priya Raman", *(EPIC_CLIENT_IDS[a] for a in CLIENTS)):
        await expect(look).to_contain_text(text)
    await analyst.assert_accessible()
    await analyst.screenshot("story-5-decide")
    await page.get_by_role("button", name="Approve", exact=True).click()
    await expect(page.get_by_text(re.compile("You approved this connection on"))).to_be_visible()
    await analyst.screenshot("story-6-approved")


async def take_records(analyst: Visitor) -> None:
    """One field copied, all of them, and the file."""
    page = analyst.page
    await page.get_by_role("link", name="Get the records").click()
    await analyst.heading("Records")
    await page.get_by_role("button", name="Copy: Clinician launch, Launch URL").click()
    launch = await clipboard(analyst)
    assert launch.startswith(f"{analyst.config.functions}/api/launch/epic/provider/")
    await page.get_by_role("button", name="Copy all").click()
    await expect(page.get_by_text("Copied").first).to_be_visible()
    everything = await clipboard(analyst)
    async with page.expect_download() as coming:
        await page.get_by_role("button", name="Download CSV").click()
    lines = list(csv.DictReader((await (await coming.value).path()).read_text(encoding="utf-8-sig").splitlines()))
    assert [line["launch_url"] for line in lines if line["name"] == "provider"] == [launch]
    for line in lines:
        assert line["launch_url"] in everything
        assert line["context"] in everything
    await analyst.screenshot("story-7-records")


async def see_that_it_is_well(admin: Visitor) -> None:
    """The doctor has nothing to complain of."""
    page = admin.page
    await to(admin, "Health")
    await expect(page.get_by_role("heading", name="Everything that can be checked works")).to_be_visible(timeout=20_000)
    await admin.screenshot("story-8-health")


async def see_what_was_done(admin: Visitor, number: str) -> None:
    """Each step is in the trail, under the name of who took it."""
    page = admin.page
    await to(admin, "Activity")
    rows = page.get_by_role("row").filter(has=page.get_by_role("rowheader"))
    await expect(rows.first).to_be_visible()
    await admin.settled()
    texts = [" ".join(text.split()) for text in await rows.all_inner_texts()]
    grouped = f"{number[:2]} {number[2:5]} {number[5:8]} {number[8:]}"
    for text, (action, who, about) in zip(texts, TRAIL, strict=True):
        for part in (action, who, about.replace("NUMBER", grouped)):
            assert part in text, text
    await admin.screenshot("story-9-activity")


async def visits_begin(world: World, number: str) -> None:
    """It is in service: Epic's signed message is taken, and the patient's text leaves from the new number."""
    connection = (await world.api("admin", "GET", "/connections"))["connections"][0]["id"]
    csn = await world.book(datetime.now(UTC) + timedelta(days=2))
    answer = await world.send(csn, "S12", connection)
    assert "|AA|" in answer["ack"], answer

    async def text() -> dict[str, Any] | None:
        return next(iter(await world.messages()), None)

    sent = await until(text, "the confirmation")
    assert (sent["from"], sent["to"]) == (number, PEOPLE["patient"].phone)
    assert sent["message"].startswith("Northlake Health")


async def test_from_an_empty_tenant_to_records_copied(person: Person, world: World) -> None:
    admin, analyst = await person(), await person()
    await admin.sign_in("admin")
    await connect(admin)
    number = await consent_and_get_a_number(admin, world)
    await set_up_texts(admin, number)
    link = await approval_link(admin)

    await analyst.sign_in("approver", link)
    await approve(analyst)
    await take_records(analyst)

    await see_that_it_is_well(admin)
    await see_what_was_done(admin, number)
    await visits_begin(world, number)


async def focus(here: Visitor, target: Locator) -> None:
    """Presses Tab until the control has the focus."""
    await expect(target).to_be_visible()
    for _ in range(80):
        if await target.evaluate("element => element === document.activeElement"):
            return
        await here.page.keyboard.press("Tab")
    raise AssertionError(f"no way by Tab to {target}")


async def press(here: Visitor, target: Locator, key: str = "Enter") -> None:
    await focus(here, target)
    await here.page.keyboard.press(key)


async def type_in(here: Visitor, target: Locator, text: str) -> None:
    await focus(here, target)
    await here.page.keyboard.type(text)


async def pick(here: Visitor, field: str, text: str) -> None:
    """Finds by typing, takes the first that is found."""
    await type_in(here, here.page.get_by_role("combobox", name=field), text)
    await expect(here.page.get_by_role("option").first).to_be_visible()
    await here.page.keyboard.press("ArrowDown")
    await here.page.keyboard.press("Enter")


async def enter_by_keyboard(here: Visitor, name: str, path: str = "/") -> None:
    """The sign-in at Microsoft's page, without a mouse."""
    page = here.page
    await here.open(path)
    await press(here, page.get_by_role("main").get_by_role("button", name="Sign in"))
    await type_in(here, page.get_by_label("Username"), PEOPLE[name].username)
    await type_in(here, page.get_by_label("Password"), PEOPLE[name].password)
    await page.keyboard.press("Enter")


async def test_connecting_and_approving_by_keyboard_alone(person: Person, world: World) -> None:
    admin = await person(mouse=False)
    page = admin.page
    await enter_by_keyboard(admin, "admin")
    await press(admin, page.get_by_role("main").get_by_role("link", name="Add connection"))
    await expect(page.get_by_role("heading", name="New connection")).to_be_focused()
    await type_in(admin, page.get_by_label("FHIR base URL"), admin.config.fhir_base)
    await focus(admin, page.get_by_role("radio", name="Testing"))
    await page.keyboard.press("ArrowDown")
    await expect(page.get_by_role("radio", name="Production")).to_be_checked()
    await page.keyboard.press("ArrowUp")
    await expect(page.get_by_role("radio", name="Testing")).to_be_checked()
    await pick(admin, "Time zone", "Chicago")
    await pick(admin, "Approver", "Priya Raman")
    await type_in(admin, page.get_by_role("textbox", name=re.compile("^Clinicians")), EPIC_CLIENT_IDS["provider"])
    await type_in(admin, page.get_by_role("textbox", name=re.compile("^Patients")), EPIC_CLIENT_IDS["patient"])
    await expect(page.get_by_text(re.compile("Usable: FHIR R4"))).to_be_visible()
    await press(admin, page.get_by_role("button", name="Save and ask for approval"))
    await expect(page.get_by_role("heading", name="Needs approval (1)")).to_be_visible()
    await press(admin, page.get_by_role("button", name="Copy the approval link"))
    await expect(page.get_by_text("Copied").first).to_be_visible()
    link = (await clipboard(admin)).removeprefix(admin.config.portal)

    analyst = await person(mouse=False)
    await enter_by_keyboard(analyst, "approver", link)
    page = analyst.page
    await press(analyst, page.get_by_role("button", name="Sign in to Epic"))
    await type_in(analyst, page.get_by_label("User name"), PEOPLE["approver"].epic_username)
    await type_in(analyst, page.get_by_label("Password"), PEOPLE["approver"].epic_password)
    await page.keyboard.press("Enter")
    await press(analyst, page.get_by_role("button", name="Approve", exact=True))
    await expect(page.get_by_text(re.compile("You approved this connection on"))).to_be_visible()
    await press(analyst, page.get_by_role("link", name="Get the records"))
    await expect(page.get_by_role("heading", level=1, name="Records")).to_be_focused()
    await press(analyst, page.get_by_role("button", name="Copy: Patient launch, Context token"))
    await expect(page.get_by_text("Copied").first).to_be_attached()
    assert "sessionId=%CSN%" in await clipboard(analyst)
    assert (await world.api("admin", "GET", "/connections"))["connections"][0]["state"] == "approved"
