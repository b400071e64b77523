"""Each check by itself: what it finds in which case. Together the cases produce every code of the catalogue."""

from collections.abc import Callable
from typing import Any

import pytest

from shared.clock import to_text
from shared.diagnosis import ehr, meetings, traffic, trust
from shared.diagnosis.doctor import run
from shared.diagnosis.findings import CATALOGUE
from shared.diagnosis.shown import Finding
from tests.builders import NOW, at
from tests.diagnosis.cases import FAMILIES, Case, Findings, hangs
from tests.diagnosis.patients import (
    CONNECTION,
    ENDPOINTS,
    SIGNER,
    US,
    Servers,
    a_connection,
    a_launch,
    a_policy,
    a_reach,
    an_account,
    says,
    seen,
)

# Their own tests: the first below, the others in test_doctor.py.
ELSEWHERE = {"check.timed_out", "tick.alive", "tick.silent"}


async def findings_of(check: Callable[[], Findings]) -> list[Finding]:
    found = check()
    return found if isinstance(found, list) else await found


@pytest.mark.parametrize(
    "case",
    [pytest.param(case, id=f"{family}: {name}") for family, cases in FAMILIES.items() for name, case in cases.items()],
)
async def test_a_check_finds_what_is_there_and_nothing_else(case: Case) -> None:
    check, codes = case
    assert [finding.code for finding in await findings_of(check)] == codes


def test_the_cases_produce_every_code_of_the_catalogue() -> None:
    produced = {code for cases in FAMILIES.values() for _, codes in cases.values() for code in codes}
    assert produced | ELSEWHERE == set(CATALOGUE)


async def test_a_check_that_hangs_is_cut_off_and_says_so() -> None:
    (found,) = await run("the EHR", hangs, seconds=0.01)
    assert (found.code, found.level, found.values) == ("check.timed_out", "unknown", {"check": "the EHR"})


async def test_an_ehr_that_hangs_is_unreachable_by_timeout() -> None:

    class Hanging(Servers):
        async def discover(self, fhir_base: str, client_id: str = "") -> Any:
            await hangs()

        async def keys(self, url: str) -> Any:
            await hangs()

    (server_found,) = await ehr.server(CONNECTION, Hanging(), a_reach("answers"), seconds=0.01)
    (keys_found,) = await ehr.keys(CONNECTION, Hanging(), seconds=0.01)
    assert (server_found.code, server_found.values) == ("ehr.unreachable", {"reason": "timeout"})
    assert keys_found.code == "ehr.keys_unreadable"


async def test_a_failure_tells_its_type_and_nothing_of_its_message() -> None:
    (found,) = await run("a thing", says(ZeroDivisionError("secret")))
    assert found.values == {"check": "a thing", "why": "ZeroDivisionError"}
    assert "secret" not in str(found)


async def test_names_and_ids_of_organisers_are_told_where_something_is_wrong() -> None:
    async def account_of(oid: str) -> Any:
        return an_account("Ines Moreau", enabled=False) if oid == "moreau" else None

    connection = a_connection(organizers=("bell", "moreau"))
    found = await meetings.organisers(connection, ["bell"], account_of, a_policy("missing"), "app-id")
    values = {finding.code: finding.values for finding in found}
    assert values["organisers.gone"] == {"names": "bell"}
    assert values["organisers.disabled"] == {"names": "Ines Moreau"}
    assert values["policy.missing"] == {"names": "Ines Moreau", "app": "app-id"}


async def test_a_hundred_organisers_are_not_all_tried() -> None:
    asked = []

    async def account_of(oid: str) -> Any:
        asked.append(oid)
        return an_account()

    connection = a_connection(organizers=tuple(str(index) for index in range(100)))
    await meetings.organisers(connection, [], account_of, a_policy("granted"), "app")
    assert len(asked) == meetings.MOST_TRIED


async def test_an_unexpected_error_about_an_organiser_is_not_swallowed() -> None:
    with pytest.raises(ZeroDivisionError):
        await meetings.organisers(CONNECTION, [], says(ZeroDivisionError()), a_policy("granted"), "app")


async def test_our_assertion_is_tried_with_a_code_that_nobody_issued_and_the_backend_with_its_own_grant() -> None:
    asked: list[dict[str, str]] = []

    async def token_error(url: str, form: Any, client_id: str) -> str:
        asked.append({"url": url, "client": client_id, **form})
        return "invalid_grant"

    for audience in ("provider", "patient", "backend"):
        await trust.accepted(CONNECTION, audience, SIGNER, token_error, US, NOW)
    provider, patient, backend = asked
    assert provider["redirect_uri"] == f"{US}/api/launch/callback/provider"
    assert (provider["grant_type"], backend["grant_type"]) == ("authorization_code", "client_credentials")
    assert provider["code"] != patient["code"]
    assert "code" not in backend
    assert [one["client"] for one in asked] == ["p", "q", "b"]
    assert {one["url"] for one in asked} == {ENDPOINTS.token}


def test_drift_names_the_record_and_its_differences() -> None:
    known = seen(a_launch(with_id=False, missing=("departmentId",)))
    found = traffic.records(CONNECTION, known, US)[0]
    differences = "launch_url, context:departmentId"
    assert found.values == {"record": "provider", "at": to_text(at(-1)), "differs": differences}
    assert found.action is not None
    assert found.action.kind == "open_records"
