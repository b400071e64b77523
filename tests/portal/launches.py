"""Launches as Epic makes them from a record that somebody has mended by hand."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from local.browser import Browser
from local.config import CONNECTION_ID, PEOPLE
from local.demo.steps import until
from local.demo.world import World

DOCTOR = PEOPLE["clinician"]
BY_HAND = "sessionId=%CSN%&userType=1&organizerId=%EPICUSERID%"


async def launch(world: World, context: str) -> None:
    """A clinician launches a visit with this context, and a launch URL without the connection's id."""
    start = (datetime.now(UTC) + timedelta(days=2)).replace(microsecond=0)
    names = {"patient": PEOPLE["patient"].epic_username, "clinician": DOCTOR.epic_username}
    csn = await world.book(start, **names)
    await world.send(csn, "S12", CONNECTION_ID)
    body = {"audience": "provider", "csn": csn, "context": context}
    url = str((await world.control("POST", "/epic/launches", json=body))["url"])
    async with Browser(str(world.config.bundle)) as browser:
        page = await browser.open(url)
        if str(page.url).startswith(world.config.entra):
            await browser.submit(page, username=DOCTOR.username, password=DOCTOR.password)


@asynccontextmanager
async def drifted(world: World, *, version: str = "") -> AsyncIterator[None]:
    """The last launch with the demo connection's record for clinicians did not fit it; forgotten afterwards."""
    await launch(world, BY_HAND + (f"&record=provider.{version}" if version else ""))

    async def noted() -> bool:
        path = f"/connections/{CONNECTION_ID}/records"
        drift = (await world.api("admin", "GET", path))["drift"]
        # What was seen is written beside the launch, not before it.
        return any("context:organizerId" in one["differs"] for one in drift)

    await until(noted, "the drift")
    yield
    for table, row in (("connections", "seen:provider"), ("clinicians", DOCTOR.epic_username)):
        await world.tables.get_table_client(table).delete_entity(CONNECTION_ID, row)
