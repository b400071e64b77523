"""Pages of another origin: what ASP.NET Core's middleware answers, in front of App Service as of `func start --cors`."""

import json
from pathlib import Path

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from local.host import settings
from local.host.cors import Cors, origins_of
from local.host.settings import AppError

PORTAL, OTHER = "https://portal.example", "https://evil.example"
PREFLIGHT = {
    "Access-Control-Request-Method": "PATCH",
    "Access-Control-Request-Headers": "authorization,content-type,if-match",
}


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers with the method that reached it and an ETag."""
    answer: Response = JSONResponse({"reached": Request(scope).method}, headers={"ETag": '"1"', "Vary": "Accept"})
    await answer(scope, receive, send)


async def ask(origins: list[str], method: str, **headers: str) -> httpx.Response:
    """One request through the middleware; underscores of header names become hyphens."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(Cors(app, origins)), base_url="http://host") as client:
        return await client.request(
            method, "/", headers={name.replace("_", "-"): text for name, text in headers.items()}
        )


def granted(answer: httpx.Response) -> dict[str, str]:
    """The headers that speak to the browser."""
    return {name: value for name, value in answer.headers.items() if name.startswith("access-control-")}


async def test_an_allowed_page_may_read_the_answer_and_no_header_of_it_is_exposed() -> None:
    answer = await ask([PORTAL], "GET", origin=PORTAL)
    assert answer.json() == {"reached": "GET"}
    assert granted(answer) == {"access-control-allow-origin": PORTAL}


async def test_a_preflight_is_answered_without_the_app() -> None:
    answer = await ask([PORTAL], "OPTIONS", origin=PORTAL, **PREFLIGHT)
    assert (answer.status_code, answer.content) == (204, b"")
    assert granted(answer) == {
        "access-control-allow-origin": PORTAL,
        "access-control-allow-methods": "PATCH",
        "access-control-allow-headers": "authorization,content-type,if-match",
    }


async def test_a_strangers_preflight_is_answered_without_leave() -> None:
    answer = await ask([PORTAL], "OPTIONS", origin=OTHER, **PREFLIGHT)
    assert (answer.status_code, answer.content, granted(answer)) == (204, b"", {})


@pytest.mark.parametrize("origin", [OTHER, PORTAL.upper(), PORTAL + ":444", PORTAL + ".evil.example", "null"])
async def test_a_stranger_is_served_and_its_page_cannot_read_it(origin: str) -> None:
    answer = await ask([PORTAL], "GET", origin=origin)
    assert answer.json() == {"reached": "GET"}
    assert granted(answer) == {}


async def test_options_without_a_wanted_method_is_no_preflight() -> None:
    answer = await ask([PORTAL], "OPTIONS", origin=PORTAL)
    assert answer.json() == {"reached": "OPTIONS"}


async def test_caches_keep_several_origins_apart() -> None:
    one, several = await ask([PORTAL], "GET", origin=PORTAL), await ask([PORTAL, OTHER], "GET", origin=OTHER)
    assert one.headers["vary"] == "Accept"
    assert several.headers["vary"] == "Accept, Origin"


async def test_a_star_allows_everyone() -> None:
    answer = await ask(["*"], "GET", origin=OTHER)
    assert granted(answer) == {"access-control-allow-origin": "*"}


@pytest.mark.parametrize("headers", [{}, {"origin": PORTAL}])
async def test_without_origins_nothing_is_added(headers: dict[str, str]) -> None:
    assert granted(await ask([], "GET", **headers)) == {}
    assert (await ask([], "OPTIONS", **headers, **PREFLIGHT)).json() == {"reached": "OPTIONS"}


def test_origins_are_read_from_the_setting() -> None:
    assert origins_of(f" {PORTAL}, http://localhost:4280 ") == [PORTAL, "http://localhost:4280"]
    assert origins_of("") == []


@pytest.mark.parametrize(
    "text", ["portal.example", f"{PORTAL}/", "https://Portal.example", "https://*.example", f"*,{PORTAL}", "null"]
)
def test_what_no_browser_sends_is_refused(text: str) -> None:
    with pytest.raises(AppError):
        origins_of(text)


def test_local_settings_name_origins_as_for_core_tools(tmp_path: Path) -> None:
    assert settings.cors(tmp_path) == ""
    (tmp_path / "local.settings.json").write_text(json.dumps({"Host": {"CORS": PORTAL}}))
    assert settings.cors(tmp_path) == PORTAL
