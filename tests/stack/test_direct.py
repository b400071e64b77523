"""A clinician texts the visit's link by hand, out of the chart, in a real browser and past it."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import Page

from local.browser import Browser
from local.config import PEOPLE
from tests.portal.browser import axe
from tests.stack.conftest import Hospital
from tests.stack.optouts import opted
from tests.stack.test_browser import a_person
from tests.stack.test_launch import code_of

DOCTOR = PEOPLE["clinician"]


@pytest.fixture
async def browser(hospital: Hospital) -> AsyncIterator[Browser]:
    """A fresh browser."""
    async with Browser(str(hospital.config.bundle)) as fresh:
        yield fresh


async def texts_to(hospital: Hospital, phone: str) -> list[dict[str, str]]:
    return [text for text in await hospital.world.messages() if text["to"] == phone]


async def accessible(page: Page) -> None:
    """Nothing to find, light and dark."""
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme)
        assert await axe(page) == []


async def opened(hospital: Hospital, page: Page, csn: str) -> None:
    await page.goto(f"{hospital.config.epic}/launch/directsms/{csn}?user={DOCTOR.epic_username}")
    await page.get_by_label("Mobile number").wait_for()


async def test_a_clinician_texts_the_link_once_and_sees_it_arrive(hospital: Hospital, chromium: Chromium) -> None:
    csn, phone = await hospital.scheduled(), "+16085559901"
    page = await (await a_person(chromium)).new_page()
    await opened(hospital, page, csn)
    await accessible(page)
    await page.get_by_label("Mobile number").fill("608 555")
    await page.get_by_role("button", name="Continue").click()
    await page.get_by_role("alert").wait_for()
    assert await page.get_by_label("Mobile number").input_value() == "608 555"
    await page.get_by_label("Mobile number").fill("(608) 555-9901")
    await page.get_by_label("Language of the text").select_option("es")
    await page.get_by_role("button", name="Continue").click()
    await page.get_by_role("heading", name=phone).wait_for()
    await accessible(page)
    assert await texts_to(hospital, phone) == []
    await page.get_by_role("button", name="Send the text").click()
    await page.get_by_text("It has arrived on the phone.").wait_for(timeout=15_000)
    await accessible(page)
    assert phone[1:] not in page.url

    (text,) = await texts_to(hospital, phone)
    assert "/api/v/" in text["message"]
    await page.reload()
    await page.get_by_text("It has arrived on the phone.").wait_for()
    await opened(hospital, page, csn)
    await page.get_by_label("Mobile number").fill(phone)
    await page.get_by_role("button", name="Continue").click()
    await page.get_by_role("button", name="Send the text").click()
    await page.get_by_text("It has arrived on the phone.").wait_for()
    assert len(await texts_to(hospital, phone)) == 1


async def test_an_opted_out_number_gets_nothing_and_the_clinician_is_told(
    hospital: Hospital, chromium: Chromium
) -> None:
    csn, phone = await hospital.scheduled(), "+16085559902"
    await opted(hospital, phone, "STOP", count=1)
    page = await (await a_person(chromium)).new_page()
    await opened(hospital, page, csn)
    await page.get_by_label("Mobile number").fill(phone)
    await page.get_by_role("button", name="Continue").click()
    await page.get_by_role("button", name="Send the text").click()
    await page.get_by_text("asked for no more texts").wait_for(timeout=15_000)
    assert await texts_to(hospital, phone) == []


async def test_a_form_of_another_browser_or_another_site_sends_nothing(hospital: Hospital, browser: Browser) -> None:
    csn, phone = await hospital.scheduled(), "+16085559903"
    form = await browser.open(f"{hospital.config.epic}/launch/directsms/{csn}?user={DOCTOR.epic_username}")
    assert form.status_code == 200
    sent = {"phone": phone, "language": "en", "step": "send"}
    forged = await browser.submit(form, **sent, code="0" * 32)
    assert code_of(forged) == (400, "direct.ticket_invalid")
    async with Browser(str(hospital.config.bundle)) as other:
        page = await other.open(str(form.url))
        assert code_of(page) == (400, "direct.ticket_invalid")
    assert await texts_to(hospital, phone) == []


async def test_a_patient_cannot_launch_it(hospital: Hospital, browser: Browser) -> None:
    csn = await hospital.scheduled()
    launch = await hospital.launch(csn, "directsms", fhir_user="Patient/ePatient")
    assert code_of(await browser.open(launch)) == (403, "launch.wrong_role")
