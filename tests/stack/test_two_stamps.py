"""Two stamps with one Entra and one portal: each organisation is in its own, and one is moved by `scripts/admin`."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from local.config import AFFILIATE_TENANT_ID, CONNECTION_ID, PEOPLE, SENDER_NUMBER, TENANT_ID
from local.demo.steps import until
from local.demo.world import World
from local.stack import Stack, beside, running
from shared.adapters.tables import TABLES
from tests.portal.browser import SIGN_OUT, visitor
from tests.stack.conftest import Hospital, silent
from tests.stack.test_admin import admin

pytestmark = pytest.mark.stack
NEW_NUMBER = "+447700900123"


@dataclass
class Stamp:
    """One of the two."""

    stack: Stack
    world: World

    async def holds(self, *words: str) -> set[str]:
        """Which of these words stand anywhere in its tables."""
        text = str([await self.world.rows(table) for table in TABLES])
        return {word for word in words if word in text}


@dataclass
class Stamps:
    """Both, and the id of the affiliate's connection in the second one."""

    amer: Stamp
    emea: Stamp
    connection: str


@pytest.fixture(scope="module")
async def stamps() -> AsyncIterator[Stamps]:
    """The hospital and a booked visit in `amer`, the affiliate in `emea`."""
    async with (
        running(say=silent) as first,
        beside(first, "emea", say=silent) as second,
        World(first.config) as amer,
        World(second.config) as emea,
    ):
        await Hospital(amer).booked()
        approver = PEOPLE["affiliate_approver"]
        body = {
            "fhir_base": second.config.fhir_base, "environment": "testing", "zone": "Europe/London",
            "approver": {"oid": approver.oid, "name": approver.name}, "client_ids": {"provider": "uk-provider"},
        }  # fmt: skip
        made = await emea.api("affiliate_admin", "POST", "/connections", json=body)
        yield Stamps(Stamp(first, amer), Stamp(second, emea), made["id"])


async def geographies_of(chromium: Browser, stamps: Stamps, person: str, tenant: str) -> set[str]:
    """The geographies whose connections the portal asks for, for someone who has just signed in for the first time."""
    here = await visitor(chromium, stamps.amer.stack.config)
    asked: set[str] = set()
    here.page.on("request", lambda request: asked.add(request.url.partition("?")[0]))
    try:
        await here.open(f"/connections?tenant={tenant}")
        await here.page.get_by_role("button", name="Sign in").click()
        await here.page.get_by_label("Username").fill(PEOPLE[person].username)
        await here.page.get_by_label("Password").fill(PEOPLE[person].password)
        await here.page.get_by_role("button", name="Sign in").click()
        await expect(here.page.get_by_role("button", name=SIGN_OUT).first).to_be_visible()
        await here.heading("Connections")
        await here.settled()
    finally:
        await here.context.close()
    configs = [stamp.stack.config for stamp in (stamps.amer, stamps.emea)]
    for config in configs:
        assert f"{config.functions}/api/me" in asked, "each stamp is asked what it has"
    return {config.geography for config in configs if f"{config.functions}/api/connections" in asked}


async def test_each_organisation_is_in_its_own_stamp_and_is_moved_whole(
    stamps: Stamps, chromium: Browser, tmp_path: Path
) -> None:
    """One test, since each step needs the one before."""
    amer, emea = stamps.amer, stamps.emea
    home, affiliate = (TENANT_ID, CONNECTION_ID, SENDER_NUMBER), (AFFILIATE_TENANT_ID, stamps.connection)
    assert await amer.holds(*home, *affiliate) == set(home)
    assert await emea.holds(*home, *affiliate) == set(affiliate)
    assert await geographies_of(chromium, stamps, "admin", TENANT_ID) == {"amer"}
    assert await geographies_of(chromium, stamps, "affiliate_admin", AFFILIATE_TENANT_ID) == {"emea"}

    file, receipt = tmp_path / "export.json", tmp_path / "receipt.json"
    number = {"PartitionKey": "numbers", "RowKey": NEW_NUMBER, "tenant": TENANT_ID, "operation": ""}
    await emea.world.tables.get_table_client("tenants").create_entity(number)
    sender = ("--sender", f"{SENDER_NUMBER}={NEW_NUMBER}")
    for stamp, words in (
        (amer, ("--apply", "export", TENANT_ID, str(file))),
        (emea, ("--apply", "import", str(file), *sender)),
        (emea, ("--apply", "keys", amer.stack.config.vault)),
        (emea, ("verify", str(file), *sender)),
    ):
        status, output = await admin(stamp.stack, *words)
        assert status == 0, output
    moved = await emea.world.api("admin", "GET", f"/connections/{CONNECTION_ID}")
    assert moved["state"] == "needs_approval"

    path = f"/connections/{CONNECTION_ID}?confirm=true"
    await amer.world.api("admin", "PATCH", path, json={"state": "disabled"})

    async def erased() -> bool:
        # A worker on its way may write once more: the command says so, and is run again.
        return (await admin(amer.stack, "--apply", "erase", TENANT_ID, str(receipt)))[0] == 0

    await until(erased, "the erasure")
    assert not any(json.loads(receipt.read_text())["left"].values())
    assert await amer.holds(*home) == set()
    assert await emea.holds(*home, *affiliate) == {TENANT_ID, CONNECTION_ID, *affiliate}
    assert await geographies_of(chromium, stamps, "admin", TENANT_ID) == {"emea"}
