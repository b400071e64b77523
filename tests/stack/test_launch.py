"""Launches on the running stack: in their right order, and every way of getting one wrong."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

import httpx
import pytest

from local.browser import Browser
from local.config import PEOPLE
from local.demo.steps import until
from tests.stack.conftest import Hospital

Unchanged = Callable[[], Awaitable[None]]
CODE = re.compile(r"<strong[^>]*>(?:<a [^>]*>)?([\w.]+)")
DOCTOR, SECOND = PEOPLE["clinician"], PEOPLE["second_clinician"]


@pytest.fixture
async def browser(hospital: Hospital) -> AsyncIterator[Browser]:
    """A fresh browser."""
    async with Browser(str(hospital.config.bundle)) as fresh:
        yield fresh


def code_of(page: httpx.Response) -> tuple[int, str]:
    """Status and error code of a page."""
    found = CODE.search(page.text)
    return page.status_code, found.group(1) if found else ""


def changed(url: str, **query: str | None) -> str:
    """The URL with members of its query replaced or left out."""
    parts = urlsplit(url)
    values = {name: items[0] for name, items in parse_qs(parts.query).items()} | query
    kept = {name: value for name, value in values.items() if value is not None}
    return urlunsplit(parts._replace(query=urlencode(kept)))


async def to_callback(browser: Browser, launch: str) -> str:
    """Follows a launch up to the address of our callback, which is not opened."""
    authorize = (await browser.step(launch)).headers["location"]
    location: str = (await browser.step(authorize)).headers["location"]
    return location


async def signed_in(hospital: Hospital, browser: Browser, launch: str, person: Any) -> httpx.Response:
    """A clinician's launch, with the Microsoft sign-in if it is asked for."""
    page = await browser.open(launch)
    if str(page.url).startswith(hospital.config.entra):
        page = await browser.submit(page, username=person.username, password=person.password)
    return page


async def test_two_clinicians_and_a_patient_meet_in_one_room(hospital: Hospital, browser: Browser) -> None:
    csn = await hospital.scheduled()
    first = await signed_in(hospital, browser, await hospital.launch(csn, user=DOCTOR.epic_username), DOCTOR)
    async with Browser(str(hospital.config.bundle)) as other, Browser(str(hospital.config.bundle)) as third:
        launch = await hospital.launch(csn, user=SECOND.epic_username)
        second = await signed_in(hospital, other, launch, SECOND)
        patient = await third.open(await hospital.launch(csn, "patient"))
    assert first.status_code == 200
    assert first.url == second.url == patient.url
    meetings = await hospital.world.control("GET", "/meetings")
    meeting = next(item for item in meetings if httpx.URL(item["joinWebUrl"]) == first.url)
    presenters = {item["identity"]["user"]["id"] for item in meeting["participants"]["attendees"]}
    assert {DOCTOR.oid, SECOND.oid} <= presenters | {meeting["participants"]["organizer"]["identity"]["user"]["id"]}
    assert meeting["lobbyBypassSettings"]["scope"] != "everyone"


async def test_a_launch_of_a_visit_that_no_message_announced_works(hospital: Hospital, browser: Browser) -> None:
    start = "2027-01-05T10:00:00-06:00"
    answer = await hospital.world.control("POST", "/epic/appointments", json={"start": start})
    page = await signed_in(hospital, browser, await hospital.launch(answer["csn"]), DOCTOR)
    assert page.status_code == 200
    assert page.url.path.startswith("/l/meetup-join/")


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"iss": "https://unknown.example/api/FHIR/R4"}, 403, "launch.issuer_unknown"),
        ({"iss": "http://localhost/api/FHIR/R4"}, 403, "launch.issuer_unknown"),
        ({"iss": "nonsense"}, 403, "launch.issuer_unknown"),
        ({"iss": None}, 400, "launch.issuer_missing"),
        ({"launch": None}, 400, "launch.issuer_missing"),
    ],
    ids=str,
)
async def test_an_ehr_that_is_not_ours_is_refused_without_any_call(
    hospital: Hospital, browser: Browser, unchanged: Unchanged, change: dict[str, str | None], status: int, code: str
) -> None:
    launch = await hospital.launch(await hospital.scheduled())
    await unchanged()
    answer = await browser.step(changed(launch, **change))
    assert code_of(answer) == (status, code)
    assert "set-cookie" not in answer.headers
    await unchanged()


async def test_an_audience_that_does_not_exist_is_refused(hospital: Hospital, browser: Browser) -> None:
    launch = (await hospital.launch(await hospital.scheduled())).replace("/epic/provider", "/epic/nobody")
    assert code_of(await browser.step(launch)) == (404, "launch.audience_unknown")


async def test_a_launch_url_for_another_connection_is_refused(hospital: Hospital, browser: Browser) -> None:
    launch = (await hospital.launch(await hospital.scheduled())).replace("/provider?", "/provider/another99?")
    assert code_of(await browser.step(launch)) == (403, "launch.issuer_unknown")


