"""Authorization servers in memory, and our sign-in at them: for the logic of a launch without a stack."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from shared.adapters.epic import Endpoints, EpicServers
from shared.adapters.web import Answer, Web
from shared.errors import Unavailable
from shared.keys.ahead import Assertions
from shared.keys.signing import Signer
from shared.launch.ehr import Departure, EhrSignIn, SignedIn
from shared.organisations.connection import Connection, ConnectionState
from shared.organisations.connections import Connections
from tests.builders import StillClock
from tests.rooms.teams import TENANT, SetKeys

KEY = rsa.generate_private_key(65537, 2048)
CALLBACK = "https://us.example/api/launch/callback/provider"


@dataclass
class Server:
    """One hospital's authorization server: what it was sent, and what it says in its tokens."""

    name: str
    user: str = "eDoctor"
    context: Mapping[str, str] = field(default_factory=lambda: {"sessionId": "900100001", "userType": "1"})
    nonce: str = ""
    forms: list[dict[str, str]] = field(default_factory=list)
    says_iss: bool = False
    reads: int = 0
    client_id: str = ""

    @property
    def base(self) -> str:
        return f"https://{self.name}.example/interconnect/api/FHIR/R4"

    @property
    def issuer(self) -> str:
        return f"https://{self.name}.example/interconnect/oauth2"

    @property
    def endpoints(self) -> Endpoints:
        """What discovery would have found."""
        issuer = self.issuer
        return Endpoints(f"{issuer}/authorize", f"{issuer}/token", issuer, f"{issuer}/keys", says_iss=self.says_iss)

    def id_token(self, now: float) -> str:
        claims = {
            "iss": self.issuer, "aud": self.client_id or f"{self.name}-client", "sub": self.user, "nonce": self.nonce, "iat": now,
            "exp": now + 300, "fhirUser": f"{self.base}/Practitioner/{self.user}",
        }  # fmt: skip
        return jwt.encode(claims, KEY, algorithm="RS256", headers={"kid": self.name})


@dataclass
class Servers(Web):
    """All of them, on one network."""

    known: dict[str, Server]
    clock: StillClock
    keys_down: bool = False

    def __post_init__(self) -> None:
        super().__init__()

    async def send(self, method: str, path: str, *, form: Mapping[str, str] | None = None, **_: Any) -> Answer:
        server = self.known[str(urlsplit(path).hostname).removesuffix(".example")]
        await asyncio.sleep(0)
        if path.endswith("/keys"):
            server.reads += 1
            public: dict[str, Any] = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
            keys = {"keys": [public | {"kid": server.name, "use": "sig"}]}
            return Answer(500, None, {}) if self.keys_down else Answer(200, keys, {})
        server.forms.append(dict(form or {}))
        body = dict(server.context) | {"id_token": server.id_token(self.clock().timestamp()), "access_token": "secret"}
        return Answer(200, body, {})


@dataclass
class CountingSigner:
    """Signs nothing, and says how often; refuses while `down`."""

    signed: int = 0
    down: bool = False

    async def sign(self, environment: str, claims: dict[str, Any], *, algorithm: str) -> str:
        await asyncio.sleep(0)
        if self.down:
            raise Unavailable
        self.signed += 1
        return json.dumps(
            {
                "n": self.signed,
                "aud": claims["aud"],
                "alg": algorithm,
                "environment": environment,
                "iss": claims["iss"],
            }
        )


@dataclass
class Store:
    """The connections of these servers."""

    held: dict[str, Connection]

    async def get(self, connection_id: str, **_: bool) -> Connection | None:
        return self.held.get(connection_id)


class Network:
    """Some hospitals with a connection each, and one sign-in for all."""

    def __init__(self, *servers: Server) -> None:
        self.clock = StillClock()
        # PyJWT reads the wall's time.
        self.clock.now = datetime.now(UTC).replace(microsecond=0)
        self.web = Servers({each.name: each for each in servers}, self.clock)
        self.store = Store({each.name: self.connection(each) for each in servers})
        self.signer = CountingSigner()
        self.assertions = Assertions(cast("Signer", self.signer), self.clock)
        self.sign_in = EhrSignIn(
            cast("Connections", self.store), EpicServers(self.web, allow_loopback=True), self.assertions, SetKeys(),
            self.clock,
        )  # fmt: skip

    def connection(self, server: Server) -> Connection:
        return Connection(
            server.name, TENANT, server.base, "testing", "UTC", "oid", state=ConnectionState.APPROVED,
            client_ids={"provider": f"{server.name}-client", "patient": f"{server.name}-client"},
            endpoints=server.endpoints,
        )  # fmt: skip

    async def begin(self, server: Server, launch: str = "opaque") -> tuple[Departure, dict[str, str]]:
        """A launch begun at a server: where the browser is sent, and its cookies."""
        return await self.begin_of(server.name, server, launch)

    async def begin_of(self, name: str, server: Server, launch: str = "opaque") -> tuple[Departure, dict[str, str]]:
        """A launch of a connection by its name, at a server that may call itself other by now."""
        departure = await self.sign_in.begin(self.store.held[name], "provider", redirect_uri=CALLBACK, launch=launch)
        server.nonce = parse_qs(urlsplit(departure.url).query)["nonce"][0]
        return departure, {departure.cookie.name: departure.cookie.value}

    async def finish(self, cookies: Mapping[str, str], departure: Departure, **query: str) -> SignedIn:
        """The browser comes back with `code` and the right state, unless `query` says other."""
        state = parse_qs(urlsplit(departure.url).query)["state"][0]
        return await self.sign_in.finish("provider", {"code": "c", "state": state} | query, cookies)
