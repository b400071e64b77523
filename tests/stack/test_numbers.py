"""Phone numbers on the running stack: a purchase is watched, survives, is refused with a reason, and is made once."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import pytest

from local.config import CONNECTION_ID, PEOPLE, SENDER_NUMBER, TENANT_ID
from local.demo.steps import until
from local.stack import Stack
from tests.stack.conftest import Hospital

WANTED = {"country": "US", "type": "tollFree"}
Call = Callable[..., Awaitable[httpx.Response]]


@pytest.fixture
def call(hospital: Hospital) -> Call:
    """A call of the API by somebody of the story."""

    async def call(
        method: str, path: str, body: Any = None, *, person: str = "admin", headers: dict[str, str] | None = None
    ) -> httpx.Response:
        token = {"Authorization": f"Bearer {await hospital.world.token(person)}"}
        url = f"{hospital.config.functions}/api{path}"
        return await hospital.world.http.request(method, url, json=body, headers=token | (headers or {}))

    return call


@pytest.fixture
async def shop(hospital: Hospital) -> AsyncIterator[Callable[..., Awaitable[None]]]:
    """The service with its quotas full, going as told: the fields of the stand-in's Course. All is put back afterwards."""

    async def goes(*, quotas: dict[str, int] | None = None, **course: Any) -> None:
        await hospital.world.control("PUT", "/sms/quotas", json={"searches": 5, "purchases": 1} | (quotas or {}))
        await hospital.world.control("DELETE", "/sms/orders")
        await hospital.world.control("PUT", "/sms/orders", json={"seconds": 0.1} | course)

    await goes()
    yield goes
    await goes()
    await hospital.world.control("DELETE", "/sms/orders")


async def begun(call: Call, key: str = "") -> dict[str, Any]:
    answer = await call("POST", "/phone-numbers", WANTED, headers={"Idempotency-Key": key} if key else None)
    assert answer.status_code == 202, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


async def ended(call: Call, operation: dict[str, Any]) -> dict[str, Any]:
    async def over() -> dict[str, Any] | None:
        shown: dict[str, Any] = (await call("GET", f"/operations/{operation['id']}")).json()
        return shown if shown["state"] != "running" else None

    return await until(over, "the operation to end", seconds=60)


async def numbers(call: Call, person: str = "admin") -> dict[str, dict[str, Any]]:
    answer = await call("GET", "/phone-numbers", person=person)
    assert answer.status_code == 200, answer.text
    return {number["number"]: number for number in answer.json()["numbers"]}


async def test_the_numbers_there_are_come_with_who_uses_them_and_what_can_be_had(call: Call) -> None:
    answer = (await call("GET", "/phone-numbers")).json()
    existing = {number["number"]: number for number in answer["numbers"]}[SENDER_NUMBER]
    assert (existing["country"], existing["type"]) == ("US", "tollFree")
    assert CONNECTION_ID in existing["connections"]
    assert {offer["country"]: offer["types"] for offer in answer["offered"]} == {
        "US": ["tollFree", "geographic"], "CA": ["tollFree"],
    }  # fmt: skip


async def test_a_number_is_bought_while_nobody_looks_and_the_page_finds_it(call: Call, shop: Any) -> None:
    before = await numbers(call)
    await shop(seconds=3600)
    operation = await begun(call)
    assert (operation["state"], operation["step"], operation["number"]) == ("running", "searching", None)
    assert (await begun(call))["id"] == operation["id"]
    page = (await call("GET", "/phone-numbers")).json()
    assert (page["operation"]["id"], page["operation"]["state"]) == (operation["id"], "running")
    await shop()
    shown = await ended(call, operation)
    assert (shown["state"], shown["step"], shown["problem"]) == ("succeeded", "done", None)
    after = await numbers(call)
    assert after.keys() - before.keys() == {shown["number"]}
    assert after[shown["number"]] == {
        "number": shown["number"], "country": "US", "type": "tollFree", "verification": "not_submitted",
        "connections": [],
    }  # fmt: skip
    trail = [entry["action"] for entry in (await call("GET", "/audit?limit=10")).json()["entries"]]
    assert {"number.requested", "number.bought"} <= set(trail)


