"""Launches in a real browser where the going is rough: frames without cookies, many tabs, a double click, the back
button, a slow network, a posted request.
"""

import asyncio
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, BrowserContext, Frame, Page, Request, Route, async_playwright, expect

from local.config import PEOPLE
from tests.portal.browser import AXE
from tests.stack.conftest import ARGUMENTS, CHROMIUM, Hospital

DOCTOR = PEOPLE["clinician"]
ROOM = "**/l/meetup-join/**"
CHART, AD = "https://chart.example/", "https://ad.example/"
# What browsers do by default, or will: nothing that a frame of another site sets is kept.
STRICT = "--test-third-party-cookie-phaseout"
# The chart stands on the Internet and the stack on this machine, which a browser rightly keeps apart.
LOCAL = "--disable-features=LocalNetworkAccessChecks"


@pytest.fixture
async def strict() -> AsyncIterator[Browser]:
    """Chromium that keeps third-party cookies back."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, STRICT, LOCAL])
        yield browser
        await browser.close()


async def a_profile(browser: Browser, language: str = "en-US") -> BrowserContext:
    """Somebody's own profile, which trusts the run's authority."""
    return await browser.new_context(ignore_https_errors=True, locale=language)


async def enter(hospital: Hospital, page: Page, address: str) -> None:
    """Opens a launch as the doctor, signs in to Microsoft where that is asked, and comes into the room."""
    await page.goto(address)
    await sign_in(hospital, page)
    await page.wait_for_url(ROOM)


async def sign_in(hospital: Hospital, page: Page) -> None:
    if page.url.startswith(hospital.config.entra):
        await page.get_by_label("Username").fill(DOCTOR.username)
        await page.get_by_label("Password").fill(DOCTOR.password)
        await page.get_by_role("button", name="Sign in").click()


def chart_button(hospital: Hospital, csn: str) -> str:
    """The address behind the chart's button: each click is a launch of its own."""
    return f"{hospital.config.epic}/launch/provider/{csn}?user={DOCTOR.epic_username}"


async def framed(context: BrowserContext, address: str) -> tuple[Page, Frame]:
    """A chart of another site with the address in a frame, beside a frame that says whether cookies are kept."""

    async def serve(route: Route, request: Request) -> None:
        shown = f'<iframe name="app" src="{address}"></iframe><iframe name="ad" src="{AD}"></iframe>'
        ad = "<script>document.cookie='kept=1; SameSite=None; Secure; Path=/'</script>"
        await route.fulfill(content_type="text/html", body=shown if request.url == CHART else ad)

    for site in (CHART, AD):
        await context.route(f"{site}**", serve)
    page = await context.new_page()
    await page.goto(CHART)
    frame = page.frame("app")
    assert frame
    return page, frame


async def test_a_frame_that_keeps_no_cookies_opens_the_visit_in_a_window_of_its_own(
    hospital: Hospital, strict: Browser
) -> None:
    csn = await hospital.scheduled()
    context = await a_profile(strict)
    page, frame = await framed(context, await hospital.launch(csn))
    ad = page.frame("ad")
    assert ad
    assert await ad.evaluate("document.cookie") == "", "this browser keeps third-party cookies: the test proves nothing"
    await expect(frame.get_by_role("heading", name="Open the visit in its own window")).to_be_visible()
    async with context.expect_page() as opened:
        await frame.get_by_role("link", name="Open the visit").click()
    window = await opened.value
    await window.wait_for_load_state()
    await sign_in(hospital, window)
    await window.wait_for_url(ROOM)
    assert await window.evaluate("window.opener") is None


async def test_the_page_in_the_frame_is_accessible_and_in_the_reader_s_language(
    hospital: Hospital, strict: Browser
) -> None:
    context = await a_profile(strict, "ar")
    _, frame = await framed(context, await hospital.launch(await hospital.scheduled(), "patient"))
    await expect(frame.get_by_role("link", name="افتح الزيارة")).to_be_visible()
    assert await frame.locator("html").get_attribute("dir") == "rtl"
    await frame.evaluate(AXE.read_text())
    found = await frame.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert [each["id"] for each in found["violations"]] == []


