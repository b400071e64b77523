"""The device test in a real browser with made-up devices: every outcome, what is kept of it, and for whom it is."""

import itertools
import json
import re
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from local.config import PEOPLE
from local.demo.steps import until
from shared.clock import to_text
from shared.visits.device import CHECKS
from tests.portal.browser import axe
from tests.stack.conftest import ARGUMENTS, CHROMIUM, Hospital

DEVICES = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
OWN = itertools.count()
PATIENT = 30_000
"""Milliseconds within which a busy machine has done what the test waits for."""
SIZES = {"phone": {"width": 360, "height": 740}, "desktop": {"width": 1280, "height": 800}}
# Measuring takes no time, so that the way to a busy stack on this machine is always a good one.
NO_TIME = "let ticks = 0; performance.now = () => (ticks += 1);"
SILENT = """
const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = async (wanted) =>
  wanted.audio ? new AudioContext().createMediaStreamDestination().stream : ask(wanted);
"""
DARK = """
const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = async (wanted) =>
  wanted.video ? new MediaStream() : ask(wanted);
"""


def refusing(kind: str, error: str) -> str:
    """A script by which one kind of device is refused as browsers do (Media Capture and Streams, getUserMedia)."""
    return f"""
      const {kind}_ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
      navigator.mediaDevices.getUserMedia = (wanted) =>
        wanted.{kind} ? Promise.reject(new DOMException('no', '{error}')) : {kind}_ask(wanted);
    """


@pytest.fixture(scope="module")
async def devices() -> AsyncIterator[Browser]:
    """Chromium with a camera and a microphone that are made up, and somebody who allows them."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, *DEVICES])
        yield browser
        await browser.close()


@pytest.fixture
async def refused() -> AsyncIterator[Browser]:
    """The same, and somebody who allows nothing."""
    async with async_playwright() as playwright:
        args = [*ARGUMENTS, DEVICES[0], "--use-fake-ui-for-media-stream=deny"]
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=args)
        yield browser
        await browser.close()


@pytest.fixture(scope="module")
async def anywhere(hospital: Hospital) -> str:
    """The test's address of some visit, for tests that look at the page alone."""
    _, address = await booked(hospital)
    return address


class Sitting:
    """A patient at the test's page. `complaints`: every error of the console, a broken policy too."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.asked: list[str] = []
        page.on("console", lambda line: self.complaints.append(line.text) if line.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.asked.append(request.url))

    async def start(self) -> None:
        """Begins."""
        await self.page.locator("#device-start").click()

    async def finds(self, check: str, outcome: str) -> None:
        """Waits for a check's outcome, and for the words and the sign that go with it."""
        item = self.page.locator(f"#check-{check}")
        await expect(item).to_have_attribute("data-outcome", outcome, timeout=PATIENT)
        await expect(item).to_have_attribute("data-result", CHECKS[check][outcome])
        words = json.loads(await self.page.locator("#device").get_attribute("data-words") or "{}")
        said = words[f"{check}_{outcome}"].split("{")[0]
        await expect(item.locator(".state")).to_contain_text(said)

    async def hears(self, answer: str = "heard") -> None:
        """Plays the sound and answers."""
        await self.page.locator("#device-play").click()
        await self.page.locator(f"#device-{answer}").click()

    async def ends(self, result: str, sent: str = "Your care team has the outcome.") -> None:
        """Waits for the end and what became of it."""
        await expect(self.page.locator("#device-outcome")).to_have_attribute("data-result", result, timeout=PATIENT)
        await expect(self.page.locator("#device-sent")).to_have_text(sent, timeout=PATIENT)

    async def accessible(self) -> None:
        """Nothing to find, light and dark; nothing wider than the window."""
        for size in SIZES.values():
            await self.page.set_viewport_size(size)  # type: ignore[arg-type]
            for scheme in ("light", "dark"):
                await self.page.emulate_media(color_scheme=scheme)
                assert await axe(self.page) == []
            assert await self.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@asynccontextmanager