async def test_a_purchase_survives_the_death_of_the_host(
    call: Call, shop: Any, stack: Stack, hospital: Hospital
) -> None:
    await shop(seconds=3600)
    operation = await begun(call)

    async def searching() -> bool:
        rows = await hospital.world.rows("tenants")
        return any(row["RowKey"] == f"operation:{operation['id']}" and row["phase"] == "finding" for row in rows)

    await until(searching, "the search to run")
    await stack.kill_host()
    await shop()
    await stack.start_host()
    shown = await ended(call, operation)
    assert shown["state"] == "succeeded", shown
    assert shown["number"] in await numbers(call)


async def test_a_lost_answer_buys_no_second_number(call: Call, shop: Any, hospital: Hospital) -> None:
    await shop(quotas={"purchases": 2}, lose={"purchase": 1})
    shown = await ended(call, await begun(call))
    assert shown["state"] == "succeeded", shown
    assert (await hospital.world.control("GET", "/sms/quotas"))["purchases"] == 1


@pytest.mark.parametrize(
    ("course", "code", "step"),
    [
        ({"quotas": {"searches": 0}}, "numbers.quota", "searching"),
        ({"quotas": {"purchases": 0}}, "numbers.quota", "buying"),
        ({"search_error": "OutOfStock"}, "numbers.none_available", "searching"),
        ({"purchase_error": "NotEnoughCredit"}, "numbers.not_eligible", "buying"),
        ({"purchase_error": "ReservationExpired"}, "numbers.expired", "buying"),
    ],
    ids=str,
)
async def test_a_refusal_is_said_with_its_fix(call: Call, shop: Any, course: Any, code: str, step: str) -> None:
    await shop(**course)
    before = await numbers(call)
    shown = await ended(call, await begun(call))
    assert (shown["state"], shown["step"], shown["number"]) == ("failed", step, None)
    assert shown["problem"]["code"] == code
    assert shown["problem"]["fix"]
    assert await numbers(call) == before


async def test_the_same_key_is_the_same_operation(call: Call, shop: Any) -> None:
    await shop(search_error="OutOfStock")
    first = await begun(call, "the-same-key")
    await ended(call, first)
    again = await begun(call, "the-same-key")
    assert (again["id"], again["state"]) == (first["id"], "failed")
    headers = {"Idempotency-Key": "the-same-key"}
    other = await call("POST", "/phone-numbers", {"country": "CA", "type": "tollFree"}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "request.key_reused")


async def test_another_tenant_sees_neither_number_nor_operation(call: Call, shop: Any) -> None:
    operation = await begun(call)
    shown = await ended(call, operation)
    assert not (await numbers(call, "affiliate_admin")).keys() & {shown["number"], SENDER_NUMBER}
    answer = await call("GET", f"/operations/{operation['id']}", person="affiliate_admin")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    path = f"/phone-numbers/{SENDER_NUMBER}/verification"
    answer = await call("PUT", path, {"state": "verified"}, person="affiliate_admin")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("number", [SENDER_NUMBER, SENDER_NUMBER.replace("+", "%2B")])
@pytest.mark.parametrize("state", ["submitted", "verified"])
async def test_the_administrator_records_the_verification(call: Call, number: str, state: str) -> None:
    answer = await call("PUT", f"/phone-numbers/{number}/verification", {"state": state})
    assert answer.status_code == 200, answer.text
    assert answer.json()["verification"] == (await numbers(call))[SENDER_NUMBER]["verification"] == state


async def test_only_administrators_get_numbers(call: Call) -> None:
    for method, path in (
        ("GET", "/phone-numbers"), ("POST", "/phone-numbers"), ("GET", "/operations/x"),
        ("PUT", f"/phone-numbers/{SENDER_NUMBER}/verification"),
    ):  # fmt: skip
        answer = await call(method, path, {}, person="approver")
        assert (answer.status_code, answer.json()["code"]) == (403, "auth.role_missing")