@pytest.mark.parametrize("state", ["wrong", None])
async def test_a_wrong_state_is_refused(
    hospital: Hospital, browser: Browser, unchanged: Unchanged, state: str | None
) -> None:
    launch = await hospital.launch(await hospital.scheduled())
    await unchanged()
    callback = await to_callback(browser, launch)
    assert code_of(await browser.open(changed(callback, state=state))) == (400, "launch.state_invalid")
    await unchanged()


async def test_the_callback_in_another_browser_is_refused(
    hospital: Hospital, browser: Browser, unchanged: Unchanged
) -> None:
    launch = await hospital.launch(await hospital.scheduled())
    await unchanged()
    callback = await to_callback(browser, launch)
    async with Browser(str(hospital.config.bundle)) as thief:
        assert code_of(await thief.open(callback)) == (400, "launch.state_invalid")
    await unchanged()


async def test_the_patient_s_callback_does_not_take_a_provider_s_sign_in(hospital: Hospital, browser: Browser) -> None:
    callback = await to_callback(browser, await hospital.launch(await hospital.scheduled()))
    answer = await browser.open(callback.replace("/callback/provider", "/callback/patient"))
    assert code_of(answer) == (400, "launch.state_invalid")


async def test_a_code_works_once(hospital: Hospital, browser: Browser, unchanged: Unchanged) -> None:
    callback = await to_callback(browser, await hospital.launch(await hospital.scheduled()))
    cookies = dict(browser.cookies)
    assert (await browser.step(callback)).status_code == 302
    await unchanged()
    # Again in the same browser; then with the cookie, which whoever stole it would bring.
    assert code_of(await browser.open(callback)) == (409, "launch.used")
    answer = await hospital.world.http.get(
        callback, headers={"Cookie": "; ".join(f"{k}={v}" for k, v in cookies.items())}
    )
    assert code_of(answer) == (409, "launch.used")
    await unchanged()


async def test_a_callback_that_comes_twice_at_once_leads_to_one_and_the_same_room(
    hospital: Hospital, browser: Browser
) -> None:
    """As a double click or an impatient reload sends it: the EHR sees the code once."""
    csn = await hospital.scheduled()
    await signed_in(hospital, browser, await hospital.launch(csn), DOCTOR)
    callback = await to_callback(browser, await hospital.launch(csn))
    await hospital.world.control("PUT", "/faults", json={"route": "epic:POST /", "delay_ms": 700})
    try:
        twice = await asyncio.gather(browser.step(callback), browser.step(callback))
    finally:
        await hospital.world.control("DELETE", "/faults")
    rooms = {answer.headers["location"] for answer in twice}
    assert len(rooms) == 1
    assert "/l/meetup-join/" in rooms.pop()


async def test_a_launch_whose_address_would_be_long_is_posted(hospital: Hospital, browser: Browser) -> None:
    page = await browser.step(await hospital.launch(await hospital.scheduled(), "patient", long=True))
    assert page.status_code == 200
    assert "form-action" not in page.headers["content-security-policy"]
    room = await browser.submit(page)
    assert room.status_code == 200
    assert room.url.path.startswith("/api/v/")


async def test_a_code_that_the_ehr_never_gave_is_refused(
    hospital: Hospital, browser: Browser, unchanged: Unchanged
) -> None:
    launch = await hospital.launch(await hospital.scheduled())
    await unchanged()
    callback = await to_callback(browser, launch)
    assert code_of(await browser.open(changed(callback, code="x" * 40))) == (403, "launch.ehr_refused")
    await unchanged()


async def test_a_refusal_of_the_ehr_is_said_in_plain_words(hospital: Hospital, browser: Browser) -> None:
    callback = await to_callback(browser, await hospital.launch(await hospital.scheduled()))
    answer = await browser.open(changed(callback, code=None, error="access_denied", error_description="<b>Pat</b>"))
    assert code_of(answer) == (403, "launch.ehr_refused")
    assert "Pat" not in answer.text


@pytest.mark.parametrize(
    ("audience", "fields"),
    [
        ("provider", {"fhir_user": "Patient/ePatTesterPatient3"}),
        ("provider", {"fhir_user": "RelatedPerson/eMother"}),
        ("patient", {"fhir_user": "Practitioner/eMarcusBellDoctor3"}),
        ("patient", {"context": "sessionId=%CSN%&userType=1"}),
    ],
    ids=str,
)
async def test_an_id_token_of_the_other_role_is_refused(
    hospital: Hospital, browser: Browser, unchanged: Unchanged, audience: str, fields: dict[str, str]
) -> None:
    launch = await hospital.launch(await hospital.scheduled(), audience, **fields)
    await unchanged()
    assert code_of(await browser.open(launch)) == (403, "launch.wrong_role")
    await unchanged()


