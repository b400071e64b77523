"""The components by themselves: keyboard, names, what is read aloud. Without an API: `portal/gallery`."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import uvicorn
from playwright.async_api import Browser, Page, expect

from local import node, ports
from local.config import StackConfig
from local.portal import create
from tests.portal.browser import Visitor, visitor

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
# Everything to press, and how high it is, for what is lower than 44 pixels.
TOO_LOW = """[...document.querySelectorAll('button, select, .input, a.button')]
    .map(each => [each.outerHTML.slice(0, 80), each.getBoundingClientRect().height])
    .filter(([, height]) => height > 0 && height < 44)"""


@pytest.fixture(scope="module")
async def gallery(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[StackConfig]:
    """The page of all components, under the portal's policy."""
    folder = tmp_path_factory.mktemp("gallery")
    async with node.lock():
        await node.packages(node.PORTAL, lambda _: None, "", development=True)
    await node.npm("run", "build", folder=node.PORTAL, PORTAL_OUT=str(folder), GALLERY="1")
    (folder / "staticwebapp.config.json").write_text(json.dumps({"globalHeaders": {"Content-Security-Policy": POLICY}}))
    config = StackConfig(Path(folder), ports.choose(None), {})
    server = uvicorn.Server(uvicorn.Config(create(folder), port=config.ports["portal"], log_level="warning"))
    serving = asyncio.create_task(server.serve())
    async with httpx.AsyncClient(transport=httpx.AsyncHTTPTransport(retries=5)) as client:
        await client.get(config.portal)
    yield config
    server.should_exit = True
    await serving


@pytest.fixture
async def here(chromium: Browser, gallery: StackConfig) -> AsyncIterator[Visitor]:
    """Someone who looks at it."""
    someone = await visitor(chromium, gallery)
    await someone.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await someone.open()
    await someone.heading("Components")
    # One loading state never ends; everything else must come to rest.
    await someone.page.evaluate("document.querySelector('.loading').removeAttribute('aria-busy')")
    yield someone
    await someone.context.close()
    assert someone.complaints == []


@pytest.fixture
def page(here: Visitor) -> Page:
    return here.page


async def test_every_component_is_accessible_in_both_themes(here: Visitor) -> None:
    await expect(here.page.get_by_role("alert")).to_be_visible()
    await here.assert_accessible()
    await here.page.get_by_role("button", name="Open a dialog").click()
    await here.assert_accessible()


async def test_every_component_is_kept_to_be_looked_at(here: Visitor) -> None:
    await here.screenshot("components")


async def test_a_field_is_checked_when_it_is_left_and_forgiven_while_typing(page: Page) -> None:
    field = page.get_by_label("FHIR base URL", exact=True)
    await field.fill("http://")
    await expect(field).not_to_have_attribute("aria-invalid", "true")
    await field.press("Tab")
    await expect(field).to_have_attribute("aria-invalid", "true")
    await expect(field).to_have_accessible_description("The address begins with https:// As launches send it.")
    await field.fill("https://epic.example")
    await expect(field).not_to_have_attribute("aria-invalid", "true")
    await expect(field).to_have_accessible_description("As launches send it.")


async def test_the_combobox_finds_and_chooses_by_keyboard(page: Page) -> None:
    field = page.get_by_role("combobox", name="Approver")
    await field.press_sequentially("ad")
    await expect(page.get_by_role("option")).to_have_count(2)
    await expect(field).to_have_attribute("aria-expanded", "true")
    await expect(page.get_by_role("status").filter(has_text="2 results")).to_be_attached()
    await field.press("ArrowDown")
    await field.press("ArrowDown")
    active = await field.get_attribute("aria-activedescendant")
    await expect(page.locator(f"[id='{active}']")).to_have_attribute("aria-selected", "true")
    await field.press("Enter")
    await expect(field).to_have_value("Adele Wong")
    await expect(field).to_have_attribute("aria-expanded", "false")


async def test_the_combobox_gives_back_what_was_chosen_when_it_is_left(page: Page) -> None:
    field = page.get_by_role("combobox", name="Approver")
    await field.press_sequentially("priya")
    await page.get_by_role("option", name="Priya Raman").click()
    await field.press_sequentially("nobody like that")
    await expect(page.get_by_text("Nothing found").first).to_be_visible()
    await field.press("Escape")
    await expect(field).to_have_value("Priya Raman")
    await field.fill("offline")
    await expect(field).to_have_accessible_description(
        "The service did not answer. Check your network, then try again. Type a name."
    )
    await field.press("Tab")
    await expect(field).to_have_value("Priya Raman")
    await field.fill("")
    await field.press("Tab")
    await expect(field).to_have_value("")


