"""A tenant's people: listed, searched, filtered, and one by id or sign-in name. Pages after the first are not modelled.

https://learn.microsoft.com/graph/api/user-list
"""

from collections.abc import Callable

from starlette.routing import Route

from local.config import PEOPLE, Person
from local.graph import queries
from local.graph.answers import Call, Frame, GraphError, Json, bad_request
from local.graph.state import TEAMS_PLAN, State
from local.graph.tokens import READ_PEOPLE

DEFAULT = (
    *("businessPhones", "displayName", "givenName", "jobTitle", "mail", "mobilePhone", "officeLocation"),
    *("preferredLanguage", "surname", "userPrincipalName", "id"),
)
ON_REQUEST = ("accountEnabled", "assignedPlans", "department", "userType")
LARGEST_PAGE = 999

JOBS = {
    "admin": "Microsoft 365 administrator",
    "approver": "Epic analyst",
    "clinician": "Physician",
    "second_clinician": "Physician",
    "affiliate_approver": "Epic analyst",
}
USERS = {person.oid: person for person in PEOPLE.values() if person.oid}


def find(name: str, tenant: str = "") -> Person | None:
    """The person with this object id or sign-in name, in any case; of one tenant if it is given."""
    wanted = name.lower()
    found = (person for person in USERS.values() if wanted in (person.oid, person.username.lower()))
    return next((person for person in found if tenant in ("", person.tenant)), None)


def routes(frame: Frame, state: State) -> list[Route]:
    """The routes under /users that show people."""

    async def listing(call: Call) -> tuple[int, Json]:
        own = [
            _properties(person) | state.accounts.get(person.oid, {})
            for person in USERS.values()
            if person.tenant == call.tenant and person.oid not in state.deleted
        ]
        matches = _match(call)
        people = [person for person in own if matches(person)]
        people.sort(key=lambda properties: str(properties["displayName"]))
        top = call.query("$top")
        if top and (not top.isdecimal() or not 0 < int(top) <= LARGEST_PAGE):
            raise bad_request(f"$top is a number from 1 to {LARGEST_PAGE}.")
        answer: Json = {"@odata.context": call.context("users")}
        # Without the header it is silently left out.
        if call.query("$count") == "true" and call.request.headers.get("consistencylevel", "").lower() == "eventual":
            answer["@odata.count"] = len(people)
        names = _selected(call)
        answer["value"] = [{name: person[name] for name in names} for person in people[: int(top or 100)]]
        return 200, answer

    async def one(call: Call) -> tuple[int, Json]:
        person = find(call.path("user"), call.tenant)
        if not person or person.oid in state.deleted:
            message = f"Resource '{call.path('user')}' does not exist or one of its queried references are not present."
            raise GraphError(404, "Request_ResourceNotFound", message)
        properties = _properties(person) | state.accounts.get(person.oid, {})
        return 200, {
            "@odata.context": call.context("users/$entity"),
            **{name: properties[name] for name in _selected(call)},
        }

    return [
        *frame.routes("GET", "/users", listing, roles=READ_PEOPLE),
        *frame.routes("GET", "/users/{user}", one, roles=READ_PEOPLE),
    ]


def _properties(person: Person) -> Json:
    given, _, surname = person.name.partition(" ")
    empty: Json = dict.fromkeys(("jobTitle", "mobilePhone", "officeLocation", "preferredLanguage", "department"))
    return empty | {
        "id": person.oid,
        "jobTitle": next((JOBS.get(key) for key, known in PEOPLE.items() if known is person), None),
        "displayName": person.name,
        "givenName": given,
        "surname": surname,
        "mail": person.username,
        "userPrincipalName": person.username,
        "businessPhones": [],
        "accountEnabled": True,
        "assignedPlans": [TEAMS_PLAN],
        "userType": "Member",
    }


def _selected(call: Call) -> tuple[str, ...]:
    names = tuple(name.strip() for name in call.query("$select").split(",") if name.strip())
    for name in names:
        if name not in DEFAULT + ON_REQUEST:
            raise bad_request(f"Could not find a property named '{name}' on type 'microsoft.graph.user'.")
    return names or DEFAULT


def _match(call: Call) -> Callable[[Json], bool]:
    search, condition = call.query("$search"), call.query("$filter")
    tests = [queries.condition(condition)] if condition else []
    if search:
        tests.append(queries.search(search, call.request.headers.get("consistencylevel", "")))
    return lambda person: all(test(person) for test in tests)