@pytest.mark.parametrize("context", ["userType=1", "sessionId=&userType=1", "sessionId=<script>&userType=1"])
async def test_a_launch_without_a_visit_is_refused(
    hospital: Hospital, browser: Browser, unchanged: Unchanged, context: str
) -> None:
    launch = await hospital.launch(await hospital.scheduled(), context=context)
    await unchanged()
    assert code_of(await browser.open(launch)) == (422, "launch.session_missing")
    await unchanged()


async def test_the_microsoft_sign_in_of_another_browser_links_nobody(hospital: Hospital, browser: Browser) -> None:
    person = PEOPLE["approver"]
    launch = await hospital.launch(await hospital.scheduled(), user=person.epic_username)
    page = await browser.open(launch)
    assert str(page.url).startswith(hospital.config.entra)
    async with Browser(str(hospital.config.bundle)) as thief:
        landed = await thief.submit(page, username=person.username, password=person.password)
    assert code_of(landed) == (400, "launch.state_invalid") or landed.status_code >= 400
    assert person.fhir_id not in {row["RowKey"] for row in await hospital.world.rows("clinicians")}


async def test_our_pages_say_nothing_to_the_next_site_and_forbid_scripts(hospital: Hospital, browser: Browser) -> None:
    answer = await browser.step(f"{hospital.config.functions}/api/v/wrong")
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"


async def test_a_patient_who_comes_first_waits_and_is_let_on_when_the_clinician_comes(
    hospital: Hospital, browser: Browser
) -> None:
    csn = await hospital.scheduled()
    async with Browser(str(hospital.config.bundle)) as patient:
        page = await patient.open(await hospital.launch(csn, "patient"))
        assert page.status_code == 200
        assert page.url.path.startswith("/api/v/")
        room = await signed_in(hospital, browser, await hospital.launch(csn), DOCTOR)
        assert (await patient.open(str(page.url))).url == room.url


async def test_with_a_pool_of_organisers_a_patient_s_link_leads_straight_into_the_room(
    hospital: Hospital, browser: Browser
) -> None:
    path = "/connections/demo2amer"
    await hospital.world.api("admin", "PATCH", path, json={"organizers": [SECOND.oid]})
    try:
        token = await hospital.link(await hospital.booked())
        page = await browser.open(f"{hospital.config.functions}/api/v/{token}")
    finally:
        await hospital.world.api("admin", "PATCH", path, json={"organizers": []})
    assert page.url.path.startswith("/l/meetup-join/")
    meetings = await hospital.world.control("GET", "/meetings")
    meeting = next(item for item in meetings if httpx.URL(item["joinWebUrl"]) == page.url)
    assert meeting["participants"]["organizer"]["identity"]["user"]["id"] == SECOND.oid
    assert meeting["subscriptions"], "nobody watches the room"


async def test_a_room_moves_with_its_appointment_and_goes_with_it(hospital: Hospital, browser: Browser) -> None:
    csn = await hospital.scheduled()
    room = await signed_in(hospital, browser, await hospital.launch(csn), DOCTOR)

    async def meeting() -> dict[str, Any] | None:
        meetings = await hospital.world.control("GET", "/meetings")
        return next((item for item in meetings if httpx.URL(item["joinWebUrl"]) == room.url), None)

    moved = (datetime.now(UTC) + timedelta(days=3)).replace(microsecond=0)
    await hospital.world.control("PATCH", f"/epic/appointments/{csn}", json={"start": moved.isoformat()})
    await hospital.world.send(csn, "S13", hospital.connection)

    async def has_moved() -> bool:
        found = await meeting()
        return found is not None and datetime.fromisoformat(found["startDateTime"]) == moved

    await until(has_moved, "the meeting to move")
    await hospital.world.send(csn, "S15", hospital.connection)

    async def is_gone() -> bool:
        return await meeting() is None

    await until(is_gone, "the meeting to be deleted")


async def test_a_tenant_without_access_policy_is_told_what_to_do(hospital: Hospital, browser: Browser) -> None:
    csn = await hospital.scheduled()
    await hospital.world.control("PUT", "/graph/access-policy", json={"granted": False})
    try:
        page = await signed_in(hospital, browser, await hospital.launch(csn), DOCTOR)
    finally:
        await hospital.world.control("PUT", "/graph/access-policy", json={"granted": True})
    assert code_of(page) == (503, "room.policy_missing")
    room = await signed_in(hospital, browser, await hospital.launch(csn), DOCTOR)
    assert room.url.path.startswith("/l/meetup-join/")


async def test_a_device_test_s_launch_ends_at_its_page(hospital: Hospital, browser: Browser) -> None:
    page = await browser.open(await hospital.launch(await hospital.scheduled(), "devicetest"))
    assert page.status_code == 200
    assert page.url.path.startswith("/api/device-test/")
    assert page.headers["Permissions-Policy"] == "camera=(self), microphone=(self)"