async def test_without_consents_no_number_is_asked_for(call: Call, shop: Any, hospital: Hospital) -> None:
    answer = await call("PUT", "/sms/consents", {"patient_consent": False})
    assert answer.status_code == 200
    try:
        answer = await call("POST", "/phone-numbers", WANTED)
        assert (answer.status_code, answer.json()["code"]) == (409, "sms.consent_missing")
        assert (await hospital.world.control("GET", "/sms/quotas"))["searches"] == 5
    finally:
        await call("PUT", "/sms/consents", {"patient_consent": True})


async def test_what_is_kept_of_a_purchase_is_ids_and_numbers(call: Call, shop: Any, hospital: Hospital) -> None:
    operation = await begun(call)
    shown = await ended(call, operation)
    rows = [row for row in await hospital.world.rows("tenants") if row["RowKey"] == f"operation:{operation['id']}"]
    assert rows[0]["PartitionKey"] == TENANT_ID
    claims = [row for row in await hospital.world.rows("tenants") if row["PartitionKey"] == "numbers"]
    assert {row["RowKey"]: row["tenant"] for row in claims}[shown["number"]] == TENANT_ID


async def test_an_administrator_finds_people_as_they_type(call: Call) -> None:
    for typed in ("pri", "Raman", "priya raman", "PRIYA.RAMAN@nor"):
        answer = await call("GET", f"/directory/people?search={typed}")
        assert answer.status_code == 200, answer.text
        assert answer.json()["people"] == [
            {
                "oid": "a0000000-0000-4000-8000-000000000002", "name": "Priya Raman",
                "username": "priya.raman@northlake.example", "job_title": "Epic analyst",
            }
        ]  # fmt: skip


@pytest.mark.parametrize("typed", ['pri" OR "displayName:a', "pri&$filter=id ne null", "pri\\", "no'one", "%25", "a+b"])
async def test_what_is_typed_is_searched_for_and_nothing_else(call: Call, typed: str) -> None:
    answer = await call("GET", f"/directory/people?{httpx.QueryParams({'search': typed})}")
    assert answer.status_code == 200, answer.text
    assert [person["name"] for person in answer.json()["people"]] == (["Priya Raman"] if typed == "pri\\" else [])


@pytest.mark.parametrize(
    "query",
    [
        "",
        "search=a",
        "search=%20%20a",
        "search=a%00b",
        f"search={'a' * 65}",
        "ids=x",
        f"search=ada&ids={PEOPLE['admin'].oid}",
        "q=ada",
    ],
)
async def test_a_search_that_cannot_be_is_refused(call: Call, query: str) -> None:
    answer = await call("GET", f"/directory/people?{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, "request.invalid")


async def test_an_approver_learns_who_ids_are_but_does_not_search(call: Call) -> None:
    ids = (
        "a0000000-0000-4000-8000-000000000001,A0000000-0000-4000-8000-000000000002,b0000000-0000-4000-8000-000000000001"
    )
    answer = await call("GET", f"/directory/people?ids={ids}", person="approver")
    assert [person["name"] for person in answer.json()["people"]] == ["Ada Okafor", "Priya Raman"]
    for person, query in (("approver", "search=ada"), ("nobody", f"ids={ids}"), ("reader", "search=ada")):
        answer = await call("GET", f"/directory/people?{query}", person=person)
        assert (answer.status_code, answer.json()["code"]) == (403, "auth.role_missing")


async def test_each_tenant_finds_its_own_people_and_no_disabled_account(call: Call, hospital: Hospital) -> None:
    found = await asyncio.gather(
        call("GET", "/directory/people?search=hanna"),
        call("GET", "/directory/people?search=hanna", person="affiliate_admin"),
    )
    assert [[person["name"] for person in answer.json()["people"]] for answer in found] == [[], ["Hanna Lindqvist"]]
    user = "a0000000-0000-4000-8000-000000000006"
    await hospital.world.control("PUT", "/graph/accounts", json={"user": user, "enabled": False})
    try:
        assert (await call("GET", "/directory/people?search=noah")).json() == {"people": []}
        assert len((await call("GET", f"/directory/people?ids={user}")).json()["people"]) == 1
    finally:
        await hospital.world.control("PUT", "/graph/accounts", json={"user": user})