async def a_patient(browser: Browser, address: str, *scripts: str, **options: Any) -> AsyncIterator[Sitting]:
    """A patient who opens the page in a profile of their own; `scripts` make the browser another one."""
    context = await browser.new_context(ignore_https_errors=True, **({"locale": "en-US"} | options))
    context.set_default_timeout(PATIENT)
    for script in (NO_TIME, *scripts):
        await context.add_init_script(script)
    page = await context.new_page()
    sitting = Sitting(page)
    await page.goto(address)
    yield sitting
    await context.close()


async def booked(hospital: Hospital) -> tuple[str, str]:
    """An appointment of its own start, by which its rows are found, and its test's address."""
    moment = datetime.now(UTC) + timedelta(days=40 + next(OWN), seconds=secrets.randbelow(86_400))
    appointment = await hospital.booked(start=moment.replace(microsecond=0))
    address = f"{hospital.config.functions}/api/device-test/{await hospital.link(appointment)}"
    return to_text(appointment.start), address


async def kept(hospital: Hospital, start: str) -> dict[str, Any]:
    """What is kept of the visit's test."""
    (row,) = [row for row in await hospital.world.rows("visits") if row.get("start") == start]
    found: dict[str, Any] = json.loads(row["device"])
    return found


async def reported(hospital: Hospital, start: str, result: str) -> None:
    """Waits until the reports have the visit with this result."""

    async def there() -> bool:
        rows = [row for row in await hospital.world.rows("facts") if row.get("start") == start]
        return [row["device_test"] for row in rows] == [result]

    await until(there, f"the reports to have {result}")


async def unannounced(hospital: Hospital) -> str:
    """An appointment of which no message ever told us. Returns its CSN."""
    people = {"patient": PEOPLE["patient"].epic_username, "clinician": PEOPLE["clinician"].epic_username}
    return await hospital.world.book(datetime.now(UTC) + timedelta(days=2), **people)


async def test_everything_that_works_passes_and_is_kept(hospital: Hospital, devices: Browser) -> None:
    start, address = await booked(hospital)
    async with a_patient(devices, address) as patient:
        page = patient.page
        await expect(page.get_by_role("heading", level=1, name="Test your device")).to_be_visible()
        await patient.accessible()
        await patient.start()
        await patient.finds("browser", "ok")
        await patient.finds("camera", "ok")
        await expect(page.locator("#device-picture")).to_be_visible()
        assert await page.locator("#device-picture").evaluate("video => video.videoWidth > 0")
        await patient.finds("microphone", "ok")
        await patient.finds("network", "good")
        await expect(page.locator("#check-network .figures")).to_contain_text("Answer after 1 ms; 10+ Mbit/s to you")
        await patient.hears()
        await patient.finds("speaker", "heard")
        await patient.ends("passed")
        await expect(page.locator("#device-result")).to_have_text("Everything works. You are ready for your visit.")
        await expect(page.locator("#device-next")).to_contain_text("You can close this page")
        await patient.accessible()
        fine = {"browser": "ok", "network": "good", "camera": "ok", "microphone": "ok", "speaker": "heard"}
        found = await kept(hospital, start)
        assert (found["result"], found["checks"]) == ("passed", fine)
        assert found.keys() == {"at", "result", "checks"}
        await reported(hospital, start, "passed")
        # Who leaves the page leaves the camera: the visit will need it.
        await page.locator("#device-off").click()
        await expect(page.locator("#device-picture")).to_be_hidden()
        assert patient.complaints == []
        origin = re.match(r"https?://[^/]+", address)
        assert origin
        assert {url for url in patient.asked if not url.startswith(origin[0])} == set()
        sent = {url.split("?")[0].removeprefix(address) for url in patient.asked}
        assert sent == {"", "/probe", "/result"}


