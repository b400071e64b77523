"""The routes of phone numbers, as `azure-communication-phonenumbers` calls them.

Contract: azure-rest-api-specs, communication/data-plane/PhoneNumbers/stable/2025-06-01.
"""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.sms.answers import AcsError, read_object
from local.sms.inventory import Inventory, Operation

Endpoint = Callable[[Request], Awaitable[Response]]


def endpoints(inventory: Inventory) -> list[tuple[str, str, Endpoint]]:
    """Method, path and work of each route."""

    async def search(request: Request) -> Response:
        operation, answer = inventory.search(request.path_params["country"], await read_object(request))
        _lose(inventory, "search")
        headers = {"Location": f"{operation.location}?{request.url.query}", "search-id": answer["searchId"]}
        return _accepted(request, operation, headers, answer)

    async def search_result(request: Request) -> Response:
        found = inventory.searches.get(request.path_params["search_id"])
        if found is None:
            raise AcsError(404, "NotFound", "The search cannot be found.", "searchId")
        return JSONResponse(found.answer)

    async def purchase(request: Request) -> Response:
        body = await read_object(request)
        if type(body.get("agreeToNotResell", False)) is not bool:
            raise AcsError(400, "BadRequest", "agreeToNotResell must be a boolean.", "agreeToNotResell")
        operation = inventory.purchase(body.get("searchId"))
        _lose(inventory, "purchase")
        return _accepted(request, operation, {"purchase-id": str(body["searchId"])})

    async def release(request: Request) -> Response:
        operation = inventory.release(request.path_params["number"])
        return _accepted(request, operation, {"release-id": operation.id.removeprefix("release_")})

    async def listed(request: Request) -> Response:
        skip, top = _count(request, "skip", 0), _count(request, "top", 100)
        every = inventory.listed()
        answer: dict[str, object] = {"phoneNumbers": every[skip : skip + top]}
        if skip + top < len(every):
            version = request.query_params["api-version"]
            answer["nextLink"] = f"/phoneNumbers?skip={skip + top}&top={top}&api-version={version}"
        return JSONResponse(answer)

    async def one(request: Request) -> Response:
        return JSONResponse(inventory.get(request.path_params["number"]))

    async def operation(request: Request) -> Response:
        found, body = inventory.operation(request.path_params["operation_id"])
        headers = {"Location": f"{found.location}?{request.url.query}"} if found.location else None
        return JSONResponse(body, headers=headers)

    return [
        ("POST", "/availablePhoneNumbers/countries/{country}/:search", search),
        ("GET", "/availablePhoneNumbers/searchResults/{search_id}", search_result),
        ("POST", "/availablePhoneNumbers/:purchase", purchase),
        ("GET", "/phoneNumbers/operations/{operation_id}", operation),
        ("GET", "/phoneNumbers", listed),
        ("GET", "/phoneNumbers/{number}", one),
        ("DELETE", "/phoneNumbers/{number}", release),
    ]


def _accepted(
    request: Request, operation: Operation, headers: dict[str, str], answer: dict[str, object] | None = None
) -> Response:
    """202 with the address to ask how it goes, relative to the resource as the service writes it."""
    where = {"Operation-Location": f"/phoneNumbers/operations/{operation.id}?{request.url.query}"}
    return JSONResponse(answer or {}, 202, {**where, "operation-id": operation.id, **headers})


def _lose(inventory: Inventory, what: str) -> None:
    """The answer gets lost, although the work is done, as often as the control address has asked."""
    left = inventory.course.lose.get(what, 0)
    if left:
        inventory.course.lose[what] = left - 1
        raise AcsError(500, "InternalServerError", "The answer was lost.")


def _count(request: Request, name: str, default: int) -> int:
    text = request.query_params.get(name, str(default))
    if not text.isdecimal():
        raise AcsError(400, "BadRequest", f"{name} must be a number.", name)
    return int(text)
