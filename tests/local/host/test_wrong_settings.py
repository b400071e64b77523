"""The product with missing and wrong settings: every route says that it cannot, the log says which setting and why."""

import json
import re
from collections.abc import AsyncIterator

import httpx
import pytest

from local.node import ROOT
from tests.local.host.running import Site, running

WRONG = {"PUBLIC_URL": "http://visits.example.org", "CLAIM_LEASE_SECONDS": "soon", "SMS_GATEWAY": "pigeon"}
MISSING = ("PORTAL_URL", "ENTRA_TENANT_ID", "ENTRA_CLIENT_ID", "VAULT_URL", "SMS_ENDPOINT")
PATHS: dict[str, dict[str, object]] = json.loads((ROOT / "docs" / "openapi.json").read_text())["paths"]
CALLS = [(method, path) for path, methods in PATHS.items() for method in methods if method != "parameters"]


@pytest.fixture(scope="module")
async def wrong(storage: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    """The product's own app, run by the real worker."""
    async with running(tmp_path_factory.mktemp("wrong"), storage, app=ROOT, env=WRONG) as site:
        yield site


async def ask(site: Site, method: str, path: str) -> httpx.Response:
    async with site.client as client:
        return await client.request(method, "/api" + re.sub(r"\{[^}]*\}", "testing", path), content=b'{"checks": {}}')


@pytest.mark.parametrize(("method", "path"), CALLS)
async def test_every_route_answers_503_in_the_form_of_its_readers(wrong: Site, method: str, path: str) -> None:
    answer = await ask(wrong, method, path)
    assert answer.status_code == 503, answer.text
    assert int(answer.headers["retry-after"]) > 0
    assert "Traceback" not in answer.text
    match answer.headers["content-type"].partition(";")[0]:
        case "application/problem+json":
            problem = answer.json()
            assert (problem["code"], problem["type"]) == ("unavailable", "about:blank")
        case kind:
            assert kind in ("text/html", "text/plain")
            assert "unavailable" in answer.text


async def test_each_wrong_setting_has_one_line_with_its_meaning_and_an_example(wrong: Site) -> None:
    await ask(wrong, "get", "/health")
    log = wrong.logged()
    for name in (*WRONG, *MISSING):
        lines = [line for line in log.splitlines() if f"setting {name} " in line]
        assert len(lines) == 1, (name, lines)
        assert re.search(r"\. .+\. Example: \S", lines[0]), lines[0]
    assert "Traceback" not in log
    for value in WRONG.values():
        assert value not in log, "a value may be a secret in the wrong place"
