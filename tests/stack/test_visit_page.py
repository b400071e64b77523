"""The visit's page in real browsers: the clinician sees the patient arrive, a guest comes by a link, the visit ends."""

import time
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from playwright.async_api import Browser, Page, expect

from local.browser import Browser as PlainBrowser
from local.config import CONNECTION_ID, PEOPLE
from local.demo.steps import until
from tests.portal.browser import axe
from tests.stack.conftest import Hospital
from tests.stack.test_browser import a_person
from tests.stack.test_launch import code_of

DOCTOR, SECOND = PEOPLE["clinician"], PEOPLE["second_clinician"]
ARRIVALS = 3
NOTE_ARRIVAL = """() => new MutationObserver((_, watch) => {
  if (!document.querySelector('#notice.here')) return;
  window.noticed = Date.now();
  watch.disconnect();
}).observe(document.body, {subtree: true, childList: true, attributes: true})"""
SIZES = {"phone": {"width": 360, "height": 740}, "desktop": {"width": 1280, "height": 800}}


@pytest.fixture
async def with_page(hospital: Hospital) -> AsyncIterator[None]:
    """The connection shows clinicians the visit's page."""
    await show_page(hospital, shown=True)
    yield
    await show_page(hospital, shown=False)


async def show_page(hospital: Hospital, *, shown: bool) -> None:
    body = {"room": {"visit_page": shown}}
    await hospital.world.api("admin", "PATCH", f"/connections/{CONNECTION_ID}", json=body)


async def launched(hospital: Hospital, chromium: Browser, csn: str, **options: Any) -> Page:
    """A clinician's launch, up to the visit's page."""
    context = await chromium.new_context(ignore_https_errors=True, **options)
    context.set_default_timeout(15_000)
    page = await context.new_page()
    await page.goto(f"{hospital.config.epic}/launch/provider/{csn}?user={DOCTOR.epic_username}")
    if page.url.startswith(hospital.config.entra):
        await page.get_by_label("Username").fill(DOCTOR.username)
        await page.get_by_label("Password").fill(DOCTOR.password)
        await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url("**/api/visit/**")
    return page


async def meeting_of(hospital: Hospital, page: Page) -> dict[str, Any]:
    """The meeting that the page's button leads to."""
    async with page.context.expect_page() as opened:
        await page.locator("#join").click()
    teams = await opened.value
    await teams.wait_for_url("**/l/meetup-join/**")
    url = httpx.URL(teams.url)
    await teams.close()
    meetings = await hospital.world.control("GET", "/meetings")
    found: dict[str, Any] = next(item for item in meetings if httpx.URL(item["joinWebUrl"]) == url)
    return found


async def invite(page: Page, role: str) -> str:
    """Makes a link; returns it."""
    before = await page.locator("#list li").count()
    await page.get_by_label("As").select_option(role)
    await page.get_by_role("button", name="Make a link").click()
    await expect(page.locator("#list li")).to_have_count(before + 1)
    return await page.locator("#list li").last.locator("input").input_value()


async def accessible(page: Page) -> None:
    """Nothing to find, light and dark; nothing wider than the window."""
    for size in SIZES.values():
        await page.set_viewport_size(size)  # type: ignore[arg-type]
        for scheme in ("light", "dark"):
            await page.emulate_media(color_scheme=scheme)
            assert await axe(page) == []
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.usefixtures("with_page")
async def test_the_clinician_sees_the_patient_arrive(hospital: Hospital, chromium: Browser) -> None:
    """From Graph's notification to the page's notice: measured and told, bounded by the wait only."""
    csn = await hospital.scheduled()
    page = await launched(hospital, chromium, csn)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    notice = page.locator("#notice")
    await expect(notice).to_contain_text("Nobody is waiting yet")
    assert await page.title() == "Your video visit"
    meeting = await meeting_of(hospital, page)
    async with PlainBrowser(str(hospital.config.bundle)) as patient:
        room = await patient.open(await hospital.launch(csn, "patient"))
    took = []
    for turn in range(ARRIVALS):
        if turn:
            await hospital.world.roster(meeting["id"], "Pat", "leave")
            await expect(notice).to_contain_text("Nobody is waiting")
        await page.evaluate(NOTE_ARRIVAL)
        knocked = time.time()
        await hospital.world.http.post(str(room.url), data={"action": "join", "participant": "Pat"})
        await expect(notice).to_contain_text("Your patient has been waiting since")
        took.append(await page.evaluate("window.noticed") / 1000 - knocked)
    print("from the lobby to the page, s:", *(f"{seconds:.2f}" for seconds in took))  # noqa: T201, the figures are the point
    assert (await page.title()).startswith("(1) Waiting")
    await expect(page.locator("#people li")).to_contain_text("Patient waiting since")
    await accessible(page)
    await hospital.world.roster(meeting["id"], "An aunt", "lobby")
    await expect(notice).to_contain_text("2 people are waiting, the first since")
    await expect(page.locator("#people li")).to_have_count(2)
    assert (await page.title()).startswith("(2) Waiting")
    await hospital.world.roster(meeting["id"], "An aunt", "leave")
    await expect(notice).to_contain_text("Your patient has been waiting since")
    # It stays until the patient is let in.
    await hospital.world.roster(meeting["id"], "Pat", "join")
    await expect(notice).to_contain_text("The call is on")
    assert await page.title() == "Your video visit"
    await hospital.world.roster(meeting["id"], "Pat", "leave")
    await expect(page.locator("#people li")).to_contain_text("left at")
    assert complaints == []


