"""How the built portal is served: the headers that are promised, and files as a static web app gives them."""

import gzip
import json
import re
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from local.node import PORTAL, node
from local.portal import Hosting, HostingError, create
from local.stack import Stack

CLIENT = "c0a8a5f2-77f0-4f3b-8f39-3c9d6f4c2b51"
GIVEN = {
    "api": "amer=https://amer.example,emea=https://emea.example",
    "authority": "https://login.microsoftonline.com/6f1d1c02-1f53-4d1e-9b1e-0d5a7c3e9a10",
    "client-id": CLIENT,
}
PAGE = '<!doctype html><script>try{}catch{}</script><script type="module" src="/assets/a.js"></script>'


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """Something that looks like a build."""
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text(PAGE)
    (folder / "assets" / "a.js").write_text("export {};\n" * 100)
    return folder


def configure(dist: Path, out: Path, **given: str) -> subprocess.CompletedProcess[str]:
    """Runs the script as a deployment does."""
    options = [part for name, value in (GIVEN | given).items() for part in (f"--{name.replace('_', '-')}", value)]
    command = [str(node()), str(PORTAL / "configure.mjs"), "--dist", str(dist), "--out", str(out), *options]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture
async def site(dist: Path) -> AsyncIterator[httpx.AsyncClient]:
    """That build, configured and served."""
    assert configure(dist, dist).returncode == 0
    async with httpx.AsyncClient(transport=httpx.ASGITransport(create(dist)), base_url="http://portal") as client:
        yield client


def policy(answer: httpx.Response) -> dict[str, list[str]]:
    """The content security policy, by directive."""
    parts = (part.split() for part in answer.headers["content-security-policy"].split(";"))
    return {name: sources for name, *sources in parts}


async def test_the_running_portal_keeps_its_promises(portal: Stack) -> None:
    """The policy on the running stack: nothing inline but one script by its hash, only our API and sign-in."""
    config = portal.config
    async with httpx.AsyncClient(base_url=config.portal, trust_env=False) as client:
        answer = await client.get("/connections")
        assert answer.status_code == 200
        found = policy(answer)
        assert found["default-src"] == ["'none'"]
        assert found["connect-src"] == ["'self'", config.functions, config.entra]
        assert found["script-src"][0] == "'self'"
        assert len(found["script-src"]) == 2
        assert found["script-src"][1].startswith("'sha256-")
        assert found["style-src"] == ["'self'"]
        assert found["frame-ancestors"] == found["base-uri"] == found["form-action"] == ["'none'"]
        assert found["require-trusted-types-for"] == ["'script'"]
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert int(re.findall(r"max-age=(\d+)", answer.headers["strict-transport-security"])[0]) >= 31536000
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cross-origin-opener-policy"] == "same-origin"
        assert answer.headers["x-frame-options"] == "DENY"
        assert "camera=()" in answer.headers["permissions-policy"]
        script = re.findall(r'src="(/assets/[^"]+)"', answer.text)[0]
        assert "immutable" in (await client.get(script)).headers["cache-control"]
        assert answer.headers["cache-control"] == "no-cache"
        config_json = (await client.get("/config.json")).json()
    assert config_json["stamps"] == [{"geography": "amer", "api": config.functions}]
    assert config_json["authority"] == config.authority


def test_a_deployment_is_configured_by_the_same_script(dist: Path, tmp_path: Path) -> None:
    done = configure(dist, tmp_path / "out", docs="https://docs.example/")
    assert done.stderr == ""
    config = json.loads((tmp_path / "out" / "config.json").read_text())
    assert [stamp["geography"] for stamp in config["stamps"]] == ["amer", "emea"]
    assert config["knownAuthorities"] == ["login.microsoftonline.com"]
    assert config["scope"] == f"api://{CLIENT}/Portal.Access"
    hosting = json.loads((tmp_path / "out" / "staticwebapp.config.json").read_text())
    allowed = hosting["globalHeaders"]["Content-Security-Policy"]
    assert "connect-src 'self' https://amer.example https://emea.example https://login.microsoftonline.com;" in allowed
    assert "{" not in allowed


@pytest.mark.parametrize(
    "given",
    [
        {"api": "amer=http://amer.example"},
        {"api": "https://amer.example"},
        {"api": "amer=https://amer.example/api"},
        {"api": "amer=https://a.example,amer=https://b.example"},
        {"api": "amer=https://a.example; script-src *"},
        {"authority": "https://login.microsoftonline.com"},
        {"authority": "http://login.microsoftonline.com/tenant"},
        {"client_id": "portal"},
        {"tenant": "Riverside Clinic"},
        {"tenant": "8c3a5e77-2b94-4d06-a1f8-3e9d0c6b7f21=Riverside Clinic"},
        {"docs": "javascript:alert(1)"},
    ],
    ids=str,
)
def test_a_wrong_value_is_refused_and_nothing_is_written(dist: Path, tmp_path: Path, given: dict[str, str]) -> None:
    done = configure(dist, tmp_path / "out", **given)
    assert done.returncode == 1
    assert done.stderr.startswith("configure: ")
    assert not (tmp_path / "out").exists()


async def test_an_address_of_a_page_gets_the_app(site: httpx.AsyncClient) -> None:
    for path in ("/", "/connections", "/approve/abc"):
        answer = await site.get(path)
        assert (answer.status_code, answer.text) == (200, PAGE)
        assert answer.headers["content-type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize("path", ["/assets/gone.js", "/gone.json", "/staticwebapp.config.json", "/../secret.txt"])
async def test_a_file_that_is_not_there_is_not_the_app(site: httpx.AsyncClient, dist: Path, path: str) -> None:
    (dist.parent / "secret.txt").write_text("secret")
    assert (await site.get(path)).status_code == 404


async def test_files_are_compressed_and_known_again(site: httpx.AsyncClient) -> None:
    answer = await site.get("/assets/a.js", headers={"accept-encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["vary"] == "Accept-Encoding"
    assert len(gzip.compress(answer.content)) < len(answer.content)
    plain = await site.get("/assets/a.js", headers={"accept-encoding": "identity"})
    assert plain.content == answer.content
    assert "content-encoding" not in plain.headers
    again = await site.get("/assets/a.js", headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_only_reading_is_allowed(site: httpx.AsyncClient) -> None:
    assert (await site.post("/config.json")).status_code == 405
    assert (await site.head("/")).status_code == 200


@pytest.mark.parametrize(
    "content",
    [
        {"auth": {}},
        {"routes": [{"route": "/admin", "allowedRoles": ["admin"]}]},
        {"routes": [{"route": "/a/*/b", "headers": {}}]},
        {"routes": [{"route": "no-slash", "headers": {}}]},
    ],
    ids=str,
)
def test_what_is_not_served_here_is_refused(content: dict[str, object]) -> None:
    with pytest.raises(HostingError):
        Hosting(content)
