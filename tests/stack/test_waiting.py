"""The patient's page in a real browser, in each of its states: too early, waiting, moved, offline, a server that cannot,
another browser, blocked, over, cancelled; with a locked phone, without a script, with a keyboard.
"""

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Browser, BrowserContext, Page, Route, async_playwright, expect

from local.browser import Browser as Plain
from local.config import PEOPLE
from local.demo.steps import until
from local.epic.schedule import Appointment
from tests.portal.browser import PHONE, axe
from tests.stack.conftest import ARGUMENTS, CHROMIUM, Hospital

DOCTOR = PEOPLE["clinician"]
ROOM = "**/l/meetup-join/**"
ZONE = ZoneInfo("America/Chicago")
STATUS = "**/api/visits/*/status*"
# What Chromium says of itself in a window inside another app.
IN_AN_APP = (
    "Mozilla/5.0 (Linux; Android 15; Pixel 9; wv) AppleWebKit/537.36 Version/4.0 Chrome/142.0 Mobile Safari/537.36"
)
HIDDEN = """hidden => {
  Object.defineProperty(document, 'hidden', {configurable: true, get: () => hidden});
  document.dispatchEvent(new Event('visibilitychange'));
}"""


# Timers of more than two seconds never ring, as on a locked phone; or ring soon, and `waits` has what was asked for, in s.
FROZEN = "const ring = setTimeout; window.setTimeout = (run, ms) => ms > 2000 ? 0 : ring(run, ms);"
QUICK = """window.waits = []; const ring = setTimeout; window.setTimeout = (run, ms) => {
  if (ms <= 2000 || ms === 10000) return ring(run, ms);
  waits.push(ms / 1000);
  return ring(run, 200);
};"""


@pytest.fixture
async def window(hospital: Hospital) -> AsyncIterator[Callable[..., Any]]:
    """Sets when patients of the demo connection may come in, and sets it back to any time."""
    path = f"/connections/{hospital.connection}"

    async def change(**room: int | None) -> None:
        await hospital.world.api("admin", "PATCH", path, json={"room": room})

    yield change
    await change(early_minutes=None, late_minutes=120)


async def a_phone(chromium: Browser, **options: Any) -> BrowserContext:
    """A patient's phone, which trusts the run's authority."""
    given: dict[str, Any] = {
        "viewport": PHONE,
        "has_touch": True,
        "locale": "en-US",
        "permissions": ["camera", "microphone"],
    } | options
    context = await chromium.new_context(ignore_https_errors=True, **given)
    context.set_default_timeout(30_000)
    return context


