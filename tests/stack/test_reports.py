"""Reports on the whole stack: what happens in a meeting is in them at once, under the right tenant, without a number."""

import csv
import io
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from local.browser import Browser
from local.config import CONNECTION_ID, PEOPLE
from local.demo.steps import until
from tests.stack.conftest import Hospital
from tests.stack.test_configuration import call, token_of
from tests.stack.test_graph import Meeting

DOCTOR = PEOPLE["clinician"]
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1"


async def a_meeting(hospital: Hospital) -> Meeting:
    """A room made by the clinician's launch, of a visit that starts in five minutes."""
    csn = await hospital.scheduled(start=(datetime.now(UTC) + timedelta(minutes=5)).replace(microsecond=0))
    async with Browser(str(hospital.config.bundle)) as browser:
        page = await browser.open(await hospital.launch(csn))
        if str(page.url).startswith(hospital.config.entra):
            page = await browser.submit(page, username=DOCTOR.username, password=DOCTOR.password)
        assert page.status_code == 200
    states = await hospital.world.control("GET", "/meetings")
    return Meeting(hospital, csn, next(item for item in states if httpx.URL(item["joinWebUrl"]) == page.url))


@pytest.fixture
async def meeting(hospital: Hospital) -> Meeting:
    """One such room."""
    return await a_meeting(hospital)


async def find(hospital: Hospital, csn: str, person: str = "reader") -> httpx.Response:
    body = {"connection": CONNECTION_ID, "number": csn}
    return await call(hospital, "POST", "/reports/visits/find", await token_of(hospital, person), body)


def row_with(hospital: Hospital, csn: str, **wanted: Any) -> Callable[[], Awaitable[dict[str, Any] | None]]:
    async def seen() -> dict[str, Any] | None:
        rows = (await find(hospital, csn)).json()["visits"]
        return next((row for row in rows if all(row[name] == value for name, value in wanted.items())), None)

    return seen


async def test_a_visit_is_in_the_reports_as_it_happens(hospital: Hospital, meeting: Meeting) -> None:
    csn, token = meeting.csn, await token_of(hospital, "reader")
    row = await until(row_with(hospital, csn, status="scheduled"), "the visit in the report")
    assert csn not in str(row)
    day = {"from": row["day"], "to": row["day"], "connection": CONNECTION_ID}
    before = (await call(hospital, "GET", f"/reports/usage?{httpx.QueryParams(day)}", token)).json()["totals"]

    await meeting.roster("Guest", "lobby")
    await until(row_with(hospital, csn, status="waiting"), "the patient in the lobby")
    await meeting.roster(DOCTOR.username, "join")
    await meeting.roster("Guest", "join")
    await until(row_with(hospital, csn, status="in_progress", most_people=2), "both in the call")
    await meeting.roster(DOCTOR.username, "end")
    row = await until(row_with(hospital, csn, status="completed"), "the end")

    assert (row["kind"], row["people"], row["times_from"]) == ("single", 2, "roster")
    assert row["organizer_name"] == DOCTOR.name
    assert row["lobby_seconds"] >= 0 <= row["call_seconds"]
    assert row["patient_waiting"] < row["patient_connected"] <= row["both_connected"] < row["last_left"]
    after = (await call(hospital, "GET", f"/reports/usage?{httpx.QueryParams(day)}", token)).json()["totals"]
    assert after["visits"] == before["visits"]
    assert after["completed"] == before["completed"] + 1
    answer = await call(hospital, "GET", f"/reports/visits?{httpx.QueryParams(day)}&format=csv", token)
    listed = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"), newline="")))
    assert row["visit"] in {each["visit"] for each in listed}
    assert csn not in answer.text


async def test_texts_are_counted_when_they_left_and_when_the_carrier_reports_that_they_arrived(
    hospital: Hospital,
) -> None:
    appointment = await hospital.booked()
    csn = appointment.csn
    row = await until(row_with(hospital, csn, texts_sent=1, texts_delivered=1), "the carrier's report of the first")
    day = {"from": row["day"], "to": row["day"], "connection": CONNECTION_ID}
    assert (row["status"], row["people"]) == ("scheduled", 0)
    await hospital.send(appointment, "S15")
    row = await until(row_with(hospital, csn, status="cancelled", texts_delivered=2), "that of the second")
    assert row["texts_sent"] == 2
    answer = await call(hospital, "GET", f"/reports/sms?{httpx.QueryParams(day)}", await token_of(hospital, "reader"))
    kinds = {each["kind"]: each["texts_delivered"] for each in answer.json()["kinds"]}
    # Other visits of that day may have had texts too.
    assert min(kinds["scheduled"], kinds["cancelled"]) >= 1
    assert appointment.phone not in answer.text + str(row)


