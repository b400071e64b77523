"""The stand-in on a port of its own, and the product's own adapter that speaks to it."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import uvicorn

from local.oracle.app import READ, WRITE, Millennium
from local.standins import Server
from shared.adapters.appointments import Appointments
from shared.adapters.epic import Endpoints, EpicServers
from shared.adapters.web import Web
from shared.clock import wall_clock
from shared.follow.ehr import BackendTokens, Word
from shared.follow.oracle_health import OracleHealth
from shared.keys.signing import Signer
from shared.organisations.connection import Connection, ConnectionState, Writeback
from shared.visits.visit import LINK, Announcement
from tests.smart.pem_vault import PemVault, fresh

CLIENT = "b4d7c1f0-6a52-4b1e-9d3c-2f8e5a7c9e10"
VALUES = {"waiting": "arrived", "connected": "checked-in"}
LINK_URL = "https://amer.example.org/api/v/abcdefghijklmnopqrstuvwxyz12345"


@dataclass
class Served:
    """One tenant, its client's connection, and the adapter."""

    millennium: Millennium
    connection: Connection
    adapter: OracleHealth
    tokens: BackendTokens
    web: Web

    async def token(self) -> str:
        return await self.tokens.of(self.connection, self.adapter)

    async def tell(
        self, number: str, state: str, role: str = "patient", *, link: str = LINK_URL, hours: int = 1
    ) -> None:
        """One word about an appointment."""
        now = datetime.now(UTC)
        item = Announcement("visit" if state == LINK else role, state, now)
        start = now.replace(microsecond=0) + timedelta(hours=hours)
        word = Word(item, number, "", link, start, start + timedelta(minutes=30))
        await self.adapter.tell(self.connection, word, await self.token())

    def status(self, number: str) -> str:
        return str(self.millennium.appointments[number].resource["status"])


@asynccontextmanager
async def serving(algorithm: str = "ES384", *, allowed: tuple[str, ...] = (READ, WRITE)) -> AsyncIterator[Served]:
    """Until the block ends; `allowed`: the scopes that the client's registration has."""
    signer = Signer(PemVault(fresh()), wall_clock)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        origin = f"http://127.0.0.1:{listening.getsockname()[1]}"
        keys = await signer.jwks("testing")
        millennium = Millennium(origin, CLIENT, keys, allowed=allowed)
        server = Server(uvicorn.Config(millennium.app, log_level="warning", lifespan="off", access_log=False))
        task = asyncio.create_task(server.serve([listening]))
        try:
            await server.ready()
            served = _served(millennium, signer, algorithm)
            yield served
            await served.web.close()
        finally:
            server.should_exit = True
            await task


def _served(millennium: Millennium, signer: Signer, algorithm: str) -> Served:
    connection = Connection(
        "oracle001", "tenant", millennium.fhir_base, "testing", "America/Chicago", "", state=ConnectionState.APPROVED,
        client_ids={"backend": CLIENT}, assertion=algorithm, writeback=Writeback("oracle-health", VALUES),
        endpoints=Endpoints(millennium.token_url, millennium.token_url),
    )  # fmt: skip
    web = Web(retries=0)
    tokens = BackendTokens(EpicServers(web, allow_loopback=True), signer, wall_clock)
    return Served(millennium, connection, OracleHealth(Appointments(web)), tokens, web)