async def a_page(context: BrowserContext) -> tuple[Page, list[str]]:
    """A page, and what its console complains of."""
    page, complaints = await context.new_page(), list[str]()
    page.on("console", lambda it: complaints.append(it.text) if it.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return page, complaints


def soon(minutes: float) -> datetime:
    return (datetime.now(UTC) + timedelta(minutes=minutes)).replace(microsecond=0)


async def address_of(hospital: Hospital, appointment: Appointment) -> str:
    return f"{hospital.config.functions}/api/v/{await hospital.link(appointment)}"


async def an_address(hospital: Hospital, minutes: float = 2880) -> tuple[str, Appointment]:
    """The link of a visit that begins so soon, and its appointment."""
    appointment = await hospital.booked(start=soon(minutes))
    known = {"csn": appointment.csn, "start": appointment.start.isoformat()}
    await hospital.world.control("POST", "/epic/appointments", json=known)
    return await address_of(hospital, appointment), appointment


async def with_a_room(hospital: Hospital) -> tuple[str, str]:
    """A visit that its clinician has launched: the patient's address, and the room's."""
    address, appointment = await an_address(hospital)
    return address, await launched(hospital, appointment.csn)


async def launched(hospital: Hospital, csn: str) -> str:
    """The clinician launches the visit, and comes into its room."""
    async with Plain(str(hospital.config.bundle)) as browser:
        page = await browser.open(await hospital.launch(csn, user=DOCTOR.epic_username))
        if str(page.url).startswith(hospital.config.entra):
            page = await browser.submit(page, username=DOCTOR.username, password=DOCTOR.password)
        return str(page.url)


async def holds(page: Page, expression: str) -> None:
    """Waits until something is true on the page, whose policy forbids Playwright's own way of waiting for it."""

    async def look() -> bool:
        return bool(await page.evaluate(expression))

    await until(look, expression)


async def accessible(page: Page) -> None:
    schemes: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")
    for scheme in schemes:
        await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found = await axe(page)
        assert found == [], f"{scheme}: " + "\n".join(found)


def heading(page: Page, name: str) -> Any:
    return expect(page.get_by_role("heading", level=1, name=name))


async def test_too_early_says_when_in_the_facility_s_zone_and_goes_on_when_the_time_comes(
    hospital: Hospital, chromium: Browser, window: Callable[..., Any]
) -> None:
    await window(early_minutes=30)
    address, appointment = await an_address(hospital, 45)
    page, complaints = await a_page(await a_phone(chromium, timezone_id="Asia/Tokyo"))
    await page.add_init_script(QUICK)
    await page.goto(address)
    await heading(page, "You are early").to_be_visible()
    opens = (appointment.start - timedelta(minutes=30)).astimezone(ZONE)
    await expect(page.get_by_role("status")).to_contain_text(f"{opens.hour % 12 or 12}:{opens:%M %p %Z}")
    await accessible(page)
    waits = await page.evaluate("waits")
    assert [wait for wait in waits if not 60 <= wait <= 61] == [], "it asks once a minute, so long before"
    await window(early_minutes=60)
    await heading(page, "Your care team is getting ready").to_be_visible()
    await expect(page.get_by_text("Until then you can close this page.")).to_be_hidden()
    assert complaints == []


async def test_clinicians_are_not_held_back_and_a_patient_of_the_portal_is(
    hospital: Hospital, chromium: Browser, window: Callable[..., Any]
) -> None:
    await window(early_minutes=30)
    csn = await hospital.scheduled(start=soon(90))
    room = await launched(hospital, csn)
    assert "/l/meetup-join/" in room
    page, _ = await a_page(await a_phone(chromium))
    await page.goto(await hospital.launch(csn, "patient"))
    await heading(page, "You are early").to_be_visible()
    await window(early_minutes=120)
    await page.evaluate("window.dispatchEvent(new Event('online'))")
    await page.wait_for_url(ROOM)
    assert page.url == room


async def test_a_visit_that_is_moved_shows_its_new_time_without_a_reload(hospital: Hospital, chromium: Browser) -> None:
    address, appointment = await an_address(hospital)
    page, complaints = await a_page(await a_phone(chromium))
    await page.goto(address)
    await page.evaluate("window.same = true")
    later = replace(appointment, start=appointment.start + timedelta(hours=3))
    await hospital.send(later, "S13")
    local = later.start.astimezone(ZONE)
    await expect(page.get_by_role("status")).to_contain_text(f"{local.hour % 12 or 12}:{local:%M %p}")
    await expect(page.get_by_role("status")).to_contain_text("The booking was changed.")
    assert await page.evaluate("window.same"), "the page was loaded again"
    await accessible(page)
    assert complaints == []


async def test_a_cancelled_visit_says_so_by_itself_in_the_chosen_language(
    hospital: Hospital, chromium: Browser
) -> None:
    address, appointment = await an_address(hospital)
    page, _ = await a_page(await a_phone(chromium))
    await page.goto(address)
    await page.get_by_role("link", name="Español").click()
    await heading(page, "Su equipo médico se está preparando").to_be_visible()
    await hospital.send(appointment, "S15")
    await heading(page, "Esta consulta fue cancelada.").to_be_visible()
    await expect(page.get_by_text("Para otra cita, llame a la clínica.")).to_be_visible()
    await accessible(page)
    await page.get_by_role("link", name="English").click()
    await heading(page, "This visit was cancelled.").to_be_visible()


async def test_over_says_so_and_a_page_that_is_open_hears_it(
    hospital: Hospital, chromium: Browser, window: Callable[..., Any]
) -> None:
    # Its 30 minutes ended 10 minutes ago.
    address, appointment = await an_address(hospital, 30)
    await hospital.send(replace(appointment, start=soon(-40)), "S13")
    page, _ = await a_page(await a_phone(chromium))
    await page.goto(address)
    await heading(page, "Your care team is getting ready").to_be_visible()
    await window(late_minutes=0)
    await page.evaluate("window.dispatchEvent(new Event('online'))")
    await heading(page, "This visit is over.").to_be_visible()
    await expect(page.get_by_text("call the clinic.")).to_be_visible()
    await accessible(page)


async def test_a_locked_phone_comes_back_into_the_room(hospital: Hospital, chromium: Browser) -> None:
    """Nothing runs on a locked phone and its network is gone; what happened meanwhile is there when it wakes."""
    address, appointment = await an_address(hospital)
    context = await a_phone(chromium)
    page, _ = await a_page(context)
    await page.add_init_script(FROZEN)
    async with page.expect_response(STATUS):
        await page.goto(address)
    await page.evaluate(HIDDEN, True)
    await context.set_offline(True)
    await expect(page.get_by_role("alert")).to_contain_text("You are offline.")
    await accessible(page)
    room = await launched(hospital, appointment.csn)
    await page.evaluate(HIDDEN, False)
    await context.set_offline(False)
    await page.wait_for_url(ROOM)
    assert page.url == room


@pytest.mark.parametrize("woken", ["visibilitychange", "online"])
async def test_the_page_asks_at_once_when_it_is_seen_or_online_again(
    hospital: Hospital, chromium: Browser, woken: str
) -> None:
    address, appointment = await an_address(hospital)
    page, _ = await a_page(await a_phone(chromium))
    await page.add_init_script(FROZEN)
    async with page.expect_response(STATUS):
        await page.goto(address)
    room = await launched(hospital, appointment.csn)
    assert page.url == address, "it asked by itself: the test proves nothing"
    target = "document" if woken == "visibilitychange" else "window"
    await page.evaluate(f"{target}.dispatchEvent(new Event('{woken}'))")
    await page.wait_for_url(ROOM)
    assert page.url == room


async def test_a_phone_whose_clock_is_wrong_goes_on_at_the_right_time(
    hospital: Hospital, chromium: Browser, window: Callable[..., Any]
) -> None:
    await window(early_minutes=30)
    address, _ = await an_address(hospital, 90)
    page, _ = await a_page(await a_phone(chromium))
    await page.add_init_script(QUICK + "const clock = Date.now; Date.now = () => clock() + 3 * 86400000;")
    opens = datetime.now(UTC) + timedelta(seconds=30)

    async def early(route: Route) -> None:
        seen = {
            "state": "early",
            "join_url": None,
            "when_text": "then",
            "opens": opens.isoformat(),
            "opens_text": "soon",
        }
        await route.fulfill(json=seen | {"moved": False})

    await page.route(STATUS, early)
    await page.goto(address)
    await holds(page, "waits.length")
    assert 2 < await page.evaluate("waits[0]") < 32


async def test_an_answer_that_is_not_new_is_not_sent_again(hospital: Hospital, chromium: Browser) -> None:
    address, _ = await an_address(hospital)
    page, complaints = await a_page(await a_phone(chromium))
    async with page.expect_response(lambda answer: "/status" in answer.url and answer.status == 304) as again:
        await page.goto(address)
    assert (await again.value).headers["etag"]
    assert complaints == []


@pytest.mark.parametrize(("status", "told"), [(503, 0), (429, 40)])
async def test_a_server_that_cannot_is_asked_less_and_less_often(
    hospital: Hospital, chromium: Browser, status: int, told: int
) -> None:
    address, _ = await an_address(hospital)
    page, _ = await a_page(await a_phone(chromium))
    headers = {"Retry-After": str(told)} if told else {}

    async def refuse(route: Route) -> None:
        await route.fulfill(status=status, headers=headers, body="{}")

    await page.route(STATUS, refuse)
    await page.add_init_script(QUICK)
    await page.goto(address)
    await holds(page, "waits.length > 6")
    waits = (await page.evaluate("waits"))[:7]
    for wait, least in zip(waits, (3, 6, 12, 24, 48, 60, 60), strict=True):
        assert max(told, least) <= wait <= max(told, least) * 1.25, waits
    alert = page.get_by_role("alert")
    await expect(alert).to_contain_text("cannot be reached at the moment")
    await accessible(page)
    await page.unroute(STATUS)
    await expect(alert).to_be_empty()


async def test_the_screen_stays_on_while_waiting_and_again_after_a_lock(hospital: Hospital, chromium: Browser) -> None:
    address, _ = await an_address(hospital)
    page, _ = await a_page(await a_phone(chromium))
    await page.add_init_script("""window.locks = []; Object.defineProperty(navigator, 'wakeLock', {value: {request: (kind) => {
      const lock = new EventTarget(); lock.kind = kind; locks.push(lock); return Promise.resolve(lock); }}});""")
    await page.goto(address)
    await holds(page, "locks.length === 1 && locks[0].kind === 'screen'")
    await page.evaluate("locks[0].dispatchEvent(new Event('release'))")
    await page.evaluate(HIDDEN, False)
    await holds(page, "locks.length === 2")


async def test_where_the_screen_cannot_be_kept_on_the_page_waits_all_the_same(
    hospital: Hospital, chromium: Browser
) -> None:
    address, appointment = await an_address(hospital)
    page, complaints = await a_page(await a_phone(chromium))
    await page.add_init_script(
        "Object.defineProperty(navigator, 'wakeLock', {value: {request: () => Promise.reject(new Error('no battery'))}})"
    )
    await page.goto(address)
    room = await launched(hospital, appointment.csn)
    await page.wait_for_url(ROOM)
    assert page.url == room
    assert complaints == []


async def test_without_a_script_the_page_goes_on_too(hospital: Hospital, chromium: Browser) -> None:
    address, appointment = await an_address(hospital)
    page, _ = await a_page(await a_phone(chromium, java_script_enabled=False))
    await page.goto(address)
    await expect(page.get_by_role("link", name="Look now")).to_be_visible()
    room = await launched(hospital, appointment.csn)
    await page.wait_for_url(ROOM)
    assert page.url == room


async def test_a_window_in_an_app_is_told_what_to_use_and_may_go_on(hospital: Hospital, chromium: Browser) -> None:
    address, room = await with_a_room(hospital)
    context = await a_phone(chromium, user_agent=IN_AN_APP, permissions=["clipboard-read", "clipboard-write"])
    page, complaints = await a_page(context)
    await page.goto(address)
    await heading(page, "Use another browser for the visit").to_be_visible()
    for name in ("Safari or Chrome", "Android: Chrome", "Edge or Chrome"):
        await expect(page.get_by_text(name)).to_be_visible()
    await page.get_by_role("button", name="Copy the link").click()
    await expect(page.get_by_role("status")).to_have_text("The link is copied.")
    assert await page.evaluate("navigator.clipboard.readText()") == address
    await accessible(page)
    await page.get_by_role("link", name="Go on here anyway").click()
    await page.wait_for_url(ROOM)
    assert page.url == room
    assert complaints == []


async def test_a_patient_of_the_portal_in_a_window_in_an_app_is_told_too(hospital: Hospital, chromium: Browser) -> None:
    csn = await hospital.scheduled()
    await launched(hospital, csn)
    page, _ = await a_page(await a_phone(chromium, user_agent=IN_AN_APP))
    await page.goto(await hospital.launch(csn, "patient"))
    await page.get_by_role("link", name="العربية").click()
    await heading(page, "استخدم متصفحًا آخر للزيارة").to_be_visible()
    assert await page.locator("html").get_attribute("dir") == "rtl"
    await accessible(page)


async def test_a_browser_without_what_a_call_needs_is_told_and_not_taken_on(
    hospital: Hospital, chromium: Browser
) -> None:
    address, appointment = await an_address(hospital)
    page, _ = await a_page(await a_phone(chromium))
    await page.add_init_script("delete window.RTCPeerConnection")
    await page.goto(address)
    await expect(page.get_by_role("heading", name="Use another browser for the visit")).to_be_visible()
    await accessible(page)
    room = await launched(hospital, appointment.csn)
    await page.get_by_role("link", name="Go on here anyway").click()
    await page.wait_for_url(ROOM)
    assert page.url == room


async def test_blocked_camera_or_microphone_is_said_and_goes_when_allowed(
    hospital: Hospital, chromium: Browser
) -> None:
    address, _ = await an_address(hospital)
    context = await a_phone(chromium)
    page, _ = await a_page(context)
    session = await context.new_cdp_session(page)
    profile = (await session.send("Target.getTargetInfo"))["targetInfo"]["browserContextId"]

    async def microphone(setting: str) -> None:
        asked = {"permission": {"name": "microphone"}, "setting": setting, "origin": hospital.config.functions}
        await session.send("Browser.setPermission", asked | {"browserContextId": profile})

    await microphone("denied")
    await page.goto(address)
    blocked = page.get_by_role("heading", name="Camera or microphone are blocked")
    await expect(blocked).to_be_visible()
    await accessible(page)
    await microphone("granted")
    await expect(blocked).to_be_hidden()


async def test_a_browser_that_keeps_no_cookies_is_told_how_to_and_a_text_s_link_needs_none(
    hospital: Hospital, tmp_path: Path
) -> None:
    (tmp_path / "Default").mkdir()
    blocked = {"profile": {"default_content_setting_values": {"cookies": 2}}}
    (tmp_path / "Default" / "Preferences").write_text(json.dumps(blocked))
    async with async_playwright() as playwright:
        context = await playwright.chromium.launch_persistent_context(
            tmp_path, executable_path=CHROMIUM, args=ARGUMENTS, ignore_https_errors=True, locale="en-US"
        )
        page, _ = await a_page(context)
        await page.goto(await hospital.launch(await hospital.scheduled(), "patient"))
        await expect(page.get_by_text("To allow cookies, touch the sign beside the address")).to_be_visible()
        await expect(page.get_by_role("alert")).to_contain_text("the browser keeps no cookies")
        await accessible(page)
        address, _ = await an_address(hospital)
        await page.goto(address)
        await heading(page, "Your care team is getting ready").to_be_visible()
        await page.evaluate("document.cookie = 'kept=1'")
        assert await page.evaluate("document.cookie") == "", "this browser keeps cookies: the test proves nothing"
        await context.close()


async def test_every_language_is_one_key_away_and_stays(hospital: Hospital, chromium: Browser) -> None:
    address, _ = await an_address(hospital)
    page, complaints = await a_page(await a_phone(chromium, locale="vi-VN"))
    await page.goto(f"{address}?lang=fr")
    await heading(page, "Votre équipe soignante se prépare").to_be_visible()
    languages = page.get_by_role("navigation", name="Langue").get_by_role("link")
    assert await languages.all_inner_texts() == ["English", "Español", "Português", "中文", "العربية", "Tiếng Việt"]
    # The device check first, then the languages.
    for _ in range(6):
        await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="العربية")).to_be_focused()
    await page.keyboard.press("Enter")
    await heading(page, "فريق الرعاية يستعد لزيارتك").to_be_visible()
    assert await page.locator("html").get_attribute("dir") == "rtl"
    await accessible(page)
    async with page.expect_response(lambda answer: "/status" in answer.url and answer.status == 304):
        await page.reload()
    await heading(page, "فريق الرعاية يستعد لزيارتك").to_be_visible()
    assert complaints == []
