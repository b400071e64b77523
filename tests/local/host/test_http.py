"""HTTP triggers as a caller sees them."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from tests.local.host.running import FUNCTION, Site


@pytest.fixture
async def client(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    async with site.client as client:
        client.headers["x-functions-key"] = FUNCTION if site.log else site.master
        yield client


async def test_a_function_gets_what_the_request_has(client: httpx.AsyncClient) -> None:
    headers = [("X-One", "a"), ("x-two", "b"), ("X-Two", "c"), ("traceparent", f"00-{'1' * 32}-{'2' * 16}-01")]
    answer = await client.get("/api/things/42?a=1&A=2&empty=&b=x%20y%2B", headers=headers)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    seen: dict[str, Any] = answer.json()
    assert seen["route"] == {"id": "42"}
    assert seen["query"] == {"a": "1,2", "b": "x y+"}
    assert (seen["headers"]["x-one"], seen["headers"]["x-two"].replace(" ", "")) == ("a", "b,c")
    assert seen["function"] == "things"
    assert len(seen["invocation"]) == 36


async def test_the_url_arrives_as_it_was_sent(site: Site, client: httpx.AsyncClient) -> None:
    url = f"{site.url}/api/things/%37?b=x%20y"
    assert (await client.get(url)).json()["url"] in (url, url.replace("%37", "7"))


async def test_the_trace_of_the_caller_goes_on(ours: Site, client: httpx.AsyncClient) -> None:
    """Ours hands the header on as it is; the real host puts a span of its own in between."""
    trace = f"00-{'1' * 32}-{'2' * 16}-01"
    assert (await client.get("/api/things", headers={"traceparent": trace})).json()["trace"] == trace


async def test_an_absent_optional_parameter_is_missing(client: httpx.AsyncClient) -> None:
    assert (await client.get("/api/things")).json()["route"] == {}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/API/Things/7/", 200),
        ("GET", "/api/things/x", 404),
        ("GET", "/things/7", 404),
        ("GET", "/api/nowhere", 404),
        ("GET", "/api/off", 404),
        ("DELETE", "/api/things/7", 404),
        ("HEAD", "/api/things/7", 404),
        ("OPTIONS", "/api/things/7", 404),
        ("PURGE", "/api/things/7", 404),
        ("HEAD", "/api/cookies", 302),
    ],
)
async def test_only_a_listed_method_on_a_matching_path_is_served(
    client: httpx.AsyncClient, method: str, path: str, status: int
) -> None:
    answer = await client.request(method, path)
    assert answer.status_code == status
    assert "allow" not in answer.headers


async def test_the_name_that_sorts_first_wins(client: httpx.AsyncClient) -> None:
    """Not the more specific route, as one might think; a constraint helps only if it belongs to the first."""
    assert (await client.get("/api/rank/best")).text == "any"
    assert (await client.get("/api/rank/5")).text == "number"


async def test_bytes_go_in_and_out_unchanged(client: httpx.AsyncClient) -> None:
    raw = bytes(range(256))
    answer = await client.put("/api/files/a%20b/c/d%2Fe", content=raw)
    assert answer.status_code == 201
    assert answer.content == raw[::-1]
    assert answer.headers["x-rest"] == "c/d%2Fe"
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_a_body_without_a_length_does_not_arrive(ours: Site, client: httpx.AsyncClient) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield b"ab"
        yield b"cd"

    answer = await client.post("/api/files/a", content=chunks())
    assert (answer.status_code, answer.content) == (201, b"")


async def test_every_cookie_is_kept_with_its_attributes(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/cookies")
    assert (answer.status_code, answer.headers["location"]) == (302, "/elsewhere")
    found = [set(cookie.lower().split("; ")) for cookie in answer.headers.get_list("set-cookie")]
    assert found[0] == {"one=abc", "max-age=600", "path=/api", "secure", "httponly", "samesite=none"}
    assert found[1] >= {"two=a%2fb", "samesite=lax"}
    assert found[2] >= {"three=", "max-age=0", "path=/", "expires=thu, 01 jan 1970 00:00:10 gmt"}


async def test_a_cookie_without_a_path_gets_the_root(ours: Site, client: httpx.AsyncClient) -> None:
    cookies = (await client.get("/api/cookies")).headers.get_list("set-cookie")
    assert cookies[1] == "two=a%2Fb; path=/; samesite=lax"


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/api/boom"), ("POST", "/api/boom-in-thread"), ("GET", "/api/nothing"), ("GET", "/api/unsendable")],
)
async def test_a_function_that_fails_answers_500_and_nothing_else(
    client: httpx.AsyncClient, method: str, path: str
) -> None:
    answer = await client.request(method, path, content=b"not a number" if method == "POST" else None)
    assert (answer.status_code, answer.content) == (500, b"")


async def test_no_content_has_no_body(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/empty")
    assert (answer.status_code, answer.content) == (204, b"")


async def test_a_text_is_sent_as_it_is(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/rank/x")
    assert answer.text == "any"
    assert answer.headers["content-type"].startswith("text/plain")


async def test_a_text_that_looks_like_a_response_becomes_one(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/teapot")
    assert (answer.status_code, answer.text, answer.headers["x-kind"]) == (418, "short and stout", "teapot")


async def test_a_function_may_call_its_own_app_while_it_answers(site: Site, client: httpx.AsyncClient) -> None:
    """As Graph's handshake does: it calls back before the subscription is answered."""
    answer = await client.get("/api/itself", params={"url": f"{site.url}/api/things/9"})
    assert answer.json()["status"] == 200
    assert answer.json()["body"]["route"] == {"id": "9"}


async def test_requests_do_not_wait_for_each_other(client: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(*(client.get("/api/meet/20") for _ in range(20)))
    assert {answer.text for answer in answers} == {"met"}


def _lines() -> Iterator[bytes]:
    yield b"GET /api/things/1 HTTP/1.1\r\nHost: x\r\nHost: y\r\nConnection: close\r\n\r\n"
    yield b"GET /api/things/\xff HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    yield b"POST /api/files/a HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\nConnection: close\r\n\r\n"


@pytest.mark.parametrize("request_bytes", list(_lines()))
async def test_a_malformed_request_is_refused(ours: Site, request_bytes: bytes) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", httpx.URL(ours.url).port)
    writer.write(request_bytes)
    first = await asyncio.wait_for(reader.readline(), 10)
    writer.close()
    await writer.wait_closed()
    assert first.split()[1] in (b"400", b"404")