@pytest.mark.usefixtures("with_page")
async def test_a_guest_joins_through_the_lobby_and_a_link_taken_back_is_dead(
    hospital: Hospital, chromium: Browser
) -> None:
    csn = await hospital.scheduled()
    page = await launched(hospital, chromium, csn)
    meeting = await meeting_of(hospital, page)
    link = await invite(page, "interpreter")
    other = await invite(page, "family")
    await accessible(page)
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await page.get_by_role("button", name="Copy: Interpreter").click()
    await expect(page.locator("#told")).to_have_text("Copied")
    assert await page.evaluate("navigator.clipboard.readText()") == link

    guest = await (await a_person(chromium)).new_page()
    complaints: list[str] = []
    guest.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    await guest.goto(link)
    await expect(guest.get_by_role("heading", name="You are invited to a video visit")).to_be_visible()
    await expect(guest.get_by_text("You come as: interpreter")).to_be_visible()
    await accessible(guest)
    assert complaints == []
    await guest.get_by_role("link", name="Go to the visit").click()
    await guest.wait_for_url("**/l/meetup-join/**")
    await guest.get_by_label("Your name, or your sign-in name:").fill("Interpreter of the day")
    await guest.get_by_role("button", name="Join").click()
    await expect(guest.get_by_text("waiting in the lobby")).to_be_visible()
    await expect(page.locator("#notice")).to_contain_text("Somebody has been waiting since")
    await expect(page.locator("#list li").first).to_contain_text("Used: 1")
    now = await hospital.world.control("GET", f"/meetings/{meeting['id']}")
    assert [person["name"] for person in now["lobby"]] == ["Interpreter of the day"]

    row = page.locator("#list li").first
    await row.get_by_role("button", name="Take back").click()
    await expect(row).to_contain_text("Taken back. Used: 1")
    for address in (link, f"{link}/join"):
        answer = await hospital.world.http.get(address)
        assert code_of(answer) == (410, "link.revoked")
        assert "was taken back" in answer.text
    assert (await hospital.world.http.get(other)).status_code == 200
    log = (hospital.config.run_dir / "logs" / "functions.log").read_text()
    kept = str([await hospital.world.rows(table) for table in ("visits", "work", "audit", "facts")])
    for each in (link, other):
        assert each[-22:] not in log
        assert each[-22:] not in kept
    await page.reload()
    await expect(page.locator("#list li")).to_have_count(2)
    assert await page.locator("#list input").input_value() == other


@pytest.mark.usefixtures("with_page")
async def test_the_end_for_all_kills_every_link_and_a_new_launch_opens_the_visit_again(
    hospital: Hospital, chromium: Browser
) -> None:
    appointment = await hospital.booked()
    await hospital.world.control("POST", "/epic/appointments", json={
        "csn": appointment.csn, "start": appointment.start.isoformat(),
    })  # fmt: skip
    patient = f"{hospital.config.functions}/api/v/{await hospital.link(appointment)}"
    page = await launched(hospital, chromium, appointment.csn)
    meeting = await meeting_of(hospital, page)
    guest = await invite(page, "caregiver")
    await hospital.world.roster(meeting["id"], "Pat", "lobby")
    await hospital.world.roster(meeting["id"], "Pat", "join")
    await expect(page.locator("#notice")).to_contain_text("The call is on")

    await page.locator("#end").click()
    await expect(page.get_by_role("dialog")).to_be_visible()
    await accessible(page)
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_be_hidden()
    assert (await hospital.world.http.get(patient)).status_code == 302

    await page.locator("#end").click()
    await page.get_by_role("dialog").get_by_role("button", name="End for all").click()
    await expect(page.locator("#notice")).to_contain_text("Still in the call: 1")
    await expect(page.locator("#end")).to_be_hidden()
    for link in (patient, guest, f"{guest}/join"):
        assert code_of(await hospital.world.http.get(link)) == (410, "link.over")
    closed = await hospital.world.control("GET", f"/meetings/{meeting['id']}")
    assert closed["lobbyBypassSettings"]["scope"] == "organizer"
    assert closed["allowMeetingChat"] == "disabled"
    await hospital.world.roster(meeting["id"], "", "end")
    await expect(page.locator("#notice")).to_have_text("The visit is ended: no link works any more.")

    again = await launched(hospital, chromium, appointment.csn)
    await expect(again.locator("#notice")).not_to_contain_text("ended")
    assert (await hospital.world.http.get(patient)).status_code == 302
    opened = await hospital.world.control("GET", f"/meetings/{meeting['id']}")
    assert (opened["lobbyBypassSettings"]["scope"], opened["allowMeetingChat"]) == ("invited", "limited")


