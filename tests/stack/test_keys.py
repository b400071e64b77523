"""Our keys on the running stack: rotated while launches run, and RS384 where a hospital wants it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from azure.keyvault.keys.aio import KeyClient

from local.browser import Browser
from local.config import CONNECTION_ID, PEOPLE
from local.demo.steps import until
from shared.keys.signing import key_name
from tests.adapters.vault_side import vault_keys
from tests.stack.affiliation import Both, Organisation
from tests.stack.conftest import Hospital
from tests.stack.test_launch import signed_in

NAME = key_name("testing", "ES384")
ACTIVE_IN = timedelta(seconds=75)


@pytest.fixture
async def keys(hospital: Hospital) -> AsyncIterator[KeyClient]:
    """The vault, as whoever runs the deployment sees it."""
    async with vault_keys(hospital.config) as client:
        yield client


async def published(hospital: Hospital) -> set[str]:
    """The ids of the ES384 keys that EHRs read."""
    answer = await hospital.world.http.get(f"{hospital.config.functions}/api/jwks/testing")
    return {key["kid"] for key in answer.json()["keys"] if key["alg"] == "ES384"}


async def authenticated(hospital: Hospital) -> list[dict[str, Any]]:
    """By which keys the EHR was met, oldest first."""
    found: list[dict[str, Any]] = await hospital.world.control("GET", "/epic/assertions")
    return found


class Launching:
    """Patients who launch one after the other; `refused` has every launch that did not come through."""

    def __init__(self, hospital: Hospital, csn: str) -> None:
        self._hospital, self._csn = hospital, csn
        self.launched = 0
        self.over = False
        self.refused: list[str] = []

    async def go_on(self) -> None:
        while not self.over:
            async with Browser(str(self._hospital.config.bundle)) as browser:
                page = await browser.open(await self._hospital.launch(self._csn, "patient"))
            self.launched += 1
            if "/l/meetup-join/" not in page.url.path:
                self.refused.append(f"{page.status_code} {page.url.path}")

    async def more(self, count: int = 5) -> None:
        """Waits for some more launches."""
        wanted = self.launched + count

        async def enough() -> bool:
            return self.launched >= wanted

        await until(enough, "more launches", seconds=60)


async def test_keys_are_rotated_while_launches_run_and_no_launch_notices(hospital: Hospital, keys: KeyClient) -> None:
    """Publish, wait, sign, retire. The EHR would believe a key only after it has read it."""
    csn = await hospital.scheduled()
    async with Browser(str(hospital.config.bundle)) as browser:
        await signed_in(hospital, browser, await hospital.launch(csn), PEOPLE["clinician"])
    before = await keys.get_key(NAME)
    (old,) = await published(hospital)
    launching = Launching(hospital, csn)
    task = asyncio.create_task(launching.go_on())
    try:
        await launching.more()
        starts = datetime.now(UTC) + ACTIVE_IN
        await keys.create_ec_key(NAME, curve="P-384", key_operations=["sign", "verify"], not_before=starts)

        async def both_shown() -> set[str]:
            shown = await published(hospital)
            return shown if len(shown) == 2 else set()

        shown = await until(both_shown, "the new key to be published", seconds=70)
        assert datetime.now(UTC) < starts, "published too late for the EHR to have read it"
        (new,) = shown - {old}
        await launching.more()

        async def turned() -> bool:
            return bool((await authenticated(hospital))[-1]["kid"] == new)

        await until(turned, "the new key to sign", seconds=120)
        used = [each for each in await authenticated(hospital) if each["alg"] == "ES384"]
        assert min(each["at"] for each in used if each["kid"] == new) >= starts.timestamp() - 1
        assert await published(hospital) == {old, new}, "the old key must be believed for a while"
        await launching.more()

        await keys.update_key_properties(NAME, before.properties.version, enabled=False)

        async def retired() -> bool:
            return await published(hospital) == {new}

        await until(retired, "the old key to be retired", seconds=70)
        await launching.more()
    finally:
        launching.over = True
        await task
    assert launching.refused == []
    assert {each["kid"] for each in (await authenticated(hospital))[-3:]} == {new}


async def guest_joins(hospital: Hospital, room: httpx.URL) -> None:
    """A patient enters a meeting, which is a status for the EHR."""
    meetings = await hospital.world.control("GET", "/meetings")
    meeting = next(each for each in meetings if httpx.URL(each["joinWebUrl"]) == room)
    path = f"/meetings/{quote(str(meeting['id']), safe='')}/roster"
    await hospital.world.control("POST", path, json={"participant": "Guest", "action": "join"})


async def test_a_hospital_that_wants_rs384_gets_it_for_launches_and_write_back(hospital: Hospital) -> None:
    both = Both(hospital)
    home = Organisation(both.home.tenant, "admin", "approver", PEOPLE["clinician"], connection=CONNECTION_ID)

    async def choose(algorithm: str) -> None:
        path = f"/connections/{CONNECTION_ID}?confirm=true"  # other tests may have left visits of today
        answer = await both.call("admin", "PATCH", path, json={"assertion": algorithm})
        assert answer.json().get("state") == "needs_approval", answer.text
        await both.approve(home)

    await choose("RS384")
    try:
        async with Browser(str(hospital.config.bundle)) as browser:
            launch = await hospital.launch(await hospital.scheduled())
            room = await signed_in(hospital, browser, launch, PEOPLE["clinician"])
        assert room.url.path.startswith("/l/meetup-join/")
        last = (await authenticated(hospital))[-1]
        assert (last["client"], last["alg"]) == ("provider", "RS384")
        await guest_joins(hospital, room.url)

        async def written_back() -> bool:
            return any((each["client"], each["alg"]) == ("backend", "RS384") for each in await authenticated(hospital))

        await until(written_back, "the write-back's own sign-in")
    finally:
        await choose("ES384")
