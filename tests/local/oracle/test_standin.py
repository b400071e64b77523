"""The stand-in takes what the documentation says and refuses all else; FHIR shapes are judged by `fhir.resources`."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fhir.resources.R4B.appointment import Appointment
from fhir.resources.R4B.capabilitystatement import CapabilityStatement
from fhir.resources.R4B.operationoutcome import OperationOutcome

from local.oracle.app import PATCH, READ, WRITE
from local.oracle.outcomes import FHIR
from tests.local.oracle.served import LINK_URL, Served, serving

TO_ARRIVED = [{"op": "replace", "path": "/status", "value": "arrived"}]
PERIOD = {
    "/contained/0/telecom/0/period/start": "2026-11-24T15:00:00.000Z",
    "/contained/0/telecom/0/period/end": "2026-11-24T15:30:00.000Z",
}
FOUR = {"/contained/0/telecom/0/value": LINK_URL, "/contained/1/telecom/0/value": LINK_URL, **PERIOD}


def steps(verb: str, values: dict[str, str]) -> list[dict[str, str]]:
    return [{"op": verb, "path": path, "value": value} for path, value in values.items()]


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    async with serving() as served:
        yield served


async def ask(served: Served, method: str, number: str, body: Any = None, **headers: str | None) -> httpx.Response:
    """A right request but for `headers`, by their names with underscores; None leaves one out."""
    usual: dict[str, str | None] = {"Accept": FHIR, "Authorization": f"Bearer {await served.token()}"}
    if method == "PATCH":
        usual |= {"Content-Type": PATCH, "If-Match": 'W/"1"'}
    usual |= {name.replace("_", "-"): value for name, value in headers.items()}
    sent = {name: value for name, value in usual.items() if value is not None}
    async with httpx.AsyncClient() as http:
        url = f"{served.millennium.fhir_base}/Appointment/{number}"
        return await http.request(method, url, headers=sent, json=body)


async def test_an_appointment_is_fhir_before_and_after_its_links(served: Served) -> None:
    served.millennium.add("100")
    for version in (1, 2):
        answer = await ask(served, "GET", "100")
        assert (answer.status_code, answer.headers["etag"]) == (200, f'W/"{version}"')
        Appointment.model_validate_json(answer.text)
        assert answer.json()["meta"]["versionId"] == str(version)
        if version == 1:
            assert (await ask(served, "PATCH", "100", steps("add", FOUR))).status_code == 200
    rooms = answer.json()["contained"]
    assert [room["type"][0]["text"] for room in rooms] == [
        "Provider Virtual Meeting Room", "Patient Virtual Meeting Room",
    ]  # fmt: skip


async def test_what_it_says_of_itself_is_a_capability_statement(served: Served) -> None:
    async with httpx.AsyncClient() as http:
        answer = await http.get(f"{served.millennium.fhir_base}/metadata")
        CapabilityStatement.model_validate_json(answer.text)
        found = (await http.get(f"{served.millennium.fhir_base}/.well-known/smart-configuration")).json()
    assert found["token_endpoint"] == served.millennium.token_url


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"If_Match": None}, 412),
        ({"If_Match": 'W/"7"'}, 409),
        ({"If_Match": "1"}, 400),
        ({"Content_Type": "application/json"}, 415),
        ({"Content_Type": FHIR}, 415),
        ({"Accept": "application/json"}, 406),
        ({"Authorization": None}, 401),
        ({"Authorization": "Bearer made-up"}, 401),
    ],
    ids=str,
)
async def test_a_patch_without_what_the_contract_asks_for_is_refused(
    served: Served, headers: dict[str, str | None], status: int
) -> None:
    appointment = served.millennium.add("100")
    answer = await ask(served, "PATCH", "100", TO_ARRIVED, **headers)
    assert answer.status_code == status
    OperationOutcome.model_validate_json(answer.text)
    assert appointment.version == 1


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ([{"op": "replace", "path": "/description", "value": "x"}], 422),
        ([{"op": "replace", "path": "/contained/2/telecom/0/value", "value": LINK_URL}], 422),
        ([{"op": "remove", "path": "/status", "value": "x"}], 422),
        ([{"op": "replace", "path": "/status", "value": "fulfilled"}], 422),
        ([{"op": "replace", "path": "/status", "value": "video"}], 422),
        ({"op": "replace", "path": "/status", "value": "arrived"}, 400),
        ([{"path": "/status", "value": "arrived"}], 400),
        ([], 400),
        (steps("replace", FOUR), 422),
        (steps("add", PERIOD), 422),
        ([*steps("add", PERIOD), *steps("replace", {path: LINK_URL for path in FOUR if path not in PERIOD})], 422),
        (steps("add", FOUR | {"/contained/1/telecom/0/value": "https://a.example/" + "x" * 240}), 422),
        (steps("add", FOUR | {"/contained/0/telecom/0/period/end": "tomorrow"}), 422),
    ],
    ids=str,
)
async def test_a_patch_that_the_documentation_does_not_list_is_refused(served: Served, body: Any, status: int) -> None:
    appointment = served.millennium.add("100")
    assert (await ask(served, "PATCH", "100", body)).status_code == status
    assert appointment.version == 1


async def test_links_are_added_once_and_to_video_visits_only(served: Served) -> None:
    served.millennium.add("100")
    served.millennium.add("200", video=False)
    assert (await ask(served, "PATCH", "100", steps("add", FOUR))).status_code == 200
    assert (await ask(served, "PATCH", "100", steps("add", FOUR), If_Match='W/"2"')).status_code == 409
    assert (await ask(served, "PATCH", "200", steps("add", FOUR))).status_code == 422


async def test_one_that_is_being_written_is_locked_and_one_that_is_not_there_is_unknown(served: Served) -> None:
    served.millennium.add("100").locked = 1
    assert (await ask(served, "PATCH", "100", TO_ARRIVED)).status_code == 423
    assert (await ask(served, "PATCH", "100", TO_ARRIVED)).status_code == 200
    assert (await ask(served, "GET", "300")).status_code == 404


@pytest.mark.parametrize(("allowed", "method"), [((READ,), "PATCH"), ((WRITE,), "GET")])
async def test_a_token_without_the_scope_does_not_do(allowed: tuple[str, ...], method: str) -> None:
    async with serving(allowed=allowed) as served:
        served.adapter.scope = allowed[0]
        served.millennium.add("100")
        assert (await ask(served, method, "100", TO_ARRIVED if method == "PATCH" else None)).status_code == 403
