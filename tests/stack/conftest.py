"""One stack for all tests of this folder, and what they need to look at it from outside."""

import itertools
import os
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from playwright.async_api import Browser, async_playwright

from local.config import CONNECTION_ID, PEOPLE, StackConfig
from local.demo.steps import until
from local.demo.world import World
from local.epic.cms import hl7_signature
from local.epic.schedule import Appointment
from local.epic.sender import sign
from local.epic.siu import siu
from local.stack import Stack, running

CHROMIUM = os.environ.get("VISITBRIDGE_CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
]  # fmt: skip
LINK = re.compile(r"https?://\S+/api/v/([\w-]+)")
# What an intake, a launch or a notification could change; the heartbeat of `work` is not part of it.
TABLES = ("visits", "optouts", "clinicians", "facts", "work", "connections", "audit")


def silent(_: str) -> None:
    """Progress nobody reads."""


@pytest.fixture(scope="session")
async def stack() -> AsyncIterator[Stack]:
    """The seeded stack."""
    async with running(say=silent) as running_stack:
        yield running_stack


@pytest.fixture(scope="session")
async def world(stack: Stack) -> AsyncIterator[World]:
    """The same, seen from outside."""
    async with World(stack.config) as seen:
        yield seen


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    """Chromium; without it these tests fail and say what to do."""
    assert Path(CHROMIUM).exists(), "no Chromium: run scripts/test, or name yours in VISITBRIDGE_CHROMIUM"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        await browser.close()


@dataclass
class Hospital:
    """Books appointments straight over HL7, each with a number and a phone of its own."""

    world: World
    connection: str = CONNECTION_ID
    count: "itertools.count[int]" = field(default_factory=itertools.count)

    @property
    def config(self) -> StackConfig:
        return self.world.config

    def appointment(self, *, start: datetime | None = None) -> Appointment:
        """One nobody has heard of, two days from now."""
        index = next(self.count)
        return Appointment(
            csn=str(int(time.time() * 1000)) + str(index),
            start=start or (datetime.now(UTC) + timedelta(days=2)).replace(microsecond=0),
            phone=f"+1608555{1000 + index:04d}",
        )

    def message(self, appointment: Appointment, event: str = "S12", **header: Any) -> bytes:
        """The appointment's message, as Epic would send it now."""
        return siu(appointment, event, f"T{time.time_ns()}"[:20], header.pop("sent_at", datetime.now(UTC)), **header)

    @property
    def url(self) -> str:
        return f"{self.config.functions}/api/hl7/{self.connection}"

    def token(self, body: bytes, **overrides: Any) -> str:
        """What signs a message; `overrides` spoil it."""
        given: dict[str, Any] = {"connection_id": self.connection, "now": time.time()} | overrides
        return sign(self.config, body, self.url, **given)

    def signature(self, body: bytes, *, ago: timedelta = timedelta()) -> dict[str, str]:
        """The header that signs a message as HL7 over HTTP says."""
        key = load_pem_private_key(self.config.sender_key.read_bytes(), password=None)
        assert isinstance(key, RSAPrivateKey)
        certificate = x509.load_pem_x509_certificate(self.config.sender_certificate.read_bytes())
        return {"HL7-Signature": hl7_signature(body, key, certificate, now=(datetime.now(UTC) - ago).timestamp())}

    async def post(self, body: bytes, token: str | None, **headers: str) -> httpx.Response:
        """Posts a message."""
        given = {"Content-Type": "application/hl7-v2; charset=utf-8"} | headers
        if token is not None:
            given["Authorization"] = f"Bearer {token}"
        return await self.world.http.post(self.url, content=body, headers=given)

    async def send(self, appointment: Appointment, event: str = "S12") -> httpx.Response:
        """Sends a message that is right in every way."""
        body = self.message(appointment, event)
        answer = await self.post(body, self.token(body))
        assert answer.status_code == 200, answer.text
        assert "|AA|" in answer.text
        return answer

    async def texts(self, appointment: Appointment) -> list[dict[str, Any]]:
        """The texts that this appointment's phone got."""
        return [text for text in await self.world.messages() if text["to"] == appointment.phone]

    async def text(self, appointment: Appointment, count: int = 1) -> dict[str, Any]:
        """The text with this number, when it has come."""

        async def come() -> dict[str, Any] | None:
            texts = await self.texts(appointment)
            return texts[count - 1] if len(texts) >= count else None

        return await until(come, f"text {count}")

    async def booked(self, *, start: datetime | None = None) -> Appointment:
        """An appointment that we know and whose confirmation has come."""
        appointment = self.appointment(start=start)
        await self.send(appointment)
        await self.text(appointment)
        return appointment

    async def link(self, appointment: Appointment) -> str:
        """The code of the link in its text."""
        found = LINK.search((await self.text(appointment))["message"])
        assert found
        return found.group(1)

    async def launch(self, csn: str, audience: str = "provider", **fields: Any) -> str:
        """A launch URL from Epic for an appointment that it knows by this number."""
        answer = await self.world.control("POST", "/epic/launches", json={"audience": audience, "csn": csn, **fields})
        return str(answer["url"])

    async def scheduled(self, **fields: Any) -> str:
        """An appointment in Epic's own schedule, announced to us. Returns its CSN."""
        start = fields.pop("start", (datetime.now(UTC) + timedelta(days=2)).replace(microsecond=0))
        people = {"patient": PEOPLE["patient"].epic_username, "clinician": PEOPLE["clinician"].epic_username}
        csn = await self.world.book(start, **(people | fields))
        answer = await self.world.send(csn, "S12", self.connection)
        assert answer["status"] == 200, answer
        return csn

    async def stored(self) -> dict[str, Any]:
        """Everything at rest that a request could change; that a refusal was seen is kept on purpose."""
        found = {}
        for table in TABLES:
            rows = [row for row in await self.world.rows(table) if not row["RowKey"].startswith("seen:")]
            found[table] = sorted(str(sorted(row.items())) for row in rows if row["PartitionKey"] != "heartbeat")
        return found

    async def at_rest(self) -> dict[str, Any]:
        """The same, once no visit owes anything any more and nothing moves."""
        last: dict[str, Any] = {}

        async def still() -> dict[str, Any] | None:
            nonlocal last
            owing = [row for row in await self.world.rows("visits") if _owes(row)]
            before, last = last, await self.stored()
            return last if not owing and last == before else None

        return await until(still, "storage to come to rest")


def _owes(row: dict[str, Any]) -> bool:
    """Whether a row of `visits` waits for a worker: a text to send or its report, facts or a status to write."""
    waits = row.get("facts_due") or row.get("outbox") or row.get("claim")
    return bool(waits) or row.get("state") in ("due", "sending", "sent")


@pytest.fixture(scope="session")
def hospital(world: World) -> Hospital:
    """The demo hospital."""
    return Hospital(world)


@pytest.fixture
async def unchanged(hospital: Hospital) -> Callable[[], Awaitable[None]]:
    """Asserts that nothing at rest has changed since `mark` was taken by calling it the first time."""
    before: list[dict[str, Any]] = []

    async def check() -> None:
        if not before:
            before.append(await hospital.at_rest())
            return
        assert await hospital.at_rest() == before[0]

    return check