@pytest.mark.parametrize(
    ("error", "outcome", "says"),
    [
        ("NotAllowedError", "denied", "Click the sign to the left of the page's address"),
        ("NotFoundError", "missing", "There is no camera."),
        ("NotReadableError", "busy", "The camera gives no picture."),
        ("NotSupportedError", "unsupported", "does not let the page use a camera"),
    ],
)
async def test_a_camera_that_is_not_to_be_had_fails_and_the_rest_goes_on(
    anywhere: str, devices: Browser, error: str, outcome: str, says: str
) -> None:
    async with a_patient(devices, anywhere, refusing("video", error)) as patient:
        await patient.start()
        await patient.finds("camera", outcome)
        await expect(patient.page.locator("#check-camera")).to_contain_text(says)
        await expect(patient.page.locator("#check-camera .help")).to_be_visible(visible=outcome == "denied")
        await patient.finds("microphone", "ok")
        await patient.finds("network", "good")
        await patient.hears()
        await patient.ends("failed")
        await patient.accessible()
        assert patient.complaints == []


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        ("NotAllowedError", "denied"), ("NotFoundError", "missing"), ("NotReadableError", "busy"),
        ("NotSupportedError", "unsupported"),
    ],
)  # fmt: skip
async def test_a_microphone_that_is_not_to_be_had_fails(
    anywhere: str, devices: Browser, error: str, outcome: str
) -> None:
    async with a_patient(devices, anywhere, refusing("audio", error)) as patient:
        await patient.start()
        await patient.finds("microphone", outcome)
        await patient.finds("camera", "ok")
        await patient.hears()
        await patient.ends("failed")


async def test_a_camera_that_stays_dark_is_busy_and_a_microphone_that_hears_nothing_is_silent(
    anywhere: str, devices: Browser
) -> None:
    async with a_patient(devices, anywhere, DARK) as patient:
        await patient.start()
        await patient.finds("camera", "busy")
    async with a_patient(devices, anywhere, SILENT) as patient:
        await patient.start()
        await expect(patient.page.locator("#device-meter")).to_be_visible()
        await patient.finds("microphone", "silent")
        await patient.accessible()
        await patient.hears()
        await patient.ends("warnings")


async def test_who_allows_nothing_is_told_how_and_can_try_again(anywhere: str, refused: Browser) -> None:
    """As the browser itself refuses, and not a stand-in."""
    async with a_patient(refused, anywhere) as patient:
        await patient.start()
        for check in ("camera", "microphone"):
            await patient.finds(check, "denied")
            await expect(patient.page.locator(f"#check-{check} .help")).to_contain_text("try again here")
        await patient.accessible()
        again = patient.page.get_by_role("button", name="Try again: Camera")
        await again.click()
        await patient.finds("camera", "denied")
        await patient.hears()
        await patient.ends("failed")


async def test_what_was_mended_is_tried_again_and_the_last_result_counts(hospital: Hospital, devices: Browser) -> None:
    start, address = await booked(hospital)
    mended = "window.refuse = true;" + refusing("video", "NotReadableError").replace(
        "wanted.video ?", "window.refuse && wanted.video ?"
    )
    async with a_patient(devices, address, mended) as patient:
        await patient.start()
        await patient.finds("camera", "busy")
        await patient.finds("microphone", "ok")
        await patient.finds("network", "good")
        await patient.hears("not_heard")
        await patient.finds("speaker", "not_heard")
        await patient.ends("failed")
        await reported(hospital, start, "failed")
        await patient.page.evaluate("window.refuse = false")
        again = patient.page.get_by_role("button", name="Try again: Camera")
        await again.focus()
        await patient.page.keyboard.press("Enter")
        await patient.finds("camera", "ok")
        await expect(again).to_be_hidden()
        await expect(patient.page.locator("#check-camera .state")).to_be_focused()
        await patient.hears("skipped")
        await patient.finds("speaker", "skipped")
        await patient.ends("passed")
        await reported(hospital, start, "passed")
        assert (await kept(hospital, start))["checks"]["speaker"] == "skipped"


