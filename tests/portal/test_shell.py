"""The frame around the pages: places, keyboard, languages, themes, phones."""

from playwright.async_api import expect

from tests.portal.browser import PHONE, Visitor
from tests.portal.conftest import Arrive


async def test_the_start_is_the_step_one_was_at(signed_in: Arrive) -> None:
    here = await signed_in("admin")
    await here.heading("Connections")
    await here.page.get_by_role("navigation", name="Steps").get_by_role("link").click()
    await here.heading("SMS notifications")
    await here.page.get_by_role("link", name="Health").click()
    await here.heading("Health")
    await here.open("/")
    await here.heading("SMS notifications")


async def test_there_is_a_page_for_addresses_without_one(signed_in: Arrive) -> None:
    here = await signed_in("admin", "/nowhere/at/all")
    await here.heading("Page not found")
    await here.assert_accessible()
    await here.page.get_by_role("link", name="To the start").click()
    await here.heading("Connections")


async def test_back_and_forward_go_through_the_pages(signed_in: Arrive) -> None:
    here = await signed_in("admin", "/people")
    await here.heading("People")
    await here.page.get_by_role("link", name="Activity").click()
    await here.heading("Activity")
    await here.page.go_back()
    await here.heading("People")
    await here.page.go_forward()
    await here.heading("Activity")


async def test_the_keyboard_goes_everywhere(signed_in: Arrive) -> None:
    """From the top: skip link, the navigation, and after a move the new page's heading has the focus."""
    here = await signed_in("admin", "/people")
    await here.heading("People")
    page = here.page
    await page.evaluate("document.activeElement.blur()")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("main")).to_be_focused()
    activity = page.get_by_role("link", name="Activity")
    for _ in range(40):
        await page.keyboard.press("Shift+Tab")
        if await activity.evaluate("link => link === document.activeElement"):
            break
    await expect(activity).to_be_focused()
    assert await activity.evaluate("link => getComputedStyle(link).outlineStyle") == "solid"
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1, name="Activity")).to_be_focused()


async def test_the_language_is_the_browsers_then_the_one_chosen(someone: Arrive) -> None:
    here = await someone(locale="fr-CA")
    await here.heading("Des visites vidéo, du dossier médical à Teams")
    await here.page.get_by_label("Langue").select_option("Español")
    await here.heading("Visitas por vídeo, de la historia clínica a Teams")
    assert await here.page.evaluate("document.documentElement.lang") == "es"
    await here.page.reload()
    await here.heading("Visitas por vídeo, de la historia clínica a Teams")
    await here.assert_accessible()


async def test_an_unknown_language_gets_english(someone: Arrive) -> None:
    here = await someone(locale="de-DE")
    await here.heading("Video visits, from the chart into Teams")


async def test_the_page_that_is_open_speaks_the_chosen_language(signed_in: Arrive) -> None:
    here = await signed_in("admin", "/people")
    await here.page.get_by_label("Language").select_option("Français")
    await here.heading("Personnes")
    await expect(here.page.get_by_role("link", name="Activité")).to_be_visible()


async def test_the_theme_is_the_systems_then_the_one_chosen(someone: Arrive) -> None:
    here = await someone(color_scheme="dark")
    dark = await background(here)
    await here.page.get_by_label("Theme").select_option("Light")
    light = await background(here)
    assert light != dark
    await here.page.reload()
    assert await background(here) == light
    await here.page.get_by_label("Theme").select_option("As the system")
    assert await background(here) == dark


async def background(here: Visitor) -> str:
    """The colour behind everything."""
    await expect(here.page.get_by_label("Theme")).to_be_visible()
    found: str = await here.page.evaluate("getComputedStyle(document.body).backgroundColor")
    return found


async def test_on_a_phone_the_navigation_is_behind_a_button(signed_in: Arrive) -> None:
    here = await signed_in("admin", "/people", viewport=PHONE, has_touch=True)
    await here.heading("People")
    links = here.page.get_by_role("navigation", name="Pages")
    await expect(links).to_be_hidden()
    await here.page.get_by_role("button", name="Menu").click()
    await here.assert_accessible()
    await links.get_by_role("link", name="Health").click()
    await here.heading("Health")
    await expect(links).to_be_hidden()
    wide = await here.page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert not wide, "it scrolls sideways"
