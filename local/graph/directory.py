"""The tenant's people: search, filter, and one by id or sign-in name.

Advanced queries: https://learn.microsoft.com/graph/aad-advanced-queries
"""

import re
from collections.abc import Callable

from starlette.routing import Route

from local.config import PEOPLE, Person
from local.graph.answers import Call, Frame, GraphError, Json, bad_request
from local.graph.tokens import READ_PEOPLE

DEFAULT = (
    *("businessPhones", "displayName", "givenName", "jobTitle", "mail", "mobilePhone", "officeLocation"),
    *("preferredLanguage", "surname", "userPrincipalName", "id"),
)
ON_REQUEST = ("accountEnabled", "department", "userType")
SEARCHABLE = ("displayName", "givenName", "surname", "mail", "userPrincipalName")
LARGEST_PAGE = 999
_CLAUSE = re.compile(r'"(\w+):([^"]+)"')
_STARTS = re.compile(r"startswith\((\w+),\s*'((?:[^']|'')*)'\)", re.IGNORECASE)
_EQUALS = re.compile(r"(\w+)\s+eq\s+'((?:[^']|'')*)'", re.IGNORECASE)

USERS = {person.oid: person for person in PEOPLE.values() if person.oid}


def find(name: str) -> Person | None:
    """The person with this object id or sign-in name, in any case."""
    wanted = name.lower()
    return next((person for person in USERS.values() if wanted in (person.oid, person.username.lower())), None)


def routes(frame: Frame) -> list[Route]:
    """The routes under /users that show people."""

    async def listing(call: Call) -> tuple[int, Json]:
        people = [_properties(person) for person in USERS.values() if _match(call)(_properties(person))]
        people.sort(key=lambda properties: str(properties["displayName"]))
        top = call.query("$top")
        if top and (not top.isdecimal() or not 0 < int(top) <= LARGEST_PAGE):
            raise bad_request(f"$top is a number from 1 to {LARGEST_PAGE}.")
        answer: Json = {"@odata.context": call.context("users")}
        if call.query("$count") == "true":
            answer["@odata.count"] = len(people)
        names = _selected(call)
        answer["value"] = [{name: person[name] for name in names} for person in people[: int(top or 100)]]
        return 200, answer

    async def one(call: Call) -> tuple[int, Json]:
        person = find(call.path("user"))
        if not person:
            message = f"Resource '{call.path('user')}' does not exist or one of its queried references are not present."
            raise GraphError(404, "Request_ResourceNotFound", message)
        properties = _properties(person)
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
        "displayName": person.name,
        "givenName": given,
        "surname": surname,
        "mail": person.username,
        "userPrincipalName": person.username,
        "businessPhones": [],
        "accountEnabled": True,
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
    if not search:
        return _filter(condition)
    if call.request.headers.get("consistencylevel", "").lower() != "eventual":
        message = "Request with $search query parameter only works with header 'ConsistencyLevel: eventual'."
        raise GraphError(400, "Request_UnsupportedQuery", message)
    if condition:
        raise GraphError(400, "Request_UnsupportedQuery", "$search beside $filter is not modelled here.")
    clauses = _CLAUSE.findall(search)
    if not clauses or _CLAUSE.sub("", search).replace("OR", "").strip():
        raise bad_request('$search is "property:text", several of them joined by OR.')
    for name, _ in clauses:
        if name not in SEARCHABLE:
            raise bad_request(f"Property '{name}' cannot be searched.")

    def found(person: Json) -> bool:
        """Each word asked for begins a word of the property."""
        for name, text in clauses:
            words = re.split(r"[\W_]+", str(person[name]).lower())
            wanted = [word for word in re.split(r"[\W_]+", text.lower()) if word]
            if wanted and all(any(word.startswith(part) for word in words) for part in wanted):
                return True
        return False

    return found


def _filter(condition: str) -> Callable[[Json], bool]:
    tests: list[tuple[str, str, bool]] = []
    for part in re.split(r"\s+or\s+", condition) if condition else []:
        match = _STARTS.fullmatch(part.strip()) or _EQUALS.fullmatch(part.strip())
        if not match or match[1] not in ("id", *SEARCHABLE):
            raise GraphError(400, "Request_UnsupportedQuery", f"Unsupported or invalid query filter clause: {part}.")
        tests.append((match[1], match[2].replace("''", "'").lower(), match.re is _STARTS))

    def found(person: Json) -> bool:
        def holds(name: str, value: str, begins: bool) -> bool:
            held = str(person[name]).lower()
            return held.startswith(value) if begins else held == value

        return not tests or any(holds(*test) for test in tests)

    return found