async def test_a_dialog_keeps_the_focus_and_gives_it_back(page: Page) -> None:
    opener = page.get_by_role("button", name="Open a dialog")
    await opener.press("Enter")
    dialog = page.get_by_role("dialog", name="A dialog")
    await expect(dialog).to_be_visible()
    for _ in range(6):
        await page.keyboard.press("Tab")
        outside = await page.evaluate(
            "!document.activeElement.closest('dialog') && document.activeElement !== document.body"
        )
        assert not outside
    await page.keyboard.press("Escape")
    await expect(dialog).to_be_hidden()
    await expect(opener).to_be_focused()


async def test_what_hurts_is_asked_with_cancel_at_hand(page: Page) -> None:
    opener = page.get_by_role("button", name="Remove connection")
    await opener.click()
    await expect(page.get_by_role("button", name="Cancel").last).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(opener).to_be_focused()


async def test_tabs_go_by_arrow_keys(page: Page) -> None:
    tabs = page.get_by_role("tablist", name="Languages")
    await tabs.get_by_role("tab", name="One").focus()
    await page.keyboard.press("ArrowLeft")
    await expect(tabs.get_by_role("tab", name="Three")).to_be_focused()
    await expect(page.get_by_role("tabpanel", name="Three")).to_have_text("Panel three")
    await page.keyboard.press("Home")
    await expect(tabs.get_by_role("tab", name="One")).to_have_attribute("aria-selected", "true")


async def test_copying_is_said_aloud(page: Page) -> None:
    await page.get_by_role("button", name="Copy the client id").click()
    await expect(page.locator("[aria-live=assertive]")).to_have_text("Copied")
    assert await page.evaluate("navigator.clipboard.readText()") == "copied text"


async def test_news_are_said_politely_and_can_be_closed(page: Page) -> None:
    await page.get_by_role("button", name="Say something").click()
    news = page.get_by_role("status").filter(has_text="Connection saved")
    await expect(news).to_be_visible()
    await news.get_by_role("button", name="Close").click()
    await expect(news).to_have_count(0)


async def test_a_busy_button_keeps_the_focus_and_a_failure_is_said(page: Page) -> None:
    button = page.get_by_role("button", name="Fail")
    await button.press("Enter")
    await expect(page.get_by_role("alert").filter(has_text="connection.in_use")).to_be_visible()
    await expect(button).to_be_focused()


async def test_a_file_is_chosen_by_the_browsers_own_control(page: Page) -> None:
    field = page.get_by_label("Certificate")
    await field.set_input_files({"name": "sender.pfx", "mimeType": "application/x-pkcs12", "buffer": b"x"})
    await expect(field).to_have_accessible_description("One .cer file. sender.pfx holds a private key.")


async def test_a_table_is_a_table_on_a_phone_too(here: Visitor) -> None:
    await here.page.set_viewport_size({"width": 390, "height": 844})
    table = here.page.get_by_role("table", name="Connections")
    await expect(table.get_by_role("rowheader")).to_have_count(2)
    await expect(table.get_by_role("columnheader", name="State")).to_be_attached()
    await expect(table.get_by_role("cell", name="Needs approval")).to_be_visible()
    assert not await here.page.evaluate("document.documentElement.scrollWidth > innerWidth"), "it scrolls sideways"


async def test_fingers_have_room(chromium: Browser, gallery: StackConfig) -> None:
    """44 pixels for everything to press, on a screen for fingers: WCAG 2.5.5."""
    here = await visitor(chromium, gallery, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    await here.open()
    await here.heading("Components")
    small = await here.page.evaluate(TOO_LOW)
    await here.context.close()
    assert small == []


async def test_on_paper_there_are_no_buttons(here: Visitor) -> None:
    await here.page.emulate_media(media="print")
    await expect(here.page.get_by_role("button", name="Save")).to_be_hidden()
    await expect(here.page.get_by_role("cell", name="Approved", exact=True)).to_be_visible()
