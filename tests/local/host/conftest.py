"""Hosts of the sample app. With VISITBRIDGE_HOST_URL set, the tests run against that one, for one `func start`."""

import base64
import json
import os
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from azure.core.exceptions import ResourceExistsError

from tests.local.host.running import KEYS, Site, azurite, running

GIVEN = os.environ.get("VISITBRIDGE_HOST_URL")
STORAGE = "AzureWebJobsStorage"


@pytest.fixture(scope="session")
async def storage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """A connection string."""
    if GIVEN:
        yield os.environ[STORAGE]
        return
    async with azurite(tmp_path_factory.mktemp("azurite")) as connection:
        yield connection


@pytest.fixture(scope="session")
async def site(storage: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    """The sample app, served with keys enforced."""
    if GIVEN:
        master, event_grid = (os.environ.get(f"VISITBRIDGE_{name}_KEY", "") for name in ("MASTER", "EVENT_GRID"))
        yield Site(GIVEN.rstrip("/"), storage, master, event_grid)
        return
    folder = tmp_path_factory.mktemp("host")
    (folder / "keys.json").write_text(json.dumps(KEYS))
    arguments = ("--enable-auth", "--keys", str(folder / "keys.json"), "--state", str(folder / "state"))
    async with running(folder, storage, *arguments, env={"AzureWebJobs.late.Disabled": "true"}) as ours:
        yield ours


@pytest.fixture(scope="session")
def ours(site: Site) -> Site:
    """The same, for what only the local host promises."""
    if site.log is None:
        pytest.skip("this holds for the local host only")
    return site


@pytest.fixture(scope="session")
async def returned(ours: Site, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    """A host without --enable-auth that comes back after three days, to a message that five tries did not get done."""
    folder = tmp_path_factory.mktemp("returned")
    then = datetime.now(UTC).replace(tzinfo=None, hour=2, minute=30, second=0, microsecond=0) - timedelta(days=3)
    known = {"Last": then, "Next": then + timedelta(days=1), "LastUpdated": then}
    (folder / "timers").mkdir()
    (folder / "timers/nightly.json").write_text(json.dumps({name: value.isoformat() for name, value in known.items()}))
    async with ours.queue("late") as queue:
        with suppress(ResourceExistsError):
            await queue.create_queue()
        await queue.send_message(base64.b64encode(b"left over").decode())
        for _ in range(5):
            received = await queue.receive_message()
            assert received
            await queue.update_message(received, visibility_timeout=0)
    settings = {"AzureWebJobs_work_Disabled": "1"}
    async with running(folder, ours.storage, "--state", str(folder), env=settings) as host:
        yield host
