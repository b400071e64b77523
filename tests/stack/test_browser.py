"""The two ways into a visit in a real browser: what only a browser can say about cookies, policies and scripts."""

from playwright.async_api import Browser, BrowserContext

from local.config import PEOPLE
from local.demo.steps import until
from tests.stack.conftest import Hospital

DOCTOR = PEOPLE["second_clinician"]


async def a_person(chromium: Browser) -> BrowserContext:
    """A browser profile that trusts the run's authority."""
    return await chromium.new_context(ignore_https_errors=True)


async def test_patient_and_clinician_meet_in_real_browsers(hospital: Hospital, chromium: Browser) -> None:
    """The patient's page is allowed its own script and style, and moves on by itself; the clinician's cookies survive
    the trip through Epic and Entra and back.
    """
    csn = await hospital.scheduled(clinician=DOCTOR.epic_username, phone="+16085559876")
    link = next(line for line in (await _text(hospital, "+16085559876"))["message"].split("\n") if "/api/v/" in line)
    patient = await (await a_person(chromium)).new_page()
    complaints: list[str] = []
    patient.on(
        "console", lambda it: complaints.append(f"{it.text} {it.location['url']}") if it.type == "error" else None
    )
    await patient.goto(link)
    await patient.get_by_role("status").wait_for()
    assert await patient.title() == "Your care team is getting ready"
    card = await patient.locator("main").evaluate("element => getComputedStyle(element).borderTopWidth")
    assert card != "0px", "the policy forbids the page's own style"

    clinician = await (await a_person(chromium)).new_page()
    await clinician.goto(f"{hospital.config.epic}/launch/provider/{csn}?user={DOCTOR.epic_username}")
    if clinician.url.startswith(hospital.config.entra):
        await clinician.get_by_label("Username").fill(DOCTOR.username)
        await clinician.get_by_label("Password").fill(DOCTOR.password)
        await clinician.get_by_role("button", name="Sign in").click()
    await clinician.wait_for_url("**/l/meetup-join/**")
    await patient.wait_for_url("**/l/meetup-join/**", timeout=15_000)
    assert patient.url == clinician.url
    assert complaints == []


async def _text(hospital: Hospital, phone: str) -> dict[str, str]:
    async def come() -> dict[str, str] | None:
        return next((text for text in await hospital.world.messages() if text["to"] == phone), None)

    return await until(come, "the text")
