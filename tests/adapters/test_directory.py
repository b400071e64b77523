"""Our directory search makes the requests that Microsoft's own SDK makes, and nothing that is typed can change them."""

from collections.abc import Awaitable, Callable, Mapping
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from kiota_abstractions.authentication import AnonymousAuthenticationProvider
from kiota_abstractions.base_request_configuration import RequestConfiguration
from msgraph.generated.users.users_request_builder import UsersRequestBuilder
from msgraph.graph_request_adapter import GraphRequestAdapter
from msgraph.graph_service_client import GraphServiceClient

from local.graph.queries import search
from shared.adapters.directory import Directory, Found, quoted
from shared.adapters.web import Answer, Web
from shared.errors import BridgeError

ADA, PRIYA, GUEST = (f"a0000000-0000-4000-8000-00000000000{digit}" for digit in "123")
PEOPLE = [
    {"id": GUEST, "displayName": "Adam Guest", "userPrincipalName": "adam#EXT#@x", "userType": "Guest"},
    {"id": PRIYA, "displayName": "Priya Raman", "userPrincipalName": "priya@x", "jobTitle": "Epic analyst"},
    {"id": ADA, "displayName": "Ada Okafor", "userPrincipalName": "ada@x", "jobTitle": None, "userType": "Member"},
]
Request = tuple[str, str, dict[str, str], str]


class Recorder(Web):
    """Keeps what would be sent, by whom."""

    def __init__(self, status: int = 200, body: Any = None) -> None:
        super().__init__("https://graph.microsoft.com")
        self.sent: list[Request] = []
        self._answer = Answer(status, {"value": PEOPLE} if body is None else body, {})

    async def send(
        self, method: str, path: str, *, params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None, **_: Any,
    ) -> Answer:  # fmt: skip
        self.sent.append((method, path, dict(params or {}), (headers or {}).get("ConsistencyLevel", "")))
        return self._answer


class Wire:
    """What is left of azure-core's client when only the request is looked at."""

    def __init__(self) -> None:
        self.url = ""
        self.headers: dict[str, str] = {}
        self.status_code = 200

    async def send_request(self, request: Any, **_: Any) -> Self:
        self.url = request.url
        return self

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    async def read(self) -> bytes:
        return b'{"value": []}'


async def sdk_request(call: Callable[[GraphServiceClient], Awaitable[object]]) -> Request:
    """What the SDK puts on the wire for a call."""
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"value": []})

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        adapter = GraphRequestAdapter(AnonymousAuthenticationProvider(), client)
        await call(GraphServiceClient(request_adapter=adapter))
    url = urlsplit(str(seen[0].url))
    level = seen[0].headers.get("consistencylevel", "")
    return seen[0].method, url.path, dict(parse_qsl(url.query)), level


def asked(**options: Any) -> RequestConfiguration[Any]:
    query = UsersRequestBuilder.UsersRequestBuilderGetQueryParameters(
        select=["id", "displayName", "userPrincipalName", "jobTitle", "userType"], **options
    )
    return RequestConfiguration(query_parameters=query)


async def test_a_search_is_the_sdk_s_request() -> None:
    ours = Recorder()
    await Directory(lambda _: ours).search("tenant", 'O"Neil & Söhne\\x')
    text = 'O\\"Neil   Söhne\\\\x'
    configuration = asked(
        search=f'"displayName:{text}" OR "mail:{text}" OR "userPrincipalName:{text}"',
        filter="accountEnabled eq true", top=10, count=True,
    )  # fmt: skip
    configuration.headers.add("ConsistencyLevel", "eventual")
    assert await sdk_request(lambda g: g.users.get(configuration)) == ours.sent[0]


async def test_names_of_ids_are_the_sdk_s_request() -> None:
    ours = Recorder()
    await Directory(lambda _: ours).named("tenant", [ADA, PRIYA])
    configuration = asked(filter=f"id in ('{ADA}','{PRIYA}')")
    assert await sdk_request(lambda g: g.users.get(configuration)) == ours.sent[0]


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=2, max_size=64))
async def test_whatever_is_typed_stays_inside_its_clause_on_the_wire(text: str) -> None:
    wire, web = Wire(), Web("https://graph.microsoft.com")
    web.__dict__["_client"] = wire
    await Directory(lambda _: web).search("tenant", text)
    query = parse_qsl(urlsplit(wire.url).query, keep_blank_values=True, strict_parsing=True)
    names = [name for name, _ in query]
    assert names == ["$search", "$filter", "$top", "$count", "$select"]
    clause = f"{quoted(text)}"
    assert dict(query)["$search"] == " OR ".join(
        f'"{name}:{clause}"' for name in ("displayName", "mail", "userPrincipalName")
    )
    # The stand-in, which is strict about the syntax, reads three clauses.
    search(dict(query)["$search"], "eventual")


async def test_members_come_before_guests_and_missing_properties_are_empty() -> None:
    found = await Directory(lambda _: Recorder()).search("tenant", "ad")
    assert [person.name for person in found] == ["Ada Okafor", "Priya Raman", "Adam Guest"]
    assert found[0] == Found(ADA, "Ada Okafor", "ada@x", "", member=True)


async def test_names_come_in_the_order_asked_fifteen_a_request() -> None:
    ours = Recorder()
    many = [f"b0000000-0000-4000-8000-0000000000{number:02d}" for number in range(20)]
    found = await Directory(lambda _: ours).named("tenant", [PRIYA, *many, ADA])
    assert [person.oid for person in found] == [PRIYA, ADA]
    assert [request[2]["$filter"].count("'") // 2 for request in ours.sent] == [15, 7]


async def test_each_tenant_has_its_own_directory() -> None:
    webs = {"one": Recorder(), "two": Recorder()}
    await Directory(webs.__getitem__).search("two", "ada")
    assert (len(webs["one"].sent), len(webs["two"].sent)) == (0, 1)


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (403, "directory.permission_missing"), (401, "unavailable"), (429, "unavailable"), (503, "unavailable"),
        (400, "request.invalid"),
    ],
)  # fmt: skip
async def test_graph_s_refusals_have_names(status: int, code: str) -> None:
    recorder = Recorder(status, {"error": {"code": "x", "message": "x"}})
    with pytest.raises(BridgeError, match=code):
        await Directory(lambda _: recorder).search("tenant", "ada")