@pytest.mark.usefixtures("with_page")
async def test_the_patient_is_texted_from_the_page(hospital: Hospital, chromium: Browser) -> None:
    page = await launched(hospital, chromium, await hospital.scheduled())
    async with page.context.expect_page() as opened:
        await page.get_by_role("link", name="Text the patient").click()
    form = await opened.value
    phone = "+16085559911"
    await form.get_by_label("Mobile number").fill(phone)
    await form.get_by_role("button", name="Continue").click()
    await form.get_by_role("button", name="Send the text").click()

    async def came() -> bool:
        return any(text["to"] == phone for text in await hospital.world.messages())

    await until(came, "the text")


@pytest.mark.usefixtures("with_page")
async def test_the_page_is_the_launching_browser_s_alone_and_another_site_changes_nothing(
    hospital: Hospital, chromium: Browser
) -> None:
    page = await launched(hospital, chromium, await hospital.scheduled())
    answer = await hospital.world.http.get(page.url)
    assert (answer.status_code, "Launch the visit again" in answer.text) == (400, True)
    assert (await hospital.world.http.get(f"{page.url}/status")).status_code == 400
    jar = await page.context.cookies()
    cookie = {"Cookie": "; ".join(f"{each['name']}={each['value']}" for each in jar if each["name"].startswith("vb_"))}
    for code in ("", "0" * 32):
        for method, path in (("POST", "guests"), ("POST", "end"), ("DELETE", "guests/000000")):
            forged = await hospital.world.http.request(
                method, f"{page.url}/{path}", headers=cookie | {"X-VisitBridge-Code": code}, json={"role": "family"}
            )
            assert forged.status_code == 400
            assert forged.json()["code"] == "visit.page_invalid"
    right = await hospital.world.http.get(f"{page.url}/status", headers=cookie)
    assert (right.status_code, right.json()["guests"]) == (200, [])
    same = await hospital.world.http.get(
        f"{page.url}/status", headers=cookie | {"If-None-Match": right.headers["etag"]}
    )
    assert (same.status_code, same.content) == (304, b"")


@pytest.mark.usefixtures("with_page")
@pytest.mark.parametrize(
    ("locale", "title", "nobody"),
    [
        ("fr-CA", "Votre visite vidéo", "Personne n'attend encore"),
        ("es-MX", "Su videoconsulta", "Nadie espera todavía"),
    ],
)
async def test_the_page_speaks_the_clinician_s_language(
    hospital: Hospital, chromium: Browser, locale: str, title: str, nobody: str
) -> None:
    page = await launched(hospital, chromium, await hospital.scheduled(), locale=locale)
    assert await page.title() == title
    await expect(page.locator("#notice")).to_contain_text(nobody)
    await accessible(page)


@pytest.mark.usefixtures("with_page")
async def test_everything_works_by_keyboard_and_the_sound_is_off_at_first(
    hospital: Hospital, chromium: Browser
) -> None:
    page = await launched(hospital, chromium, await hospital.scheduled())
    assert not await page.locator("#sound").is_checked()
    reached = []
    for _ in range(7):
        await page.keyboard.press("Tab")
        reached.append(await page.evaluate("document.activeElement.id || document.activeElement.tagName"))
    assert reached[:6] == ["join", "text", "end", "sound", "role", "BUTTON"]
    await page.locator("#role").focus()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.locator("#list li")).to_have_count(1)
    assert await page.evaluate("document.activeElement.textContent") == "Copy"
    await page.locator("#sound").check()
    await expect(page.locator("#sound")).to_be_checked()


@pytest.mark.usefixtures("with_page")
async def test_the_clinician_sees_what_the_device_test_came_to(hospital: Hospital, chromium: Browser) -> None:
    appointment = await hospital.booked()
    await hospital.world.control("POST", "/epic/appointments", json={
        "csn": appointment.csn, "start": appointment.start.isoformat(),
    })  # fmt: skip
    page = await launched(hospital, chromium, appointment.csn)
    await expect(page.locator("#notice")).to_contain_text("Nobody is waiting yet")
    await expect(page.locator("#device")).to_be_hidden()
    link = await hospital.link(appointment)
    checks = {"browser": "ok", "network": "good", "camera": "denied", "microphone": "ok", "speaker": "heard"}
    result = f"{hospital.config.functions}/api/device-test/{link}/result"
    answer = await hospital.world.http.put(result, json={"checks": checks})
    assert answer.json() == {"result": "failed"}
    await expect(page.locator("#device")).to_contain_text("Device test: failed.", timeout=30_000)
    await hospital.world.http.put(result, json={"checks": checks | {"camera": "ok"}})
    await expect(page.locator("#device")).to_have_text("Device test: passed.", timeout=30_000)
    await accessible(page)
