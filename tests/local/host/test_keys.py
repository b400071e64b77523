"""Which key opens what. `func start` asks for keys only with --enableAuth; run it so to use these."""

import httpx
import pytest

from tests.local.host.running import EVENT_GRID, FUNCTION, MASTER, OTHER_SYSTEM, Site

FILES, ADMINS = "/api/files/a", "/api/admins"


@pytest.mark.parametrize(
    ("method", "path", "key", "status"),
    [
        ("POST", FILES, None, 401),
        ("POST", FILES, "wrong", 401),
        ("POST", FILES, "é", 401),
        ("POST", FILES, EVENT_GRID, 401),
        ("POST", FILES, FUNCTION, 201),
        ("POST", FILES, MASTER, 201),
        ("GET", ADMINS, None, 401),
        ("GET", ADMINS, FUNCTION, 401),
        ("GET", ADMINS, MASTER, 200),
        ("GET", "/api/things", "wrong", 200),
    ],
)
async def test_a_function_asks_for_the_key_of_its_level(
    ours: Site, method: str, path: str, key: str | None, status: int
) -> None:
    async with ours.client as client:
        in_query = await client.request(method, path, params={"code": key} if key else None)
        headers = {b"X-Functions-Key": key.encode()} if key else None
        in_header = await client.request(method, path, headers=headers)
    assert (in_query.status_code, in_header.status_code) == (status, status)
    if status == 401:
        assert in_query.content == in_header.content == b""


@pytest.mark.parametrize("key", [None, "wrong", FUNCTION, EVENT_GRID, OTHER_SYSTEM])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/admin/host/status"),
        ("GET", "/admin/functions"),
        ("GET", "/admin/functions/nightly"),
        ("POST", "/admin/functions/nightly"),
    ],
)
async def test_the_admin_routes_open_to_the_master_key_only(
    ours: Site, key: str | None, method: str, path: str
) -> None:
    async with ours.client as client:
        headers = {"x-functions-key": key} if key else {}
        answer = await client.request(method, path, headers=headers, json={"input": ""})
    assert (answer.status_code, answer.content) == (401, b"")


async def test_without_enable_auth_functions_are_open_and_the_admin_routes_are_not(returned: Site) -> None:
    async with returned.client as client:
        assert (await client.post(FILES)).status_code == 201
        assert (await client.get(ADMINS)).status_code == 200
        assert (await client.get("/admin/host/status")).status_code == 401
        webhook = "/runtime/webhooks/eventgrid?functionName=on_event"
        answer = await client.post(webhook, headers={"aeg-event-type": "Notification"}, json=[])
        assert answer.status_code == 401


async def test_a_key_that_was_not_configured_opens_nothing(returned: Site) -> None:
    """This host has no Event Grid key: an empty one, or the word None, is not it."""
    async with returned.client as client:
        for key in ("", "None", "null"):
            webhook = f"/runtime/webhooks/eventgrid?functionName=on_event&code={key}"
            answer = await client.post(webhook, headers={"aeg-sas-key": key, "aeg-event-type": "Notification"}, json=[])
            assert answer.status_code == 401


async def test_the_master_key_opens_the_status(site: Site) -> None:
    async with site.client as client:
        by_header = await client.get("/admin/host/status", headers=site.admin)
        by_query = await client.get("/admin/host/status", params={"code": site.master})
    assert isinstance(by_header, httpx.Response)
    assert (by_header.json()["state"], by_query.status_code) == ("Running", 200)
