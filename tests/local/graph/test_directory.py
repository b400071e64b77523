"""People: searched as the approver's picker does it, filtered, and one by one."""

import pytest

from local.config import PEOPLE
from tests.local.graph.world import ADMIN, CLINICIAN, World

EVENTUAL = {"ConsistencyLevel": "eventual"}


@pytest.mark.parametrize(
    ("search", "names"),
    [
        ('"displayName:pri"', ["Priya Raman"]),
        ('"displayName:bell"', ["Marcus Bell"]),
        ('"displayName:ell"', []),
        ('"displayName:marcus be"', ["Marcus Bell"]),
        ('"displayName:no"', ["Noah Weiss"]),
        ('"displayName:ada" OR "mail:ines"', ["Ada Okafor", "Ines Moreau"]),
        ('"mail:northlake"', []),
        ('"displayName:Raman, Priya"', ["Priya Raman"]),
        ('"displayName:pr\\"i"', []),
        ('"displayName:ada\\\\" OR "mail:x"', ["Ada Okafor"]),
    ],
)
async def test_a_search_finds_beginnings_of_words(world: World, search: str, names: list[str]) -> None:
    query = {"$search": search, "$select": "id,displayName,userPrincipalName"}
    answer = await world.graph.get("/v1.0/users", params=query, headers=EVENTUAL)
    assert [person["displayName"] for person in answer.json()["value"]] == names
    assert all(person.keys() == {"id", "displayName", "userPrincipalName"} for person in answer.json()["value"])


async def test_a_search_needs_the_consistency_header(world: World) -> None:
    answer = await world.graph.get("/v1.0/users", params={"$search": '"displayName:ada"'})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "Request_UnsupportedQuery")


@pytest.mark.parametrize(
    "query",
    [
        {"$search": "ada"},
        {"$search": '"displayName:ada'},
        {"$search": '"displayName:ada"\\"'},
        {"$search": '"displayName:a"da"'},
        {"$search": '"displayName:ada" AND "mail:ada"'},
        {"$search": '"displayName:ada" OR'},
        {"$search": '"displayName:salt & pepper"'},
        {"$filter": "id in ()"},
        {"$filter": f"id in ({','.join(["'x'"] * 16)})"},
        {"$filter": " or ".join(["id eq 'x'"] * 16)},
        {"$filter": "accountEnabled eq 'true'"},
        {"$search": '"shoeSize:42"'},
        {"$select": "shoeSize"},
        {"$filter": "contains(displayName,'da')"},
        {"$filter": "startswith(shoeSize,'4')"},
        {"$top": "0"},
        {"$top": "all"},
    ],
    ids=str,
)
async def test_a_query_that_the_directory_does_not_know_is_refused(world: World, query: dict[str, str]) -> None:
    answer = await world.graph.get("/v1.0/users", params=query, headers=EVENTUAL)
    assert answer.status_code == 400


async def test_a_filter_compares_beginnings_without_regard_to_case(world: World) -> None:
    query = {"$filter": "startswith(displayName,'ADA') or startswith(userPrincipalName,'marcus')", "$count": "true"}
    answer = (await world.graph.get("/v1.0/users", params=query, headers=EVENTUAL)).json()
    assert [person["id"] for person in answer["value"]] == [ADMIN.oid, CLINICIAN.oid]
    assert answer["@odata.count"] == 2
    assert "@odata.count" not in (await world.graph.get("/v1.0/users", params=query)).json()
    cut = (await world.graph.get("/v1.0/users", params=query | {"$top": "1"}, headers=EVENTUAL)).json()
    assert ([person["id"] for person in cut["value"]], cut["@odata.count"]) == ([ADMIN.oid], 2)


@pytest.mark.parametrize("name", [ADMIN.oid, ADMIN.username, ADMIN.username.upper()])
async def test_one_person_is_found_by_id_or_sign_in_name(world: World, name: str) -> None:
    person = (await world.graph.get(f"/v1.0/users/{name}")).json()
    assert (person["id"], person["displayName"], person["mail"]) == (ADMIN.oid, ADMIN.name, ADMIN.username)


async def test_an_account_can_be_disabled_unlicensed_and_deleted(world: World) -> None:
    asked = {"$select": "accountEnabled,assignedPlans"}
    before = (await world.graph.get(f"/v1.0/users/{CLINICIAN.oid}", params=asked)).json()
    assert before["accountEnabled"]
    assert [plan["service"] for plan in before["assignedPlans"]] == ["TeamspaceAPI"]
    changed = {"user": CLINICIAN.oid, "enabled": False, "licensed": False}
    await world.control.put("/graph/accounts", json=changed)
    after = (await world.graph.get(f"/v1.0/users/{CLINICIAN.oid}", params=asked)).json()
    assert (after["accountEnabled"], after["assignedPlans"]) == (False, [])
    await world.control.put("/graph/accounts", json={"user": CLINICIAN.oid, "exists": False})
    assert (await world.graph.get(f"/v1.0/users/{CLINICIAN.oid}")).status_code == 404


async def test_who_is_not_of_the_tenant_is_not_found(world: World) -> None:
    """The patient has an account of the hospital's portal, none of the tenant."""
    answer = await world.graph.get(f"/v1.0/users/{PEOPLE['patient'].username}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "Request_ResourceNotFound")


async def test_people_are_found_by_several_ids(world: World) -> None:
    query = {"$filter": f"id in ('{CLINICIAN.oid}', '{ADMIN.oid}','unknown')", "$select": "id,jobTitle"}
    answer = (await world.graph.get("/v1.0/users", params=query)).json()
    assert {person["id"] for person in answer["value"]} == {ADMIN.oid, CLINICIAN.oid}
    assert {person["jobTitle"] for person in answer["value"]} == {"Microsoft 365 administrator", "Physician"}


async def test_a_search_beside_a_filter_meets_both(world: World) -> None:
    query = {"$search": '"displayName:a" OR "mail:p"', "$filter": "accountEnabled eq true and userType eq 'Member'"}

    async def names() -> list[str]:
        answer = await world.graph.get("/v1.0/users", params=query, headers=EVENTUAL)
        return [person["displayName"] for person in answer.json()["value"]]

    assert await names() == ["Ada Okafor", "Priya Raman"]
    await world.control.put("/graph/accounts", json={"user": ADMIN.oid, "enabled": False})
    assert await names() == ["Priya Raman"]
    await world.control.put("/graph/accounts", json={"user": ADMIN.oid, "member": False})
    assert await names() == ["Priya Raman"]