async def test_a_slow_network_is_poor(anywhere: str, devices: Browser) -> None:
    async with a_patient(devices, anywhere, "performance.now = () => Date.now();") as patient:
        slow = await patient.page.context.new_cdp_session(patient.page)
        await slow.send("Network.enable")
        conditions = {"offline": False, "latency": 900, "downloadThroughput": -1, "uploadThroughput": -1}
        await slow.send("Network.emulateNetworkConditions", conditions)
        await patient.start()
        await patient.finds("network", "poor")
        await patient.finds("camera", "ok")
        await patient.finds("microphone", "ok")
        await patient.hears()
        await patient.ends("warnings")


async def test_without_a_network_the_outcome_waits_for_one(anywhere: str, devices: Browser) -> None:
    async with a_patient(devices, anywhere) as patient:
        await patient.page.context.set_offline(True)
        await patient.start()
        await patient.finds("network", "offline")
        await patient.finds("camera", "ok")
        await patient.finds("microphone", "ok")
        await patient.hears()
        unsent = "The outcome could not be sent. This page tries again while it is open."
        await patient.ends("failed", unsent)
        await patient.page.context.set_offline(False)
        await patient.ends("failed")
        await patient.page.get_by_role("button", name="Try again: Connection").click()
        await patient.finds("network", "good")
        await patient.ends("passed")


@pytest.mark.parametrize(
    "without",
    ["delete Navigator.prototype.mediaDevices;", "delete window.RTCPeerConnection;", "delete window.AudioContext;"],
)
async def test_a_browser_without_what_a_call_needs_fails_and_another_is_named(
    anywhere: str, devices: Browser, without: str
) -> None:
    async with a_patient(devices, anywhere, without) as patient:
        await patient.start()
        await patient.finds("browser", "unsupported")
        await expect(patient.page.locator("#check-browser")).to_contain_text("Use an up-to-date Google Chrome")
        await patient.finds("network", "good")
        if "mediaDevices" in without:
            await patient.finds("camera", "unsupported")
            await patient.finds("microphone", "unsupported")
        if "AudioContext" in without:
            await patient.finds("microphone", "unsupported")
            await patient.finds("speaker", "unsupported")
        else:
            await patient.hears()
        await patient.ends("failed")
        assert patient.complaints == []


IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
ANDROID = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) "
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) "
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
AGENTS = {
    "Safari on a phone": (IPHONE + "Version/18.5 Mobile/15E148 Safari/604.1", "ok", "Website Settings"),
    "Chrome on an iPhone": (IPHONE + "CriOS/142.0 Mobile/15E148 Safari/604.1", "ok", "find Google Chrome in the list"),
    "Edge on an iPhone": (IPHONE + "EdgiOS/142.0 Mobile/15E148 Safari/604.1", "other", "find Microsoft Edge in the list"),
    "inside Facebook": (IPHONE + "Mobile/15E148 [FBAN/FBIOS;FBAV/500.0]", "embedded", "not inside another app"),
    "inside an app on Android": (
        "Mozilla/5.0 (Linux; Android 15; Pixel 9; wv) AppleWebKit/537.36 Version/4.0 Chrome/142.0 Mobile Safari/537.36",
        "embedded", "not inside another app",
    ),
    "Chrome on Android": (ANDROID + "Chrome/142.0.0.0 Mobile Safari/537.36", "ok", "then “Permissions”"),
    "Samsung Internet": (ANDROID + "SamsungBrowser/28.0 Chrome/130.0 Mobile Safari/537.36", "other", "Tap the padlock"),
    "Firefox": (WINDOWS + "Gecko/20100101 Firefox/145.0", "other", "take the block away"),
    "Edge": (WINDOWS + "AppleWebKit/537.36 Chrome/142.0 Safari/537.36 Edg/142.0", "ok", "Click the padlock"),
    "Safari on a Mac": (MAC + "Version/18.5 Safari/605.1.15", "ok", "Settings for This Website"),
    "Opera": (WINDOWS + "AppleWebKit/537.36 Chrome/142.0 Safari/537.36 OPR/120.0", "other", "browser's settings for this"),
}  # fmt: skip


