"""Graph's notifications at our door: forged ones change nothing, true ones in any order lead to one end."""

import json
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from azure.data.tables import UpdateMode

from local.browser import Browser
from local.config import APP_CLIENT_ID, CONNECTION_ID, PEOPLE, TENANT_ID
from local.demo.steps import until
from tests.stack.conftest import Hospital

Unchanged = Callable[[], Awaitable[None]]
CHANGE_TRACKING = "0bf30f3b-4a52-48df-9a82-234910c4a086"
DOCTOR = PEOPLE["clinician"]
WRITEBACK = f"/connections/{CONNECTION_ID}/writeback"


class Meeting:
    """A room that is watched, and what Graph would send about it."""

    def __init__(self, hospital: Hospital, csn: str, state: dict[str, Any]) -> None:
        self.hospital = hospital
        self.csn = csn
        self.id = str(state["id"])
        self.subscription: dict[str, Any] = state["subscriptions"][0]

    async def roster(self, participant: str, action: str, **more: Any) -> dict[str, Any]:
        path = f"/meetings/{quote(self.id, safe='')}/roster"
        body = {"participant": participant, "action": action, **more}
        answer: dict[str, Any] = await self.hospital.world.control("POST", path, json=body)
        return answer

    async def statuses(self) -> list[tuple[str, str]]:
        found = await self.hospital.world.statuses()
        return [(item["external_id_type"], item["status"]) for item in found if item["conference_id"] == self.csn]

    async def told(self, count: int) -> list[tuple[str, str]]:
        async def enough() -> list[tuple[str, str]] | None:
            statuses = await self.statuses()
            return statuses if len(statuses) >= count else None

        return await until(enough, f"{count} statuses")


@pytest.fixture
async def meeting(hospital: Hospital) -> Meeting:
    """A room made by the clinician's launch."""
    csn = await hospital.scheduled()
    async with Browser(str(hospital.config.bundle)) as browser:
        page = await browser.open(await hospital.launch(csn))
        if str(page.url).startswith(hospital.config.entra):
            page = await browser.submit(page, username=DOCTOR.username, password=DOCTOR.password)
        assert page.status_code == 200
    states = await hospital.world.control("GET", "/meetings")
    return Meeting(hospital, csn, next(item for item in states if httpx.URL(item["joinWebUrl"]) == page.url))


async def signed(hospital: Hospital, **changes: Any) -> str:
    """A validation token as Graph sends it, spoilt by `changes`."""
    now = int(time.time())
    claims = {
        "iss": f"{hospital.config.authority}/v2.0", "aud": APP_CLIENT_ID, "azp": CHANGE_TRACKING, "tid": TENANT_ID,
        "iat": now, "nbf": now, "exp": now + 3600, "ver": "2.0",
    } | changes  # fmt: skip
    answer = await hospital.world.http.post(
        f"{hospital.config.entra}/control/sign",
        headers={"x-control-secret": hospital.config.secrets["entra_control"]},
        json={"claims": claims},
    )
    return str(answer.json()["token"])


def delivery(meeting: Meeting, tokens: list[str] | None, **item: Any) -> dict[str, Any]:
    """A delivery about the meeting with contents that nobody could open."""
    content = {
        "data": "AAAA", "dataKey": "AAAA", "dataSignature": "AAAA", "encryptionCertificateId": "a" * 32,
    }  # fmt: skip
    body = {
        "subscriptionId": meeting.subscription["id"], "changeType": "updated", "tenantId": TENANT_ID,
        "clientState": meeting.subscription["clientState"], "encryptedContent": content,
    } | item  # fmt: skip
    return {"value": [body], "validationTokens": tokens}


async def post(hospital: Hospital, body: Any) -> int:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"}
    answer = await hospital.world.http.post(
        f"{hospital.config.functions}/api/graph/notifications", content=content, headers=headers
    )
    return answer.status_code


