"""Connections for the portal's tests: made and decided on by the API, removed afterwards."""

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from playwright.async_api import Locator, expect

from local.config import EPIC_CLIENT_IDS, PEOPLE
from local.demo.world import World
from tests.portal.browser import Visitor

ADMIN, APPROVER = PEOPLE["admin"], PEOPLE["approver"]
CLIENT_IDS = {"provider": EPIC_CLIENT_IDS["provider"], "patient": EPIC_CLIENT_IDS["patient"]}
# What Chromium says of every answer that is none of 2xx: the tests of refusals take it away.
REFUSED = re.compile(r"Failed to load resource: the server responded with a status of 4\d\d")


class Made:
    """What a test made. The story's Epic answers at two names: beside the story's own connection, to
    `here` for testing, there is room for three more.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.here = world.config.fhir_base
        self.there = self.here.replace("localhost", "127.0.0.1")

    async def add(self, **fields: Any) -> dict[str, Any]:
        """A connection that waits for approval; a draft with `state="draft"`."""
        whole = {"zone": "America/Chicago", "approver": {"oid": APPROVER.oid, "name": APPROVER.name}}
        usual = {"fhir_base": self.there, "environment": "testing", "client_ids": CLIENT_IDS}
        body = usual | ({} if fields.get("state") == "draft" else whole) | fields
        made: dict[str, Any] = await self.world.api("admin", "POST", "/connections", json=body)
        return made

    async def approved(self, **fields: Any) -> dict[str, Any]:
        """One that is in service."""
        return await self.decide(await self.add(**fields), {"decision": "approve"})

    async def decide(self, connection: dict[str, Any], decision: dict[str, str]) -> dict[str, Any]:
        """The approver decides."""
        await self.vouch(connection)
        path = f"/connections/{connection['id']}/approval"
        decided: dict[str, Any] = await self.world.api("approver", "POST", path, json=decision)
        return decided

    async def vouch(self, connection: dict[str, Any], *, ago: timedelta = timedelta()) -> None:
        """The approver's sign-in to Epic, written as if it had been: Epic takes it at its one true address only, and
        that has its connection.
        """
        evidence = {
            "approver_oid": APPROVER.oid, "issuer": self.world.config.fhir_base, "subject": APPROVER.fhir_id,
            "at": f"{datetime.now(UTC) - ago:%Y-%m-%dT%H:%M:%S.%fZ}",
            "configuration": connection["approval"]["configuration"],
        }  # fmt: skip
        table = self.world.tables.get_table_client("connections")
        row = await table.get_entity(connection["id"], "connection")
        row["document"] = json.dumps(json.loads(row["document"]) | {"evidence": evidence})
        await table.update_entity(row)

    async def with_a_visit_today(self) -> dict[str, Any]:
        """One in service that has a visit before its day is over."""
        start = datetime.now(UTC) + timedelta(hours=1)
        # Somewhere it is not nearly midnight.
        zone = next(zone for zone in ("America/Chicago", "Asia/Tokyo") if start.astimezone(ZoneInfo(zone)).hour > 1)
        connection = await self.approved(zone=zone)
        certificate = self.world.config.sender_certificate.read_bytes()
        await self.world.api("admin", "POST", f"/connections/{connection['id']}/certificates", content=certificate)
        csn = await self.world.book(start, zone=zone)
        answer = await self.world.send(csn, "S12", connection["id"])
        assert "|AA|" in answer["ack"], answer
        return await self.now(connection)

    async def now(self, connection: dict[str, Any]) -> dict[str, Any]:
        """The connection as it stands."""
        found: dict[str, Any] = await self.world.api("admin", "GET", f"/connections/{connection['id']}")
        return found

    async def change(self, connection: dict[str, Any], **fields: Any) -> dict[str, Any]:
        """What another administrator does."""
        path = f"/connections/{connection['id']}"
        changed: dict[str, Any] = await self.world.api("admin", "PATCH", path, json=fields)
        return changed

    async def all(self) -> list[dict[str, Any]]:
        """The tenant's connections."""
        found: list[dict[str, Any]] = (await self.world.api("admin", "GET", "/connections"))["connections"]
        return found


@asynccontextmanager
async def making(world: World) -> AsyncIterator[Made]:
    """Removes in the end whatever was added meanwhile, in the portal too."""
    made = Made(world)
    before = {connection["id"] for connection in await made.all()}
    yield made
    for connection in await made.all():
        if connection["id"] not in before:
            await world.api("admin", "DELETE", f"/connections/{connection['id']}?confirm=true")


def group(here: Visitor, name: str) -> Locator:
    """The card of a state: "Needs approval"."""
    heading = here.page.get_by_role("heading", level=2, name=re.compile(f"^{name} \\("))
    return here.page.locator("section").filter(has=heading)


def row(here: Visitor, connection: dict[str, Any]) -> Locator:
    """The row of a connection."""
    return here.page.get_by_role("row").filter(has=here.page.locator(f"#connection-{connection['id']}"))


def note(here: Visitor, connection: dict[str, Any]) -> Locator:
    """What stands below its row."""
    return row(here, connection).locator("xpath=following-sibling::tr[1]")


async def choose(here: Visitor, connection: dict[str, Any], action: str) -> None:
    """Something of the row's menu."""
    await row(here, connection).get_by_role("button", name="Actions").click()
    await here.page.get_by_role("menuitem", name=action, exact=True).click()


async def told(here: Visitor, text: str) -> None:
    """Waits for the news at the edge of the page."""
    await expect(here.page.locator(".toasts")).to_contain_text(text)


def take_refusals(here: Visitor) -> None:
    """The console's lines about answers that a test asked for; everything else still fails it."""
    here.complaints = [line for line in here.complaints if not REFUSED.match(line)]


def url(here: Visitor) -> Locator:
    """The form's first field."""
    return here.page.get_by_role("textbox", name="FHIR base URL")


def save(here: Visitor, name: str) -> Locator:
    """One of the form's buttons."""
    return here.page.get_by_role("button", name=name, exact=True)


async def pick(here: Visitor, field: str, text: str, person: str) -> None:
    """Finds somebody as one types."""
    await here.page.get_by_role("combobox", name=field).fill(text)
    await here.page.get_by_role("listbox", name=field).get_by_role("option", name=person).click()
