"""The admin API, once the master key has opened it."""

import pytest

from tests.local.host.running import Site


async def test_the_functions_are_listed(site: Site) -> None:
    async with site.client as client:
        found = (await client.get("/admin/functions", headers=site.admin)).json()
    names = [function["name"] for function in found]
    assert {"things", "work", "nightly", "on_event"} <= set(names)
    assert names == sorted(names, key=str.lower)


async def test_one_function_is_shown_with_its_bindings(site: Site) -> None:
    async with site.client as client:
        found = (await client.get("/admin/functions/NIGHTLY", headers=site.admin)).json()
    assert found["name"] == "nightly"
    assert found["config"]["bindings"][0]["type"] == "timerTrigger"


@pytest.mark.parametrize(
    ("name", "body", "status"),
    [
        ("nobody", b'{"input": ""}', 404),
        ("on_event", b"", 400),
        ("on_event", b"not json", 400),
        ("on_event", b"[]", 400),
        ("on_event", b'{"input": 1}', 400),
        ("things", b'{"input": ""}', 400),
    ],
)
async def test_what_cannot_be_run_by_hand_is_refused(ours: Site, name: str, body: bytes, status: int) -> None:
    async with ours.client as client:
        headers = ours.admin | {"content-type": "application/json"}
        answer = await client.post(f"/admin/functions/{name}", content=body, headers=headers)
    assert answer.status_code == status