async def test_graph_s_validation_is_answered_with_the_decoded_token(hospital: Hospital) -> None:
    for path in ("notifications", "lifecycle"):
        answer = await hospital.world.http.post(
            f"{hospital.config.functions}/api/graph/{path}", params={"validationToken": "Validation: <a>&é %2B"}
        )
        assert (answer.status_code, answer.text) == (200, "Validation: <a>&é %2B")
        assert answer.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "another app"},
        {"azp": "another caller"},
        {"iss": "https://login.microsoftonline.com/another/v2.0"},
        {"exp": 1_700_000_000},
        {"tid": "another"},
    ],
    ids=str,
)
async def test_a_delivery_with_a_false_token_changes_nothing(
    hospital: Hospital, meeting: Meeting, unchanged: Unchanged, changes: dict[str, Any]
) -> None:
    await unchanged()
    assert await post(hospital, delivery(meeting, [await signed(hospital, **changes)])) == 401
    assert await post(hospital, delivery(meeting, [await signed(hospital), await signed(hospital, **changes)])) == 401
    await unchanged()


@pytest.mark.parametrize("tokens", [None, [], ["x"], ["a.b.c"], [7]])
async def test_a_delivery_without_a_true_token_changes_nothing(
    hospital: Hospital, meeting: Meeting, unchanged: Unchanged, tokens: Any
) -> None:
    await unchanged()
    assert await post(hospital, delivery(meeting, tokens)) == 401
    await unchanged()


@pytest.mark.parametrize(
    "item",
    [
        {"clientState": "x"},
        {"clientState": None},
        {"clientState": "demo2amer/AAAAAAAAAAAAAAAAAAAA/AAAA"},
        {"tenantId": "x"},
    ],
)
async def test_a_forged_state_or_tenant_changes_nothing(
    hospital: Hospital, meeting: Meeting, unchanged: Unchanged, item: dict[str, Any]
) -> None:
    await unchanged()
    assert await post(hospital, delivery(meeting, [await signed(hospital)], **item)) == 401
    await unchanged()


@pytest.mark.parametrize(
    "body", [b"", b"x", b"[]", b"{}", b'{"value": []}', b'{"value": [7], "validationTokens": ["x"]}']
)
async def test_a_delivery_that_makes_no_sense_is_refused(hospital: Hospital, body: bytes) -> None:
    assert await post(hospital, body) in (400, 401)


async def test_contents_that_do_not_open_are_dropped(
    hospital: Hospital, meeting: Meeting, unchanged: Unchanged
) -> None:
    await unchanged()
    assert await post(hospital, delivery(meeting, [await signed(hospital)])) == 202
    await unchanged()


async def test_events_that_come_twice_and_late_tell_epic_once_and_in_order(
    hospital: Hospital, meeting: Meeting
) -> None:
    await meeting.roster("Guest", "lobby", duplicate=2)
    await meeting.roster(DOCTOR.username, "join", duplicate=1)
    await meeting.roster("Guest", "join", duplicate=1)
    assert set(await meeting.told(2)) == {("provider", "connected"), ("patient", "connected")}
    await meeting.roster("Guest", "leave", duplicate=2)
    await meeting.told(3)
    await hospital.at_rest()
    assert (await meeting.statuses())[2:] == [("patient", "disconnected")]


async def test_an_epic_that_is_away_hears_it_all_later(hospital: Hospital, meeting: Meeting) -> None:
    rule = {"route": "epic:/interconnect-demo-oauth/api/epic/2018", "status": 503}
    await hospital.world.control("PUT", "/faults", json=rule)
    await meeting.roster("Guest", "lobby")
    await meeting.roster("Guest", "join")

    async def tried() -> bool:
        return any(row.get("outbox_tries") for row in await hospital.world.rows("visits"))

    await until(tried, "an attempt")
    await hospital.world.control("DELETE", "/faults")

    async def told() -> list[tuple[str, str]] | None:
        await hospital.world.run_tick()
        return await meeting.statuses() or None

    assert await until(told, "the status", seconds=60) == [("patient", "connected")]


