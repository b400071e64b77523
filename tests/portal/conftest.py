"""One stack, one browser for all tests of this folder, and people at the portal.

The stack is not the one of tests/stack: what one does in the portal changes what a hospital's feed meets.
"""

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, async_playwright

from local.demo.world import World
from local.stack import Stack, running
from tests.portal.browser import Visitor, visitor

CHROMIUM = os.environ.get("VISITBRIDGE_CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
]  # fmt: skip
Arrive = Callable[..., Awaitable[Visitor]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Pages arrive last and so leave first: one still open would read what another fixture has just taken away."""
    for item in items:
        if isinstance(item, pytest.Function):
            item.fixturenames.sort(key=("someone", "signed_in").__contains__)


@pytest.fixture(scope="package")
async def portal() -> AsyncIterator[Stack]:
    """The seeded stack with the portal: one approved connection, three visits a month agreed on."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MONTHLY_ALLOWANCE", "3")
        async with running(say=lambda _: None) as stack:
            yield stack


@pytest.fixture(scope="package")
async def world(portal: Stack) -> AsyncIterator[World]:
    """The same, seen from outside: API calls as a person, the stand-ins' control."""
    async with World(portal.config) as seen:
        yield seen


@pytest.fixture(scope="package")
async def chromium() -> AsyncIterator[Browser]:
    """Chromium; without it these tests fail and say what to do."""
    assert Path(CHROMIUM).exists(), "no Chromium: run scripts/test, or name yours in VISITBRIDGE_CHROMIUM"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest.fixture
async def someone(portal: Stack, chromium: Browser) -> AsyncIterator[Arrive]:
    """Opens the portal as anyone, signed out: `await someone("/sms", locale="fr-FR")`.

    A test fails in the end if a page of it complained on the console, unless it took the complaints away.
    """
    async with AsyncExitStack() as closing:
        visitors: list[Visitor] = []

        async def arrive(path: str = "/", **options: Any) -> Visitor:
            here = await visitor(chromium, portal.config, **options)
            closing.push_async_callback(here.context.close)
            visitors.append(here)
            await here.open(path)
            return here

        yield arrive
        assert [complaint for here in visitors for complaint in here.complaints] == []


@pytest.fixture
async def signed_in(someone: Arrive) -> Arrive:
    """The same, signed in: `await signed_in("admin", "/connections")`."""

    async def arrive(person: str, path: str = "/", **options: Any) -> Visitor:
        here = await someone(path, **options)
        await here.sign_in(person, path)
        return here

    return arrive
