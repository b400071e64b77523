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
        ('"mail:northlake"', sorted(person.name for person in PEOPLE.values() if person.oid)),
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
    answer = (await world.graph.get("/v1.0/users", params=query)).json()
    assert [person["id"] for person in answer["value"]] == [ADMIN.oid, CLINICIAN.oid]
    assert answer["@odata.count"] == 2
    cut = (await world.graph.get("/v1.0/users", params=query | {"$top": "1"})).json()
    assert ([person["id"] for person in cut["value"]], cut["@odata.count"]) == ([ADMIN.oid], 2)


@pytest.mark.parametrize("name", [ADMIN.oid, ADMIN.username, ADMIN.username.upper()])
async def test_one_person_is_found_by_id_or_sign_in_name(world: World, name: str) -> None:
    person = (await world.graph.get(f"/v1.0/users/{name}")).json()
    assert (person["id"], person["displayName"], person["mail"]) == (ADMIN.oid, ADMIN.name, ADMIN.username)


async def test_who_is_not_of_the_tenant_is_not_found(world: World) -> None:
    """The patient has an account of the hospital's portal, none of the tenant."""
    answer = await world.graph.get(f"/v1.0/users/{PEOPLE['patient'].username}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "Request_ResourceNotFound")
