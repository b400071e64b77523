"""What a patch of an appointment may do: its status one step forward, or both video links at once. Pure.

The paths, and the steps from one status to the next, are those that the documentation lists.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from local.oracle.outcomes import RefusedError

STEPS = {
    "proposed": {"booked", "cancelled"},
    "booked": {"arrived", "checked-in", "cancelled"},
    "arrived": {"checked-in", "cancelled"},
    "checked-in": {"fulfilled", "cancelled"},
}
ROOMS = ("Provider Virtual Meeting Room", "Patient Virtual Meeting Room")
LINKS = ("/contained/0/telecom/0/value", "/contained/1/telecom/0/value")
PERIOD = ("/contained/0/telecom/0/period/start", "/contained/0/telecom/0/period/end")
LONGEST_LINK = 255
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def read(body: Any) -> dict[str, tuple[str, str]]:
    """The operations by path: verb and value. Raises RefusedError."""
    if not isinstance(body, list) or not body:
        raise RefusedError(400, "a JSON Patch is a list of operations")
    found: dict[str, tuple[str, str]] = {}
    for operation in body:
        if not isinstance(operation, dict) or set(operation) != {"op", "path", "value"}:
            raise RefusedError(400, "an operation has op, path and value")
        path, value = operation["path"], operation["value"]
        if path not in ("/status", *LINKS, *PERIOD):
            raise RefusedError(422, "this path is not supported")
        if not isinstance(value, str) or path in found:
            raise RefusedError(422, "each path once, with text")
        found[path] = (str(operation["op"]), value)
    return found


def applied(resource: Mapping[str, Any], operations: Mapping[str, tuple[str, str]], *, video: bool) -> dict[str, Any]:
    """The appointment after a patch. Raises RefusedError."""
    after = dict(resource)
    status = operations.get("/status")
    if status:
        verb, value = status
        if verb != "replace" or value not in STEPS.get(str(resource["status"]), set()):
            raise RefusedError(422, "this change of status is not supported")
        after["status"] = value
    links = {path: operation for path, operation in operations.items() if path != "/status"}
    if links:
        after |= _linked(resource, links, video=video)
    return after


def _linked(resource: Mapping[str, Any], links: Mapping[str, tuple[str, str]], *, video: bool) -> dict[str, Any]:
    verbs = {verb for verb, _ in links.values()}
    if not video:
        raise RefusedError(422, "this is no video visit")
    if set(links) != {*LINKS, *PERIOD} or len(verbs) != 1 or not verbs <= {"add", "replace"}:
        raise RefusedError(422, "all four are added, or all are replaced")
    if verbs == {"add"} and "contained" in resource:
        raise RefusedError(409, "the links were added before")
    if verbs == {"replace"} and "contained" not in resource:
        raise RefusedError(422, "there are no links to replace")
    for path in LINKS:
        value = links[path][1]
        if len(value) > LONGEST_LINK or urlsplit(value).scheme not in ("http", "https"):
            raise RefusedError(422, "a link is an address of at most 255 characters")
    if not all(INSTANT.fullmatch(links[path][1]) for path in PERIOD):
        raise RefusedError(422, "a period has instants")
    period = {"start": links[PERIOD[0]][1], "end": links[PERIOD[1]][1]}
    rooms = [
        {
            "resourceType": "HealthcareService",
            "id": str(number),
            "type": [{"text": room}],
            "telecom": [{"system": "url", "value": links[path][1], "period": period}],
        }
        for number, (room, path) in enumerate(zip(ROOMS, LINKS, strict=True), 1)
    ]
    others = [one for one in resource["participant"] if not str(one["actor"].get("reference", "")).startswith("#")]
    rooms_there = [
        {"type": room["type"], "actor": {"reference": f"#{room['id']}"}, "status": "accepted"} for room in rooms
    ]
    return {"contained": rooms, "participant": [*others, *rooms_there]}