async def test_what_epic_refuses_for_one_appointment_is_kept_and_written_after_all(
    hospital: Hospital, meeting: Meeting
) -> None:
    rule = {"route": "epic:/interconnect-demo-oauth/api/epic/2018", "status": 404}
    await hospital.world.control("PUT", "/faults", json=rule)
    await meeting.roster("Guest", "join")
    visit = next(row["RowKey"] for row in await hospital.world.rows("visits") if meeting.id in str(row.get("room")))

    async def kept() -> dict[str, Any] | None:
        standing = await hospital.world.api("admin", "GET", WRITEBACK)
        return next((one for one in standing["not_written"] if one["visit"] == visit), None)

    one = await until(kept, "the record of what was not written")
    await hospital.world.control("DELETE", "/faults")
    assert (one["role"], one["status"], one["problem"]["code"]) == ("patient", "connected", "ehr.appointment_unknown")
    assert await meeting.statuses() == []
    for _ in range(2):
        came = await hospital.world.api("admin", "POST", f"{WRITEBACK}/replay", json={"id": one["id"]})
    assert came == {"replayed": 0, "superseded": 0, "gone": 0, "left": 0}
    assert await meeting.told(1) == [("patient", "connected")]
    assert await kept() is None


async def test_a_status_waits_while_the_connection_is_paused_and_ends_the_pause_as_its_probe(
    hospital: Hospital, meeting: Meeting
) -> None:
    now = datetime.now(UTC)
    row = {
        "PartitionKey": "writeback", "RowKey": CONNECTION_ID, "refusals": 3, "tries": 1, "paused": True,
        "since": _text(now), "code": "ehr.not_answering", "probe": _text(now + timedelta(seconds=20)),
    }  # fmt: skip
    await hospital.world.tables.get_table_client("work").upsert_entity(row)
    await meeting.roster("Guest", "join")

    async def waits() -> bool:
        rows = await hospital.world.rows("visits")
        return any(meeting.id in str(each.get("room")) and each.get("outbox_code") for each in rows)

    await until(waits, "the status to wait")
    paused = (await hospital.world.api("admin", "GET", WRITEBACK))["paused"]
    assert paused["problem"]["code"] == "ehr.not_answering"
    assert await meeting.statuses() == []

    async def told() -> list[tuple[str, str]] | None:
        await hospital.world.run_tick()
        return await meeting.statuses() or None

    assert await until(told, "the status", seconds=60) == [("patient", "connected")]

    async def over() -> bool:
        return (await hospital.world.api("admin", "GET", WRITEBACK))["paused"] is None

    await until(over, "the pause to be over")


async def test_what_no_event_told_comes_from_the_attendance_report(hospital: Hospital, meeting: Meeting) -> None:
    """Every event but the last is lost; Epic hears nothing of it, the report does."""
    begun = datetime.now(UTC) - timedelta(hours=4)

    def moment(minutes: int) -> str:
        return (begun + timedelta(minutes=minutes)).isoformat()

    await meeting.roster("Guest", "join", hold=True, event_time=moment(0))
    await meeting.roster(DOCTOR.username, "join", hold=True, event_time=moment(5))
    await meeting.roster("Guest", "leave", hold=True, event_time=moment(20))
    await meeting.roster(DOCTOR.username, "leave", event_time=moment(25))

    async def visit(*, after: str) -> dict[str, Any] | None:
        rows = await hospital.world.rows("visits")
        return next((row for row in rows if row.get(after) and meeting.id in str(row.get("room"))), None)

    # The report would tell this, too, if it came before the event; and it is asked for once, two hours after the visit.
    await until(partial(visit, after="first_last_left"), "the last one to leave")
    await meeting.roster("", "end", event_time=moment(25))
    await _appointment_was(hospital, meeting, begun)

    async def reconciled() -> dict[str, Any] | None:
        await hospital.world.run_tick()
        return await visit(after="attended")

    row = await until(reconciled, "the attendance report", seconds=60)
    assert row["attended"] == "both_connected,clinician_connected,most_people,patient_connected"
    assert row["most_people"] == 2
    assert row["call_ended"]


async def _appointment_was(hospital: Hospital, meeting: Meeting, start: datetime) -> None:
    """Puts the visit's time back, as if hours had gone by."""
    rows = [row for row in await hospital.world.rows("visits") if meeting.id in str(row.get("room"))]
    assert len(rows) == 1
    changed = rows[0] | {"start": _text(start)}
    await hospital.world.tables.get_table_client("visits").update_entity(changed, mode=UpdateMode.MERGE)


def _text(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