@pytest.mark.parametrize("browser", AGENTS)
async def test_each_browser_is_judged_and_its_help_is_its_own(anywhere: str, devices: Browser, browser: str) -> None:
    agent, outcome, help_text = AGENTS[browser]
    async with a_patient(devices, anywhere, refusing("video", "NotAllowedError"), user_agent=agent) as patient:
        await patient.start()
        await patient.finds("browser", outcome)
        await patient.finds("camera", "denied")
        await expect(patient.page.locator("#check-camera .help")).to_contain_text(help_text)


@pytest.mark.parametrize(
    ("locale", "title", "direction"),
    [
        ("es-US", "Pruebe su dispositivo", "ltr"), ("fr-CA", "Testez votre appareil", "ltr"),
        ("pt-BR", "Teste o seu aparelho", "ltr"), ("zh-CN", "测试您的设备", "ltr"), ("ar", "اختبر جهازك", "rtl"),
        ("vi", "Kiểm tra thiết bị của bạn", "ltr"),
    ],
)  # fmt: skip
async def test_the_page_speaks_seven_languages(
    hospital: Hospital, devices: Browser, locale: str, title: str, direction: str
) -> None:
    """A visit that came by the chart alone: there is no phone whose language would come first."""
    launch = await hospital.launch(await unannounced(hospital), "devicetest")
    async with a_patient(devices, launch, locale=locale) as patient:
        await expect(patient.page.get_by_role("heading", level=1)).to_have_text(title)
        assert await patient.page.locator("html").get_attribute("dir") == direction
        await patient.start()
        await patient.finds("camera", "ok")
        await patient.finds("microphone", "ok")
        await patient.finds("network", "good")
        await patient.hears()
        words = json.loads(await patient.page.locator("#device").get_attribute("data-words") or "{}")
        await patient.ends("passed", words["unkept"])
        await patient.accessible()
        assert patient.complaints == []
        assert not [url for url in patient.asked if url.endswith("/result")]


async def test_whoever_waits_can_check_the_device_meanwhile(hospital: Hospital, devices: Browser) -> None:
    """The same test, folded up on the patient's page, which goes on asking."""
    start, address = await booked(hospital)
    async with a_patient(devices, address.replace("/device-test/", "/v/")) as patient:
        page = patient.page
        await expect(page.locator("#device-start")).to_be_hidden()
        await patient.accessible()
        await page.get_by_text("Check my device while waiting").focus()
        await page.keyboard.press("Enter")
        await patient.start()
        await patient.finds("camera", "ok")
        await patient.finds("microphone", "ok")
        await patient.finds("network", "good")
        await patient.hears()
        await patient.ends("passed")
        await patient.accessible()
        assert (await kept(hospital, start))["result"] == "passed"
        await page.get_by_text("Check my device while waiting").click()
        assert await page.locator("#device-picture").evaluate("video => video.srcObject === null")
        assert patient.complaints == []


async def test_the_language_can_be_chosen_at_the_foot_of_the_page(devices: Browser, anywhere: str) -> None:
    async with a_patient(devices, anywhere) as patient:
        await patient.page.get_by_role("link", name="Français").click()
        await expect(patient.page.get_by_role("heading", level=1)).to_have_text("Testez votre appareil")


async def test_a_visit_that_is_cancelled_says_so_and_keeps_nothing_more(hospital: Hospital, devices: Browser) -> None:
    appointment = await hospital.booked()
    address = f"{hospital.config.functions}/api/device-test/{await hospital.link(appointment)}"
    async with a_patient(devices, address) as patient:
        await patient.start()
        for check, outcome in (("camera", "ok"), ("microphone", "ok"), ("network", "good")):
            await patient.finds(check, outcome)
        await hospital.send(appointment, "S15")
        await patient.hears()
        await patient.ends("passed", "The visit is over or was cancelled, so the outcome was not kept.")
        again = await patient.page.reload()
        assert again
        assert again.status == 410
        await expect(patient.page.get_by_role("heading", level=1)).to_have_text("This visit was cancelled.")