async def test_how_people_heard_each_other_comes_from_the_visit_s_own_calls(
    hospital: Hospital, meeting: Meeting
) -> None:
    """The clinician had another call in that hour, of which nothing is taken."""
    begun = datetime.now(UTC) - timedelta(hours=1)

    def moment(minutes: int) -> str:
        return (begun + timedelta(minutes=minutes)).isoformat()

    other = await a_meeting(hospital)
    await other.roster(DOCTOR.username, "join", event_time=moment(1))
    await other.roster("Nosy", "join", event_time=moment(2))
    await other.roster("", "end", event_time=moment(4))
    await meeting.roster(DOCTOR.username, "join", event_time=moment(5))
    await meeting.roster("Guest", "join", event_time=moment(6))
    await until(row_with(hospital, meeting.csn, status="in_progress"), "both in the call")
    await meeting.roster("", "end", event_time=moment(20))

    async def measured() -> dict[str, Any] | None:
        await hospital.world.run_tick()
        return await row_with(hospital, meeting.csn, quality_streams=2)()

    row = await until(measured, "the call's quality in the report", seconds=60)
    assert row["jitter_ms"] >= 3
    assert row["mos_degradation"] == pytest.approx(0.2)
    answer = await call(hospital, "GET", "/reports/quality", await token_of(hospital, "reader"))
    assert answer.json()["enabled"] is True
    assert "Nosy" not in answer.text


async def test_who_enters_by_a_text_s_link_is_counted_by_kind_of_device_and_waits_for_no_write(
    hospital: Hospital,
) -> None:
    start = (datetime.now(UTC) + timedelta(minutes=5)).replace(microsecond=0)
    appointment = await hospital.booked(start=start)
    known = {"csn": appointment.csn, "start": appointment.start.isoformat()}
    await hospital.world.control("POST", "/epic/appointments", json=known)
    link = f"{hospital.config.functions}/api/v/{await hospital.link(appointment)}"
    async with Browser(str(hospital.config.bundle)) as browser:
        page = await browser.open(await hospital.launch(appointment.csn))
        if str(page.url).startswith(hospital.config.entra):
            await browser.submit(page, username=DOCTOR.username, password=DOCTOR.password)
    answer = await hospital.world.http.get(link, headers={"User-Agent": IPHONE})
    assert answer.status_code == 302

    async def counted() -> bool | None:
        rows = await hospital.world.rows("visits")
        return any('"text:phone": 1' in str(row.get("joins", "")) for row in rows) or None

    await until(counted, "the visit to know of it")
    states = await hospital.world.control("GET", "/meetings")
    state = next(item for item in states if item["joinWebUrl"] == answer.headers["location"])
    await Meeting(hospital, appointment.csn, state).roster("Guest", "lobby")
    row = await until(row_with(hospital, appointment.csn, joins_text=1, joins_phone=1), "the report to have it")
    assert (row["joins_portal"], row["joins_guest"], row["joins_tablet"], row["joins_desktop"]) == (0, 0, 0, 0)


async def test_a_number_that_nobody_has_finds_nothing_and_a_connection_of_others_is_not_there(
    hospital: Hospital,
) -> None:
    assert (await find(hospital, "no such number")).json() == {"visits": []}
    body = {"connection": "nosuch001", "number": "1"}
    answer = await call(hospital, "POST", "/reports/visits/find", await token_of(hospital, "reader"), body)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert (await find(hospital, "1", "approver")).status_code == 403


@pytest.mark.parametrize(
    "query",
    [
        "usage?from=yesterday", "usage?from=2026-02-30", "sms?from=2020-01-01&to=2026-01-01",
        "quality?from=2026-02-01&to=2026-01-01", "usage?by=year", "usage?table=people", "visits?status=fine",
        "visits?limit=501", "visits?number=1",
    ],
)  # fmt: skip
async def test_what_is_asked_wrongly_is_told_by_field(hospital: Hospital, query: str) -> None:
    answer = await call(hospital, "GET", f"/reports/{query}", await token_of(hospital, "reader"))
    assert (answer.status_code, answer.json()["code"]) == (422, "request.invalid")
    assert answer.json()["fields"]


async def test_tables_come_as_csv_and_pages_follow_each_other(hospital: Hospital) -> None:
    token = await token_of(hospital, "reader")
    for path in (
        "usage?table=departments", "usage?table=waiting", "usage?table=allowance", "sms?table=kinds",
        "sms?table=reasons", "quality?table=devices", "quality?table=networks", "quality",
    ):  # fmt: skip
        joint = "&" if "?" in path else "?"
        answer = await call(hospital, "GET", f"/reports/{path}{joint}format=csv", token)
        assert answer.headers["content-type"].startswith("text/csv")
        assert answer.text.startswith("\ufeff")
    for _ in range(2):
        await hospital.booked(start=datetime.now(UTC).replace(microsecond=0) + timedelta(hours=3))
    first = await call(hospital, "GET", "/reports/visits?format=csv&limit=1", token)
    assert first.headers["link"].endswith('rel="next"')
    following = first.headers["link"].partition("<")[2].partition(">")[0]
    second = await call(hospital, "GET", f"/reports/visits{following}", token)
    assert first.text.splitlines()[0] == second.text.splitlines()[0]
    assert first.text != second.text