async def test_several_tabs_at_once_do_not_disturb_each_other(hospital: Hospital, chromium: Browser) -> None:
    context = await a_profile(chromium)
    visits = [await hospital.scheduled() for _ in range(3)]
    await enter(hospital, await context.new_page(), chart_button(hospital, visits[0]))
    tabs = [await context.new_page() for _ in visits]
    await asyncio.gather(
        *(enter(hospital, tab, chart_button(hospital, csn)) for tab, csn in zip(tabs, visits, strict=True))
    )
    assert len({tab.url for tab in tabs}) == len(visits)


async def test_a_double_click_in_the_chart_ends_in_the_room(hospital: Hospital, chromium: Browser) -> None:
    context = await a_profile(chromium)
    csn = await hospital.scheduled()
    page = await context.new_page()
    await enter(hospital, page, chart_button(hospital, csn))
    room = page.url
    link = f'<a href="{chart_button(hospital, csn)}">Connect</a>'
    await context.route(f"{CHART}**", lambda route: route.fulfill(content_type="text/html", body=link))
    await page.goto(CHART)
    await page.get_by_role("link").dblclick()
    await page.wait_for_url(ROOM)
    assert page.url == room


async def test_back_from_the_room_is_the_chart_and_its_button_works_again(
    hospital: Hospital, chromium: Browser
) -> None:
    page = await (await a_profile(chromium)).new_page()
    csn = await hospital.scheduled()
    chart = f"{hospital.config.epic}/hyperspace?user={DOCTOR.epic_username}"
    await enter(hospital, page, chart_button(hospital, csn))
    room = page.url
    await page.goto(chart)
    await enter(hospital, page, chart_button(hospital, csn))
    await page.go_back()
    assert page.url == chart
    await enter(hospital, page, chart_button(hospital, csn))
    assert page.url == room


async def test_an_answer_of_the_ehr_that_is_opened_again_meets_a_kind_page(
    hospital: Hospital, chromium: Browser
) -> None:
    page = await (await a_profile(chromium, "es")).new_page()
    callbacks: list[str] = []
    page.on("request", lambda request: callbacks.append(request.url) if "/launch/callback/" in request.url else None)
    await enter(hospital, page, chart_button(hospital, await hospital.scheduled()))
    answer = await page.goto(callbacks[-1])
    assert answer
    assert answer.status == 409
    await expect(page.get_by_role("alert")).to_contain_text("La consulta ya se ha abierto desde aquí.")
    await page.evaluate(AXE.read_text())
    found = await page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert [each["id"] for each in found["violations"]] == []


async def test_a_slow_network_and_a_slow_ehr_cost_time_and_nothing_else(hospital: Hospital, chromium: Browser) -> None:
    context = await a_profile(chromium)
    csn = await hospital.scheduled()
    page = await context.new_page()
    await enter(hospital, page, chart_button(hospital, csn))
    slow = await context.new_cdp_session(page)
    await slow.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 1_500, "downloadThroughput": 6_000, "uploadThroughput": 6_000},
    )
    await hospital.world.control("PUT", "/faults", json={"route": "epic:POST /", "delay_ms": 4_000})
    try:
        await page.goto(chart_button(hospital, csn), timeout=90_000)
        await page.wait_for_url(ROOM)
    finally:
        await hospital.world.control("DELETE", "/faults")


async def test_a_long_launch_is_posted_by_the_page_itself(hospital: Hospital, chromium: Browser) -> None:
    context = await a_profile(chromium)
    page = await context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    methods: list[str] = []
    page.on("request", lambda request: methods.append(request.method) if "/oauth2/authorize" in request.url else None)
    await page.goto(await hospital.launch(await hospital.scheduled(), long=True))
    await page.wait_for_url(lambda url: "/launch/epic/" not in url)
    await sign_in(hospital, page)
    await page.wait_for_url(ROOM)
    assert methods == ["POST"]
    assert complaints == []
